//! Searching for an address as people type it: houses, then their flats, the nearest first.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    address::{self, Address, Fit},
};
use jiff::{SignedDuration, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    homes::addresses::{self, Filter, FoundHouse, FoundPremises, Meant},
    settings::Settings,
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Env, FieldError, Page, Problem, Query, Reply, limit};

const PER_PERSON: limit::Rule =
    limit::Rule { setting: "limit.search_per_person", window: SignedDuration::from_mins(1) };
const TEXT_CHARACTERS_MAX: usize = 200;
const FOUND_DEFAULT: u32 = 20;
const FOUND_MAX: u32 = 50;
/// As many houses as a long street has.
const HOUSES_MAX: u32 = 300;
/// Houses that fit equally well and are all looked into for flats.
const NEAREST_MAX: usize = 50;
/// More premises than the highest house has on one number: they are put in order here.
const PREMISES_MAX: u32 = 400;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// What was typed: street, house, flat; errors are forgiven.
    #[param(example = "ленина 10 15")]
    q: String,
    /// Only of this municipality.
    municipality: Option<String>,
    /// Only `residential` or `non_residential` premises, and houses that have some.
    #[param(inline)]
    kind: Option<Kind>,
    /// Only premises with an account of mine (`linked`), with one that may be linked (`open`), without one (`none`).
    #[param(inline)]
    connection: Option<Connection>,
    /// 1–50, 20 by default.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Residential,
    NonResidential,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Connection {
    Linked,
    Open,
    None,
}

/// A house or premises that were found. Nothing tells whose they are.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundAddress {
    house_id: String,
    /// Null for a house.
    premises_id: Option<String>,
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: String,
    #[schema(example = "г. Рязань")]
    municipality: String,
    /// `residential` or `non_residential`; null for a house.
    kind: Option<String>,
    /// `linked` where an account of mine is, `open` where there is one to link, `none` where the company told of none;
    /// null for a house.
    connection: Option<String>,
}

/// Search for houses and premises by address
#[utoipa::path(
    get, path = "/api/homes/addresses", operation_id = "search_addresses", tag = "homes",
    params(Search), security(("session" = [])),
    responses(
        (status = 200, body = Page<FoundAddress>),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, rate-limited, …"),
    )
)]
pub(crate) async fn search(
    State(env): State<Env>,
    actor: Actor,
    Query(search): Query<Search>,
) -> Result<Reply<Page<FoundAddress>>, Problem> {
    actor.may(Action::SearchAddresses, Relation::None)?;
    let limit = search.check()?;
    env.db().write(|tx| limit::count(tx, &env, &Settings::at(tx, env.now())?, PER_PERSON, &actor.person_id))?;
    let finding = Finding { person_id: &actor.person_id, filter: search.filter(), limit, today: env.day() };
    let items = env.db().read(|conn| finding.find(conn, &search.q))?;
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// The municipalities that have houses, all on one page
#[utoipa::path(
    get, path = "/api/homes/municipalities", operation_id = "list_municipalities", tag = "homes",
    security(("session" = [])),
    responses(
        (status = 200, body = Page<String>),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn municipalities(State(env): State<Env>, actor: Actor) -> Result<Reply<Page<String>>, Problem> {
    actor.may(Action::SearchAddresses, Relation::None)?;
    let items = env.db().read(addresses::municipalities)?;
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

impl Search {
    fn check(&self) -> Result<u32, Problem> {
        let mut errors = Vec::new();
        if self.q.chars().count() > TEXT_CHARACTERS_MAX {
            errors.push(FieldError::new("?q", "Введите адрес короче: хватит улицы, дома и квартиры."));
        }
        let limit = self.limit.unwrap_or(FOUND_DEFAULT);
        if !(1..=FOUND_MAX).contains(&limit) {
            errors.push(FieldError::new("?limit", format!("Укажите число от 1 до {FOUND_MAX}.")));
        }
        if errors.is_empty() { Ok(limit) } else { Err(Problem::validation(errors)) }
    }

    fn filter(&self) -> Filter<'_> {
        Filter {
            municipality: self.municipality.as_deref(),
            kind: self.kind.map(|kind| match kind {
                Kind::Residential => "residential",
                Kind::NonResidential => "non_residential",
            }),
            connection: self.connection.map(|connection| match connection {
                Connection::Linked => "linked",
                Connection::Open => "open",
                Connection::None => "none",
            }),
        }
    }
}

/// One search.
struct Finding<'a> {
    person_id: &'a str,
    filter: Filter<'a>,
    limit: u32,
    today: Date,
}

/// A house that was found, and how well it fits.
struct Near {
    fit: Fit,
    house: FoundHouse,
}

impl Finding<'_> {
    /// At most five statements, whatever was typed: two for each reading of it, one for the premises.
    fn find(&self, conn: &Conn<'_>, typed: &str) -> store::Result<Vec<FoundAddress>> {
        let mut near = Vec::new();
        for reading in address::readings(typed) {
            near.extend(self.houses(conn, &reading)?);
        }
        near.sort_by(|one: &Near, other: &Near| {
            let by_cost = one.fit.cost.cmp(&other.fit.cost);
            by_cost.then_with(|| address::natural_order(&one.house.address, &other.house.address))
        });
        // Another reading may have found the same house again, no nearer.
        let mut known = std::collections::HashSet::new();
        near.retain(|one| known.insert(one.house.house_id.clone()));
        let premises = self.premises(conn, &near)?;
        Ok(self.listed(near, premises))
    }

    fn houses(&self, conn: &Conn<'_>, typed: &Address) -> store::Result<Vec<Near>> {
        if typed.words.is_empty() {
            return Ok(Vec::new());
        }
        let similar = addresses::similar_words(conn, &typed.words)?;
        let texts = typed.words.iter().filter(|word| !address::is_number(word)).count();
        let houses = addresses::houses_with(conn, &meant(typed, similar), texts, self.filter, HOUSES_MAX)?;
        let fits = houses.into_iter().filter_map(|house| Some(Near { fit: address::fit(typed, &house.words)?, house }));
        Ok(fits.collect())
    }

    /// The premises of the nearest houses: those of the number that was typed, or all if there is one such house.
    fn premises(&self, conn: &Conn<'_>, near: &[Near]) -> store::Result<Vec<FoundPremises>> {
        let Some(first) = near.first() else { return Ok(Vec::new()) };
        let nearest = near.iter().take_while(|one| one.fit.cost == first.fit.cost).take(NEAREST_MAX);
        let house_ids: Vec<_> = nearest.map(|one| one.house.house_id.as_str()).collect();
        let flat = first.fit.flat.as_deref();
        if flat.is_none() && house_ids.len() > 1 && self.filter.connection.is_none() {
            return Ok(Vec::new());
        }
        let digits = flat.map(digits);
        let digits = digits.as_deref();
        let (person_id, filter) = (self.person_id, self.filter);
        let found = addresses::premises_in(conn, person_id, &house_ids, digits, filter, PREMISES_MAX, self.today)?;
        Ok(match flat {
            Some(flat) => of_number(found, flat),
            None => found,
        })
    }

    /// A flat that was typed comes first; otherwise houses come before the flats of the nearest.
    fn listed(&self, near: Vec<Near>, premises: Vec<FoundPremises>) -> Vec<FoundAddress> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let is_flat_typed = near.first().is_some_and(|one| one.fit.flat.is_some());
        let municipalities: std::collections::HashMap<_, _> =
            near.iter().map(|one| (one.house.house_id.clone(), one.house.municipality.clone())).collect();
        let flats = premises.into_iter().map(|found| of_premises(found, &municipalities));
        if self.filter.connection.is_some() {
            return flats.take(limit).collect();
        }
        let houses = near.into_iter().map(|one| of_house(one.house));
        if is_flat_typed {
            return flats.chain(houses).take(limit).collect();
        }
        houses.take(limit.div_ceil(2)).chain(flats).take(limit).collect()
    }
}

/// What the typed words may stand for: themselves, and words that are near enough.
fn meant(typed: &Address, similar: Vec<(usize, String)>) -> Vec<Meant> {
    let numbers = typed.words.iter().enumerate().filter(|(_, word)| address::is_number(word));
    let numbers = numbers.map(|(place, word)| Meant { typed: place, word: word.clone(), cost: 0, is_number: true });
    let texts = similar.into_iter().filter_map(|(place, word)| {
        let cost = address::word_cost(typed.words.get(place)?, &word)?;
        Some(Meant { typed: place, word, cost, is_number: false })
    });
    numbers.chain(texts).collect()
}

/// The first digits of a number: «Н-12» has 12 in whatever way its letters are written.
fn digits(flat: &str) -> String {
    let digits = flat.chars().skip_while(|letter| !letter.is_ascii_digit());
    digits.take_while(char::is_ascii_digit).collect()
}

/// Those of this very number first, then those that it begins.
fn of_number(mut found: Vec<FoundPremises>, flat: &str) -> Vec<FoundPremises> {
    found.retain(|premises| address::flat_key(&premises.number).starts_with(flat));
    found.sort_by_key(|premises| address::flat_key(&premises.number) != flat);
    found
}

fn of_house(house: FoundHouse) -> FoundAddress {
    FoundAddress {
        house_id: house.house_id,
        premises_id: None,
        address: house.address,
        municipality: house.municipality,
        kind: None,
        connection: None,
    }
}

fn of_premises(found: FoundPremises, municipalities: &std::collections::HashMap<String, String>) -> FoundAddress {
    FoundAddress {
        municipality: municipalities.get(&found.house_id).cloned().unwrap_or_default(),
        house_id: found.house_id,
        premises_id: Some(found.premises_id),
        address: found.address,
        kind: Some(found.kind),
        connection: Some(found.connection),
    }
}
