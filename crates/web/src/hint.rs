//! Why a value is asked about, in numbers, what answers the question, and what would mend it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What answers a question with «да, верно»: told with the question, sent back in the item's `confirmed`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// The place of the value among `values`, from 0: what is right of one rate says nothing of another.
    pub rate: usize,
    /// rolled-over, above-usual, far-above-usual or unchanged-for-months.
    #[schema(example = "above-usual")]
    pub code: String,
}

/// The numbers behind a question, each of one month and as decimal text, and the likely cause.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Hint {
    /// What this meter usually uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5.3")]
    pub usual: Option<String>,
    /// What it used in the same month of last year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_year: Option<String>,
    /// The median of similar flats of the house, to two digits; never of fewer than five flats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similar_flats_median: Option<String>,
    /// The month of that median: this one, or the same of last year while too few flats have given theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-07")]
    pub similar_flats_period: Option<String>,
    /// What the person most likely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Suggestion>,
}

/// What would mend the value. It is never applied by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// values-exchanged, comma, digits-swapped, digit-extra or digit-missing.
    pub cause: &'static str,
    /// The same in words; Russian.
    pub detail: String,
    /// The value that was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "131.789")]
    pub value: Option<String>,
    /// RFC 6901: the value of this submission to change places with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/items/1/values/0")]
    pub swap_with: Option<String>,
}
