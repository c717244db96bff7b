//! Numbers that registers give to people, companies, accounts and places: their form and their check digits.
//!
//! Each is a type that only [`parse`](Inn::parse) makes, so whoever holds one holds a number of the right form.
//! Patterns are those of the ГИС ЖКХ schemas; what a check digit proves is only that nothing was mistyped.

mod account;
mod bank;
mod person;
mod place;
mod tax;

pub use account::{AccountNumber, PaymentDocumentId, ServiceId, UnifiedAccountNumber};
pub use bank::{BankAccount, Bik, CorrespondentAccount};
pub use person::Snils;
pub use place::{CadastralNumber, HouseNumber, Oktmo, PremisesNumber};
pub use tax::{Inn, Kpp, Ogrn, Ogrnip};

/// Why a text is not the identifier it should be. What a message says is how the right one looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Other length or letters than the identifier has.
    #[error("{0}")]
    Form(&'static str),
    /// The form is right, the check digits are not: a digit is mistyped.
    #[error("контрольное число не сходится: проверьте цифры")]
    CheckDigits,
}

/// A text that was checked: the newtype, its `parse`, and its ways to and from text and JSON.
///
/// `$canonical` turns the trimmed text into the one that is kept, or says what is wrong with it.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $canonical:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text; spaces around it do not matter.
            pub fn parse(text: &str) -> Result<Self, $crate::identifier::IdentifierError> {
                $canonical(text.trim()).map(Self)
            }

            /// The text that is kept.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::identifier::IdentifierError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(checked: $name) -> Self {
                checked.0
            }
        }
    };
}
use checked_text;

/// The digits of a text of exactly this many; nothing if it is not one.
fn digits<const COUNT: usize>(text: &str) -> Option<[u8; COUNT]> {
    let digits: [u8; COUNT] = text.as_bytes().try_into().ok()?;
    digits.iter().all(u8::is_ascii_digit).then(|| digits.map(|digit| digit - b'0'))
}

/// The sum of digits by their weights. The shorter of the two tells how many count.
fn weighted_sum(digits: &[u8], weights: &[u8]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * u32::from(*weight)).sum()
}

#[cfg(test)]
mod tests;
