//! Text broken into lines.

use crate::font::Font;

/// The lines of a text that are no wider than `width`: broken at spaces, and within a word only where it alone is wider.
pub(crate) fn wrap(font: &Font, size: i32, text: &str, width: i32) -> Vec<String> {
    text.split('\n').flat_map(|paragraph| wrap_one(font, size, paragraph, width)).collect()
}

fn wrap_one(font: &Font, size: i32, text: &str, width: i32) -> Vec<String> {
    let (mut lines, mut line, mut filled, space) = (Vec::new(), String::new(), 0, font.width(" ", size));
    for word in text.split_whitespace().flat_map(|word| pieces(font, size, word, width)) {
        let more = font.width(&word, size);
        if !line.is_empty() && filled + space + more > width {
            lines.push(std::mem::take(&mut line));
        }
        filled = if line.is_empty() { more } else { filled + space + more };
        line = if line.is_empty() { word } else { line + " " + &word };
    }
    lines.push(line);
    lines
}

/// A word in pieces that each fit into a line.
fn pieces(font: &Font, size: i32, word: &str, width: i32) -> Vec<String> {
    if font.width(word, size) <= width {
        return vec![word.to_owned()];
    }
    let (mut pieces, mut piece, mut filled) = (Vec::new(), String::new(), 0);
    for letter in word.chars() {
        let more = font.width(letter.encode_utf8(&mut [0; 4]), size);
        if !piece.is_empty() && filled + more > width {
            pieces.push(std::mem::take(&mut piece));
            filled = 0;
        }
        piece.push(letter);
        filled += more;
    }
    pieces.push(piece);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::font::REGULAR;

    const SIZE: i32 = 10_000;

    #[test]
    fn no_line_is_wider_than_it_may_be_and_no_word_is_lost() {
        let text = "Показания счётчиков передают с 15 по 25 число каждого месяца";
        for width in [40_000, 90_000, 200_000] {
            let lines = wrap(&REGULAR, SIZE, text, width);
            assert!(lines.iter().all(|line| REGULAR.width(line, SIZE) <= width), "{lines:?}");
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            assert_eq!(letters(&lines.concat()), letters(text));
        }
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken_and_an_empty_text_is_one_empty_line() {
        assert!(wrap(&REGULAR, SIZE, "abcdefghijklmnopqrstuvwxyz", 30_000).len() > 3);
        assert_eq!(wrap(&REGULAR, SIZE, "", 30_000), [""]);
        assert_eq!(wrap(&REGULAR, SIZE, "раз\nдва", 300_000), ["раз", "два"]);
    }
}
