//! What residents ask of how their accounts are charged: asked, decided once. Past months that are granted are computed
//! anew in the next bills.

use domain::charge_request::{Kind, Wish};
use domain::period::Period;
use domain::service::Service;
use jiff::Timestamp;
use jiff::civil::Date;

use super::absences::Standing;
use super::runs::{NewRecalculation, recalculate};
use crate::{Conn, Error, Result, Row, Tx, events, homes::full_address, params};

/// A request as it is made.
#[derive(Debug, Clone, Copy)]
pub struct NewRequest<'a> {
    /// A fresh id.
    pub charge_request_id: &'a str,
    /// The account.
    pub account_id: &'a str,
    /// What is asked for.
    pub wish: Wish,
    /// The offer that is wished for.
    pub offer_id: Option<&'a str>,
    /// Why, in the resident's words.
    pub words: &'a str,
    /// The last day for a decision.
    pub due_on: Date,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The number that people name.
    pub seq: i64,
    /// Its id.
    pub charge_request_id: String,
    /// The account.
    pub account_id: String,
    /// The company's number of the account.
    pub account_number: String,
    /// House and flat.
    pub address: String,
    /// What is asked for.
    pub kind: Kind,
    /// For which service.
    pub service: Option<Service>,
    /// Whose offer is wished for.
    pub supplier: Option<String>,
    /// The first month to be computed anew.
    pub from: Option<Period>,
    /// Why.
    pub words: String,
    /// When.
    pub asked_at: String,
    /// The last day for a decision.
    pub due_on: Date,
    /// How far it is.
    pub standing: Standing,
    /// The answer, and when it was given.
    pub answer: Option<(String, String)>,
}

/// Keeps a request; answers its number.
///
/// # Errors
/// A failing database.
pub fn ask(tx: &Tx<'_>, now: Timestamp, new: &NewRequest<'_>) -> Result<i64> {
    let sql = "insert into charge_request (charge_request_id, account_id, kind, service, tariff_id, from_period, words,
                                           asked_at, due_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) returning charge_request_seq";
    let Wish { kind, service, from } = new.wish;
    let parameters = params![
        new.charge_request_id,
        new.account_id,
        kind.as_str(),
        service.map(Service::as_str),
        new.offer_id,
        from.map(|from| from.to_string()),
        new.words,
        now,
        new.due_on
    ];
    let row = tx.query_first(sql, parameters)?;
    row.ok_or_else(|| Error::BadData("a request without a number".to_owned()))?.get(0)
}

/// The service that a supplier offers in the house of an account; none if there is no such offer on this day.
///
/// # Errors
/// A failing database.
pub fn offered(conn: &Conn<'_>, account_id: &str, offer_id: &str, on: Date) -> Result<Option<Service>> {
    let sql = "select t.service from account a join premises p using (premises_id) join tariff t using (house_id)
               where a.account_id = ?1 and t.tariff_id = ?2 and t.is_offer and t.withdrawn_at is null
                 and t.since <= ?3 and coalesce(t.until, ?3) >= ?3";
    let row = conn.query_first(sql, params![account_id, offer_id, on])?;
    row.map(|row| service(&row.get::<String>(0)?)).transpose()
}

macro_rules! requests {
    ($from:literal, $condition:literal) => {
        concat!(
            "select q.charge_request_seq, q.charge_request_id, q.account_id, a.number, h.address, p.kind, p.number, q.kind,
                    q.service, (select s.name from tariff t join supplier s using (supplier_id) where t.tariff_id = q.tariff_id),
                    q.from_period, q.words, q.asked_at, q.due_on, q.state, q.answer, q.decided_at
             from ",
            $from,
            " join account a on a.account_id = q.account_id join premises p using (premises_id)
              join house h using (house_id) where ",
            $condition
        )
    };
}

fn service(name: &str) -> Result<Service> {
    Service::parse(name).ok_or_else(|| Error::BadData(format!("service {name}")))
}

fn read(row: &Row) -> Result<Request> {
    let kind: String = row.get(7)?;
    let of_service: Option<String> = row.get(8)?;
    let (answer, decided_at): (Option<String>, Option<String>) = (row.get(15)?, row.get(16)?);
    Ok(Request {
        seq: row.get(0)?,
        charge_request_id: row.get(1)?,
        account_id: row.get(2)?,
        account_number: row.get(3)?,
        address: full_address(&row.get::<String>(4)?, &row.get::<String>(5)?, &row.get::<String>(6)?),
        kind: Kind::parse(&kind).ok_or_else(|| Error::BadData(format!("kind of request {kind}")))?,
        service: of_service.as_deref().map(service).transpose()?,
        supplier: row.get(9)?,
        from: row.get(10)?,
        words: row.get(11)?,
        asked_at: row.get(12)?,
        due_on: row.get(13)?,
        standing: Standing::parse(&row.get::<String>(14)?)?,
        answer: answer.zip(decided_at),
    })
}

/// The requests for accounts of a person that were made while they were linked to the person, the latest first: those
/// before this number, at most `count`.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str, before: i64, count: u32) -> Result<Vec<Request>> {
    let sql = requests!(
        "account_link l join charge_request q on q.account_id = l.account_id and q.asked_at >= l.linked_at",
        "l.person_id = ?1 and l.ended_at is null and q.charge_request_seq < ?2
         order by q.charge_request_seq desc limit ?3"
    );
    conn.query(sql, params![person_id, before, i64::from(count)])?.iter().map(read).collect()
}

/// The requests of a house that wait, the most urgent first: those after this place, at most `count`. Its accounts are
/// gone through, not the requests of all houses.
///
/// # Errors
/// A failing database.
pub fn waiting(conn: &Conn<'_>, house_id: &str, (due_on, seq): (&str, i64), count: u32) -> Result<Vec<Request>> {
    let sql = requests!(
        "premises w cross join account o on o.premises_id = w.premises_id
         cross join charge_request q on q.account_id = o.account_id",
        "w.house_id = ?1 and q.state = 'asked' and (q.due_on, q.charge_request_seq) > (?2, ?3)
         order by q.due_on, q.charge_request_seq limit ?4"
    );
    conn.query(sql, params![house_id, due_on, seq, i64::from(count)])?.iter().map(read).collect()
}

/// A request of a house.
///
/// # Errors
/// A failing database.
pub fn one(conn: &Conn<'_>, house_id: &str, charge_request_id: &str) -> Result<Option<Request>> {
    let sql = requests!("charge_request q", "h.house_id = ?1 and q.charge_request_id = ?2");
    conn.query_first(sql, params![house_id, charge_request_id])?.as_ref().map(read).transpose()
}

/// What the accountant decides.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The house of the request.
    pub house_id: &'a str,
    /// A fresh id, for what is to be computed anew.
    pub recalculation_id: &'a str,
    /// Whether it is granted.
    pub is_accepted: bool,
    /// What residents read.
    pub answer: &'a str,
}

/// Decides on a request that waits; answers whether it did. Those who had the account when it was made hear of it.
///
/// # Errors
/// A failing database.
pub fn decide(tx: &Tx<'_>, now: Timestamp, asked: &Request, decision: &Decision<'_>) -> Result<bool> {
    let standing = if decision.is_accepted { Standing::Accepted } else { Standing::Refused };
    let sql = "update charge_request set state = ?2, answer = ?3, decided_at = ?4
               where charge_request_id = ?1 and state = 'asked' returning 1";
    let parameters = params![&asked.charge_request_id, standing.as_str(), decision.answer, now];
    if tx.query_first(sql, parameters)?.is_none() {
        return Ok(false);
    }
    if let (true, Some(from)) = (decision.is_accepted, asked.from) {
        let reason = format!("Заявление № {}: {}", asked.seq, decision.answer);
        let wish = NewRecalculation {
            recalculation_id: decision.recalculation_id,
            house_id: decision.house_id,
            account_id: Some(&asked.account_id),
            from,
            reason: &reason,
        };
        recalculate(tx, now, &wish)?;
    }
    let sql = "select person_id from account_link where account_id = ?1 and ended_at is null and linked_at <= ?2
               order by person_id";
    for row in tx.query(sql, params![&asked.account_id, &asked.asked_at])? {
        let event = events::Event::ChargeRequestDecided {
            number: asked.seq,
            address: asked.address.clone(),
            wish: asked.kind.title().to_owned(),
            is_accepted: decision.is_accepted,
            answer: decision.answer.to_owned(),
        };
        events::emit(tx, now, &row.get::<String>(0)?, &event)?;
    }
    Ok(true)
}
