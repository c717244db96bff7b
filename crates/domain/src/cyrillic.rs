//! Russian letters in one byte each: encodings that banks and accounting programs still write.

/// An encoding with ASCII below and its own letters from `0x80` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneByte {
    /// The letters of `0x80` to `0xff`, in their order.
    upper: &'static str,
}

/// Windows-1251. Nothing is defined at `0x98`.
pub const WINDOWS_1251: OneByte = OneByte {
    upper: "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї\
            АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
};

/// KOI8-R (RFC 1489).
pub const KOI8_R: OneByte = OneByte {
    upper: "─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u{a0}⌡°²·÷═║╒ё╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡Ё╢╣╤╥╦╧╨╩╪╫╬©\
            юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ",
};

impl OneByte {
    /// What bytes read as: all of them do.
    pub fn decode(self, bytes: &[u8]) -> String {
        let upper: Vec<char> = self.upper.chars().collect();
        let letter = |byte: &u8| match byte {
            0..0x80 => char::from(*byte),
            0x80.. => upper[usize::from(byte - 0x80)],
        };
        bytes.iter().map(letter).collect()
    }

    /// The bytes of a text.
    ///
    /// # Errors
    /// The first letter that the encoding has not.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        let upper = |letter| self.upper.chars().zip(0x80..=0xff).find(|(known, _)| *known == letter);
        let byte = |letter: char| match u8::try_from(letter) {
            Ok(ascii @ 0..0x80) => Ok(ascii),
            _ => upper(letter).map(|(_, byte)| byte).ok_or(letter),
        };
        text.chars().map(byte).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_one_letter_and_comes_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        for encoding in [WINDOWS_1251, KOI8_R] {
            assert_eq!(encoding.upper.chars().count(), 128);
            assert_eq!(encoding.encode(&encoding.decode(&bytes)), Ok(bytes.clone()));
        }
    }

    #[test]
    fn known_words_have_their_known_bytes() {
        assert_eq!(WINDOWS_1251.encode("Ёж №5").unwrap(), [0xa8, 0xe6, b' ', 0xb9, b'5']);
        assert_eq!(KOI8_R.encode("Юля Ё").unwrap(), [0xe0, 0xcc, 0xd1, b' ', 0xb3]);
    }

    #[test]
    fn a_letter_that_an_encoding_has_not_is_named() {
        assert_eq!(WINDOWS_1251.encode("10 ₽"), Err('₽'));
        assert_eq!(KOI8_R.encode("дом №5"), Err('№'));
        assert_eq!(KOI8_R.encode("«"), Err('«'));
    }
}
