//! What holds where a meter tells nothing. Dated settings: sources differ on some of them, or leave them open.

use crate::meter::MeterKind;

/// The setting behind [`MeterRules::recalculates_norm`]: explanations cite it.
pub const RECALC_NORMATIVE: &str = "charge.recalc_normative";

/// The settings; their defaults are those of ПП 354 as it is mostly read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeterRules {
    /// The average is that of so many last months: 6 (п. 59).
    pub average_months: u32,
    /// It needs at least so many: 3.
    pub average_months_min: u32,
    /// It is taken for at most so many months in a row, then the norm: 3 (п. 60).
    pub average_in_row_max: u32,
    /// Whether the average of a failed electricity meter goes on without end: yes. Acts name no end.
    pub electricity_average_is_endless: bool,
    /// Whether the norm is multiplied after too many months without a reading: no. One company in sources does it.
    pub missing_reading_is_multiplied: bool,
    /// Whether it is for a meter that failed or whose verification is over, but for that of electricity: yes.
    pub not_trusted_is_multiplied: bool,
    /// Whether it is where those who came to check were not let in: yes.
    pub no_access_is_multiplied: bool,
    /// Whether what was billed by norm for want of a reading is settled by the next reading like what was billed by
    /// average: no. Acts are silent.
    pub recalculates_norm: bool,
}

impl Default for MeterRules {
    fn default() -> Self {
        Self {
            average_months: 6,
            average_months_min: 3,
            average_in_row_max: 3,
            electricity_average_is_endless: true,
            missing_reading_is_multiplied: false,
            not_trusted_is_multiplied: true,
            no_access_is_multiplied: true,
            recalculates_norm: false,
        }
    }
}

/// Why the norm is charged though premises have, had or could have a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NormReason {
    /// There is no meter.
    NoMeter,
    /// It failed, or its verification is over, and the months of the average are too.
    NotTrusted,
    /// Those who came to check it were not let in.
    NoAccess,
    /// Nobody gave a reading, and the months of the average are over or there was no average.
    NoReading,
}

impl MeterRules {
    /// Whether the norm is multiplied, where a meter is technically possible. For the failure of an electricity meter
    /// the grid or the supplier answers, not the resident.
    pub const fn is_multiplied(self, kind: MeterKind, reason: NormReason) -> bool {
        match reason {
            NormReason::NoMeter => true,
            NormReason::NoAccess => self.no_access_is_multiplied,
            NormReason::NotTrusted => self.not_trusted_is_multiplied && !matches!(kind, MeterKind::Electricity),
            NormReason::NoReading => self.missing_reading_is_multiplied,
        }
    }
}
