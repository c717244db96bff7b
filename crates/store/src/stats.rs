//! Counts of database calls, so that a request's cost can be stated and held.
//!
//! Per thread, which many requests share: each has it to itself while it is polled, so the differences around its polls
//! are its own.

use std::{cell::Cell, future::poll_fn, pin::pin};

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

impl std::ops::AddAssign for Calls {
    fn add_assign(&mut self, more: Self) {
        *self = Self { sql: self.sql + more.sql, kv: self.kv + more.kv };
    }
}

/// What `work` answers, and the calls that it made itself; what others made while it waited is theirs.
pub async fn counted<T>(work: impl Future<Output = T>) -> (T, Calls) {
    let (mut work, mut own) = (pin!(work), Calls::default());
    let answer = poll_fn(|context| {
        let before = calls();
        let polled = work.as_mut().poll(context);
        own += calls() - before;
        polled
    });
    (answer.await, own)
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

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Waits once, as for a body or a gateway.
    async fn wait() {
        let mut has_waited = false;
        poll_fn(|_| if std::mem::replace(&mut has_waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    #[test]
    fn what_others_call_while_a_request_waits_is_not_its_own() {
        let request = async |statements: u64| {
            (0..statements).for_each(|_| count_sql());
            wait().await;
            count_kv();
        };
        let (mut one, mut other) = (pin!(counted(request(1))), pin!(counted(request(3))));
        let mut context = Context::from_waker(Waker::noop());
        assert!(one.as_mut().poll(&mut context).is_pending() && other.as_mut().poll(&mut context).is_pending());
        let own = |sql| Poll::Ready(((), Calls { sql, kv: 1 }));
        assert_eq!(other.as_mut().poll(&mut context), own(3));
        assert_eq!(one.as_mut().poll(&mut context), own(1));
    }
}
