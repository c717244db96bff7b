//! Numbers of places: ОКТМО, cadastral numbers, houses and flats as they are really numbered.
//!
//! The articles want "digits only" for a house (S4:35); real ones are `12А` and `5/2`.

use super::{IdentifierError, checked_text};

checked_text! {
    /// ОКТМО of a municipality (8 digits) or a settlement (11).
    Oktmo, oktmo
}

checked_text! {
    /// Cadastral number: district, region, quarter of six or seven digits, object (`77:01:0001001:1234`).
    CadastralNumber, cadastral_number
}

checked_text! {
    /// A house: begins with a digit, then digits, letters, `/`, `-`, dots and spaces (`12А`, `5/2`, `10 к. 2`).
    HouseNumber, house_number
}

checked_text! {
    /// A flat or another room of a house (`15`, `12А`, `Н-3`): at least one digit; letters are kept in upper case.
    PremisesNumber, premises_number
}

const PLACE_CHARACTERS_MAX: usize = 20;
/// ГИС ЖКХ takes no more.
const CADASTRAL_BYTES_MAX: usize = 255;

fn oktmo(text: &str) -> Result<String, IdentifierError> {
    let is_oktmo = matches!(text.len(), 8 | 11) && is_digits(text);
    is_oktmo.then(|| text.to_owned()).ok_or(IdentifierError::Form("ОКТМО — это 8 или 11 цифр"))
}

fn cadastral_number(text: &str) -> Result<String, IdentifierError> {
    let parts: Vec<&str> = text.split(':').collect();
    let is_number = match parts[..] {
        [district, region, quarter, object] => {
            parts.iter().all(|part| is_digits(part))
                && (district.len(), region.len()) == (2, 2)
                && matches!(quarter.len(), 6 | 7)
                && !object.is_empty()
                && text.len() <= CADASTRAL_BYTES_MAX
        }
        _ => false,
    };
    is_number.then(|| text.to_owned()).ok_or(IdentifierError::Form("кадастровый номер пишется как 77:01:0001001:1234"))
}

fn house_number(text: &str) -> Result<String, IdentifierError> {
    let is_number = is_place(text) && text.starts_with(|first: char| first.is_ascii_digit());
    is_number.then(|| text.to_owned()).ok_or(IdentifierError::Form("номер дома пишется как 10, 12А или 5/2"))
}

fn premises_number(text: &str) -> Result<String, IdentifierError> {
    let number = text.to_uppercase();
    let is_number = is_place(&number) && number.contains(|letter: char| letter.is_ascii_digit());
    is_number.then_some(number).ok_or(IdentifierError::Form("номер помещения пишется как 15 или 12А"))
}

fn is_place(text: &str) -> bool {
    let is_allowed = |letter: char| letter.is_ascii_digit() || letter.is_alphabetic() || "/-. ".contains(letter);
    (1..=PLACE_CHARACTERS_MAX).contains(&text.chars().count()) && text.chars().all(is_allowed)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
