//! By which way a reading came.

/// The way of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// A person gave it on the portal.
    Portal,
    /// By SMS.
    Sms,
    /// By the link of the sticker on the meter.
    Link,
    /// By a program, with a token for this very meter.
    Token,
    /// The company's people wrote it down.
    Operator,
    /// By a file of the company.
    Import,
}

impl Channel {
    /// Every one.
    pub const ALL: [Self; 6] = [Self::Portal, Self::Sms, Self::Link, Self::Token, Self::Operator, Self::Import];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Sms => "sms",
            Self::Link => "link",
            Self::Token => "token",
            Self::Operator => "operator",
            Self::Import => "import",
        }
    }

    /// The one of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_read_back_from_its_name() {
        for channel in Channel::ALL {
            assert_eq!(Channel::parse(channel.as_str()), Some(channel));
        }
        assert_eq!(Channel::parse("fax"), None);
    }
}
