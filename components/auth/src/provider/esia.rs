//! ESIA («Госуслуги»): each request is signed by a service of ours, its tokens by certificates that the operator pinned.

use domain::identity::{
    ESIA, Level,
    esia::{self, Form, IdToken, PersonalData, Signed},
    id_token::{self, Expected, TokenFault},
    jwk::Algorithm,
};
use jiff::SignedDuration;
use serde::Deserialize;
use store::identities::{
    SignIn,
    certificates::{self as noted, Certificate},
};
use web::{Env, Problem, level};

use super::{
    Answer, Asking, Begun, Ended, Fault, IdentityProvider, Who,
    certificates::Pinned,
    exchange,
    jws::Jws,
    metadata::{self, unavailable},
    shown, signature,
    signer::{Signature, Signer},
    with_query,
};

/// ESIA, as the operator set it.
pub(crate) struct Esia {
    name: String,
    issuer: String,
    /// Origin, and the path before its own ones.
    address: String,
    client_id: String,
    scope: String,
    form: Form,
    /// How far the operator trusts it where it is sure itself.
    level: Level,
    certificates: String,
    signer: Signer,
    redirect_uri: String,
}

const ALGORITHMS: [Algorithm; 2] = [Algorithm::Rs256, Algorithm::Gost2012];

/// How often the certificates are noted for those who must renew them.
const NOTED_EVERY: SignedDuration = SignedDuration::from_hours(24);

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
    state: String,
}

/// A request with its signature.
struct Request {
    timestamp: String,
    signature: Signature,
}

impl IdentityProvider for Esia {
    fn key(&self) -> &'static str {
        ESIA
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn issuer(&self) -> &str {
        &self.issuer
    }

    fn level(&self) -> Level {
        self.level
    }

    fn tells_snils(&self) -> bool {
        esia::grants(&self.scope, "snils")
    }

    fn state(&self, env: &Env) -> String {
        esia::state(env.random())
    }

    /// Nothing is known by which ESIA could be asked to let a person sign in anew: its token tells whether that was so.
    fn authorize_url<'a>(&'a self, env: &'a Env, begun: &'a Begun<'a>) -> Asking<'a, String> {
        Box::pin(async {
            let request = self.sign(env, begun.state, None).await?;
            self.note_certificates(env).await;
            let mut pairs = self.pairs(&request, begun.state);
            pairs.extend([("response_type", "code"), ("access_type", "online")]);
            if self.form == Form::Current {
                pairs.extend([("code_challenge", begun.challenge), ("code_challenge_method", "S256")]);
            }
            Ok(with_query(&self.at(self.form.authorization_path()), &pairs))
        })
    }

    fn identify<'a>(&'a self, env: &'a Env, answer: &'a Answer<'a>, sign_in: &'a SignIn) -> Asking<'a, Who> {
        Box::pin(async {
            let tokens = self.exchange(env, answer.code, sign_in).await?;
            let token = self.verify(env, &tokens).await?;
            let subject = token.claims.sub.text();
            let data = self.data_of(env, &subject, &tokens.access_token).await?;
            let level = self.level.min(token.level());
            let snils = data.snils().filter(|_| level == Level::Confirmed);
            let authenticated_at = token.claims.authenticated_at(env.now());
            Ok(Who { level, subject, name: shown(&data.name()), snils, sid: token.sid, authenticated_at })
        })
    }

    fn logout_url<'a>(&'a self, _: &'a Env, back: &'a str) -> Asking<'a, Option<String>> {
        let pairs = [("client_id", self.client_id.as_str()), ("redirect_url", back)];
        let url = with_query(&self.at("/idp/ext/Logout"), &pairs);
        Box::pin(async { Ok(Some(url)) })
    }

    fn ended<'a>(&'a self, _: &'a Env, _: &'a str) -> Option<Asking<'a, Ended>> {
        None
    }
}

impl Esia {
    /// ESIA, where the operator switched it on: without our name there it is off.
    pub(crate) fn configured(env: &Env) -> Result<Option<Self>, Problem> {
        let client_id = env.variable("esia_client_id")?;
        if client_id.is_empty() {
            return Ok(None);
        }
        let form = env.variable("esia_form")?;
        let unknown = || Problem::internal(format!("variable esia_form: {form:?} is neither current nor v1"));
        Ok(Some(Self {
            name: env.variable("esia_name")?,
            issuer: env.variable("esia_issuer")?,
            address: env.variable("esia_address")?,
            scope: env.variable("esia_scope")?,
            form: Form::parse(&form).ok_or_else(unknown)?,
            level: level::trust(env, "esia_level")?,
            certificates: env.variable("esia_certificates")?,
            signer: Signer::configured(env)?,
            redirect_uri: format!("{}/auth/{}/callback", env.public_origin()?, ESIA),
            client_id,
        }))
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    async fn sign(&self, env: &Env, state: &str, code: Option<&str>) -> Result<Request, Fault> {
        let timestamp = esia::timestamp(env.now());
        let (client_id, scope, redirect_uri) = (&self.client_id, &self.scope, &self.redirect_uri);
        let signed = Signed { client_id, scope, timestamp: &timestamp, state, redirect_uri, code };
        let signature = self.signer.sign(env, self.form, &signed.text(self.form)).await?;
        Ok(Request { timestamp, signature })
    }

    /// What every signed request carries.
    fn pairs<'a>(&'a self, request: &'a Request, state: &'a str) -> Vec<(&'static str, &'a str)> {
        let mut pairs = vec![
            ("client_id", self.client_id.as_str()),
            ("client_secret", &request.signature.client_secret),
            ("scope", &self.scope),
            ("timestamp", &request.timestamp),
            ("state", state),
            ("redirect_uri", &self.redirect_uri),
        ];
        if self.form == Form::Current {
            pairs.push(("client_certificate_hash", &request.signature.certificate_hash));
        }
        pairs
    }

    /// The state of this step is another one: ESIA takes none twice.
    async fn exchange(&self, env: &Env, code: &str, sign_in: &SignIn) -> Result<Tokens, Fault> {
        let state = self.state(env);
        let request = self.sign(env, &state, Some(code)).await?;
        let mut pairs = self.pairs(&request, &state);
        pairs.extend([("grant_type", "authorization_code"), ("token_type", "Bearer"), ("code", code)]);
        if self.form == Form::Current {
            pairs.push(("code_verifier", &sign_in.code_verifier));
        }
        let tokens: Tokens = exchange::tokens(env, &self.at(self.form.token_path()), None, &pairs).await?;
        if tokens.state != state {
            return Err(Fault::Answer("the tokens are of another request"));
        }
        Ok(tokens)
    }

    async fn verify(&self, env: &Env, tokens: &Tokens) -> Result<IdToken, Fault> {
        let jws = Jws::parse(&tokens.id_token, &ALGORITHMS)?;
        if !self.is_signed(env, &jws).await? {
            return Err(Fault::Signature("the signature is wrong"));
        }
        let token: IdToken = jws.claims()?;
        let (issuer, client_id) = (&self.issuer, &self.client_id);
        let expected = Expected { issuer, client_id, nonce: None, access_token: &tokens.access_token };
        id_token::check(&token.claims, &expected, env.now())?;
        if !token.is_of_a_person() {
            return Err(Fault::Organisation);
        }
        // The name of a person there is a number, and becomes part of an address.
        let is_number = token.claims.sub.text().bytes().all(|digit| digit.is_ascii_digit());
        if !is_number || !token.names_one_subject() {
            return Err(TokenFault::Subject.into());
        }
        Ok(token)
    }

    async fn is_signed(&self, env: &Env, jws: &Jws<'_>) -> Result<bool, Fault> {
        if jws.algorithm == Algorithm::Gost2012 {
            return self.signer.is_by_esia(env, jws).await;
        }
        let pinned = self.pinned()?;
        Ok(pinned.iter().filter(|one| one.holds(env.now())).any(|one| signature::is_by(&one.key, jws)))
    }

    fn pinned(&self) -> Result<Vec<Pinned>, Fault> {
        let wrong = |number| Fault::Settings(format!("variable esia_certificates: no. {number} is no RSA key"));
        Pinned::all(&self.certificates).map_err(wrong)
    }

    /// As much of it as the portal may ask for.
    async fn data_of(&self, env: &Env, subject: &str, access_token: &str) -> Result<PersonalData, Fault> {
        if !["fullname", "snils"].into_iter().any(|part| esia::grants(&self.scope, part)) {
            return Ok(PersonalData::default());
        }
        let told: PersonalData =
            metadata::get(env, &self.at(&format!("/rs/prns/{subject}")), Some(access_token)).await?;
        Ok(told.within(&self.scope))
    }

    /// The signer's; the pinned ones are read by the scheduled job itself. Nobody's sign-in waits for it or fails by it.
    async fn note_certificates(&self, env: &Env) {
        let is_due = env.db().read(|conn| noted::is_due(conn, env.now(), ESIA, NOTED_EVERY));
        let Ok(true) = is_due else { return };
        let (env, signer) = (env.clone(), self.signer.clone());
        let sender = env.clone();
        let noting = async move {
            let _those_before_stand = note(&env, &signer).await;
        };
        sender.after_answer(noting).await;
    }
}

async fn note(env: &Env, signer: &Signer) -> Result<(), Fault> {
    let own = signer.certificates(env).await?.into_iter().map(|one| Certificate {
        certificate_id: one.certificate_hash.to_ascii_lowercase(),
        is_signers: true,
        not_after: one.not_after,
    });
    let all: Vec<_> = own.collect();
    env.db().write(|tx| noted::note(tx, env.now(), ESIA, &all)).map_err(unavailable)
}
