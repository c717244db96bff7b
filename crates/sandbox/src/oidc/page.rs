//! The provider's own page: who one is, and what it shall do wrong.

use axum::{
    Form,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    PEOPLE, Provider,
    code::Grant,
    fresh,
    keys::Signing,
    misbehaviour::{Misbehaviour, NAMES},
};
use crate::{page, since::Since};

/// What a client asks for (RFC 6749, 4.1.1; RFC 7636, 4.3).
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: String,
    nonce: Option<String>,
    code_challenge: String,
    code_challenge_method: String,
    prompt: Option<String>,
    /// A number, which a flattened form has as text.
    max_age: Option<String>,
}

impl Asked {
    fn fault(&self) -> Option<&'static str> {
        let is_web = ["http://", "https://"].iter().any(|scheme| self.redirect_uri.starts_with(scheme));
        [
            (self.response_type == "code", "response_type is not code"),
            (!self.client_id.is_empty(), "client_id is empty"),
            (is_web, "redirect_uri is no address of the web"),
            (self.scope.split(' ').any(|scope| scope == "openid"), "scope lacks openid"),
            (!self.state.is_empty(), "state is empty"),
            (self.code_challenge_method == "S256", "code_challenge_method is not S256"),
            (self.code_challenge.len() == 43, "code_challenge is no SHA-256"),
        ]
        .into_iter()
        .find_map(|(holds, fault)| (!holds).then_some(fault))
    }
}

impl Asked {
    /// OpenID Connect Core 1.0, 3.1.2.1: a session that is open is not enough for who asks for a new sign-in.
    fn auth_time(&self, since: Since) -> i64 {
        let (now, open_since) = (Since::JustNow.auth_time(), since.auth_time());
        let is_asked = self.prompt.as_deref().is_some_and(|prompt| prompt.split(' ').any(|one| one == "login"));
        let max_age = self.max_age.as_deref().and_then(|seconds| seconds.parse().ok());
        let is_old = max_age.is_some_and(|seconds: i64| now - open_since > seconds);
        if is_asked || is_old { now } else { open_since }
    }
}

/// What the person decides.
#[derive(Debug, Deserialize)]
pub(crate) struct Decision {
    #[serde(flatten)]
    asked: Asked,
    /// Absent: the person declines.
    subject: Option<String>,
    #[serde(default)]
    signing: Signing,
    #[serde(default)]
    since: Since,
    #[serde(default)]
    misbehaviour: Misbehaviour,
}

pub(crate) async fn show(Query(asked): Query<Asked>) -> Response {
    if let Some(fault) = asked.fault() {
        return (StatusCode::BAD_REQUEST, fault).into_response();
    }
    page(&asked)
}

pub(crate) async fn decide(State(provider): State<Provider>, Form(decision): Form<Decision>) -> Response {
    let Decision { asked, subject, signing, since, misbehaviour } = decision;
    if let Some(fault) = asked.fault() {
        return (StatusCode::BAD_REQUEST, fault).into_response();
    }
    let state = if misbehaviour == Misbehaviour::WrongState { fresh() } else { asked.state.clone() };
    let mut answer = vec![("state", state)];
    match misbehaviour {
        Misbehaviour::NoIss => {}
        Misbehaviour::WrongIss => answer.push(("iss", "https://id.example".to_owned())),
        _ => answer.push(("iss", provider.0.issuer.clone())),
    }
    match subject {
        None => answer.push(("error", "access_denied".to_owned())),
        Some(_) if misbehaviour == Misbehaviour::NoCode => {}
        Some(subject) => {
            let grant = grant(&asked, subject, signing, since, misbehaviour);
            answer.push(("code", keep(&provider, grant)));
        }
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("{}?{query}", asked.redirect_uri))]).into_response()
}

fn grant(asked: &Asked, subject: String, signing: Signing, since: Since, misbehaviour: Misbehaviour) -> Grant {
    Grant {
        client_id: asked.client_id.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.code_challenge.clone(),
        nonce: asked.nonce.clone(),
        subject,
        auth_time: asked.auth_time(since),
        signing,
        misbehaviour,
    }
}

fn keep(provider: &Provider, grant: Grant) -> String {
    let code = fresh();
    provider.codes().put(code.clone(), grant);
    code
}

fn page(asked: &Asked) -> Response {
    let people = PEOPLE.map(|(subject, name)| (subject, name.to_owned()));
    page::choose(&page::Choice {
        title: "Песочница: единый вход",
        action: "/oidc/authorize",
        hidden: &hidden(asked),
        people: &people,
        signings: &["ES256", "RS256"],
        misbehaviours: &NAMES,
    })
}

fn hidden(asked: &Asked) -> Vec<(String, String)> {
    let fields = [
        ("response_type", Some(&asked.response_type)),
        ("client_id", Some(&asked.client_id)),
        ("redirect_uri", Some(&asked.redirect_uri)),
        ("scope", Some(&asked.scope)),
        ("state", Some(&asked.state)),
        ("nonce", asked.nonce.as_ref()),
        ("code_challenge", Some(&asked.code_challenge)),
        ("code_challenge_method", Some(&asked.code_challenge_method)),
        ("prompt", asked.prompt.as_ref()),
        ("max_age", asked.max_age.as_ref()),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))).collect()
}
