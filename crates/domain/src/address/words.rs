//! A text as words that can be compared: «ул. Ленина, д. 10 корп. 2, кв. 15» is `ленина`, `10`, `к2` and flat `15`.

use std::cmp::Ordering;

use super::letters::{folded, in_russian_layout};

/// More words than any address has.
const WORDS_MAX: usize = 20;

/// What stands before a name and tells nothing of it. Words of one letter («г.», «д.») are dropped without a list.
const GENERAL: &str = "аллея бул бульвар гор город дом мкр микрорайон наб набережная обл область пер переулок пл \
                       площадь пос поселок пр пркт проезд просп проспект село тер ул улица шоссе";
/// What stands before the number of a flat or another room.
const FLAT: &[&str] = &["кв", "квартира", "пом", "помещение", "оф", "офис", "комн", "комната"];
const BLOCK: &[&str] = &["к", "корп", "корпус"];
const BUILDING: &[&str] = &["с", "стр", "строение"];

/// An address in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Town, street, house, block, in the order of the text.
    pub words: Vec<String>,
    /// The number after «кв.» or «пом.», as [`flat_key`] gives it.
    pub flat: Option<String>,
}

/// Reads an address; any text is one, at worst of no words.
pub fn parse(text: &str) -> Address {
    let mut address = Address::default();
    let mut pieces = pieces(text).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let next_number = pieces.next_if(|next| is_marker(&piece) && is_number(next));
        match next_number {
            Some(number) if FLAT.contains(&piece.as_str()) => address.flat = Some(number),
            Some(number) if BLOCK.contains(&piece.as_str()) => address.words.push(format!("к{number}")),
            Some(number) => address.words.push(format!("с{number}")),
            None if is_telling(&piece) && address.words.len() < WORDS_MAX => address.words.push(piece),
            None => {}
        }
    }
    address
}

/// What a typed text may mean: itself, and where it has Latin letters, the same keys in the Russian layout.
pub fn readings(text: &str) -> Vec<Address> {
    let mut readings = vec![parse(text)];
    if text.contains(|letter: char| letter.is_ascii_alphabetic()) {
        let switched = parse(&text.chars().map(in_russian_layout).collect::<String>());
        if switched != readings[0] {
            readings.push(switched);
        }
    }
    readings
}

/// A flat's number in the one form by which it is found: «Н-3», «н 3» and `H3` are the same.
pub fn flat_key(number: &str) -> String {
    number.chars().filter(|letter| letter.is_alphanumeric() || *letter == '/').map(folded).collect()
}

/// Whether the word is of a number: `10`, `12а`, `5/2`, `к2`.
pub fn is_number(word: &str) -> bool {
    word.contains(|letter: char| letter.is_ascii_digit())
}

/// The neighbouring letters of a word, its beginning marked: by these, words that may be meant are looked up.
pub fn pairs(word: &str) -> Vec<String> {
    let marked: Vec<char> = std::iter::once('^').chain(word.chars()).collect();
    let mut pairs: Vec<String> = marked.windows(2).map(|pair| pair.iter().collect()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// The order in which people look for numbers: 2, 10, 10А, 11.
pub fn natural_order(one: &str, other: &str) -> Ordering {
    let (one, other) = (runs(one), runs(other));
    let by_runs = one.iter().zip(&other).map(|(one, other)| {
        let lengths = if is_number(one) && is_number(other) { one.len().cmp(&other.len()) } else { Ordering::Equal };
        lengths.then_with(|| one.cmp(other))
    });
    by_runs.fold(Ordering::Equal, Ordering::then).then(one.len().cmp(&other.len()))
}

/// Digits and what is between them: «кв. 015а» as «кв. », «15», «а».
fn runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    for letter in text.chars() {
        match runs.last_mut() {
            Some(run) if is_number(run) == letter.is_ascii_digit() => run.push(letter),
            _ => runs.push(letter.to_string()),
        }
    }
    for run in runs.iter_mut().filter(|run| is_number(run)) {
        let significant = run.trim_start_matches('0');
        *run = if significant.is_empty() { "0".to_owned() } else { significant.to_owned() };
    }
    runs
}

fn is_marker(piece: &str) -> bool {
    [FLAT, BLOCK, BUILDING].iter().any(|markers| markers.contains(&piece))
}

fn is_telling(piece: &str) -> bool {
    (is_number(piece) || piece.chars().count() > 1)
        && GENERAL.split(' ').all(|general| general != piece)
        && !is_marker(piece)
}

/// Folded letters and digits between what separates them. A `/` after a digit stays («5/2»), a hyphen binds a letter
/// to a number («10-а», «Н-3») and parts two numbers («10-15»), a block written together is one of its own («10к2»).
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut letters = text.chars().map(folded).peekable();
    while let Some(letter) = letters.next() {
        let piece = pieces.last_mut().expect("it begins with one");
        let after_digit = piece.ends_with(|last: char| last.is_ascii_digit());
        let next_is_digit = letters.peek().is_some_and(char::is_ascii_digit);
        match letter {
            'к' | 'с' if after_digit && next_is_digit => pieces.extend([letter.to_string(), String::new()]),
            '/' if after_digit && letters.peek().is_some_and(|next| next.is_alphanumeric()) => piece.push(letter),
            '-' if after_digit && !next_is_digit || piece.chars().count() == 1 && next_is_digit => {}
            _ if letter.is_alphanumeric() => piece.push(letter),
            _ => pieces.push(String::new()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}
