//! The explanations of a line as they are kept: a list, the charge first. Each of the others says which figure it
//! explains; one that says nothing is of what earlier months were billed too much.

use serde_json::{Value, json};

use crate::charge::{Packed, PackedError};

/// A figure of a line that is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// The charge, with what a multiplier adds.
    Charge,
    /// What earlier months were billed above what a meter told later: it is taken away.
    Returned,
    /// What is not charged for those who were away: it is taken away.
    Absence,
    /// What is not charged for hours without the service: it is taken away.
    Interruption,
    /// What a year of heating cost above, or below, what was paid evenly for it: it is added with its sign.
    YearOfHeating,
    /// What benefits take away.
    Discount,
}

impl Figure {
    const ALL: [Self; 6] =
        [Self::Charge, Self::Returned, Self::Absence, Self::Interruption, Self::YearOfHeating, Self::Discount];

    /// The name under which it is kept and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Returned => "returned",
            Self::Absence => "absence",
            Self::Interruption => "interruption",
            Self::YearOfHeating => "year_of_heating",
            Self::Discount => "discount",
        }
    }
}

/// How a figure of a line comes about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The figure.
    pub figure: Figure,
    /// What is to be said of it beside its numbers: what a benefit is called, when somebody was away.
    pub note: Option<String>,
    /// The calculation.
    pub tree: Packed,
}

impl Kept {
    /// The JSON to keep.
    pub fn into_json(self) -> Value {
        match self.figure {
            Figure::Charge | Figure::Returned => self.tree.into_json(),
            Figure::Absence | Figure::Interruption | Figure::YearOfHeating | Figure::Discount => {
                json!([self.figure.as_str(), self.tree.into_json(), self.note])
            }
        }
    }

    /// Takes the explanations of a line out of kept JSON.
    ///
    /// # Errors
    /// It is not written like them.
    pub fn all(json: &Value) -> Result<Vec<Self>, PackedError> {
        let kept = json.as_array().ok_or(PackedError::Damaged)?;
        Ok(kept.iter().enumerate().map(|(place, one)| Self::one(place, one)).collect())
    }

    fn one(place: usize, json: &Value) -> Self {
        // A tree begins with the sign of its operation, which is no name of a figure.
        let named = Figure::ALL.into_iter().find(|figure| json[0] == figure.as_str());
        match named {
            Some(figure) => {
                let note = json[2].as_str().map(str::to_owned);
                Self { figure, note, tree: Packed::from_json(json[1].clone()) }
            }
            None => {
                let figure = if place == 0 { Figure::Charge } else { Figure::Returned };
                Self { figure, note: None, tree: Packed::from_json(json.clone()) }
            }
        }
    }

    /// What it is, in words; the charge and what a meter returns speak for themselves.
    pub fn title(&self) -> Option<String> {
        let note = self.note.as_deref().unwrap_or_default();
        match self.figure {
            Figure::Charge | Figure::Returned => None,
            Figure::Absence => Some(format!("Перерасчёт за отсутствие {note}")),
            Figure::Interruption => Some(format!("Услуги не было дольше, чем можно: {note}")),
            Figure::YearOfHeating => Some(format!("Отопление за {note} год: по счётчику дома вместо равных долей")),
            Figure::Discount => Some(format!("Льгота «{note}»")),
        }
    }
}
