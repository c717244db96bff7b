//! Login identities, and the registry of their sessions. What they may be is in [`crate::grants`].

pub mod sessions;

use domain::{
    access::{Grant, Role, Scope},
    contact::{Email, Phone},
};
use jiff::Timestamp;

use crate::{
    Conn, Result, Tx, grants, params,
    snils::{self, Hashes},
};

/// In the place of a password's hash, where the person has no password: no password fits it.
pub const NO_PASSWORD: &str = "";

/// What sign-in needs to know of a person.
#[derive(Debug)]
pub struct Credentials {
    /// The person.
    pub person_id: String,
    /// The name to greet with.
    pub name: String,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// Another one for each password that was set, the same for another hash of the same password.
    pub password_no: i64,
}

/// What a person can be found by at sign-in. The texts are already in their canonical form.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// Lower case.
    Login(&'a str),
    /// `+7XXXXXXXXXX`.
    Phone(&'a str),
    /// Lower case.
    Email(&'a str),
    /// A confirmed СНИЛС.
    Snils(&'a Hashes),
}

/// The credentials of the person with this login, phone, e-mail or СНИЛС.
///
/// # Errors
/// A failing database.
pub fn credentials(conn: &Conn<'_>, key: Key<'_>) -> Result<Option<Credentials>> {
    let (condition, text) = match key {
        Key::Login(text) => ("login = ?1", text),
        Key::Phone(text) => ("phone = ?1", text),
        Key::Email(text) => ("email = ?1", text),
        Key::Snils(hashes) => (snils::PERSON_IS, hashes.as_json()),
    };
    let sql = format!("select person_id, name, password_hash, password_no from person where {condition}");
    let row = conn.query_first(&sql, params![text])?;
    row.map(|row| {
        let (password_hash, password_no) = (row.get(2)?, row.get(3)?);
        Ok(Credentials { person_id: row.get(0)?, name: row.get(1)?, password_hash, password_no })
    })
    .transpose()
}

/// The name to greet a person with.
///
/// # Errors
/// A failing database.
pub fn name(conn: &Conn<'_>, person_id: &str) -> Result<Option<String>> {
    let row = conn.query_first("select name from person where person_id = ?1", params![person_id])?;
    row.map(|row| row.get(0)).transpose()
}

/// What the portal knows of a person.
#[derive(Debug)]
pub struct Profile {
    /// The person.
    pub person_id: String,
    /// The name to greet with.
    pub name: String,
    /// Lower case.
    pub login: Option<String>,
    /// `+7XXXXXXXXXX`.
    pub phone: Option<String>,
    /// Lower case.
    pub email: Option<String>,
    /// Since when the phone is a name to sign in by and nothing more ([`doubt_contacts`]).
    pub phone_unproved_since: Option<Timestamp>,
    /// Since when the e-mail is such a name.
    pub email_unproved_since: Option<Timestamp>,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// Another one for each password that was set, the same for another hash of the same password.
    pub password_no: i64,
    /// Since when the e-mail is the electronic address ([`crate::electronic_addresses`]).
    pub electronic_address_since: Option<Timestamp>,
    /// Whether the confirmed СНИЛС is kept ([`crate::snils`]): it is a name to sign in by.
    pub has_snils: bool,
}

impl Profile {
    /// The phone, where it is known to be the person's: nothing else may get a code or a link.
    pub fn proved_phone(&self) -> Option<Phone> {
        self.phone.as_deref().filter(|_| self.phone_unproved_since.is_none()).and_then(|phone| Phone::parse(phone).ok())
    }

    /// The e-mail, where it is known to be the person's: nothing else may get a code or a link.
    pub fn proved_email(&self) -> Option<Email> {
        self.email.as_deref().filter(|_| self.email_unproved_since.is_none()).and_then(|email| Email::parse(email).ok())
    }
}

/// What the portal knows of a person.
///
/// # Errors
/// A failing database.
pub fn profile(conn: &Conn<'_>, person_id: &str) -> Result<Option<Profile>> {
    let sql = "select person_id, name, login, phone, email, phone_unproved_since, email_unproved_since, password_hash,
                      password_no,
                      (select since from electronic_address e
                       where e.person_id = p.person_id and p.email_unproved_since is null),
                      exists (select 1 from person_snils s where s.person_id = p.person_id)
               from person p where person_id = ?1";
    let row = conn.query_first(sql, params![person_id])?;
    row.map(|row| {
        Ok(Profile {
            person_id: row.get(0)?,
            name: row.get(1)?,
            login: row.get(2)?,
            phone: row.get(3)?,
            email: row.get(4)?,
            phone_unproved_since: row.get(5)?,
            email_unproved_since: row.get(6)?,
            password_hash: row.get(7)?,
            password_no: row.get(8)?,
            electronic_address_since: row.get(9)?,
            has_snils: row.get(10)?,
        })
    })
    .transpose()
}

/// Changes the name to greet a person with.
///
/// # Errors
/// A failing database.
pub fn rename(tx: &Tx<'_>, person_id: &str, name: &str) -> Result<()> {
    tx.execute("update person set name = ?2 where person_id = ?1", params![person_id, name])
}

/// Which contact of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactKind {
    /// `+7XXXXXXXXXX`.
    Phone,
    /// Lower case.
    Email,
}

impl ContactKind {
    /// The column of it, and the name under which it is stored elsewhere.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }
}

/// Keeps a contact of a person that was proved, or takes one away.
///
/// # Errors
/// [`crate::Error::Constraint`] where it is somebody's already, or nothing would be left to name the person by.
pub fn set_contact(tx: &Tx<'_>, person_id: &str, kind: ContactKind, contact: Option<&str>) -> Result<()> {
    let column = kind.as_str();
    let sql = format!("update person set {column} = ?2, {column}_unproved_since = null where person_id = ?1");
    tx.execute(&sql, params![person_id, contact])
}

/// Whoever holds the contacts of a person may be somebody else from now on: until they are proved again, they are names to
/// sign in by and nothing more.
///
/// # Errors
/// A failing database.
pub fn doubt_contacts(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<()> {
    let sql = "update person
               set phone_unproved_since = iif(phone is null, null, coalesce(phone_unproved_since, ?2)),
                   email_unproved_since = iif(email is null, null, coalesce(email_unproved_since, ?2))
               where person_id = ?1";
    tx.execute(sql, params![person_id, now])
}

/// Changes a person's password; `password_hash` is Argon2id, as a PHC string.
///
/// # Errors
/// A failing database.
pub fn set_password(tx: &Tx<'_>, person_id: &str, password_hash: &str) -> Result<()> {
    let sql = "update person set password_hash = ?2, password_no = password_no + 1 where person_id = ?1";
    tx.execute(sql, params![person_id, password_hash])
}

/// Puts another hash of the same password in the place of the one that was verified, at another cost. Where somebody put one
/// there meanwhile, that one stays.
///
/// # Errors
/// A failing database.
pub fn renew_hash(tx: &Tx<'_>, verified: &Credentials, password_hash: &str) -> Result<()> {
    let sql = "update person set password_hash = ?3 where person_id = ?1 and password_hash = ?2";
    tx.execute(sql, params![&verified.person_id, &verified.password_hash, password_hash])
}

/// A person to be added.
#[derive(Debug)]
pub struct NewPerson<'a> {
    /// A fresh id.
    pub person_id: &'a str,
    /// Lower case.
    pub login: Option<&'a str>,
    /// `+7XXXXXXXXXX`.
    pub phone: Option<&'a str>,
    /// Lower case.
    pub email: Option<&'a str>,
    /// Argon2id, as a PHC string.
    pub password_hash: &'a str,
    /// The name to greet with.
    pub name: &'a str,
    /// What the person is in the whole portal; a role in a company or a house is granted apart.
    pub roles: &'a [Role],
    /// A demo login: the database refuses it outside a demo state.
    pub is_demo: bool,
}

/// Adds a person with roles in the whole portal.
///
/// # Errors
/// [`crate::Error::Constraint`] where a login, phone or e-mail is taken, or a demo person is put into a live state.
pub fn add(tx: &Tx<'_>, now: Timestamp, person: &NewPerson<'_>) -> Result<()> {
    tx.execute(
        "insert into person (person_id, login, phone, email, password_hash, name, is_demo, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            person.person_id,
            person.login,
            person.phone,
            person.email,
            person.password_hash,
            person.name,
            person.is_demo,
            now
        ],
    )?;
    person.roles.iter().try_for_each(|role| {
        let grant = Grant { role: *role, scope: Scope::Portal };
        grants::add(tx, now, person.person_id, &grant, None).map(drop)
    })
}

/// What stands in the place of the name of somebody who was erased.
const FORGOTTEN: &str = "Удалённый пользователь";

/// Erases who a person is: nobody signs in by it any more. Answers whether it was not yet, as a number of rows.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    let sql = "update person set login = 'erased-' || person_id, phone = null, email = null,
                           phone_unproved_since = null, email_unproved_since = null, password_hash = ?2,
                           password_no = password_no + 1, name = ?3
               where person_id = ?1 and login is not 'erased-' || person_id
               returning 1";
    Ok(tx.query(sql, params![person_id, NO_PASSWORD, FORGOTTEN])?.len())
}
