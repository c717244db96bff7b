//! What sources leave open, as settings have it by day: the lines of a month go by the rules of its own days, also when
//! the month is computed anew.

use rust_decimal::Decimal;

use crate::charge::absence::AbsenceRules;
use crate::dated::Dated;
use crate::meter_life::MeterRules;

/// The rules by which lines are computed where acts are silent or sources differ.
#[derive(Debug, Clone)]
pub struct OpenRules {
    /// What holds where a meter tells nothing: of a month those of its first day.
    pub meters: Dated<MeterRules>,
    /// When an absence counts: those of the day of leaving.
    pub absences: Dated<AbsenceRules>,
    /// By how many percent each full hour without a service, above what is allowed, lowers the charge of a month: that of
    /// its first day.
    pub interruption_percent: Dated<Decimal>,
}

impl Default for OpenRules {
    /// What the settings say until somebody changes one.
    fn default() -> Self {
        Self {
            meters: Dated::always(MeterRules::default()),
            absences: Dated::always(AbsenceRules::default()),
            interruption_percent: Dated::always(Decimal::new(15, 2)),
        }
    }
}
