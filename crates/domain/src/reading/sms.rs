//! A reading as an SMS tells it: «СЧЁТЧИК № 12345678 131,789» (S0:47), written as people write on a phone.

use rust_decimal::Decimal;

use super::dial::{ValueError, parse_value};

/// The number of a meter on its face, at most.
const SERIAL_CHARS_MAX: usize = 50;

/// How every message begins, in small letters and with Е for Ё.
const KEYWORD: &str = "счетчик";

/// What an SMS tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsReading {
    /// The number on the meter's face, as it was written.
    pub serial: String,
    /// What the meter shows.
    pub value: Decimal,
    /// Whether «ДА» follows: the value was asked about, and it is right.
    pub is_confirmed: bool,
}

/// Why an SMS tells no reading. The words go back to whoever sent it, with [`SMS_EXAMPLE`] behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmsError {
    /// It begins with another word.
    #[error("сообщение начинают словом СЧЁТЧИК")]
    Keyword,
    /// No number of a meter follows.
    #[error("после слова СЧЁТЧИК нужен номер счётчика")]
    NoSerial,
    /// Nothing follows the number of the meter.
    #[error("после номера счётчика нужно показание")]
    NoValue,
    /// More than one thing follows it.
    #[error("показание пишут одним числом без пробелов")]
    TooMuch,
    /// What follows is no value.
    #[error(transparent)]
    Value(#[from] ValueError),
}

/// How it is written.
pub const SMS_EXAMPLE: &str = "СЧЁТЧИК № 12345678 131,789";

/// Reads an SMS: the letters Ё and Е are one, case means nothing, «№», «N» and «#» may be left out, spaces may be of any
/// kind, the value has a comma or a dot.
pub fn parse_sms(text: &str) -> Result<SmsReading, SmsError> {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let keyword_bytes = keyword_bytes(first).ok_or(SmsError::Keyword)?;
    let glued = &first[keyword_bytes..];
    // «СЧЁТЧИК№12345678»: the number may follow at once, but only behind its sign.
    if !glued.is_empty() && without_sign(glued) == glued {
        return Err(SmsError::Keyword);
    }
    let mut serial = without_sign(glued);
    while serial.is_empty() {
        serial = without_sign(words.next().ok_or(SmsError::NoSerial)?);
    }
    if serial.chars().count() > SERIAL_CHARS_MAX || !serial.chars().any(|letter| letter.is_ascii_digit()) {
        return Err(SmsError::NoSerial);
    }
    let value = words.next().ok_or(SmsError::NoValue)?;
    let is_confirmed = match words.next() {
        None => false,
        Some(word) if word.trim_end_matches(['.', '!']).to_lowercase() == "да" => true,
        Some(_) => return Err(SmsError::TooMuch),
    };
    if words.next().is_some() {
        return Err(SmsError::TooMuch);
    }
    Ok(SmsReading { serial: serial.to_owned(), value: parse_value(value)?, is_confirmed })
}

/// How many bytes of a word the keyword takes, if it begins with it.
fn keyword_bytes(word: &str) -> Option<usize> {
    let same = |(letter, expected): (char, char)| {
        let lower = letter.to_lowercase().next();
        lower.map(|lower| if lower == 'ё' { 'е' } else { lower }) == Some(expected)
    };
    let mut letters = word.chars();
    let is_keyword = KEYWORD.chars().all(|expected| letters.next().is_some_and(|letter| same((letter, expected))));
    is_keyword.then(|| word.len() - letters.as_str().len())
}

/// A word without the sign of a number before it. An N is a sign only where something that is no letter follows: a
/// serial number may begin with one.
fn without_sign(word: &str) -> &str {
    if let Some(rest) = word.strip_prefix(['№', '#']) {
        return rest.strip_prefix(['.', ':']).unwrap_or(rest);
    }
    match word.strip_prefix(['N', 'n']) {
        Some(rest) if rest.is_empty() => rest,
        Some(rest) => rest.strip_prefix(['.', ':', 'º', '°']).unwrap_or(word),
        None => word,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<(String, String), SmsError> {
        parse_sms(text).map(|reading| (reading.serial, reading.value.to_string()))
    }

    fn told(serial: &str, value: &str) -> Result<(String, String), SmsError> {
        Ok((serial.to_owned(), value.to_owned()))
    }

    #[test]
    fn r2_a_reading_is_read_however_it_was_typed() {
        assert_eq!(read("СЧЁТЧИК № 12345678 00131"), told("12345678", "131"));
        assert_eq!(read("счетчик №12345678 131"), told("12345678", "131"));
        assert_eq!(read("СЧЁТЧИК N 12-А 131,789"), told("12-А", "131.789"));
        assert_eq!(read("СЧЁТЧИК\u{a0}№\u{a0}12345678\u{202f}131.5"), told("12345678", "131.5"));
        assert_eq!(read("  Счётчик#12345678   131,5 \n"), told("12345678", "131.5"));
        assert_eq!(read("счётчик 12345678 131"), told("12345678", "131"));
        assert_eq!(read("СЧЁТЧИК N12345 131"), told("N12345", "131"), "a number may begin with the letter");
    }

    #[test]
    fn r2_what_is_no_reading_is_refused_with_its_reason() {
        assert_eq!(read("СЧЁТЧИК № 12345678"), Err(SmsError::NoValue));
        assert_eq!(read("СЧЁТЧИК № 12345678 -5"), Err(SmsError::Value(ValueError::Negative)));
        assert_eq!(read("СЧЁТЧИК № 12345678 1 31"), Err(SmsError::TooMuch));
        assert_eq!(read("ПОКАЗАНИЯ 12345678 131"), Err(SmsError::Keyword));
        assert_eq!(read("СЧЁТЧИКИ 12345678 131"), Err(SmsError::Keyword));
        assert_eq!(read("СЧЁТЧИК №"), Err(SmsError::NoSerial));
        assert_eq!(read("СЧЁТЧИК № вода 131"), Err(SmsError::NoSerial));
        assert_eq!(read("СЧЁТЧИК № 12345678 131л"), Err(SmsError::Value(ValueError::NotANumber)));
        assert_eq!(read(""), Err(SmsError::Keyword));
    }

    #[test]
    fn a_value_that_was_asked_about_is_confirmed_by_one_word_behind_it() {
        let is_confirmed = |text: &str| parse_sms(text).map(|reading| reading.is_confirmed);
        assert_eq!(is_confirmed("СЧЁТЧИК № 12345678 131"), Ok(false));
        for word in ["ДА", "да", "Да."] {
            assert_eq!(is_confirmed(&format!("СЧЁТЧИК № 12345678 131 {word}")), Ok(true), "{word}");
        }
        assert_eq!(is_confirmed("СЧЁТЧИК № 12345678 131 НЕТ"), Err(SmsError::TooMuch));
        assert_eq!(is_confirmed("СЧЁТЧИК № 12345678 131 ДА ДА"), Err(SmsError::TooMuch));
    }

    #[test]
    fn the_example_of_every_reply_is_read() {
        assert_eq!(read(SMS_EXAMPLE), told("12345678", "131.789"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in ".{0,200}") {
            let _is_read_or_refused = parse_sms(&text);
            let _is_read_or_refused = parse_sms(&format!("счётчик {text}"));
        }
    }
}
