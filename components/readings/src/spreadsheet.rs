//! Lists for spreadsheets, in either form.

use axum::response::Response;
use forms::{Cell, Table};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Csv, Problem, attachment};

/// In which form a list is taken away.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SpreadsheetFormat {
    #[default]
    Csv,
    Xlsx,
}

/// The list as a file of this name, without its ending.
pub(crate) fn file(name: &str, table: &Table, format: SpreadsheetFormat) -> Result<Response, Problem> {
    Ok(match format {
        SpreadsheetFormat::Csv => {
            let mut csv = Csv::new(&table.columns);
            for row in &table.rows {
                let cells: Vec<_> = row.iter().map(Cell::to_text).collect();
                csv.row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
            }
            attachment(&format!("{name}.csv"), "text/csv; charset=utf-8", String::from(csv).into_bytes())
        }
        SpreadsheetFormat::Xlsx => {
            let file = forms::xlsx(table).map_err(Problem::internal)?;
            let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            attachment(&format!("{name}.xlsx"), media_type, file)
        }
    })
}
