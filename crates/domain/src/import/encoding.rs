//! The text of a file: UTF-8, or Windows-1251 as accounting programs still write it.

use std::borrow::Cow;

/// The upper half of Windows-1251 below the alphabet, `0x80` to `0xbf`; a space stands where nothing is defined.
const UPPER: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–— ™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";
/// The one byte of Windows-1251 that means nothing.
const UNDEFINED: u8 = 0x98;

/// Why bytes are no text, and at which of them.
#[derive(Debug, PartialEq, Eq)]
pub struct NoText {
    pub(super) at: usize,
    pub(super) reason: &'static str,
}

/// The text of the bytes without a byte order mark.
///
/// Bytes that are no UTF-8 are Windows-1251, unless they began as UTF-8 with letters beyond ASCII: then the file is
/// damaged, and reading it otherwise would turn names into other names.
///
/// # Errors
/// Where they are neither.
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, NoText> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(NoText {
            at: 0, reason: "файл в кодировке UTF-16: сохраните его как «CSV UTF-8»"
        });
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    if !bytes[..error.valid_up_to()].is_ascii() {
        let reason = "файл испорчен: начат в кодировке UTF-8, а здесь другая. Сохраните его ещё раз как «CSV UTF-8»";
        return Err(NoText { at: error.valid_up_to(), reason });
    }
    windows_1251(bytes).map(Cow::Owned)
}

fn windows_1251(bytes: &[u8]) -> Result<String, NoText> {
    let upper: Vec<char> = UPPER.chars().collect();
    if let Some(at) = bytes.iter().position(|byte| *byte == UNDEFINED) {
        let reason = "файл не в кодировке UTF-8 и не в Windows-1251: сохраните его как «CSV UTF-8»";
        return Err(NoText { at, reason });
    }
    let letter = |byte: u8| match byte {
        0..0x80 => char::from(byte),
        0x80..0xc0 => upper[usize::from(byte - 0x80)],
        // The alphabet stands in one piece in both: А is 0xc0 here and U+0410 there.
        0xc0.. => char::from_u32(0x410 + u32::from(byte - 0xc0)).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().map(|byte| letter(*byte)));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As a spreadsheet of 1998 would save it.
    fn encode(text: &str) -> Vec<u8> {
        let upper: Vec<char> = UPPER.chars().collect();
        let byte = |letter: char| match letter as u32 {
            code @ 0..0x80 => code.to_le_bytes()[0],
            code @ 0x410..0x450 => (code - 0x410 + 0xc0).to_le_bytes()[0],
            _ => 0x80 + u8::try_from(upper.iter().position(|known| *known == letter).unwrap()).unwrap(),
        };
        text.chars().map(byte).collect()
    }

    #[test]
    fn windows_1251_is_read_as_what_was_typed() {
        let typed = "ТСЖ №5 «Ёлка»; ул. Щёлковская — 10, «а»…";
        assert_eq!(text(&encode(typed)).unwrap(), typed);
        assert_eq!(UPPER.chars().count(), 64);
    }

    #[test]
    fn utf_8_is_read_with_and_without_a_mark() {
        assert_eq!(text("\u{feff}Ёлка".as_bytes()).unwrap(), "Ёлка");
        assert!(matches!(text("Ёлка".as_bytes()), Ok(Cow::Borrowed("Ёлка"))));
    }

    #[test]
    fn a_damaged_or_foreign_file_is_refused_where_it_breaks() {
        let damaged = ["Ёлка ".as_bytes(), &[0xcc, 0xee]].concat();
        assert_eq!(text(&damaged).unwrap_err().at, 9);
        assert_eq!(text(&[b'a', 0xe0, UNDEFINED]).unwrap_err().at, 2);
        assert!(text(&[0xff, 0xfe, b'a', 0]).unwrap_err().reason.contains("UTF-16"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = text(&bytes);
        }

        #[test]
        fn both_encodings_of_a_text_read_alike(typed in "[ -~]{0,9}[А-яЁё№«»—]{2}[ -~А-яЁё№«»—]{0,30}") {
            // Two bytes that happen to be one letter of UTF-8 are all that can deceive: «Ж№» at the very start.
            prop_assume!(std::str::from_utf8(&encode(&typed)).is_err());
            if let Ok(read) = text(&encode(&typed)) {
                prop_assert_eq!(read, typed.as_str());
            }
            prop_assert_eq!(text(typed.as_bytes()).unwrap(), typed.as_str());
        }
    }
}
