//! The audit log: a hash chain over salted commitments of fields.
//!
//! An entry's words lie beside the chain, in `audit_detail`. The chain covers `sha256(salt, name, value)` of each,
//! so a field can be erased by law (ФЗ-152) and the chain still verifies; without the salt a commitment tells
//! nothing about the value.

pub mod extract;
mod forget;

use domain::hex::hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Conn, Error, Result, Row, Tx, params, value::timestamp_text};

pub use forget::forget;

/// The hash before the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Something that was done and must be provable later.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Who did it: a `person_id`, `system`, `operator` or `visitor`.
    pub actor: &'a str,
    /// What was done, as `noun.verb`.
    pub action: &'a str,
    /// To what, as `kind:id`.
    pub object: &'a str,
    /// The particulars: name and value. Personal data belong here and nowhere else in the record.
    pub fields: &'a [(&'a str, &'a str)],
}

/// A particular of an entry, and the salt of its commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What it is.
    pub name: String,
    /// 16 random bytes in hex.
    pub salt: String,
    /// What it says.
    pub value: String,
}

/// Adds an entry to the chain, in the transaction of the change that it tells of.
///
/// `seed` is 32 fresh random bytes; the salts of the fields are drawn from it.
///
/// # Errors
/// A failing database.
pub fn record(tx: &Tx<'_>, now: Timestamp, seed: [u8; 32], record: &Record<'_>) -> Result<()> {
    record_all(tx, now, &[(seed, *record)])
}

/// Adds entries in their order, each with a seed of its own as [`record`] takes.
///
/// # Errors
/// A failing database.
pub fn record_all(tx: &Tx<'_>, now: Timestamp, records: &[([u8; 32], Record<'_>)]) -> Result<()> {
    let (mut entries, mut details): (Vec<Entry>, _) = (Vec::with_capacity(records.len()), Vec::new());
    let (mut seq, mut previous_hash) = head(tx)?;
    for (seed, record) in records {
        seq += 1;
        let fields: Vec<_> =
            record.fields.iter().enumerate().map(|(index, field)| salted(*seed, index, field)).collect();
        let entry = Entry::new(seq, now, record, commitments(&fields)?, previous_hash);
        previous_hash = entry.hash.clone();
        details.push((seq, json(&fields)?));
        entries.push(entry);
    }
    Entry::insert(tx, &entries)?;
    let sql = "insert into audit_detail (audit_seq, fields) select value ->> 0, value ->> 1 from json_each(?1)";
    tx.execute(sql, params![json(&details)?])
}

/// The number and hash of the last entry; 0 and zeros before the first.
///
/// # Errors
/// A failing database.
pub fn head(conn: &Conn<'_>) -> Result<(i64, String)> {
    let last = conn.query_first("select audit_seq, hash from audit_entry order by audit_seq desc limit 1", &[])?;
    last.map_or_else(|| Ok((0, GENESIS.to_owned())), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The last entry of this action on this object.
///
/// # Errors
/// A failing database.
pub fn last_of(conn: &Conn<'_>, object: &str, action: &str) -> Result<Option<Entry>> {
    let sql = "select audit_seq, at, actor, action, object, commitments, previous_hash, hash from audit_entry
               where object = ?1 and action = ?2 order by audit_seq desc limit 1";
    conn.query_first(sql, params![object, action])?.as_ref().map(Entry::read).transpose()
}

/// A particular of the last entry of this action on this object; none where there is none, or it was erased.
///
/// # Errors
/// A failing database, or particulars that cannot be read.
pub fn last_field(conn: &Conn<'_>, object: &str, action: &str, name: &str) -> Result<Option<String>> {
    let sql = "select d.fields from audit_entry e left join audit_detail d using (audit_seq)
               where e.object = ?1 and e.action = ?2 order by e.audit_seq desc limit 1";
    let Some(row) = conn.query_first(sql, params![object, action])? else { return Ok(None) };
    let fields = row.get::<Option<String>>(0)?.map(|fields| read_fields(&fields)).transpose()?.unwrap_or_default();
    Ok(fields.into_iter().find(|field| field.name == name).map(|field| field.value))
}

/// A particular of every entry of this action by this actor on this object since a moment.
///
/// # Errors
/// A failing database, or particulars that cannot be read.
pub fn fields_since(
    conn: &Conn<'_>,
    actor: &str,
    (object, action): (&str, &str),
    since: Timestamp,
    name: &str,
) -> Result<Vec<String>> {
    let sql = "select d.fields from audit_entry e join audit_detail d using (audit_seq)
               where e.object = ?1 and e.action = ?2 and e.actor = ?3 and e.at >= ?4";
    let rows = conn.query(sql, params![object, action, actor, since])?;
    let fields = rows.iter().map(|row| read_fields(&row.get::<String>(0)?));
    let fields = fields.collect::<Result<Vec<_>>>()?;
    Ok(fields.into_iter().flatten().filter(|field| field.name == name).map(|field| field.value).collect())
}

/// Whether the chain has an entry of this hash, or the hash is that before its first entry.
///
/// # Errors
/// A failing database.
pub fn contains(conn: &Conn<'_>, hash: &str) -> Result<bool> {
    let hash = hash.trim().to_lowercase();
    let entry = conn.query_first("select 1 from audit_entry where hash = ?1", params![&hash])?;
    Ok(hash == GENESIS || entry.is_some())
}

/// An entry, as it is shown to the person whom it concerns.
#[derive(Debug)]
pub struct Happening {
    /// The entry of the chain.
    pub entry: Entry,
    /// The personal account that it was done to.
    pub account_number: Option<String>,
    /// The name of whoever did it, where that is a person.
    pub actor_name: Option<String>,
    /// The name of the other person whom it was done to, where whoever reads it did it.
    pub done_to: Option<String>,
    /// The particulars; none where they were erased.
    pub fields: Vec<Field>,
}

impl Happening {
    /// The value of the particular of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.name == name).map(|field| field.value.as_str())
    }
}

/// What a person did and what was done to the person's own data, newest first, at most `count`; only entries before
/// the number `before`, where it is given. The data of an account are those of whoever was linked to it then: whatever was
/// done to it or to a meter of its premises, and who looked at it. Of whoever imported a file it is told once, not for each
/// account in it.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str, before: Option<i64>, count: u32) -> Result<Vec<Happening>> {
    // What else is done about an account, by whoever wants to link it, is not its holder's.
    let sql = "with mine (audit_seq) as (
                   select * from (select audit_seq from audit_entry
                                  where actor = ?1 and audit_seq < ?2 and action <> 'account.import'
                                  order by audit_seq desc limit ?3)
                   union
                   select * from (select e.audit_seq from account_link l
                                  cross join audit_entry e on e.object = 'account:' || l.account_id
                                  where l.person_id = ?1 and e.audit_seq < ?2
                                    and (e.action in ('account.import', 'reading.submit', 'delegation.look') or e.action like 'billing.%')
                                    and l.linked_at <= e.at and (l.ended_at is null or e.at < l.ended_at)
                                  order by e.audit_seq desc limit ?3)
                   union
                   select * from (select e.audit_seq from account_link l
                                  join account a using (account_id)
                                  join meter m on m.premises_id = a.premises_id
                                  cross join audit_entry e on e.object = 'meter:' || m.meter_id
                                  where l.person_id = ?1 and e.audit_seq < ?2
                                    and l.linked_at <= e.at and (l.ended_at is null or e.at < l.ended_at)
                                  order by e.audit_seq desc limit ?3)
                   union
                   select * from (select audit_seq from audit_entry where object = 'person:' || ?1 and audit_seq < ?2
                                  order by audit_seq desc limit ?3))
               select e.audit_seq, e.at, e.actor, e.action, e.object, e.commitments, e.previous_hash, e.hash, d.fields,
                      (select number from account where account_id = substr(e.object, 9)),
                      (select name from person where person_id = e.actor),
                      (select name from person
                       where e.actor = ?1 and e.object like 'person:%' and person_id = substr(e.object, 8)
                             and person_id <> ?1)
               from mine join audit_entry e using (audit_seq) left join audit_detail d using (audit_seq)
               order by audit_seq desc limit ?3";
    let rows = conn.query(sql, params![person_id, before.unwrap_or(i64::MAX), i64::from(count)])?;
    rows.iter().map(happening).collect()
}

fn happening(row: &Row) -> Result<Happening> {
    let fields = row.get::<Option<String>>(8)?.map(|fields| read_fields(&fields)).transpose()?.unwrap_or_default();
    Ok(Happening {
        entry: Entry::read(row)?,
        account_number: row.get(9)?,
        actor_name: row.get(10)?,
        done_to: row.get(11)?,
        fields,
    })
}

fn read_fields(fields: &str) -> Result<Vec<Field>> {
    serde_json::from_str(fields).map_err(|error| Error::BadData(error.to_string()))
}

/// What [`verify`] found.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries the chain has.
    pub entries: i64,
    /// The hash of the last one: an operator who keeps it elsewhere can later prove that nothing was cut off.
    pub head: String,
    /// What is wrong, in the order of the chain; empty where all is well.
    pub faults: Vec<String>,
}

/// When the last entry was made, if there is one.
///
/// # Errors
/// A failing database.
pub fn last_at(conn: &Conn<'_>) -> Result<Option<String>> {
    let last = conn.query_first("select at from audit_entry order by audit_seq desc limit 1", &[])?;
    last.map(|row| row.get(0)).transpose()
}

/// Walks the whole chain: numbers without a gap, each hash right and continuing the one before, each field that
/// still stands equal to its commitment.
///
/// # Errors
/// A failing database.
pub fn verify(conn: &Conn<'_>) -> Result<Verdict> {
    const PAGE: i64 = 1_000;
    let mut verdict = Verdict { entries: 0, head: GENESIS.to_owned(), faults: Vec::new() };
    loop {
        let sql = "select e.audit_seq, e.at, e.actor, e.action, e.object, e.commitments, e.previous_hash, e.hash,
                          d.fields
                   from audit_entry e left join audit_detail d using (audit_seq)
                   where e.audit_seq > ?1 order by e.audit_seq limit ?2";
        let rows = conn.query(sql, params![verdict.entries, PAGE])?;
        if rows.is_empty() {
            return Ok(verdict);
        }
        for row in &rows {
            verdict.check(&Entry::read(row)?, row.get(8)?);
        }
    }
}

impl Verdict {
    fn check(&mut self, entry: &Entry, fields: Option<String>) {
        let seq = entry.seq;
        if seq != self.entries + 1 {
            self.faults.push(format!("entries {} to {} are missing", self.entries + 1, seq - 1));
        }
        if entry.previous_hash != self.head {
            self.faults.push(format!("entry {seq} does not continue the one before it"));
        }
        if entry.hash != entry.computed_hash() {
            self.faults.push(format!("entry {seq} was altered"));
        }
        if !fields.is_none_or(|fields| fields_match(&fields, &entry.commitments)) {
            self.faults.push(format!("the particulars of entry {seq} were altered"));
        }
        self.entries = seq;
        self.head.clone_from(&entry.hash);
    }
}

/// A link of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its number, from 1.
    pub seq: i64,
    /// When, RFC 3339.
    pub at: String,
    /// A `person_id`, `system`, `operator` or `visitor`.
    pub actor: String,
    /// What was done, as `noun.verb`.
    pub action: String,
    /// To what, as `kind:id`.
    pub object: String,
    /// JSON object: the name of each particular and its commitment, hex SHA-256. The hash covers this very text.
    pub commitments: String,
    /// The hash of the entry before it.
    pub previous_hash: String,
    /// Hex SHA-256 of all of the above.
    pub hash: String,
}

impl Entry {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            action: row.get(3)?,
            object: row.get(4)?,
            commitments: row.get(5)?,
            previous_hash: row.get(6)?,
            hash: row.get(7)?,
        })
    }

    fn new(seq: i64, now: Timestamp, record: &Record<'_>, commitments: String, previous_hash: String) -> Self {
        let mut entry = Self {
            seq,
            at: timestamp_text(now),
            actor: record.actor.to_owned(),
            action: record.action.to_owned(),
            object: record.object.to_owned(),
            commitments,
            previous_hash,
            hash: String::new(),
        };
        entry.hash = entry.computed_hash();
        entry
    }

    fn insert(tx: &Tx<'_>, entries: &[Self]) -> Result<()> {
        let sql = "insert into audit_entry (audit_seq, at, actor, action, object, commitments, previous_hash, hash)
                   select value ->> 'seq', value ->> 'at', value ->> 'actor', value ->> 'action', value ->> 'object',
                          value ->> 'commitments', value ->> 'previous_hash', value ->> 'hash'
                   from json_each(?1) order by key";
        tx.execute(sql, params![json(&entries)?])
    }

    /// Each part is preceded by its length, so that no two different entries give the same bytes.
    fn computed_hash(&self) -> String {
        let seq = self.seq.to_string();
        let parts = [&self.previous_hash, &seq, &self.at, &self.actor, &self.action, &self.object, &self.commitments];
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hex(&hasher.finalize())
    }
}

fn salted(seed: [u8; 32], index: usize, (name, value): &(&str, &str)) -> Field {
    let salt = Sha256::new().chain_update(seed).chain_update((index as u64).to_be_bytes()).finalize();
    Field { name: (*name).to_owned(), salt: hex(&salt[..16]), value: (*value).to_owned() }
}

fn commitment(field: &Field) -> String {
    let mut hasher = Sha256::new();
    for part in [&field.salt, &field.name, &field.value] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hex(&hasher.finalize())
}

fn commitments(fields: &[Field]) -> Result<String> {
    let all: serde_json::Map<_, _> =
        fields.iter().map(|field| (field.name.clone(), commitment(field).into())).collect();
    json(&all)
}

fn fields_match(fields: &str, commitments: &str) -> bool {
    read_fields(fields).is_ok_and(|fields| are_committed(&fields, commitments))
}

fn are_committed(fields: &[Field], commitments: &str) -> bool {
    let Ok(known) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(commitments) else {
        return false;
    };
    fields.iter().all(|field| known.get(&field.name).is_some_and(|known| *known == commitment(field)))
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::BadData(error.to_string()))
}
