//! A bill as a document, out of what is kept of it: as it was charged, by whom it was issued.

use std::collections::HashMap;

use domain::{
    bill::{Balance, Basis, Bill, BillLine, MeterRow, Payee, Payer, Zone, sentence, zones},
    billing::Kept,
    charge::{Acts, Method},
    identifier::UnifiedAccountNumber,
    meter::{MeterKind, rate_names},
    period::Period,
    service::Service,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use store::{
    Conn,
    billing::{self, BillRow, CitedReading, Explained, Issuer, LineRow},
    homes::{self, LinkedAccount, Right},
};
use web::Problem;

use crate::penalties::cause;

/// A bill of an account that is linked to the person; of another's nobody learns that it is there.
///
/// # Errors
/// No such bill; a failing database.
pub(crate) fn own_bill(
    conn: &Conn<'_>,
    person_id: &str,
    bill_number: &str,
) -> Result<(BillRow, LinkedAccount), Problem> {
    let bill = billing::bill(conn, bill_number)?.ok_or_else(Problem::not_found)?;
    let account = homes::linked_account(conn, person_id, &bill.account_id)?;
    Ok((bill, account.ok_or_else(Problem::not_found)?))
}

/// The whole bill, by six statements at most whatever is on it.
///
/// # Errors
/// Lines that do not read back: the fault is ours.
pub(crate) fn fill(conn: &Conn<'_>, bill: BillRow, account: LinkedAccount) -> Result<Bill, Problem> {
    let parties = billing::parties(conn, &bill)?;
    let (lines, mut basis) = explained(billing::lines_of(conn, bill.bill_id)?, bill.period)?;
    basis.references.sort_by_key(|reference| reference.service.is_none());
    let issued_on = day_in(&parties.time_zone, &bill.issued_at)?;
    Ok(Bill {
        number: bill.number,
        payment_document_id: None,
        period: bill.period,
        issued_on,
        due_on: bill.due_on,
        payer: Payer {
            // Whose account it is, only those learn who own the home too.
            name: parties.holder.filter(|_| account.right == Right::Owner.as_str()),
            account: account.number,
            unified_account: account.unified_number.and_then(|number| UnifiedAccountNumber::parse(&number).ok()),
            address: account.address,
            area: basis.area(),
            residents: parties.residents,
        },
        payee: payee(parties.company),
        meters: meters(conn, &basis, bill.period)?,
        lines,
        balance: Balance {
            before: bill.balance_before,
            paid: bill.paid,
            paid_through: issued_on,
            last_paid_on: parties.last_paid_on,
            penalty: bill.penalty,
            penalty_cause: cause(conn, bill.bill_id)?,
        },
        reference: basis.references,
        instalments: Vec::new(),
    })
}

fn day_in(time_zone: &str, moment: &str) -> Result<Date, Problem> {
    let moment: Timestamp = moment.parse().map_err(Problem::internal)?;
    Ok(moment.to_zoned(TimeZone::get(time_zone).map_err(Problem::internal)?).date())
}

fn payee(company: Issuer) -> Payee {
    let contacts: Vec<_> = [company.phone, company.email, company.address].into_iter().flatten().collect();
    Payee {
        name: company.name,
        contacts: (!contacts.is_empty()).then(|| contacts.join(", ")),
        inn: Some(company.inn),
        kpp: company.kpp,
        bank: company.bank,
    }
}

/// The lines with their sentences, and what those of the month stand on.
///
/// # Errors
/// Lines that do not read back: the fault is ours.
pub(crate) fn explained(explained: Explained, period: Period) -> Result<(Vec<BillLine>, Basis), Problem> {
    let Explained { lines, acts } = explained;
    let mut basis = Basis::default();
    let mut filled = Vec::with_capacity(lines.len());
    for line in lines {
        let of_month = (line.of_period == period).then_some(&mut basis);
        let Told { explanation, zones } = told(&line, &acts, of_month)?;
        filled.push(BillLine {
            multiplier: basis.multiplier(line.service).filter(|_| line.of_period == period),
            explanation,
            zones,
            ..figures(line)
        });
    }
    Ok((filled, basis))
}

/// A line without its explanation.
fn figures(line: LineRow) -> BillLine {
    BillLine {
        service: line.service,
        of_period: line.of_period,
        method: match line.method.as_str() {
            "N" => Method::Norm,
            "M" => Method::Meter,
            _ => Method::Other,
        },
        volume: line.volume,
        price: line.price,
        zones: Vec::new(),
        charged: line.charged,
        multiplier: None,
        excess: line.excess,
        recalculated: line.recalculated,
        discount: line.discount,
        reason: line.reason,
        explanation: Vec::new(),
    }
}

/// What the kept explanation of a line tells.
#[derive(Default)]
struct Told {
    /// A sentence for each figure that is explained.
    explanation: Vec<String>,
    /// The zones of the charge.
    zones: Vec<Zone>,
}

fn told(line: &LineRow, acts: &Acts, mut basis: Option<&mut Basis>) -> Result<Told, Problem> {
    let mut told = Told::default();
    for (index, one) in Kept::all(&line.explanation).map_err(Problem::internal)?.iter().enumerate() {
        let tree = one.tree.node(acts).map_err(Problem::internal)?;
        if let Some(basis) = basis.as_deref_mut() {
            basis.add(line.service, &tree);
            // The charge is told first; a correction has a sum and no volume.
            if index == 0 {
                told.zones = zones(&tree, line.charged).map_err(Problem::internal)?;
            }
        }
        let sentence = sentence(&tree).map_err(Problem::internal)?;
        told.explanation.push(match one.title() {
            None => sentence,
            Some(title) => format!("{title}: {sentence}"),
        });
    }
    Ok(told)
}

/// The meters that the month was counted by, a row for each rate, with the readings that were counted.
fn meters(conn: &Conn<'_>, basis: &Basis, period: Period) -> Result<Vec<MeterRow>, Problem> {
    let all = [&basis.readings_before, &basis.readings_now, &basis.readings_averaged];
    let ids: Vec<_> = all.into_iter().flatten().map(String::as_str).collect();
    let cited = billing::cited_readings(conn, &ids, period)?;
    let mut counted: HashMap<&str, Counted<'_>> = HashMap::new();
    let mut meters = Vec::new();
    for reading in &cited {
        if !counted.contains_key(reading.meter_id.as_str()) {
            meters.push(reading);
        }
        counted.entry(&reading.meter_id).or_default().add(basis, reading);
    }
    let rows = meters.into_iter().flat_map(|meter| {
        let Counted { first, last } = counted.get(meter.meter_id.as_str()).copied().unwrap_or_default();
        let names = rate_names(u8::try_from(meter.values.len()).unwrap_or(1));
        names.iter().enumerate().map(move |(rate, name)| MeterRow {
            service: measured(meter.kind),
            serial: meter.serial.clone(),
            rate: (!name.is_empty()).then(|| (*name).to_owned()),
            verified_until: meter.verified_until,
            places: meter.places,
            before: first.and_then(|reading| reading.values.get(rate).copied()),
            now: last.and_then(|reading| reading.values.get(rate).copied()),
        })
    });
    Ok(rows.collect())
}

/// From which reading of a meter to which a month was counted.
#[derive(Clone, Copy, Default)]
struct Counted<'r> {
    first: Option<&'r CitedReading>,
    last: Option<&'r CitedReading>,
}

impl<'r> Counted<'r> {
    /// A reading between two others begins one count and ends another: it is neither the first nor the last. What an
    /// average knew last is the first where nothing was counted.
    fn add(&mut self, basis: &Basis, reading: &'r CitedReading) {
        let [begins, ends] = [&basis.readings_before, &basis.readings_now].map(|ids| ids.contains(&reading.reading_id));
        match (begins, ends) {
            (true, false) => self.first = Some(reading),
            (false, true) => self.last = Some(reading),
            (false, false) => self.first = self.first.or(Some(reading)),
            (true, true) => {}
        }
    }
}

const fn measured(kind: MeterKind) -> Service {
    match kind {
        MeterKind::ColdWater => Service::ColdWater,
        MeterKind::HotWater => Service::HotWater,
        MeterKind::Electricity => Service::Electricity,
        MeterKind::Gas => Service::Gas,
        MeterKind::Heat => Service::Heating,
    }
}
