//! How well a typed address fits a house.

use super::{
    distance::{distance, distance_to_beginning},
    words::{Address, is_number},
};

/// What a number that the house does not have costs: more than errors in two words.
const NUMBER_MISSED: u32 = 12;

/// How well what was typed fits a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// 0 where every word stands there as typed; the less, the nearer.
    pub cost: u32,
    /// The number of the flat, if one was typed: the one after «кв.», or the last one that is not the house's.
    pub flat: Option<String>,
}

/// What it costs to take the typed word for this one; nothing where it can't be meant.
///
/// A number stands as typed or is still being typed. Another word may have one error from four letters on and two
/// from seven on.
pub fn word_cost(typed: &str, word: &str) -> Option<u32> {
    if typed == word {
        return Some(0);
    }
    if is_number(typed) || is_number(word) {
        return (is_number(typed) && word.starts_with(typed)).then_some(1);
    }
    let errors_max = match typed.chars().count() {
        0..4 => 0,
        4..7 => 1,
        _ => 2,
    };
    let whole = Some(distance(typed, word)).filter(|errors| *errors <= errors_max).map(|errors| 2 * errors);
    let begun = Some(distance_to_beginning(typed, word)).filter(|errors| *errors <= errors_max);
    let least = [whole, begun.map(|errors| 2 * errors + 1)].into_iter().flatten().min();
    least.and_then(|cost| u32::try_from(cost).ok())
}

/// Fits what was typed to the words of a house. Each word of the house stands for one typed word at most; a typed
/// word that is no number must be found, in a number one may err.
pub fn fit(typed: &Address, house: &[String]) -> Option<Fit> {
    let mut free: Vec<&str> = house.iter().map(String::as_str).collect();
    // Words as they stand are taken first: in «1 15» the house 15 is not the one that «1» begins.
    let open: Vec<&str> = typed.words.iter().map(String::as_str).filter(|word| !take(&mut free, word)).collect();
    let (mut cost, mut missed) = (0, Vec::new());
    for word in open {
        match take_nearest(&mut free, word) {
            Some(more) => cost += more,
            None if is_number(word) => missed.push(word),
            None => return None,
        }
    }
    let numbers = typed.words.iter().filter(|word| is_number(word)).count();
    let flat = typed.flat.clone().or_else(|| last_missed(typed, &missed));
    let is_flat_counted = typed.flat.is_none() && flat.is_some() && numbers > missed.len();
    let houses_missed = missed.len() - usize::from(is_flat_counted);
    cost += NUMBER_MISSED * u32::try_from(houses_missed).unwrap_or(u32::MAX);
    Some(Fit { cost, flat })
}

/// Takes this very word, if it is free.
fn take(free: &mut Vec<&str>, word: &str) -> bool {
    let at = free.iter().position(|other| *other == word);
    at.map(|at| free.swap_remove(at)).is_some()
}

/// Takes the free word that is nearest; answers what it costs.
fn take_nearest(free: &mut Vec<&str>, typed: &str) -> Option<u32> {
    let costs = free.iter().enumerate().filter_map(|(at, word)| Some((word_cost(typed, word)?, at)));
    let (cost, at) = costs.min()?;
    free.swap_remove(at);
    Some(cost)
}

/// In «Ленина 10 15» the house has no 15: it is the flat.
fn last_missed(typed: &Address, missed: &[&str]) -> Option<String> {
    let last = typed.words.last()?;
    (missed.last() == Some(&last.as_str())).then(|| last.clone())
}
