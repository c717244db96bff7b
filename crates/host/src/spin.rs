//! Waiting for a thread that will answer within microseconds.
//!
//! To sleep and be woken costs more than the whole of a short statement, most of all in a virtual machine, where an idle
//! processor has to be woken too. So the two sides of a transaction watch for each other for a moment before they sleep.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// On one processor the other side can only go on when this one sleeps.
static IS_WORTHWHILE: LazyLock<bool> =
    LazyLock::new(|| std::thread::available_parallelism().is_ok_and(|processors| processors.get() > 1));

/// Asks again and again for at most `time`; gives way to whoever else wants the processor.
pub(crate) fn watch<T>(time: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    if !*IS_WORTHWHILE {
        return None;
    }
    let since = Instant::now();
    loop {
        for _ in 0..16 {
            if let Some(answer) = ask() {
                return Some(answer);
            }
            std::hint::spin_loop();
        }
        if since.elapsed() >= time {
            return None;
        }
        std::thread::yield_now();
    }
}
