//! Counts of database calls, so that a request's cost can be stated and held.
//!
//! Per thread: a handler runs its calls without waiting in between, so the difference of two snapshots around it
//! is its own.

use std::cell::Cell;

thread_local! {
    static CALLS: Cell<Calls> = const { Cell::new(Calls { sql: 0, kv: 0 }) };
}

/// How many calls this thread has made so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// SQL statements, `BEGIN` and `COMMIT` among them.
    pub sql: u64,
    /// Key-value gets, sets and deletes.
    pub kv: u64,
}

impl std::ops::Sub for Calls {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self { sql: self.sql - earlier.sql, kv: self.kv - earlier.kv }
    }
}

/// The calls of this thread up to now.
pub fn calls() -> Calls {
    CALLS.get()
}

pub(crate) fn count_sql() {
    CALLS.set(Calls { sql: CALLS.get().sql + 1, ..CALLS.get() });
}

pub(crate) fn count_kv() {
    CALLS.set(Calls { kv: CALLS.get().kv + 1, ..CALLS.get() });
}
