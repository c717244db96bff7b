//! How a person can be reached and by what a person signs in: phone, e-mail, login.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A Russian phone number, kept as `+79161234567`. Printed for people and logs it is masked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// An e-mail address, kept in lower case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// A name to sign in with, kept in lower case: 3–64 letters, digits, dots, hyphens, underscores, at least one
/// letter (a name of digits alone would be mistaken for a phone). A new one is made by [`Login::choose`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Login(String);

/// Where a message reaches a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Contact {
    /// By SMS.
    Phone(Phone),
    /// By mail.
    Email(Email),
}

/// What a person typed to be recognised by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// A phone.
    Phone(Phone),
    /// An e-mail address.
    Email(Email),
    /// A login.
    Login(Login),
}

/// The text is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Not a phone.
    #[error("телефон пишется как +7 916 123-45-67")]
    Phone,
    /// Not an e-mail address.
    #[error("почта пишется как imya@example.ru")]
    Email,
    /// Not a login.
    #[error("логин — это от 3 до 64 букв, цифр, точек, дефисов и подчёркиваний, хотя бы одна буква")]
    Login,
    /// A login whose letters are of several alphabets, or of another than the two.
    #[error("буквы логина — только латинские или только русские: похожие буквы разных алфавитов не различить")]
    MixedLogin,
}

impl Phone {
    /// Reads ten digits with `+7`, `7`, `8` or nothing before them, and spaces, brackets and hyphens between. Ten that begin
    /// with 7 or 8 are no number without a prefix: one digit is more likely missing.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let text = text.trim();
        let has_plus = text.starts_with('+');
        let written = text.strip_prefix('+').unwrap_or(text);
        let digits: String = written.chars().filter(|letter| !is_phone_punctuation(*letter)).collect();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ContactError::Phone);
        }
        let national = match (digits.len(), digits.as_bytes().first()) {
            (11, Some(b'7')) => &digits[1..],
            (11, Some(b'8')) if !has_plus => &digits[1..],
            (10, Some(first)) if !has_plus && !matches!(first, b'7' | b'8') => &digits,
            _ => return Err(ContactError::Phone),
        };
        Ok(Self(format!("+7{national}")))
    }

    /// The number: `+79161234567`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with only its last two digits: `+7********67`.
    pub fn masked(&self) -> String {
        format!("+7********{}", &self.0[self.0.len() - 2..])
    }
}

fn is_phone_punctuation(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '(' | ')' | '-' | '‑' | '–')
}

impl Email {
    /// The longest address that mail can be sent to (RFC 5321).
    const BYTES_MAX: usize = 254;
    /// The longest part before the `@`.
    const LOCAL_BYTES_MAX: usize = 64;

    /// Reads an address of the usual form: quoted names and bare hosts are nobody's mailbox here.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let address = text.trim().to_lowercase();
        let (local, domain) = address.split_once('@').ok_or(ContactError::Email)?;
        let fits = address.len() <= Self::BYTES_MAX && local.len() <= Self::LOCAL_BYTES_MAX;
        let is_address = fits && is_local_part(local) && is_domain(domain);
        is_address.then_some(Self(address)).ok_or(ContactError::Email)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with only the first letter of its name: `a***@b.ru`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

fn is_local_part(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.chars().all(|letter| letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter))
    };
    local.split('.').all(is_atom)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    let top_is_a_name = domain.rsplit('.').next().is_some_and(|top| top.chars().any(char::is_alphabetic));
    domain.contains('.') && top_is_a_name && domain.split('.').all(is_label)
}

impl Login {
    /// Reads a login that somebody is to get. Its letters are all Latin or all Cyrillic, its digits the usual ones: nobody
    /// may be taken for somebody else whose login looks the same.
    ///
    /// # Errors
    /// [`ContactError::MixedLogin`], and those of [`Login::parse`].
    pub fn choose(text: &str) -> Result<Self, ContactError> {
        let login = Self::parse(text)?;
        let is_of = |is_letter: fn(char) -> bool| {
            login.0.chars().all(|sign| is_letter(sign) || sign.is_ascii_digit() || "._-".contains(sign))
        };
        let is_plain = is_of(|sign| sign.is_ascii_lowercase()) || is_of(|sign| matches!(sign, 'а'..='я' | 'ё'));
        is_plain.then_some(login).ok_or(ContactError::MixedLogin)
    }

    /// Reads a login that somebody typed to be recognised by; case does not matter.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let login = text.trim().to_lowercase();
        let has_letter = login.chars().any(char::is_alphabetic);
        let is_allowed = login.chars().all(|letter| letter.is_alphanumeric() || "._-".contains(letter));
        let fits = (3..=64).contains(&login.chars().count());
        (has_letter && is_allowed && fits).then_some(Self(login)).ok_or(ContactError::Login)
    }

    /// The login in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Contact {
    /// Of what is known, the one for codes: the phone, which is at hand, before the mail.
    pub fn preferred(phone: Option<Phone>, email: Option<Email>) -> Option<Self> {
        phone.map(Self::Phone).or(email.map(Self::Email))
    }

    /// The canonical text: equal contacts have equal texts.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.as_str(),
            Self::Email(email) => email.as_str(),
        }
    }

    /// How a message gets there: `sms` or `email`.
    pub const fn channel(&self) -> &'static str {
        match self {
            Self::Phone(_) => "sms",
            Self::Email(_) => "email",
        }
    }

    /// Enough of it to be recognised by its owner.
    pub fn masked(&self) -> String {
        match self {
            Self::Phone(phone) => phone.masked(),
            Self::Email(email) => email.masked(),
        }
    }
}

impl Identifier {
    /// Recognises what was typed: with an `@` an e-mail address, of digits a phone, otherwise a login.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        if text.contains('@') {
            return Email::parse(text).map(Self::Email);
        }
        Phone::parse(text).map(Self::Phone).or_else(|_| Login::parse(text).map(Self::Login))
    }

    /// The canonical text: equal identifiers have equal texts.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.as_str(),
            Self::Email(email) => email.as_str(),
            Self::Login(login) => login.as_str(),
        }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl TryFrom<String> for Phone {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, ContactError> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl TryFrom<String> for Email {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, ContactError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_phone_has_one_form_however_it_is_written() {
        for text in [
            "+79161234567",
            "79161234567",
            "89161234567",
            "9161234567",
            "8 (916) 123-45-67",
            " +7 916 123 45 67 ",
            "+7\u{a0}(916)\u{a0}123‑45‑67",
        ] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+79161234567", "{text}");
        }
        assert_eq!(Phone::parse("88123334455").unwrap().as_str(), "+78123334455");
    }

    #[test]
    fn what_is_not_a_russian_phone_is_refused() {
        for text in [
            "",
            "+",
            "916123456",
            "8 (912) 345-67-8",
            "7123334455",
            "+89161234567",
            "+9161234567",
            "+380441234567",
            "69161234567",
            "+7916123456x",
            "++79161234567",
            "٩١٦١٢٣٤٥٦٧",
            "112",
        ] {
            assert_eq!(Phone::parse(text), Err(ContactError::Phone), "{text}");
        }
    }

    #[test]
    fn s6_a_mask_leaves_the_last_two_digits() {
        assert_eq!(Phone::parse("+79161234567").unwrap().masked(), "+7********67");
        assert_eq!(Email::parse("anna@b.ru").unwrap().masked(), "a***@b.ru");
        assert_eq!(Email::parse("a@b.ru").unwrap().masked(), "a***@b.ru");
    }

    #[test]
    fn codes_go_to_the_phone_if_there_is_one() {
        let (phone, email) = (Phone::parse("9161234567").unwrap(), Email::parse("anna@b.ru").unwrap());
        let by_phone = Contact::preferred(Some(phone), Some(email.clone())).unwrap();
        assert_eq!((by_phone.channel(), by_phone.masked().as_str()), ("sms", "+7********67"));
        let by_mail = Contact::preferred(None, Some(email)).unwrap();
        assert_eq!((by_mail.channel(), by_mail.masked().as_str()), ("email", "a***@b.ru"));
        assert_eq!(Contact::preferred(None, None), None);
    }

    #[test]
    fn debug_output_is_masked() {
        let phone = Identifier::parse("+79161234567").unwrap();
        assert_eq!(format!("{phone:?}"), "Phone(+7********67)");
        assert!(!format!("{:?}", Email::parse("anna@b.ru").unwrap()).contains("anna"));
    }

    #[test]
    fn an_address_is_kept_in_lower_case() {
        assert_eq!(Email::parse(" Anna.S+home@Example.RU ").unwrap().as_str(), "anna.s+home@example.ru");
        assert_eq!(Email::parse("анна@почта.рф").unwrap().as_str(), "анна@почта.рф");
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        let long = format!("{}@example.ru", "a".repeat(65));
        for text in [
            "",
            "a",
            "@b.ru",
            "a@",
            "a@b",
            "a@b.1",
            "a@@b.ru",
            "a b@c.ru",
            ".a@b.ru",
            "a..b@c.ru",
            "a.@b.ru",
            "a@-b.ru",
            "a@b-.ru",
            "a@b..ru",
            "a@b.ru\r\nbcc:c@d.ru",
            "a@b.ru,c@d.ru",
            "\"a\"@b.ru",
            "a@[127.0.0.1]",
            &long,
        ] {
            assert_eq!(Email::parse(text), Err(ContactError::Email), "{text}");
        }
    }

    #[test]
    fn an_identifier_is_what_it_looks_like() {
        assert!(matches!(Identifier::parse("8 916 123-45-67"), Ok(Identifier::Phone(_))));
        assert!(matches!(Identifier::parse("Anna@b.ru"), Ok(Identifier::Email(_))));
        assert_eq!(Identifier::parse(" Resident01 ").unwrap().as_str(), "resident01");
        assert_eq!(Identifier::parse("12345"), Err(ContactError::Login));
        assert_eq!(Identifier::parse("ан"), Err(ContactError::Login));
        assert_eq!(Identifier::parse("анна петровна"), Err(ContactError::Login));
        assert_eq!(Identifier::parse(&"а".repeat(65)), Err(ContactError::Login));
        assert!(Identifier::parse(&"а".repeat(64)).is_ok());
    }

    #[test]
    fn a_new_login_has_letters_of_one_alphabet() {
        for login in ["admin", "Admin-2.x_y", "диспетчер", "ёлка-10"] {
            assert!(Login::choose(login).is_ok(), "{login}");
        }
        for login in ["аdmin", "admin-дом", "rοot", "ädmin", "admin٣"] {
            assert_eq!(Login::choose(login), Err(ContactError::MixedLogin), "{login}");
            assert!(Login::parse(login).is_ok(), "whoever has such a login already signs in with it");
        }
        assert_eq!(Login::choose("12345"), Err(ContactError::Login));
    }

    proptest! {
        #[test]
        fn what_is_recognised_is_recognised_again(text in "\\PC{0,40}") {
            if let Ok(identifier) = Identifier::parse(&text) {
                prop_assert_eq!(Identifier::parse(identifier.as_str()).unwrap(), identifier);
            }
        }

        #[test]
        fn punctuation_never_changes_a_phone(digits in "[0-9]{10}", at in 0_usize..10, mark in "[ ()\u{a0}-]") {
            let written = format!("8{}{}{}", &digits[..at], mark, &digits[at..]);
            let phone = Phone::parse(&written).unwrap();
            prop_assert_eq!(phone.as_str(), format!("+7{digits}"));
        }

        #[test]
        fn a_masked_address_hides_the_name(local in "[a-z]{2,20}", domain in "[a-z]{2,10}\\.ru") {
            let masked = Email::parse(&format!("{local}@{domain}")).unwrap().masked();
            prop_assert_eq!(masked, format!("{}***@{domain}", &local[..1]));
        }
    }
}
