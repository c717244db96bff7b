//! What the company may tell of a meter beside its readings.

/// What was done to a meter, or found at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// It was sealed.
    Sealed,
    /// It was verified.
    Verified,
    /// Another meter took its place.
    Replaced,
    /// It failed or was lost.
    Failed,
    /// Those who came to check it were not let in.
    AccessRefused,
    /// It can be trusted again.
    Restored,
    /// It was removed, and no other took its place.
    Removed,
}

impl Deed {
    /// Every one, in the order in which pages offer them.
    pub const ALL: [Self; 7] = [
        Self::Replaced,
        Self::Verified,
        Self::Failed,
        Self::Restored,
        Self::Sealed,
        Self::AccessRefused,
        Self::Removed,
    ];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sealed => "sealed",
            Self::Verified => "verified",
            Self::Replaced => "replaced",
            Self::Failed => "failed",
            Self::AccessRefused => "access_refused",
            Self::Restored => "restored",
            Self::Removed => "removed",
        }
    }

    /// The one of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == name)
    }

    /// What people call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Sealed => "Опломбирован",
            Self::Verified => "Поверен",
            Self::Replaced => "Заменён",
            Self::Failed => "Неисправен",
            Self::AccessRefused => "Не допустили к проверке",
            Self::Restored => "Снова исправен",
            Self::Removed => "Снят",
        }
    }

    /// Whether it ends a count, so that what the meter showed last is told.
    pub const fn has_last(self) -> bool {
        matches!(self, Self::Verified | Self::Replaced | Self::Removed)
    }

    /// Whether it begins a count, so that what the meter showed first is told.
    pub const fn has_first(self) -> bool {
        matches!(self, Self::Verified | Self::Replaced | Self::Restored)
    }

    /// Whether the meter tells nothing more afterwards: no reading of it may be younger.
    pub const fn ends_meter(self) -> bool {
        matches!(self, Self::Replaced | Self::Removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deed_is_read_back_from_its_name() {
        for deed in Deed::ALL {
            assert_eq!(Deed::parse(deed.as_str()), Some(deed));
        }
        assert_eq!(Deed::parse("read"), None, "a reading is given in its own way");
        assert_eq!(Deed::parse("installed"), None, "the register tells of an installation");
    }
}
