//! What an accountant looks at: the houses of one's scope, a run as a whole, its bills one by one, and what is to be
//! computed anew.

use domain::{
    access::Scope,
    billing::{Oddities, Oddity},
    money::Kopecks,
    period::Period,
    reading::Window,
    service::Service,
};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{
    Run, State,
    runs::{self, run_columns},
};
use crate::{
    Conn, Error, Result, Row, Tx,
    grants::within_reach,
    homes::{flat_order, full_address},
    params,
    value::json_text,
};

/// A house that is billed.
#[derive(Debug, Clone)]
pub struct BilledHouse {
    /// Its id.
    pub house_id: String,
    /// Where it stands.
    pub address: String,
    /// Its time zone.
    pub time_zone: String,
    /// Its last run; none before the first.
    pub last: Option<Run>,
    /// Past months that wait for the next run.
    pub waiting: usize,
}

macro_rules! billed_columns {
    () => {
        "h.house_id, h.address, h.time_zone,
         (select count(*) from recalculation c where c.house_id = h.house_id and c.billing_run_id is null),
         r.billing_run_id, r.period, r.state, r.bills, r.is_of_the_rest, r.cursor
         from house h
         left join billing_run r on r.house_id = h.house_id
             and r.period = (select max(period) from billing_run where house_id = h.house_id)
         where exists (select 1 from house_service s where s.house_id = h.house_id)"
    };
}

/// The houses within reach that are billed, by address: those after this one, at most `count`.
///
/// # Errors
/// A failing database.
pub fn houses(conn: &Conn<'_>, reach: &[Scope], after: &str, count: u32) -> Result<Vec<BilledHouse>> {
    let sql = concat!(
        "select ",
        billed_columns!(),
        " and h.address > ?2 and ",
        within_reach!("h.company_id", "h.house_id"),
        " order by h.address limit ?3"
    );
    let rows = conn.query(sql, params![json_text(&reach)?, after, i64::from(count)])?;
    rows.iter().map(billed).collect()
}

/// The house of this id, where it is within reach and is billed.
///
/// # Errors
/// A failing database.
pub fn house(conn: &Conn<'_>, reach: &[Scope], house_id: &str) -> Result<Option<BilledHouse>> {
    let sql =
        concat!("select ", billed_columns!(), " and h.house_id = ?2 and ", within_reach!("h.company_id", "h.house_id"));
    conn.query_first(sql, params![json_text(&reach)?, house_id])?.as_ref().map(billed).transpose()
}

fn billed(row: &Row) -> Result<BilledHouse> {
    let (house_id, address, time_zone): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let last = match row.get::<Option<i64>>(4)? {
        None => None,
        Some(run_id) => Some(Run {
            run_id,
            house_id: house_id.clone(),
            address: address.clone(),
            time_zone: time_zone.clone(),
            period: row.get(5)?,
            state: State::parse(&row.get::<String>(6)?)?,
            bills: row.get(7)?,
            is_of_the_rest: row.get(8)?,
            cursor: row.get(9)?,
        }),
    };
    Ok(BilledHouse { house_id, address, time_zone, waiting: row.get(3)?, last })
}

/// The run of this number, where its house is within reach.
///
/// # Errors
/// A failing database.
pub fn run_within(conn: &Conn<'_>, reach: &[Scope], run_id: i64) -> Result<Option<Run>> {
    let sql = concat!(
        "select ",
        run_columns!(),
        " from billing_run r join house h using (house_id) where r.billing_run_id = ?2 and ",
        within_reach!("h.company_id", "h.house_id")
    );
    conn.query_first(sql, params![json_text(&reach)?, run_id])?.as_ref().map(runs::read).transpose()
}

/// The runs of a house, the latest first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn runs_of(conn: &Conn<'_>, house_id: &str, count: u32) -> Result<Vec<Run>> {
    let sql = concat!(
        "select ",
        run_columns!(),
        " from billing_run r join house h using (house_id) where r.house_id = ?1 order by r.period desc limit ?2"
    );
    conn.query(sql, params![house_id, i64::from(count)])?.iter().map(runs::read).collect()
}

/// The bills of a run, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many.
    pub bills: usize,
    /// How many cannot be computed.
    pub problems: usize,
    /// What the lines of the month come to.
    pub charged: Kopecks,
    /// What corrections of earlier months come to.
    pub corrected: Kopecks,
}

/// The bills of a run, added up.
///
/// # Errors
/// A failing database.
pub fn totals(conn: &Conn<'_>, run_id: i64) -> Result<Totals> {
    let sql = "select count(*), count(problem), coalesce(sum(charged), 0), coalesce(sum(corrected), 0)
               from bill where billing_run_id = ?1";
    let row = conn.query_first(sql, params![run_id])?;
    row.map_or(Ok(Totals::default()), |row| {
        let (charged, corrected) = (Kopecks(row.get(2)?), Kopecks(row.get(3)?));
        Ok(Totals { bills: row.get(0)?, problems: row.get(1)?, charged, corrected })
    })
}

/// What a month still waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// The days on which its house takes readings.
    pub window: Window,
    /// How many meters have no reading of the month.
    pub meters: usize,
}

/// What the month of a run still waits for.
///
/// # Errors
/// A failing database, or a window that is none.
pub fn awaited(conn: &Conn<'_>, run: &Run) -> Result<Awaited> {
    let sql = "select h.window_from_day, h.window_to_day,
                      (select count(*) from premises p join meter m using (premises_id)
                       where p.house_id = h.house_id and m.installed_on <= ?3
                         and (m.removed_on is null or m.removed_on > ?3)
                         and not exists (select 1 from reading r where r.meter_id = m.meter_id and r.period = ?2))
               from house h where h.house_id = ?1";
    let row = conn.query_first(sql, params![&run.house_id, run.period.to_string(), run.period.last_day()])?;
    let row = row.ok_or_else(|| Error::BadData(format!("house {}", run.house_id)))?;
    let (from_day, to_day): (u8, u8) = (row.get(0)?, row.get(1)?);
    let window = Window::new(from_day.cast_signed(), to_day.cast_signed());
    let window = window.map_err(|error| Error::BadData(format!("window: {error}")))?;
    Ok(Awaited { window, meters: row.get(2)? })
}

/// A service of a run, over all bills.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceTotal {
    /// The service.
    pub service: Service,
    /// How many bills have a line for it.
    pub lines: usize,
    /// Their volume, in the unit of the service.
    pub volume: Decimal,
    /// What they come to.
    pub payable: Kopecks,
    /// What the lines of the month before came to.
    pub before: Kopecks,
    /// What the meter of the house told of the month; none where it has none.
    pub by_house_meter: Option<Decimal>,
    /// How many lines have each oddity, in the order of [`domain::billing::Oddity::ALL`].
    pub oddities: [usize; Oddity::ALL.len()],
}

/// The services of a run, in the order of a bill.
///
/// # Errors
/// A failing database.
pub fn services(conn: &Conn<'_>, run: &Run) -> Result<Vec<ServiceTotal>> {
    let counts = Oddity::ALL.map(|oddity| {
        let mask = Oddities::default().with(oddity).0;
        format!("sum(is_now and oddities & {mask} <> 0)")
    });
    let sql = format!(
        "with line as (
                   select b.billing_run_id = ?1 as is_now, l.service, l.volume, l.payable, l.oddities
                   from billing_run r join bill b using (billing_run_id)
                   join charge_line l on l.bill_id = b.bill_id and l.of_period = b.period
                   where r.billing_run_id = ?1 or r.house_id = ?2 and r.period = ?3)
               select service, sum(is_now), coalesce(sum(volume) filter (where is_now), 0),
                      coalesce(sum(payable) filter (where is_now), 0),
                      coalesce(sum(payable) filter (where not is_now), 0),
                      (select volume from house_volume v where v.house_id = ?2 and v.period = ?4
                           and v.service = line.service order by house_volume_seq desc limit 1), {}
               from line group by service",
        counts.join(", ")
    );
    let before = run.period.previous().to_string();
    let rows = conn.query(&sql, params![run.run_id, &run.house_id, before, run.period.to_string()])?;
    let mut totals = rows.iter().map(service_total).collect::<Result<Vec<_>>>()?;
    totals.sort_by_key(|total| Service::ALL.iter().position(|service| *service == total.service));
    Ok(totals)
}

fn service_total(row: &Row) -> Result<ServiceTotal> {
    let mut oddities = [0; Oddity::ALL.len()];
    for (index, lines) in (6..).zip(&mut oddities) {
        *lines = row.get(index)?;
    }
    Ok(ServiceTotal {
        service: service(&row.get::<String>(0)?)?,
        lines: row.get(1)?,
        volume: Decimal::new(row.get(2)?, 7).normalize(),
        payable: Kopecks(row.get(3)?),
        before: Kopecks(row.get(4)?),
        by_house_meter: row.get(5)?,
        oddities,
    })
}

fn service(name: &str) -> Result<Service> {
    Service::parse(name).ok_or_else(|| Error::BadData(format!("service {name}")))
}

/// Which bills of a run are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// All.
    All,
    /// Those that cannot be computed.
    Problems,
    /// Those with corrections of earlier months.
    Corrected,
    /// Those with a line that has one of these oddities.
    Odd(Oddities),
}

/// A bill of a run, issued or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub bill_id: i64,
    /// The account.
    pub account_id: String,
    /// The company's number of the account.
    pub account_number: String,
    /// House and flat.
    pub address: String,
    /// Why it cannot be computed.
    pub problem: Option<String>,
    /// What the lines of the month come to.
    pub charged: Kopecks,
    /// What corrections of earlier months come to.
    pub corrected: Kopecks,
    /// What the lines of the month before came to; none where there is no such bill.
    pub before: Option<Kopecks>,
    /// The oddities of all lines.
    pub oddities: Oddities,
}

macro_rules! draft_columns {
    () => {
        "b.bill_id, b.account_id, a.number, h.address, p.kind, p.number, b.problem, b.charged, b.corrected,
         (select e.charged from bill e where e.account_id = b.account_id and e.period = ?3),
         (select json_group_array(distinct l.oddities) from charge_line l where l.bill_id = b.bill_id)
         from bill b join account a using (account_id) join premises p using (premises_id) join house h using (house_id)"
    };
}

fn draft(row: &Row) -> Result<Draft> {
    let of_lines: String = row.get(10)?;
    let of_lines: Vec<u8> = serde_json::from_str(&of_lines).map_err(|error| Error::BadData(error.to_string()))?;
    Ok(Draft {
        bill_id: row.get(0)?,
        account_id: row.get(1)?,
        account_number: row.get(2)?,
        address: full_address(&row.get::<String>(3)?, &row.get::<String>(4)?, &row.get::<String>(5)?),
        problem: row.get(6)?,
        charged: Kopecks(row.get(7)?),
        corrected: Kopecks(row.get(8)?),
        before: row.get::<Option<i64>>(9)?.map(Kopecks),
        oddities: Oddities(of_lines.into_iter().fold(0, |all, one| all | one)),
    })
}

/// The bills of a run in the order of flats, after the one of this number, at most `count`.
///
/// # Errors
/// A failing database.
pub fn drafts(conn: &Conn<'_>, run: &Run, look: Look, after: i64, count: u32) -> Result<Vec<Draft>> {
    let sql = concat!(
        "select ",
        draft_columns!(),
        " where b.billing_run_id = ?1
            and (?2 = 0 or (",
        flat_order!("p.number"),
        ", b.bill_id) > (select ",
        flat_order!("q.number"),
        ", c.bill_id
                 from bill c join account d using (account_id) join premises q using (premises_id)
                 where c.bill_id = ?2))
            and (?4 = 0 or b.problem is not null) and (?5 = 0 or b.corrected <> 0)
            and (?6 = 0 or exists (select 1 from charge_line l where l.bill_id = b.bill_id and l.oddities & ?6 <> 0))
          order by ",
        flat_order!("p.number"),
        ", b.bill_id limit ?7"
    );
    let (is_problem, is_corrected, mask) = match look {
        Look::All => (false, false, 0),
        Look::Problems => (true, false, 0),
        Look::Corrected => (false, true, 0),
        Look::Odd(oddities) => (false, false, oddities.0),
    };
    let before = run.period.previous().to_string();
    let parameters = params![
        run.run_id,
        after,
        before,
        i64::from(is_problem),
        i64::from(is_corrected),
        i64::from(mask),
        i64::from(count)
    ];
    conn.query(sql, parameters)?.iter().map(draft).collect()
}

/// One bill of a run.
///
/// # Errors
/// A failing database.
pub fn draft_of(conn: &Conn<'_>, run: &Run, bill_id: i64) -> Result<Option<Draft>> {
    let sql = concat!("select ", draft_columns!(), " where b.billing_run_id = ?1 and b.bill_id = ?2");
    let before = run.period.previous().to_string();
    conn.query_first(sql, params![run.run_id, bill_id, before])?.as_ref().map(draft).transpose()
}

/// Past months that are to be computed anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalculation {
    /// Its id.
    pub recalculation_id: String,
    /// The company's number of the account; none where all of the house are meant.
    pub account_number: Option<String>,
    /// The first month.
    pub from: Period,
    /// Why.
    pub reason: String,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// The month whose bills bring it; none while it waits.
    pub taken_by: Option<Period>,
    /// Whether it follows from something that became known, so that nobody takes it back.
    pub is_of_fact: bool,
}

/// What was asked to be computed anew of a house, the latest first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn recalculations(conn: &Conn<'_>, house_id: &str, count: u32) -> Result<Vec<Recalculation>> {
    let sql = "select c.recalculation_id, a.number, c.from_period, c.reason, c.requested_at, r.period, c.is_of_fact
               from recalculation c left join account a using (account_id)
               left join billing_run r on r.billing_run_id = c.billing_run_id
               where c.house_id = ?1 order by c.requested_at desc, c.recalculation_id limit ?2";
    let rows = conn.query(sql, params![house_id, i64::from(count)])?;
    let read = |row: &Row| {
        Ok(Recalculation {
            recalculation_id: row.get(0)?,
            account_number: row.get(1)?,
            from: row.get(2)?,
            reason: row.get(3)?,
            requested_at: row.get(4)?,
            taken_by: row.get(5)?,
            is_of_fact: row.get(6)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Takes back what somebody asked for and no run has taken yet; answers whether it did.
///
/// # Errors
/// A failing database.
pub fn take_recalculation_back(tx: &Tx<'_>, house_id: &str, recalculation_id: &str) -> Result<bool> {
    let sql = "delete from recalculation where recalculation_id = ?1 and house_id = ?2 and billing_run_id is null
                 and is_of_fact = 0
               returning 1";
    Ok(tx.query_first(sql, params![recalculation_id, house_id])?.is_some())
}

/// A personal account of a house that is billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BilledAccount {
    /// Its id.
    pub account_id: String,
    /// The company's number.
    pub number: String,
    /// Its house.
    pub house_id: String,
    /// House and flat.
    pub address: String,
}

/// The accounts within reach with this number, the company's or the unified one.
///
/// # Errors
/// A failing database.
pub fn accounts_with(conn: &Conn<'_>, reach: &[Scope], number: &str) -> Result<Vec<BilledAccount>> {
    let sql = concat!(
        "select a.account_id, a.number, p.house_id, h.address, p.kind, p.number
         from account a join premises p using (premises_id) join house h using (house_id)
         where a.account_id in (select account_id from account where number = ?2
                                union select account_id from account where unified_number = ?2)
           and ",
        within_reach!("h.company_id", "h.house_id"),
        " order by a.number"
    );
    let rows = conn.query(sql, params![json_text(&reach)?, number])?;
    let read = |row: &Row| {
        Ok(BilledAccount {
            account_id: row.get(0)?,
            number: row.get(1)?,
            house_id: row.get(2)?,
            address: full_address(&row.get::<String>(3)?, &row.get::<String>(4)?, &row.get::<String>(5)?),
        })
    };
    rows.iter().map(read).collect()
}
