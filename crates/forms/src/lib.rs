//! The forms in which people keep a bill: paper, plain text, a table for a spreadsheet. All of them say the same, for all
//! are made of one outline.
#![deny(missing_docs)]

mod code;
mod on_paper;
mod outline;
mod plain;
mod table;
mod workbook;

use domain::exact::ArithmeticError;
use domain::payment_qr::{FieldError, WriteError};

pub use code::Picture;
pub use on_paper::pdf;
pub use outline::{Block, Outline, outline};
pub use plain::text;
pub use table::{Cell, Table, lines};
pub use workbook::xlsx;

/// Why a form cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// A sum that no account can owe.
    #[error(transparent)]
    Sum(#[from] ArithmeticError),
    /// Details of the payee that no bank would take.
    #[error(transparent)]
    Payee(#[from] FieldError),
    /// A payment that no code holds.
    #[error(transparent)]
    Payment(#[from] WriteError),
    /// No picture of the code, or no workbook.
    #[error("{0}")]
    Drawing(String),
}
