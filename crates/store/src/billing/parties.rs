//! Who pays a bill and who is paid, and the readings behind it: what a paper says beside its lines.

use domain::bill::BankDetails;
use domain::meter::{MeterKind, verification_due_on};
use domain::period::Period;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::BillRow;
use crate::{Conn, Error, Result, Row, params, value::json_text};

/// Both sides of a bill, as of its month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    /// In whose name the account is; none if it is known that it was another's then.
    pub holder: Option<String>,
    /// How many lived there on the last day of the month, if that is known.
    pub residents: Option<u32>,
    /// The time zone of the house.
    pub time_zone: String,
    /// Who issued the bill.
    pub company: Issuer,
    /// The day of the last payment that was known when the bill was issued.
    pub last_paid_on: Option<Date>,
}

/// The company that issued a bill. It may not have the house any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its name.
    pub name: String,
    /// ИНН.
    pub inn: String,
    /// КПП.
    pub kpp: Option<String>,
    /// Its phone.
    pub phone: Option<String>,
    /// Its e-mail.
    pub email: Option<String>,
    /// Where it sits.
    pub address: Option<String>,
    /// Where it is paid.
    pub bank: Option<BankDetails>,
}

/// Both sides of a bill. Whoever held the account and is among the owners is named for the months in which the share
/// was theirs; who holds it without one (a tenant of the municipality) has no dates.
///
/// # Errors
/// A failing database.
pub fn parties(conn: &Conn<'_>, bill: &BillRow) -> Result<Parties> {
    let sql =
        "select case when not exists (select 1 from owner o where o.premises_id = a.premises_id and o.name = a.holder)
                             or exists (select 1 from owner o where o.premises_id = a.premises_id and o.name = a.holder
                                        and o.since <= ?2 and (o.until is null or o.until >= ?2))
                           then a.holder end,
                      (select registered + temporary from household
                       where premises_id = a.premises_id and since <= ?2 and (until is null or until >= ?2)),
                      h.time_zone,
                      (select on_day from ledger_entry
                       where account_id = a.account_id and kind = 'payment' and recorded_at <= ?3
                       order by no desc limit 1),
                      c.name, c.inn, c.kpp, c.phone, c.email, c.address,
                      c.bank_account, c.bank, c.bik, c.correspondent_account
               from bill b
               join billing_run r using (billing_run_id)
               join company c using (company_id)
               join house h using (house_id)
               join account a using (account_id)
               where b.bill_id = ?1";
    let row = conn.query_first(sql, params![bill.bill_id, bill.period.last_day(), &bill.issued_at])?;
    row.map_or_else(|| Err(Error::BadData(format!("bill {} is of nobody", bill.number))), |row| read(&row))
}

fn read(row: &Row) -> Result<Parties> {
    let bank = match (row.get::<Option<String>>(10)?, row.get::<Option<String>>(11)?, row.get::<Option<String>>(12)?) {
        (Some(account), Some(bank), Some(bik)) => Some(BankDetails { account, bank, bik, correspondent: row.get(13)? }),
        _ => None,
    };
    Ok(Parties {
        holder: row.get(0)?,
        residents: row.get(1)?,
        time_zone: row.get(2)?,
        last_paid_on: row.get(3)?,
        company: Issuer {
            name: row.get(4)?,
            inn: row.get(5)?,
            kpp: row.get(6)?,
            phone: row.get(7)?,
            email: row.get(8)?,
            address: row.get(9)?,
            bank,
        },
    })
}

/// A reading that an explanation names, with its meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedReading {
    /// Its id.
    pub reading_id: String,
    /// The values, by rate.
    pub values: Vec<Decimal>,
    /// The meter.
    pub meter_id: String,
    /// What that measures.
    pub kind: MeterKind,
    /// The number on it.
    pub serial: String,
    /// Until when its verification holds, if that was known in the month.
    pub verified_until: Option<Date>,
    /// How many digits its dial has after the point.
    pub places: u8,
}

/// These readings, by the order of their meters on a page and of their recording.
///
/// # Errors
/// A failing database.
pub fn cited_readings(conn: &Conn<'_>, readings: &[&str], period: Period) -> Result<Vec<CitedReading>> {
    let sql = "select r.reading_id, r.value_1, r.value_2, r.value_3, m.meter_id, m.kind, m.serial,
                      case when m.verified_on <= ?2 then m.verified_on end, m.verification_interval_years,
                      m.digits_fraction
               from json_each(?1) i
               join reading r on r.reading_id = i.value
               join meter m using (meter_id)
               order by case m.kind when 'cold_water' then 1 when 'hot_water' then 2 when 'electricity' then 3
                                    when 'gas' then 4 else 5 end, m.serial, r.reading_seq";
    conn.query(sql, params![json_text(&readings)?, period.last_day()])?.iter().map(cited).collect()
}

fn cited(row: &Row) -> Result<CitedReading> {
    let kind: String = row.get(5)?;
    let values: [Option<Decimal>; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
    let (verified_on, years): (Option<Date>, Option<u8>) = (row.get(7)?, row.get(8)?);
    Ok(CitedReading {
        reading_id: row.get(0)?,
        values: values.into_iter().flatten().collect(),
        meter_id: row.get(4)?,
        kind: MeterKind::parse(&kind).ok_or_else(|| Error::BadData(format!("meter kind {kind}")))?,
        serial: row.get(6)?,
        verified_until: verified_on.zip(years).map(|(on, years)| verification_due_on(on, years)),
        places: row.get(9)?,
    })
}
