//! What a provider publishes of itself (OpenID Connect Discovery 1.0): its addresses and its keys, kept for an hour.

use std::time::Duration;

use bytes::Bytes;
use domain::identity::jwk::{Algorithm, Jwk};
use http::{Request, header};
use jiff::SignedDuration;
use serde::{Deserialize, de::DeserializeOwned};
use store::kv::ProviderRecord;
use web::Env;

use super::{Fault, IdentityProvider as _, Oidc};

const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// A token may name a key that is newer than what we keep; whoever sends many such tokens makes us ask no oftener.
const RENEWED_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// A person waits for it.
const TIME: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Discovered {
    /// Without them a provider takes the secret as HTTP Basic (OpenID Connect Discovery 1.0, 3).
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// A set may hold keys of kinds that are unknown to us, or not even have a kind.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

/// What the provider publishes, as kept or, where that is over, as it publishes it now.
pub(crate) async fn read(env: &Env, provider: &Oidc) -> Result<ProviderRecord, Fault> {
    let kept = env.kv().provider(provider.key()).map_err(unavailable)?;
    match kept.filter(|kept| kept.issuer == provider.issuer && kept.expires_at > env.now()) {
        Some(kept) => Ok(kept),
        None => read_anew(env, provider).await,
    }
}

/// The keys by which a token of this algorithm and key name may be signed; where none is known, the provider is asked
/// once more: it may have changed its keys since `known` was read.
pub(crate) async fn keys(
    env: &Env,
    provider: &Oidc,
    known: &ProviderRecord,
    algorithm: Algorithm,
    kid: Option<&str>,
) -> Result<Vec<Jwk>, Fault> {
    let fitting = |record: &ProviderRecord| -> Vec<Jwk> {
        record.keys.iter().filter(|key| key.fits(algorithm, kid)).cloned().collect()
    };
    let found = fitting(known);
    if !found.is_empty() || env.now() < known.read_at + RENEWED_AFTER {
        return Ok(found);
    }
    Ok(fitting(&read_anew(env, provider).await?))
}

async fn read_anew(env: &Env, provider: &Oidc) -> Result<ProviderRecord, Fault> {
    let address = format!("{}/.well-known/openid-configuration", provider.issuer.trim_end_matches('/'));
    let found: Discovered = get(env, &address, None).await?;
    if found.issuer != provider.issuer {
        return Err(Fault::Unavailable(format!("{address} is of the issuer {:?}", found.issuer)));
    }
    let addresses = [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri];
    let more = [&found.userinfo_endpoint, &found.end_session_endpoint];
    for address in addresses.into_iter().chain(more.into_iter().flatten()) {
        check(provider, address)?;
    }
    let set: KeySet = get(env, &found.jwks_uri, None).await?;
    let now = env.now();
    let record = ProviderRecord {
        issuer: found.issuer,
        authorization_endpoint: found.authorization_endpoint,
        token_endpoint: found.token_endpoint,
        userinfo_endpoint: found.userinfo_endpoint,
        end_session_endpoint: found.end_session_endpoint,
        takes_secret_in_form: takes_secret_in_form(&found.token_endpoint_auth_methods_supported),
        answers_with_issuer: found.authorization_response_iss_parameter_supported,
        keys: set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect(),
        read_at: now,
        expires_at: now + KEPT,
    };
    env.kv().put_provider(provider.key(), &record).map_err(unavailable)?;
    Ok(record)
}

/// An issuer that is reached through TLS has no address without it.
fn check(provider: &Oidc, address: &str) -> Result<(), Fault> {
    if address.starts_with("https://") || !provider.issuer.starts_with("https://") && address.starts_with("http://") {
        return Ok(());
    }
    Err(Fault::Unavailable(format!("the address {address:?} is not protected by TLS")))
}

/// HTTP Basic is what every provider has to take, and goes first; some take the secret among the fields alone.
fn takes_secret_in_form(methods: &[String]) -> bool {
    let has = |method: &str| methods.iter().any(|known| known == method);
    has("client_secret_post") && !has("client_secret_basic")
}

/// What stands at an address as JSON; `bearer` is the access token that opens it.
pub(crate) async fn get<T: DeserializeOwned>(env: &Env, address: &str, bearer: Option<&str>) -> Result<T, Fault> {
    let mut request = Request::get(address).header(header::ACCEPT, "application/json");
    if let Some(token) = bearer {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let answer = send(env, request.body(Bytes::new()).map_err(unavailable)?).await?;
    if !answer.status().is_success() {
        return Err(Fault::Unavailable(format!("{address} answered {}", answer.status())));
    }
    serde_json::from_slice(answer.body()).map_err(|error| Fault::Unavailable(format!("{address}: {error}")))
}

pub(crate) async fn send(env: &Env, request: Request<Bytes>) -> Result<http::Response<Bytes>, Fault> {
    env.send(request, TIME).await.map_err(|error| Fault::Unavailable(error.0))
}

pub(crate) fn unavailable(cause: impl ToString) -> Fault {
    Fault::Unavailable(cause.to_string())
}
