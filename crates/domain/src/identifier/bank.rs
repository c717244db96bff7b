//! Bank details: БИК, and accounts whose key depends on it.

use super::{IdentifierError, checked_text, digits, weighted_sum};

checked_text! {
    /// БИК of a bank: nine digits.
    Bik, bik
}

/// The account of a bank's client: twenty digits whose key fits the bank.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BankAccount(String);

/// The bank's own account in the Bank of Russia: twenty digits whose key fits the bank.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CorrespondentAccount(String);

const BIK_FORM: IdentifierError = IdentifierError::Form("БИК — это 9 цифр");
const ACCOUNT_FORM: IdentifierError = IdentifierError::Form("номер банковского счёта — это 20 цифр");

/// Weights repeat over three digits of the bank and twenty of the account.
const KEY_WEIGHTS: [u8; 23] = [7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1];

impl BankAccount {
    /// Checks the account and its key against its bank: the last three digits of the БИК count.
    pub fn parse(text: &str, bik: &Bik) -> Result<Self, IdentifierError> {
        let [.., a, b, c] = bik.digits();
        account_with_key(text.trim(), [a, b, c]).map(Self)
    }

    /// The twenty digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CorrespondentAccount {
    /// Checks the account and its key against its bank: a zero and the fifth and sixth digit of the БИК count.
    pub fn parse(text: &str, bik: &Bik) -> Result<Self, IdentifierError> {
        let [_, _, _, _, fifth, sixth, ..] = bik.digits();
        account_with_key(text.trim(), [0, fifth, sixth]).map(Self)
    }

    /// The twenty digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Bik {
    /// A БИК that was parsed has nine.
    fn digits(&self) -> [u8; 9] {
        digits(&self.0).unwrap_or_default()
    }
}

fn bik(text: &str) -> Result<String, IdentifierError> {
    digits::<9>(text).map(|_| text.to_owned()).ok_or(BIK_FORM)
}

fn account_with_key(text: &str, of_bank: [u8; 3]) -> Result<String, IdentifierError> {
    let account: [u8; 20] = digits(text).ok_or(ACCOUNT_FORM)?;
    // Only the last digit of each product counts, and so only the last digit of their sum.
    let sum = weighted_sum(&[&of_bank[..], &account[..]].concat(), &KEY_WEIGHTS);
    sum.is_multiple_of(10).then(|| text.to_owned()).ok_or(IdentifierError::CheckDigits)
}
