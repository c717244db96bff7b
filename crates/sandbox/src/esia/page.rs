//! ESIA's own page: who one is, and what it shall do wrong.

use axum::{
    Form,
    extract::{Query, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    Esia, Grant, PEOPLE,
    misbehaviour::{Misbehaviour, NAMES},
    request::{Fault, NOWHERE, Signed},
};
use crate::{oidc::fresh, page, since::Since};

/// What a browser is sent with.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(flatten)]
    signed: Signed,
    response_type: String,
    access_type: String,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

impl Asked {
    fn fault(&self, esia: &Esia) -> Option<Fault> {
        let is_current = self.signed.client_certificate_hash.is_some();
        let challenge = self.code_challenge.as_ref().map(String::len).zip(self.code_challenge_method.as_deref());
        let is_proved = if is_current { challenge == Some((43, "S256")) } else { challenge.is_none() };
        let is_asked = self.response_type == "code" && self.access_type == "online";
        match (is_asked, is_proved) {
            (false, _) => Some(("unsupported_response_type", "ESIA-007007: response_type")),
            (_, false) => Some(("invalid_request", "ESIA-007039: code_challenge")),
            _ => self.signed.fault(&esia.0.signer, ""),
        }
    }

    fn leads_nowhere(&self) -> bool {
        !["http://", "https://"].iter().any(|scheme| self.signed.redirect_uri.starts_with(scheme))
    }

    fn back(&self, mut answer: Vec<(&str, String)>) -> Response {
        if answer.iter().all(|(name, _)| *name != "state") {
            answer.push(("state", self.signed.state.clone()));
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
        let location = format!("{}?{query}", self.signed.redirect_uri);
        (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
    }

    fn refuse(&self, (error, description): Fault) -> Response {
        self.back(vec![("error", error.to_owned()), ("error_description", description.to_owned())])
    }
}

pub(crate) async fn show(
    State(esia): State<Esia>,
    uri: Uri,
    Query(asked): Query<Asked>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    if asked.leads_nowhere() {
        return NOWHERE.into_response();
    }
    if let Some(fault) = asked.fault(&esia) {
        return asked.refuse(fault);
    }
    let people: Vec<_> =
        PEOPLE.iter().map(|person| (person.oid, format!("{} {}", person.last_name, person.first_name))).collect();
    page::choose(&page::Choice {
        title: "Песочница: Госуслуги",
        action: uri.path(),
        hidden: &pairs,
        people: &people,
        signings: &["RS256", "GOST3410_2012_256"],
        misbehaviours: &NAMES,
    })
}

/// What the person decides.
#[derive(Debug, Deserialize)]
pub(crate) struct Decision {
    #[serde(flatten)]
    asked: Asked,
    /// Absent: the person declines.
    subject: Option<String>,
    signing: String,
    #[serde(default)]
    since: Since,
    #[serde(default)]
    misbehaviour: Misbehaviour,
}

pub(crate) async fn decide(State(esia): State<Esia>, Form(decision): Form<Decision>) -> Response {
    let Decision { asked, subject, signing, since, misbehaviour } = decision;
    if asked.leads_nowhere() {
        return NOWHERE.into_response();
    }
    let declined = ("access_denied", "ESIA-007004: The resource owner denied the request");
    if let Some(fault) = asked.fault(&esia).or_else(|| misbehaviour.of_authorization()) {
        return asked.refuse(fault);
    }
    let Some(oid) = subject else { return asked.refuse(declined) };
    if misbehaviour.is("no-code") {
        return asked.back(Vec::new());
    }
    let state = if misbehaviour.is("wrong-state") { fresh() } else { asked.signed.state.clone() };
    let code = fresh();
    let Signed { client_id, scope, redirect_uri, state: first_state, .. } = asked.signed.clone();
    let grant = Grant {
        client_id,
        scope,
        redirect_uri,
        challenge: asked.code_challenge.clone(),
        state: first_state,
        oid,
        auth_time: since.auth_time(),
        signing,
        misbehaviour,
    };
    esia.grants().insert(code.clone(), grant);
    asked.back(vec![("code", code), ("state", state)])
}
