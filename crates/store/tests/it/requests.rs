//! Counters, whatever the clock does.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use schema::Kind;
use store::requests::{self, Limit};

use crate::state::State;

const WINDOW: SignedDuration = SignedDuration::from_hours(1);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).expect("a moment")
}

/// The waits that a limit of two answers to attempts at these seconds.
fn waits(seconds: &[i64]) -> Vec<Option<SignedDuration>> {
    let (state, limit) = (State::new(Kind::Demo), Limit { most: 2, window: WINDOW });
    let count = |tx: &store::Tx<'_>, second: &i64| requests::count(tx, at(*second), "bucket", limit);
    state.db().write(|tx| seconds.iter().map(|second| count(tx, second)).collect::<store::Result<_>>()).unwrap()
}

#[test]
fn a_window_that_began_under_a_clock_which_was_set_back_since_is_over() {
    let month = 30 * 24 * 3600;
    assert_eq!(waits(&[month, month, month, 0, 1, 2])[3..], [None, None, Some(WINDOW - SignedDuration::from_secs(2))]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn nobody_waits_longer_than_the_window_whatever_the_clock_did(
        seconds in proptest::collection::vec(-10_000_000_i64..10_000_000, 1..40),
        steps in proptest::collection::vec(0_i64..2_000, 1..40),
    ) {
        let jumps = seconds.iter().zip(steps.iter().cycle());
        let seconds: Vec<_> = jumps.flat_map(|(second, step)| [0, 1, 2, 3].map(|time| second + time * step)).collect();
        for wait in waits(&seconds).into_iter().flatten() {
            prop_assert!((SignedDuration::ZERO..=WINDOW).contains(&wait), "{wait}");
        }
    }
}
