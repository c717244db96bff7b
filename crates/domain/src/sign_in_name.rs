//! What a person types to be recognised by at sign-in: a phone, an e-mail, a login, or a confirmed СНИЛС.

use std::fmt;

use crate::{contact::Identifier, identifier::Snils};

/// What was typed into the field of the sign-in.
#[derive(Clone, PartialEq, Eq)]
pub enum SignInName {
    /// What a login has besides: a phone, an e-mail, the login itself.
    Own(Identifier),
    /// The number that the state gave the person.
    Snils(Snils),
}

impl SignInName {
    /// Recognises what was typed. A number written as on its card, `112-233-445 95`, is a СНИЛС; of bare digits that may be
    /// both a phone and a СНИЛС it is the phone.
    pub fn parse(text: &str) -> Option<Self> {
        let snils = Snils::parse(text).ok();
        if let Some(snils) = snils.as_ref().filter(|snils| is_as_on_the_card(text, snils)) {
            return Some(Self::Snils(snils.clone()));
        }
        Identifier::parse(text).ok().map(Self::Own).or(snils.map(Self::Snils))
    }
}

impl fmt::Debug for SignInName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(identifier) => identifier.fmt(f),
            Self::Snils(snils) => f.write_str(&snils.masked()),
        }
    }
}

fn is_as_on_the_card(text: &str, snils: &Snils) -> bool {
    let card = snils.formatted();
    text.trim() == card || text.trim() == card.replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn snils(text: &str) -> Option<SignInName> {
        Snils::parse(text).ok().map(SignInName::Snils)
    }

    #[test]
    fn a_number_as_on_the_card_is_a_snils_and_bare_digits_where_they_are_no_phone() {
        for text in ["112-233-445 95", " 112-233-445-95 ", "11223344595", "112 233 445 95", "087-654-303 00"] {
            assert_eq!(SignInName::parse(text), snils(text), "{text}");
            assert!(snils(text).is_some(), "{text}");
        }
        for text in ["112-233-445 96", "112-233-445"] {
            assert!(SignInName::parse(text).is_none_or(|name| matches!(name, SignInName::Own(_))), "{text}");
        }
    }

    #[test]
    fn a_phone_an_e_mail_and_a_login_are_what_they_were() {
        for text in ["8 (916) 123-45-67", "79161234567", "anna@example.ru", "anna", "a-112-233"] {
            assert_eq!(SignInName::parse(text), Identifier::parse(text).ok().map(SignInName::Own), "{text}");
        }
        assert!(SignInName::parse("").is_none());
    }

    proptest! {
        #[test]
        fn a_phone_with_its_plus_is_never_a_snils(digits in "[0-9]{10}") {
            let name = SignInName::parse(&format!("+7{digits}"));
            prop_assert!(matches!(name, Some(SignInName::Own(Identifier::Phone(_))) | None));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = SignInName::parse(&text);
        }
    }
}
