//! Lines held against the other lines of their file: nothing twice, no more than the whole.

use std::collections::HashMap;
use std::hash::Hash;

use jiff::civil::Date;

use super::Line;
use super::rows::Owner;
use super::table::Table;
use crate::identifier::PremisesNumber;
use crate::share::{AboveWhole, Share};

/// Refuses each line whose key an earlier line has.
pub(super) fn refuse_repeated<T, K: Eq + Hash>(
    table: &mut Table<'_>,
    lines: &[Line<T>],
    column: &str,
    key: impl Fn(&T) -> Option<K>,
) {
    let mut first_lines = HashMap::new();
    for line in lines {
        let Some(key) = key(&line.row) else { continue };
        let first_line = *first_lines.entry(key).or_insert(line.number);
        if first_line != line.number {
            table.refuse(line.number, Some(column), format!("повторяет строку {first_line}"));
        }
    }
}

/// Refuses each line that, with the lines above it, gives the owners of some premises more than the whole.
pub(super) fn refuse_above_whole(table: &mut Table<'_>, lines: &[Line<Owner>]) {
    let mut by_premises: HashMap<(&str, &PremisesNumber), Vec<&Owner>> = HashMap::new();
    for line in lines {
        let owners = by_premises.entry((&line.row.house_code, &line.row.premises)).or_default();
        match day_above_whole(owners, &line.row) {
            None => owners.push(&line.row),
            Some(day) => table.refuse(line.number, Some("share"), format!("{AboveWhole}: {day}, с долями строк выше")),
        }
    }
}

/// The day from which on the owners and one more have more than the whole. A sum only grows on somebody's first day.
fn day_above_whole(owners: &[&Owner], one_more: &Owner) -> Option<Date> {
    let owns_on = |owner: &Owner, day| owner.since <= day && owner.until.is_none_or(|until| day < until);
    let first_days = owners.iter().map(|owner| owner.since).chain([one_more.since]);
    let is_above = |day: &Date| {
        let on_that_day = owners.iter().filter(|owner| owns_on(owner, *day)).map(|owner| owner.share);
        Share::check_whole(on_that_day.chain([one_more.share])).is_err()
    };
    first_days.filter(|day| owns_on(one_more, *day)).filter(is_above).min()
}
