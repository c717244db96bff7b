//! One to three of something, as an electricity meter has dials: by day or peak, at night, at half-peak.

/// One thing per rate, in the order T1, T2, T3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rates<T> {
    /// One rate.
    One([T; 1]),
    /// Day and night.
    Two([T; 2]),
    /// Peak, night and half-peak.
    Three([T; 3]),
}

/// Two things do not have the same rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("значений {found}, а тарифных зон {expected}")]
pub struct RateMismatch {
    /// How many rates there are.
    pub expected: usize,
    /// How many were given.
    pub found: usize,
}

impl<T: Copy> Rates<T> {
    /// One thing per rate, if these are one to three.
    pub fn of(values: &[T]) -> Option<Self> {
        match *values {
            [one] => Some(Self::One([one])),
            [day, night] => Some(Self::Two([day, night])),
            [peak, night, half] => Some(Self::Three([peak, night, half])),
            _ => None,
        }
    }

    /// In the order of the rates.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(values) => values,
            Self::Two(values) => values,
            Self::Three(values) => values,
        }
    }

    /// How many rates there are.
    pub fn count(&self) -> usize {
        self.as_slice().len()
    }

    /// Makes something of each.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Rates<U> {
        match self {
            Self::One(values) => Rates::One(values.map(make)),
            Self::Two(values) => Rates::Two(values.map(make)),
            Self::Three(values) => Rates::Three(values.map(make)),
        }
    }

    /// Each beside its counterpart.
    pub fn zip<U: Copy>(self, other: Rates<U>) -> Result<Rates<(T, U)>, RateMismatch> {
        match (self, other) {
            (Self::One([a]), Rates::One([x])) => Ok(Rates::One([(a, x)])),
            (Self::Two([a, b]), Rates::Two([x, y])) => Ok(Rates::Two([(a, x), (b, y)])),
            (Self::Three([a, b, c]), Rates::Three([x, y, z])) => Ok(Rates::Three([(a, x), (b, y), (c, z)])),
            _ => Err(RateMismatch { expected: self.count(), found: other.count() }),
        }
    }
}
