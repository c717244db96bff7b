//! Applications of residents who were away for a time: asked for, decided once; what is accepted lowers the months that
//! it is about.

use std::collections::HashMap;

use domain::billing::AcceptedAbsence;
use domain::charge::absence::Absence;
use domain::period::Period;
use domain::russian::full_date;
use jiff::Timestamp;

use super::runs::{NewRecalculation, became_known};
use crate::{Conn, Error, Result, Row, Tx, events, homes, params, value::json_text};

/// How far an application is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It waits for the accountant.
    Asked,
    /// It is granted.
    Accepted,
    /// It is not.
    Refused,
}

impl Standing {
    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }

    pub(super) fn parse(name: &str) -> Result<Self> {
        let all = [Self::Asked, Self::Accepted, Self::Refused];
        let found = all.into_iter().find(|one| one.as_str() == name);
        found.ok_or_else(|| Error::BadData(format!("standing {name}")))
    }
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its place in the order of recording.
    pub seq: i64,
    /// Its id.
    pub absence_id: String,
    /// The account.
    pub account_id: String,
    /// The company's number of the account.
    pub account_number: String,
    /// How many were away.
    pub persons: u32,
    /// When, and when it was asked for.
    pub absence: Absence,
    /// What confirms it.
    pub document: String,
    /// How far it is.
    pub standing: Standing,
    /// Why it was decided so.
    pub reason: Option<String>,
}

macro_rules! application_columns {
    () => {
        "b.absence_seq, b.absence_id, b.account_id, a.number, b.persons, b.left_on, b.returned_on, b.asked_on, b.document,
         b.state, b.reason
         from absence b join account a using (account_id) join premises p using (premises_id)"
    };
}

fn read(row: &Row) -> Result<Application> {
    Ok(Application {
        seq: row.get(0)?,
        absence_id: row.get(1)?,
        account_id: row.get(2)?,
        account_number: row.get(3)?,
        persons: row.get(4)?,
        absence: Absence { left_on: row.get(5)?, returned_on: row.get(6)?, asked_on: row.get(7)? },
        document: row.get(8)?,
        standing: Standing::parse(&row.get::<String>(9)?)?,
        reason: row.get(10)?,
    })
}

/// An application as it is made.
#[derive(Debug, Clone, Copy)]
pub struct NewApplication<'a> {
    /// A fresh id.
    pub absence_id: &'a str,
    /// The account.
    pub account_id: &'a str,
    /// How many were away.
    pub persons: u32,
    /// When, and when it is asked for.
    pub absence: Absence,
    /// What confirms it, in words.
    pub document: &'a str,
}

/// Takes an application; answers whether none for the same days stood in its way that was not refused.
///
/// # Errors
/// A failing database.
pub fn apply(tx: &Tx<'_>, now: Timestamp, new: &NewApplication<'_>) -> Result<bool> {
    let sql = "insert into absence (absence_id, account_id, persons, left_on, returned_on, document, asked_on, state,
                                    recorded_at)
               select ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'asked', ?8
               where not exists (select 1 from absence where account_id = ?2 and state <> 'refused'
                                     and left_on <= ?5 and returned_on >= ?4)
               returning 1";
    let Absence { left_on, returned_on, asked_on } = new.absence;
    let parameters = params![
        new.absence_id,
        new.account_id,
        i64::from(new.persons),
        left_on,
        returned_on,
        new.document,
        asked_on,
        now
    ];
    Ok(tx.query_first(sql, parameters)?.is_some())
}

/// The time zone of the house of an account.
///
/// # Errors
/// A failing database.
pub fn time_zone(conn: &Conn<'_>, account_id: &str) -> Result<String> {
    let sql = "select h.time_zone from account join premises p using (premises_id) join house h using (house_id)
               where account_id = ?1";
    conn.query_first(sql, params![account_id])?
        .map_or_else(|| Err(Error::Other("no account".to_owned())), |row| row.get(0))
}

/// The applications of these accounts, the latest first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn of_accounts(conn: &Conn<'_>, accounts: &[&str], count: u32) -> Result<Vec<Application>> {
    let sql = concat!(
        "select ",
        application_columns!(),
        " where b.account_id in (select value from json_each(?1)) order by b.absence_seq desc limit ?2"
    );
    conn.query(sql, params![json_text(&accounts)?, i64::from(count)])?.iter().map(read).collect()
}

/// The applications of a house that wait, the oldest first: those after this one, at most `count`.
///
/// # Errors
/// A failing database.
pub fn waiting(conn: &Conn<'_>, house_id: &str, after: i64, count: u32) -> Result<Vec<Application>> {
    let sql = concat!(
        "select ",
        application_columns!(),
        " where b.state = 'asked' and p.house_id = ?1 and b.absence_seq > ?2 order by b.absence_seq limit ?3"
    );
    conn.query(sql, params![house_id, after, i64::from(count)])?.iter().map(read).collect()
}

/// An application of a house.
///
/// # Errors
/// A failing database.
pub fn one(conn: &Conn<'_>, house_id: &str, absence_id: &str) -> Result<Option<Application>> {
    let sql = concat!("select ", application_columns!(), " where p.house_id = ?1 and b.absence_id = ?2");
    conn.query_first(sql, params![house_id, absence_id])?.as_ref().map(read).transpose()
}

/// What the accountant decides.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The house of the application.
    pub house_id: &'a str,
    /// A fresh id, for what is to be computed anew.
    pub recalculation_id: &'a str,
    /// Whether it is accepted, and then whether no meter could be hung in the premises.
    pub accepted: Option<MeterIsImpossible>,
    /// Why, for the residents.
    pub reason: &'a str,
}

/// Whether no meter could be hung in premises: then services that are charged by norm are lowered too.
pub type MeterIsImpossible = bool;

/// Decides on an application that waits; answers whether it did. All to whom the account is linked hear of it.
///
/// # Errors
/// A failing database.
pub fn decide(tx: &Tx<'_>, now: Timestamp, asked: &Application, decision: &Decision<'_>) -> Result<bool> {
    let standing = decision.accepted.map_or(Standing::Refused, |_| Standing::Accepted);
    let sql = "update absence set state = ?2, meter_is_impossible = ?3, reason = ?4, decided_at = ?5
               where absence_id = ?1 and state = 'asked' returning 1";
    let impossible = decision.accepted.map(i64::from);
    let parameters = params![&asked.absence_id, standing.as_str(), impossible, decision.reason, now];
    if tx.query_first(sql, parameters)?.is_none() {
        return Ok(false);
    }
    let Absence { left_on, returned_on, .. } = asked.absence;
    if standing == Standing::Accepted {
        let reason = format!("Отсутствие с {} по {}", full_date(left_on), full_date(returned_on));
        let known = NewRecalculation {
            recalculation_id: decision.recalculation_id,
            house_id: decision.house_id,
            account_id: Some(&asked.account_id),
            from: Period::of(left_on),
            reason: &reason,
        };
        became_known(tx, now, &known)?;
    }
    for linked in homes::linked_persons(tx, &[&asked.account_id])? {
        let event = events::Event::AbsenceDecided {
            address: linked.address,
            left_on: left_on.to_string(),
            returned_on: returned_on.to_string(),
            is_accepted: standing == Standing::Accepted,
            reason: decision.reason.to_owned(),
        };
        events::emit(tx, now, &linked.person_id, &event)?;
    }
    Ok(true)
}

/// The absences of these accounts that were accepted and touch a month, in the order of their days.
pub(super) fn accepted(
    conn: &Conn<'_>,
    accounts: &[&str],
    period: Period,
) -> Result<HashMap<String, Vec<AcceptedAbsence>>> {
    let sql =
        "select b.account_id, b.absence_id, b.persons, b.left_on, b.returned_on, b.asked_on, b.meter_is_impossible
               from json_each(?1) a join absence b on b.account_id = a.value
               where b.state = 'accepted' and b.left_on <= ?3 and b.returned_on >= ?2
               order by b.left_on, b.absence_seq";
    let mut accepted: HashMap<String, Vec<_>> = HashMap::new();
    for row in conn.query(sql, params![json_text(&accounts)?, period.first_day(), period.last_day()])? {
        let one = AcceptedAbsence {
            id: row.get(1)?,
            persons: row.get(2)?,
            absence: Absence { left_on: row.get(3)?, returned_on: row.get(4)?, asked_on: row.get(5)? },
            meter_is_possible: !row.get::<MeterIsImpossible>(6)?,
        };
        accepted.entry(row.get(0)?).or_default().push(one);
    }
    Ok(accepted)
}
