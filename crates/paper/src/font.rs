//! The two fonts, as `build.rs` made them of DejaVu Sans Condensed.

/// A font, cut to the letters of Russian papers.
pub(crate) struct Font {
    /// As a document names it.
    pub(crate) name: &'static str,
    /// The font file, compressed by zlib as it goes into a document.
    pub(crate) file: &'static [u8],
    /// How long the file is, not compressed.
    pub(crate) bytes: i32,
    /// Left, bottom, right, top of the largest glyph. These and what follows are thousandths of the size.
    pub(crate) bounds: [i32; 4],
    pub(crate) ascent: i32,
    pub(crate) descent: i32,
    pub(crate) cap_height: i32,
    /// Letter, glyph, advance; by the letters.
    pub(crate) glyphs: &'static [(char, u16, i32)],
}

include!(concat!(env!("OUT_DIR"), "/fonts.rs"));

impl Font {
    /// The glyph of a letter and its advance; that of a question mark for one that the font has not.
    fn glyph(&self, letter: char) -> (u16, i32) {
        let letter = if letter == '\u{a0}' { ' ' } else { letter };
        let find = |wanted| self.glyphs.binary_search_by_key(&wanted, |(letter, ..)| *letter);
        find(letter).or_else(|_| find('?')).map_or((0, 0), |at| (self.glyphs[at].1, self.glyphs[at].2))
    }

    /// How wide a text is in this size.
    pub(crate) fn width(&self, text: &str, size: i32) -> i32 {
        text.chars().map(|letter| self.glyph(letter).1).sum::<i32>() * (size / 100) / 10
    }

    /// The text as glyphs, two bytes each.
    pub(crate) fn encode(&self, text: &str) -> Vec<u8> {
        text.chars().flat_map(|letter| self.glyph(letter).0.to_be_bytes()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_letter_has_a_glyph_of_its_own_so_that_a_text_can_be_read_back() {
        for font in [&REGULAR, &BOLD] {
            let glyphs: HashSet<_> = font.glyphs.iter().map(|(_, glyph, _)| glyph).collect();
            assert_eq!(glyphs.len(), font.glyphs.len(), "{}", font.name);
            for letter in "АЯаяЁё№₽«»—".chars() {
                assert!(font.glyphs.iter().any(|(known, ..)| *known == letter), "{letter}");
            }
        }
    }

    #[test]
    fn a_bold_text_is_wider_and_a_text_of_twice_the_size_twice_as_wide() {
        assert!(BOLD.width("Показания", 10_000) > REGULAR.width("Показания", 10_000));
        assert_eq!(REGULAR.width("Показания", 20_000), 2 * REGULAR.width("Показания", 10_000));
    }
}
