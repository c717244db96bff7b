//! Whom one of the support asked to let in: the list of those who wait for another one, or whose link was denied, and the
//! look at one of them.

use axum::extract::State;
use domain::{access::Action, look::Purpose};
use serde::Serialize;
use store::{
    Conn, Tx, audit as log, grants,
    invitations::denials,
    persons::{self, Profile},
    settings::Settings,
    sign_in_helps::{self, Help},
};
use utoipa::ToSchema;
use web::{Actor, Client, Env, Path, Problem, Reply, audit, limit};

use crate::{
    letting_in::kept,
    link_denials::{self, LinkDenial},
    second_factor::own_contact,
    support::{FoundPerson, PER_PERSON, ROLE, found, object, within_reach},
};

/// More than wait within the hours for which a question stands.
const WAITING_MAX: u32 = 1000;

/// Who asked that somebody is let in.
#[derive(Serialize, ToSchema)]
pub(crate) struct HelpQuestion {
    /// The name of whoever asked.
    #[schema(example = "Ольга, поддержка")]
    asked_by: String,
    #[schema(format = DateTime)]
    asked_at: String,
    /// How that one made sure who it is; null where the words were erased.
    #[schema(example = "Пришла с паспортом")]
    reason: Option<String>,
}

/// Somebody who waits for another of the support, or for whom a link of two was denied within the same hours.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingPerson {
    person_id: String,
    #[schema(example = "А. С.")]
    initials: String,
    /// All but its ends hidden.
    #[schema(example = "+7********15")]
    masked_contact: Option<String>,
    /// Who asked, where another one has to agree; null where nobody has asked since the link was denied.
    question: Option<HelpQuestion>,
    /// By whose word the last link was denied; null where none was.
    denial: Option<LinkDenial>,
    /// Whether whoever looks has asked: then somebody else agrees.
    is_mine: bool,
}

/// Those who wait for another of the support, and those whose link was denied.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingPeople {
    /// Who waits longest comes first, then those for whom nobody asks any more.
    items: Vec<WaitingPerson>,
}

/// Who waits for another of the support to agree, and whose link was denied. It names nobody: who is opened is, and reads of that look
#[utoipa::path(
    get, path = "/api/auth/support/waiting", operation_id = "list_waiting_people", tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = WaitingPeople),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<WaitingPeople>, Problem> {
    actor.reach(Action::UnlockSignIn)?;
    let items = env.db().read(|conn| {
        let over = env.now() - kept(conn, &env)?;
        let waiting = sign_in_helps::waiting(conn, over, WAITING_MAX)?;
        let asked = waiting.into_iter().map(|(person_id, help)| (person_id, Some(help)));
        let mut helps: Vec<_> = asked.collect();
        for person_id in denials::persons(conn, over, WAITING_MAX)? {
            if helps.iter().all(|(asked, _)| *asked != person_id) {
                helps.push((person_id, None));
            }
        }
        let items = helps.into_iter().map(|(person_id, help)| item(conn, &env, &actor, &person_id, help));
        items.filter_map(Result::transpose).collect::<store::Result<_>>()
    })?;
    Ok(Reply::ok(WaitingPeople { items }))
}

fn item(
    conn: &Conn<'_>,
    env: &Env,
    actor: &Actor,
    person_id: &str,
    help: Option<Help>,
) -> store::Result<Option<WaitingPerson>> {
    let Some(person) = helped(conn, actor, person_id)? else { return Ok(None) };
    Ok(Some(WaitingPerson {
        initials: initials(&person.name),
        masked_contact: own_contact(&person).map(|contact| contact.masked()),
        denial: link_denials::last(conn, env, &person)?,
        is_mine: help.as_ref().is_some_and(|help| help.asked_by == actor.person_id),
        question: help.map(|help| question(conn, person_id, help)).transpose()?,
        person_id: person.person_id,
    }))
}

/// Of the staff, administrators let in.
fn helped(conn: &Conn<'_>, actor: &Actor, person_id: &str) -> store::Result<Option<Profile>> {
    let is_staff = grants::is_staff(conn, person_id)?;
    Ok(within_reach(conn, actor, person_id)?.filter(|_| !is_staff))
}

fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    letters.map(|letter| format!("{letter}.")).collect::<Vec<_>>().join(" ")
}

fn question(conn: &Conn<'_>, person_id: &str, help: Help) -> store::Result<HelpQuestion> {
    Ok(HelpQuestion {
        asked_by: persons::name(conn, &help.asked_by)?.unwrap_or_default(),
        asked_at: format!("{:.3}", help.asked_at),
        reason: log::last_field(conn, &object(person_id), "sign-in.unblock-ask", "reason")?,
    })
}

/// The question that waits for another one, if there is one.
pub(crate) fn open_question(conn: &Conn<'_>, env: &Env, person_id: &str) -> store::Result<Option<HelpQuestion>> {
    let help = sign_in_helps::of_person(conn, env.now() - kept(conn, env)?, person_id)?;
    help.filter(|help| !help.is_agreed).map(|help| question(conn, person_id, help)).transpose()
}

/// Look at a person who waits for another of the support or whose link was denied; the look is noted in the person's journal as help with the sign-in
#[utoipa::path(
    post, path = "/api/auth/support/waiting/{person_id}/looks", operation_id = "look_at_waiting_person", tag = "auth",
    security(("session" = [])), params(("person_id" = String, Path)),
    responses(
        (status = 200, body = FoundPerson),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, rate-limited"),
    )
)]
pub(crate) async fn look(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(person_id): Path<String>,
) -> Result<Reply<FoundPerson>, Problem> {
    actor.reach(Action::UnlockSignIn)?;
    let seen = env.db().write(|tx| see(tx, &env, &actor, &client, &person_id))?;
    Ok(Reply::ok(seen))
}

fn see(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, person_id: &str) -> Result<FoundPerson, Problem> {
    limit::count(tx, env, &Settings::at(tx, env.now())?, PER_PERSON, &actor.person_id)?;
    let person = helped(tx, actor, person_id)?.ok_or_else(Problem::not_found)?;
    if open_question(tx, env, person_id)?.is_none() && link_denials::last(tx, env, &person)?.is_none() {
        return Err(Problem::not_found());
    }
    let fields = [ROLE, ("purpose", Purpose::SignInHelp.as_str()), ("words", "")];
    audit::record(tx, env, actor, client, "sign-in.look", &object(person_id), &fields)?;
    found(tx, env, actor, person)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_by_its_first_letters() {
        assert_eq!(initials("Анна Сергеевна"), "А. С.");
        assert_eq!(initials("  Борис "), "Б.");
        assert_eq!(initials(""), "");
    }
}
