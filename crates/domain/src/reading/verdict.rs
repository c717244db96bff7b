//! What a check of a reading can say: refused, questioned or accepted, with the numbers behind it.
//!
//! Codes are what programs read; the words for people are made in [`crate::reading::words`].

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::meter::MeterKind;
use crate::reading::dial::{Dial, DialError, ValueError};

/// A question that a person can answer with «да, верно».
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confirmation {
    /// The dial passed through zero.
    RolledOver,
    /// So much was used.
    AboveUsual,
    /// So very much was used.
    FarAboveUsual,
    /// Nothing was used for months.
    UnchangedForMonths,
}

/// «Да, верно» to one question about one rate: what is true of the day's dial says nothing of the night's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Confirmed {
    /// The rate it concerns, from 0.
    pub rate: usize,
    /// What was confirmed.
    pub confirmation: Confirmation,
}

/// What becomes of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It cannot be true, for each of these reasons.
    Refused(Vec<Refusal>),
    /// It is unlikely: nothing is saved until each question is answered.
    Questioned(Vec<Question>),
    /// It is taken.
    Accepted {
        /// The values, one per rate.
        values: Vec<Decimal>,
        /// What was used since the last reading, one per rate; nothing for a meter's first reading.
        consumption: Option<Vec<Decimal>>,
        /// Whether a dial passed through zero, as confirmed.
        rolled_over: bool,
        /// Whether the company looks at it.
        review: bool,
    },
}

/// A reason why a reading cannot be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rate it concerns, from 0; none if it concerns the reading as a whole.
    pub rate: Option<usize>,
    /// Why.
    pub reason: RefusalReason,
}

/// Why a reading cannot be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalReason {
    /// The text is not a value.
    Value(ValueError),
    /// The meter cannot show the value.
    Dial(DialError),
    /// The day has not come yet.
    FutureDate {
        /// Today.
        today: Date,
    },
    /// The day is before the window opened.
    BeforeWindow {
        /// The first day of the window.
        opens_on: Date,
    },
    /// The last reading is of a later day.
    BeforeLastDate {
        /// The day of the last reading.
        last: Date,
    },
    /// Not one value per rate.
    WrongRateCount {
        /// How many values the meter shows.
        rates: u8,
    },
    /// The meter is not installed yet, or removed.
    MeterInactive,
}

/// A reason to ask whether a reading is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The rate it concerns, from 0.
    pub rate: usize,
    /// What is unlikely.
    pub reason: QuestionReason,
    /// What was used since the last reading, if the value is right (for a decrease: through zero).
    pub consumption: Decimal,
    /// What the meter measures, and so the unit of the numbers.
    pub kind: MeterKind,
    /// The meter's dial: without decimals no comma can be missing.
    pub dial: Dial,
}

/// What is unlikely about a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionReason {
    /// It is below the previous one.
    Decrease {
        /// The value now.
        now: Decimal,
        /// The value before.
        previous: Decimal,
        /// The day of the previous value.
        previous_on: Date,
    },
    /// More was used than usual.
    AboveUsual {
        /// Since how many months.
        months: i32,
        /// What is usual in one month; 0 if nothing was used lately.
        usual_monthly: Decimal,
        /// Whether it is so much that the company will look at it.
        far: bool,
    },
    /// The value stands still.
    UnchangedForMonths {
        /// For how many months.
        months: i32,
    },
}

impl Confirmation {
    const ALL: [Self; 4] = [Self::RolledOver, Self::AboveUsual, Self::FarAboveUsual, Self::UnchangedForMonths];

    /// The code by which a question is confirmed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RolledOver => "rolled-over",
            Self::AboveUsual => "above-usual",
            Self::FarAboveUsual => "far-above-usual",
            Self::UnchangedForMonths => "unchanged-for-months",
        }
    }

    /// The confirmation of this code, if there is one.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confirmation| confirmation.as_str() == code)
    }
}

impl RefusalReason {
    /// The code that programs read.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Value(ValueError::Empty | ValueError::NotANumber) => "not-a-number",
            Self::Value(ValueError::Negative) => "negative",
            Self::Value(ValueError::TooManyDecimals) | Self::Dial(DialError::TooManyDecimals { .. }) => {
                "too-many-decimals"
            }
            Self::Value(ValueError::TooLarge) | Self::Dial(DialError::Overflow { .. } | DialError::Impossible) => {
                "overflow"
            }
            Self::FutureDate { .. } => "future-date",
            Self::BeforeWindow { .. } => "before-window",
            Self::BeforeLastDate { .. } => "before-last-date",
            Self::WrongRateCount { .. } => "wrong-rate-count",
            Self::MeterInactive => "meter-inactive",
        }
    }
}

impl QuestionReason {
    /// The code that programs read.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Decrease { .. } => "decrease",
            Self::AboveUsual { .. } | Self::UnchangedForMonths { .. } => self.confirmation().as_str(),
        }
    }

    /// What answers the question with «да, верно».
    pub const fn confirmation(&self) -> Confirmation {
        match self {
            Self::Decrease { .. } => Confirmation::RolledOver,
            Self::AboveUsual { far: false, .. } => Confirmation::AboveUsual,
            Self::AboveUsual { far: true, .. } => Confirmation::FarAboveUsual,
            Self::UnchangedForMonths { .. } => Confirmation::UnchangedForMonths,
        }
    }
}
