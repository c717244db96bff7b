//! Whether a bill is paid.

use crate::money::Kopecks;

/// How much of an amount is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// All of it, or nothing was to be paid.
    Paid,
    /// Some of it.
    Partly,
    /// Nothing.
    Unpaid,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Paid, Self::Partly, Self::Unpaid];

    /// What holds when so much of an amount was paid.
    pub fn of(amount: Kopecks, paid: Kopecks) -> Self {
        if amount <= Kopecks::ZERO || paid >= amount {
            Self::Paid
        } else if paid > Kopecks::ZERO {
            Self::Partly
        } else {
            Self::Unpaid
        }
    }

    /// The name by which it is sent and asked for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Partly => "partly",
            Self::Unpaid => "unpaid",
        }
    }

    /// The status of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// What a resident calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Paid => "оплачено",
            Self::Partly => "оплачено частично",
            Self::Unpaid => "не оплачено",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kopeck_less_is_partly_and_nothing_to_pay_is_paid() {
        let status = |amount, paid| Status::of(Kopecks(amount), Kopecks(paid));
        assert_eq!([status(100, 100), status(100, 101), status(0, 0), status(-5, 0)], [Status::Paid; 4]);
        assert_eq!([status(100, 99), status(100, 1)], [Status::Partly; 2]);
        assert_eq!([status(100, 0), status(100, -3)], [Status::Unpaid; 2]);
    }

    #[test]
    fn a_status_is_read_back_from_its_name() {
        assert!(Status::ALL.into_iter().all(|status| Status::parse(status.as_str()) == Some(status)));
        assert_eq!(Status::parse("Paid"), None);
    }
}
