//! The walk: every operation is called by every role, on an object of the caller's own and on somebody else's, and
//! the answer is the one that `domain::access` promises.

use domain::{
    access::{Action, Relation, Role, allows},
    identity::Level,
    level,
    one_time_code::OneTimeCode,
};
use http::StatusCode;
use native_suite::access::{Access, OPERATIONS, Operation};
use serde_json::{Value, json};
use store::{
    confirmations,
    identities::{self, Identity, NewUnlinked},
    persons::{self, NewPerson},
};
use web::fresh_id;

use crate::{
    authenticator::{self, Key},
    example::example,
    factors,
    home_of::{CODE, Objects, settle},
    imports, newcomer, proof, runs, signing,
    suite::{Answer, JOBS_TOKEN, Suite},
};

/// What the cookie of the walk's browser says, and the one of who has just signed in there at a provider.
pub(crate) const DEVICE: &str = "0123456789abcdef0123456789abcdef";
/// The invitation that an administrator withdraws.
pub(crate) const INVITATION_ID: &str = "an-invitation";
const WAITING: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
pub(crate) const NOW: &str = "2026-07-20T09:00:00Z";
/// Operations that name their object outside the path.
const NAMED_ELSEWHERE: [&str; 8] = [
    "/api/readings/consumption",
    "/api/readings/consumption/document",
    "/api/readings/history",
    "/api/readings/history/document",
    "/api/readings/last",
    "/api/readings/meter-events",
    "/api/readings/stickers",
    "/api/readings/submissions",
];
/// What takes new data of a person.
const TAKES_DATA: [&str; 19] = [
    "/api/auth/certificates",
    "/api/auth/certificates/challenges",
    "/api/auth/level-request",
    "/api/auth/level-request/documents/{document}",
    "/api/homes/delegations",
    "/api/homes/delegations/take",
    "/api/auth/identities",
    "/api/auth/profile",
    "/api/auth/profile/contacts",
    "/api/auth/profile/contacts/{contact_code_id}/confirm",
    "/api/homes/links",
    "/api/homes/links/{link_request_id}/confirm",
    "/api/homes/account-codes/{account_code_id}/confirm",
    "/api/homes/accounts/{account_id}/settings",
    "/api/homes/accounts/{account_id}/contacts",
    "/api/billing/bills/{bill_number}/lines/{line_no}/questions",
    "/api/billing/requests",
    "/api/readings/submissions",
    "/api/readings/tokens",
];

/// Whether the request names something that may be somebody else's.
pub(crate) fn is_about_an_object(operation: &Operation) -> bool {
    // For the support a person is nobody's own.
    let is_of_support = operation.access == Access::Person(Action::UnlockSignIn);
    let is_nobodys = operation.path.contains("{purpose}")
        || operation.path.contains("{provider}")
        || operation.path.contains("{document}")
        || operation.path.contains("{level_request_id}")
        || operation.path.contains("{erasure_id}")
        || operation.path.contains("{staff_id}")
        || operation.path.contains("{invitation_id}")
        || operation.path.contains("{maintenance_id}")
        || [Action::RunBilling, Action::SeeCoverage].map(Access::Person).contains(&operation.access);
    operation.path.contains('{') && !is_of_support && !is_nobodys
        || NAMED_ELSEWHERE.contains(&operation.path)
        || [("POST", "/api/readings/tokens"), ("POST", "/api/billing/absences"), ("POST", "/api/billing/requests")]
            .contains(&(operation.method, operation.path))
}

pub(crate) async fn answered(
    suite: &Suite,
    operation: &Operation,
    objects: &Objects,
    headers: &[(&str, &str)],
) -> StatusCode {
    answer(suite, operation, objects, headers).await.status
}

async fn answer(suite: &Suite, operation: &Operation, objects: &Objects, headers: &[(&str, &str)]) -> Answer {
    let key = fresh_id(&suite.env);
    let (path, body) = example(operation, objects);
    let device = format!("__Host-device={DEVICE}; __Host-identity={WAITING}");
    let headers = [headers, &[("idempotency-key", key.as_str()), ("cookie", &device)]].concat();
    if path.starts_with("/api/auth/identities") {
        identify(suite, operation, objects);
    }
    if operation.access == Access::Provider {
        let form = [headers.as_slice(), &[("content-type", "application/x-www-form-urlencoded")]].concat();
        return suite.send(operation.method, &path, &form, b"logout_token=forged".to_vec()).await;
    }
    if path.starts_with("/api/auth/sign-ins") {
        factors::wait(suite, &objects.person_id, DEVICE, CODE);
    }
    match operation.path {
        "/api/auth/passkeys" => authenticator::ask(suite, DEVICE, Some(&objects.person_id)),
        "/api/auth/certificates" => signing::ask(suite, session_id(&headers).as_deref()),
        "/api/auth/certificates/{certificate_id}" => {
            signing::keep(suite, &objects.person_id, &objects.certificate_id);
        }
        "/api/auth/staff/invitations/{invitation_id}" => invite(suite, objects),
        "/api/auth/passkeys/{passkey_id}" => {
            Key::of(&objects.person_id).keep(suite, &objects.person_id, &objects.passkey_id);
        }
        "/api/auth/passkey-sign-ins/{challenge_id}/answers" => {
            authenticator::ask(suite, DEVICE, None);
            Key::of(&objects.person_id).keep(suite, &objects.person_id, &objects.passkey_id);
        }
        _ => {}
    }
    if path.starts_with("/api/billing/desk") {
        runs::make(suite, operation, objects);
    }
    if path.starts_with("/api/auth/sign-in-notices") {
        factors::notify(suite, &objects.person_id);
    }
    if (operation.method, operation.path) == ("PUT", "/api/auth/password") {
        forget_password(suite, &objects.person_id);
    }
    if path == "/api/auth/second-factor/totp/confirm" {
        factors::begin(suite, &objects.person_id);
    }
    if operation.method == "PUT" && operation.path.ends_with("/{part_no}") {
        return suite.send(operation.method, &path, &headers, imports::FILE.into()).await;
    }
    if operation.path.starts_with("/api/auth/level-request") && operation.method != "DELETE" {
        proof::gather(suite, &objects.person_id);
    }
    if operation.method == "PUT" && operation.path.ends_with("/{document}") {
        return suite.send(operation.method, &path, &headers, proof::PNG.into()).await;
    }
    if operation.path == "/api/auth/level-desk/requests/{level_request_id}/decisions" {
        proof::open_all(suite, &headers, &objects.level_request_id).await;
    }
    let path = match path.contains("{confirmation_id}") {
        true => path.replace("{confirmation_id}", &asked_to_confirm(suite, &objects.person_id, &headers)),
        false => path,
    };
    let answer = suite.ask(operation.method, &path, &headers, body.clone()).await;
    match answer.body["confirmation"]["confirmation_id"].as_str() {
        Some(confirmation_id) => {
            suite.env.db().write(|tx| confirmations::confirm(tx, suite.env.now(), confirmation_id)).unwrap();
            let headers = [&headers[..], &[("confirmation", confirmation_id)]].concat();
            suite.ask(operation.method, &path, &headers, body).await
        }
        None => answer,
    }
}

/// The person came by a provider and never had a password.
fn forget_password(suite: &Suite, person_id: &str) {
    suite.env.db().write(|tx| persons::set_password(tx, person_id, persons::NO_PASSWORD)).unwrap();
}

/// A confirmation that the person was asked for: in the session that the cookies carry where it is the person's own, in
/// another one where it is not. [`CODE`] answers it.
fn asked_to_confirm(suite: &Suite, person_id: &str, headers: &[(&str, &str)]) -> String {
    let (confirmation_id, now) = (fresh_id(&suite.env), suite.env.now());
    let caller = session_id(headers).filter(|session_id| {
        let own = format!("select 1 from session where session_id = '{session_id}' and person_id = '{person_id}'");
        !suite.rows(&own).is_empty()
    });
    let session_id = caller.unwrap_or_else(|| "of nobody here".to_owned());
    let request =
        confirmations::Request { person_id, session_id: &session_id, operation: "change-contact", request_hash: "" };
    let code_hash = OneTimeCode::parse(CODE).unwrap().hash(&confirmation_id);
    let expires_at = now + jiff::SignedDuration::from_mins(5);
    let asked = suite.env.db().write(|tx| {
        confirmations::ask(tx, now, &confirmation_id, &request, 5, expires_at)?;
        confirmations::keep_code(tx, &confirmation_id, &code_hash, expires_at)
    });
    asked.unwrap();
    confirmation_id
}

fn session_id(headers: &[(&str, &str)]) -> Option<String> {
    let cookies = headers.iter().filter(|(name, _)| *name == "cookie");
    let cookies = cookies.map(|(_, cookies)| (http::header::COOKIE, http::HeaderValue::from_str(cookies).unwrap()));
    web::session::session_id(&cookies.collect())
}

/// Somebody has just signed in at a provider in this browser; for the operation that ends it, the person did so before.
fn identify(suite: &Suite, operation: &Operation, objects: &Objects) {
    let (subject, now, person_id) = (fresh_id(&suite.env), suite.env.now(), &objects.person_id);
    let identity =
        Identity { provider: "oidc", issuer: "https://id.example", subject: &subject, level: Level::Basic, name: "" };
    let expires_at = now + jiff::SignedDuration::from_mins(1);
    let id = &objects.unlinked_identity_id;
    let waiting = NewUnlinked {
        unlinked_identity_id: id,
        identity,
        cookie_hash: &web::sha256(WAITING),
        sid: None,
        authenticated_at: None,
        snils: None,
        next: "/",
        expires_at,
    };
    let linked = suite.env.db().write(|tx| {
        tx.execute("delete from unlinked_identity", &[])?;
        identities::await_person(tx, now, &waiting)?;
        let is_linked = identities::of_person(tx, person_id)?.is_empty() && operation.method == "DELETE";
        if is_linked { identities::link(tx, now, person_id, identity) } else { Ok(()) }
    });
    linked.unwrap();
}

/// The demo's login of a role.
fn login(role: Role) -> &'static str {
    if role == Role::Resident { "anna" } else { role.as_str() }
}

/// What the table of rights promises.
fn promised(operation: &Operation, roles: &[Role], is_own: bool) -> Option<StatusCode> {
    match operation.access {
        Access::Everybody => None,
        Access::Job | Access::Gateway => Some(StatusCode::UNAUTHORIZED),
        Access::Provider => Some(StatusCode::BAD_REQUEST),
        Access::Person(action) if !allows_here(roles, action) => Some(StatusCode::FORBIDDEN),
        Access::Person(_) if !is_own => Some(StatusCode::NOT_FOUND),
        Access::Person(_) => None,
    }
}

/// What is the person's own, or within the scope of the role: the demo's logins of these roles work in the whole portal.
fn allows_here(roles: &[Role], action: Action) -> bool {
    [Relation::Own, Relation::Scope].into_iter().any(|relation| allows(roles, action, relation))
}

fn kept_promise(status: StatusCode, promised: Option<StatusCode>) -> bool {
    promised.map_or(status.is_success(), |promised| promised == status)
}

#[tokio::test]
async fn every_role_gets_what_the_table_of_rights_says_and_nothing_else() {
    let suite = Suite::demo(NOW);
    // The walk confirms more in a moment than people do in an hour.
    suite.set("limit.confirmation_per_person", "1000");
    let strangers = settle(&suite, "resident01", 40).await;
    let mut broken = Vec::new();
    for (index, role) in (1..).zip(Role::ALL) {
        let mut own = settle(&suite, login(role), index).await;
        let mut cookie = suite.sign_in(login(role)).await;
        // What is for everybody would end the session that the walk goes on with.
        for operation in OPERATIONS.iter().filter(|operation| operation.access != Access::Everybody) {
            let is_confirmation = operation.path == "/api/homes/links/{link_request_id}/confirm";
            if is_confirmation && role == Role::Resident {
                (own.link_request_id, own.code) = ask_for_a_code(&suite, &own, &[("cookie", &cookie)]).await;
            }
            for (objects, is_own) in [(&strangers, false), (&own, true)] {
                if !is_own && !is_about_an_object(operation) {
                    continue;
                }
                let answer = answer(&suite, operation, objects, &[("cookie", &cookie)]).await;
                // Whoever gets rights goes on in another session.
                cookie = answer.session().unwrap_or(cookie);
                let status = answer.status;
                if !kept_promise(status, promised(operation, &[role], is_own)) {
                    broken.push(format!("{role:?}, own: {is_own}, {} {}: {status}", operation.method, operation.path));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn what_asks_for_a_confirmed_identity_refuses_whoever_has_none() {
    let suite = Suite::demo(NOW);
    let own = settle(&suite, "boris", 2).await;
    let cookie = suite.sign_in("boris").await;
    let asks = |operation: &&Operation| matches!(operation.access, Access::Person(action) if level::asked(action) == Level::Confirmed);
    assert!(OPERATIONS.iter().any(|operation| asks(&operation)));
    for operation in OPERATIONS.iter().filter(asks) {
        let refused = answer(&suite, operation, &own, &[("cookie", &cookie)]).await;
        assert_eq!(refused.problem(), "level-too-low", "{operation:?}");
    }
}

#[tokio::test]
async fn of_a_closed_account_no_meter_is_anybodys_own() {
    let suite = Suite::demo(NOW);
    let own = settle(&suite, "anna", 1).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update account set closed_on = '2026-07-19' where account_id = ?1", [&own.account_id]).unwrap();
    let cookie = suite.sign_in("anna").await;
    let of_meters = |operation: &&Operation| NAMED_ELSEWHERE.contains(&operation.path);
    for operation in OPERATIONS.iter().filter(of_meters) {
        let status = answered(&suite, operation, &own, &[("cookie", &cookie)]).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{operation:?}");
    }
}

#[tokio::test]
async fn without_consent_nothing_new_is_taken_and_whoever_leaves_is_let_go() {
    let suite = Suite::demo(NOW);
    let mut own = settle(&suite, "anna", 1).await;
    let mut cookie = suite.sign_in("anna").await;
    (own.link_request_id, own.code) = ask_for_a_code(&suite, &own, &[("cookie", &cookie)]).await;
    suite.ask("POST", "/api/auth/consents", &[("cookie", &cookie)], Some(newcomer::consent())).await;
    suite.ask("POST", "/api/auth/consents/portal/withdraw", &[("cookie", &cookie)], None).await;
    for operation in OPERATIONS.iter().filter(|operation| operation.method != "GET" && is_of_residents(operation)) {
        let answer = answer(&suite, operation, &own, &[("cookie", &cookie)]).await;
        cookie = answer.session().unwrap_or(cookie);
        match TAKES_DATA.contains(&operation.path) && operation.method != "DELETE" {
            true => assert_eq!(answer.problem(), "consent-withdrawn", "{operation:?}"),
            false => assert!(answer.status.is_success(), "{operation:?}: {}", answer.body),
        }
    }
    let signed_out = suite.ask("POST", "/api/auth/sign-out", &[("cookie", &cookie)], None).await;
    assert!(signed_out.status.is_success(), "{}", signed_out.body);
}

fn is_of_residents(operation: &Operation) -> bool {
    matches!(operation.access, Access::Person(action) if allows(&[Role::Resident], action, Relation::Own))
}

async fn ask_for_a_code(suite: &Suite, own: &Objects, headers: &[(&str, &str)]) -> (String, String) {
    let asked = suite.ask("POST", "/api/homes/links", headers, Some(json!({ "number": own.number }))).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    (asked.body["link_request_id"].as_str().unwrap().to_owned(), suite.last_code())
}

#[tokio::test]
async fn without_a_session_only_what_is_for_everybody_answers() {
    let suite = Suite::demo(NOW);
    let objects = settle(&suite, "anna", 1).await;
    for operation in OPERATIONS {
        let status = answered(&suite, operation, &objects, &[]).await;
        match operation.access {
            // A callback leads on, wherever to.
            Access::Everybody => assert!(status.is_success() || status.is_redirection(), "{operation:?}: {status}"),
            Access::Provider => assert_eq!(status, StatusCode::BAD_REQUEST, "{operation:?}"),
            Access::Job | Access::Gateway | Access::Person(_) => {
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{operation:?}")
            }
        }
    }
}

#[tokio::test]
async fn somebody_without_a_role_may_do_nothing() {
    let suite = Suite::demo(NOW);
    let person = NewPerson {
        person_id: &fresh_id(&suite.env),
        login: Some("nobody"),
        phone: None,
        email: None,
        password_hash: store::demo::PASSWORD_HASH,
        name: "Никто",
        roles: &[],
        is_demo: true,
    };
    suite.env.db().write(|tx| persons::add(tx, suite.env.now(), &person)).unwrap();
    let own = settle(&suite, "nobody", 1).await;
    let cookie = suite.sign_in("nobody").await;
    for operation in OPERATIONS.iter().filter(|operation| matches!(operation.access, Access::Person(_))) {
        let status = answered(&suite, operation, &own, &[("cookie", &cookie)]).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{operation:?}");
    }
}

#[tokio::test]
async fn the_jobs_token_opens_the_jobs_and_no_door_of_a_person() {
    let suite = Suite::demo(NOW);
    let objects = settle(&suite, "anna", 1).await;
    let token = format!("Bearer {JOBS_TOKEN}");
    for operation in OPERATIONS.iter().filter(|operation| operation.access != Access::Everybody) {
        let status = answered(&suite, operation, &objects, &[("authorization", &token)]).await;
        assert_eq!(status.is_success(), operation.access == Access::Job, "{operation:?}: {status}");
    }
}

#[tokio::test]
async fn nothing_changes_on_the_word_of_another_site() {
    let suite = Suite::demo(NOW);
    let objects = settle(&suite, "anna", 1).await;
    let cookie = suite.sign_in("anna").await;
    for operation in OPERATIONS.iter().filter(|operation| operation.method != "GET") {
        let (path, body) = example(operation, &objects);
        let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
        let answer = suite.ask(operation.method, &path, &headers, body).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::FORBIDDEN, "foreign-origin"), "{operation:?}");
    }
}

#[test]
fn the_table_names_every_operation_of_the_document_with_its_security() {
    let document: Value = serde_json::from_str(&native_suite::document()).unwrap();
    let mut documented = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            documented.push((method.to_uppercase(), path.clone(), scheme(operation)));
        }
    }
    let mut known: Vec<_> = OPERATIONS.iter().map(in_the_document).collect();
    documented.sort();
    known.sort();
    assert_eq!(documented, known);
}

/// The name of the security scheme; empty where none is asked for.
fn scheme(operation: &Value) -> String {
    let named = operation["security"][0].as_object().and_then(|schemes| schemes.keys().next().cloned());
    named.unwrap_or_default()
}

fn in_the_document(operation: &Operation) -> (String, String, String) {
    let scheme = match operation.access {
        Access::Everybody | Access::Provider => "",
        Access::Job => "job",
        Access::Gateway => "gateway",
        Access::Person(_) => "session",
    };
    (operation.method.to_owned(), operation.path.to_owned(), scheme.to_owned())
}

/// Somebody is invited into the house of the objects, and has not come.
fn invite(suite: &Suite, objects: &Objects) {
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let sql = "insert or replace into invitation (invitation_id, token_hash, login, name, roles, created_at, expires_at, house_id)
               values (?1, ?1, 'invited', 'Вера', 'dispatcher', '2026-07-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z', ?2)";
    file.execute(sql, [INVITATION_ID, &objects.house_id]).unwrap();
}
