//! Single letters: case, «ё», Latin letters that look like Russian ones, and the neighbouring keyboard layout.

/// One form for all that looks or sounds the same: lower case, `ё` as `е`, Latin look-alikes as Russian letters.
pub(super) fn folded(letter: char) -> char {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match lower {
        'ё' => 'е',
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        other => other,
    }
}

const LATIN: &str = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~{}:\"<>?";
const RUSSIAN: &str = "ёйцукенгшщзхъфывапролджэячсмитьбю.ёхъжэбю,";

/// The letter on the same key of the Russian layout: `g` is «п», and `ghbdtn` is «привет».
pub(super) fn in_russian_layout(letter: char) -> char {
    let lower = letter.to_ascii_lowercase();
    let key = LATIN.chars().position(|latin| latin == lower);
    key.and_then(|key| RUSSIAN.chars().nth(key)).unwrap_or(letter)
}
