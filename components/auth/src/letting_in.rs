//! Who cannot come in alone is let in by two: one asks, another one agrees, and the link that is made then is for the person
//! whose identity both have checked. Whether it is needed they judge: that a phone has got another number the portal cannot
//! know. Until the link is opened nothing changes for the person, who is told of it and may end it: neither of the two
//! alone puts anybody out.

use domain::{access::Scope, look};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    events::{self, Event},
    former_contacts, invitations, passkeys,
    persons::{self, Profile},
    second_factors,
    settings::Settings,
    sign_in_blocks, sign_in_helps,
};
use utoipa::ToSchema;
use web::{Actor, Client, Env, Problem, Reply, audit, fresh_id};

use crate::{
    audits, blocks, electronic_addresses,
    invitations::{NewLink, PasswordLink, link},
    new_devices::{self, Letter},
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
    /// link.
    #[schema(example = "another")]
    waits_for: &'static str,
    /// For the person alone; shown once, to whoever agreed.
    link: Option<PasswordLink>,
}

/// What came of it, and what goes to the person once it is committed.
pub(crate) struct Approved {
    letting_in: LettingIn,
    letters: Vec<Letter>,
}

impl Approved {
    pub(crate) async fn answer(self, env: &Env) -> Result<Reply<LettingIn>, Problem> {
        for letter in self.letters {
            letter.send(env).await?;
        }
        Ok(Reply::ok(self.letting_in))
    }
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
    pub(crate) fn approve(&self, tx: &Tx<'_>, person: &Profile, reason: &str) -> Result<Approved, Problem> {
        let (now, keep, person_id) = (self.env.now(), kept(tx, self.env)?, person.person_id.as_str());
        let (by, invitation_id) = (self.actor.person_id.as_str(), fresh_id(self.env));
        if sign_in_helps::agree(tx, now, keep, person_id, by, &invitation_id)? {
            self.note(tx, "sign-in.unblock", person_id, reason)?;
            events::emit(tx, now, person_id, &Event::LetInLink)?;
            let link = Some(self.link(tx, person, &invitation_id)?);
            let letters = new_devices::of_link(tx, self.env, self.client, person, &invitation_id)?;
            return Ok(Approved { letting_in: LettingIn { waits_for: "person", link }, letters });
        }
        if sign_in_helps::ask(tx, now, keep, person_id, by)? {
            // The link of before, which may be lost, lets nobody in any more.
            invitations::end_resets(tx, now, person_id)?;
            self.note(tx, "sign-in.unblock-ask", person_id, reason)?;
        }
        let waits_for = waits_for(tx, self.env, self.actor, person)?;
        Ok(Approved { letting_in: LettingIn { waits_for, link: None }, letters: Vec::new() })
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
pub(crate) fn waits_for(conn: &Conn<'_>, env: &Env, actor: &Actor, person: &Profile) -> store::Result<&'static str> {
    let over = env.now() - kept(conn, env)?;
    Ok(match sign_in_helps::of_person(conn, over, &person.person_id)? {
        None => "anybody",
        Some(help) if help.is_agreed => "person",
        Some(help) if help.asked_by == actor.person_id => "another",
        Some(_) => "me",
    })
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

/// Where the person came by the link of two, the block and whatever factors are lost go, and no contact counts before its
/// proof: it may be as lost as they are.
pub(crate) fn take(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person: &Profile,
    invitation_id: &str,
) -> store::Result<()> {
    let person_id = &person.person_id;
    if !sign_in_helps::is_by(tx, person_id, invitation_id)? {
        return Ok(());
    }
    second_factors::remove_all(tx, person_id)?;
    passkeys::remove_all(tx, person_id)?;
    doubt_contacts(tx, env, person)?;
    sign_in_blocks::end_notices(tx, person_id)?;
    audits::of_person(tx, env, client, person_id, "sign-in.let-in", &[])
}

/// Codes and messages go nowhere until a contact is proved anew.
pub(crate) fn doubt_contacts(tx: &Tx<'_>, env: &Env, person: &Profile) -> store::Result<()> {
    persons::doubt_contacts(tx, env.now(), &person.person_id)?;
    former_contacts::silence(tx, &person.person_id)?;
    electronic_addresses::rest(tx, env, person)
}
