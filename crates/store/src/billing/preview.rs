//! One step of a preview: the bills of some premises, computed and put down as drafts. Where a house pays for what is
//! left of its own meters, the preview goes through it twice: what premises used is known after the first time.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::billing::{self, ChargedLine, is_of_the_rest, used_inside};
use domain::charge::Method;
use domain::money::Kopecks;
use domain::period::Period;
use domain::service::Service;
use domain::tariff::Act;
use serde::Serialize;

use super::{Run, Step, book, corrections, facts};
use crate::{Conn, Db, Error, Result, Row, Tx, params, value::json_text};

pub(super) use domain::charge_request::MONTHS_BACK;

/// A draft of a bill.
struct Draft {
    account_id: String,
    /// Whether the account is open in the month: then it has a bill, whatever is in it.
    is_open: bool,
    problem: Option<String>,
    lines: Vec<ChargedLine>,
    corrections: Vec<corrections::Corrected>,
}

impl Draft {
    fn says_anything(&self) -> bool {
        self.is_open || self.problem.is_some() || !self.lines.is_empty() || !self.corrections.is_empty()
    }
}

pub(super) type Cited = BTreeMap<String, Act>;

pub(super) fn step(db: &Db, run: &Run) -> Result<Step> {
    let found = db.read(|conn| facts::places(conn, &run.house_id, &run.cursor))?;
    let Some((places, cursor)) = found else { return db.write(|tx| at_the_end(tx, run)) };
    let mut cited = Cited::new();
    let drafts = db.read(|conn| drafts(conn, run, &places, &mut cited))?;
    let bills = if run.is_of_the_rest { 0 } else { drafts.len() };
    db.write(|tx| {
        let sql = "update billing_run set cursor = ?4, bills = bills + ?5
                   where billing_run_id = ?1 and state = 'open' and is_of_the_rest = ?2 and cursor = ?3 returning 1";
        let count = i64::try_from(bills).unwrap_or(i64::MAX);
        if tx.query_first(sql, params![run.run_id, run.is_of_the_rest, &run.cursor, cursor, count])?.is_none() {
            return Ok(Step::Lost);
        }
        let ids = if run.is_of_the_rest { add(tx, run, &drafts)? } else { put(tx, run, &drafts)? };
        put_lines(tx, run.period, &drafts, &ids)?;
        cite(tx, &cited)?;
        Ok(Step::Previewed(bills))
    })
}

/// The house was gone through: either all is computed, or what is left of its meters can be now.
fn at_the_end(tx: &Tx<'_>, run: &Run) -> Result<Step> {
    let used = if run.is_of_the_rest { Vec::new() } else { months_of_the_rest(tx, run)? };
    let is_over = used.is_empty();
    let sql = "update billing_run set state = iif(?4, 'previewed', 'open'), is_of_the_rest = not ?4, cursor = ''
               where billing_run_id = ?1 and state = 'open' and is_of_the_rest = ?2 and cursor = ?3 returning 1";
    if tx.query_first(sql, params![run.run_id, run.is_of_the_rest, &run.cursor, is_over])?.is_none() {
        return Ok(Step::Lost);
    }
    if is_over {
        return Ok(Step::Ready);
    }
    note_used_inside(tx, run, &used)?;
    Ok(Step::Previewed(0))
}

/// Of which months and services the house pays for what is left of its meters: this month, and those that may still be
/// corrected.
fn months_of_the_rest(tx: &Tx<'_>, run: &Run) -> Result<Vec<(String, &'static str)>> {
    let ways = book::ways(tx, &run.house_id)?;
    let months = (0..=MONTHS_BACK).map(|back| run.period.plus_months(-back));
    let of_month = |period: Period| {
        let of_the_rest = ways.iter().filter(move |(_, ways)| is_of_the_rest(ways, period));
        of_the_rest.filter_map(move |(service, _)| Some((period.to_string(), used_inside(*service)?.as_str())))
    };
    Ok(months.flat_map(of_month).collect())
}

/// Keeps what premises used, of this month and of earlier ones of which this run corrects something: what was left of
/// the house is another then, for all (decision 0027). A way that became known late finds its months here, too.
fn note_used_inside(tx: &Tx<'_>, run: &Run, used: &[(String, &str)]) -> Result<()> {
    let sql = "with used as (
                   select u.value ->> 0 period, u.value ->> 1 service from json_each(?4) u
                   where u.value ->> 0 = ?2
                      or (u.value ->> 0, u.value ->> 1) in (
                           select l.of_period, l.service from bill b join charge_line l using (bill_id)
                           where b.billing_run_id = ?3)
                      or (exists (select 1 from billing_run r where r.house_id = ?1 and r.period = u.value ->> 0)
                          and not exists (select 1 from used_inside k where k.house_id = ?1
                                          and k.period = u.value ->> 0 and k.service = u.value ->> 1))),
               line as (
                   -- The method is that of the latest bill.
                   select l.of_period, l.service, b.account_id, sum(l.volume) volume, max(b.bill_id), l.method, p.kind
                   from billing_run r
                   cross join bill b using (billing_run_id)
                   cross join charge_line l using (bill_id)
                   join used u on (u.period, u.service) = (l.of_period, l.service)
                   join account a using (account_id)
                   join premises p using (premises_id)
                   where r.house_id = ?1 and r.period between (select min(period) from used) and ?2
                   group by 1, 2, 3)
               insert into used_inside (house_id, period, service, billing_run_id, non_residential, by_norm, by_meter)
               select ?1, u.period, u.service, ?3,
                      coalesce(sum(l.volume) filter (where l.kind = 'non_residential'), 0),
                      coalesce(sum(l.volume) filter (where l.kind <> 'non_residential' and l.method = 'N'), 0),
                      coalesce(sum(l.volume) filter (where l.kind <> 'non_residential' and l.method <> 'N'), 0)
               from used u left join line l on (l.of_period, l.service) = (u.period, u.service)
               group by u.period, u.service";
    tx.execute(sql, params![&run.house_id, run.period.to_string(), run.run_id, json_text(&used)?])
}

/// The drafts of those whose account is open in this month, and of those who left and of whom there is still something to
/// say: what became known late, or a year of heating.
fn drafts(conn: &Conn<'_>, run: &Run, places: &[facts::Place], cited: &mut Cited) -> Result<Vec<Draft>> {
    let from = run.period.plus_months(-MONTHS_BACK);
    let house = book::load(conn, &run.house_id, (from, run.period))?;
    let of_late: Vec<_> = places.iter().filter(|place| place.is_open_since(from)).collect();
    let mut corrected = corrections::find(conn, run, &house, &of_late, cited)?;
    // January settles the year before.
    let since = if run.period.month() == 1 { run.period.plus_months(-12) } else { run.period };
    let is_charged = |place: &&facts::Place| place.is_open_since(since) && place.is_open_until(run.period);
    let charged: Vec<_> = places.iter().filter(is_charged).collect();
    let before = amounts(conn, &charged, run.period.previous())?;
    let open = places.iter().filter(|place| place.is_open_in(run.period)).map(|place| &place.account_id);
    let open: HashSet<_> = open.collect();
    let mut drafts = Vec::new();
    for account in facts::load(conn, &charged, run.period)? {
        let mut cite = |version: &str, act: &Act| note(cited, version, act);
        let (lines, problem) = match billing::lines(&house, &account, run.period, run.which(), &mut cite) {
            Ok(lines) => (lines, None),
            Err(problem) => (Vec::new(), Some(problem.to_string())),
        };
        let of_account = before.get(&account.account_id);
        let lines = lines.into_iter().map(|line| {
            let before = of_account.and_then(|amounts| amounts.get(&line.service)).copied();
            line.after(before)
        });
        let lines = lines.collect();
        let (corrections, replay_problem) = corrected.remove(&account.account_id).unwrap_or_default();
        let is_open = open.contains(&account.account_id);
        let problem = problem.or(replay_problem);
        drafts.push(Draft { account_id: account.account_id, is_open, problem, lines, corrections });
    }
    let gone: BTreeMap<_, _> = corrected.into_iter().collect();
    drafts.extend(gone.into_iter().map(|(account_id, (corrections, problem))| Draft {
        account_id,
        is_open: false,
        problem,
        lines: Vec::new(),
        corrections,
    }));
    drafts.retain(Draft::says_anything);
    Ok(drafts)
}

/// Notes an act that an explanation names.
pub(super) fn note(cited: &mut Cited, version: &str, act: &Act) {
    if !cited.contains_key(version) {
        cited.insert(version.to_owned(), act.clone());
    }
}

/// What each line of a month came to.
fn amounts(
    conn: &Conn<'_>,
    places: &[&facts::Place],
    period: Period,
) -> Result<HashMap<String, HashMap<Service, Kopecks>>> {
    let accounts: Vec<_> = places.iter().map(|place| place.account_id.as_str()).collect();
    let sql = "select b.account_id, l.service, l.payable
               from json_each(?1) a join bill b on b.account_id = a.value and b.period = ?2
               join charge_line l on l.bill_id = b.bill_id and l.of_period = b.period";
    let mut amounts: HashMap<String, HashMap<_, _>> = HashMap::new();
    for row in conn.query(sql, params![json_text(&accounts)?, period.to_string()])? {
        if let Some(service) = Service::parse(&row.get::<String>(1)?) {
            amounts.entry(row.get(0)?).or_default().insert(service, Kopecks(row.get(2)?));
        }
    }
    Ok(amounts)
}

/// A line as it is put down. Its explanation goes as text: SQLite would read it and write it once more.
#[derive(Serialize)]
struct NewLine<'a>(i64, String, &'a str, &'a str, i64, Option<String>, [i64; 5], u8, Option<&'a str>, String);

type BillIds = HashMap<String, i64>;

/// The bills, without their lines.
fn put(tx: &Tx<'_>, run: &Run, drafts: &[Draft]) -> Result<BillIds> {
    let accounts: Vec<_> = drafts.iter().map(|draft| draft.account_id.as_str()).collect();
    let accounts = json_text(&accounts)?;
    // A preview that is computed anew finds its last drafts.
    let of_drafts =
        "select bill_id from bill where billing_run_id = ?1 and account_id in (select value from json_each(?2))";
    tx.execute(&format!("delete from charge_line where bill_id in ({of_drafts})"), params![run.run_id, &accounts])?;
    tx.execute(&format!("delete from bill where bill_id in ({of_drafts})"), params![run.run_id, &accounts])?;
    insert(tx, run, drafts.iter())
}

fn insert<'d>(tx: &Tx<'_>, run: &Run, drafts: impl Iterator<Item = &'d Draft>) -> Result<BillIds> {
    let sql = "insert into bill (billing_run_id, account_id, period, problem, charged, corrected)
               select ?1, value ->> 0, ?2, value ->> 1, value ->> 2, value ->> 3 from json_each(?3) order by key
               returning account_id, bill_id";
    ids(&tx.query(sql, params![run.run_id, run.period.to_string(), sums(drafts)?])?)
}

/// What lines for what is left of the house's meters add to bills that are there, and the bills of those who left and
/// have only such lines.
fn add(tx: &Tx<'_>, run: &Run, drafts: &[Draft]) -> Result<BillIds> {
    let sql = "update bill set problem = coalesce(problem, n.value ->> 1), charged = charged + (n.value ->> 2),
                               corrected = corrected + (n.value ->> 3)
               from json_each(?2) n where billing_run_id = ?1 and account_id = n.value ->> 0
               returning account_id, bill_id";
    let mut known = ids(&tx.query(sql, params![run.run_id, sums(drafts.iter())?])?)?;
    let gone = drafts.iter().filter(|draft| !draft.is_open && !known.contains_key(&draft.account_id));
    let gone: Vec<_> = gone.collect();
    if !gone.is_empty() {
        let sql = "update billing_run set bills = bills + ?2 where billing_run_id = ?1";
        tx.execute(sql, params![run.run_id, i64::try_from(gone.len()).unwrap_or(i64::MAX)])?;
        known.extend(insert(tx, run, gone.into_iter())?);
    }
    Ok(known)
}

/// What the lines of drafts come to.
fn sums<'d>(drafts: impl Iterator<Item = &'d Draft>) -> Result<String> {
    let sums = drafts.map(|draft| {
        let charged = Kopecks::total(draft.lines.iter().map(|line| line.figures.payable)).map_err(too_large)?;
        let corrected = Kopecks::total(draft.corrections.iter().map(|one| one.amount)).map_err(too_large)?;
        Ok((&draft.account_id, &draft.problem, charged, corrected))
    });
    json_text(&sums.collect::<Result<Vec<_>>>()?)
}

fn ids(rows: &[Row]) -> Result<BillIds> {
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

fn put_lines(tx: &Tx<'_>, period: Period, drafts: &[Draft], ids: &BillIds) -> Result<()> {
    let mut lines = Vec::new();
    for draft in drafts {
        // An account that came between the two times through the house has no bill of this preview.
        let Some(&id) = ids.get(&draft.account_id) else { continue };
        for line in &draft.lines {
            lines.push(new_line(id, period, line)?);
        }
        lines.extend(draft.corrections.iter().map(|one| corrected_line(id, one)));
    }
    let sql = "insert into charge_line (bill_id, of_period, service, method, volume, price, charged, excess,
                                        recalculated, discount, payable, oddities, reason, explanation)
               select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> '$[6][0]',
                      value ->> '$[6][1]', value ->> '$[6][2]', value ->> '$[6][3]', value ->> '$[6][4]', value ->> 7,
                      value ->> 8, value ->> 9
               from json_each(?1)";
    tx.execute(sql, params![json_text(&lines)?])
}

/// Keeps the acts that explanations name.
pub(super) fn cite(tx: &Tx<'_>, cited: &Cited) -> Result<()> {
    let acts: Vec<_> = cited.iter().map(|(id, act)| (id, &act.name, &act.number, act.date, &act.link)).collect();
    let sql = "insert or ignore into cited_act (version_id, name, number, date, link)
               select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?1)";
    tx.execute(sql, params![json_text(&acts)?])
}

fn new_line(id: i64, period: Period, line: &ChargedLine) -> Result<NewLine<'_>> {
    let figures = &line.figures;
    let amounts = [figures.charged, figures.excess, figures.recalculated, figures.discount, figures.payable];
    Ok(NewLine(
        id,
        period.to_string(),
        line.service.as_str(),
        letter(line.method),
        book::volume(line)?,
        line.price.map(|price| price.normalize().to_string()),
        amounts.map(|amount| amount.0),
        line.oddities.0,
        None,
        line.explanation.to_string(),
    ))
}

/// The difference stands among the recalculations; the explanation is that of the month as it is known now.
fn corrected_line(id: i64, one: &corrections::Corrected) -> NewLine<'_> {
    let amounts = [0, 0, one.amount.0, 0, one.amount.0];
    let period = one.of_period.to_string();
    NewLine(
        id,
        period,
        one.service.as_str(),
        letter(one.method),
        one.volume,
        None,
        amounts,
        0,
        Some(&one.reason),
        one.explanation.to_string(),
    )
}

/// As ГИС ЖКХ has it.
const fn letter(method: Method) -> &'static str {
    match method {
        Method::Norm => "N",
        Method::Meter => "M",
        Method::Other => "O",
    }
}

fn too_large(error: domain::exact::ArithmeticError) -> Error {
    Error::BadData(error.to_string())
}
