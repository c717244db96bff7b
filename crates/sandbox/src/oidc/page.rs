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
use crate::page;

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
    misbehaviour: Misbehaviour,
}

pub(crate) async fn show(Query(asked): Query<Asked>) -> Response {
    if let Some(fault) = asked.fault() {
        return (StatusCode::BAD_REQUEST, fault).into_response();
    }
    page(&asked)
}

pub(crate) async fn decide(State(provider): State<Provider>, Form(decision): Form<Decision>) -> Response {
    let Decision { asked, subject, signing, misbehaviour } = decision;
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
        Some(subject) => answer.push(("code", keep(&provider, &asked, subject, signing, misbehaviour))),
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("{}?{query}", asked.redirect_uri))]).into_response()
}

fn keep(provider: &Provider, asked: &Asked, subject: String, signing: Signing, misbehaviour: Misbehaviour) -> String {
    let code = fresh();
    let grant = Grant {
        client_id: asked.client_id.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.code_challenge.clone(),
        nonce: asked.nonce.clone(),
        subject,
        signing,
        misbehaviour,
    };
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
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))).collect()
}
