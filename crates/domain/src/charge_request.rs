//! What a resident asks of how an account is charged (functions 58 and 68).

use crate::period::Period;
use crate::service::Service;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Another tariff for a service: another supplier's, or one for more rate zones.
    Tariff,
    /// A service more.
    Service,
    /// Past months computed anew.
    Recalculation,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Tariff, Self::Service, Self::Recalculation];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tariff => "tariff",
            Self::Service => "service",
            Self::Recalculation => "recalculation",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tariff => "Сменить тариф",
            Self::Service => "Добавить услугу",
            Self::Recalculation => "Пересчитать прошлые месяцы",
        }
    }

    /// The setting that says within how many working days it is decided.
    pub const fn working_days(self) -> &'static str {
        match self {
            Self::Tariff | Self::Service => "billing.request_working_days",
            Self::Recalculation => "billing.recalculation_working_days",
        }
    }

    /// The kind of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// How many past months are computed anew at most: the general term of limitation (ГК ст. 196).
pub const MONTHS_BACK: i32 = 36;

/// A wish that names all it has to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// What is asked for.
    pub kind: Kind,
    /// For which service; of past months perhaps all.
    pub service: Option<Service>,
    /// The first month to be computed anew.
    pub from: Option<Period>,
}

/// Why a wish cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishError {
    /// It does not say which service.
    NoService,
    /// It does not say from which month on.
    NoMonth,
    /// The month is not over yet, or it is too long ago.
    MonthOutOfReach,
}

impl Wish {
    /// Checks a wish of a day in this month. A month is named only where past ones are meant.
    ///
    /// # Errors
    /// [`WishError`].
    pub fn new(kind: Kind, service: Option<Service>, from: Option<Period>, present: Period) -> Result<Self, WishError> {
        if kind != Kind::Recalculation {
            return service
                .map(|service| Self { kind, service: Some(service), from: None })
                .ok_or(WishError::NoService);
        }
        let from = from.ok_or(WishError::NoMonth)?;
        let is_within = (1..=MONTHS_BACK).contains(&present.months_since(from));
        is_within.then_some(Self { kind, service, from: Some(from) }).ok_or(WishError::MonthOutOfReach)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Period {
        Period::parse(text).unwrap()
    }

    #[test]
    fn a_tariff_or_a_service_is_asked_for_by_its_service() {
        for kind in [Kind::Tariff, Kind::Service] {
            let present = month("2026-10");
            assert_eq!(Wish::new(kind, None, None, present), Err(WishError::NoService));
            let wish = Wish::new(kind, Some(Service::Gas), Some(month("2026-01")), present).unwrap();
            assert_eq!((wish.service, wish.from), (Some(Service::Gas), None));
        }
    }

    #[test]
    fn months_that_are_over_are_computed_anew_for_three_years_back() {
        let wish = |from| Wish::new(Kind::Recalculation, None, from, month("2026-10")).map(|wish| wish.from);
        assert_eq!(wish(None), Err(WishError::NoMonth));
        assert_eq!(wish(Some(month("2026-09"))), Ok(Some(month("2026-09"))));
        assert_eq!(wish(Some(month("2023-10"))), Ok(Some(month("2023-10"))));
        for beyond in ["2026-10", "2026-11", "2023-09"] {
            assert_eq!(wish(Some(month(beyond))), Err(WishError::MonthOutOfReach), "{beyond}");
        }
    }
}
