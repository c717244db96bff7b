//! Stickers for meters (function 89): the code on one opens the form of readings at this very meter.

use axum::{extract::State, response::Response};
use domain::access::{Action, Relation};
use forms::Picture;
use paper::{Level, Paper};
use serde::Deserialize;
use store::readings;
use utoipa::IntoParams;
use web::{Actor, Client, Env, Problem, Query, attachment};

use crate::reach;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct StickersOf {
    account_id: String,
}

/// Stickers for the meters of an account, to print: the code of each opens the form at this meter
#[utoipa::path(
    get, path = "/api/readings/stickers", operation_id = "print_stickers", tag = "readings",
    params(StickersOf), security(("session" = [])),
    responses(
        (status = 200, content((String = "application/pdf"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found, …"),
    )
)]
pub(crate) async fn print(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(of): Query<StickersOf>,
) -> Result<Response, Problem> {
    actor.may(Action::SeeMeters, Relation::Own)?;
    let places = env.db().read(|conn| {
        let reach = reach::of(&env, &actor, Action::SeeMeters);
        readings::places(conn, reach, Some(&of.account_id))
    })?;
    let place = places.into_iter().next().ok_or_else(Problem::not_found)?;
    reach::note_look(&env, &actor, &client, &place.delegation_id)?;
    let stickers = place.meters.iter().map(|meter| Sticker {
        meter_id: &meter.meter_id,
        name: meter.kind.name_with(&meter.serial),
        place: meter.place.as_deref(),
    });
    let file = pdf(&place.address, stickers, env.public_origin()?)?;
    Ok(attachment("meter-stickers.pdf", "application/pdf", file))
}

struct Sticker<'a> {
    meter_id: &'a str,
    name: String,
    place: Option<&'a str>,
}

/// Whoever finds a sticker learns the number of the meter that it sticks to and no more: the form asks who it is.
fn pdf<'a>(address: &str, stickers: impl Iterator<Item = Sticker<'a>>, origin: &str) -> Result<Vec<u8>, Problem> {
    let mut paper = Paper::new("Наклейки на счётчики");
    paper.heading(Level::One, "Наклейки на счётчики");
    paper.paragraph(&format!(
        "{address}. Вырежьте и наклейте рядом со счётчиком, чтобы не закрыть цифры. Наведите на рисунок камеру телефона: \
         откроется форма, где останется вписать показание."
    ));
    for Sticker { meter_id, name, place } in stickers {
        let link = format!("{origin}/readings?meter={meter_id}");
        let picture = Picture::of_link(&link).map_err(Problem::internal)?;
        let title = place.map_or_else(|| name.clone(), |place| format!("{name}, {place}"));
        paper.heading(Level::Two, &title);
        paper.code(picture.across, &picture.is_dark, &format!("Ссылка на форму: {link}"));
    }
    Ok(paper.finish())
}
