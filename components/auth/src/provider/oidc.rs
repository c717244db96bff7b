//! A standard provider (OpenID Connect Core 1.0): authorization code with PKCE, ID token, user info.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use domain::identity::{
    Level,
    id_token::{self, Claims, Expected},
    refusal,
};
use form_urlencoded::byte_serialize;
use http::{Request, StatusCode, header};
use serde::Deserialize;
use store::{identities::SignIn, kv::ProviderRecord};
use web::{Env, Problem};

use super::{
    Answer, Begun, Fault, Who,
    jws::Jws,
    metadata::{self, unavailable},
    signature,
};

/// A standard provider, as the operator set it.
pub(crate) struct Oidc {
    /// What people read on the button.
    pub(crate) name: String,
    /// The address by which its tokens name it.
    pub(crate) issuer: String,
    client_id: String,
    client_secret: String,
    /// How far the operator trusts it.
    level: Level,
    redirect_uri: String,
}

/// The longest name that is kept of what a provider has, in characters.
const NAME_LENGTH_MAX: usize = 200;

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
}

/// What a token endpoint answers to a code that it does not take (RFC 6749, 5.2).
#[derive(Deserialize)]
struct Refused {
    error: String,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(default)]
    name: Option<String>,
}

impl Oidc {
    /// The provider, where the operator switched it on: without our name there it is off.
    pub(crate) fn configured(env: &Env) -> Result<Option<Self>, Problem> {
        let client_id = env.variable("oidc_client_id")?;
        if client_id.is_empty() {
            return Ok(None);
        }
        let level = env.variable("oidc_level")?;
        let unknown = || Problem::internal(format!("variable oidc_level: {level:?} is neither basic nor confirmed"));
        Ok(Some(Self {
            name: env.variable("oidc_name")?,
            issuer: env.variable("oidc_issuer")?,
            client_secret: env.variable("oidc_client_secret")?,
            level: Level::parse(&level).ok_or_else(unknown)?,
            redirect_uri: format!("{}/auth/oidc/callback", env.public_origin()?),
            client_id,
        }))
    }

    /// Its name in addresses and in the database.
    pub(crate) const fn key(&self) -> &'static str {
        "oidc"
    }

    /// Where the browser goes to sign in.
    pub(crate) async fn authorize_url(&self, env: &Env, begun: &Begun<'_>) -> Result<String, Fault> {
        let endpoint = metadata::read(env, self).await?.authorization_endpoint;
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid profile"),
            ("state", begun.state),
            ("nonce", begun.nonce),
            ("code_challenge", begun.challenge),
            ("code_challenge_method", "S256"),
        ]);
        let separator = if endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{endpoint}{separator}{query}"))
    }

    /// Who signed in: the code is exchanged, the token checked, the name asked for.
    pub(crate) async fn identify(&self, env: &Env, answer: &Answer<'_>, sign_in: &SignIn) -> Result<Who, Fault> {
        let published = metadata::read(env, self).await?;
        if answer.issuer.is_none() && published.answers_with_issuer {
            return Err(Fault::Answer("it does not name its provider, who promises to"));
        }
        let tokens = self.exchange(env, &published, answer.code, sign_in).await?;
        let subject = self.verify(env, &published, &tokens, sign_in).await?;
        let name = name(env, &published, &tokens.access_token, &subject).await?;
        Ok(Who { subject, level: self.level, name })
    }

    async fn exchange(
        &self,
        env: &Env,
        published: &ProviderRecord,
        code: &str,
        sign_in: &SignIn,
    ) -> Result<Tokens, Fault> {
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &sign_in.code_verifier),
        ]);
        let request = Request::post(&published.token_endpoint)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, self.credentials());
        let answer = metadata::send(env, request.body(Bytes::from(body)).map_err(unavailable)?).await?;
        if matches!(answer.status(), StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) {
            let refused: Refused = serde_json::from_slice(answer.body()).map_err(unavailable)?;
            return Err(Fault::Code(refusal::of_token(&refused.error)));
        }
        if !answer.status().is_success() {
            return Err(Fault::Unavailable(format!("the token endpoint answered {}", answer.status())));
        }
        serde_json::from_slice(answer.body()).map_err(|_| unavailable("the token endpoint's answer has no tokens"))
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
    ) -> Result<String, Fault> {
        let jws = Jws::parse(&tokens.id_token)?;
        let keys = metadata::keys(env, self, published, jws.algorithm, jws.kid.as_deref()).await?;
        if keys.is_empty() {
            return Err(Fault::Signature("it names a key that the provider does not publish"));
        }
        if !keys.iter().any(|key| signature::is_by(key, &jws)) {
            return Err(Fault::Signature("the signature is wrong"));
        }
        let claims: Claims = jws.claims()?;
        let expected = Expected {
            issuer: &self.issuer,
            client_id: &self.client_id,
            nonce: Some(&sign_in.nonce),
            access_token: &tokens.access_token,
        };
        id_token::check(&claims, &expected, env.now())?;
        Ok(claims.sub.text())
    }
}

/// The name that the provider has; what it says of somebody else is not taken (OpenID Connect Core 1.0, 5.3.2).
async fn name(env: &Env, published: &ProviderRecord, access_token: &str, subject: &str) -> Result<String, Fault> {
    let Some(address) = &published.userinfo_endpoint else { return Ok(String::new()) };
    let info: UserInfo = metadata::get(env, address, Some(access_token)).await?;
    if info.sub != subject {
        return Err(Fault::Signature("the user info is of somebody else"));
    }
    Ok(info.name.unwrap_or_default().chars().filter(|letter| !letter.is_control()).take(NAME_LENGTH_MAX).collect())
}

fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
