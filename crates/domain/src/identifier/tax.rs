//! Numbers of the tax register: ИНН, КПП, ОГРН, ОГРНИП.

use super::{IdentifierError, checked_text, digits, weighted_sum};

checked_text! {
    /// ИНН: ten digits of a company or twelve of a person, checked.
    Inn, inn
}

checked_text! {
    /// КПП: nine digits.
    Kpp, kpp
}

checked_text! {
    /// ОГРН of a company: thirteen digits, checked.
    Ogrn, ogrn
}

checked_text! {
    /// ОГРНИП of an entrepreneur: fifteen digits, checked.
    Ogrnip, ogrnip
}

const INN_WEIGHTS: [u8; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

fn inn(text: &str) -> Result<String, IdentifierError> {
    let is_right = match (digits::<10>(text), digits::<12>(text)) {
        (Some(company), _) => inn_digit(&company[..9]) == company[9],
        (_, Some(person)) => inn_digit(&person[..10]) == person[10] && inn_digit(&person[..11]) == person[11],
        _ => return Err(IdentifierError::Form("ИНН — это 10 цифр организации или 12 цифр человека")),
    };
    // Zeros alone would pass the sum, but nobody has them.
    checked(text, is_right)
}

/// The check digit after these: the weights are aligned to the right.
fn inn_digit(before: &[u8]) -> u8 {
    let weights = &INN_WEIGHTS[INN_WEIGHTS.len() - before.len()..];
    // Less than 10, so it fits.
    (weighted_sum(before, weights) % 11 % 10) as u8
}

fn kpp(text: &str) -> Result<String, IdentifierError> {
    digits::<9>(text).map(|_| text.to_owned()).ok_or(IdentifierError::Form("КПП — это 9 цифр"))
}

fn ogrn(text: &str) -> Result<String, IdentifierError> {
    let ogrn = digits::<13>(text).ok_or(IdentifierError::Form("ОГРН — это 13 цифр"))?;
    checked(text, whole(&ogrn[..12]) % 11 % 10 == u64::from(ogrn[12]))
}

fn ogrnip(text: &str) -> Result<String, IdentifierError> {
    let ogrnip = digits::<15>(text).ok_or(IdentifierError::Form("ОГРНИП — это 15 цифр"))?;
    checked(text, whole(&ogrnip[..14]) % 13 % 10 == u64::from(ogrnip[14]))
}

fn whole(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

fn checked(text: &str, is_right: bool) -> Result<String, IdentifierError> {
    let is_nobody = text.bytes().all(|byte| byte == b'0');
    (is_right && !is_nobody).then(|| text.to_owned()).ok_or(IdentifierError::CheckDigits)
}
