//! The exchange of a code for tokens (RFC 6749, 4.1.3), which all providers have in common.

use bytes::Bytes;
use domain::identity::{form, refusal};
use http::{HeaderValue, Request, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use web::Env;

use super::{
    Fault,
    metadata::{self, unavailable},
};

/// What a token endpoint answers to a code that it does not take (RFC 6749, 5.2).
#[derive(Deserialize)]
struct Refused {
    error: String,
    #[serde(default)]
    error_description: String,
}

/// The tokens that the code is worth; `credentials` go into the header, where the provider asks for them there.
pub(crate) async fn tokens<T: DeserializeOwned>(
    env: &Env,
    endpoint: &str,
    credentials: Option<String>,
    pairs: &[(&str, &str)],
) -> Result<T, Fault> {
    let mut request = Request::post(endpoint)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json");
    if let Some(credentials) = credentials {
        request = request.header(header::AUTHORIZATION, HeaderValue::try_from(credentials).map_err(unavailable)?);
    }
    let request = request.body(Bytes::from(form(pairs))).map_err(unavailable)?;
    let answer = metadata::send(env, request).await?;
    if matches!(answer.status(), StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) {
        let refused: Refused = serde_json::from_slice(answer.body()).map_err(unavailable)?;
        return Err(Fault::Code(refusal::of_token(&refused.error, &refused.error_description)));
    }
    if !answer.status().is_success() {
        return Err(Fault::Unavailable(format!("the token endpoint answered {}", answer.status())));
    }
    serde_json::from_slice(answer.body()).map_err(|_| unavailable("the token endpoint's answer has no tokens"))
}
