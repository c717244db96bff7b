//! A sign-in on a device that the person never used, or another contact in the place of the person's own: the person is
//! told, with the way to say that it was somebody else.

use domain::{contact::Contact, session::SessionToken, user_agent};
use jiff::SignedDuration;
use store::{
    Tx,
    events::{self, Event},
    homes, persons,
    settings::Settings,
    sign_in_blocks::{self, NewNotice},
    sign_in_locks,
};
use web::{Client, Env, Problem, capital_time, gateway};

use crate::{opening::Device, second_factor};

/// What goes to the person's own contact once the session is committed.
pub(crate) struct Letter {
    to: Contact,
    subject: &'static str,
    text: String,
}

impl Letter {
    /// Whoever signs in does not wait for it.
    pub(crate) async fn send(self, env: &Env) -> Result<(), Problem> {
        gateway::send_unseen(env, &self.to, self.subject, &self.text).await
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
    let link = link(tx, env, client, person_id, None)?;
    let device = user_agent::in_words(&client.user_agent);
    let text = format!(
        "Мой дом: вход с нового устройства: {device}, {} МСК, адрес {}. Это не вы? {link}",
        capital_time(env.now()).strftime("%d.%m в %H:%M"),
        client.address,
    );
    Ok(Letter { to, subject: "Вход с нового устройства", text })
}

/// What goes to the contact that `new` replaced, or to the other one: whoever holds the new one gets all codes from now
/// on, so that nothing but this link and a call is left to the person.
pub(crate) fn of_contact(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person_id: &str,
    to: Contact,
    new: &Contact,
) -> store::Result<Letter> {
    let masked = new.masked();
    let link = link(tx, env, client, person_id, Some(&masked))?;
    let phone = homes::only_phone(tx)?.map(|phone| format!(" Поддержка: {phone}")).unwrap_or_default();
    let text = format!("Мой дом: в профиле новый контакт {masked}. Это не вы? Остановите вход: {link}{phone}");
    Ok(Letter { to, subject: "Контакт на портале «Мой дом» изменён", text })
}

/// Where one says «Это не я», once.
fn link(tx: &Tx<'_>, env: &Env, client: &Client, person_id: &str, new_contact: Option<&str>) -> store::Result<String> {
    let token = SessionToken::from_random(env.random());
    let days: i64 = Settings::at(tx, env.now())?.get("sign_in_notice.days")?;
    let new = NewNotice {
        token_hash: &token.session_id(),
        person_id,
        user_agent: &client.user_agent,
        address: &client.address,
        new_contact,
        expires_at: env.now() + SignedDuration::from_hours(24 * days),
    };
    sign_in_blocks::add_notice(tx, env.now(), &new)?;
    Ok(format!("{}/not-me#{}", env.public_origin()?, token.expose()))
}
