//! Residents who were away for a time ask for it to be taken into account.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    calendar::date_at,
    charge::absence::{Absence, AbsenceRefusal},
    look,
    service::Service,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    billing::{
        absence_rules,
        absences::{self, Application, NewApplication},
    },
    homes,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, FieldError, IdempotencyKey, Problem, Reply, audit, fresh_id};

const SHOWN: u32 = 50;
/// More live nowhere.
const PERSONS_MAX: u32 = 99;
const DOCUMENT_CHARS_MAX: usize = 200;

#[derive(Serialize, ToSchema)]
pub(crate) struct AbsenceList {
    /// The accounts for which an application may be made.
    accounts: Vec<AbsenceAccount>,
    /// The latest first.
    items: Vec<AbsenceView>,
}

/// An account for which an application may be made.
#[derive(Serialize, ToSchema)]
pub(crate) struct AbsenceAccount {
    account_id: String,
    account_number: String,
    address: String,
}

/// An application of somebody who was away.
#[derive(Serialize, ToSchema)]
pub(crate) struct AbsenceView {
    absence_id: String,
    account_number: String,
    /// How many were away.
    persons: u32,
    /// The day of leaving.
    #[schema(format = Date)]
    left_on: String,
    /// The day of return.
    #[schema(format = Date)]
    returned_on: String,
    /// The day of the application.
    #[schema(format = Date)]
    asked_on: String,
    /// What confirms it.
    document: String,
    /// `asked`, `accepted` or `refused`.
    #[schema(example = "asked")]
    standing: &'static str,
    /// Why it was decided so; null while it waits.
    reason: Option<String>,
}

impl From<Application> for AbsenceView {
    fn from(one: Application) -> Self {
        Self {
            absence_id: one.absence_id,
            account_number: one.account_number,
            persons: one.persons,
            left_on: one.absence.left_on.to_string(),
            returned_on: one.absence.returned_on.to_string(),
            asked_on: one.absence.asked_on.to_string(),
            document: one.document,
            standing: one.standing.as_str(),
            reason: one.reason,
        }
    }
}

/// My applications for times when nobody, or not everybody, was at home
#[utoipa::path(
    get, path = "/api/billing/absences", operation_id = "list_absences", tag = "billing",
    security(("session" = [])),
    responses(
        (status = 200, body = AbsenceList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<AbsenceList>, Problem> {
    actor.may(Action::AskForAbsence, Relation::Own)?;
    env.db().read(|conn| {
        let linked = homes::linked_accounts(conn, &actor.person_id)?;
        let ids: Vec<_> = linked.iter().map(|account| account.account_id.as_str()).collect();
        let items = absences::of_accounts(conn, &ids, SHOWN)?.into_iter().map(AbsenceView::from).collect();
        let accounts = linked.into_iter().map(|account| AbsenceAccount {
            account_id: account.account_id,
            account_number: account.number,
            address: account.address,
        });
        Ok(Reply::ok(AbsenceList { accounts: accounts.collect(), items }))
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAbsence {
    account_id: String,
    /// How many were away.
    #[schema(example = 2)]
    persons: u32,
    /// The day of leaving: it does not count.
    #[schema(format = Date)]
    left_on: String,
    /// The day of return: it does not count either. More than five full days lie between them.
    #[schema(format = Date)]
    returned_on: String,
    /// What confirms it: 3 to 200 characters. The company may ask to see it.
    #[schema(example = "билеты на поезд, 2 шт.")]
    document: String,
}

/// Ask for a time when nobody, or not everybody, was at home to be taken into account: within 30 days of the return
#[utoipa::path(
    post, path = "/api/billing/absences", operation_id = "ask_for_absence", tag = "billing",
    security(("session" = [])),
    params(("Idempotency-Key" = String, Header, description = "New for each application, the same for its repetition")),
    request_body = NewAbsence,
    responses(
        (status = 201, body = AbsenceView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, idempotency-key-reused"),
    )
)]
pub(crate) async fn ask(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    key: IdempotencyKey,
    Body { value: new, bytes }: Body<NewAbsence>,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::AskForAbsence, Relation::Own)?;
    env.db().write(|tx| {
        let account = homes::linked_account(tx, &actor.person_id, &new.account_id)?.ok_or_else(Problem::not_found)?;
        let zone = absences::time_zone(tx, &account.account_id)?;
        let asked_on = date_at(env.now(), &zone).map_err(Problem::internal)?;
        let checked = check(tx, &new, asked_on)?;
        key.once(tx, &env, &actor.person_id, &bytes, || {
            let absence_id = fresh_id(&env);
            let application = NewApplication { absence_id: &absence_id, ..checked };
            if !absences::apply(tx, env.now(), &application)? {
                let detail = "На эти дни заявление уже есть. Если отсутствовал кто-то ещё, позвоните в управляющую \
                              организацию.";
                return Ok(Err(Problem::field("/left_on", detail)));
            }
            let fields = [("left_on", new.left_on.as_str()), ("returned_on", new.returned_on.as_str())];
            let object = format!("account:{}", account.account_id);
            audit::record(tx, &env, &actor, &client, "billing.absence", &object, &fields)?;
            let taken = absences::one(tx, &account.house_id, &absence_id)?;
            Ok(taken.map(AbsenceView::from).ok_or_else(Problem::not_found))
        })
    })?
}

/// What is asked for, but for its id; or what is wrong with it, field by field.
fn check<'a>(conn: &Conn<'_>, new: &'a NewAbsence, asked_on: Date) -> Result<NewApplication<'a>, Problem> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: String| errors.push(FieldError::new(pointer, detail));
    if !(1..=PERSONS_MAX).contains(&new.persons) {
        wrong("/persons", "Впишите, сколько человек отсутствовало: от 1 до 99.".to_owned());
    }
    let [left_on, returned_on] = [&new.left_on, &new.returned_on].map(|day| day.parse::<Date>().ok());
    if left_on.is_none() {
        wrong("/left_on", "Укажите день отъезда: 2026-06-01.".to_owned());
    }
    if returned_on.is_none_or(|day| day > asked_on) {
        wrong("/returned_on", "Укажите день возвращения. Заявление подают, когда уже вернулись.".to_owned());
    }
    let document = look::words(&new.document, true).ok().filter(|words| words.chars().count() <= DOCUMENT_CHARS_MAX);
    if document.is_none() {
        wrong("/document", "Назовите, чем подтвердить отсутствие: билеты, справка. От 3 до 200 знаков.".to_owned());
    }
    let (Some(left_on), Some(returned_on), Some(document), true) = (left_on, returned_on, document, errors.is_empty())
    else {
        return Err(Problem::validation(errors));
    };
    let absence = Absence { left_on, returned_on, asked_on };
    // Waste is what every absence lowers: the days are good for something if they are good for it.
    match absence.full_days(Service::SolidWaste, true, absence_rules(conn, absence)?) {
        Ok(_) => {
            Ok(NewApplication { absence_id: "", account_id: &new.account_id, persons: new.persons, absence, document })
        }
        Err(refusal) => {
            let pointer = match refusal {
                AbsenceRefusal::TooLate { .. } | AbsenceRefusal::Backwards => "/returned_on",
                _ => "/left_on",
            };
            Err(Problem::field(pointer, format!("Перерасчёта не будет: {refusal}.")))
        }
    }
}
