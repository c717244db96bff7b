//! Sealed files: what people and companies attach, encrypted before it touches a disk.
//!
//! A file has a random key of its own, under which its chunks are sealed by XChaCha20-Poly1305; the key lies beside
//! it, wrapped by the master key, a secret of the operator. Each chunk is bound to its file, its place and the file's
//! size, and the wrapped key to everything else that is known of the file: nothing can be changed, swapped, moved to
//! another file or cut off unseen. A new master key rewraps keys and never touches a chunk, so a file may be read on
//! meanwhile.
//!
//! The files lie in a database of their own, labelled `files`; only this module touches it. It is another database
//! than the suite's, so no transaction spans both: put the file first, name it in the suite's transaction, and delete
//! it where that fails.

mod seal;
mod sniff;

use std::ops::Range;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use self::seal::{CHUNK_BYTES, DataKey};
use crate::{
    Conn, Db, MasterKeys, Row, Tx, Value,
    master_keys::{MasterKey, Place},
    params,
    seal::NONCE_BYTES,
};

const KEY_DOMAIN: &[u8] = b"moydom file key v1";

/// No attachment of ours is larger, in bytes.
pub const SIZE_BYTES_MAX: usize = 20 << 20;

/// The database of files.
#[derive(Clone)]
pub struct Files(Db);

/// What is known of a file without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Its id.
    pub file_id: String,
    /// A media type, as its first bytes tell; never one that a browser would run.
    pub content_type: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Hex SHA-256 of it.
    pub sha256: String,
}

/// Why a file cannot be put or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing was given.
    #[error("the file is empty")]
    Empty,
    /// More than [`SIZE_BYTES_MAX`] was given.
    #[error("the file is larger than {SIZE_BYTES_MAX} bytes")]
    TooLarge,
    /// The master key that wraps the file's key is not among those given.
    #[error("the file is sealed with the master key {0:?}, which files_key does not hold: add it behind the newest")]
    UnknownMasterKey(String),
    /// The master key of this name opens nothing: it is another key under the same name, or the row was altered.
    #[error("the master key {0:?} does not fit the file: it is another key under this name, or the file was altered")]
    WrongMasterKey(String),
    /// A chunk is missing, altered, or in another's place.
    #[error("the file was altered: chunk {0}")]
    Damaged(u64),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::Error),
}

/// The result of what concerns files.
pub type Result<T> = std::result::Result<T, Error>;

/// What a file is, by its first bytes; never a type that a browser would run.
pub fn content_type(bytes: &[u8]) -> &'static str {
    sniff::content_type(bytes)
}

impl Files {
    /// The database of files that the manifest grants to this component.
    #[cfg(target_arch = "wasm32")]
    pub fn granted() -> Self {
        Self(Db::labelled("files"))
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn new(db: Db) -> Self {
        Self(db)
    }

    /// Seals bytes under a fresh key. `random` are 56 fresh random bytes: the key, and the nonce of its wrapping.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`], or a failing database.
    pub fn put(
        &self,
        now: Timestamp,
        keys: &MasterKeys,
        random: [u8; 56],
        file_id: &str,
        bytes: &[u8],
    ) -> Result<FileInfo> {
        check_size(bytes)?;
        let info = FileInfo {
            file_id: file_id.to_owned(),
            content_type: sniff::content_type(bytes).to_owned(),
            size_bytes: bytes.len() as u64,
            sha256: domain::hex::hex(&Sha256::digest(bytes)),
        };
        let (data_key, nonce) = random.split_at(32);
        let data_key = DataKey::new(data_key.try_into().expect("32 bytes"));
        let master = keys.newest();
        let wrapped = wrap(master, &data_key, &info, nonce.try_into().expect("24 bytes"));
        self.0.write(|tx| {
            insert(tx, now, &info, master.id(), wrapped)?;
            for (chunk_no, chunk) in (0_u64..).zip(bytes.chunks(CHUNK_BYTES)) {
                insert_chunk(tx, file_id, chunk_no, data_key.seal(&info, chunk_no, chunk))?;
            }
            Ok::<_, crate::Error>(())
        })?;
        Ok(info)
    }

    /// Opens a file to read from; nothing where there is none of this id.
    ///
    /// # Errors
    /// [`Error::UnknownMasterKey`], [`Error::WrongMasterKey`], or a failing database.
    pub fn open(&self, keys: &MasterKeys, file_id: &str) -> Result<Option<OpenFile>> {
        let Some(kept) = self.0.read(|conn| find(conn, file_id))? else { return Ok(None) };
        let data_key = kept.unwrap(keys)?;
        Ok(Some(OpenFile { files: self.clone(), info: kept.info, data_key }))
    }

    /// Deletes a file with its key; one that is not there is deleted already.
    ///
    /// # Errors
    /// A failing database.
    pub fn delete(&self, file_id: &str) -> Result<()> {
        Ok(self.0.write(|tx| tx.execute("delete from file where file_id = ?1", params![file_id]))?)
    }

    /// Wraps the keys of files behind `after` that an older master key wraps with the newest one, at most `count` of
    /// them in one transaction. `seed` are 32 fresh random bytes.
    ///
    /// # Errors
    /// A failing database. A file whose key cannot be unwrapped is told in the answer and stays as it is.
    pub fn rewrap(&self, keys: &MasterKeys, seed: [u8; 32], after: &str, count: u32) -> Result<Rewrapped> {
        self.0.write(|tx| {
            let mut done = Rewrapped::default();
            for kept in wrapped_by_others(tx, keys.newest().id(), after, count)? {
                match kept.unwrap(keys) {
                    Ok(data_key) => {
                        let nonce = Sha256::new().chain_update(seed).chain_update(&kept.info.file_id).finalize();
                        let nonce = nonce[..NONCE_BYTES].try_into().expect("24 bytes");
                        let wrapped = wrap(keys.newest(), &data_key, &kept.info, nonce);
                        update_key(tx, &kept.info.file_id, keys.newest().id(), wrapped)?;
                        done.rewrapped += 1;
                    }
                    Err(error) => done.faults.push((kept.info.file_id.clone(), error)),
                }
                done.last = Some(kept.info.file_id);
            }
            Ok(done)
        })
    }
}

/// What a step of a rotation did.
#[derive(Debug, Default)]
pub struct Rewrapped {
    /// How many keys were wrapped anew.
    pub rewrapped: u64,
    /// Files that stayed as they were, and why.
    pub faults: Vec<(String, Error)>,
    /// Where to go on; nothing when it is over.
    pub last: Option<String>,
}

/// A file that can be read. It stays readable while its key is wrapped anew.
pub struct OpenFile {
    files: Files,
    info: FileInfo,
    data_key: DataKey,
}

impl OpenFile {
    /// What is known of it.
    pub fn info(&self) -> &FileInfo {
        &self.info
    }

    /// The bytes of a range, as far as the file has them; only the chunks that it touches are read.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a chunk is not what was put, or a failing database.
    pub fn read(&self, range: Range<u64>) -> Result<Vec<u8>> {
        let (start, end) = (range.start, range.end.min(self.info.size_bytes));
        let mut bytes = Vec::new();
        if start >= end {
            return Ok(bytes);
        }
        let chunk_bytes = CHUNK_BYTES as u64;
        for chunk_no in start / chunk_bytes..=(end - 1) / chunk_bytes {
            let chunk = self.chunk(chunk_no)?;
            let first = chunk_no * chunk_bytes;
            let within = |at: u64| usize::try_from(at.saturating_sub(first)).unwrap_or(CHUNK_BYTES).min(chunk.len());
            bytes.extend_from_slice(&chunk[within(start)..within(end)]);
        }
        Ok(bytes)
    }

    fn chunk(&self, chunk_no: u64) -> Result<Vec<u8>> {
        let sealed = self.files.0.read(|conn| find_chunk(conn, &self.info.file_id, chunk_no))?;
        let opened = sealed.and_then(|sealed| self.data_key.open(&self.info, chunk_no, &sealed));
        opened.ok_or(Error::Damaged(chunk_no))
    }
}

fn check_size(bytes: &[u8]) -> Result<()> {
    match bytes.len() {
        0 => Err(Error::Empty),
        1..=SIZE_BYTES_MAX => Ok(()),
        _ => Err(Error::TooLarge),
    }
}

/// A row as it lies there.
struct Kept {
    info: FileInfo,
    master_key_id: String,
    wrapped_key: Vec<u8>,
}

impl Kept {
    fn unwrap(&self, keys: &MasterKeys) -> Result<DataKey> {
        let master_key_id = || self.master_key_id.clone();
        let master = keys.find(&self.master_key_id).ok_or_else(|| Error::UnknownMasterKey(master_key_id()))?;
        unwrap(master, &self.wrapped_key, &self.info).ok_or_else(|| Error::WrongMasterKey(master_key_id()))
    }

    fn read(row: &Row) -> crate::Result<Self> {
        let info =
            FileInfo { file_id: row.get(0)?, content_type: row.get(1)?, size_bytes: row.get(2)?, sha256: row.get(3)? };
        Ok(Self { info, master_key_id: row.get(4)?, wrapped_key: row.get(5)? })
    }
}

fn wrap(master: &MasterKey, data_key: &DataKey, info: &FileInfo, nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
    in_place(info, |place| master.seal(place, nonce, data_key.expose()))
}

/// Nothing where this key did not wrap it, or anything that is known of the file was altered.
fn unwrap(master: &MasterKey, wrapped: &[u8], info: &FileInfo) -> Option<DataKey> {
    let data_key = in_place(info, |place| master.open(place, wrapped))?;
    Some(DataKey::new(data_key.try_into().ok()?))
}

fn in_place<T>(info: &FileInfo, work: impl FnOnce(Place<'_>) -> T) -> T {
    let size = info.size_bytes.to_be_bytes();
    let [file_id, content_type, sha256] = [&info.file_id, &info.content_type, &info.sha256].map(|text| text.as_bytes());
    work(Place { domain: KEY_DOMAIN, parts: &[file_id, content_type, sha256, &size] })
}

fn find(conn: &Conn<'_>, file_id: &str) -> crate::Result<Option<Kept>> {
    let sql = "select file_id, content_type, size_bytes, sha256, master_key_id, wrapped_key from file
               where file_id = ?1";
    conn.query_first(sql, params![file_id])?.map(|row| Kept::read(&row)).transpose()
}

fn wrapped_by_others(conn: &Conn<'_>, master_key_id: &str, after: &str, count: u32) -> crate::Result<Vec<Kept>> {
    let sql = "select file_id, content_type, size_bytes, sha256, master_key_id, wrapped_key from file
               where master_key_id <> ?1 and file_id > ?2 order by file_id limit ?3";
    conn.query(sql, params![master_key_id, after, i64::from(count)])?.iter().map(Kept::read).collect()
}

fn insert(tx: &Tx<'_>, now: Timestamp, info: &FileInfo, master_key_id: &str, wrapped: Vec<u8>) -> crate::Result<()> {
    let sql = "insert into file (file_id, content_type, size_bytes, sha256, master_key_id, wrapped_key, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (file_id, size_bytes) = (&info.file_id, info.size_bytes.cast_signed());
    let wrapped = Value::Blob(wrapped);
    tx.execute(sql, params![file_id, &info.content_type, size_bytes, &info.sha256, master_key_id, wrapped, now])
}

fn update_key(tx: &Tx<'_>, file_id: &str, master_key_id: &str, wrapped: Vec<u8>) -> crate::Result<()> {
    let sql = "update file set master_key_id = ?2, wrapped_key = ?3 where file_id = ?1";
    tx.execute(sql, params![file_id, master_key_id, Value::Blob(wrapped)])
}

fn insert_chunk(tx: &Tx<'_>, file_id: &str, chunk_no: u64, sealed: Vec<u8>) -> crate::Result<()> {
    let sql = "insert into file_chunk (file_id, chunk_no, sealed) values (?1, ?2, ?3)";
    tx.execute(sql, params![file_id, chunk_no.cast_signed(), Value::Blob(sealed)])
}

fn find_chunk(conn: &Conn<'_>, file_id: &str, chunk_no: u64) -> crate::Result<Option<Vec<u8>>> {
    let sql = "select sealed from file_chunk where file_id = ?1 and chunk_no = ?2";
    conn.query_first(sql, params![file_id, chunk_no.cast_signed()])?.map(|row| row.get(0)).transpose()
}
