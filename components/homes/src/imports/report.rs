//! What a check or an import said.

use domain::import::BadLines;
use serde::{Deserialize, Serialize};
use store::import::{ChangedRow, Taken};
use utoipa::ToSchema;
use web::Problem;

/// Whoever mends more than that does it by a rule, not line by line.
const BAD_LINES_TOLD: usize = 200;

/// What the files change, or what is wrong with them.
#[derive(Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReportView {
    /// What each file changes; empty where a line is bad.
    files: Vec<TakenView>,
    /// The first 200 bad lines.
    bad_lines: Vec<BadLineView>,
    /// How many faults there are in all.
    bad_lines_total: u64,
    /// Whether the lines were held against what the portal knows. They are not while some line is bad in itself.
    #[serde(default)]
    #[schema(required)]
    is_register_checked: bool,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct TakenView {
    #[schema(example = "meters.csv")]
    file: String,
    /// `companies`, `houses`, `premises`, `owners`, `accounts`, `meters`, `readings`, `tariffs`, `norms`,
    /// `benefits`, `production_days`, `openings`, `house_services`, `house_areas`, `households`, `not_supplied`,
    /// `house_volumes` or `acknowledgements`.
    #[schema(example = "meters")]
    kind: String,
    /// Rows that were not there.
    added: u64,
    /// Rows that said something else.
    changed: u64,
    /// Rows that said the same.
    unchanged: u64,
    /// Values of changed rows that were there and become empty: their cells are empty, their columns are not absent.
    #[serde(default)]
    #[schema(required = true)]
    cleared: u64,
    /// The first 100 changed rows.
    #[serde(default)]
    #[schema(required = true)]
    changed_rows: Vec<ChangedRowView>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct ChangedRowView {
    /// The header is 1.
    line: u64,
    /// What the row is known by; no name of a person.
    #[schema(example = "0000000015")]
    key: String,
    /// The columns that said something else.
    #[schema(example = json!(["contact_phone"]))]
    columns: Vec<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct BadLineView {
    #[schema(example = "meters.csv")]
    file: String,
    /// The header is 1.
    line: u64,
    #[schema(example = "serial")]
    column: Option<String>,
    /// What is wrong and how it is mended, in Russian.
    reason: String,
}

impl ReportView {
    pub(super) fn read(json: &str) -> Result<Self, Problem> {
        serde_json::from_str(json).map_err(Problem::internal)
    }

    pub(super) fn json(&self) -> Result<String, Problem> {
        serde_json::to_string(self).map_err(Problem::internal)
    }

    /// What is wrong with lines in themselves.
    pub(super) fn of_form(bad_lines: BadLines) -> Self {
        Self { is_register_checked: false, ..Self::from(bad_lines) }
    }

    /// How many rows were added and changed in all.
    pub(super) fn changes(&self) -> (u64, u64) {
        let sum = |of: fn(&TakenView) -> u64| self.files.iter().map(of).sum();
        (sum(|file| file.added), sum(|file| file.changed))
    }
}

impl From<ChangedRow> for ChangedRowView {
    fn from(ChangedRow { line, key, columns }: ChangedRow) -> Self {
        Self { line, key, columns }
    }
}

impl From<Vec<Taken>> for ReportView {
    fn from(taken: Vec<Taken>) -> Self {
        let files = taken.into_iter().map(|taken| TakenView {
            file: taken.name,
            kind: taken.kind,
            added: taken.added,
            changed: taken.changed,
            unchanged: taken.unchanged,
            cleared: taken.cleared,
            changed_rows: taken.changed_rows.into_iter().map(ChangedRowView::from).collect(),
        });
        Self { files: files.collect(), is_register_checked: true, ..Self::default() }
    }
}

impl From<BadLines> for ReportView {
    fn from(bad_lines: BadLines) -> Self {
        let bad_lines_total = bad_lines.total();
        let told = bad_lines.into_iter().take(BAD_LINES_TOLD).map(|bad| BadLineView {
            file: bad.file,
            line: bad.line,
            column: bad.column,
            reason: bad.reason,
        });
        Self { bad_lines: told.collect(), bad_lines_total, is_register_checked: true, ..Self::default() }
    }
}
