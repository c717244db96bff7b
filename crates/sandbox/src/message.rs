//! What the gateways accept and what they keep.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The way a message would have gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// To a phone.
    Sms,
    /// To a mailbox.
    Email,
}

/// One message that was "sent".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The gateway's name for it.
    pub message_id: String,
    /// The way it would have gone.
    pub channel: Channel,
    /// A phone number or an e-mail address.
    pub to: String,
    /// E-mail has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The words.
    pub text: String,
    /// When the gateway took it.
    pub at: Timestamp,
}

/// The body of a request to a gateway.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMessage {
    pub(crate) to: String,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
}

impl NewMessage {
    /// The first reason why a real gateway would refuse it.
    pub(crate) fn check(&self, channel: Channel) -> Result<(), &'static str> {
        if self.text.trim().is_empty() {
            return Err("text is empty");
        }
        match channel {
            Channel::Sms if !is_phone(&self.to) => Err("to is not a phone number like +79161234567"),
            Channel::Sms if self.subject.is_some() => Err("an SMS has no subject"),
            Channel::Sms if self.text.chars().count() > 670 => Err("text is longer than ten SMS"),
            Channel::Email if !is_email(&self.to) => Err("to is not an e-mail address"),
            Channel::Email if self.subject.as_ref().is_none_or(|subject| subject.trim().is_empty()) => {
                Err("subject is empty")
            }
            _ => Ok(()),
        }
    }
}

fn is_phone(to: &str) -> bool {
    let digits = to.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_email(to: &str) -> bool {
    let plain = !to.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    plain && to.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
}
