//! What is wrong with files, line by line.

use std::{fmt, ops::Deref};

/// Nobody mends more by hand: of a file with more bad lines the first are told, and how many there are.
const KEPT: usize = 1_000;

/// A line that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// The file.
    pub file: String,
    /// The line's number, the header being 1.
    pub line: u64,
    /// The column, if one is to blame.
    pub column: Option<String>,
    /// What is wrong, for the accountant who mends it.
    pub reason: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, строка {}", self.file, self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", столбец {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// The first bad lines, and how many faults were found in all. As a slice it is the lines that were kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BadLines {
    kept: Vec<BadLine>,
    total: u64,
}

impl BadLines {
    /// One more.
    pub fn push(&mut self, bad: BadLine) {
        self.total += 1;
        if self.kept.len() < KEPT {
            self.kept.push(bad);
        }
    }

    /// Those of another file behind these.
    pub fn append(&mut self, others: Self) {
        let room = KEPT - self.kept.len();
        self.total += others.total;
        self.kept.extend(others.kept.into_iter().take(room));
    }

    /// Orders the lines from this place on by their numbers.
    pub fn sort_from(&mut self, start: usize) {
        if let Some(kept) = self.kept.get_mut(start..) {
            kept.sort_by_key(|bad| bad.line);
        }
    }

    /// How many faults were found, kept or not.
    pub const fn total(&self) -> u64 {
        self.total
    }
}

impl Deref for BadLines {
    type Target = [BadLine];

    fn deref(&self) -> &[BadLine] {
        &self.kept
    }
}

impl IntoIterator for BadLines {
    type Item = BadLine;
    type IntoIter = std::vec::IntoIter<BadLine>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(count: u64) -> BadLines {
        let mut all = BadLines::default();
        for line in 1..=count {
            all.push(BadLine { file: "f.csv".to_owned(), line, column: None, reason: "нет".to_owned() });
        }
        all
    }

    #[test]
    fn the_first_thousand_are_kept_and_all_are_counted() {
        let mut all = many(700);
        all.append(many(800));
        assert_eq!((all.len(), all.total(), all[999].line), (1_000, 1_500, 300));
        all.push(BadLine { file: String::new(), line: 1, column: None, reason: String::new() });
        assert_eq!((all.len(), all.total()), (1_000, 1_501));
    }
}
