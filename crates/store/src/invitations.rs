//! Invitations: a link that lets one person set a password, once: a new one, or one of the staff who forgot it.

pub mod denials;

use domain::access::{self, Action, Scope};
use jiff::Timestamp;

use crate::{
    Conn, Result, Row, Tx,
    grants::{self, columns, scope, within_reach},
    params,
    value::json_text,
};

/// An invitation to be kept.
#[derive(Debug)]
pub struct NewInvitation<'a> {
    /// A fresh id.
    pub invitation_id: &'a str,
    /// Hex SHA-256 of the token in the link.
    pub token_hash: &'a str,
    /// The login of the new person, lower case.
    pub login: &'a str,
    /// The name to greet with.
    pub name: &'a str,
    /// What the person will be.
    pub roles: &'a [&'a str],
    /// Where.
    pub scope: &'a Scope,
    /// Who of the staff asked for it; none: the operator.
    pub invited_by: Option<&'a str>,
    /// Whose password the link sets anew; none for a new person.
    pub resets: Option<&'a str>,
    /// When the link is over.
    pub expires_at: Timestamp,
}

/// Keeps an invitation; earlier ones of the same login that nobody took end within the `reach` of whoever invites: those
/// of others stay theirs.
///
/// # Errors
/// A failing database.
pub fn add(tx: &Tx<'_>, now: Timestamp, reach: &[Scope], new: &NewInvitation<'_>) -> Result<()> {
    let sql = format!(
        "{END} where invitation_id in (select i.invitation_id from invitation i left join house h using (house_id)
                                       where i.login = ?3 and {IS_OPEN} and {})",
        within_reach!("coalesce(i.company_id, h.company_id)", "i.house_id")
    );
    tx.execute(&sql, params![json_text(&reach)?, now, new.login])?;
    let (company_id, house_id) = columns(new.scope);
    tx.execute(
        "insert into invitation (invitation_id, token_hash, login, name, roles, resets, created_at, expires_at,
                                 company_id, house_id, invited_by)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            new.invitation_id,
            new.token_hash,
            new.login,
            new.name,
            new.roles.join(" "),
            new.resets,
            now,
            new.expires_at,
            company_id,
            house_id,
            new.invited_by
        ],
    )
}

const END: &str = "update invitation set expires_at = ?2";
const IS_OPEN: &str = "i.used_at is null and i.expires_at > ?2";

/// An invitation as it was kept.
#[derive(Debug)]
pub struct Invitation {
    /// Its id.
    pub invitation_id: String,
    /// The login of the new person, lower case.
    pub login: String,
    /// The name to greet with.
    pub name: String,
    /// What the person will be.
    pub roles: Vec<String>,
    /// Where.
    pub scope: Scope,
    /// The company's name, the address of the house; empty for the portal.
    pub place: String,
    /// Who of the staff asked for it; none: the operator.
    pub invited_by: Option<String>,
    /// Whose password the link sets anew; none for a new person.
    pub resets: Option<String>,
    /// When the link is over.
    pub expires_at: Timestamp,
    /// Whether somebody took it.
    pub is_used: bool,
}

const COLUMNS: &str = "select i.invitation_id, i.login, i.name, i.roles, i.expires_at, i.used_at is not null, i.resets,
                              i.company_id, i.house_id, h.company_id, coalesce(c.name, h.address, ''), i.invited_by
                       from invitation i left join house h using (house_id)
                            left join company c on c.company_id = i.company_id";

fn read(row: &Row) -> Result<Invitation> {
    Ok(Invitation {
        invitation_id: row.get(0)?,
        login: row.get(1)?,
        name: row.get(2)?,
        roles: row.get::<String>(3)?.split_whitespace().map(str::to_owned).collect(),
        expires_at: row.get(4)?,
        is_used: row.get(5)?,
        resets: row.get(6)?,
        scope: scope(row.get(7)?, row.get(8)?, row.get(9)?)?,
        place: row.get(10)?,
        invited_by: row.get(11)?,
    })
}

/// The invitation whose link ends in the token of this hash.
///
/// # Errors
/// A failing database.
pub fn find(conn: &Conn<'_>, token_hash: &str) -> Result<Option<Invitation>> {
    let sql = format!("{COLUMNS} where i.token_hash = ?1");
    conn.query_first(&sql, params![token_hash])?.as_ref().map(read).transpose()
}

/// The invitations to work in these scopes that can still be taken, by login.
///
/// # Errors
/// A failing database.
pub fn open_ones(conn: &Conn<'_>, now: Timestamp, reach: &[Scope]) -> Result<Vec<Invitation>> {
    let sql = format!(
        "{COLUMNS} where {} and i.roles <> '' and i.used_at is null and i.expires_at >= ?2 order by i.login, i.invitation_id",
        within_reach!("coalesce(i.company_id, h.company_id)", "i.house_id")
    );
    conn.query(&sql, params![json_text(&reach)?, now])?.iter().map(read).collect()
}

/// Whether whoever asked for an invitation still might: one holds no longer than the right by which it was made. Those of
/// the operator hold.
///
/// # Errors
/// A failing database.
pub fn is_backed(conn: &Conn<'_>, invitation: &Invitation) -> Result<bool> {
    let Some(invited_by) = &invitation.invited_by else { return Ok(true) };
    match &invitation.resets {
        Some(person_id) => grants::may_let_in(conn, invited_by, person_id),
        None => {
            let held = grants::of_person(conn, invited_by)?;
            Ok(access::allows_in(&held, Action::ManageStaff, &invitation.scope))
        }
    }
}

/// Ends the invitations that somebody asked for, nobody took, and the person might not make any more: whoever may invite
/// nowhere has invited nobody.
///
/// # Errors
/// A failing database.
pub fn end_unbacked(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<()> {
    let sql = format!(
        "{END} where invitation_id in (select i.invitation_id from invitation i left join house h using (house_id)
                                       where i.invited_by = ?3 and {IS_OPEN} and not {})",
        within_reach!("coalesce(i.company_id, h.company_id)", "i.house_id")
    );
    let reach = grants::reach(tx, person_id, Action::ManageStaff)?;
    tx.execute(&sql, params![json_text(&reach)?, now, person_id])
}

/// Withdraws an invitation to work within these scopes that nobody took; answers whom it was for, by login.
///
/// # Errors
/// A failing database.
pub fn withdraw(tx: &Tx<'_>, now: Timestamp, reach: &[Scope], invitation_id: &str) -> Result<Option<String>> {
    let sql = format!(
        "{END} where invitation_id in (select i.invitation_id from invitation i left join house h using (house_id)
                                       where i.invitation_id = ?3 and i.roles <> '' and {IS_OPEN} and {})
         returning login",
        within_reach!("coalesce(i.company_id, h.company_id)", "i.house_id")
    );
    tx.query_first(&sql, params![json_text(&reach)?, now, invitation_id])?.map(|row| row.get(0)).transpose()
}

/// Ends the links by which this person's password could be set.
///
/// # Errors
/// A failing database.
pub fn end_resets(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<()> {
    let sql = format!(
        "{END} where invitation_id in (select i.invitation_id from invitation i where i.resets = ?1 and {IS_OPEN})"
    );
    tx.execute(&sql, params![person_id, now])
}

/// Notes who took an invitation.
///
/// # Errors
/// A failing database.
pub fn mark_used(tx: &Tx<'_>, now: Timestamp, invitation_id: &str, person_id: &str) -> Result<()> {
    tx.execute(
        "update invitation set used_at = ?2, person_id = ?3 where invitation_id = ?1",
        params![invitation_id, now, person_id],
    )
}

/// Erases whom the invitations of a person were for, and ends them; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<usize> {
    let sql = "update invitation set login = '', name = '', denied_by = null, used_at = coalesce(used_at, ?2)
               where (person_id = ?1 or resets = ?1) and login <> ''
               returning 1";
    Ok(tx.query(sql, params![person_id, now])?.len())
}
