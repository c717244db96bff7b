//! People who may not sign in until it is sure who they are, and the links by which they say so.

use jiff::Timestamp;

use crate::{Conn, Error, Result, Tx, params};

/// A message about a sign-in from a new device, about a new contact in the place of the one that is told, or about a link
/// of two.
#[derive(Debug)]
pub struct NewNotice<'a> {
    /// Hex SHA-256 of the token in its link.
    pub token_hash: &'a str,
    /// Who signed in, whose contact it is, or whom the link lets in.
    pub person_id: &'a str,
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// The client's network address.
    pub address: &'a str,
    /// The new contact, masked; none where the message tells of something else.
    pub new_contact: Option<&'a str>,
    /// The link of two; none where the message tells of something else.
    pub invitation_id: Option<&'a str>,
    /// The contact that the message goes to, masked.
    pub told: &'a str,
    /// When the link is over.
    pub expires_at: Timestamp,
}

/// Keeps a message's link.
///
/// # Errors
/// A failing database.
pub fn add_notice(tx: &Tx<'_>, now: Timestamp, new: &NewNotice<'_>) -> Result<()> {
    let sql =
        "insert into sign_in_notice (token_hash, person_id, user_agent, address, new_contact, invitation_id, told,
                                           signed_in_at, expires_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let link = params![
        new.token_hash,
        new.person_id,
        new.user_agent,
        new.address,
        new.new_contact,
        new.invitation_id,
        new.told,
        now,
        new.expires_at
    ];
    tx.execute(sql, link)
}

/// The sign-in, the change of a contact or the link of two that a message told of.
#[derive(Debug)]
pub struct Notice {
    /// What the browser called itself.
    pub user_agent: String,
    /// The client's network address.
    pub address: String,
    /// The new contact, masked; none where the message told of something else.
    pub new_contact: Option<String>,
    /// Whether the message told of a link of two.
    pub is_of_link: bool,
    /// When.
    pub signed_in_at: Timestamp,
}

/// A link of two that was denied is ended already: the messages to other contacts have nothing left to say.
const WORKS: &str = "where n.token_hash = ?1 and n.used_at is null and n.expires_at >= ?2
                       and not exists (select 1 from invitation i
                                       where i.invitation_id = n.invitation_id and i.denied_at is not null)";

/// What the link with the token of this hash tells of, while the link works.
///
/// # Errors
/// A failing database.
pub fn notice(conn: &Conn<'_>, now: Timestamp, token_hash: &str) -> Result<Option<Notice>> {
    let sql = format!(
        "select user_agent, address, new_contact, invitation_id is not null, signed_in_at from sign_in_notice n {WORKS}"
    );
    let row = conn.query_first(&sql, params![token_hash, now])?;
    row.map(|row| {
        Ok(Notice {
            user_agent: row.get(0)?,
            address: row.get(1)?,
            new_contact: row.get(2)?,
            is_of_link: row.get(3)?,
            signed_in_at: row.get(4)?,
        })
    })
    .transpose()
}

/// What somebody said was not the own doing.
#[derive(Debug)]
pub struct Denied {
    /// Who says so.
    pub person_id: String,
    /// Why the person's sign-in is to be blocked.
    pub cause: Cause,
    /// The link of two that is not for the person; none where it is about something else.
    pub invitation_id: Option<String>,
    /// The contact that the message went to, masked; none where that is not known.
    pub told: Option<String>,
}

/// Uses the link up; answers what it denies, where the link still worked.
///
/// # Errors
/// A failing database.
pub fn take_notice(tx: &Tx<'_>, now: Timestamp, token_hash: &str) -> Result<Option<Denied>> {
    let sql = format!(
        "update sign_in_notice as n set used_at = ?2 {WORKS}
         returning person_id, new_contact is not null, invitation_id, told"
    );
    let Some(row) = tx.query_first(&sql, params![token_hash, now])? else { return Ok(None) };
    let cause = if row.get(1)? { Cause::NotMyContact } else { Cause::NotMe };
    Ok(Some(Denied { person_id: row.get(0)?, cause, invitation_id: row.get(2)?, told: row.get(3)? }))
}

/// Ends the links that a person was sent about sign-ins and contacts: whoever holds those messages may be somebody else
/// from now on. Those about a link of two stay: they are the only word against it.
///
/// # Errors
/// A failing database.
pub fn end_notices(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    tx.execute("delete from sign_in_notice where person_id = ?1 and invitation_id is null", params![person_id])
}

/// Forgets links that are over, at most `count` of them.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, count: u32) -> Result<()> {
    let sql = "delete from sign_in_notice where token_hash in
               (select token_hash from sign_in_notice where expires_at < ?1 order by expires_at limit ?2)";
    tx.execute(sql, params![now, i64::from(count)])
}

/// Why somebody may not sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody else signed in.
    NotMe,
    /// A device is lost, perhaps the very one that gets the codes.
    LostDevice,
    /// Somebody else put a contact of his own in the place of the person's: he would get the codes.
    NotMyContact,
    /// The person told the staff that somebody else may have the device.
    AskedSupport,
}

impl Cause {
    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotMe => "not-me",
            Self::LostDevice => "lost-device",
            Self::NotMyContact => "not-my-contact",
            Self::AskedSupport => "asked-support",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let all = [Self::NotMe, Self::LostDevice, Self::NotMyContact, Self::AskedSupport];
        all.into_iter().find(|cause| cause.as_str() == name)
    }
}

/// A block that stands.
#[derive(Debug)]
pub struct Block {
    /// Why.
    pub cause: Cause,
    /// Since when.
    pub blocked_at: Timestamp,
}

/// Blocks a person; a block that stands begins anew, and one that no code ends stays such.
///
/// # Errors
/// A failing database.
pub fn block(tx: &Tx<'_>, now: Timestamp, person_id: &str, cause: Cause) -> Result<()> {
    let sql = "insert into sign_in_block (person_id, cause, blocked_at) values (?1, ?2, ?3)
               on conflict (person_id) do update set
                   blocked_at = ?3, cause = case when cause = 'not-me' then ?2 else cause end";
    tx.execute(sql, params![person_id, cause.as_str(), now])
}

/// The block of a person, if one stands.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str) -> Result<Option<Block>> {
    let sql = "select cause, blocked_at from sign_in_block where person_id = ?1";
    let Some(row) = conn.query_first(sql, params![person_id])? else { return Ok(None) };
    let cause: String = row.get(0)?;
    let cause = Cause::parse(&cause).ok_or_else(|| Error::BadData(format!("sign_in_block.cause: {cause}")))?;
    Ok(Some(Block { cause, blocked_at: row.get(1)? }))
}

/// The person proved who it is: the block goes.
///
/// # Errors
/// A failing database.
pub fn remove(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    tx.execute("delete from sign_in_block where person_id = ?1", params![person_id])
}

/// Destroys what stands here of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    ["sign_in_notice", "sign_in_block"].iter().try_fold(0, |rows, table| {
        let sql = format!("delete from {table} where person_id = ?1 returning 1");
        Ok(rows + tx.query(&sql, params![person_id])?.len())
    })
}
