//! Whose readings of the month are missing in the houses of one's scope, and one click to remind them.

use axum::extract::State;
use domain::{
    access::{Action, Scope},
    calendar,
    look::Purpose,
    reading::WindowState,
    reminder,
};
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    notices::{self, NewNotice},
    readings::acknowledgements,
    reminders::{self, Covered, Due, House, Unread},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Client, Env, Path, Problem, Query, Reply, Slug, audit, fresh_id};

const HOUSES: u32 = 20;
const METERS: u32 = 50;
const NOTICES_AT_ONCE: u32 = 500;
/// What the notices of one click are called in the feed.
const KIND: &str = "reading-asked";

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct CoveragePage {
    /// `next` of the page before.
    #[serde(default)]
    after: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CoveredHouses {
    /// By address.
    items: Vec<CoveredHouse>,
    /// Where the next page begins; null on the last one.
    next: Option<String>,
}

/// How far the readings of a month are there in a house.
#[derive(Serialize, ToSchema)]
pub(crate) struct CoveredHouse {
    house_id: String,
    address: String,
    /// The month whose readings are taken, or are taken next.
    #[schema(example = "2026-07")]
    period: String,
    /// Whether they are taken today.
    is_open: bool,
    #[schema(format = Date)]
    opens_on: String,
    #[schema(format = Date)]
    closes_on: String,
    kinds: Vec<CoveredKind>,
    /// How many readings of the month suppliers accepted.
    accepted: u32,
    /// How many they did not.
    refused: u32,
}

/// Meters of a kind.
#[derive(Serialize, ToSchema)]
pub(crate) struct CoveredKind {
    #[schema(example = "cold_water")]
    kind: &'static str,
    #[schema(example = "Холодная вода")]
    title: &'static str,
    meters: u32,
    /// Of how many the reading of the month is there.
    read: u32,
}

impl From<Covered> for CoveredKind {
    fn from(one: Covered) -> Self {
        Self { kind: one.kind.as_str(), title: one.kind.title(), meters: one.meters, read: one.read }
    }
}

/// A house today.
struct Asked {
    address: String,
    window: WindowState,
    due: Due,
}

impl Asked {
    fn of(env: &Env, (address, house): (String, House)) -> Result<Self, Problem> {
        let today = calendar::date_at(env.now(), &house.time_zone).map_err(Problem::internal)?;
        let window = house.window.state(today);
        // Once a day and premises.
        let sort = format!("{KIND}/{today}").into();
        let due = Due { house_id: house.house_id, today, period: window.period, sort };
        Ok(Self { address, window, due })
    }

    fn view(&self, conn: &Conn<'_>) -> store::Result<CoveredHouse> {
        let (accepted, refused) = acknowledgements::answered(conn, &self.due.house_id, self.due.period)?;
        Ok(CoveredHouse {
            house_id: self.due.house_id.clone(),
            address: self.address.clone(),
            period: self.window.period.to_string(),
            is_open: self.window.is_open,
            opens_on: self.window.opens_on.to_string(),
            closes_on: self.window.closes_on.to_string(),
            kinds: reminders::covered(conn, &self.due)?.into_iter().map(CoveredKind::from).collect(),
            accepted,
            refused,
        })
    }
}

fn asked(conn: &Conn<'_>, env: &Env, reach: &[Scope], house_id: &str) -> Result<Asked, Problem> {
    let house = reminders::house_within(conn, reach, house_id)?.ok_or_else(Problem::not_found)?;
    Asked::of(env, house)
}

/// How far the readings of the month are there, house by house
#[utoipa::path(
    get, path = "/api/readings/coverage/houses", operation_id = "list_coverage", tag = "readings",
    params(CoveragePage), security(("session" = [])),
    responses(
        (status = 200, body = CoveredHouses),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "forbidden, …"),
    )
)]
pub(crate) async fn houses(
    State(env): State<Env>,
    actor: Actor,
    Query(page): Query<CoveragePage>,
) -> Result<Reply<CoveredHouses>, Problem> {
    let reach = actor.reach(Action::SeeCoverage)?;
    env.db().read(|conn| {
        let found = reminders::houses_within(conn, &reach, &page.after, HOUSES)?;
        let is_full = found.len() == HOUSES as usize;
        let next = found.last().filter(|_| is_full).map(|(address, _)| address.clone());
        let items = found.into_iter().map(|house| Ok(Asked::of(&env, house)?.view(conn)?));
        Ok(Reply::ok(CoveredHouses { items: items.collect::<Result<_, Problem>>()?, next }))
    })
}

/// What is missing in a house.
#[derive(Serialize, ToSchema)]
pub(crate) struct Coverage {
    house: CoveredHouse,
    /// The meters without a reading of the month, as people count flats.
    items: Vec<UnreadMeter>,
    /// Where the next page begins; null on the last one.
    next: Option<String>,
}

/// A meter without a reading of the month.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnreadMeter {
    meter_id: String,
    #[schema(example = "Холодная вода")]
    pub(crate) title: &'static str,
    pub(crate) serial: String,
    /// House and flat.
    pub(crate) address: String,
    /// The last month with a reading; null where there was none.
    #[schema(example = "2026-06")]
    pub(crate) last_read: Option<String>,
    /// Whether somebody in the portal can be reminded.
    pub(crate) has_person: bool,
}

impl From<Unread> for UnreadMeter {
    fn from(one: Unread) -> Self {
        Self {
            meter_id: one.meter_id,
            title: one.kind.title(),
            serial: one.serial,
            address: one.address,
            last_read: one.last_read.map(|period| period.to_string()),
            has_person: one.has_person,
        }
    }
}

/// The meters of a house whose readings of the month are missing; the look is recorded
#[utoipa::path(
    get, path = "/api/readings/coverage/houses/{house_id}", operation_id = "show_coverage", tag = "readings",
    params(("house_id" = String, Path), CoveragePage), security(("session" = [])),
    responses(
        (status = 200, body = Coverage),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "forbidden, not-found, …"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
    Query(page): Query<CoveragePage>,
) -> Result<Reply<Coverage>, Problem> {
    let reach = actor.reach(Action::SeeCoverage)?;
    env.db().write(|tx| {
        let asked = asked(tx, &env, &reach, &house_id)?;
        let found = unread(tx, &env, &actor, &client, (&asked, &page.after))?;
        let is_full = found.len() == METERS as usize;
        let next = found.last().filter(|_| is_full).map(|meter| meter.meter_id.clone());
        let items = found.into_iter().map(UnreadMeter::from).collect();
        Ok(Reply::ok(Coverage { house: asked.view(tx)?, items, next }))
    })
}

/// The next meters without a reading; the look at each is recorded.
fn unread(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    (asked, after): (&Asked, &str),
) -> store::Result<Vec<Unread>> {
    let found = reminders::unread(tx, &asked.due, after, METERS)?;
    let objects: Vec<_> = found.iter().map(|meter| format!("meter:{}", meter.meter_id)).collect();
    let fields = [("purpose", Purpose::Metering.as_str())];
    audit::record_each(tx, env, actor, client, "meter.look", &objects, &fields)?;
    Ok(found)
}

/// The month of a house, and all of its meters without a reading of it.
pub(crate) fn all_unread(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    (reach, house_id): (&[Scope], &str),
) -> Result<(String, Vec<UnreadMeter>), Problem> {
    let asked = asked(tx, env, reach, house_id)?;
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let found = unread(tx, env, actor, client, (&asked, &after))?;
        let Some(last) = found.last() else { return Ok((asked.window.period.to_string(), all)) };
        after.clone_from(&last.meter_id);
        all.extend(found.into_iter().map(UnreadMeter::from));
    }
}

/// Whom a click reminded.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reminded {
    /// How many notices went out: one per person and home; who was reminded today already is not reminded again.
    told: usize,
    /// In how many homes nobody is in the portal: call them, or put a note up.
    without_person: u32,
}

/// Remind everybody in a house whose readings of the month are missing: once a day
#[utoipa::path(
    post, path = "/api/readings/coverage/houses/{house_id}/reminders", operation_id = "remind_of_readings",
    tag = "readings", params(("house_id" = String, Path)), security(("session" = [])),
    responses(
        (status = 201, body = Reminded),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "forbidden, not-found, window-closed, …"),
    )
)]
pub(crate) async fn remind(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
) -> Result<Reply<Reminded>, Problem> {
    let reach = actor.reach(Action::SeeCoverage)?;
    let asked = env.db().read(|conn| asked(conn, &env, &reach, &house_id))?;
    if !asked.window.is_open {
        let opens_on = domain::russian::full_date(asked.window.opens_on);
        let detail = format!("Напоминать рано: приём показаний в этом доме откроется {opens_on}.");
        return Err(Problem::new(Slug::WindowClosed, detail));
    }
    let mut told = 0;
    loop {
        let added = env.db().write(|tx| {
            let missing = reminders::missing(tx, &[&asked.due], NOTICES_AT_ONCE)?;
            let notices = missing.into_iter().map(|one| {
                let words = reminder::asked(&asked.window, &one.address, &one.awaited);
                NewNotice {
                    notice_id: fresh_id(&env),
                    person_id: one.person_id,
                    subject: one.subject,
                    kind: KIND,
                    title: words.title,
                    body: words.body,
                    link: Some("/readings"),
                    created_at: env.now(),
                }
            });
            notices::add(tx, &notices.collect::<Vec<_>>())
        })?;
        told += added;
        if added < NOTICES_AT_ONCE as usize {
            break;
        }
    }
    env.db().write(|tx| {
        let object = format!("house:{house_id}");
        let fields = [("period", asked.due.period.to_string()), ("told", told.to_string())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        audit::record(tx, &env, &actor, &client, "reading.remind", &object, &fields)?;
        Ok(Reply::created(Reminded { told, without_person: reminders::without_person(tx, &asked.due)? }))
    })
}
