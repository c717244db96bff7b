//! A bill as a file to keep, to print, to count with.

use axum::extract::State;
use axum::response::Response;
use domain::access::{Action, Relation};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Env, Path, Problem, Query, TableFormat, attachment};

use crate::filled::{fill, own_bill};

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BillFormat {
    #[default]
    Pdf,
    Txt,
    Csv,
    Xlsx,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wish {
    /// `pdf` to print, as it is where nothing is said; `txt` to read; `csv` and `xlsx` have the lines as a table.
    #[serde(default)]
    #[param(inline)]
    format: BillFormat,
}

/// A bill as a file
#[utoipa::path(
    get, path = "/api/billing/bills/{bill_number}/document", operation_id = "get_bill_document", tag = "billing",
    params(("bill_number" = String, Path, example = "202603-0000000015"), Wish), security(("session" = [])),
    responses(
        (status = 200, content(
            (String = "application/pdf"),
            (String = "text/plain"),
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found, validation, …"),
    )
)]
pub(crate) async fn get(
    State(env): State<Env>,
    actor: Actor,
    Path(bill_number): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Response, Problem> {
    actor.may(Action::SeeBills, Relation::Own)?;
    let bill = env.db().read(|conn| {
        let (bill, account) = own_bill(conn, &actor.person_id, &bill_number)?;
        fill(conn, bill, account)
    })?;
    let stem = format!("bill-{}", bill.number);
    let name = |ending| format!("{stem}.{ending}");
    let outline = || forms::outline(&bill).map_err(Problem::internal);
    let table = || forms::lines(&bill).map_err(Problem::internal);
    Ok(match wish.format {
        BillFormat::Pdf => {
            let file = forms::pdf(&outline()?).map_err(Problem::internal)?;
            attachment(&name("pdf"), "application/pdf", file)
        }
        BillFormat::Txt => attachment(&name("txt"), "text/plain; charset=utf-8", forms::text(&outline()?).into_bytes()),
        BillFormat::Csv => web::table(&stem, &table()?, TableFormat::Csv)?,
        BillFormat::Xlsx => web::table(&stem, &table()?, TableFormat::Xlsx)?,
    })
}
