//! Files that came over the web and wait: in parts, until they are checked and taken in.

use jiff::Timestamp;

use crate::{Conn, Result, Tx, Value, params};

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Parts are coming, or all are there and nobody has looked.
    Uploading,
    /// The check found bad lines.
    Refused,
    /// The check found none.
    Checked,
    /// It is done.
    Applied,
}

impl Stage {
    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Refused => "refused",
            Self::Checked => "checked",
            Self::Applied => "applied",
        }
    }

    fn parse(name: &str) -> Self {
        let known = [Self::Refused, Self::Checked, Self::Applied].into_iter().find(|stage| stage.as_str() == name);
        known.unwrap_or(Self::Uploading)
    }
}

/// An import that somebody begins.
#[derive(Debug)]
pub struct NewImport<'a> {
    /// Its id.
    pub import_id: &'a str,
    /// Whose it is.
    pub person_id: &'a str,
    /// Whether its files are made up.
    pub is_for_demo: bool,
    /// Names and sizes in bytes of its files.
    pub files: &'a [(&'a str, u64)],
}

/// Begins an import. Earlier ones of the same person that were not finished are given up.
///
/// # Errors
/// A failing database.
pub fn create(tx: &Tx<'_>, now: Timestamp, new: &NewImport<'_>) -> Result<()> {
    tx.execute("delete from import where person_id = ?1 and stage <> 'applied'", params![new.person_id])?;
    tx.execute(
        "insert into import (import_id, person_id, stage, is_for_demo, created_at)
         values (?1, ?2, 'uploading', ?3, ?4)",
        params![new.import_id, new.person_id, new.is_for_demo, now],
    )?;
    for (file_no, (name, size_bytes)) in (0_i64..).zip(new.files) {
        tx.execute(
            "insert into import_file (import_id, file_no, name, size_bytes) values (?1, ?2, ?3, ?4)",
            params![new.import_id, file_no, *name, size_bytes.cast_signed()],
        )?;
    }
    Ok(())
}

/// An import as it waits.
#[derive(Debug)]
pub struct Staged {
    /// Its id.
    pub import_id: String,
    /// How far it is.
    pub stage: Stage,
    /// Whether its files are made up.
    pub is_for_demo: bool,
    /// How often a part came: what is said of the files is said of one revision.
    pub revision: i64,
    /// JSON of what was said of it last.
    pub report: Option<String>,
    /// Its files in their order.
    pub files: Vec<StagedFile>,
}

/// A file of it.
#[derive(Debug)]
pub struct StagedFile {
    /// What it is called.
    pub name: String,
    /// How large it will be.
    pub size_bytes: u64,
    /// The numbers of the parts that are there, in order.
    pub parts: Vec<u32>,
    /// How much is there.
    pub received_bytes: u64,
}

/// The import of this id, if it is this person's.
///
/// # Errors
/// A failing database.
pub fn find(conn: &Conn<'_>, person_id: &str, import_id: &str) -> Result<Option<Staged>> {
    let sql = "select stage, is_for_demo, revision, report from import where import_id = ?1 and person_id = ?2";
    let Some(row) = conn.query_first(sql, params![import_id, person_id])? else { return Ok(None) };
    Ok(Some(Staged {
        import_id: import_id.to_owned(),
        stage: Stage::parse(&row.get::<String>(0)?),
        is_for_demo: row.get(1)?,
        revision: row.get(2)?,
        report: row.get(3)?,
        files: files(conn, import_id)?,
    }))
}

fn files(conn: &Conn<'_>, import_id: &str) -> Result<Vec<StagedFile>> {
    let sql = "select name, size_bytes from import_file where import_id = ?1 order by file_no";
    let mut files = conn
        .query(sql, params![import_id])?
        .iter()
        .map(|row| {
            let (name, size_bytes) = (row.get(0)?, row.get(1)?);
            Ok(StagedFile { name, size_bytes, parts: Vec::new(), received_bytes: 0 })
        })
        .collect::<Result<Vec<_>>>()?;
    let sql = "select file_no, part_no, length(bytes) from import_part where import_id = ?1 order by file_no, part_no";
    for row in conn.query(sql, params![import_id])? {
        let file_no = usize::try_from(row.get::<u32>(0)?).unwrap_or(usize::MAX);
        if let Some(file) = files.get_mut(file_no) {
            file.parts.push(row.get(1)?);
            file.received_bytes += row.get::<u64>(2)?;
        }
    }
    Ok(files)
}

/// A piece of a file.
#[derive(Debug)]
pub struct NewPart<'a> {
    /// The import.
    pub import_id: &'a str,
    /// Which of its files, from 0.
    pub file_no: u32,
    /// Which part, from 0.
    pub part_no: u32,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Keeps a part. The same one again takes the place of the earlier; whatever was said of the import holds no more.
///
/// # Errors
/// A failing database.
pub fn add_part(tx: &Tx<'_>, part: NewPart<'_>) -> Result<()> {
    tx.execute(
        "insert into import_part (import_id, file_no, part_no, bytes) values (?1, ?2, ?3, ?4)
         on conflict (import_id, file_no, part_no) do update set bytes = excluded.bytes",
        params![part.import_id, i64::from(part.file_no), i64::from(part.part_no), Value::Blob(part.bytes)],
    )?;
    tx.execute(
        "update import set stage = 'uploading', report = null, revision = revision + 1 where import_id = ?1",
        params![part.import_id],
    )
}

/// The bytes of a file, as far as they are there.
///
/// # Errors
/// A failing database.
pub fn file_bytes(conn: &Conn<'_>, import_id: &str, file_no: u32, parts: &[u32]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let sql = "select bytes from import_part where import_id = ?1 and file_no = ?2 and part_no = ?3";
    for part_no in parts {
        let row = conn.query_first(sql, params![import_id, i64::from(file_no), i64::from(*part_no)])?;
        bytes.extend(row.map(|row| row.get::<Vec<u8>>(0)).transpose()?.unwrap_or_default());
    }
    Ok(bytes)
}

/// Keeps what was said of an import as it was found, and tells whether it is still the same: of files that changed
/// meanwhile, or were taken in, nothing is kept. One that is done needs its files no more.
///
/// # Errors
/// A failing database.
pub fn keep_report(tx: &Tx<'_>, now: Timestamp, found: &Staged, stage: Stage, report: &str) -> Result<bool> {
    let applied_at = (stage == Stage::Applied).then_some(now);
    let sql = "update import set stage = ?3, report = ?4, applied_at = ?5
               where import_id = ?1 and revision = ?2 and stage <> 'applied' returning 1";
    let kept =
        tx.query_first(sql, params![&found.import_id, found.revision, stage.as_str(), report, applied_at])?.is_some();
    if kept && stage == Stage::Applied {
        tx.execute("delete from import_part where import_id = ?1", params![&found.import_id])?;
    }
    Ok(kept)
}

/// Gives up imports that nobody finished, begun before this moment.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute("delete from import where stage <> 'applied' and created_at < ?1", params![before])
}

/// Destroys the imports of a person that were not taken in; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    let sql = "delete from import where person_id = ?1 and stage <> 'applied' returning 1";
    Ok(tx.query(sql, params![person_id])?.len())
}
