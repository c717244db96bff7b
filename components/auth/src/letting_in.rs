//! Whom nothing of the own lets in any more is let in by two: one asks, another one agrees, and the link that is made then
//! is for the person whose identity both have checked. Until it is opened nothing changes for the person: neither of them
//! alone puts anybody out.

use domain::{access::Scope, look};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    events::{self, Event},
    invitations, passkeys,
    persons::Profile,
    second_factors,
    settings::Settings,
    sign_in_blocks, sign_in_helps,
};
use utoipa::ToSchema;
use web::{Actor, Client, Env, Problem, audit, fresh_id};

use crate::{
    audits, blocks,
    invitations::{NewLink, PasswordLink, link},
    second_factor::own_contact,
};

/// How it was made sure who asks for help.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HelpReason {
    /// 3 to 500 characters; they are kept.
    #[schema(example = "Позвонила, назвала номер счёта и последнее показание")]
    reason: String,
}

impl HelpReason {
    /// The reason, where it is told.
    ///
    /// # Errors
    /// `validation` where it is too short or too long.
    pub(crate) fn parse(&self) -> Result<&str, Problem> {
        look::words(&self.reason, true).map_err(|_| {
            let detail = "Напишите, как вы убедились, кто это: от 3 до 500 знаков.";
            Problem::field("/reason", detail)
        })
    }
}

/// How far two have come with letting a person in.
#[derive(Serialize, ToSchema)]
pub(crate) struct LettingIn {
    /// Who has to act: `anybody` asks first, `another` than the one who asked agrees, `me` agrees, `person` opens the
    /// link; null where the person needs no help.
    #[schema(example = "another")]
    waits_for: Option<&'static str>,
    /// For the person alone; shown once, to whoever agreed.
    link: Option<PasswordLink>,
}

/// Who helps whom.
pub(crate) struct Helper<'a> {
    pub(crate) env: &'a Env,
    pub(crate) actor: &'a Actor,
    pub(crate) client: &'a Client,
    /// In what role it is done: the person reads it beside the name.
    pub(crate) role: (&'a str, &'a str),
}

impl Helper<'_> {
    /// Agrees to what another one asked, or asks. Who asked cannot agree; a second press of the button is no second act.
    pub(crate) fn approve(&self, tx: &Tx<'_>, person: &Profile, reason: &str) -> Result<LettingIn, Problem> {
        if !is_needed(tx, person)? {
            return Ok(LettingIn { waits_for: None, link: None });
        }
        let (now, keep, person_id) = (self.env.now(), kept(tx, self.env)?, person.person_id.as_str());
        let (by, invitation_id) = (self.actor.person_id.as_str(), fresh_id(self.env));
        if sign_in_helps::agree(tx, now, keep, person_id, by, &invitation_id)? {
            self.note(tx, "sign-in.unblock", person_id, reason)?;
            events::emit(tx, now, person_id, &Event::LetInLink)?;
            let link = Some(self.link(tx, person, &invitation_id)?);
            return Ok(LettingIn { waits_for: Some("person"), link });
        }
        if sign_in_helps::ask(tx, now, keep, person_id, by)? {
            // The link of before, which may be lost, lets nobody in any more.
            invitations::end_resets(tx, now, person_id)?;
            self.note(tx, "sign-in.unblock-ask", person_id, reason)?;
        }
        Ok(LettingIn { waits_for: waits_for(tx, self.env, self.actor, person)?, link: None })
    }

    fn link(&self, tx: &Tx<'_>, person: &Profile, invitation_id: &str) -> Result<PasswordLink, Problem> {
        let names = [&person.login, &person.phone, &person.email].into_iter().flatten();
        let new = NewLink {
            invitation_id,
            login: names.map(String::as_str).next().unwrap_or_default(),
            name: &person.name,
            roles: &[],
            scope: &Scope::Portal,
            resets: Some(&person.person_id),
        };
        link(tx, self.env, self.actor, &[Scope::Portal], &new)
    }

    fn note(&self, tx: &Tx<'_>, action: &str, person_id: &str, reason: &str) -> store::Result<()> {
        let fields = [self.role, ("reason", reason)];
        audit::record(tx, self.env, self.actor, self.client, action, &format!("person:{person_id}"), &fields)
    }
}

/// Who has to act next, as [`LettingIn`] names it.
pub(crate) fn waits_for(
    conn: &Conn<'_>,
    env: &Env,
    actor: &Actor,
    person: &Profile,
) -> store::Result<Option<&'static str>> {
    if !is_needed(conn, person)? {
        return Ok(None);
    }
    let over = env.now() - kept(conn, env)?;
    Ok(Some(match sign_in_helps::of_person(conn, over, &person.person_id)? {
        None => "anybody",
        Some(help) if help.is_agreed => "person",
        Some(help) if help.asked_by == actor.person_id => "another",
        Some(_) => "me",
    }))
}

/// Who has a contact and neither a block nor a second factor comes in again by a code.
fn is_needed(conn: &Conn<'_>, person: &Profile) -> store::Result<bool> {
    Ok(own_contact(person).is_none()
        || sign_in_blocks::of_person(conn, &person.person_id)?.is_some()
        || second_factors::enrolled(conn, &person.person_id)?.is_on())
}

/// How long one waits for another, and the person is told that there is a link.
pub(crate) fn kept(conn: &Conn<'_>, env: &Env) -> store::Result<SignedDuration> {
    Ok(SignedDuration::from_hours(Settings::at(conn, env.now())?.get("sign_in_block.asked_hours")?))
}

/// What keeps a link that sets a password from being taken: a block that only two can end, by their own link.
pub(crate) fn refusal(
    conn: &Conn<'_>,
    env: &Env,
    person: &Profile,
    invitation_id: &str,
) -> store::Result<Option<Problem>> {
    if sign_in_helps::is_by(conn, &person.person_id, invitation_id)? {
        return Ok(None);
    }
    blocks::refusal_of_recovery(conn, env, person)
}

/// Where the person came by the link of two, the block and whatever factors are lost go.
pub(crate) fn take(tx: &Tx<'_>, env: &Env, client: &Client, person_id: &str, invitation_id: &str) -> store::Result<()> {
    if !sign_in_helps::is_by(tx, person_id, invitation_id)? {
        return Ok(());
    }
    second_factors::remove_all(tx, person_id)?;
    passkeys::remove_all(tx, person_id)?;
    audits::of_person(tx, env, client, person_id, "sign-in.let-in", &[])
}
