//! The days of a penalty as a bill keeps them: what it was counted from, so that the calculation can be told again.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Penalty, Step, YearlyRate};
use crate::charge::{Acts, Formula, PackedError};
use crate::dated::Days;
use crate::money::Kopecks;
use crate::tariff::Percent;

/// Days of a part of a debt that cost one fraction of one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptStep {
    /// The first day.
    pub since: Date,
    /// The last day.
    pub until: Date,
    /// The part of the debt.
    pub portion: Kopecks,
    /// When it was paid; none if it was not.
    pub paid_on: Option<Date>,
    /// The rate, percent a year.
    pub percent: Decimal,
    /// The version of the rate, by which its act is known.
    pub rate: String,
    /// What the rate is divided by for a day.
    pub divisor: u32,
    /// Whether that is the divisor of the later days.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_later: bool,
}

impl From<&Step<'_>> for KeptStep {
    fn from(step: &Step<'_>) -> Self {
        Self {
            since: step.days.first(),
            until: step.days.last(),
            portion: step.portion,
            paid_on: step.paid_on,
            percent: step.rate.percent.value(),
            rate: step.rate.id.clone(),
            divisor: step.divisor,
            is_later: step.is_later,
        }
    }
}

impl KeptStep {
    /// How many days it is.
    ///
    /// # Errors
    /// Its days are none.
    pub fn days(&self) -> Result<Days, PackedError> {
        Days::new(self.since, self.until).ok_or(PackedError::Damaged)
    }

    fn rate(&self, acts: &Acts) -> Result<YearlyRate, PackedError> {
        let act = acts.get(&self.rate).ok_or_else(|| PackedError::UnknownAct(self.rate.clone()))?;
        let percent = Percent::new(self.percent).map_err(|_| PackedError::Damaged)?;
        Ok(YearlyRate { id: self.rate.clone(), percent, act: act.clone() })
    }
}

impl Penalty<'_> {
    /// Its days, as they are kept.
    pub fn kept(&self) -> Vec<KeptStep> {
        self.steps.iter().map(KeptStep::from).collect()
    }
}

/// How a kept penalty comes about, in a sentence; nothing where no day costs anything.
///
/// # Errors
/// Damaged days, a rate whose act is not known.
pub fn told(debt: &str, kept: &[KeptStep], acts: &Acts) -> Result<Option<String>, PackedError> {
    if kept.is_empty() {
        return Ok(None);
    }
    let rates = kept.iter().map(|step| step.rate(acts)).collect::<Result<Vec<_>, _>>()?;
    let steps = kept.iter().zip(&rates).map(|(step, rate)| {
        let KeptStep { portion, paid_on, divisor, is_later, .. } = *step;
        Ok(Step { debt, portion, paid_on, days: step.days()?, rate, divisor, is_later })
    });
    let steps = steps.collect::<Result<Vec<_>, PackedError>>()?;
    let tree = steps.explain()?;
    Ok(Some(tree.sentence(Kopecks::round(tree.value)?)))
}
