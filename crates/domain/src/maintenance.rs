//! When the portal may be out of service: windows of works that are announced before they begin.

use jiff::Timestamp;

/// An announced window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    starts_at: Timestamp,
    ends_at: Timestamp,
}

/// Why a window cannot be announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It ends when it begins, or before.
    #[error("Конец работ должен быть позже начала.")]
    Backwards,
    /// It is longer than the rule allows (function 176: four hours unless a setting says otherwise).
    #[error("Работы не могут идти дольше {hours_max} ч подряд. Разбейте их на несколько окон.")]
    TooLong {
        /// The longest window, in hours.
        hours_max: u32,
    },
    /// Nobody can be warned of what is over.
    #[error("Это время уже прошло. Укажите будущее.")]
    Over,
}

impl Window {
    /// A window that may be announced at the moment `now`.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn announce(starts_at: Timestamp, ends_at: Timestamp, now: Timestamp, hours_max: u32) -> Result<Self, Refusal> {
        let seconds = ends_at.duration_since(starts_at).as_secs();
        if seconds <= 0 {
            return Err(Refusal::Backwards);
        }
        if seconds > i64::from(hours_max) * 3600 {
            return Err(Refusal::TooLong { hours_max });
        }
        if ends_at <= now {
            return Err(Refusal::Over);
        }
        Ok(Self { starts_at, ends_at })
    }

    /// When it begins.
    pub fn starts_at(&self) -> Timestamp {
        self.starts_at
    }

    /// When it ends.
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn announce(from: &str, until: &str) -> Result<Window, Refusal> {
        Window::announce(at(from), at(until), at("2026-07-20T12:00:00Z"), 4)
    }

    #[test]
    fn four_hours_are_allowed_and_a_second_more_is_not() {
        assert!(announce("2026-07-21T00:00:00Z", "2026-07-21T04:00:00Z").is_ok());
        let longer = announce("2026-07-21T00:00:00Z", "2026-07-21T04:00:01Z");
        assert_eq!(longer, Err(Refusal::TooLong { hours_max: 4 }));
    }

    #[test]
    fn works_that_already_go_on_may_still_be_announced_and_past_ones_not() {
        assert!(announce("2026-07-20T11:00:00Z", "2026-07-20T13:00:00Z").is_ok());
        assert_eq!(announce("2026-07-20T10:00:00Z", "2026-07-20T12:00:00Z"), Err(Refusal::Over));
    }

    #[test]
    fn a_window_ends_after_it_begins() {
        assert_eq!(announce("2026-07-21T04:00:00Z", "2026-07-21T04:00:00Z"), Err(Refusal::Backwards));
    }

    proptest! {
        #[test]
        fn what_is_announced_is_never_longer_than_the_rule(from in 0..4_000_000_000_i64, seconds in -90_000..90_000_i64) {
            let moment = |second| Timestamp::from_second(second).unwrap();
            let window = Window::announce(moment(from), moment(from + seconds), moment(from), 4);
            prop_assert_eq!(window.is_ok(), (1..=4 * 3600).contains(&seconds));
        }
    }
}
