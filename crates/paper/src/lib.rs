//! Simple documents on paper: headings, paragraphs, facts and tables on A4, as PDF that a screen reader reads too.
//!
//! Everything is tagged (ISO 32000, 14.8), the language is Russian, the fonts travel with the file. Lengths are whole
//! thousandths of a point; a point is 1/72 inch.

mod document;
mod font;
mod lines;
mod sheet;
mod tree;
mod write;

pub use document::{Column, Level, Paper};
