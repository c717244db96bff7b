//! Questions of residents about lines of issued bills: asked, answered once.

use domain::period::Period;
use domain::service::Service;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Conn, Error, Result, Row, Tx, events, homes::full_address, params};

/// A question as it is asked.
#[derive(Debug, Clone, Copy)]
pub struct NewQuestion<'a> {
    /// A fresh id.
    pub bill_question_id: &'a str,
    /// The account.
    pub account_id: &'a str,
    /// The bill.
    pub bill_id: i64,
    /// The place of the line in it, from 1.
    pub line_no: usize,
    /// The service of the line.
    pub service: Service,
    /// Its month.
    pub of_period: Period,
    /// What it comes to, kopecks.
    pub payable: i64,
    /// What is asked.
    pub words: &'a str,
    /// The last day for an answer.
    pub due_on: Date,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The number that people name.
    pub seq: i64,
    /// Its id.
    pub bill_question_id: String,
    /// The account.
    pub account_id: String,
    /// The company's number of the account.
    pub account_number: String,
    /// House and flat.
    pub address: String,
    /// The bill.
    pub bill_number: String,
    /// The place of the line in it, from 1.
    pub line_no: u32,
    /// The service of the line.
    pub service: Service,
    /// Its month.
    pub of_period: Period,
    /// What it comes to, kopecks.
    pub payable: i64,
    /// What is asked.
    pub words: String,
    /// When.
    pub asked_at: String,
    /// The last day for an answer.
    pub due_on: Date,
    /// The answer, and when it was given.
    pub answer: Option<(String, String)>,
}

/// Keeps a question; answers its number.
///
/// # Errors
/// A failing database.
pub fn ask(tx: &Tx<'_>, now: Timestamp, new: &NewQuestion<'_>) -> Result<i64> {
    let sql = "insert into bill_question (bill_question_id, account_id, bill_id, line_no, service, of_period, payable,
                                          words, asked_at, due_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) returning bill_question_seq";
    let line_no = i64::try_from(new.line_no).map_err(|error| Error::BadData(error.to_string()))?;
    let parameters = params![
        new.bill_question_id,
        new.account_id,
        new.bill_id,
        line_no,
        new.service.as_str(),
        new.of_period.to_string(),
        new.payable,
        new.words,
        now,
        new.due_on
    ];
    let row = tx.query_first(sql, parameters)?;
    row.ok_or_else(|| Error::BadData("a question without a number".to_owned()))?.get(0)
}

macro_rules! questions {
    ($from:literal, $condition:literal) => {
        concat!(
            "select q.bill_question_seq, q.bill_question_id, q.account_id, a.number, h.address, p.kind, p.number, b.number,
                    q.line_no, q.service, q.of_period, q.payable, q.words, q.asked_at, q.due_on, q.answer, q.answered_at
             from ",
            $from,
            " join account a on a.account_id = q.account_id join premises p using (premises_id)
              join house h using (house_id) join bill b on b.bill_id = q.bill_id
             where ",
            $condition
        )
    };
}

fn read(row: &Row) -> Result<Question> {
    let service: String = row.get(9)?;
    let (answer, answered_at): (Option<String>, Option<String>) = (row.get(15)?, row.get(16)?);
    Ok(Question {
        seq: row.get(0)?,
        bill_question_id: row.get(1)?,
        account_id: row.get(2)?,
        account_number: row.get(3)?,
        address: full_address(&row.get::<String>(4)?, &row.get::<String>(5)?, &row.get::<String>(6)?),
        bill_number: row.get(7)?,
        line_no: row.get(8)?,
        service: Service::parse(&service).ok_or_else(|| Error::BadData(format!("service {service}")))?,
        of_period: row.get(10)?,
        payable: row.get(11)?,
        words: row.get(12)?,
        asked_at: row.get(13)?,
        due_on: row.get(14)?,
        answer: answer.zip(answered_at),
    })
}

/// The questions about accounts of a person that were asked while they were linked to the person, the latest first:
/// those before this number, at most `count`.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str, before: i64, count: u32) -> Result<Vec<Question>> {
    let sql = questions!(
        "account_link l join bill_question q on q.account_id = l.account_id and q.asked_at >= l.linked_at",
        "l.person_id = ?1 and l.ended_at is null and q.bill_question_seq < ?2 order by q.bill_question_seq desc limit ?3"
    );
    conn.query(sql, params![person_id, before, i64::from(count)])?.iter().map(read).collect()
}

/// The questions of a house that wait for an answer, the most urgent first: those after this place, at most `count`.
///
/// # Errors
/// A failing database.
pub fn waiting(conn: &Conn<'_>, house_id: &str, (due_on, seq): (&str, i64), count: u32) -> Result<Vec<Question>> {
    let sql = questions!(
        "bill_question q",
        "h.house_id = ?1 and q.answered_at is null and (q.due_on, q.bill_question_seq) > (?2, ?3)
         order by q.due_on, q.bill_question_seq limit ?4"
    );
    conn.query(sql, params![house_id, due_on, seq, i64::from(count)])?.iter().map(read).collect()
}

/// A question of a house.
///
/// # Errors
/// A failing database.
pub fn one(conn: &Conn<'_>, house_id: &str, bill_question_id: &str) -> Result<Option<Question>> {
    let sql = questions!("bill_question q", "h.house_id = ?1 and q.bill_question_id = ?2");
    conn.query_first(sql, params![house_id, bill_question_id])?.as_ref().map(read).transpose()
}

/// Answers a question, once; answers whether it waited. Those who had the account when it was asked hear of it.
///
/// # Errors
/// A failing database.
pub fn answer(tx: &Tx<'_>, now: Timestamp, question: &Question, answer: &str) -> Result<bool> {
    let sql = "update bill_question set answer = ?2, answered_at = ?3
               where bill_question_id = ?1 and answered_at is null returning 1";
    if tx.query_first(sql, params![&question.bill_question_id, answer, now])?.is_none() {
        return Ok(false);
    }
    let sql = "select person_id from account_link where account_id = ?1 and ended_at is null and linked_at <= ?2
               order by person_id";
    for row in tx.query(sql, params![&question.account_id, &question.asked_at])? {
        let event = events::Event::BillQuestionAnswered {
            number: question.seq,
            address: question.address.clone(),
            bill_number: question.bill_number.clone(),
            service: question.service.title().to_owned(),
            answer: answer.to_owned(),
        };
        events::emit(tx, now, &row.get::<String>(0)?, &event)?;
    }
    Ok(true)
}
