//! The queue of those who want to write to one database file.
//!
//! SQLite itself lets waiting writers poll, so that under load some wait a hundred times longer
//! than others and some give up. Here a statement that may write first takes a [`Turn`]; turns
//! are handed over in the order of asking, directly from one writer's thread to the next.

use std::collections::VecDeque;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::metrics::{Counter, Histogram};

/// Who writes and who waits.
#[derive(Debug, Default)]
pub(super) struct WriterQueue {
    state: Mutex<State>,
    waits: Histogram,
    given_up: Counter,
}

#[derive(Debug, Default)]
struct State {
    writing: bool,
    waiting: VecDeque<Sender<Turn>>,
}

/// The right to write; dropping it hands it to the next in the queue.
#[derive(Debug)]
pub(super) struct Turn {
    queue: Arc<WriterQueue>,
    since: Instant,
}

impl WriterQueue {
    /// Waits, in the order of the calls, for the right to write; `None` after `timeout`.
    ///
    /// Blocks its thread.
    pub(super) fn wait(self: &Arc<Self>, timeout: Duration) -> Option<Turn> {
        let since = Instant::now();
        let turn = self.wait_uncounted(timeout);
        self.waits.observe(since.elapsed());
        if turn.is_none() {
            self.given_up.add(1);
        }
        turn
    }

    /// How long each one waited.
    pub(super) fn waits(&self) -> &Histogram {
        &self.waits
    }

    /// How many waited in vain.
    pub(super) fn given_up(&self) -> u64 {
        self.given_up.get()
    }

    fn wait_uncounted(self: &Arc<Self>, timeout: Duration) -> Option<Turn> {
        let receiver = {
            let mut state = self.lock();
            if !state.writing {
                state.writing = true;
                return Some(Turn::new(self.clone()));
            }
            let (sender, receiver) = mpsc::channel();
            state.waiting.push_back(sender);
            receiver
        };
        // A turn that arrives after the timeout is dropped with the receiver and so passes on.
        receiver.recv_timeout(timeout).ok()
    }

    fn pass_on(self: &Arc<Self>) {
        let next = {
            let mut state = self.lock();
            let next = state.waiting.pop_front();
            state.writing = next.is_some();
            next
        };
        if let Some(next) = next {
            // One who gave up waiting returns the turn here, inside the error, and its drop
            // passes it on further.
            drop(next.send(Turn::new(self.clone())));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many wait now.
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }
}

impl Turn {
    fn new(queue: Arc<WriterQueue>) -> Self {
        Self { queue, since: Instant::now() }
    }

    /// When the turn was given.
    pub(super) fn since(&self) -> Instant {
        self.since
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.queue.pass_on();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const LONG: Duration = Duration::from_secs(60);

    /// Lets `threads` threads queue one after the other and returns the order of their turns.
    fn order_of(queue: &Arc<WriterQueue>, threads: usize) -> Vec<usize> {
        let first = queue.wait(LONG).unwrap();
        let (sender, order) = mpsc::channel();
        thread::scope(|scope| {
            for number in 0..threads {
                let sender = sender.clone();
                scope.spawn(move || {
                    let _turn = queue.wait(LONG).unwrap();
                    sender.send(number).unwrap();
                });
                while queue.waiting() <= number {
                    thread::yield_now();
                }
            }
            drop((first, sender));
            order.iter().collect()
        })
    }

    #[test]
    fn turns_come_in_the_order_of_asking() {
        let queue = Arc::default();
        assert_eq!(order_of(&queue, 16), (0..16).collect::<Vec<_>>());
    }

    #[test]
    fn the_queue_is_free_again_when_all_are_done() {
        let queue = Arc::default();
        order_of(&queue, 3);
        assert!(queue.wait(Duration::ZERO).is_some());
    }

    #[test]
    fn one_who_gives_up_does_not_hold_up_the_rest() {
        let queue: Arc<WriterQueue> = Arc::default();
        let turn = queue.wait(LONG).unwrap();
        assert!(queue.wait(Duration::ZERO).is_none());
        assert!(queue.wait(Duration::ZERO).is_none());
        drop(turn);
        assert!(queue.wait(Duration::ZERO).is_some());
    }
}
