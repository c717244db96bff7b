//! The accountant's desk: months of the houses of one's scope, from a preview over its approval to issued bills.

mod absences;
mod accounts;
mod benefits;
mod bills;
mod disputes;
mod houses;
mod interruptions;
mod questions;
mod recalculations;
mod requests;
mod runs;
mod tariffs;

use std::collections::BTreeSet;

use domain::{
    access::{Role, Scope},
    billing::Oddities,
    look::Purpose,
};
use jiff::civil::Date;
use store::{
    Conn, Tx,
    billing::{Run, desk},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Actor, Client, Env, Problem, audit};

pub(crate) fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new()
        .routes(routes!(houses::list))
        .routes(routes!(houses::show))
        .routes(routes!(runs::open))
        .routes(routes!(runs::show))
        .routes(routes!(runs::step))
        .routes(routes!(runs::renew))
        .routes(routes!(runs::approve))
        .routes(routes!(bills::list))
        .routes(routes!(bills::show))
        .routes(routes!(bills::document))
        .routes(routes!(recalculations::request))
        .routes(routes!(recalculations::take_back))
        .routes(routes!(absences::list))
        .routes(routes!(absences::decide))
        .routes(routes!(benefits::list, benefits::record))
        .routes(routes!(benefits::end))
        .routes(routes!(interruptions::list, interruptions::record))
        .routes(routes!(interruptions::withdraw))
        .routes(routes!(questions::list))
        .routes(routes!(questions::answer))
        .routes(routes!(requests::list))
        .routes(routes!(requests::decide))
        .routes(routes!(disputes::list, disputes::record))
        .routes(routes!(disputes::settle))
        .routes(routes!(accounts::find))
        .routes(routes!(tariffs::show))
}

/// What is recorded of a look at somebody's charges: in what role and what for.
const LOOK: [(&str, &str); 2] = [("role", Role::Accountant.as_str()), ("purpose", Purpose::Charges.as_str())];

/// Whoever reads of accounts in a list looks at each of them.
fn looked<'a>(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    accounts: impl Iterator<Item = &'a String>,
) -> store::Result<()> {
    let accounts: BTreeSet<_> = accounts.collect();
    let objects: Vec<_> = accounts.into_iter().map(|account_id| format!("account:{account_id}")).collect();
    audit::record_each(tx, env, actor, client, "billing.look", &objects, &LOOK)
}

/// Where a list of what is to be answered by a day goes on: behind this day and number, in the words of its `next`.
fn place(after: Option<&str>) -> Result<(String, i64), Problem> {
    let Some(after) = after else { return Ok(Default::default()) };
    let place = after.split_once('/').and_then(|(due_on, seq)| {
        let due_on: Date = due_on.parse().ok()?;
        Some((due_on.to_string(), seq.parse().ok()?))
    });
    place.ok_or_else(|| Problem::field("?after", "Возьмите after из поля next предыдущей страницы."))
}

/// In what role the accountant acts.
const ROLE: (&str, &str) = LOOK[0];

fn found(conn: &Conn<'_>, reach: &[Scope], run_id: i64) -> Result<Run, Problem> {
    desk::run_within(conn, reach, run_id)?.ok_or_else(Problem::not_found)
}

fn names(oddities: Oddities) -> Vec<&'static str> {
    oddities.iter().map(domain::billing::Oddity::as_str).collect()
}
