//! Acts of transfer of readings, and the keys that sign them.

use domain::transfer_act::{Act, Content, FORM, end_of, key_id, public_key};
use jiff::Timestamp;

use crate::{
    Conn, Error, MasterKeys, Result, Row, Tx, Value, homes::Reach, master_keys::Place, params, readings,
    readings::MeterWithin, seal::NONCE_BYTES,
};

const KEY_DOMAIN: &[u8] = b"moydom act key v1";

/// What signing needs from outside: the master keys, and fresh random bytes should there be no key yet.
#[derive(Debug)]
pub struct Signing<'a> {
    /// They seal the key.
    pub keys: &'a MasterKeys,
    /// The secret of a new key.
    pub secret: [u8; 32],
    /// For its seal.
    pub nonce: [u8; NONCE_BYTES],
}

/// A key as everybody may know it.
#[derive(Debug)]
pub struct PublicKey {
    /// Its name.
    pub key_id: String,
    /// The key.
    pub public_key: [u8; 32],
    /// Since when it signs.
    pub made_at: String,
    /// Since when it does not.
    pub retired_at: Option<String>,
}

/// Every key that ever signed, the newest first.
///
/// # Errors
/// A failing database.
pub fn public_keys(conn: &Conn<'_>) -> Result<Vec<PublicKey>> {
    let sql = "select key_id, public_key, made_at, retired_at from act_key order by made_at desc, key_id";
    conn.query(sql, &[])?.iter().map(one_key).collect()
}

fn one_key(row: &Row) -> Result<PublicKey> {
    let public_key = row.get::<Vec<u8>>(1)?.try_into().map_err(|_| Error::BadData("length of a key".to_owned()))?;
    Ok(PublicKey { key_id: row.get(0)?, public_key, made_at: row.get(2)?, retired_at: row.get(3)? })
}

/// Makes the act of a reading, and of those earlier of its meter and month that have none, unless it is there. What came
/// from a company's files has none before somebody asks for it.
///
/// # Errors
/// A failing database.
pub fn make(tx: &Tx<'_>, now: Timestamp, signing: &Signing<'_>, reading_id: &str) -> Result<()> {
    let sql = "select r.reading_id, r.period, r.taken_on, r.recorded_at, r.channel, r.source, r.rolled_over, r.value_1,
                      r.value_2, r.value_3, m.kind, m.serial, h.address, a.number,
                      (select max(t.act_no) from reading e join transfer_act t using (reading_id)
                       where e.meter_id = r.meter_id and e.period = r.period),
                      (select coalesce(max(act_no), 0) from transfer_act)
               from reading asked
               join reading r on r.meter_id = asked.meter_id and r.period = asked.period
                             and r.reading_seq <= asked.reading_seq
               join meter m on m.meter_id = r.meter_id
               join premises p using (premises_id)
               join house h using (house_id)
               left join submission s on s.submission_id = r.submission_id
               left join account a on a.account_id = s.account_id
               where asked.reading_id = ?1
                 and not exists (select 1 from transfer_act t where t.reading_id = r.reading_id)
               order by r.reading_seq";
    let rows = tx.query(sql, params![reading_id])?;
    let Some(first) = rows.first() else { return Ok(()) };
    let secret = secret(tx, now, signing)?;
    let (mut replaces, last): (Option<u32>, u32) = (first.get(14)?, first.get(15)?);
    for (number, row) in (last + 1..).zip(&rows) {
        let act = Act::sign(content(row, number, replaces, now)?, &secret);
        tx.execute(
            "insert into transfer_act (act_no, reading_id, replaces_no, act) values (?1, ?2, ?3, ?4)",
            params![i64::from(number), row.get::<String>(0)?, replaces.map(i64::from), act.to_text()],
        )?;
        replaces = Some(number);
    }
    Ok(())
}

fn content(row: &Row, number: u32, replaces: Option<u32>, now: Timestamp) -> Result<Content> {
    let values = (7..10).map(|column| row.get::<Option<String>>(column)).collect::<Result<Vec<_>>>()?;
    Ok(Content {
        form: FORM.to_owned(),
        number,
        replaces,
        made_at: format!("{now:.3}"),
        accepted_at: row.get(3)?,
        taken_on: row.get(2)?,
        period: row.get(1)?,
        channel: row.get(4)?,
        source: row.get(5)?,
        meter_kind: row.get(10)?,
        meter_serial: row.get(11)?,
        values: values.into_iter().flatten().collect(),
        rolled_over: row.get(6)?,
        house: row.get(12)?,
        account: row.get::<Option<String>>(13)?.map(|number| end_of(&number)),
    })
}

/// The secret that signs, made where there is none: within a transaction that writes, nobody else can be making another.
/// One that no master key opens any more is retired, for a reading must not be lost for it.
fn secret(tx: &Tx<'_>, now: Timestamp, signing: &Signing<'_>) -> Result<[u8; 32]> {
    let sql = "select key_id, sealed_secret, master_key_id from act_key where retired_at is null";
    let known = tx.query_first(sql, &[])?.map(|row| open(signing.keys, &row)).transpose()?.flatten();
    match known {
        Some(secret) => Ok(secret),
        None => rotate(tx, now, signing).map(|()| signing.secret),
    }
}

fn open(keys: &MasterKeys, row: &Row) -> Result<Option<[u8; 32]>> {
    let (key_id, sealed, master_key_id): (String, Vec<u8>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let plain = keys.find(&master_key_id).and_then(|master| master.open(place(&[key_id.as_bytes()]), &sealed));
    Ok(plain.and_then(|plain| plain.try_into().ok()))
}

const fn place<'a>(parts: &'a [&'a [u8]]) -> Place<'a> {
    Place { domain: KEY_DOMAIN, parts }
}

/// Lets a new key sign from now on.
///
/// # Errors
/// A failing database.
pub fn rotate(tx: &Tx<'_>, now: Timestamp, signing: &Signing<'_>) -> Result<()> {
    let public_key = public_key(&signing.secret);
    let key_id = key_id(&public_key);
    let master = signing.keys.newest();
    let sealed = master.seal(place(&[key_id.as_bytes()]), signing.nonce, &signing.secret);
    tx.execute("update act_key set retired_at = ?1 where retired_at is null", params![now])?;
    tx.execute(
        "insert into act_key (key_id, public_key, sealed_secret, master_key_id, made_at) values (?1, ?2, ?3, ?4, ?5)",
        params![key_id, Value::Blob(public_key.to_vec()), Value::Blob(sealed), master.id(), now],
    )
}

/// Seals the key that signs with the newest master key, if an older one sealed it; answers whether it did. The old ones
/// sign nothing more: nobody needs their secrets.
///
/// # Errors
/// A failing database, or [`Error::BadData`] where no master key opens it.
pub fn reseal(tx: &Tx<'_>, keys: &MasterKeys, nonce: [u8; NONCE_BYTES]) -> Result<bool> {
    let sql =
        "select key_id, sealed_secret, master_key_id from act_key where retired_at is null and master_key_id <> ?1";
    let Some(row) = tx.query_first(sql, params![keys.newest().id()])? else { return Ok(false) };
    let secret = open(keys, &row)?;
    let secret = secret.ok_or_else(|| Error::BadData("files_key does not open the key of acts".to_owned()))?;
    let key_id: String = row.get(0)?;
    let sealed = keys.newest().seal(place(&[key_id.as_bytes()]), nonce, &secret);
    let sql = "update act_key set sealed_secret = ?2, master_key_id = ?3 where key_id = ?1";
    tx.execute(sql, params![key_id, Value::Blob(sealed), keys.newest().id()])?;
    Ok(true)
}

/// A kept act.
#[derive(Debug)]
pub struct Kept {
    /// The act.
    pub act: Act,
    /// The number of the act that stands in its place now.
    pub replaced_by: Option<u32>,
}

macro_rules! kept {
    ($condition:literal) => {
        concat!(
            "select t.act, n.act_no from transfer_act t left join transfer_act n on n.replaces_no = t.act_no where ",
            $condition
        )
    };
}

fn kept(row: &Row) -> Result<Kept> {
    let act = Act::parse(&row.get::<String>(0)?).map_err(|error| Error::BadData(error.to_string()))?;
    Ok(Kept { act, replaced_by: row.get(1)? })
}

/// The act of a reading, if it has one.
///
/// # Errors
/// A failing database.
pub fn of_reading(conn: &Conn<'_>, reading_id: &str) -> Result<Option<Kept>> {
    conn.query_first(kept!("t.reading_id = ?1"), params![reading_id])?.map(|row| kept(&row)).transpose()
}

/// The act of this number, if there is one.
///
/// # Errors
/// A failing database.
pub fn numbered(conn: &Conn<'_>, number: u32) -> Result<Option<Kept>> {
    conn.query_first(kept!("t.act_no = ?1"), params![i64::from(number)])?.map(|row| kept(&row)).transpose()
}

/// The meter of a reading, if it is within reach.
///
/// # Errors
/// A failing database.
pub fn meter_within(conn: &Conn<'_>, reach: Reach<'_>, reading_id: &str) -> Result<Option<MeterWithin>> {
    let row = conn.query_first("select meter_id from reading where reading_id = ?1", params![reading_id])?;
    let meter_id: Option<String> = row.map(|row| row.get(0)).transpose()?;
    Ok(meter_id.map(|meter_id| readings::meter_of(conn, reach, &meter_id)).transpose()?.flatten())
}
