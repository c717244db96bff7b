//! One step of a preview: the bills of some premises, computed and put down as drafts. Where a house pays for what is
//! left of its own meters, the preview goes through it twice: what premises used is known after the first time.

use std::collections::{BTreeMap, HashMap};

use domain::billing::{self, ChargedLine, Which, used_inside};
use domain::charge::Method;
use domain::money::Kopecks;
use domain::period::Period;
use domain::service::Service;
use domain::tariff::Act;
use serde::Serialize;

use super::{Run, Step, book, corrections, facts};
use crate::{Conn, Db, Error, Result, Tx, params, value::json_text};

pub(super) use domain::charge_request::MONTHS_BACK;

/// A draft of a bill.
struct Draft {
    account_id: String,
    problem: Option<String>,
    lines: Vec<ChargedLine>,
    corrections: Vec<corrections::Corrected>,
}

pub(super) type Cited = BTreeMap<String, Act>;

pub(super) fn step(db: &Db, run: &Run) -> Result<Step> {
    let found = db.read(|conn| facts::places(conn, &run.house_id, &run.cursor))?;
    let Some((places, cursor)) = found else { return db.write(|tx| at_the_end(tx, run)) };
    let open: Vec<_> = places.iter().filter(|place| place.is_open_in(run.period)).collect();
    let mut cited = Cited::new();
    let drafts = db.read(|conn| drafts(conn, run, &open, &mut cited))?;
    db.write(|tx| {
        let count = if run.is_of_the_rest { 0 } else { drafts.len() };
        let sql = "update billing_run set cursor = ?4, bills = bills + ?5
                   where billing_run_id = ?1 and state = 'open' and is_of_the_rest = ?2 and cursor = ?3 returning 1";
        let bills = i64::try_from(count).unwrap_or(i64::MAX);
        if tx.query_first(sql, params![run.run_id, run.is_of_the_rest, &run.cursor, cursor, bills])?.is_none() {
            return Ok(Step::Lost);
        }
        let ids = if run.is_of_the_rest { add(tx, run, &drafts)? } else { put(tx, run, &drafts)? };
        put_lines(tx, run.period, &drafts, &ids)?;
        cite(tx, &cited)?;
        Ok(Step::Previewed(count))
    })
}

/// The house was gone through: either all is computed, or what is left of its meters can be now.
fn at_the_end(tx: &Tx<'_>, run: &Run) -> Result<Step> {
    let used = if run.is_of_the_rest { Vec::new() } else { services_of_the_rest(tx, run)? };
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

/// What premises use of that which the house pays for by what is left of its meters.
fn services_of_the_rest(tx: &Tx<'_>, run: &Run) -> Result<Vec<&'static str>> {
    let ways = book::ways(tx, &run.house_id)?;
    let of_the_rest = ways
        .into_iter()
        .filter(|(_, ways)| ways.on(run.period.first_day()).is_ok_and(|row| row.value.is_of_the_rest()));
    Ok(of_the_rest.filter_map(|(service, _)| Some(used_inside(service)?.as_str())).collect())
}

/// Kept as the bills of the month tell it: a reading that comes later corrects the account it is of, and does not divide
/// anew among all others what was left of the house (decision 0027).
fn note_used_inside(tx: &Tx<'_>, run: &Run, services: &[&str]) -> Result<()> {
    let sql = "insert into used_inside (house_id, period, service, non_residential, by_norm, by_meter)
               select ?1, ?2, s.value, coalesce(sum(l.volume) filter (where l.kind = 'non_residential'), 0),
                      coalesce(sum(l.volume) filter (where l.kind <> 'non_residential' and l.method = 'N'), 0),
                      coalesce(sum(l.volume) filter (where l.kind <> 'non_residential' and l.method <> 'N'), 0)
               from json_each(?4) s
               left join (select l.service, l.volume, l.method, p.kind
                          from bill b join charge_line l on l.bill_id = b.bill_id and l.of_period = b.period
                          join account a using (account_id) join premises p using (premises_id)
                          where b.billing_run_id = ?3) l on l.service = s.value
               group by s.value
               on conflict (house_id, period, service) do update
               set non_residential = excluded.non_residential, by_norm = excluded.by_norm, by_meter = excluded.by_meter";
    tx.execute(sql, params![&run.house_id, run.period.to_string(), run.run_id, json_text(&services)?])
}

fn drafts(conn: &Conn<'_>, run: &Run, places: &[&facts::Place], cited: &mut Cited) -> Result<Vec<Draft>> {
    let from = run.period.plus_months(-MONTHS_BACK);
    let house = book::load(conn, &run.house_id, (from, run.period))?;
    let which = if run.is_of_the_rest { Which::OfTheRest } else { Which::OfPremises };
    let mut corrected = match which {
        Which::OfTheRest => HashMap::new(),
        _ => corrections::find(conn, run, &house, places, cited)?,
    };
    let before = amounts(conn, places, run.period.previous())?;
    let drafts = facts::load(conn, places, run.period)?.into_iter().map(|account| {
        let mut cite = |version: &str, act: &Act| note(cited, version, act);
        let (lines, problem) = match billing::lines(&house, &account, run.period, which, &mut cite) {
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
        Draft { problem: problem.or(replay_problem), account_id: account.account_id, lines, corrections }
    });
    Ok(drafts.collect())
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
    let bills = drafts.iter().map(|draft| {
        let charged = Kopecks::total(draft.lines.iter().map(|line| line.figures.payable)).map_err(too_large)?;
        let corrected = Kopecks::total(draft.corrections.iter().map(|one| one.amount)).map_err(too_large)?;
        Ok((&draft.account_id, &draft.problem, charged, corrected))
    });
    let bills = json_text(&bills.collect::<Result<Vec<_>>>()?)?;
    let sql = "insert into bill (billing_run_id, account_id, period, problem, charged, corrected)
               select ?1, value ->> 0, ?2, value ->> 1, value ->> 2, value ->> 3 from json_each(?3) order by key
               returning account_id, bill_id";
    let rows = tx.query(sql, params![run.run_id, run.period.to_string(), bills])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// What lines for what is left of the house's meters add to bills that are there.
fn add(tx: &Tx<'_>, run: &Run, drafts: &[Draft]) -> Result<BillIds> {
    let bills = drafts.iter().map(|draft| {
        let charged = Kopecks::total(draft.lines.iter().map(|line| line.figures.payable)).map_err(too_large)?;
        Ok((&draft.account_id, &draft.problem, charged))
    });
    let bills = json_text(&bills.collect::<Result<Vec<_>>>()?)?;
    let sql = "update bill set problem = coalesce(problem, n.value ->> 1), charged = charged + (n.value ->> 2)
               from json_each(?2) n where billing_run_id = ?1 and account_id = n.value ->> 0
               returning account_id, bill_id";
    let rows = tx.query(sql, params![run.run_id, bills])?;
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
    let volume = figures.volume.rounded(book::VOLUME_PLACES).map_err(too_large)?;
    let volume = i64::try_from(volume).map_err(|_| Error::BadData("a volume is too large".to_owned()))?;
    let amounts = [figures.charged, figures.excess, figures.recalculated, figures.discount, figures.payable];
    Ok(NewLine(
        id,
        period.to_string(),
        line.service.as_str(),
        letter(line.method),
        volume,
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
        0,
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
