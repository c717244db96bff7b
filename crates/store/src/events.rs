//! Events: what somebody must hear about, written in the transaction that made it so.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Conn, Error, Result, Tx, params};

/// What happened. The name in the `kind` column is the variant's, the rest is the payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Event {
    /// A personal account was linked to a person.
    #[serde(rename = "account.linked")]
    AccountLinked {
        /// The account's number.
        number: String,
        /// House and flat.
        address: String,
    },
    /// A personal account that is linked to a person was linked to somebody else too.
    #[serde(rename = "account.shared")]
    AccountShared {
        /// The account's number.
        number: String,
        /// House and flat.
        address: String,
    },
    /// A person registered.
    #[serde(rename = "person.registered")]
    PersonRegistered,
    /// A person took the consent to the processing of personal data back.
    #[serde(rename = "consent.withdrawn")]
    ConsentWithdrawn {
        /// From when on the login is erased, RFC 3339; absent where it is not.
        #[serde(default)]
        due_at: Option<String>,
    },
    /// A person lets another one do something for the own accounts.
    #[serde(rename = "delegation.granted")]
    DelegationGranted {
        /// What the delegate is called.
        name: String,
        /// The last day, ISO.
        until: String,
    },
    /// Somebody took the link of a delegation.
    #[serde(rename = "delegation.taken")]
    DelegationTaken {
        /// What the delegate is called.
        name: String,
    },
    /// The other side ended a delegation.
    #[serde(rename = "delegation.ended")]
    DelegationEnded,
    /// A person asked to be erased.
    #[serde(rename = "erasure.requested")]
    ErasureRequested {
        /// From when on it is done, RFC 3339.
        due_at: String,
    },
    /// A person who asked to be erased took that back.
    #[serde(rename = "erasure.cancelled")]
    ErasureCancelled,
    /// A personal account left a person's list.
    #[serde(rename = "account.unlinked")]
    AccountUnlinked {
        /// The account's number.
        number: String,
        /// House and flat.
        address: String,
    },
    /// The reminders of an account rest.
    #[serde(rename = "account.suspended")]
    AccountSuspended {
        /// House and flat.
        address: String,
    },
    /// The reminders of an account go on.
    #[serde(rename = "account.resumed")]
    AccountResumed {
        /// House and flat.
        address: String,
    },
    /// A contact for an account's notices was confirmed.
    #[serde(rename = "account.contact-confirmed")]
    AccountContactConfirmed {
        /// House and flat.
        address: String,
        /// The contact, all but its ends hidden.
        masked_contact: String,
    },
    /// A company's file brought another contact of an account that is linked to a person.
    #[serde(rename = "account.contact-replaced")]
    AccountContactReplaced {
        /// The account's number.
        number: String,
        /// House and flat.
        address: String,
    },
    /// A company's files were taken in.
    #[serde(rename = "import.applied")]
    ImportApplied {
        /// How many files.
        files: usize,
        /// Rows that were not there before.
        added: u64,
        /// Rows that said something else before.
        changed: u64,
    },
    /// A person gave readings.
    #[serde(rename = "reading.submitted")]
    ReadingSubmitted {
        /// The code of the submission.
        confirmation_code: String,
        /// House and flat.
        address: String,
        /// How many meters.
        meters: usize,
        /// Which ones, as people call them; empty in what was written before this was told.
        #[serde(default)]
        names: Vec<String>,
    },
    /// A trusted person gave readings of a person's home.
    #[serde(rename = "reading.by-delegate")]
    ReadingByDelegate {
        /// What the owner calls the trusted person.
        name: String,
        /// House and flat.
        address: String,
        /// Of which meters, as people call them.
        names: Vec<String>,
    },
    /// The company recorded what happened to a meter of a person's home.
    #[serde(rename = "meter.event")]
    MeterEvent {
        /// What happened, as [`domain::meter_life::Deed`] is sent.
        deed: String,
        /// The meter, as people call it.
        meter: String,
        /// House and flat.
        address: String,
        /// The day on which it happened, ISO.
        happened_on: String,
    },
    /// A bill of one of a person's accounts was issued.
    #[serde(rename = "bill.issued")]
    BillIssued {
        /// Its number.
        number: String,
        /// The month, ISO.
        period: String,
        /// House and flat.
        address: String,
        /// What is to be paid, kopecks; below zero it is paid ahead.
        payable: i64,
        /// Until when, ISO.
        due_on: String,
    },
    /// It was decided whether an absence of those who live in a person's home lowers its bills.
    #[serde(rename = "absence.decided")]
    AbsenceDecided {
        /// House and flat.
        address: String,
        /// The day of leaving, ISO.
        left_on: String,
        /// The day of return, ISO.
        returned_on: String,
        /// Whether it does.
        is_accepted: bool,
        /// Why, in the accountant's words.
        reason: String,
    },
    /// A supplier did not accept a reading of a person's home.
    #[serde(rename = "reading.refused")]
    ReadingRefused {
        /// House and flat.
        address: String,
        /// What the meter measures, in words.
        meter: String,
        /// Its number.
        serial: String,
        /// The month, ISO.
        period: String,
        /// Who refused it.
        supplier: String,
        /// Why.
        reason: String,
    },
    /// It was decided on what somebody asked of how a person's home is charged.
    #[serde(rename = "charge-request.decided")]
    ChargeRequestDecided {
        /// The number that people name.
        number: i64,
        /// House and flat.
        address: String,
        /// What was asked for, in words.
        wish: String,
        /// Whether it is granted.
        is_accepted: bool,
        /// What the accountant answered.
        answer: String,
    },
    /// A question about a line of a bill of a person's home was answered.
    #[serde(rename = "bill-question.answered")]
    BillQuestionAnswered {
        /// The number that people name.
        number: i64,
        /// House and flat.
        address: String,
        /// The bill.
        bill_number: String,
        /// What the line is called.
        service: String,
        /// The answer, in the accountant's words.
        answer: String,
    },
    /// A person's password was changed.
    #[serde(rename = "password.changed")]
    PasswordChanged,
    /// A person's phone or e-mail was changed.
    #[serde(rename = "contact.changed")]
    ContactChanged,
    /// A person's electronic address for legally meaningful messages is this e-mail from now on, or there is none.
    #[serde(rename = "electronic-address.changed")]
    ElectronicAddressChanged {
        /// The e-mail, all but its ends hidden; absent where the address ended.
        #[serde(default)]
        masked_email: Option<String>,
    },
    /// A certificate of an electronic signature was connected to a person's profile.
    #[serde(rename = "certificate.connected")]
    CertificateConnected {
        /// The name in it.
        owner: String,
    },
    /// A certificate of an electronic signature was taken off a person's profile.
    #[serde(rename = "certificate.removed")]
    CertificateRemoved {
        /// The name in it.
        owner: String,
    },
    /// A person signed in on a device that was not used before.
    #[serde(rename = "sign-in.new-device")]
    NewDevice {
        /// Browser and system in plain words.
        device: String,
        /// The network address.
        address: String,
    },
    /// Nobody can sign in as the person until it is sure who that is.
    #[serde(rename = "sign-in.blocked")]
    SignInBlocked,
    /// Two of the staff made a link by which the person is to come in again.
    #[serde(rename = "sign-in.let-in-link")]
    LetInLink,
    /// A second factor of a person is asked for from now on.
    #[serde(rename = "second-factor.added")]
    SecondFactorAdded,
    /// A second factor of a person is asked for no more.
    #[serde(rename = "second-factor.removed")]
    SecondFactorRemoved,
    /// Somebody had the right password, and used up the tries at the second factor.
    #[serde(rename = "second-factor.refused")]
    SecondFactorRefused,
    /// A passkey of a person was used from two devices: one is a copy.
    #[serde(rename = "passkey.copied")]
    PasskeyCopied {
        /// What the person calls it.
        name: String,
    },
    /// A person got other recovery codes.
    #[serde(rename = "recovery-codes.renewed")]
    RecoveryCodesRenewed,
    /// A recovery code let a person in.
    #[serde(rename = "recovery-code.used")]
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    },
    /// One of the staff ended all sessions of a person.
    #[serde(rename = "sessions.ended")]
    SessionsEnded,
    /// The company confirmed who a person is.
    #[serde(rename = "level.confirmed")]
    LevelConfirmed,
    /// The company asks a person to correct what was sent.
    #[serde(rename = "level.returned")]
    LevelReturned {
        /// What, in words.
        items: String,
    },
    /// A provider is not sure any more who a person is.
    #[serde(rename = "level.fell")]
    LevelFell,
    /// The company asks a person to confirm once more.
    #[serde(rename = "level.asked-again")]
    LevelAskedAgain {
        /// Why.
        reason: String,
    },
    /// The support let a person in again who was locked out.
    #[serde(rename = "sign-in.unlocked")]
    SignInUnlocked,
}

/// An event that waits to be told.
#[derive(Debug)]
pub struct Waiting {
    /// Its number.
    pub event_id: i64,
    /// Who is to hear of it.
    pub person_id: String,
    /// What happened; absent where a newer version of the suite wrote what this one cannot read.
    pub event: Option<Event>,
    /// When.
    pub created_at: Timestamp,
}

/// Writes an event for `person_id`.
///
/// # Errors
/// A failing database.
pub fn emit(tx: &Tx<'_>, now: Timestamp, person_id: &str, event: &Event) -> Result<()> {
    let mut payload = serde_json::to_value(event).map_err(bad_payload)?;
    let kind = payload.as_object_mut().and_then(|object| object.remove("kind"));
    let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    tx.execute(
        "insert into event (kind, person_id, payload, created_at) values (?1, ?2, ?3, ?4)",
        params![kind, person_id, payload.to_string(), now],
    )
}

/// The oldest events after the one of this number that wait, at most `count`.
///
/// # Errors
/// A failing database.
pub fn waiting(conn: &Conn<'_>, after: i64, count: u32) -> Result<Vec<Waiting>> {
    let sql = "select event_id, person_id, kind, payload, created_at from event
               where handled_at is null and event_id > ?1 and person_id is not null order by event_id limit ?2";
    let rows = conn.query(sql, params![after, i64::from(count)])?;
    rows.iter()
        .map(|row| {
            let event = parse(&row.get::<String>(2)?, &row.get::<String>(3)?);
            Ok(Waiting { event_id: row.get(0)?, person_id: row.get(1)?, event, created_at: row.get(4)? })
        })
        .collect()
}

fn parse(kind: &str, payload: &str) -> Option<Event> {
    let mut event: serde_json::Map<String, serde_json::Value> = serde_json::from_str(payload).ok()?;
    event.insert("kind".to_owned(), kind.into());
    serde_json::from_value(event.into()).ok()
}

/// Notes that these events were told.
///
/// # Errors
/// A failing database.
pub fn mark_handled(tx: &Tx<'_>, now: Timestamp, event_ids: &[i64]) -> Result<()> {
    let event_ids = serde_json::to_string(event_ids).map_err(bad_payload)?;
    tx.execute(
        "update event set handled_at = ?2 where event_id in (select value from json_each(?1)) and handled_at is null",
        params![event_ids, now],
    )
}

fn bad_payload(error: serde_json::Error) -> Error {
    Error::BadData(format!("event payload: {error}"))
}

/// Destroys the events of a person, at most `count`; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "delete from event where event_id in (select event_id from event where person_id = ?1 limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}
