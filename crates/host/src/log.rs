//! JSON lines about the host, its requests and its components, one event per line.
//!
//! Writing happens on a thread of its own: a request only formats its line. When the reader of stderr is too slow, lines
//! are dropped and counted rather than making requests wait.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde::Serialize;

/// Lines that may wait for the writer.
const QUEUE: usize = 16_384;

/// What the writing thread gets.
enum Message {
    Line(String),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

/// Where a host writes what happens; cheap to clone.
#[derive(Clone)]
pub struct Log(Arc<Sink>);

enum Sink {
    Stderr { lines: SyncSender<Message>, dropped: AtomicU64 },
    Memory(Mutex<Vec<String>>),
    Off,
}

impl Log {
    /// JSON lines on stderr.
    pub fn stderr() -> Self {
        let (lines, queue) = sync_channel(QUEUE);
        std::thread::spawn(move || write_lines(&queue));
        Self(Arc::new(Sink::Stderr { lines, dropped: AtomicU64::new(0) }))
    }

    /// Lines kept in memory, for tests: see [`Log::lines`].
    pub fn memory() -> Self {
        Self(Arc::new(Sink::Memory(Mutex::default())))
    }

    /// No lines at all.
    pub fn off() -> Self {
        Self(Arc::new(Sink::Off))
    }

    /// The lines so far of a [`Log::memory`]; empty for any other.
    pub fn lines(&self) -> Vec<serde_json::Value> {
        let Sink::Memory(lines) = &*self.0 else { return Vec::new() };
        let lines = lines.lock().expect("the log is never poisoned");
        lines.iter().map(|line| serde_json::from_str(line).expect("a line of the log is JSON")).collect()
    }

    /// Waits until what was logged so far is written.
    pub(crate) fn flush(&self) {
        if let Sink::Stderr { lines, .. } = &*self.0 {
            let (written, wait) = sync_channel(1);
            // A writer that is gone has nothing left to write.
            let _ = lines.send(Message::Flush(written)).is_ok_and(|()| wait.recv().is_ok());
        }
    }

    /// Begins a line about `event`; it is written when the [`Line`] is dropped.
    pub(crate) fn event(&self, event: &'static str) -> Line<'_> {
        let text = match &*self.0 {
            Sink::Off => None,
            Sink::Stderr { .. } | Sink::Memory(_) => {
                Some(format!(r#"{{"time":"{:.3}","event":"{event}""#, Timestamp::now()))
            }
        };
        Line { log: self, text }
    }

    fn write(&self, line: String) {
        match &*self.0 {
            Sink::Stderr { lines, dropped } => {
                if let Err(TrySendError::Full(_)) = lines.try_send(Message::Line(line)) {
                    dropped.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                report_dropped(lines, dropped);
            }
            Sink::Memory(lines) => lines.lock().expect("the log is never poisoned").push(line),
            Sink::Off => {}
        }
    }
}

fn report_dropped(lines: &SyncSender<Message>, dropped: &AtomicU64) {
    if dropped.load(Ordering::Relaxed) == 0 {
        return;
    }
    let count = dropped.swap(0, Ordering::Relaxed);
    let line = format!(r#"{{"time":"{:.3}","event":"log.dropped","lines":{count}}}"#, Timestamp::now());
    if lines.try_send(Message::Line(line)).is_err() {
        dropped.fetch_add(count, Ordering::Relaxed);
    }
}

/// Writes what is queued in one go, then waits for more. Ends when every [`Log`] is gone.
fn write_lines(queue: &Receiver<Message>) {
    let mut batch = String::new();
    while let Ok(first) = queue.recv() {
        let mut flushed = Vec::new();
        for message in std::iter::once(first).chain(queue.try_iter().take(1024)) {
            match message {
                Message::Line(line) => {
                    batch.push_str(&line);
                    batch.push('\n');
                }
                Message::Flush(written) => flushed.push(written),
            }
        }
        // A closed stderr must not stop the host.
        let _ = io::stderr().write_all(batch.as_bytes());
        batch.clear();
        for written in flushed {
            let _ = written.send(());
        }
    }
}

/// A line under construction.
pub(crate) struct Line<'a> {
    log: &'a Log,
    /// None when nobody reads the log.
    text: Option<String>,
}

impl Line<'_> {
    /// Adds a field.
    pub(crate) fn with(mut self, key: &str, value: impl Serialize) -> Self {
        if let Some(text) = &mut self.text {
            let value = serde_json::to_string(&value).unwrap_or_else(|_| "null".into());
            // Writing to a String never fails.
            let _ = write!(text, r#","{key}":{value}"#);
        }
        self
    }

    /// Adds a field whose value is already JSON on one line.
    fn with_json(mut self, key: &str, value: &str) -> Self {
        if let Some(text) = &mut self.text {
            let _ = write!(text, r#","{key}":{value}"#);
        }
        self
    }

    /// Adds what a component wrote: a JSON object as it stands, anything else as text.
    pub(crate) fn with_output(self, line: &str) -> Self {
        let is_object = line.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
        if is_object { self.with_json("data", line) } else { self.with("text", line) }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if let Some(mut text) = self.text.take() {
            text.push('}');
            self.log.write(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_json_object_whatever_is_in_it() {
        let log = Log::memory();
        drop(log.event("test.event").with("path", "/a\"b\n").with("count", 3).with_output("{\"a\":1}"));
        let line = &log.lines()[0];
        assert_eq!(line["event"], "test.event");
        assert_eq!(line["path"], "/a\"b\n");
        assert_eq!(line["count"], 3);
        assert_eq!(line["data"]["a"], 1);
    }

    #[test]
    fn output_that_only_looks_like_json_is_text() {
        let log = Log::memory();
        drop(log.event("test.event").with_output("{broken"));
        assert_eq!(log.lines()[0]["text"], "{broken");
    }
}
