//! Identities at providers: whose they are, sign-ins that wait for the provider's answer, and those whom it vouched
//! for and nobody here is yet.

pub mod certificates;
pub mod logout_tokens;

use domain::identity::Level;
use jiff::{SignedDuration, Timestamp};

use crate::{
    Conn, Error, Result, Row, Tx, Value, params,
    persons::sessions::{ProviderSession, SignedOut},
    snils::{self, SealedSnils},
    value::json_text,
};

/// Who signs in at a provider.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The provider, as its callback's address names it.
    pub provider: &'a str,
    /// Whose subject it is: another provider may take the place of this one.
    pub issuer: &'a str,
    /// The issuer's own name for the person.
    pub subject: &'a str,
    /// How sure the provider is.
    pub level: Level,
    /// The name that the provider has; empty where it has none.
    pub name: &'a str,
}

/// The person whose identity this is.
///
/// # Errors
/// A failing database.
pub fn person(conn: &Conn<'_>, identity: Identity<'_>) -> Result<Option<String>> {
    let sql = "select person_id from identity where issuer = ?1 and subject = ?2";
    let row = conn.query_first(sql, params![identity.issuer, identity.subject])?;
    row.map(|row| row.get(0)).transpose()
}

/// Makes the identity the person's.
///
/// # Errors
/// [`Error::Constraint`] where it is somebody's already, or the person has another one at this provider.
pub fn link(tx: &Tx<'_>, now: Timestamp, person_id: &str, identity: Identity<'_>) -> Result<()> {
    tx.execute(
        "insert into identity (provider, issuer, subject, person_id, level, name, linked_at, signed_in_at, level_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?7)",
        params![
            identity.provider,
            identity.issuer,
            identity.subject,
            person_id,
            identity.level.as_str(),
            identity.name,
            now
        ],
    )
}

/// Notes that the identity's person signed in, and what the provider says of the person this time.
///
/// # Errors
/// A failing database.
pub fn signed_in(tx: &Tx<'_>, now: Timestamp, identity: Identity<'_>) -> Result<()> {
    let sql = "update identity set level = ?3, name = ?4, signed_in_at = ?5, level_at = ?5
               where issuer = ?1 and subject = ?2 returning person_id";
    note(tx, sql, params![identity.issuer, identity.subject, identity.level.as_str(), identity.name, now])
}

fn note(tx: &Tx<'_>, sql: &str, parameters: &[Value]) -> Result<()> {
    let row = tx.query_first(sql, parameters)?;
    row.map_or(Ok(()), |row| snils::take_back_unproved(tx, &row.get::<String>(0)?))
}

/// Notes that the identity's person signed in; what the provider says of the person is not taken over, but that it is
/// sure no more.
///
/// # Errors
/// A failing database.
pub fn seen(tx: &Tx<'_>, now: Timestamp, identity: Identity<'_>) -> Result<()> {
    let sql = "update identity set signed_in_at = ?3, level = case when ?4 = 'basic' then ?4 else level end
               where issuer = ?1 and subject = ?2 returning person_id";
    note(tx, sql, params![identity.issuer, identity.subject, now, identity.level.as_str()])
}

/// When one of these issuers last said of the person that it is sure who that is; none where none says so.
///
/// # Errors
/// A failing database.
pub fn confirmed_at(conn: &Conn<'_>, person_id: &str, issuers: &[String]) -> Result<Option<Timestamp>> {
    let sql = "select max(level_at) from identity
               where person_id = ?1 and level = 'confirmed' and issuer in (select value from json_each(?2))";
    conn.query_first(sql, params![person_id, json_text(&issuers)?])?.map_or(Ok(None), |row| row.get(0))
}

/// An identity of a person.
#[derive(Debug)]
pub struct Linked {
    /// The provider, as its callback's address names it.
    pub provider: String,
    /// How sure the provider was the last time.
    pub level: Level,
    /// The name that the provider had the last time; empty where it has none.
    pub name: String,
    /// Since when it is the person's.
    pub linked_at: Timestamp,
    /// When the person last signed in by it.
    pub signed_in_at: Timestamp,
    /// When the provider said what stands here.
    pub told_at: Timestamp,
}

/// All identities of a person, by provider.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str) -> Result<Vec<Linked>> {
    let sql = "select provider, level, name, linked_at, signed_in_at, level_at from identity where person_id = ?1 order by provider";
    let rows = conn.query(sql, params![person_id])?;
    rows.iter().map(linked).collect()
}

fn linked(row: &Row) -> Result<Linked> {
    Ok(Linked {
        provider: row.get(0)?,
        level: level(row, 1)?,
        name: row.get(2)?,
        linked_at: row.get(3)?,
        signed_in_at: row.get(4)?,
        told_at: row.get(5)?,
    })
}

/// The profile's name is the provider's: it was taken from there.
///
/// # Errors
/// A failing database.
pub fn follow_name(tx: &Tx<'_>, identity: Identity<'_>) -> Result<()> {
    let sql = "update identity set is_own_name = 1 where issuer = ?1 and subject = ?2";
    tx.execute(sql, params![identity.issuer, identity.subject])
}

/// Whether the profile's name is the provider's.
///
/// # Errors
/// A failing database.
pub fn is_name_followed(conn: &Conn<'_>, identity: Identity<'_>) -> Result<bool> {
    let sql = "select 1 from identity where issuer = ?1 and subject = ?2 and is_own_name = 1";
    Ok(conn.query_first(sql, params![identity.issuer, identity.subject])?.is_some())
}

/// The profile's name is the person's own from now on, whatever the providers say.
///
/// # Errors
/// A failing database.
pub fn follow_no_name(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    tx.execute("update identity set is_own_name = 0 where person_id = ?1", params![person_id])
}

/// Takes the person's identity at a provider away, and what it alone proved.
///
/// # Errors
/// A failing database.
pub fn unlink(tx: &Tx<'_>, person_id: &str, provider: &str) -> Result<()> {
    tx.execute("delete from identity where person_id = ?1 and provider = ?2", params![person_id, provider])?;
    snils::take_back_unproved(tx, person_id)
}

fn level(row: &Row, index: usize) -> Result<Level> {
    let name: String = row.get(index)?;
    Level::parse(&name).ok_or_else(|| Error::BadData(format!("level {name:?}")))
}

/// A sign-in that is begun.
#[derive(Debug)]
pub struct NewSignIn<'a> {
    /// Hex SHA-256 of the state.
    pub state_hash: &'a str,
    /// At which provider.
    pub provider: &'a str,
    /// Hex SHA-256 of the device's cookie.
    pub device: &'a str,
    /// What the ID token must repeat.
    pub nonce: &'a str,
    /// The secret of the code's exchange.
    pub code_verifier: &'a str,
    /// The path to go on to.
    pub next: &'a str,
    /// Whether the provider is asked to let the person sign in there anew.
    pub is_anew: bool,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Keeps a sign-in until the provider answers.
///
/// # Errors
/// A failing database.
pub fn begin(tx: &Tx<'_>, now: Timestamp, new: &NewSignIn<'_>) -> Result<()> {
    tx.execute(
        "insert into provider_sign_in (state_hash, provider, device, nonce, code_verifier, next, is_anew, created_at,
                                       expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            new.state_hash,
            new.provider,
            new.device,
            new.nonce,
            new.code_verifier,
            new.next,
            new.is_anew,
            now,
            new.expires_at
        ],
    )
}

/// What a begun sign-in was begun with.
#[derive(Debug)]
pub struct SignIn {
    /// What the ID token must repeat.
    pub nonce: String,
    /// The secret of the code's exchange.
    pub code_verifier: String,
    /// The path to go on to.
    pub next: String,
    /// Whether the provider was asked to let the person sign in there anew.
    pub is_anew: bool,
}

/// Uses a begun sign-in up, by one statement: of many answers with one state a single one finds it. None where this
/// device began no such sign-in, or it is over or used.
///
/// # Errors
/// A failing database.
pub fn take(tx: &Tx<'_>, now: Timestamp, provider: &str, state_hash: &str, device: &str) -> Result<Option<SignIn>> {
    let sql = "update provider_sign_in set used_at = ?4
               where state_hash = ?1 and provider = ?2 and device = ?3 and used_at is null and expires_at >= ?4
               returning nonce, code_verifier, next, is_anew";
    let row = tx.query_first(sql, params![state_hash, provider, device, now])?;
    row.map(|row| {
        Ok(SignIn { nonce: row.get(0)?, code_verifier: row.get(1)?, next: row.get(2)?, is_anew: row.get(3)? })
    })
    .transpose()
}

/// Somebody whom a provider vouched for and nobody here is yet.
#[derive(Debug)]
pub struct NewUnlinked<'a> {
    /// A fresh id.
    pub unlinked_identity_id: &'a str,
    /// Who signed in at the provider.
    pub identity: Identity<'a>,
    /// Hex SHA-256 of the cookie that came with this sign-in.
    pub cookie_hash: &'a str,
    /// The session at the provider, where that is told.
    pub sid: Option<&'a str>,
    /// When the person proved there who that is, where that is told.
    pub authenticated_at: Option<Timestamp>,
    /// The СНИЛС that the provider told of somebody confirmed.
    pub snils: Option<SealedSnils>,
    /// The path to go on to.
    pub next: &'a str,
    /// When the person must have decided.
    pub expires_at: Timestamp,
}

/// Keeps an identity until the browser with its cookie says who that is here.
///
/// # Errors
/// A failing database.
pub fn await_person(tx: &Tx<'_>, now: Timestamp, new: &NewUnlinked<'_>) -> Result<()> {
    let Identity { provider, issuer, subject, level, name } = new.identity;
    tx.execute(
        "insert into unlinked_identity (unlinked_identity_id, provider, issuer, subject, cookie_hash, level, name, sid,
                                        authenticated_at, sealed_snils, snils_key_id, next, created_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            new.unlinked_identity_id,
            provider,
            issuer,
            subject,
            new.cookie_hash,
            level.as_str(),
            name,
            new.sid,
            new.authenticated_at,
            new.snils.as_ref().map(|snils| Value::Blob(snils.sealed.clone())),
            new.snils.as_ref().map(|snils| snils.key_id.as_str()),
            new.next,
            now,
            new.expires_at
        ],
    )
}

/// An identity that waits for its person.
#[derive(Debug)]
pub struct Unlinked {
    /// By which name it is taken.
    pub unlinked_identity_id: String,
    /// The provider, as its callback's address names it.
    pub provider: String,
    /// Whose subject it is.
    pub issuer: String,
    /// The issuer's own name for the person.
    pub subject: String,
    /// How sure the provider is.
    pub level: Level,
    /// The name that the provider has; empty where it has none.
    pub name: String,
    /// The session at the provider, where that is told.
    pub sid: Option<String>,
    /// When the person proved there who that is, where that is told.
    pub authenticated_at: Option<Timestamp>,
    /// The СНИЛС that the provider told of somebody confirmed.
    pub snils: Option<SealedSnils>,
    /// The path to go on to.
    pub next: String,
    /// When the person must have decided.
    pub expires_at: Timestamp,
}

impl Unlinked {
    /// Who signed in at the provider.
    pub fn identity(&self) -> Identity<'_> {
        Identity {
            provider: &self.provider,
            issuer: &self.issuer,
            subject: &self.subject,
            level: self.level,
            name: &self.name,
        }
    }

    /// As the session keeps it that begins by this sign-in.
    pub fn session(&self) -> ProviderSession<'_> {
        ProviderSession {
            provider: &self.provider,
            subject: &self.subject,
            sid: self.sid.as_deref(),
            authenticated_at: self.authenticated_at,
        }
    }
}

const UNLINKED: &str = "unlinked_identity_id, provider, issuer, subject, level, name, sid, authenticated_at,
                        sealed_snils, snils_key_id, next, expires_at";

/// The identity that waits under this cookie.
///
/// # Errors
/// A failing database.
pub fn awaiting(conn: &Conn<'_>, now: Timestamp, cookie_hash: &str) -> Result<Option<Unlinked>> {
    let sql = format!(
        "select {UNLINKED} from unlinked_identity where cookie_hash = ?1 and used_at is null and expires_at >= ?2"
    );
    conn.query_first(&sql, params![cookie_hash, now])?.as_ref().map(unlinked).transpose()
}

/// Uses this identity up where it waits under this cookie, by one statement: of many requests a single one finds it.
///
/// # Errors
/// A failing database.
pub fn take_awaiting(
    tx: &Tx<'_>,
    now: Timestamp,
    unlinked_identity_id: &str,
    cookie_hash: &str,
) -> Result<Option<Unlinked>> {
    let sql = format!(
        "update unlinked_identity set used_at = ?3
         where unlinked_identity_id = ?1 and cookie_hash = ?2 and used_at is null and expires_at >= ?3
         returning {UNLINKED}"
    );
    tx.query_first(&sql, params![unlinked_identity_id, cookie_hash, now])?.as_ref().map(unlinked).transpose()
}

/// Nobody decides about what waits under this cookie any more.
///
/// # Errors
/// A failing database.
pub fn end_awaiting(tx: &Tx<'_>, now: Timestamp, cookie_hash: &str) -> Result<()> {
    let sql = "update unlinked_identity set used_at = ?2 where cookie_hash = ?1 and used_at is null";
    tx.execute(sql, params![cookie_hash, now])
}

/// Nobody decides any more about what waits by a sign-in that a provider says is over.
///
/// # Errors
/// A failing database.
pub fn end_awaiting_of(tx: &Tx<'_>, now: Timestamp, over: SignedOut<'_>) -> Result<()> {
    let sql = "update unlinked_identity set used_at = ?4
               where provider = ?1 and used_at is null and (?2 is not null or ?3 is not null)
                 and (?2 is null or subject = ?2) and (?3 is null or sid = ?3)";
    tx.execute(sql, params![over.provider, over.subject, over.sid, now])
}

fn unlinked(row: &Row) -> Result<Unlinked> {
    let snils = row.get::<Option<Vec<u8>>>(8)?.zip(row.get::<Option<String>>(9)?);
    Ok(Unlinked {
        unlinked_identity_id: row.get(0)?,
        provider: row.get(1)?,
        issuer: row.get(2)?,
        subject: row.get(3)?,
        level: level(row, 4)?,
        name: row.get(5)?,
        sid: row.get(6)?,
        authenticated_at: row.get(7)?,
        snils: snils.map(|(sealed, key_id)| SealedSnils { sealed, key_id }),
        next: row.get(10)?,
        expires_at: row.get(11)?,
    })
}

/// Forgets what was begun more than `keep` ago, at most `count` of each kind.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let kinds = [
        ("provider_sign_in", "state_hash"),
        ("unlinked_identity", "unlinked_identity_id"),
        ("logout_token", "token_hash"),
    ];
    for (table, key) in kinds {
        let sql = format!(
            "delete from {table} where {key} in
             (select {key} from {table} where created_at < ?1 order by created_at limit ?2)"
        );
        tx.execute(&sql, params![now - keep, i64::from(count)])?;
    }
    Ok(())
}

/// Destroys the identities of a person; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from identity where person_id = ?1 returning 1", params![person_id])?.len())
}
