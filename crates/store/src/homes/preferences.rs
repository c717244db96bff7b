//! What a person sets for a linked account: its name, where else its notices go, whether they rest; and its end.

use domain::contact::Contact;
use jiff::Timestamp;

use crate::{Result, Tx, params};

/// What is set for an account.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// What the person calls it.
    pub label: Option<String>,
    /// Since when its reminders rest, RFC 3339.
    pub suspended_at: Option<String>,
    /// `+7XXXXXXXXXX`, confirmed by a code.
    pub notice_phone: Option<String>,
    /// Lower case, confirmed by a code.
    pub notice_email: Option<String>,
    /// Whether notices are wanted by SMS too.
    pub by_sms: bool,
    /// Whether notices are wanted by e-mail too.
    pub by_email: bool,
}

/// Sets the name and the ways of notices.
///
/// # Errors
/// [`crate::Error::Constraint`] for a way without its contact.
pub fn set(tx: &Tx<'_>, account_link_id: &str, label: Option<&str>, by_sms: bool, by_email: bool) -> Result<()> {
    let sql = "update account_link set label = ?2, by_sms = ?3, by_email = ?4 where account_link_id = ?1";
    tx.execute(sql, params![account_link_id, label, by_sms, by_email])
}

/// Keeps a contact that was confirmed, and sends notices there from now on.
///
/// # Errors
/// A failing database.
pub fn set_contact(tx: &Tx<'_>, account_link_id: &str, contact: &Contact) -> Result<()> {
    match contact {
        Contact::Phone(phone) => tx.execute(
            "update account_link set notice_phone = ?2, by_sms = 1 where account_link_id = ?1",
            params![account_link_id, phone.as_str()],
        ),
        Contact::Email(email) => tx.execute(
            "update account_link set notice_email = ?2, by_email = 1 where account_link_id = ?1",
            params![account_link_id, email.as_str()],
        ),
    }
}

/// Forgets the phone, and with it SMS.
///
/// # Errors
/// A failing database.
pub fn forget_phone(tx: &Tx<'_>, account_link_id: &str) -> Result<()> {
    let sql = "update account_link set notice_phone = null, by_sms = 0 where account_link_id = ?1";
    tx.execute(sql, params![account_link_id])
}

/// Forgets the e-mail, and with it letters.
///
/// # Errors
/// A failing database.
pub fn forget_email(tx: &Tx<'_>, account_link_id: &str) -> Result<()> {
    let sql = "update account_link set notice_email = null, by_email = 0 where account_link_id = ?1";
    tx.execute(sql, params![account_link_id])
}

/// Lets the reminders of an account rest; answers whether they did not yet.
///
/// # Errors
/// A failing database.
pub fn suspend(tx: &Tx<'_>, now: Timestamp, account_link_id: &str) -> Result<bool> {
    let sql = "update account_link set suspended_at = ?2
               where account_link_id = ?1 and suspended_at is null returning 1";
    Ok(tx.query_first(sql, params![account_link_id, now])?.is_some())
}

/// Lets the reminders of an account go on; answers whether they rested.
///
/// # Errors
/// A failing database.
pub fn resume(tx: &Tx<'_>, account_link_id: &str) -> Result<bool> {
    let sql = "update account_link set suspended_at = null
               where account_link_id = ?1 and suspended_at is not null returning 1";
    Ok(tx.query_first(sql, params![account_link_id])?.is_some())
}

/// Ends a link and forgets what was set for it; what was submitted stays.
///
/// # Errors
/// A failing database.
pub fn unlink(tx: &Tx<'_>, now: Timestamp, account_link_id: &str) -> Result<()> {
    let sql = "update account_link
               set ended_at = ?2, label = null, suspended_at = null, by_sms = 0, by_email = 0, notice_phone = null,
                   notice_email = null
               where account_link_id = ?1 and ended_at is null";
    tx.execute(sql, params![account_link_id, now])
}

/// Ends all links of a person and forgets what was set for them; answers how many those were. That they were stays.
///
/// # Errors
/// A failing database.
pub fn unlink_all(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<usize> {
    let sql = "update account_link
               set ended_at = ?2, label = null, suspended_at = null, by_sms = 0, by_email = 0, notice_phone = null,
                   notice_email = null
               where person_id = ?1 and ended_at is null
               returning 1";
    Ok(tx.query(sql, params![person_id, now])?.len())
}
