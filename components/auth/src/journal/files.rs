//! The whole journal to take away (function 158): a table, JSON, or an extract that anybody can check.

use axum::{extract::State, response::Response};
use domain::access::{Action, Relation};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    audit::{
        self, Happening,
        extract::{self, DIGEST_FIELD},
    },
    settings::Settings,
};
use utoipa::{IntoParams, ToSchema};
use web::{
    Actor, Client, Csv, Env, Problem, Query, attachment,
    limit::{self, Rule},
};

use super::{JournalItem, item, words::Who};

/// Whatever a person takes away as a file counts.
pub(crate) const PER_PERSON: Rule = Rule { setting: "limit.export_per_person", window: SignedDuration::from_hours(1) };
/// Entries read at once.
const PAGE: u32 = 1_000;

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Csv,
    Json,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wish {
    /// `csv` for a spreadsheet, `json` for a program.
    #[param(inline)]
    format: Format,
}

/// All of it, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct WholeJournal {
    items: Vec<JournalItem>,
}

/// All that happened with my data, as a file
#[utoipa::path(
    get, path = "/api/auth/journal/export", operation_id = "export_journal", tag = "auth", security(("session" = [])),
    params(Wish),
    responses(
        (status = 200, content((WholeJournal = "application/json"), (String = "text/csv"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, rate-limited"),
    )
)]
pub(crate) async fn export(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(Wish { format }): Query<Wish>,
) -> Result<Response, Problem> {
    actor.may(Action::SeeJournal, Relation::Own)?;
    env.db().write(|tx| {
        count(tx, &env, &actor)?;
        Ok::<_, Problem>(note(tx, &env, &actor, &client, "journal.export", &[("format", format.as_str())])?)
    })?;
    let items = items(&env, &actor)?;
    let name = format!("moydom-journal-{}.{}", env.day(), format.as_str());
    match format {
        Format::Csv => Ok(attachment(&name, "text/csv; charset=utf-8", table(&items).into())),
        Format::Json => {
            let body = serde_json::to_vec(&WholeJournal { items }).map_err(Problem::internal)?;
            Ok(attachment(&name, "application/json", body))
        }
    }
}

impl Format {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

pub(crate) fn count(tx: &Tx<'_>, env: &Env, actor: &Actor) -> Result<(), Problem> {
    limit::count(tx, env, &Settings::at(tx, env.now())?, PER_PERSON, &actor.person_id)
}

fn note(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    action: &str,
    fields: &[(&str, &str)],
) -> store::Result<()> {
    let object = format!("person:{}", actor.person_id);
    web::audit::record(tx, env, actor, client, action, &object, fields)
}

/// The whole journal, the newest first.
pub(crate) fn items(env: &Env, actor: &Actor) -> store::Result<Vec<JournalItem>> {
    Ok(everything(env, actor)?.into_iter().map(|one| item(actor, one)).collect())
}

/// Entries never change and are only added, so the pages fit together without one transaction around them.
fn everything(env: &Env, actor: &Actor) -> store::Result<Vec<Happening>> {
    let mut all: Vec<Happening> = Vec::new();
    loop {
        let before = all.last().map(|last| last.entry.seq);
        let page = env.db().read(|conn| audit::of_person(conn, &actor.person_id, before, PAGE))?;
        let is_last = page.len() < PAGE as usize;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// The columns of the journal, wherever it is a table.
pub(crate) const COLUMNS: [&str; 6] = [WHEN, "Что", "Кто", "Адрес", "Устройство", DETAILS];
pub(crate) const WHEN: &str = "Когда (UTC)";
pub(crate) const DETAILS: &str = "Подробности";

/// An entry in the cells of [`COLUMNS`].
pub(crate) fn cells(item: &JournalItem) -> [String; 6] {
    let details: Vec<_> = item.details.iter().map(|detail| format!("{}: {}", detail.name, detail.value)).collect();
    let who = item.by.as_deref().unwrap_or(item.who.words()).to_owned();
    let (address, device) = (item.address.clone(), item.device.clone());
    let (address, device) = (address.unwrap_or_default(), device.unwrap_or_default());
    [item.at.clone(), item.what.to_owned(), who, address, device, details.join("; ")]
}

fn table(items: &[JournalItem]) -> String {
    let mut csv = Csv::new(&COLUMNS);
    items.iter().for_each(|item| csv.row(&cells(item).each_ref().map(String::as_str)));
    csv.into()
}

/// My entries of the audit log, each with what proves it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExtractView {
    #[schema(example = "moydom-audit-extract-1")]
    format: &'static str,
    /// Whose it is.
    person_id: String,
    /// Oldest first. The last one tells of this extract, and its hash is the head of the chain at that moment.
    entries: Vec<ProofView>,
}

/// An entry, and the particulars of it that are mine.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProofView {
    entry: EntryView,
    fields: Vec<ExtractFieldView>,
}

/// A link of the chain.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryView {
    seq: i64,
    #[schema(format = DateTime)]
    at: String,
    /// A person's id, `system`, `operator` or `visitor`.
    actor: String,
    #[schema(example = "profile.rename")]
    action: String,
    object: String,
    /// JSON text: the name of each particular and its commitment. The hash covers this very text.
    commitments: String,
    previous_hash: String,
    hash: String,
}

/// A particular, and the salt of its commitment.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExtractFieldView {
    name: String,
    salt: String,
    value: String,
}

/// My entries of the audit log with salts and hashes: `moydom audit verify-extract` checks them
#[utoipa::path(
    get, path = "/api/auth/journal/extract", operation_id = "extract_journal", tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = ExtractView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, rate-limited"),
    )
)]
pub(crate) async fn extract(State(env): State<Env>, actor: Actor, client: Client) -> Result<Response, Problem> {
    actor.may(Action::SeeJournal, Relation::Own)?;
    env.db().write(|tx| count(tx, &env, &actor))?;
    let mut happened = everything(&env, &actor)?;
    happened.reverse();
    let digest = extract::digest(happened.iter().map(|one| one.entry.hash.as_str()));
    let fields = [(DIGEST_FIELD, digest.as_str())];
    let last = env.db().write(|tx| {
        note(tx, &env, &actor, &client, extract::ACTION, &fields)?;
        audit::of_person(tx, &actor.person_id, None, 1)
    })?;
    let entries = happened.into_iter().chain(last).map(|one| proof(&actor, one)).collect();
    let view = ExtractView { format: extract::FORMAT, person_id: actor.person_id, entries };
    let body = serde_json::to_vec(&view).map_err(Problem::internal)?;
    Ok(attachment(&format!("moydom-extract-{}.json", env.day()), "application/json", body))
}

fn proof(actor: &Actor, happening: Happening) -> ProofView {
    let who = Who::did(&actor.person_id, &happening);
    let Happening { entry, fields, .. } = happening;
    let own = fields.into_iter().filter(|field| who.may_see(&entry.action, &field.name));
    let fields = own.map(|field| ExtractFieldView { name: field.name, salt: field.salt, value: field.value }).collect();
    let audit::Entry { seq, at, actor, action, object, commitments, previous_hash, hash } = entry;
    ProofView { entry: EntryView { seq, at, actor, action, object, commitments, previous_hash, hash }, fields }
}
