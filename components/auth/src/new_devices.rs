//! A sign-in on a device that the person never used: the person is told, with the way to say that it was somebody else.

use domain::{contact::Contact, session::SessionToken, user_agent};
use jiff::SignedDuration;
use store::{
    Tx,
    events::{self, Event},
    persons,
    settings::Settings,
    sign_in_blocks::{self, NewNotice},
    sign_in_locks,
};
use web::{Client, Env, Problem, capital_time, gateway};

use crate::{opening::Device, second_factor};

/// What goes to the person's own contact once the session is committed.
pub(crate) struct Letter {
    to: Contact,
    text: String,
}

impl Letter {
    /// Whoever signs in does not wait for it.
    pub(crate) async fn send(self, env: &Env) -> Result<(), Problem> {
        gateway::send_unseen(env, &self.to, "Вход с нового устройства", &self.text).await
    }
}

/// Notes a sign-in on a device that is new to somebody who has used another one; who signs in for the first time is told
/// nothing. Without a contact the feed alone tells.
pub(crate) fn note(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    person_id: &str,
) -> store::Result<Option<Letter>> {
    if !sign_in_locks::is_new_device(tx, person_id, &device.hash())? {
        return Ok(None);
    }
    let (device, address) = (user_agent::in_words(&client.user_agent), client.address.clone());
    events::emit(tx, env.now(), person_id, &Event::NewDevice { device, address })?;
    let profile = persons::profile(tx, person_id)?;
    let contact = profile.as_ref().and_then(second_factor::own_contact);
    contact.map(|to| letter(tx, env, client, person_id, to)).transpose()
}

fn letter(tx: &Tx<'_>, env: &Env, client: &Client, person_id: &str, to: Contact) -> store::Result<Letter> {
    let token = SessionToken::from_random(env.random());
    let days: i64 = Settings::at(tx, env.now())?.get("sign_in_notice.days")?;
    let new = NewNotice {
        token_hash: &token.session_id(),
        person_id,
        user_agent: &client.user_agent,
        address: &client.address,
        expires_at: env.now() + SignedDuration::from_hours(24 * days),
    };
    sign_in_blocks::add_notice(tx, env.now(), &new)?;
    let device = user_agent::in_words(&client.user_agent);
    let text = format!(
        "Мой дом: вход с нового устройства: {device}, {} МСК, адрес {}. Это не вы? {}/not-me#{}",
        capital_time(env.now()).strftime("%d.%m в %H:%M"),
        client.address,
        env.public_origin()?,
        token.expose(),
    );
    Ok(Letter { to, text })
}
