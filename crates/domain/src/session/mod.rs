//! How long a session lives, and the token that proves it.
//!
//! A session ends after 15 minutes without a request (S1:221) and after 12 hours in any case.

pub mod cookie;
mod token;

use jiff::{SignedDuration, Timestamp};

pub use token::{SessionToken, TokenError};

/// No session lives longer than this.
pub const HOURS_MAX: i64 = 12;

/// Whether a session still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// It does.
    Active,
    /// Nothing was asked for too long.
    IdledOut,
    /// It has lived for as long as any session may.
    Expired,
}

/// When a session begun at this moment ends at the latest.
pub fn expires_at(created_at: Timestamp) -> Timestamp {
    later(created_at, SignedDuration::from_hours(HOURS_MAX))
}

/// Whether a session still holds. The last second of a term belongs to it. One that was seen further in the future than
/// it may idle was seen by a clock that was set back since: when it was left nobody knows, and it would not idle out
/// until that clock is right.
pub fn state(created_at: Timestamp, seen_at: Timestamp, now: Timestamp, idle_seconds: i64) -> SessionState {
    if now > expires_at(created_at) {
        return SessionState::Expired;
    }
    let idle = SignedDuration::from_secs(idle_seconds);
    if now > later(seen_at, idle) || seen_at > later(now, idle) {
        return SessionState::IdledOut;
    }
    SessionState::Active
}

/// Beyond the end of the calendar nothing ends any more.
fn later(moment: Timestamp, duration: SignedDuration) -> Timestamp {
    moment.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + seconds).unwrap()
    }

    #[test]
    fn s4_a_session_idles_out_after_its_fifteen_minutes() {
        assert_eq!(state(at(0), at(0), at(900), 900), SessionState::Active);
        assert_eq!(state(at(0), at(0), at(901), 900), SessionState::IdledOut);
        assert_eq!(state(at(0), at(600), at(1500), 900), SessionState::Active);
    }

    #[test]
    fn twelve_hours_are_the_end_however_busy_it_is() {
        let twelve_hours = 12 * 3600;
        assert_eq!(expires_at(at(0)), at(twelve_hours));
        assert_eq!(state(at(0), at(twelve_hours), at(twelve_hours), 900), SessionState::Active);
        assert_eq!(state(at(0), at(twelve_hours), at(twelve_hours + 1), 900), SessionState::Expired);
    }

    #[test]
    fn a_clock_that_stepped_back_ends_nothing() {
        assert_eq!(state(at(0), at(100), at(40), 900), SessionState::Active);
        assert_eq!(state(at(0), at(940), at(40), 900), SessionState::Active);
    }

    #[test]
    fn a_session_begun_while_the_clock_was_far_ahead_does_not_outlive_it() {
        let month = 30 * 24 * 3600;
        assert_eq!(state(at(month), at(month), at(0), 900), SessionState::IdledOut);
        assert_eq!(state(at(941), at(941), at(40), 900), SessionState::IdledOut);
    }

    #[test]
    fn the_end_of_time_is_no_trap() {
        let end = Timestamp::MAX;
        assert_eq!(state(end, end, end, i64::MAX), SessionState::Active);
    }

    proptest! {
        #[test]
        fn what_has_ended_never_comes_back(
            seen in 0_i64..50_000, after in 0_i64..100_000, later in 0_i64..100_000, idle in 1_i64..5_000,
        ) {
            let (first, second) = (seen + after.min(later), seen + after.max(later));
            if state(at(0), at(seen), at(first), idle) != SessionState::Active {
                prop_assert_ne!(state(at(0), at(seen), at(second), idle), SessionState::Active);
            }
        }
    }
}
