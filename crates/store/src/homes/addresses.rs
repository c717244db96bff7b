//! Finding houses and premises by their address: the words of each house, and the letters of each word.

use domain::address::{is_number, pairs, parse};
use jiff::civil::Date;
use serde::Serialize;

use crate::{Conn, Error, Result, Row, Tx, homes::full_address, params};

/// How many words are looked at for one typed word: those that share the most letters with it.
const WORDS_PER_TYPED: u32 = 60;

/// Keeps the words of a house, in place of those it had.
///
/// # Errors
/// A failing database.
pub(super) fn index(tx: &Tx<'_>, house_id: &str, municipality: &str, address: &str) -> Result<()> {
    let mut words = parse(&format!("{municipality}, {address}")).words;
    if words.is_empty() {
        // Every house has a word, so that one without is known to be not taken in yet.
        words.push("-".to_owned());
    }
    let letters: Vec<_> = words.iter().filter(|word| !is_number(word)).map(|word| (word, pairs(word))).collect();
    tx.execute("delete from address_word where house_id = ?1", params![house_id])?;
    tx.execute(
        "insert or ignore into address_word (house_id, word) select ?1, value from json_each(?2)",
        params![house_id, json(&words)?],
    )?;
    tx.execute(
        "insert or ignore into address_pair (pair, word)
         select pair.value, one.value ->> 0 from json_each(?1) one, json_each(one.value, '$[1]') pair",
        params![json(&letters)?],
    )
}

/// Whether a house can't be found yet.
///
/// # Errors
/// A failing database.
pub fn any_missing(conn: &Conn<'_>) -> Result<bool> {
    Ok(!missing(conn, 1)?.is_empty())
}

/// Takes in houses of a state that is older than the search; answers how many, at most `count`.
///
/// # Errors
/// A failing database.
pub fn index_missing(tx: &Tx<'_>, count: u32) -> Result<usize> {
    let houses = missing(tx, count)?;
    for house in &houses {
        index(tx, &house.get::<String>(0)?, &house.get::<String>(1)?, &house.get::<String>(2)?)?;
    }
    Ok(houses.len())
}

fn missing(conn: &Conn<'_>, count: u32) -> Result<Vec<Row>> {
    let sql = "select house_id, municipality, address from house h
               where not exists (select 1 from address_word w where w.house_id = h.house_id) limit ?1";
    conn.query(sql, params![i64::from(count)])
}

/// Words of houses that share letters with typed words: the place of the typed word, and the word.
///
/// # Errors
/// A failing database.
pub fn similar_words(conn: &Conn<'_>, typed: &[String]) -> Result<Vec<(usize, String)>> {
    let letters: Vec<_> = typed.iter().map(|word| if is_number(word) { Vec::new() } else { pairs(word) }).collect();
    let sql = "with shared as (
                   select typed.key as place, p.word,
                          row_number() over (partition by typed.key
                                             order by count(*) desc, length(p.word), p.word) as nearness
                   from json_each(?1) typed, json_each(typed.value) letters
                   join address_pair p on p.pair = letters.value
                   group by typed.key, p.word
               )
               select place, word from shared where nearness <= ?2";
    let rows = conn.query(sql, params![json(&letters)?, i64::from(WORDS_PER_TYPED)])?;
    rows.iter().map(|row| Ok((usize::try_from(row.get::<u32>(0)?).unwrap_or_default(), row.get(1)?))).collect()
}

/// A word of houses that a typed word may stand for.
#[derive(Debug, Serialize)]
pub struct Meant {
    /// The place of the typed word.
    pub typed: usize,
    /// The word of houses.
    pub word: String,
    /// How far they are apart (`domain::address::word_cost`).
    pub cost: u32,
    /// Whether a house may be found without it: a number may be a flat's.
    pub is_number: bool,
}

/// Which premises a search is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Only of this municipality.
    pub municipality: Option<&'a str>,
    /// Only `residential` or `non_residential` premises, and houses that have some.
    pub kind: Option<&'a str>,
    /// Only premises of this connection (see [`FoundPremises::connection`]).
    pub connection: Option<&'a str>,
}

/// A house that was found.
#[derive(Debug)]
pub struct FoundHouse {
    /// Its id.
    pub house_id: String,
    /// Its municipality.
    pub municipality: String,
    /// Its address, without a flat.
    pub address: String,
    /// The words of its address.
    pub words: Vec<String>,
}

/// Houses that have a word for each of the `texts` typed words that are no numbers, the nearest first: those with
/// more of the numbers, then those with fewer errors.
///
/// # Errors
/// A failing database.
pub fn houses_with(
    conn: &Conn<'_>,
    meant: &[Meant],
    texts: usize,
    filter: Filter<'_>,
    count: u32,
) -> Result<Vec<FoundHouse>> {
    let sql = "with meant as materialized (
                   select value ->> 'typed' as typed, value ->> 'word' as word, value ->> 'cost' as cost,
                          value ->> 'is_number' as is_number
                   from json_each(?1)
               ), hit as (
                   select w.house_id, m.typed, m.is_number, min(m.cost) as cost
                   from meant m join address_word w using (word) group by w.house_id, m.typed
               ), near as (
                   select house_id, sum(is_number) as numbers, sum(cost) as cost from hit
                   group by house_id having count(*) - sum(is_number) = ?2
               )
               select h.house_id, h.municipality, h.address,
                      (select group_concat(word, ' ') from address_word w where w.house_id = h.house_id)
               from near join house h using (house_id)
               where (?3 is null or h.municipality = ?3)
                 and (?4 is null or exists (select 1 from premises p where p.house_id = h.house_id and p.kind = ?4))
               order by numbers desc, cost, h.address, h.house_id limit ?5";
    let texts = i64::try_from(texts).unwrap_or(i64::MAX);
    let rows = conn.query(sql, params![json(meant)?, texts, filter.municipality, filter.kind, i64::from(count)])?;
    rows.iter().map(house).collect()
}

fn house(row: &Row) -> Result<FoundHouse> {
    let words: String = row.get(3)?;
    Ok(FoundHouse {
        house_id: row.get(0)?,
        municipality: row.get(1)?,
        address: row.get(2)?,
        words: words.split(' ').map(str::to_owned).collect(),
    })
}

/// Premises that were found. Nothing tells whose they are.
#[derive(Debug)]
pub struct FoundPremises {
    /// Their id.
    pub premises_id: String,
    /// Their house.
    pub house_id: String,
    /// «15», «Н-3».
    pub number: String,
    /// House and flat.
    pub address: String,
    /// `residential` or `non_residential`.
    pub kind: String,
    /// To the person who asks: `linked` where an account of theirs is, `open` where there is an account that may be
    /// linked, `none` where the company told of none.
    pub connection: String,
}

/// Premises of these houses, flats first, in the order of their numbers, at most `count`; with `digits` only those whose number
/// has these. An account may be linked while it is open on `today`. One statement, however many the houses.
///
/// # Errors
/// A failing database.
pub fn premises_in(
    conn: &Conn<'_>,
    person_id: &str,
    house_ids: &[&str],
    digits: Option<&str>,
    filter: Filter<'_>,
    count: u32,
    today: Date,
) -> Result<Vec<FoundPremises>> {
    let sql = concat!(
        "select premises_id, house_id, number, address, kind, connection from (
                   select p.premises_id, p.house_id, p.number, h.address, p.kind,
                          case when exists (select 1 from account a join account_link l using (account_id)
                                            where a.premises_id = p.premises_id and l.person_id = ?1
                                              and l.ended_at is null) then 'linked'
                               when exists (select 1 from account a
                                            where a.premises_id = p.premises_id and ",
        account_is_open!("?7"),
        ") then 'open'
                               else 'none' end as connection
                   from premises p join house h using (house_id)
                   where p.house_id in (select value from json_each(?2)) and (?3 is null or instr(p.number, ?3) > 0)
                     and (?4 is null or p.kind = ?4))
               where ?5 is null or connection = ?5
               order by kind desc, ",
        flat_order!("number"),
        ", premises_id limit ?6"
    );
    let values = params![person_id, json(house_ids)?, digits, filter.kind, filter.connection, i64::from(count), today];
    conn.query(sql, values)?.iter().map(premises).collect()
}

fn premises(row: &Row) -> Result<FoundPremises> {
    let (number, kind): (String, String) = (row.get(2)?, row.get(4)?);
    Ok(FoundPremises {
        premises_id: row.get(0)?,
        house_id: row.get(1)?,
        address: full_address(&row.get::<String>(3)?, &kind, &number),
        number,
        kind,
        connection: row.get(5)?,
    })
}

/// The municipalities that have houses, in the order of their names.
///
/// # Errors
/// A failing database.
pub fn municipalities(conn: &Conn<'_>) -> Result<Vec<String>> {
    let rows = conn.query("select distinct municipality from house order by municipality", &[])?;
    rows.iter().map(|row| row.get(0)).collect()
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::BadData(error.to_string()))
}
