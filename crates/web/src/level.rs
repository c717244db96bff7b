//! Whether it is sure enough who somebody is: some of what a person may do asks for a confirmed identity.

use domain::{
    access::Action,
    identity::Level,
    level::{self, Standing},
};
use store::{Conn, Error, levels, settings::Settings};

use crate::{Env, Problem, Slug};

/// Refuses what asks for a higher level than the person has.
///
/// # Errors
/// `level-too-low`, with both ways to rise.
pub fn require(
    conn: &Conn<'_>,
    env: &Env,
    settings: &Settings,
    person_id: &str,
    action: Action,
) -> Result<(), Problem> {
    if is_enough(conn, env, settings, person_id, action)? {
        return Ok(());
    }
    let detail = "Для этого надо знать, что вы — это вы. Подтвердите личность на странице «Подтверждение личности» (/level): \
                  войдите через сервис, который проверял ваши документы, или отправьте их управляющей организации.";
    Err(Problem::new(Slug::LevelTooLow, detail))
}

/// Whether a person, whoever asks, stands now on the level that the action asks for.
///
/// # Errors
/// A failing database, or a setting or variable that is absent.
pub fn is_enough(
    conn: &Conn<'_>,
    env: &Env,
    settings: &Settings,
    person_id: &str,
    action: Action,
) -> store::Result<bool> {
    Ok(level::asked(action) == Level::Basic
        || !is_required(settings)?
        || standing(conn, env, settings, person_id)?.level == Level::Confirmed)
}

/// On which level a person stands now.
///
/// # Errors
/// A failing database, or a setting or variable that is absent.
pub fn standing(conn: &Conn<'_>, env: &Env, settings: &Settings, person_id: &str) -> store::Result<Standing> {
    levels::standing(conn, settings, env.now(), &vouching(env)?, person_id)
}

/// Whether the operator asks for levels at all.
///
/// # Errors
/// A setting that is absent.
pub fn is_required(settings: &Settings) -> store::Result<bool> {
    Ok(settings.get::<String>("level.required")? == "yes")
}

/// The variables of a provider: our name there (empty: it is off), who vouches, and how far the operator trusts it.
const PROVIDERS: [[&str; 3]; 3] = [
    ["oidc_client_id", "oidc_issuer", "oidc_level"],
    ["oidc2_client_id", "oidc2_issuer", "oidc2_level"],
    ["esia_client_id", "esia_issuer", "esia_level"],
];

/// The issuers that the operator trusts now to know who somebody is.
fn vouching(env: &Env) -> store::Result<Vec<String>> {
    let issuer = |[client_id, issuer, level]: [&str; 3]| {
        let vouches = !env.variable(client_id)?.is_empty() && trust(env, level)? == Level::Confirmed;
        if vouches { env.variable(issuer).map(Some) } else { Ok(None) }
    };
    PROVIDERS.into_iter().filter_map(|provider| issuer(provider).transpose()).collect()
}

/// How far the operator trusts a provider: what this `variable` says.
///
/// # Errors
/// A variable that is absent or no level.
pub fn trust(env: &Env, variable: &str) -> store::Result<Level> {
    let level = env.variable(variable)?;
    let unknown = || Error::BadData(format!("variable {variable}: {level:?} is neither basic nor confirmed"));
    Level::parse(&level).ok_or_else(unknown)
}
