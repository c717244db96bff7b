//! Whether it is sure enough who asks: some of what a person may do asks for a confirmed identity.

use domain::{access::Action, identity::Level, level};
use store::{Conn, levels, settings::Settings};

use crate::{Actor, Env, Problem, Slug};

/// Refuses what asks for a higher level than the person has.
///
/// # Errors
/// `level-too-low`, with both ways to rise.
pub fn require(env: &Env, actor: &Actor, action: Action) -> Result<(), Problem> {
    if level::asked(action) == Level::Basic || env.db().read(|conn| is_confirmed_enough(conn, env, actor))? {
        return Ok(());
    }
    let detail = "Для этого надо знать, что вы — это вы. Подтвердите личность на странице «Подтверждение личности» (/level): \
                  войдите через сервис, который проверял ваши документы, или отправьте их управляющей организации.";
    Err(Problem::new(Slug::LevelTooLow, detail))
}

fn is_confirmed_enough(conn: &Conn<'_>, env: &Env, actor: &Actor) -> store::Result<bool> {
    let settings = Settings::at(conn, env.now())?;
    Ok(!is_required(&settings)?
        || levels::standing(conn, &settings, env.now(), &actor.person_id)?.level == Level::Confirmed)
}

/// Whether the operator asks for levels at all.
///
/// # Errors
/// A setting that is absent.
pub fn is_required(settings: &Settings) -> store::Result<bool> {
    Ok(settings.get::<String>("level.required")? == "yes")
}
