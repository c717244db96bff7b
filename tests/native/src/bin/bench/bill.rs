//! What a resident waits for: a bill of a flat with ten years of history beside one of a flat in its first month, the
//! list of its bills, and a bill made into a PDF.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use domain::{money::Kopecks, period::Period};
use jiff::tz::TimeZone;
use native_suite::houses;
use serde_json::{Value, json};
use store::{
    Db, Location, billing,
    ledger::{self, NewPayment},
    params,
};

use crate::{
    Arguments,
    load::{self, Connection, Contestant, Request},
    report,
    scene::{PASSWORD, Scene, cookie},
    server,
};

/// The houses, each of one flat, with what lives there.
const OLD: (&str, &str) = ("old", "resident01");
const YOUNG: (&str, &str) = ("young", "resident02");
/// Months of history of the old one: ten years, to the end of one, so that its list has all months of a year.
const MONTHS: i32 = 130;

pub(crate) async fn measure(arguments: &Arguments, time: Duration) -> Result<()> {
    let scene = Scene::prepare(&arguments.programs)?;
    let state = scene.copy()?;
    let db = Location::new(state.path()).db();
    settle(&db, OLD, 1)?;
    settle(&db, YOUNG, MONTHS)?;
    let server = server::suite(&arguments.programs, state)?;
    let (old, young) =
        (Resident::sign_in(&server.address, OLD).await?, Resident::sign_in(&server.address, YOUNG).await?);
    ensure!((old.months, young.months) == (12, 1), "a page of a year is listed: {} and {}", old.months, young.months);
    let both = |old_name, young_name, request: fn(&Resident) -> Request| {
        [(old_name, &old), (young_name, &young)]
            .map(|(name, resident)| Contestant::new(name, &server.address, vec![request(resident)]))
    };
    let bills = load::in_turns(&both("GET bill, ten years", "GET bill, first month", Resident::bill), time).await?;
    let lists = load::in_turns(&both("GET bills, ten years", "GET bills, first month", Resident::list), time).await?;
    report::ratios("GET bill: requests, ten years / first month", &bills[0], &bills[1]);
    report::ratios("GET bills: requests, ten years / first month", &lists[0], &lists[1]);
    let pdf = load::run(&server.address, &[old.pdf()], 1, time).await?;
    report::took("a bill as PDF", load::middle(&pdf));
    Ok(())
}

/// Adds a house of one flat with its resident, and bills its months from that number on to the last of ten years. Each
/// bill is paid on the 10th.
fn settle(db: &Db, (house, login): (&str, &str), from: i32) -> Result<()> {
    db.write(|tx| houses::add(tx, house, 1))?;
    let account = format!("{house}-000001");
    db.write(|tx| {
        tx.execute(
            "delete from account_link where person_id = (select person_id from person where login = ?1)",
            params![login],
        )?;
        tx.execute(
            "insert into account_link (account_link_id, person_id, account_id, right, linked_at)
             select ?2, person_id, ?2, 'owner', created_at from person where login = ?1",
            params![login, &account],
        )
    })?;
    for months in from..=MONTHS {
        // The new house has its readings of the first two months.
        let missing =
            [months - 1, months].into_iter().filter(|&month| month > 1 && (month == months || months == from));
        for month in missing {
            let period = later(month)?.to_string();
            db.write(|tx| houses::read(tx, house, &period, i64::from(month)))?;
        }
        bill(db, house, &account, later(months)?)?;
    }
    Ok(())
}

/// The month so many after February 2026, of which a new house has its first readings.
fn later(months: i32) -> Result<Period> {
    Ok(Period::new(2026, 2).context("a month")?.plus_months(months))
}

fn bill(db: &Db, house: &str, account_id: &str, period: Period) -> Result<()> {
    let on = period.next().day_or_last(10);
    let now = on.to_zoned(TimeZone::UTC)?.timestamp();
    let run =
        db.write(|tx| billing::open(tx, now, house, period))?.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    while billing::tick(db, now)?.is_some() {}
    db.write(|tx| billing::approve(tx, now, run))?.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    while billing::tick(db, now)?.is_some() {}
    let payment_id = &format!("{house}-{period}");
    let amount = Kopecks(houses::MARCH);
    Ok(db.write(|tx| ledger::pay(tx, now, &[NewPayment { payment_id, account_id, on, amount }]))?)
}

/// A resident of one flat, signed in.
struct Resident {
    session: String,
    /// The last bill's number.
    number: String,
    /// How many bills the list tells.
    months: usize,
}

impl Resident {
    async fn sign_in(address: &str, (_, login): (&str, &str)) -> Result<Self> {
        let mut connection = Connection::open(address).await?;
        let body = json!({ "identifier": login, "password": PASSWORD });
        let answer = connection.exchange(&Request::post("/api/auth/sign-in", None, &body)).await?;
        ensure!(answer.status == 200, "sign-in answered {}", answer.status);
        let session = cookie(&answer.head, "__Host-session")?;
        let answer = connection.exchange(&Request::get(LIST, Some(&session))).await?;
        let list: Value = serde_json::from_slice(&answer.body)?;
        let items = list["items"].as_array().context("no bills")?;
        let number = items.first().and_then(|bill| bill["bill_number"].as_str()).context("no bill")?.to_owned();
        Ok(Self { session, number, months: items.len() })
    }

    fn bill(&self) -> Request {
        Request::get(&format!("/api/billing/bills/{}", self.number), Some(&self.session))
    }

    fn list(&self) -> Request {
        Request::get(LIST, Some(&self.session))
    }

    fn pdf(&self) -> Request {
        Request::get(&format!("/api/billing/bills/{}/document?format=pdf", self.number), Some(&self.session))
    }
}

const LIST: &str = "/api/billing/bills";
