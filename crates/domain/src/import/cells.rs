//! The cells of one line: each is parsed by its column, and every fault is kept, not only the first.

use std::fmt::Display;

use csv::StringRecord;

/// What is wrong with a letter that nobody sees: two codes or names that look alike would differ by it.
fn unreadable(letter: char) -> Option<String> {
    match letter {
        // A stray quote swallows the lines that follow it: they would end up in one cell.
        '\n' | '\r' | '\t' => Some("в значении перенос строки или табуляция: проверьте кавычки".to_owned()),
        _ if letter.is_control() || is_invisible(letter) => {
            Some(format!("в значении недопустимый невидимый знак U+{:04X}: впишите значение заново", u32::from(letter)))
        }
        _ => None,
    }
}

/// Letters without width, and those that turn the direction of the text around them.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// One line's cells and what is wrong with them.
pub(super) struct Cells<'a> {
    header: &'a [String],
    record: &'a StringRecord,
    faults: Vec<(&'static str, String)>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(header: &'a [String], record: &'a StringRecord) -> Self {
        Self { header, record, faults: Vec::new() }
    }

    /// The value of a column that must be filled in.
    pub(super) fn required<T, E: Display>(
        &mut self,
        column: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        if self.text(column).is_empty() {
            self.refuse(column, "не заполнено");
            return None;
        }
        self.optional(column, parse)?
    }

    /// The value of a column that may be empty. The outer nothing is a fault.
    pub(super) fn optional<T, E: Display>(
        &mut self,
        column: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        let text = self.text(column);
        if text.is_empty() {
            return Some(None);
        }
        if let Some(reason) = text.chars().find_map(unreadable) {
            self.refuse(column, &reason);
            return None;
        }
        match parse(text) {
            Ok(value) => Some(Some(value)),
            Err(reason) => {
                self.refuse(column, &reason.to_string());
                None
            }
        }
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    /// Whether nothing stands in a column.
    pub(super) fn is_empty(&self, column: &str) -> bool {
        self.text(column).is_empty()
    }

    /// Notes what is wrong with a column.
    pub(super) fn refuse(&mut self, column: &'static str, reason: &str) {
        self.faults.push((column, reason.to_owned()));
    }

    pub(super) fn into_faults(self) -> Vec<(&'static str, String)> {
        self.faults
    }

    fn text(&self, column: &str) -> &'a str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).unwrap_or_default()
    }
}
