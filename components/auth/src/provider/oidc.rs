//! A standard provider (OpenID Connect Core 1.0): authorization code with PKCE, ID token, user info.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::identity::{
    Level,
    id_token::{self, Claims, Expected},
    jwk::Algorithm,
    logout_token::{self, LogoutFault},
};
use form_urlencoded::byte_serialize;
use serde::Deserialize;
use store::{identities::SignIn, kv::ProviderRecord};
use web::{Env, Problem, level};

use super::{
    Answer, Asking, Begun, Ended, Fault, IdentityProvider, Who, exchange, jws::Jws, metadata, shown, signature,
    with_query,
};

/// A standard provider, as the operator set it.
pub(crate) struct Oidc {
    key: &'static str,
    name: String,
    pub(crate) issuer: String,
    client_id: String,
    client_secret: String,
    /// How far the operator trusts it.
    level: Level,
    redirect_uri: String,
}

/// A place for a standard provider: its name in addresses and in the database, and the variables that set it.
pub(crate) struct Place {
    key: &'static str,
    client_id: &'static str,
    client_secret: &'static str,
    issuer: &'static str,
    name: &'static str,
    level: &'static str,
}

/// So many may be on at once.
pub(crate) const PLACES: [Place; 2] = [
    Place {
        key: "oidc",
        client_id: "oidc_client_id",
        client_secret: "oidc_client_secret",
        issuer: "oidc_issuer",
        name: "oidc_name",
        level: "oidc_level",
    },
    Place {
        key: "oidc2",
        client_id: "oidc2_client_id",
        client_secret: "oidc2_client_secret",
        issuer: "oidc2_issuer",
        name: "oidc2_name",
        level: "oidc2_level",
    },
];

/// Every certified provider has one of them.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::Rs256, Algorithm::Es256];

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(default)]
    name: Option<String>,
}

impl IdentityProvider for Oidc {
    fn key(&self) -> &'static str {
        self.key
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
        false
    }

    fn state(&self, env: &Env) -> String {
        web::hex(&env.random::<32>())
    }

    fn authorize_url<'a>(&'a self, env: &'a Env, begun: &'a Begun<'a>) -> Asking<'a, String> {
        Box::pin(async {
            let endpoint = metadata::read(env, self).await?.authorization_endpoint;
            let mut pairs = vec![
                ("response_type", "code"),
                ("client_id", &self.client_id),
                ("redirect_uri", &self.redirect_uri),
                ("scope", "openid profile"),
                ("state", begun.state),
                ("nonce", begun.nonce),
                ("code_challenge", begun.challenge),
                ("code_challenge_method", "S256"),
            ];
            if begun.is_anew {
                // By `max_age` the token has to tell when that was (OpenID Connect Core 1.0, 2).
                pairs.extend([("prompt", "login"), ("max_age", "0")]);
            }
            Ok(with_query(&endpoint, &pairs))
        })
    }

    fn identify<'a>(&'a self, env: &'a Env, answer: &'a Answer<'a>, sign_in: &'a SignIn) -> Asking<'a, Who> {
        Box::pin(async {
            let published = metadata::read(env, self).await?;
            if answer.issuer.is_none() && published.answers_with_issuer {
                return Err(Fault::Answer("it does not name its provider, who promises to"));
            }
            let tokens = self.exchange(env, &published, answer.code, sign_in).await?;
            let claims = self.verify(env, &published, &tokens, sign_in).await?;
            let subject = claims.sub.text();
            let name = name(env, &published, &tokens.access_token, &subject).await?;
            let authenticated_at = claims.authenticated_at(env.now());
            Ok(Who { subject, level: self.level, name, snils: None, sid: claims.sid, authenticated_at })
        })
    }

    /// OpenID Connect RP-Initiated Logout 1.0. No ID token is kept, so the provider may ask the person.
    fn logout_url<'a>(&'a self, env: &'a Env, back: &'a str) -> Asking<'a, Option<String>> {
        Box::pin(async move {
            let endpoint = metadata::read(env, self).await?.end_session_endpoint;
            let pairs = [("client_id", self.client_id.as_str()), ("post_logout_redirect_uri", back)];
            Ok(endpoint.map(|endpoint| with_query(&endpoint, &pairs)))
        })
    }

    /// OpenID Connect Back-Channel Logout 1.0, 2.6.
    fn ended<'a>(&'a self, env: &'a Env, token: &'a str) -> Option<Asking<'a, Ended>> {
        Some(Box::pin(async move {
            let published = metadata::read(env, self).await?;
            let jws = self.signed(env, &published, token).await?;
            if !logout_token::is_type(jws.typ.as_deref()) {
                return Err(LogoutFault::Type.into());
            }
            let claims: logout_token::Claims = jws.claims()?;
            logout_token::check(&claims, &self.issuer, &self.client_id, env.now())?;
            Ok(Ended { jti: claims.jti, subject: claims.sub.map(|sub| sub.text()), sid: claims.sid })
        }))
    }
}

impl Oidc {
    /// The provider in this place, where the operator switched it on: without our name there it is off.
    pub(crate) fn configured(env: &Env, place: &Place) -> Result<Option<Self>, Problem> {
        let client_id = env.variable(place.client_id)?;
        if client_id.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            key: place.key,
            name: env.variable(place.name)?,
            issuer: env.variable(place.issuer)?,
            client_secret: env.variable(place.client_secret)?,
            level: level::trust(env, place.level)?,
            redirect_uri: format!("{}/auth/{}/callback", env.public_origin()?, place.key),
            client_id,
        }))
    }

    async fn exchange(
        &self,
        env: &Env,
        published: &ProviderRecord,
        code: &str,
        sign_in: &SignIn,
    ) -> Result<Tokens, Fault> {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_verifier", &sign_in.code_verifier),
        ];
        let mut credentials = None;
        if published.takes_secret_in_form {
            pairs.extend([("client_id", self.client_id.as_str()), ("client_secret", &self.client_secret)]);
        } else {
            credentials = Some(self.credentials());
        }
        exchange::tokens(env, &published.token_endpoint, credentials, &pairs).await
    }

    /// RFC 6749, 2.3.1: both parts are encoded before they are joined.
    fn credentials(&self) -> String {
        let part = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        format!("Basic {}", STANDARD.encode(format!("{}:{}", part(&self.client_id), part(&self.client_secret))))
    }

    async fn verify(
        &self,
        env: &Env,
        published: &ProviderRecord,
        tokens: &Tokens,
        sign_in: &SignIn,
    ) -> Result<Claims, Fault> {
        let jws = self.signed(env, published, &tokens.id_token).await?;
        let claims: Claims = jws.claims()?;
        let expected = Expected {
            issuer: &self.issuer,
            client_id: &self.client_id,
            nonce: Some(&sign_in.nonce),
            access_token: &tokens.access_token,
        };
        id_token::check(&claims, &expected, env.now())?;
        Ok(claims)
    }

    /// A token that the provider signed.
    async fn signed<'t>(&self, env: &Env, published: &ProviderRecord, token: &'t str) -> Result<Jws<'t>, Fault> {
        let jws = Jws::parse(token, &ALGORITHMS)?;
        let keys = metadata::keys(env, self, published, jws.algorithm, jws.kid.as_deref()).await?;
        if keys.is_empty() {
            return Err(Fault::Signature("it names a key that the provider does not publish"));
        }
        if !keys.iter().any(|key| signature::is_by(key, &jws)) {
            return Err(Fault::Signature("the signature is wrong"));
        }
        Ok(jws)
    }
}

/// The name that the provider has; what it says of somebody else is not taken (OpenID Connect Core 1.0, 5.3.2).
async fn name(env: &Env, published: &ProviderRecord, access_token: &str, subject: &str) -> Result<String, Fault> {
    let Some(address) = &published.userinfo_endpoint else { return Ok(String::new()) };
    let info: UserInfo = metadata::get(env, address, Some(access_token)).await?;
    if info.sub != subject {
        return Err(Fault::Signature("the user info is of somebody else"));
    }
    Ok(shown(&info.name.unwrap_or_default()))
}
