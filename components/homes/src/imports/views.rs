//! What is sent and answered.

use serde::{Deserialize, Serialize};
use store::import::Staged;
use utoipa::ToSchema;
use web::Problem;

use super::{PART_BYTES, report::ReportView};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewImport {
    /// The files, at most 20, together at most 12 MiB and 100 000 lines.
    pub(super) files: Vec<NewFile>,
    /// The files are made up: without this word a demo portal takes none.
    #[serde(default)]
    pub(super) is_for_demo: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFile {
    #[schema(example = "meters.csv")]
    pub(super) name: String,
    #[schema(example = 10_240)]
    pub(super) size_bytes: u64,
}

/// An import: how far it is and what was said of it last.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportView {
    import_id: String,
    /// `uploading`, `refused` (bad lines were found), `checked` (it can be applied) or `applied`.
    #[schema(example = "checked")]
    stage: &'static str,
    /// How large each part of a file is, but for the last.
    part_bytes: usize,
    files: Vec<FileView>,
    report: Option<ReportView>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FileView {
    name: String,
    size_bytes: u64,
    /// How much of it has come.
    received_bytes: u64,
    /// The numbers of the parts that have come, from 0.
    parts: Vec<u32>,
}

impl ImportView {
    pub(super) fn new(staged: Staged) -> Result<Self, Problem> {
        let report = staged.report.as_deref().map(ReportView::read).transpose()?;
        let files = staged.files.into_iter().map(|file| FileView {
            name: file.name,
            size_bytes: file.size_bytes,
            received_bytes: file.received_bytes,
            parts: file.parts,
        });
        let (stage, files) = (staged.stage.as_str(), files.collect());
        Ok(Self { import_id: staged.import_id, stage, part_bytes: PART_BYTES, files, report })
    }
}
