//! Facts with a time of validity: prices, norms, rates, settings. What is in force when is found by the day; what
//! overlaps or is missing is refused with the days named.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::period::Period;
use crate::russian::full_date;

/// A run of days, both ends included; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    first: Date,
    last: Date,
}

/// A fact and the days on which it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<T> {
    /// The first day of its validity.
    pub from: Date,
    /// The last day of its validity; none if its end is not known.
    pub until: Option<Date>,
    /// What holds.
    pub value: T,
}

/// Why facts cannot stand in one table, or do not tell about a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DatedError {
    /// A row ends before it begins.
    #[error("срок действия кончается {} раньше начала {}", full_date(*.until), full_date(*.from))]
    Backwards {
        /// Its first day.
        from: Date,
        /// Its last day.
        until: Date,
    },
    /// On these days two rows hold.
    #[error("два значения действуют сразу {}", days_in_words(*.from, *.until))]
    Overlap {
        /// The first such day.
        from: Date,
        /// The last such day; none if both rows have no end.
        until: Option<Date>,
    },
    /// On these days no row holds.
    #[error("нет значения {}", days_in_words(*.from, *.until))]
    Gap {
        /// The first such day.
        from: Date,
        /// The last such day; none if no later row follows.
        until: Option<Date>,
    },
}

fn days_in_words(from: Date, until: Option<Date>) -> String {
    match until {
        Some(until) if until == from => full_date(from),
        Some(until) => format!("с {} по {}", full_date(from), full_date(until)),
        None => format!("с {}", full_date(from)),
    }
}

impl Days {
    /// The days from the first to the last, if there is one.
    pub fn new(first: Date, last: Date) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The days of a month.
    pub fn of(period: Period) -> Self {
        Self { first: period.first_day(), last: period.last_day() }
    }

    /// The first day.
    pub const fn first(self) -> Date {
        self.first
    }

    /// The last day.
    pub const fn last(self) -> Date {
        self.last
    }

    /// How many days these are: 1 or more.
    pub fn count(self) -> u32 {
        // Two civil dates are fewer than eight million days apart, and the last is not before the first.
        (self.last - self.first).get_days().unsigned_abs() + 1
    }

    /// The run with a later end; an earlier one changes nothing.
    #[must_use]
    pub fn until(self, last: Date) -> Self {
        Self { last: self.last.max(last), ..self }
    }

    /// The days that are also of the other run, if any.
    pub fn common(self, other: Self) -> Option<Self> {
        Self::new(self.first.max(other.first), self.last.min(other.last))
    }

    /// Cuts the run before each of these days, in their order: pieces on each of which nothing changes.
    ///
    /// Days outside of the run, and repeated ones, cut nothing.
    pub fn cut(self, before: impl IntoIterator<Item = Date>) -> Vec<Self> {
        let mut starts: Vec<Date> = before.into_iter().filter(|&day| self.first < day && day <= self.last).collect();
        starts.push(self.first);
        starts.sort_unstable();
        starts.dedup();
        let ends = starts.iter().skip(1).filter_map(|start| start.yesterday().ok()).chain([self.last]);
        starts.iter().zip(ends).map(|(&first, last)| Self { first, last }).collect()
    }
}

/// Rows that do not overlap, in the order of their days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    rows: Vec<Row<T>>,
}

impl<T> Dated<T> {
    /// A table of these rows, in any order. Days without a row are allowed: a benefit or a surcharge may pause.
    pub fn new(mut rows: Vec<Row<T>>) -> Result<Self, DatedError> {
        for row in &rows {
            if let Some(until) = row.until.filter(|&until| until < row.from) {
                return Err(DatedError::Backwards { from: row.from, until });
            }
        }
        rows.sort_by_key(|row| row.from);
        for (row, next) in rows.iter().zip(rows.iter().skip(1)) {
            if row.until.is_none_or(|until| until >= next.from) {
                let until = [row.until, next.until].into_iter().flatten().min();
                return Err(DatedError::Overlap { from: next.from, until });
            }
        }
        Ok(Self { rows })
    }

    /// A table without days missing between its rows: a price, a norm.
    pub fn unbroken(rows: Vec<Row<T>>) -> Result<Self, DatedError> {
        let table = Self::new(rows)?;
        for (row, next) in table.rows.iter().zip(table.rows.iter().skip(1)) {
            if let Some(from) = row.until.and_then(|until| until.tomorrow().ok()).filter(|&from| from < next.from) {
                return Err(DatedError::Gap { from, until: next.from.yesterday().ok() });
            }
        }
        Ok(table)
    }

    /// A table of one fact that always held and always will.
    pub fn always(value: T) -> Self {
        Self { rows: vec![Row { from: Date::MIN, until: None, value }] }
    }

    /// The row that holds on a day.
    pub fn on(&self, day: Date) -> Result<&Row<T>, DatedError> {
        let index = self.rows.partition_point(|row| row.from <= day);
        let row = index.checked_sub(1).and_then(|index| self.rows.get(index));
        row.filter(|row| row.until.is_none_or(|until| day <= until)).ok_or_else(|| self.gap(day))
    }

    /// What holds on each of these days: pieces of the run with the row of each, none missing.
    pub fn during(&self, days: Days) -> Result<Vec<(Days, &Row<T>)>, DatedError> {
        let pieces = days.cut(self.changes());
        pieces.into_iter().map(|piece| Ok((piece, self.on(piece.first)?))).collect()
    }

    /// The days on which something begins to hold or has just ended.
    pub fn changes(&self) -> impl Iterator<Item = Date> {
        let ends = self.rows.iter().filter_map(|row| row.until?.tomorrow().ok());
        self.rows.iter().map(|row| row.from).chain(ends)
    }

    /// The rows, in the order of their days.
    pub fn rows(&self) -> &[Row<T>] {
        &self.rows
    }

    /// The days around one without a row.
    fn gap(&self, day: Date) -> DatedError {
        let before = self.rows.iter().rev().filter_map(|row| row.until).find(|&until| until < day);
        let after = self.rows.iter().map(|row| row.from).find(|&from| from > day);
        DatedError::Gap {
            // Before the first row the gap has no beginning: it is told from the day that was asked for.
            from: before.map_or(day, |until| until.saturating_add(1.days())),
            until: after.map(|from| from.saturating_sub(1.days())),
        }
    }
}

/// Unbroken tables by what they are about: prices by house, service and supplier, norms by type of dwelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book<K, T>(BTreeMap<K, Dated<T>>);

/// Why rows do not make a book, or a book does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookError<K> {
    /// Nothing at all is known of this.
    Unknown(K),
    /// What is known overlaps or has a gap.
    Dated(K, DatedError),
}

impl<K: Ord + Clone, T> Book<K, T> {
    /// A book of these rows, in any order.
    pub fn new(rows: impl IntoIterator<Item = (K, Row<T>)>) -> Result<Self, BookError<K>> {
        let mut tables: BTreeMap<K, Vec<Row<T>>> = BTreeMap::new();
        for (key, row) in rows {
            tables.entry(key).or_default().push(row);
        }
        let table = |(key, rows)| match Dated::unbroken(rows) {
            Ok(table) => Ok((key, table)),
            Err(error) => Err(BookError::Dated(key, error)),
        };
        tables.into_iter().map(table).collect::<Result<_, _>>().map(Self)
    }

    /// The table about this.
    pub fn table(&self, key: &K) -> Result<&Dated<T>, BookError<K>> {
        self.0.get(key).ok_or_else(|| BookError::Unknown(key.clone()))
    }

    /// What holds about this on each of these days.
    pub fn during(&self, key: &K, days: Days) -> Result<Vec<(Days, &Row<T>)>, BookError<K>> {
        self.table(key)?.during(days).map_err(|error| BookError::Dated(key.clone(), error))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn row(from: Date, until: Option<Date>, value: u8) -> Row<u8> {
        Row { from, until, value }
    }

    #[test]
    fn an_overlap_is_refused_with_its_days() {
        let first = row(date(2026, 1, 1), Some(date(2026, 6, 30)), 1);
        let ends = row(date(2026, 6, 1), Some(date(2026, 7, 31)), 2);
        let open = row(date(2026, 3, 1), None, 3);
        let overlap = |from, until| Err(DatedError::Overlap { from, until });
        assert_eq!(Dated::new(vec![ends, first.clone()]), overlap(date(2026, 6, 1), Some(date(2026, 6, 30))));
        assert_eq!(Dated::new(vec![first, open.clone()]), overlap(date(2026, 3, 1), Some(date(2026, 6, 30))));
        let twice = Dated::new(vec![open.clone(), open]);
        assert_eq!(twice, overlap(date(2026, 3, 1), None));
        assert_eq!(twice.unwrap_err().to_string(), "два значения действуют сразу с 1\u{a0}марта 2026 года");
    }

    #[test]
    fn a_gap_is_refused_with_its_days() {
        let rows = vec![row(date(2026, 1, 1), Some(date(2026, 6, 29)), 1), row(date(2026, 7, 1), None, 2)];
        let gap = DatedError::Gap { from: date(2026, 6, 30), until: Some(date(2026, 6, 30)) };
        assert_eq!(Dated::unbroken(rows.clone()), Err(gap));
        assert_eq!(gap.to_string(), "нет значения 30\u{a0}июня 2026 года");
        let table = Dated::new(rows).unwrap();
        assert_eq!(table.on(date(2026, 6, 30)), Err(gap));
        assert_eq!(table.during(Days::of(Period::new(2026, 6).unwrap())), Err(gap));
    }

    #[test]
    fn days_before_and_after_all_rows_are_gaps() {
        let table = Dated::new(vec![row(date(2026, 2, 1), Some(date(2026, 2, 28)), 1)]).unwrap();
        let gap = |from, until| Err(DatedError::Gap { from, until });
        assert_eq!(table.on(date(2026, 1, 15)), gap(date(2026, 1, 15), Some(date(2026, 1, 31))));
        assert_eq!(table.on(date(2026, 3, 15)), gap(date(2026, 3, 1), None));
        assert_eq!(Dated::<u8>::new(vec![]).unwrap().on(date(2026, 3, 15)), gap(date(2026, 3, 15), None));
    }

    #[test]
    fn a_row_cannot_end_before_it_begins() {
        let backwards = Dated::new(vec![row(date(2026, 2, 2), Some(date(2026, 2, 1)), 1)]);
        assert_eq!(backwards, Err(DatedError::Backwards { from: date(2026, 2, 2), until: date(2026, 2, 1) }));
    }

    #[test]
    fn a_month_is_cut_where_a_value_changes() {
        let rows = vec![row(date(2026, 10, 11), None, 2), row(date(2026, 1, 1), Some(date(2026, 10, 10)), 1)];
        let table = Dated::unbroken(rows).unwrap();
        let pieces = table.during(Days::of(Period::new(2026, 10).unwrap())).unwrap();
        let seen: Vec<_> = pieces.iter().map(|(days, row)| (days.count(), row.value)).collect();
        assert_eq!(seen, [(10, 1), (21, 2)]);
    }

    #[test]
    fn a_book_names_what_is_wrong() {
        let rows = [("cold", row(date(2026, 1, 1), None, 1)), ("cold", row(date(2026, 2, 1), None, 2))];
        let overlap = DatedError::Overlap { from: date(2026, 2, 1), until: None };
        assert_eq!(Book::new(rows), Err(BookError::Dated("cold", overlap)));
        let book = Book::new([("cold", row(date(2026, 1, 1), None, 1))]).unwrap();
        let january = Days::of(Period::new(2026, 1).unwrap());
        assert_eq!(book.during(&"cold", january).unwrap().len(), 1);
        assert_eq!(book.during(&"hot", january), Err(BookError::Unknown("hot")));
    }

    proptest! {
        #[test]
        fn pieces_cover_every_day_once(cuts in prop::collection::vec(0_i64..400, 0..12), length in 0_i64..365) {
            let first = date(2026, 1, 1);
            let days = Days::new(first, first.saturating_add(length.days())).unwrap();
            let pieces = days.cut(cuts.iter().map(|&cut| first.saturating_add(cut.days())));
            prop_assert_eq!(pieces.iter().map(|piece| piece.count()).sum::<u32>(), days.count());
            prop_assert_eq!((pieces[0].first(), pieces[pieces.len() - 1].last()), (days.first(), days.last()));
            for (one, next) in pieces.iter().zip(&pieces[1..]) {
                prop_assert_eq!(one.last().tomorrow().unwrap(), next.first());
            }
        }
    }
}
