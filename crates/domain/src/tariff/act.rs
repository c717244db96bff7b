//! The act behind a number: what a resident may read and dispute.

use std::fmt;

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

/// As it is cited: «постановление РЭК № 1026 от 12.12.2025».
impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, number, date, .. } = self;
        write!(f, "{name} № {number} от {:02}.{:02}.{:04}", date.day(), date.month(), date.year())
    }
}
