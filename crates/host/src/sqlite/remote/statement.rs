//! What the first words of a statement tell, where no SQLite is at hand to ask.

/// What a statement does to transactions and to the queue of writers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// It opens a transaction.
    pub(super) begins: bool,
    /// It may write, so it waits for its turn. True in doubt: that costs only a wait.
    pub(super) writes: bool,
}

const CHANGES: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "REPLACE"];

impl Kind {
    pub(super) fn of(sql: &str) -> Self {
        let mut words = words(after_comments(sql));
        let first = words.next().unwrap_or_default();
        let (begins, writes) = match &*first {
            "BEGIN" => (true, matches!(words.next().as_deref(), Some("IMMEDIATE" | "EXCLUSIVE"))),
            "SAVEPOINT" => (true, false),
            "SELECT" | "VALUES" | "EXPLAIN" | "PRAGMA" | "COMMIT" | "END" | "ROLLBACK" | "RELEASE" => (false, false),
            "WITH" => (false, words.any(|word| CHANGES.contains(&&*word))),
            _ => (false, true),
        };
        Self { begins, writes }
    }
}

fn words(sql: &str) -> impl Iterator<Item = String> {
    let words = sql.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| !word.is_empty()).map(str::to_ascii_uppercase)
}

/// The text from the first sign that SQLite does not skip.
fn after_comments(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|sign: char| sign.is_ascii_whitespace() || sign == ';');
        let comment = rest.strip_prefix("--").map(|text| text.split_once('\n'));
        let comment = comment.or_else(|| rest.strip_prefix("/*").map(|text| text.split_once("*/")));
        match comment {
            Some(Some((_, after))) => rest = after,
            Some(None) => return "",
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn assert_kind(sql: &str, begins: bool, writes: bool) {
        assert_eq!(Kind::of(sql), Kind { begins, writes }, "{sql}");
    }

    #[test]
    fn a_transaction_is_told_by_its_first_word() {
        assert_kind("begin immediate", true, true);
        assert_kind("  BEGIN\n EXCLUSIVE transaction;", true, true);
        assert_kind("BEGIN", true, false);
        assert_kind("begin deferred", true, false);
        assert_kind("savepoint a", true, false);
    }

    #[test]
    fn what_reads_or_ends_a_transaction_never_waits() {
        for sql in ["select 1", "VALUES (1)", "pragma foreign_keys = on", "commit", "END", "rollback", "release a"] {
            assert_kind(sql, false, false);
        }
        assert_kind("with a as (select 1) select * from a", false, false);
    }

    #[test]
    fn what_changes_waits_for_its_turn() {
        for sql in ["insert into a values (1)", "create table a (b)", "with a as (select 1) delete from b"] {
            assert_kind(sql, false, true);
        }
    }

    #[test]
    fn comments_come_before_the_first_word() {
        assert_kind("-- why\n/* and more */ begin immediate", true, true);
        assert_kind("-- insert", false, true);
    }

    proptest! {
        #[test]
        fn no_text_panics(sql in any::<String>()) {
            let _ = Kind::of(&sql);
        }
    }
}
