//! The СНИЛС of persons: confirmed ones alone, by which their owners may sign in.
//!
//! A number of eleven digits is found in seconds by whoever has a plain hash of it, so it is looked up by a hash under the
//! operator's master key, and lies sealed beside it for a new key.

use domain::identifier::Snils;
use jiff::Timestamp;

use crate::{
    Error, MasterKeys, Result, Tx, Value,
    master_keys::{MasterKey, Place},
    params,
    seal::NONCE_BYTES,
};

const HASH_DOMAIN: &[u8] = b"moydom snils hash v1";
const SEAL_DOMAIN: &[u8] = b"moydom snils v1";

/// Who made sure whose СНИЛС it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// ESIA, of a confirmed person.
    Esia,
    /// The company, by a document.
    Company,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Esia => "esia",
            Self::Company => "company",
        }
    }
}

/// What stands for a СНИЛС wherever one was typed: its hashes under all master keys.
#[derive(Debug)]
pub struct Hashes {
    newest: String,
    /// All of them, as SQL takes a list.
    json: String,
}

impl Hashes {
    /// Of this number.
    pub fn of(keys: &MasterKeys, snils: &Snils) -> Self {
        let hashes: Vec<_> = keys.all().map(|key| hash(key, snils)).collect();
        Self { newest: hash(keys.newest(), snils), json: format!("[\"{}\"]", hashes.join("\",\"")) }
    }

    /// The one under the newest key, hex.
    pub fn newest(&self) -> &str {
        &self.newest
    }

    /// Whether a hash that was kept is of this number.
    pub fn is(&self, kept: &str) -> bool {
        self.json.contains(&format!("\"{kept}\""))
    }

    pub(crate) fn as_json(&self) -> &str {
        &self.json
    }
}

fn hash(key: &MasterKey, snils: &Snils) -> String {
    key.hash(HASH_DOMAIN, snils.as_str().as_bytes())
}

/// The condition on a person by [`Hashes::as_json`].
pub(crate) const PERSON_IS: &str = "person_id = (select person_id from person_snils
                                                  where snils_hash in (select value from json_each(?1))
                                                  order by confirmed_at limit 1)";

/// Keeps the confirmed СНИЛС of a person in the place of an earlier one; somebody else's stays that one's. `nonce` are 24
/// fresh random bytes. Answers whether it was kept.
///
/// # Errors
/// A failing database.
pub fn keep(
    tx: &Tx<'_>,
    now: Timestamp,
    keys: &MasterKeys,
    nonce: [u8; NONCE_BYTES],
    person_id: &str,
    snils: &Snils,
    source: Source,
) -> Result<bool> {
    let hashes = Hashes::of(keys, snils);
    let sql = "select 1 from person_snils
               where snils_hash in (select value from json_each(?1)) and person_id <> ?2";
    if tx.query_first(sql, params![hashes.as_json(), person_id])?.is_some() {
        return Ok(false);
    }
    let (master_key_id, sealed) = seal(keys.newest(), nonce, person_id, snils.as_str().as_bytes());
    let sql = "insert into person_snils (person_id, snils_hash, sealed_snils, master_key_id, source, confirmed_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)
               on conflict (person_id) do update set snils_hash = ?2, sealed_snils = ?3, master_key_id = ?4, source = ?5,
                                                     confirmed_at = ?6";
    tx.execute(sql, params![person_id, hashes.newest(), sealed, master_key_id, source.as_str(), now])?;
    Ok(true)
}

/// Seals and hashes what lies under an older master key behind `after` with the newest one, at most `count` of it. `nonce`
/// makes 24 fresh random bytes. Answers how many those were, and behind whom to go on; nobody when it is over.
///
/// # Errors
/// A failing database, or [`Error::BadData`] where none of the master keys opens one.
pub fn reseal(
    tx: &Tx<'_>,
    keys: &MasterKeys,
    mut nonce: impl FnMut() -> [u8; NONCE_BYTES],
    after: &str,
    count: u32,
) -> Result<(u64, Option<String>)> {
    let sql = "select person_id, sealed_snils, master_key_id from person_snils
               where master_key_id <> ?1 and person_id > ?2 order by person_id limit ?3";
    let rows = tx.query(sql, params![keys.newest().id(), after, i64::from(count)])?;
    let mut last = None;
    for row in &rows {
        let person_id: String = row.get(0)?;
        let plain = open(keys, &row.get::<String>(2)?, &person_id, &row.get::<Vec<u8>>(1)?)?;
        let (master_key_id, sealed) = seal(keys.newest(), nonce(), &person_id, &plain);
        let sql = "update person_snils set snils_hash = ?2, sealed_snils = ?3, master_key_id = ?4 where person_id = ?1";
        tx.execute(sql, params![&person_id, keys.newest().hash(HASH_DOMAIN, &plain), sealed, master_key_id])?;
        last = Some(person_id);
    }
    Ok((rows.len() as u64, last))
}

fn seal(master: &MasterKey, nonce: [u8; NONCE_BYTES], person_id: &str, plain: &[u8]) -> (String, Value) {
    let place = Place { domain: SEAL_DOMAIN, parts: &[person_id.as_bytes()] };
    (master.id().to_owned(), Value::Blob(master.seal(place, nonce, plain)))
}

fn open(keys: &MasterKeys, master_key_id: &str, person_id: &str, sealed: &[u8]) -> Result<Vec<u8>> {
    let place = Place { domain: SEAL_DOMAIN, parts: &[person_id.as_bytes()] };
    let plain = keys.find(master_key_id).and_then(|key| key.open(place, sealed));
    plain.ok_or_else(|| Error::BadData(format!("the number of {person_id} opens with no key of files_key")))
}

/// Destroys the СНИЛС of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from person_snils where person_id = ?1 returning 1", params![person_id])?.len())
}
