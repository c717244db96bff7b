//! How many typing errors lie between two words.

/// The least number of letters put in, left out, mistaken or swapped with their neighbour that turns one word into
/// the other. No letter is touched twice (optimal string alignment).
pub fn distance(one: &str, other: &str) -> usize {
    let letters: Vec<char> = other.chars().collect();
    last_row(one, &letters)[letters.len()]
}

/// The least [`distance()`] from what was typed to any beginning of the word: of a word that is still being typed.
pub fn distance_to_beginning(typed: &str, word: &str) -> usize {
    let letters: Vec<char> = word.chars().collect();
    last_row(typed, &letters).into_iter().min().unwrap_or_default()
}

/// The distances from `typed` to each beginning of `word`, the empty one first.
fn last_row(typed: &str, word: &[char]) -> Vec<usize> {
    let typed: Vec<char> = typed.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=word.len()).collect();
    for (index, letter) in typed.iter().enumerate() {
        let mut row = vec![index + 1];
        for (at, other) in word.iter().enumerate() {
            let mistaken = last[at] + usize::from(letter != other);
            let mut least = mistaken.min(last[at + 1] + 1).min(row[at] + 1);
            let is_swapped = index > 0 && at > 0 && typed[index - 1] == *other && word[at - 1] == *letter;
            if is_swapped {
                least = least.min(before_last[at - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last
}
