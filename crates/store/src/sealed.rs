//! What lies sealed of a person in a column of its table, bound to that person, under the master key that the row names;
//! and how a new master key takes it over.

use crate::{
    Error, MasterKeys, Result, Tx, Value, master_keys::Place, params, seal::NONCE_BYTES, second_factors, snils,
};

/// A column of sealed texts, one for a person.
#[derive(Debug)]
pub struct Sealed {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    /// Another one for each kind of text.
    pub(crate) domain: &'static [u8],
    /// The column of the hash by which the text is looked up, and the hash's own domain.
    pub(crate) hash: Option<(&'static str, &'static [u8])>,
}

/// Every such column.
pub const ALL: [&Sealed; 2] = [&second_factors::SECRETS, &snils::NUMBERS];

impl Sealed {
    /// The text sealed for its person with the newest key, and that key's name. `nonce` is fresh.
    pub(crate) fn seal(
        &self,
        keys: &MasterKeys,
        nonce: [u8; NONCE_BYTES],
        person_id: &str,
        plain: &[u8],
    ) -> (Value, Value) {
        let place = Place { domain: self.domain, parts: &[person_id.as_bytes()] };
        (Value::Blob(keys.newest().seal(place, nonce, plain)), keys.newest().id().into())
    }

    /// It fits only whom it was sealed for.
    ///
    /// # Errors
    /// [`Error::BadData`] where the key of this name is none of these, or does not open it.
    pub(crate) fn open(
        &self,
        keys: &MasterKeys,
        master_key_id: &str,
        person_id: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>> {
        let place = Place { domain: self.domain, parts: &[person_id.as_bytes()] };
        let plain = keys.find(master_key_id).and_then(|master| master.open(place, sealed));
        plain.ok_or_else(|| {
            let Self { table, column, .. } = self;
            Error::BadData(format!("files_key does not open a {column} of {table} of its key {master_key_id:?}"))
        })
    }

    /// Seals, and hashes, with the newest key what lies under an older one behind `after`, at most `count` of it. `nonce`
    /// makes 24 fresh random bytes. Answers how many those were, and behind whom to go on; nobody when it is over.
    ///
    /// # Errors
    /// A failing database, or [`Error::BadData`] where none of the master keys opens a text.
    pub fn reseal(
        &self,
        tx: &Tx<'_>,
        keys: &MasterKeys,
        mut nonce: impl FnMut() -> [u8; NONCE_BYTES],
        after: &str,
        count: u32,
    ) -> Result<(u64, Option<String>)> {
        let Self { table, column, .. } = self;
        let sql = format!(
            "select person_id, {column}, master_key_id from {table}
             where master_key_id <> ?1 and person_id > ?2 order by person_id limit ?3"
        );
        let rows = tx.query(&sql, params![keys.newest().id(), after, i64::from(count)])?;
        let mut last = None;
        for row in &rows {
            let person_id: String = row.get(0)?;
            let plain = self.open(keys, &row.get::<String>(2)?, &person_id, &row.get::<Vec<u8>>(1)?)?;
            self.replace(tx, keys, nonce(), &person_id, &plain)?;
            last = Some(person_id);
        }
        Ok((rows.len() as u64, last))
    }

    fn replace(
        &self,
        tx: &Tx<'_>,
        keys: &MasterKeys,
        nonce: [u8; NONCE_BYTES],
        person_id: &str,
        plain: &[u8],
    ) -> Result<()> {
        let Self { table, column, .. } = self;
        let (sealed, master_key_id) = self.seal(keys, nonce, person_id, plain);
        let sql = format!("update {table} set {column} = ?2, master_key_id = ?3 where person_id = ?1");
        tx.execute(&sql, params![person_id, sealed, master_key_id])?;
        let Some((column, domain)) = self.hash else { return Ok(()) };
        let sql = format!("update {table} set {column} = ?2 where person_id = ?1");
        tx.execute(&sql, params![person_id, keys.newest().hash(domain, plain)])
    }
}
