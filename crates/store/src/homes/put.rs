//! Rows put by their natural keys, many by one statement: a call of the host for each would take most of the time of a
//! large import.

use crate::{Conn, Result, Tx, Value, params};

/// A row that said something else before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its place among the rows that were put.
    pub at: usize,
    /// The columns that said something else, as a company's files call them.
    pub columns: Vec<&'static str>,
    /// How many of them held a value and hold none now.
    pub cleared: u64,
}

/// What putting rows did; those that are not told of said the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// How many there were none of before.
    pub added: u64,
    /// Those that said something else before.
    pub changed: Vec<Changed>,
}

impl Changes {
    /// Whether anything was written.
    pub fn is_any(&self) -> bool {
        self.added > 0 || !self.changed.is_empty()
    }
}

/// How rows of a table are put: `?1` is JSON of an array of rows, each an array of its values.
pub(crate) struct Put {
    /// Inserts the rows, up to `on conflict` with its key.
    pub(crate) insert: &'static str,
    /// The row `k` of the key that the values `n.value` have: a table and what joins it.
    pub(crate) known: &'static str,
    /// What a later row of the key may say otherwise, each with its place among the values.
    pub(crate) mutable: &'static [(&'static str, usize)],
}

/// Columns with their places among the values.
type Columns<'a> = [&'a (&'static str, usize)];

impl Put {
    /// Puts the rows. Of known ones the columns named in `kept` stay what they are.
    pub(crate) fn run(&self, tx: &Tx<'_>, parameters: &[Value], kept: &[&str]) -> Result<Changes> {
        let told: Vec<_> = self.mutable.iter().filter(|(column, _)| !kept.contains(column)).collect();
        if told.is_empty() {
            let written = tx.query(&format!("{} do nothing returning 1", self.insert), parameters)?;
            return Ok(Changes { added: written.len() as u64, changed: Vec::new() });
        }
        let changed = self.changed(tx, &parameters[0], &told)?;
        let written = tx.query(&self.statement(&told), parameters)?.len();
        Ok(Changes { added: (written - changed.len()) as u64, changed })
    }

    fn statement(&self, told: &Columns<'_>) -> String {
        let set = each(told, |column, _| format!("{column} = excluded.{column}"));
        let before = each(told, |column, _| column.to_owned());
        let after = each(told, |column, _| format!("excluded.{column}"));
        format!("{} do update set {set} where ({before}) is not ({after}) returning 1", self.insert)
    }

    /// The rows that will change: each column is 0 where it stays, 1 where it says something else, 2 where it is cleared.
    fn changed(&self, conn: &Conn<'_>, rows: &Value, told: &Columns<'_>) -> Result<Vec<Changed>> {
        let how = each(told, |column, at| {
            format!("case when k.{column} is n.value ->> {at} then 0 when n.value ->> {at} is null then 2 else 1 end")
        });
        let before = each(told, |column, _| format!("k.{column}"));
        let after = each(told, |_, at| format!("n.value ->> {at}"));
        let known = self.known;
        let sql = format!(
            "select n.key, {how} from json_each(?1) n cross join {known} where ({before}) is not ({after}) order by n.key"
        );
        let changed = conn.query(&sql, params![rows.clone()])?;
        changed
            .iter()
            .map(|row| {
                let mut changed = Changed { at: row.get(0)?, columns: Vec::new(), cleared: 0 };
                for (index, (column, _)) in (1..).zip(told) {
                    let how: u32 = row.get(index)?;
                    changed.columns.extend((how > 0).then(|| name_in_files(column)));
                    changed.cleared += u64::from(how == 2);
                }
                Ok(changed)
            })
            .collect()
    }
}

fn each(told: &Columns<'_>, word: impl Fn(&str, usize) -> String) -> String {
    told.iter().map(|(column, at)| word(column, *at)).collect::<Vec<_>>().join(", ")
}

/// What a company's files call a column.
fn name_in_files(column: &'static str) -> &'static str {
    match column {
        "company_id" => "company_inn",
        "area_hundredths" => "area",
        "premises_hundredths" => "premises_area",
        "common_hundredths" => "common_area",
        same => same,
    }
}
