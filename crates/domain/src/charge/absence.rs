//! Temporary absence (ПП 354 п. 86–97): what is charged by norm is not charged for those who are away.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::charge::fact::Unit;
use crate::dated::Days;
use crate::russian::full_date;
use crate::service::Service;

/// When an absence counts: that of the day of leaving holds for all of it. Dated settings; the defaults are what
/// handbooks agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AbsenceRules {
    /// More than so many full days in a row: 5.
    pub full_days_over: u32,
    /// Asked for at most so many days after the return: 30.
    pub asked_within_days: u32,
}

impl Default for AbsenceRules {
    fn default() -> Self {
        Self { full_days_over: 5, asked_within_days: 30 }
    }
}

/// An absence as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// The day of leaving: it does not count.
    pub left_on: Date,
    /// The day of return: it does not count either.
    pub returned_on: Date,
    /// The day of the application.
    pub asked_on: Date,
}

/// Why an absence lowers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AbsenceRefusal {
    /// The return is before the leaving.
    #[error("день возвращения раньше дня отъезда: проверьте даты")]
    Backwards,
    /// Too few full days.
    #[error("полных дней отсутствия {full_days}, а перерасчёт делается, если их больше {over}")]
    TooShort {
        /// How many there are.
        full_days: u32,
        /// How many must be exceeded.
        over: u32,
    },
    /// Asked for too late.
    #[error("заявление подаётся не позже {}", full_date(*.deadline))]
    TooLate {
        /// The last day for it.
        deadline: Date,
    },
    /// The service is not recalculated for absence.
    #[error("за эту услугу перерасчёт при отсутствии не делается")]
    ServiceExcluded,
    /// A meter would tell, so it could be installed.
    #[error("перерасчёт делается, только если установить счётчик технически невозможно")]
    MeterPossible,
}

impl Absence {
    /// The full days away, if the absence lowers the charge of a service: those of a month, charged by norm for the
    /// persons who are away, are what that month is lowered by.
    ///
    /// `meter_is_possible` tells whether the dwelling could have a meter for it.
    pub fn full_days(
        self,
        service: Service,
        meter_is_possible: bool,
        rules: AbsenceRules,
    ) -> Result<Days, AbsenceRefusal> {
        if self.returned_on < self.left_on {
            return Err(AbsenceRefusal::Backwards);
        }
        if !service.is_lowered_by_absence() {
            return Err(AbsenceRefusal::ServiceExcluded);
        }
        if meter_is_possible && service.unit() != Unit::Person {
            return Err(AbsenceRefusal::MeterPossible);
        }
        let deadline = self.returned_on.saturating_add(i64::from(rules.asked_within_days).days());
        if self.asked_on > deadline {
            return Err(AbsenceRefusal::TooLate { deadline });
        }
        let first = self.left_on.saturating_add(1.days());
        let days = Days::new(first, self.returned_on.saturating_sub(1.days()));
        let full_days = days.map_or(0, Days::count);
        let over = rules.full_days_over;
        days.filter(|_| full_days > over).ok_or(AbsenceRefusal::TooShort { full_days, over })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn absence(left_on: Date, returned_on: Date, asked_on: Date) -> Result<u32, AbsenceRefusal> {
        let absence = Absence { left_on, returned_on, asked_on };
        absence.full_days(Service::Gas, false, AbsenceRules::default()).map(Days::count)
    }

    #[test]
    fn the_days_of_leaving_and_of_return_do_not_count() {
        let (left_on, asked_on) = (date(2026, 3, 1), date(2026, 3, 10));
        assert_eq!(absence(left_on, date(2026, 3, 8), asked_on), Ok(6));
        assert_eq!(
            absence(left_on, date(2026, 3, 7), asked_on),
            Err(AbsenceRefusal::TooShort { full_days: 5, over: 5 })
        );
        assert_eq!(absence(left_on, left_on, asked_on), Err(AbsenceRefusal::TooShort { full_days: 0, over: 5 }));
        assert_eq!(absence(left_on, date(2026, 2, 28), asked_on), Err(AbsenceRefusal::Backwards));
    }

    #[test]
    fn it_is_asked_for_within_thirty_days_of_the_return() {
        let (left_on, returned_on) = (date(2026, 3, 1), date(2026, 3, 20));
        assert_eq!(absence(left_on, returned_on, date(2026, 4, 19)), Ok(18));
        let deadline = date(2026, 4, 19);
        assert_eq!(absence(left_on, returned_on, date(2026, 4, 20)), Err(AbsenceRefusal::TooLate { deadline }));
    }

    #[test]
    fn heating_common_needs_and_what_a_meter_would_tell_are_not_lowered() {
        let away = Absence { left_on: date(2026, 3, 1), returned_on: date(2026, 3, 20), asked_on: date(2026, 3, 21) };
        let days = |service, possible| away.full_days(service, possible, AbsenceRules::default());
        assert_eq!(days(Service::Heating, false), Err(AbsenceRefusal::ServiceExcluded));
        assert_eq!(days(Service::CommonColdWater, false), Err(AbsenceRefusal::ServiceExcluded));
        assert_eq!(days(Service::ColdWater, true), Err(AbsenceRefusal::MeterPossible));
        assert!(days(Service::ColdWater, false).is_ok());
        assert!(days(Service::SolidWaste, true).is_ok());
    }
}
