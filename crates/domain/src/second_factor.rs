//! By what a person proves at sign-in, besides the password, to be who the password says.

/// A second factor, as the API names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A code of an app on the person's phone.
    Totp,
    /// A key of one of the person's devices. It signs in alone, and is never typed.
    Passkey,
    /// A code that the portal sends to the person's phone or mailbox.
    Code,
    /// One of the codes that the person keeps on paper.
    RecoveryCode,
}

impl Method {
    /// Every method, in the order in which people are offered them.
    pub const ALL: [Self; 4] = [Self::Totp, Self::Passkey, Self::Code, Self::RecoveryCode];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::Code => "code",
            Self::RecoveryCode => "recovery-code",
        }
    }

    /// The method of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_read_back_from_its_name() {
        for method in Method::ALL {
            assert_eq!(Method::parse(method.as_str()), Some(method));
        }
        assert_eq!(Method::parse("password"), None);
    }
}
