//! The СНИЛС of persons: confirmed ones alone, by which their owners may sign in.
//!
//! A number of eleven digits is found in seconds by whoever has a plain hash of it, so it is looked up by a hash under the
//! operator's master key, and lies sealed beside it for a new key.

use domain::{identifier::Snils, identity::ESIA};
use jiff::Timestamp;

use crate::{
    Conn, MasterKeys, Result, Tx,
    master_keys::{MasterKey, Place},
    params,
    seal::NONCE_BYTES,
    sealed::Sealed,
};

const HASH_DOMAIN: &[u8] = b"moydom snils hash v1";

/// The numbers themselves.
pub const NUMBERS: Sealed = Sealed {
    table: "person_snils",
    column: "sealed_snils",
    domain: b"moydom snils v1",
    hash: Some(("snils_hash", HASH_DOMAIN)),
};

const WAITING_DOMAIN: &[u8] = b"moydom waiting snils v1";

/// A number that waits with an identity for its person, sealed for that identity alone.
#[derive(Debug)]
pub struct SealedSnils {
    pub(crate) sealed: Vec<u8>,
    pub(crate) key_id: String,
}

impl SealedSnils {
    /// The number sealed with the newest key. `nonce` are 24 fresh random bytes.
    pub fn new(keys: &MasterKeys, nonce: [u8; NONCE_BYTES], unlinked_identity_id: &str, snils: &Snils) -> Self {
        let place = Place { domain: WAITING_DOMAIN, parts: &[unlinked_identity_id.as_bytes()] };
        let (key, plain) = (keys.newest(), snils.as_str().as_bytes());
        Self { sealed: key.seal(place, nonce, plain), key_id: key.id().to_owned() }
    }

    /// The number; none where none of the keys opens it any more: the next sign-in tells it again.
    pub fn open(&self, keys: &MasterKeys, unlinked_identity_id: &str) -> Option<Snils> {
        let place = Place { domain: WAITING_DOMAIN, parts: &[unlinked_identity_id.as_bytes()] };
        let plain = keys.find(&self.key_id)?.open(place, &self.sealed)?;
        Snils::parse(std::str::from_utf8(&plain).ok()?).ok()
    }
}

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
            Self::Esia => ESIA,
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
    let (sealed, master_key_id) = NUMBERS.seal(keys, nonce, person_id, snils.as_str().as_bytes());
    let sql = "insert into person_snils (person_id, snils_hash, sealed_snils, master_key_id, source, confirmed_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)
               on conflict (person_id) do update set snils_hash = ?2, sealed_snils = ?3, master_key_id = ?4, source = ?5,
                                                     confirmed_at = ?6";
    tx.execute(sql, params![person_id, hashes.newest(), sealed, master_key_id, source.as_str(), now])?;
    Ok(true)
}

/// What the person's СНИЛС was looked up and counted by under any of the master keys; nothing where there is none, or none of
/// them opens it: then nobody finds the person by it either.
///
/// # Errors
/// A failing database.
pub fn hashes(conn: &Conn<'_>, keys: &MasterKeys, person_id: &str) -> Result<Vec<String>> {
    let sql = "select sealed_snils, master_key_id from person_snils where person_id = ?1";
    let Some(row) = conn.query_first(sql, params![person_id])? else { return Ok(Vec::new()) };
    let number = NUMBERS.open(keys, &row.get::<String>(1)?, person_id, &row.get::<Vec<u8>>(0)?);
    Ok(number.map_or_else(|_| Vec::new(), |number| keys.all().map(|key| key.hash(HASH_DOMAIN, &number)).collect()))
}

/// Takes a СНИЛС back that ESIA confirmed, where no identity there says any more that it is sure who the person is. Whatever
/// changes identities asks it.
///
/// # Errors
/// A failing database.
pub(crate) fn take_back_unproved(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    let sql = "delete from person_snils
               where person_id = ?1 and source = ?2
                 and not exists (select 1 from identity
                                 where person_id = ?1 and provider = ?3 and level = 'confirmed')";
    tx.execute(sql, params![person_id, Source::Esia.as_str(), ESIA])
}

/// Destroys the СНИЛС of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from person_snils where person_id = ?1 returning 1", params![person_id])?.len())
}
