//! A bill on A4.

use paper::{Column, Level, Paper};

use crate::outline::CODE_SAID;
use crate::{Block, FormError, Outline, Picture};

/// The bill as PDF: tagged, with its fonts and with the code for banks.
///
/// # Errors
/// A code that cannot be drawn.
pub fn pdf(outline: &Outline) -> Result<Vec<u8>, FormError> {
    let mut paper = Paper::new(&outline.title);
    paper.heading(Level::One, &outline.title);
    for block in &outline.blocks {
        match block {
            Block::Section(title) => paper.heading(Level::Two, title),
            Block::Paragraph(text) => paper.paragraph(text),
            Block::Facts(facts) => {
                let facts: Vec<_> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
                paper.facts(&facts);
            }
            Block::Table(columns, rows) => {
                let columns: Vec<_> = columns.iter().map(|(title, share)| Column { title, share: *share }).collect();
                paper.table(&columns, rows);
            }
            Block::Payment(code, _) => {
                let picture = Picture::of(code)?;
                paper.code(picture.across, &picture.is_dark, CODE_SAID);
                paper.paragraph(&format!("{CODE_SAID} — сумма и назначение заполнятся сами."));
            }
        }
    }
    Ok(paper.finish())
}
