//! The time that guests and the cron schedule see.
//!
//! Terms, penalties and cron are tested by moving this clock, never by waiting: the wall clock can start at any moment
//! and be set or advanced. The monotonic clock stays the machine's own, so that timeouts keep their meaning.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use wasmtime_wasi::HostWallClock;

/// How soon it is noticed that the machine's clock was set.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// A wall clock shared by everything that one host runs; clones show the same time.
#[derive(Clone)]
pub struct Clock {
    state: Arc<Mutex<State>>,
    moved: watch::Sender<()>,
}

enum State {
    /// The machine's time.
    System,
    /// Started at a chosen moment and running on from there.
    Running { from: Timestamp, since: Instant },
    /// Standing still until it is moved.
    Fixed { at: Timestamp },
}

impl Clock {
    /// The machine's own time.
    pub fn system() -> Self {
        Self::new(State::System)
    }

    /// Starts at `at` and runs on from there.
    pub fn starting_at(at: Timestamp) -> Self {
        Self::new(State::Running { from: at, since: Instant::now() })
    }

    /// Stands at `at` until [`Clock::set`] or [`Clock::advance`] moves it.
    pub fn fixed(at: Timestamp) -> Self {
        Self::new(State::Fixed { at })
    }

    fn new(state: State) -> Self {
        Self { state: Arc::new(Mutex::new(state)), moved: watch::Sender::new(()) }
    }

    /// The present moment of this clock.
    pub fn now(&self) -> Timestamp {
        self.lock().now()
    }

    /// Moves the clock to `at`; a fixed clock stands there, any other runs on from there.
    pub fn set(&self, at: Timestamp) {
        let mut state = self.lock();
        *state = match *state {
            State::Fixed { .. } => State::Fixed { at },
            State::System | State::Running { .. } => State::Running { from: at, since: Instant::now() },
        };
        drop(state);
        self.moved.send_replace(());
    }

    /// Moves the clock on by `duration`.
    pub fn advance(&self, duration: Duration) {
        self.set(add(self.now(), duration));
    }

    /// Resolves when the clock shows `at` or later, and when it was set back: who waits then reckons anew.
    pub(crate) async fn wait_until(&self, at: Timestamp) {
        let mut moved = self.moved.subscribe();
        let mut seen = self.now();
        loop {
            let (now, stands) = {
                let state = self.lock();
                (state.now(), matches!(*state, State::Fixed { .. }))
            };
            if now >= at || now < seen {
                return;
            }
            seen = now;
            // Nobody tells when the machine's own clock is set.
            let left = at.duration_since(now).unsigned_abs().min(LOOK_AGAIN);
            tokio::select! {
                _ = moved.changed() => {}
                () = tokio::time::sleep(left), if !stands => {}
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("the clock is never poisoned")
    }
}

impl State {
    fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Running { from, since } => add(*from, since.elapsed()),
            Self::Fixed { at } => *at,
        }
    }
}

/// A clock that would leave jiff's range (the year 9999) stands still instead.
fn add(at: Timestamp, duration: Duration) -> Timestamp {
    SignedDuration::try_from(duration).ok().and_then(|duration| at.checked_add(duration).ok()).unwrap_or(at)
}

impl HostWallClock for Clock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        // WASI's wall clock has no time before 1970.
        Self::now(self).as_duration().try_into().unwrap_or(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-07-20T12:00:00Z".parse().expect("a timestamp")
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(noon());
        assert_eq!(clock.now(), noon());
        clock.clone().advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-07-20T12:01:30Z");
    }

    #[test]
    fn a_running_clock_starts_where_it_was_set() {
        let clock = Clock::system();
        clock.set(noon());
        assert!(clock.now() >= noon());
        assert!(clock.now() < noon() + SignedDuration::from_hours(1));
    }

    #[tokio::test]
    async fn waiting_ends_when_the_clock_is_moved_past_the_moment() {
        let clock = Clock::fixed(noon());
        let later = noon() + SignedDuration::from_hours(24);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.wait_until(later).await }
        });
        clock.set(later);
        waiting.await.expect("the waiting task ends");
    }
}
