//! An OpenID provider: whoever opens its page says who they are, and how the provider shall misbehave.
//!
//! The client's secret is the sandbox's token. Codes and tokens stay in memory.

mod code;
mod keys;
mod logout;
mod misbehaviour;
mod page;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use serde_json::{Value, json};

use code::Codes;
pub(crate) use keys::{Keys, Signing};
pub use misbehaviour::NAMES as MISBEHAVIOURS;
pub(crate) use token::by_public_key;

/// Everybody whom the provider knows: the subject and the name.
const PEOPLE: [(&str, &str); 3] = [
    ("1000000001", "Иванова Анна Сергеевна"),
    ("1000000002", "Петров Борис Ильич"),
    ("1000000003", "Новикова Вера Павловна"),
];

/// The provider's state.
#[derive(Clone)]
pub(crate) struct Provider(Arc<Inner>);

struct Inner {
    issuer: String,
    client_secret: String,
    keys: Mutex<Keys>,
    codes: Mutex<Codes>,
}

impl Provider {
    /// `origin` is where the sandbox is reached.
    pub(crate) fn new(origin: &str, client_secret: &str) -> Self {
        Self(Arc::new(Inner {
            issuer: format!("{origin}/oidc"),
            client_secret: client_secret.to_owned(),
            keys: Mutex::new(Keys::new()),
            codes: Mutex::default(),
        }))
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn codes(&self) -> MutexGuard<'_, Codes> {
        self.0.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn router(provider: Provider) -> Router {
    Router::new()
        .route("/oidc/.well-known/openid-configuration", get(configuration))
        .route("/oidc/jwks", get(key_set))
        .route("/oidc/authorize", get(page::show).post(page::decide))
        .route("/oidc/token", post(token::exchange))
        .route("/oidc/userinfo", get(token::user_info))
        .route("/oidc/sign-out", get(logout::sign_out))
        .route("/oidc/logout-tokens", post(logout::issue))
        .route("/oidc/rotate-keys", post(rotate_keys))
        .with_state(provider)
}

async fn configuration(State(provider): State<Provider>) -> Json<Value> {
    let issuer = &provider.0.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "end_session_endpoint": format!("{issuer}/sign-out"),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn key_set(State(provider): State<Provider>) -> Json<Value> {
    Json(json!({ "keys": provider.keys().published() }))
}

/// Tokens are signed with new keys from now on, and the old ones are published no more.
async fn rotate_keys(State(provider): State<Provider>) -> StatusCode {
    *provider.keys() = Keys::new();
    StatusCode::NO_CONTENT
}

/// Random bytes as hex.
pub(crate) fn fresh() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("an operating system always has random bytes");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
