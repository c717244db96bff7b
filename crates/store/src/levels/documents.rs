//! What people send with a request: which sealed file is what. A file is named here, then put, then marked as put: no
//! transaction spans both databases, and whatever stops in between leaves a row by which the file is found and deleted. A row
//! goes only after its file, and not while that may still be put.

use domain::level_request::{Place, ROUND_BYTES_MAX, ROUND_FILES_MAX};
use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Error, Result, Row, Tx, params};

/// The answers themselves are a sealed file too.
pub const FORM: &str = "form";

/// Nobody needs longer to put a file: no request takes so long.
const PUT_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// A file of a request's document, or its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// In the database of files.
    pub file_id: String,
    /// [`FORM`], or a name of `domain::level_request::Document`.
    pub kind: String,
    /// Which of the document's files.
    pub place: Place,
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
    let Document { file_id, kind, place, round, content_type, size_bytes } = new.document;
    let sql =
        "insert into level_document (file_id, level_request_id, person_id, kind, round, content_type, size_bytes, named_at,
                                     file_no, file_count)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?11, ?12
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
        ROUND_BYTES_MAX.cast_signed(),
        i64::from(place.no()),
        i64::from(place.count())
    ];
    Ok(tx.query_first(sql, row)?.is_some())
}

/// Notes that a file was put. A document's files come in their order, so it takes the place of the earlier ones of its kind
/// and round from its own number on, and of all that belong to another count. Answers whether its request still takes more
/// of this round; where it does not, the file goes.
///
/// # Errors
/// A failing database.
pub fn keep(tx: &Tx<'_>, now: Timestamp, file_id: &str) -> Result<bool> {
    let sql = "update level_document set put_at = ?2
               where file_id = ?1 and put_at is null and doomed_at is null
                 and exists (select 1 from level_request r
                             where r.level_request_id = level_document.level_request_id
                               and r.round + 1 = level_document.round and r.stage in ('draft', 'returned'))
               returning level_request_id, kind, round, file_no, file_count";
    let Some(row) = tx.query_first(sql, params![file_id, now])? else {
        let sql = "update level_document set put_at = ?2, doomed_at = coalesce(doomed_at, ?2) where file_id = ?1";
        tx.execute(sql, params![file_id, now])?;
        return Ok(false);
    };
    let (request, kind, round): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (no, count): (i64, i64) = (row.get(3)?, row.get(4)?);
    let sql = "update level_document set doomed_at = ?5
               where level_request_id = ?1 and kind = ?2 and round = ?3 and file_id <> ?4 and put_at is not null
                 and doomed_at is null and (file_no >= ?6 or file_count <> ?7)";
    tx.execute(sql, params![request, kind, round, file_id, now, no, count])?;
    Ok(true)
}

/// The files of a request that are there: of each kind those of its latest round, in their order.
///
/// # Errors
/// A failing database.
pub fn latest(conn: &Conn<'_>, level_request_id: &str) -> Result<Vec<Document>> {
    let sql = "select file_id, kind, round, content_type, size_bytes, file_no, file_count from level_document d
               where level_request_id = ?1 and put_at is not null and doomed_at is null
                 and round = (select max(round) from level_document
                              where level_request_id = ?1 and kind = d.kind and put_at is not null and doomed_at is null)
               order by kind, file_no";
    conn.query(sql, params![level_request_id])?.iter().map(read).collect()
}

/// Whether every file of a document is among these: its first ones alone are no document.
pub fn is_whole(there: &[Document], kind: &str) -> bool {
    let mut files = there.iter().filter(|one| one.kind == kind).peekable();
    let count = files.peek().map(|one| one.place.count());
    count.is_some_and(|count| files.map(|one| one.place.no()).eq(1..=count))
}

fn read(row: &Row) -> Result<Document> {
    let place = Place::new(row.get(5)?, row.get(6)?);
    Ok(Document {
        file_id: row.get(0)?,
        kind: row.get(1)?,
        place: place.ok_or_else(|| Error::BadData("a file of no document".to_owned()))?,
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
