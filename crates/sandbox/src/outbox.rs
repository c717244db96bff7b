//! The messages in memory. Bounded: a load test that "sends" for an hour does not fill the machine.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use crate::message::{Channel, Message, NewMessage};

const KEPT: usize = 1_000;

#[derive(Clone)]
pub(crate) struct Outbox(Arc<Inner>);

struct Inner {
    token: String,
    sent: Mutex<Sent>,
}

#[derive(Default)]
struct Sent {
    count: u64,
    /// Newest first.
    messages: VecDeque<Message>,
}

impl Outbox {
    pub(crate) fn new(token: &str) -> Self {
        Self(Arc::new(Inner { token: token.to_owned(), sent: Mutex::default() }))
    }

    pub(crate) fn knows(&self, token: &str) -> bool {
        self.0.token == token
    }

    pub(crate) fn token(&self) -> &str {
        &self.0.token
    }

    /// Names a message that is brought to the portal.
    pub(crate) fn next_id(&self) -> String {
        let mut sent = self.0.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.count += 1;
        // A portal knows ids of before longer than the sandbox runs.
        format!("sandbox-{}-{}", Timestamp::now().as_millisecond(), sent.count)
    }

    /// Keeps the message and names it.
    pub(crate) fn put(&self, channel: Channel, message: NewMessage) -> String {
        let mut sent = self.0.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.count += 1;
        let message_id = format!("sandbox-{}", sent.count);
        let NewMessage { to, subject, text } = message;
        let at = Timestamp::now();
        sent.messages.push_front(Message { message_id: message_id.clone(), channel, to, subject, text, at });
        sent.messages.truncate(KEPT);
        message_id
    }

    /// Newest first; only those to `to`, if it is given.
    pub(crate) fn messages(&self, to: Option<&str>) -> Vec<Message> {
        let sent = self.0.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.messages.iter().filter(|message| to.is_none_or(|to| message.to == to)).cloned().collect()
    }
}
