//! Addresses as people type them: without commas, with typing errors, in the wrong keyboard layout.
//!
//! [`parse`] turns a text into words that can be compared, [`distance()`] tells how far one word is from another, and
//! [`fit()`] how well what was typed fits a house (S4:24: suggestions, typing errors, the nearest first).

mod distance;
mod fit;
mod letters;
mod words;

pub use distance::{distance, distance_to_beginning};
pub use fit::{Fit, fit, word_cost};
pub use words::{Address, flat_key, is_number, natural_order, pairs, parse, readings};

#[cfg(test)]
mod tests;
