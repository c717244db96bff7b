//! The act behind a number: what a resident may read and dispute.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A legal act, or a decision of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// What it is called.
    pub name: String,
    /// Its number, as printed.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// Where it can be read.
    pub link: Option<String>,
}
