//! What a password must be (S1:218; S2:188 recommends the strict form).
//!
//! Which policy holds is a dated setting, `password.policy`; whether common passwords are refused is another,
//! `password.refuse_common`: the article takes `Abc12345`, which is one. Under all a password is no name by which its owner
//! signs in. Letters are counted as characters: «Пароль7!» has eight of them, however many bytes they take.

use std::str::FromStr;

use crate::{common_password, contact::Identifier};

/// The fewest characters of a password.
pub const CHARACTERS_MIN: usize = 8;
/// Longer than any password manager makes; keeps hashing cheap.
pub const BYTES_MAX: usize = 512;

/// What is asked of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordPolicy {
    /// At least eight characters, not only digits, not only letters.
    Basic,
    /// Besides: a capital and a small letter, a digit, and something that is neither letter nor digit.
    Strict,
}

/// All that is asked of a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordDemands {
    /// Of what it is made.
    pub policy: PasswordPolicy,
    /// Whether it must not be a common one, nor one of words that everybody knows here.
    pub refuses_common: bool,
}

/// The setting names no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password policy is `basic` or `strict`")]
pub struct PolicyError;

/// One thing that is asked of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordRule {
    /// At least [`CHARACTERS_MIN`] characters.
    LongEnough,
    /// At most [`BYTES_MAX`] bytes.
    NotTooLong,
    /// Something besides digits.
    NotOnlyDigits,
    /// Something besides letters.
    NotOnlyLetters,
    /// A capital letter.
    Upper,
    /// A small letter.
    Lower,
    /// A digit.
    Digit,
    /// Something that is neither letter nor digit; a space counts.
    Special,
    /// Not the login, phone or e-mail by which its owner signs in, however written.
    NotOwnName,
    /// None of the most frequent passwords ([`common_password::is_common`]).
    NotCommon,
    /// Not made of known words ([`common_password::is_of_known_words`]).
    NotOfKnownWords,
}

impl FromStr for PasswordPolicy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        match text {
            "basic" => Ok(Self::Basic),
            "strict" => Ok(Self::Strict),
            _ => Err(PolicyError),
        }
    }
}

impl PasswordPolicy {
    /// What this policy asks, in the order in which people are told.
    const fn rules(self) -> &'static [PasswordRule] {
        use PasswordRule::{
            Digit, LongEnough, Lower, NotOnlyDigits, NotOnlyLetters, NotOwnName, NotTooLong, Special, Upper,
        };
        match self {
            Self::Basic => &[LongEnough, NotTooLong, NotOnlyDigits, NotOnlyLetters, NotOwnName],
            Self::Strict => &[LongEnough, NotTooLong, Upper, Lower, Digit, Special, NotOwnName],
        }
    }
}

impl PasswordDemands {
    /// What is asked, in the order in which people are told.
    pub fn rules(self) -> impl Iterator<Item = PasswordRule> {
        let more: &[_] =
            if self.refuses_common { &[PasswordRule::NotCommon, PasswordRule::NotOfKnownWords] } else { &[] };
        self.policy.rules().iter().chain(more).copied()
    }

    /// The rules that a password breaks; none where it is good. `names` are what its owner signs in by, canonical
    /// ([`Identifier::as_str`]).
    pub fn broken(self, password: &str, names: &[&str]) -> Vec<PasswordRule> {
        self.rules().filter(|rule| !rule.holds(password, names)).collect()
    }
}

impl PasswordRule {
    /// The name under which the rule is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LongEnough => "long-enough",
            Self::NotTooLong => "not-too-long",
            Self::NotOnlyDigits => "not-only-digits",
            Self::NotOnlyLetters => "not-only-letters",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Digit => "digit",
            Self::Special => "special",
            Self::NotOwnName => "not-own-name",
            Self::NotCommon => "not-common",
            Self::NotOfKnownWords => "not-of-known-words",
        }
    }

    /// The rule in a resident's words, as they go on from «пароль».
    pub const fn words(self) -> &'static str {
        match self {
            Self::LongEnough => "не короче 8 знаков",
            Self::NotTooLong => "не длиннее 250 русских букв",
            Self::NotOnlyDigits => "не из одних цифр",
            Self::NotOnlyLetters => "не из одних букв",
            Self::Upper => "с заглавной буквой",
            Self::Lower => "со строчной буквой",
            Self::Digit => "с цифрой",
            Self::Special => "со знаком, например ! или -",
            Self::NotOwnName => "не как ваш логин, телефон или почта",
            Self::NotCommon => "не из тех, что подбирают первыми",
            Self::NotOfKnownWords => "не из одних слов «мой дом», «пароль» и вашего логина, телефона или почты",
        }
    }

    fn holds(self, password: &str, names: &[&str]) -> bool {
        match self {
            Self::LongEnough => password.chars().count() >= CHARACTERS_MIN,
            Self::NotTooLong => password.len() <= BYTES_MAX,
            Self::NotOnlyDigits => !password.chars().all(char::is_numeric),
            Self::NotOnlyLetters => !password.chars().all(char::is_alphabetic),
            Self::Upper => password.chars().any(char::is_uppercase),
            Self::Lower => password.chars().any(char::is_lowercase),
            Self::Digit => password.chars().any(char::is_numeric),
            Self::Special => password.chars().any(|letter| !letter.is_alphanumeric()),
            Self::NotOwnName => !is_one_of(password, names),
            Self::NotCommon => !common_password::is_common(password),
            Self::NotOfKnownWords => !common_password::is_of_known_words(password, names),
        }
    }
}

/// «8 916 123-45-67» is a phone of its owner as much as «+79161234567» is.
fn is_one_of(password: &str, names: &[&str]) -> bool {
    Identifier::parse(password).is_ok_and(|identifier| names.contains(&identifier.as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMON_REFUSED: PasswordDemands = PasswordDemands { policy: PasswordPolicy::Basic, refuses_common: true };

    fn broken(policy: PasswordPolicy, password: &str, names: &[&str]) -> Vec<PasswordRule> {
        PasswordDemands { policy, refuses_common: false }.broken(password, names)
    }

    fn is_good(policy: PasswordPolicy, password: &str) -> bool {
        broken(policy, password, &[]).is_empty()
    }

    #[test]
    fn s2_what_the_two_policies_take() {
        for (password, basic, strict) in [
            ("12345678", false, false),
            ("abcdefgh", false, false),
            ("абвгд123", true, false),
            ("Abc12345", true, false),
            ("Abc1234!", true, true),
            ("Пароль7!x", true, true),
            ("Аб1!", false, false),
        ] {
            assert_eq!(is_good(PasswordPolicy::Basic, password), basic, "basic: {password}");
            assert_eq!(is_good(PasswordPolicy::Strict, password), strict, "strict: {password}");
        }
    }

    #[test]
    fn each_broken_rule_is_named() {
        let names = |broken: Vec<PasswordRule>| broken.into_iter().map(PasswordRule::as_str).collect::<Vec<_>>();
        let named = |policy, password| names(broken(policy, password, &[]));
        assert_eq!(named(PasswordPolicy::Basic, "1234567"), ["long-enough", "not-only-digits"]);
        assert_eq!(named(PasswordPolicy::Strict, "абвгдежз"), ["upper", "digit", "special"]);
        assert_eq!(named(PasswordPolicy::Basic, &"а1".repeat(200)), ["not-too-long"]);
        assert_eq!(names(COMMON_REFUSED.broken("Qwerty123", &[])), ["not-common", "not-of-known-words"]);
    }

    #[test]
    fn a_password_is_no_name_of_its_owner_however_written() {
        let names = ["anna.petrova1", "+79161234567", "anna@b.ru"];
        for password in ["anna.petrova1", "Anna.Petrova1 ", "8 916 123-45-67", "+7 (916) 123-45-67", "ANNA@b.ru"] {
            assert_eq!(broken(PasswordPolicy::Basic, password, &names), [PasswordRule::NotOwnName], "{password}");
        }
        assert!(broken(PasswordPolicy::Basic, "anna.petrova12", &names).is_empty());
        assert_eq!(COMMON_REFUSED.broken("anna.petrova12", &names), [PasswordRule::NotOfKnownWords]);
    }

    #[test]
    fn the_common_password_of_the_article_passes_until_common_ones_are_refused() {
        assert!(is_good(PasswordPolicy::Basic, "Abc12345"));
        assert_eq!(COMMON_REFUSED.broken("Abc12345", &[]), [PasswordRule::NotCommon]);
    }

    #[test]
    fn a_long_password_is_taken_whole_and_with_any_signs() {
        for password in ["а1".repeat(64), "correct horse battery staple 7 ".repeat(4), "🌲 лес и 72 ели".repeat(8)]
        {
            assert!(password.chars().count() >= 64 && is_good(PasswordPolicy::Basic, &password), "{password}");
        }
    }

    #[test]
    fn only_the_two_policies_have_names() {
        assert_eq!("basic".parse(), Ok(PasswordPolicy::Basic));
        assert_eq!("strict".parse(), Ok(PasswordPolicy::Strict));
        assert_eq!("Basic".parse::<PasswordPolicy>(), Err(PolicyError));
    }

    proptest! {
        #[test]
        fn what_is_strict_is_basic_too(password in "\\PC{0,24}") {
            if is_good(PasswordPolicy::Strict, &password) {
                prop_assert!(is_good(PasswordPolicy::Basic, &password));
            }
        }

        #[test]
        fn characters_count_and_not_bytes(password in "[а-яё0-9]{0,16}") {
            let broken = broken(PasswordPolicy::Basic, &password, &[]);
            prop_assert_eq!(broken.contains(&PasswordRule::LongEnough), password.chars().count() < 8);
        }

        #[test]
        fn digits_alone_and_letters_alone_are_never_enough(digits in "[0-9]{0,40}", letters in "\\p{L}{0,40}") {
            prop_assert!(!is_good(PasswordPolicy::Basic, &digits));
            prop_assert!(!is_good(PasswordPolicy::Basic, &letters));
        }

        #[test]
        fn no_text_makes_the_check_panic(password in "\\PC{0,600}", name in "\\PC{0,20}") {
            for policy in [PasswordPolicy::Basic, PasswordPolicy::Strict] {
                let _ = PasswordDemands { policy, refuses_common: true }.broken(&password, &[&name]);
            }
        }
    }
}
