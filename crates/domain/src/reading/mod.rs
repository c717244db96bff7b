//! Meter readings: when they are taken, how they are written, and whether they can be true.
//!
//! The provider takes readings of flat meters within a window of each month (ПП РФ 354; the articles, S0:43–48);
//! a value that cannot be true is refused, one that is unlikely is asked about, and nothing is altered silently.

pub mod channel;
pub mod check;
pub mod dial;
pub mod mend;
pub mod similar;
pub mod sms;
pub mod token;
pub mod usual;
pub mod verdict;
pub mod window;
pub mod words;

pub use channel::Channel;
pub use check::{Earlier, Given, Metering, Thresholds, check};
pub use dial::{Decrease, Dial, DialError, ValueError, parse_value};
pub use mend::{Entry, Mend, Place, Slip, mend};
pub use sms::{SMS_EXAMPLE, SmsError, SmsReading, parse_sms};
pub use token::ReadingToken;
pub use usual::{Usual, used_in};
pub use verdict::{Confirmation, Confirmed, Question, QuestionReason, Refusal, RefusalReason, Verdict};
pub use window::{Window, WindowError, WindowState};
pub use words::about;
