//! What people send with a request: which sealed file is what. A file is named here, then put, then marked as put: no
//! transaction spans both databases, and whatever stops in between leaves a row by which the file is found and deleted. A row
//! goes only after its file, and not while that may still be put.

use domain::level_request::{ROUND_BYTES_MAX, ROUND_FILES_MAX};
use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Row, Tx, params};

/// The answers themselves are a sealed file too.
pub const FORM: &str = "form";

/// Nobody needs longer to put a file: no request takes so long.
const PUT_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// A document of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// In the database of files.
    pub file_id: String,
    /// [`FORM`], or a name of `domain::level_request::Document`.
    pub kind: String,
    /// With which round it goes.
    pub round: u32,
    /// A media type, as its first bytes tell.
    pub content_type: String,
    /// Its size in bytes.
    pub size_bytes: u64,
}

/// A file that is about to be put.
#[derive(Debug)]
pub struct NewDocument<'a> {
    /// Which one it is.
    pub document: &'a Document,
    /// Of which request.
    pub level_request_id: &'a str,
    /// Whose.
    pub person_id: &'a str,
}

/// Names a file before it is put, by one statement: of one round no more than [`ROUND_FILES_MAX`] files of
/// [`ROUND_BYTES_MAX`] together lie there at once. Answers whether it may be put.
///
/// # Errors
/// A failing database.
pub fn name(tx: &Tx<'_>, now: Timestamp, new: &NewDocument<'_>) -> Result<bool> {
    let Document { file_id, kind, round, content_type, size_bytes } = new.document;
    let sql =
        "insert into level_document (file_id, level_request_id, person_id, kind, round, content_type, size_bytes, named_at)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
         where (select count(*) < ?9 and coalesce(sum(size_bytes), 0) + ?7 <= ?10 from level_document
                where level_request_id = ?2 and round = ?5)
         returning 1";
    let row = params![
        file_id,
        new.level_request_id,
        new.person_id,
        kind,
        i64::from(*round),
        content_type,
        size_bytes.cast_signed(),
        now,
        i64::from(ROUND_FILES_MAX),
        ROUND_BYTES_MAX.cast_signed()
    ];
    Ok(tx.query_first(sql, row)?.is_some())
}

/// Notes that a file was put: it takes the place of the earlier one of its kind and round. Answers whether its request
/// still takes more of this round; where it does not, the file goes.
///
/// # Errors
/// A failing database.
pub fn keep(tx: &Tx<'_>, now: Timestamp, file_id: &str) -> Result<bool> {
    let sql = "update level_document set put_at = ?2
               where file_id = ?1 and put_at is null and doomed_at is null
                 and exists (select 1 from level_request r
                             where r.level_request_id = level_document.level_request_id
                               and r.round + 1 = level_document.round and r.stage in ('draft', 'returned'))
               returning level_request_id, kind, round";
    let Some(row) = tx.query_first(sql, params![file_id, now])? else {
        let sql = "update level_document set put_at = ?2, doomed_at = coalesce(doomed_at, ?2) where file_id = ?1";
        tx.execute(sql, params![file_id, now])?;
        return Ok(false);
    };
    let (request, kind, round): (String, String, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let sql = "update level_document set doomed_at = ?5
               where level_request_id = ?1 and kind = ?2 and round = ?3 and file_id <> ?4 and put_at is not null
                 and doomed_at is null";
    tx.execute(sql, params![request, kind, i64::from(round), file_id, now])?;
    Ok(true)
}

/// The documents of a request that are there, the latest of each kind.
///
/// # Errors
/// A failing database.
pub fn latest(conn: &Conn<'_>, level_request_id: &str) -> Result<Vec<Document>> {
    // The bare columns of a row with max() are those of the row that holds the maximum: SQLite promises it.
    let sql = "select file_id, kind, max(round), content_type, size_bytes from level_document
               where level_request_id = ?1 and put_at is not null and doomed_at is null group by kind order by kind";
    conn.query(sql, params![level_request_id])?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Document> {
    Ok(Document {
        file_id: row.get(0)?,
        kind: row.get(1)?,
        round: row.get(2)?,
        content_type: row.get(3)?,
        size_bytes: row.get(4)?,
    })
}

/// Lets the files of a request go, as its person asked.
///
/// # Errors
/// A failing database.
pub fn doom(tx: &Tx<'_>, now: Timestamp, level_request_id: &str) -> Result<()> {
    let sql = "update level_document set doomed_at = coalesce(doomed_at, ?2), is_asked_for = 1
               where level_request_id = ?1 and is_asked_for = 0";
    tx.execute(sql, params![level_request_id, now])
}

/// Lets all files of a person go, as the person asked; answers how many those are.
///
/// # Errors
/// A failing database.
pub fn doom_all(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<usize> {
    let sql = "update level_document set doomed_at = coalesce(doomed_at, ?2), is_asked_for = 1
               where person_id = ?1 and is_asked_for = 0 returning 1";
    Ok(tx.query(sql, params![person_id, now])?.len())
}

/// Files that go now, at most `count`: those that are let go, first of all whose person asked for it, and those that nobody
/// finished putting. One that is let go while it is put waits until it lies there.
///
/// # Errors
/// A failing database.
pub fn doomed(conn: &Conn<'_>, now: Timestamp, count: u32) -> Result<Vec<String>> {
    let sql = "select file_id from level_document
               where doomed_at is not null and put_at is not null or put_at is null and named_at < ?1
               order by is_asked_for desc, named_at limit ?2";
    conn.query(sql, params![now - PUT_WITHIN, i64::from(count)])?.iter().map(|row| row.get(0)).collect()
}

/// Forgets a document whose file is gone.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, file_id: &str) -> Result<()> {
    tx.execute("delete from level_document where file_id = ?1", params![file_id])
}
