//! Everything that the portal keeps of me, in one document (ФЗ-152, ст. 14): for a program, or on paper.

mod on_paper;
mod words;

use axum::{extract::State, response::Response};
use domain::access::{Action, Relation};
use serde::{Deserialize, Serialize};
use store::personal::{
    self, Section,
    catalog::{Fate, Part},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Client, Env, Problem, Query, attachment, audit};

use crate::journal::{JournalItem, files};

/// Everything that is kept of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct DataExport {
    #[schema(example = "moydom-export-1")]
    format: &'static str,
    /// Whose it is.
    person_id: String,
    #[schema(format = DateTime)]
    made_at: String,
    /// Table by table; those without a row too, so that it is seen what could be kept.
    sections: Vec<SectionView>,
    /// What happened with the data, the newest first.
    journal: Vec<JournalItem>,
}

/// What one table holds.
#[derive(Serialize, ToSchema)]
pub(crate) struct SectionView {
    #[schema(example = "session")]
    table: &'static str,
    /// What people call it, Russian.
    title: &'static str,
    fields: Vec<FieldView>,
    /// Columns that are not given out.
    withheld: Vec<WithheldView>,
    /// The rows: each field by its name.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<personal::Cells>,
}

/// What a field is, what it is for, how long it is kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldView {
    name: &'static str,
    /// What people call it, Russian.
    title: &'static str,
    /// What it is kept for, Russian.
    purpose: &'static str,
    /// How long, Russian.
    kept: &'static str,
    /// What becomes of it when the login is erased, Russian.
    at_erasure: String,
}

/// A column that is not given out, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct WithheldView {
    name: &'static str,
    /// Russian.
    reason: &'static str,
}

impl From<Section> for SectionView {
    fn from(Section { part, rows }: Section) -> Self {
        let withheld = part.withheld.iter().map(|(name, reason)| WithheldView { name, reason });
        let Part { table, title, .. } = part;
        Self { table, title, fields: fields(part), withheld: withheld.collect(), rows }
    }
}

fn fields(part: &'static Part) -> Vec<FieldView> {
    let field = |field: &'static personal::catalog::Field| FieldView {
        name: field.name,
        title: field.title,
        purpose: part.purpose,
        kept: part.kept,
        at_erasure: at_erasure(part.fate),
    };
    part.fields.iter().map(field).collect()
}

/// What erasure does, in words.
pub(crate) fn at_erasure(fate: Fate) -> String {
    match fate {
        Fate::Goes => "стирается".to_owned(),
        Fate::LosesName => "стирается всё, по чему можно узнать вас".to_owned(),
        Fate::Stays { law, until } => format!("остаётся: {law}. Срок: {until}"),
    }
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    #[default]
    Json,
    Pdf,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wish {
    /// `json` for a program, as it is where nothing is said; `pdf` to read and to print.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Everything that the portal keeps of me, as a file
#[utoipa::path(
    get, path = "/api/auth/export", operation_id = "export_own_data", tag = "auth", security(("session" = [])),
    params(Wish),
    responses(
        (status = 200, content((DataExport = "application/json"), (String = "application/pdf"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, rate-limited"),
    )
)]
pub(crate) async fn export(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(Wish { format }): Query<Wish>,
) -> Result<Response, Problem> {
    actor.may(Action::ExportData, Relation::Own)?;
    env.db().write(|tx| {
        files::count(tx, &env, &actor)?;
        let object = format!("person:{}", actor.person_id);
        Ok::<_, Problem>(audit::record(tx, &env, &actor, &client, "data.export", &object, &[])?)
    })?;
    let (everything, name) = (everything(&env, &actor)?, format!("moydom-data-{}", env.day()));
    match format {
        Format::Json => {
            let body = serde_json::to_vec(&everything).map_err(Problem::internal)?;
            Ok(attachment(&format!("{name}.json"), "application/json", body))
        }
        Format::Pdf => Ok(attachment(&format!("{name}.pdf"), "application/pdf", on_paper::write(&everything))),
    }
}

fn everything(env: &Env, actor: &Actor) -> store::Result<DataExport> {
    let sections = env.db().read(|conn| personal::of_person(conn, &actor.person_id))?;
    Ok(DataExport {
        format: "moydom-export-1",
        person_id: actor.person_id.clone(),
        made_at: format!("{:.3}", env.now()),
        sections: sections.into_iter().map(SectionView::from).collect(),
        journal: files::items(env, actor)?,
    })
}
