//! The electronic address: the e-mail of the profile takes legally meaningful messages of the company (function 23). The
//! person decides by a consent; a company takes the addresses of its houses for its register.
//!
//! While the e-mail waits for its proof, the address rests: what is sent there would count as delivered and be read by
//! whoever holds the mailbox. The consent is the person's own act (ФЗ-152) and stands, so the proof alone brings the
//! address back.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    access::{Action, Relation, Role, Scope, allows},
    contact::Email,
    look::Purpose,
};
use http::header;
use jiff::{SignedDuration, tz::TimeZone};
use serde::Deserialize;
use store::{
    Tx,
    electronic_addresses::{self, Listed},
    events::{self, Event},
    persons::Profile,
    settings::Settings,
};
use utoipa::IntoParams;
use web::{
    Actor, Client, Csv, Env, Problem, Query, attachment, audit, consent,
    limit::{self, Rule},
};

use crate::profile::own;

const PARTS: Rule = Rule { setting: "limit.address_export_per_person", window: SignedDuration::from_hours(1) };
/// Each person in it gets an entry of the journal, in one transaction with the others.
const PART_ROWS: u32 = 200;
/// As files that are taken in name them.
const COLUMNS: [&str; 5] = ["number", "address", "name", "electronic_address", "since"];
/// For what addresses are taken: there is nothing else to be done with all of them.
const PURPOSES: [Purpose; 3] = [Purpose::Register, Purpose::Security, Purpose::Authority];

/// The consent was given: the e-mail of the profile is the address from now on.
///
/// # Errors
/// `validation` where there is no e-mail, `consent-withdrawn`.
pub(crate) fn begin(tx: &Tx<'_>, env: &Env, actor: &Actor) -> Result<(), Problem> {
    consent::require(tx, actor)?;
    let email = own(tx, actor)?.proved_email().ok_or_else(|| {
        let detail = "Электронным адресом становится подтверждённая почта из профиля, а её там нет. Добавьте или \
                      подтвердите почту в профиле и дайте согласие ещё раз.";
        Problem::field("/purpose", detail)
    })?;
    if electronic_addresses::begin(tx, env.now(), &actor.person_id)? {
        emit(tx, env, &actor.person_id, Some(email.masked()))?;
    }
    Ok(())
}

/// The consent was taken back.
pub(crate) fn end(tx: &Tx<'_>, env: &Env, actor: &Actor) -> store::Result<()> {
    if electronic_addresses::end(tx, &actor.person_id)? { emit(tx, env, &actor.person_id, None) } else { Ok(()) }
}

/// The e-mail of the profile is another one: so is the address, where there is one.
pub(crate) fn follow(tx: &Tx<'_>, env: &Env, actor: &Actor, email: &str) -> store::Result<()> {
    let is_on = electronic_addresses::change(tx, env.now(), &actor.person_id)?;
    let masked = Email::parse(email).ok().map(|email| email.masked());
    if is_on { emit(tx, env, &actor.person_id, masked) } else { Ok(()) }
}

/// The e-mail waits for its proof from now on: until then there is no address.
pub(crate) fn rest(tx: &Tx<'_>, env: &Env, before: &Profile) -> store::Result<()> {
    if before.electronic_address_since.is_some() { emit(tx, env, &before.person_id, None) } else { Ok(()) }
}

/// The person reads it in the feed; it is what the systems of a company hear of contacts.
fn emit(tx: &Tx<'_>, env: &Env, person_id: &str, masked_email: Option<String>) -> store::Result<()> {
    events::emit(tx, env.now(), person_id, &Event::ElectronicAddressChanged { masked_email })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddressWish {
    /// `register`, `security` or `authority`: the people read it in their journals.
    #[param(example = "register")]
    purpose: String,
    /// Of the `Link` of the part before.
    #[serde(default)]
    after: String,
}

/// The electronic addresses of the people of my houses, for the company's register; noted in the journal of each
///
/// A part has 200 rows at most; while there are more, its header `Link` leads to the next one. Only the first part has
/// the row of names, so that the parts put together are one table.
#[utoipa::path(
    get, path = "/api/auth/electronic-addresses", operation_id = "export_electronic_addresses", tag = "auth",
    security(("session" = [])), params(AddressWish),
    responses(
        (status = 200, content_type = "text/csv", body = String,
         headers(("link" = String, description = "The next part, `rel=\"next\"`"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, rate-limited"),
    )
)]
pub(crate) async fn export(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(wish): Query<AddressWish>,
) -> Result<Response, Problem> {
    let reach = actor.reach(Action::ExportAddresses)?;
    let purpose = Purpose::parse(&wish.purpose).filter(|purpose| PURPOSES.contains(purpose)).ok_or_else(|| {
        let detail = "Назовите, зачем вы берёте адреса: register, security или authority.";
        Problem::field("?purpose", detail)
    })?;
    let mut rows = env.db().write(|tx| take(tx, &env, &actor, &client, &reach, purpose, &wish.after))?;
    let next = next(&mut rows, purpose);
    let name = format!("moydom-electronic-addresses-{}.csv", env.day());
    let file = attachment(&name, "text/csv; charset=utf-8", table(&rows, wish.after.is_empty()).into_bytes());
    Ok((next.map(|link| [(header::LINK, link)]), file).into_response())
}

/// A part and one row more, where there is one. Whoever stands in it reads of it in the journal, before anything is shown.
fn take(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    reach: &[Scope],
    purpose: Purpose,
    after: &str,
) -> Result<Vec<Listed>, Problem> {
    limit::count(tx, env, &Settings::at(tx, env.now())?, PARTS, &actor.person_id)?;
    let rows = electronic_addresses::listed(tx, reach, env.day(), after, PART_ROWS + 1)?;
    let mut persons: Vec<_> = rows.iter().take(PART_ROWS as usize).map(|row| row.person_id.as_str()).collect();
    persons.sort_unstable();
    persons.dedup();
    let role = actor.roles().into_iter().find(|role| allows(&[*role], Action::ExportAddresses, Relation::Scope));
    let fields = [("role", role.map(Role::as_str).unwrap_or_default()), ("purpose", purpose.as_str())];
    for person_id in persons {
        audit::record(tx, env, actor, client, "electronic-address.look", &format!("person:{person_id}"), &fields)?;
    }
    Ok(rows)
}

/// Where the next part is; the row that told of it goes.
fn next(rows: &mut Vec<Listed>, purpose: Purpose) -> Option<String> {
    let has_more = rows.len() > PART_ROWS as usize;
    rows.truncate(PART_ROWS as usize);
    let last = rows.last().filter(|_| has_more)?;
    let query = format!("purpose={}&after={}", purpose.as_str(), last.account_link_id);
    Some(format!("</api/auth/electronic-addresses?{query}>; rel=\"next\""))
}

fn table(rows: &[Listed], is_first: bool) -> String {
    let mut csv = if is_first { Csv::new(&COLUMNS) } else { Csv::continued() };
    for Listed { number, address, name, email, since, .. } in rows {
        let since = since.to_zoned(TimeZone::UTC).date().to_string();
        csv.row(&[number, address, name, email, &since]);
    }
    csv.into()
}
