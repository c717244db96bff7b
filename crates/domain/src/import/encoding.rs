//! The text of a file: UTF-8, or Windows-1251 as accounting programs still write it.

use std::borrow::Cow;

use crate::cyrillic::WINDOWS_1251;

/// What registers hold of it. Other encodings of Russian letters read as Windows-1251 are full of the rest.
const USUAL: &str = "Ёё№«»–—…“”„’§\u{a0}";
/// The alphabet stands in one piece: capitals, then small letters.
const CAPITAL_A: u8 = 0xc0;
const SMALL_A: u8 = 0xe0;
/// How much of a cell that reads as nonsense is shown on each side of the place.
const SHOWN_BYTES: usize = 20;

/// Why bytes are no text, and at which of them.
#[derive(Debug, PartialEq, Eq)]
pub struct NoText {
    pub(super) at: usize,
    pub(super) reason: String,
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
        let reason = "файл в кодировке UTF-16: сохраните его как «CSV UTF-8»".to_owned();
        return Err(NoText { at: 0, reason });
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    if !bytes[..error.valid_up_to()].is_ascii() {
        let reason = "файл испорчен: начат в кодировке UTF-8, а здесь другая. Сохраните его ещё раз как «CSV UTF-8»";
        return Err(NoText { at: error.valid_up_to(), reason: reason.to_owned() });
    }
    windows_1251(bytes).map(Cow::Owned)
}

/// The text, unless it reads as one that was written in some other encoding: taken in so, it would turn names into
/// nonsense, and nobody would be told.
fn windows_1251(bytes: &[u8]) -> Result<String, NoText> {
    let text = WINDOWS_1251.decode(bytes);
    let is_strange = |(byte, letter): (&u8, char)| (0x80..CAPITAL_A).contains(byte) && !USUAL.contains(letter);
    if let Some(at) = bytes.iter().zip(text.chars()).position(is_strange).or_else(|| swapped_case(bytes)) {
        let piece: String = WINDOWS_1251.decode(piece(bytes, at)).chars().map(visible).collect();
        let reason = format!(
            "файл не в кодировке UTF-8 и не в Windows-1251: здесь прочиталось «{piece}». \
             Сохраните его как «CSV UTF-8» или в Windows-1251"
        );
        return Err(NoText { at, reason });
    }
    Ok(text)
}

/// The first word written «иВАНОВ», if there are more of them than of «Иванов»: in KOI8-R small letters stand where
/// the capitals of Windows-1251 do.
fn swapped_case(bytes: &[u8]) -> Option<usize> {
    let is_small = |byte: &u8| *byte >= SMALL_A;
    let (mut at, mut first, mut swapped, mut usual) = (0, None, 0_usize, 0_usize);
    for word in bytes.split(|byte| *byte < CAPITAL_A) {
        if let [initial, rest @ ..] = word
            && !rest.is_empty()
        {
            if is_small(initial) && !rest.iter().any(is_small) {
                first.get_or_insert(at);
                swapped += 1;
            }
            usual += usize::from(!is_small(initial) && rest.iter().all(is_small));
        }
        at += word.len() + 1;
    }
    first.filter(|_| swapped > usual)
}

/// The cell around a byte, a long one in part.
fn piece(bytes: &[u8], at: usize) -> &[u8] {
    let is_border = |byte: &u8| b";\"\r\n\t".contains(byte);
    let start = bytes[..at].iter().rposition(is_border).map_or(0, |border| border + 1);
    let end = bytes[at..].iter().position(is_border).map_or(bytes.len(), |length| at + length);
    &bytes[start.max(at.saturating_sub(SHOWN_BYTES))..end.min(at + SHOWN_BYTES)]
}

fn visible(letter: char) -> char {
    if letter.is_control() { '?' } else { letter }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As a spreadsheet of 1998 would save it.
    fn encode(text: &str) -> Vec<u8> {
        WINDOWS_1251.encode(text).unwrap()
    }

    #[test]
    fn windows_1251_is_read_as_what_was_typed() {
        let typed = "ТСЖ №5 «Ёлка»; ул. Щёлковская — 10, «а»…";
        assert_eq!(text(&encode(typed)).unwrap(), typed);
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
        assert_eq!(text(&[b'a', 0xe0, 0x98]).unwrap_err().at, 2);
        assert!(text(&[0xff, 0xfe, b'a', 0]).unwrap_err().reason.contains("UTF-16"));
    }

    /// Bytes of «Зайцева Юлия» in encodings that are not taken, the second line of a file.
    fn refusal(name: &[u8]) -> NoText {
        text(&[b"number;holder\n1;", name, b";\n"].concat()).unwrap_err()
    }

    #[test]
    fn other_encodings_of_russian_letters_are_refused_and_shown_as_they_read() {
        let koi8_r = refusal(&[0xfa, 0xc1, 0xca, 0xc3, 0xc5, 0xd7, 0xc1, b' ', 0xe0, 0xcc, 0xc9, 0xd1]);
        assert_eq!(koi8_r.at, 16);
        assert!(koi8_r.reason.contains("«ъБКГЕЧБ аМЙС»"), "{}", koi8_r.reason);
        let cp866 = refusal(&[0x87, 0xa0, 0xa9, 0xe6, 0xa5, 0xa2, 0xa0, b' ', 0x9e, 0xab, 0xa8, 0xef]);
        assert_eq!(cp866.at, 16);
        assert!(cp866.reason.contains("«‡\u{a0}©жҐў\u{a0} ћ«Ёп»"), "{}", cp866.reason);
        let mac = refusal(&[0x87, 0xe0, 0xe9, 0xf6, 0xe5, 0xe2, 0xe0, b' ', 0x9e, 0xeb, 0xe8, 0xdf]);
        assert_eq!(mac.at, 16);
        let iso_8859_5 = refusal(&[0xb7, 0xd0, 0xd9, 0xe6, 0xd5, 0xd2, 0xd0, b' ', 0xce, 0xdb, 0xd8, 0xef]);
        assert_eq!(iso_8859_5.at, 16);
    }

    #[test]
    fn capitals_and_a_slip_of_the_shift_key_are_no_other_encoding() {
        for typed in ["ИВАНОВ ИВАН;ООО «УК»", "иВАНОВ Пётр;Иванов Иван", "кухня;кВт"]
        {
            assert_eq!(text(&encode(typed)).unwrap(), typed);
        }
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
