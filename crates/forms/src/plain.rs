//! A bill as plain text: for mail without pictures, for a terminal, for who has it read aloud.

use crate::{Block, Outline};

/// The bill as text. A row of a table is a line of its own with the name of each column: no reader has to count spaces.
pub fn text(outline: &Outline) -> String {
    let mut text = format!("{}\n\n", outline.title);
    for block in &outline.blocks {
        match block {
            Block::Section(title) => text.push_str(&format!("\n{title}\n\n")),
            Block::Paragraph(paragraph) => text.push_str(&format!("{paragraph}\n")),
            Block::Facts(facts) => facts.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\n"))),
            Block::Table(columns, rows) => {
                for row in rows {
                    let told = columns.iter().zip(row).skip(1).filter(|(_, cell)| !cell.is_empty());
                    let cells: Vec<_> = told.map(|((title, _), cell)| format!("{title}: {cell}")).collect();
                    let first = row.first().map_or("", String::as_str);
                    text.push_str(&format!("{first} — {}\n", cells.join("; ")));
                }
            }
            // A picture says nothing here.
            Block::Payment(_, by_details) => text.push_str(&format!("{by_details}\n")),
        }
    }
    text
}
