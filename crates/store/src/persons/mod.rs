//! Login identities, their roles, and the registry of their sessions.

pub mod sessions;

use jiff::Timestamp;

use crate::{
    Conn, Result, Tx, params,
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
    /// The roles that the person holds.
    pub roles: Vec<String>,
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
    let sql = format!(
        "select person_id, name, password_hash, password_no,
                (select group_concat(role, ' ') from person_role r where r.person_id = p.person_id)
         from person p where {condition}"
    );
    let row = conn.query_first(&sql, params![text])?;
    row.map(|row| {
        let roles: Option<String> = row.get(4)?;
        let roles = roles.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        let (password_hash, password_no) = (row.get(2)?, row.get(3)?);
        Ok(Credentials { person_id: row.get(0)?, name: row.get(1)?, password_hash, password_no, roles })
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
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// Another one for each password that was set, the same for another hash of the same password.
    pub password_no: i64,
    /// What stands for the person's confirmed СНИЛС ([`crate::snils::hash`]).
    pub snils_hash: Option<String>,
}

/// What the portal knows of a person.
///
/// # Errors
/// A failing database.
pub fn profile(conn: &Conn<'_>, person_id: &str) -> Result<Option<Profile>> {
    let sql = "select person_id, name, login, phone, email, password_hash, password_no,
                      (select snils_hash from person_snils s where s.person_id = p.person_id)
               from person p where person_id = ?1";
    let row = conn.query_first(sql, params![person_id])?;
    row.map(|row| {
        Ok(Profile {
            person_id: row.get(0)?,
            name: row.get(1)?,
            login: row.get(2)?,
            phone: row.get(3)?,
            email: row.get(4)?,
            password_hash: row.get(5)?,
            password_no: row.get(6)?,
            snils_hash: row.get(7)?,
        })
    })
    .transpose()
}

/// The roles that a person holds.
///
/// # Errors
/// A failing database.
pub fn roles(conn: &Conn<'_>, person_id: &str) -> Result<Vec<String>> {
    let rows = conn.query("select role from person_role where person_id = ?1 order by role", params![person_id])?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// One who works for the portal or a company.
#[derive(Debug, PartialEq, Eq)]
pub struct Staff {
    /// The person.
    pub person_id: String,
    /// Lower case.
    pub login: Option<String>,
    /// The name to greet with.
    pub name: String,
    /// Every role that the person holds, that of a resident too.
    pub roles: Vec<String>,
    /// The last sign-in that the registry of sessions still knows.
    pub signed_in_at: Option<String>,
}

/// Everybody with this role.
///
/// # Errors
/// A failing database.
pub fn with_role(conn: &Conn<'_>, role: &str) -> Result<Vec<String>> {
    let rows = conn.query("select person_id from person_role where role = ?1 order by person_id", params![role])?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Everybody with a role beside that of a resident, by login.
///
/// # Errors
/// A failing database.
pub fn staff(conn: &Conn<'_>) -> Result<Vec<Staff>> {
    let sql = "select p.person_id, p.login, p.name, (select max(s.created_at) from session s where s.person_id = p.person_id),
                      (select group_concat(r.role, ' ') from person_role r where r.person_id = p.person_id)
               from person p
               where exists (select 1 from person_role r where r.person_id = p.person_id and r.role <> 'resident')
               order by p.login, p.person_id";
    let rows = conn.query(sql, &[])?;
    rows.iter()
        .map(|row| {
            let roles: String = row.get(4)?;
            let roles = roles.split_whitespace().map(str::to_owned).collect();
            Ok(Staff {
                person_id: row.get(0)?,
                login: row.get(1)?,
                name: row.get(2)?,
                roles,
                signed_in_at: row.get(3)?,
            })
        })
        .collect()
}

/// Takes one role from a person, by one statement; answers whether the person had it.
///
/// # Errors
/// A failing database.
pub fn take_role(tx: &Tx<'_>, person_id: &str, role: &str) -> Result<bool> {
    let sql = "delete from person_role where person_id = ?1 and role = ?2 returning 1";
    Ok(tx.query_first(sql, params![person_id, role])?.is_some())
}

/// Takes every role of staff from a person; what is the person's own at home stays.
///
/// # Errors
/// A failing database.
pub fn dismiss(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    tx.execute("delete from person_role where person_id = ?1 and role <> 'resident'", params![person_id])
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

/// Changes a contact of a person, or takes it away.
///
/// # Errors
/// [`crate::Error::Constraint`] where it is somebody's already, or nothing would be left to name the person by.
pub fn set_contact(tx: &Tx<'_>, person_id: &str, kind: ContactKind, contact: Option<&str>) -> Result<()> {
    let column = match kind {
        ContactKind::Phone => "phone",
        ContactKind::Email => "email",
    };
    tx.execute(&format!("update person set {column} = ?2 where person_id = ?1"), params![person_id, contact])
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
    /// What the person may be.
    pub roles: &'a [&'a str],
    /// A demo login: the database refuses it outside a demo state.
    pub is_demo: bool,
}

/// Adds a person with roles.
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
    for role in person.roles {
        let sql = "insert into person_role (person_id, role, granted_at) values (?1, ?2, ?3)";
        tx.execute(sql, params![person.person_id, *role, now])?;
    }
    Ok(())
}

/// What stands in the place of the name of somebody who was erased.
const FORGOTTEN: &str = "Удалённый пользователь";

/// Erases who a person is: nobody signs in by it any more. Answers whether it was not yet, as a number of rows.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    let sql = "update person set login = 'erased-' || person_id, phone = null, email = null, password_hash = ?2,
                           password_no = password_no + 1, name = ?3
               where person_id = ?1 and login is not 'erased-' || person_id
               returning 1";
    Ok(tx.query(sql, params![person_id, NO_PASSWORD, FORGOTTEN])?.len())
}

/// Takes every role from a person; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget_roles(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from person_role where person_id = ?1 returning 1", params![person_id])?.len())
}
