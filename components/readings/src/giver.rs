//! Who gives readings: a person who is signed in, or a program by the token that its person made for it.

use axum::extract::FromRequestParts;
use domain::reading::ReadingToken;
use http::request::Parts;
use jiff::SignedDuration;
use store::{Tx, grants, reading_tokens, settings::Settings};
use web::{Actor, Client, Env, Problem, Slug, bearer, limit};

const GUESSES: limit::Rule =
    limit::Rule { setting: "limit.reading_token_guess", window: SignedDuration::from_mins(15) };

/// The program behind a token. It reaches these meters and nothing else of its person.
pub(crate) type Program = reading_tokens::Live;

/// Who asks, where programs may ask too.
pub(crate) struct Giver {
    /// The person, as a resident alone where a program asks.
    pub(crate) actor: Actor,
    /// The program, if it is one.
    pub(crate) program: Option<Program>,
}

impl FromRequestParts<Env> for Giver {
    type Rejection = Problem;

    /// A token goes before a cookie: it opens less.
    async fn from_request_parts(parts: &mut Parts, env: &Env) -> Result<Self, Problem> {
        let Some(text) = bearer::token(&parts.headers).map(str::to_owned) else {
            return Ok(Self { actor: Actor::from_request_parts(parts, env).await?, program: None });
        };
        let client = match Client::from_request_parts(parts, env).await {
            Ok(client) => client,
            Err(never) => match never {},
        };
        env.db().write(|tx| taken(tx, env, &client, &text))?
    }
}

/// A right token is taken however many wrong ones came from the same address: those of a whole network are behind one.
/// What a refusal counted is kept.
fn taken(tx: &Tx<'_>, env: &Env, client: &Client, text: &str) -> Result<Result<Giver, Problem>, Problem> {
    let live = match ReadingToken::parse(text) {
        Ok(token) => reading_tokens::take(tx, env.now(), &token.hash(), env.day())?,
        Err(_) => None,
    };
    let Some(program) = live else {
        let settings = Settings::at(tx, env.now())?;
        let counted = limit::count(tx, env, &settings, GUESSES, &client.household());
        return Ok(Err(counted.err().unwrap_or_else(wrong)));
    };
    let grants = grants::of_person(tx, &program.person_id)?;
    let (person_id, token_id) = (program.person_id.clone(), program.reading_token_id.clone());
    let actor = Actor::of_program(person_id, grants, token_id, env.now());
    Ok(Ok(Giver { actor, program: Some(program) }))
}

fn wrong() -> Problem {
    let detail = "Этот ключ программы не действует: его срок прошёл, его запретили, или в нём опечатка. Сделайте новый на \
                  странице «Программы и датчики».";
    Problem::new(Slug::Unauthenticated, detail).asks_for_bearer()
}
