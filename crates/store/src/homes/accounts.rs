//! The personal accounts that are linked to a person.

use crate::{
    Conn, Result, Row,
    homes::{full_address, preferences::Preferences},
    params,
};

/// A linked personal account, as its person sees it.
#[derive(Debug, PartialEq, Eq)]
pub struct LinkedAccount {
    /// The account.
    pub account_id: String,
    /// The company's number of it.
    pub number: String,
    /// The number in ГИС ЖКХ.
    pub unified_number: Option<String>,
    /// Its house.
    pub house_id: String,
    /// House and flat.
    pub address: String,
    /// `owner`, `tenant` or `trusted`.
    pub right: String,
    /// Since when, RFC 3339.
    pub linked_at: String,
    /// Who keeps the account.
    pub company: Company,
    /// The link itself.
    pub account_link_id: String,
    /// What the person set for it.
    pub preferences: Preferences,
}

/// How a management company is reached.
#[derive(Debug, PartialEq, Eq)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Its phone.
    pub phone: Option<String>,
    /// Its e-mail.
    pub email: Option<String>,
}

/// All accounts linked to a person, by address. People have few: there is no page.
///
/// # Errors
/// A failing database.
pub fn linked_accounts(conn: &Conn<'_>, person_id: &str) -> Result<Vec<LinkedAccount>> {
    select(conn, person_id, None)
}

/// One account, if it is linked to the person.
///
/// # Errors
/// A failing database.
pub fn linked_account(conn: &Conn<'_>, person_id: &str, account_id: &str) -> Result<Option<LinkedAccount>> {
    Ok(select(conn, person_id, Some(account_id))?.into_iter().next())
}

fn select(conn: &Conn<'_>, person_id: &str, account_id: Option<&str>) -> Result<Vec<LinkedAccount>> {
    let sql = concat!(
        "select a.account_id, a.number, a.unified_number, h.house_id, h.address, p.kind, p.number, l.right,
                      l.linked_at, c.name, c.phone, c.email, l.account_link_id, l.label, l.suspended_at,
                      l.notice_phone, l.notice_email, l.by_sms, l.by_email
               from account_link l
               join account a using (account_id)
               join premises p using (premises_id)
               join house h using (house_id)
               join company c using (company_id)
               where l.person_id = ?1 and l.ended_at is null and (?2 is null or l.account_id = ?2)
               order by h.address, ",
        flat_order!("p.number"),
        ", a.number, a.account_id"
    );
    conn.query(sql, params![person_id, account_id])?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<LinkedAccount> {
    Ok(LinkedAccount {
        account_id: row.get(0)?,
        number: row.get(1)?,
        unified_number: row.get(2)?,
        house_id: row.get(3)?,
        address: full_address(&row.get::<String>(4)?, &row.get::<String>(5)?, &row.get::<String>(6)?),
        right: row.get(7)?,
        linked_at: row.get(8)?,
        company: Company { name: row.get(9)?, phone: row.get(10)?, email: row.get(11)? },
        account_link_id: row.get(12)?,
        preferences: Preferences {
            label: row.get(13)?,
            suspended_at: row.get(14)?,
            notice_phone: row.get(15)?,
            notice_email: row.get(16)?,
            by_sms: row.get(17)?,
            by_email: row.get(18)?,
        },
    })
}
