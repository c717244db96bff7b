//! A sign-in on a device that the person never used, another contact in the place of the person's own, a link by which two
//! let the person in: the person is told, with the way to say that it was somebody else.

use domain::{contact::Contact, session::SessionToken, user_agent};
use jiff::SignedDuration;
use store::{
    Conn, Tx,
    events::{self, Event},
    homes,
    persons::{self, Profile},
    settings::Settings,
    sign_in_blocks::{self, NewNotice},
    sign_in_locks,
};
use web::{Client, Env, Problem, capital_time, gateway};

use crate::opening::Device;

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
/// nothing. Each contact hears of it, as one of them may be in other hands; without any the feed alone tells.
pub(crate) fn note(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    person_id: &str,
) -> store::Result<Vec<Letter>> {
    if !sign_in_locks::is_new_device(tx, person_id, &device.hash())? {
        return Ok(Vec::new());
    }
    let (device, address) = (user_agent::in_words(&client.user_agent), client.address.clone());
    events::emit(tx, env.now(), person_id, &Event::NewDevice { device, address })?;
    let profile = persons::profile(tx, person_id)?;
    profile.iter().flat_map(contacts).map(|to| letter(tx, env, client, person_id, to)).collect()
}

fn letter(tx: &Tx<'_>, env: &Env, client: &Client, person_id: &str, to: Contact) -> store::Result<Letter> {
    let link = link(tx, env, client, person_id, &to, About::SignIn)?;
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
    let link = link(tx, env, client, person_id, &to, About::Contact(&masked))?;
    let phone = homes::phone_of(tx, person_id)?.map(|phone| format!(" Поддержка: {phone}")).unwrap_or_default();
    let text = format!("Мой дом: в профиле новый контакт {masked}. Это не вы? Остановите вход: {link}{phone}");
    Ok(Letter { to, subject: "Контакт на портале «Мой дом» изменён", text })
}

/// What goes to each contact of the person whom two of the staff are to let in by this link, each with a link of its own:
/// those who help read by whose word it was denied.
pub(crate) fn of_link(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person: &Profile,
    invitation_id: &str,
) -> store::Result<Vec<Letter>> {
    let letter = |to: Contact| {
        let way_out = link(tx, env, client, &person.person_id, &to, About::Link(invitation_id))?;
        let text = format!(
            "Мой дом: двое сотрудников убедились, что это вы, и сделали ссылку для входа. Это были не вы? {way_out}"
        );
        Ok(Letter { to, subject: "Ссылка для входа на портал «Мой дом»", text })
    };
    contacts(person).map(letter).collect()
}

const STOPPED: &str = "Вход на портал «Мой дом» остановлен";

/// What goes to each contact of the person whose sign-in one of the staff stopped at a call: whoever called may have been
/// somebody else.
pub(crate) fn of_stop(conn: &Conn<'_>, person: &Profile) -> store::Result<Vec<Letter>> {
    let whom = whom_to_call(conn, &person.person_id)?;
    let text = format!("Мой дом: вход на портал остановлен по звонку от вашего имени. Звонили не вы? {whom}");
    Ok(to_each(person, STOPPED, &text))
}

/// What goes to each contact that was proved since somebody came in by a link of two, where a contact of before has said
/// that it was another: that one may be in other hands itself.
pub(crate) fn of_denial(conn: &Conn<'_>, person: &Profile) -> store::Result<Vec<Letter>> {
    let whom = whom_to_call(conn, &person.person_id)?;
    let text =
        format!("Мой дом: вход на портал остановлен: сообщили, что по ссылке сотрудников вошли не вы. Это вы? {whom}");
    Ok(to_each(person, STOPPED, &text))
}

fn whom_to_call(conn: &Conn<'_>, person_id: &str) -> store::Result<String> {
    let phone = homes::phone_of(conn, person_id)?;
    Ok(phone.map_or_else(|| "Позвоните в поддержку.".to_owned(), |phone| format!("Позвоните: {phone}")))
}

fn to_each(person: &Profile, subject: &'static str, text: &str) -> Vec<Letter> {
    contacts(person).map(|to| Letter { to, subject, text: text.to_owned() }).collect()
}

fn contacts(person: &Profile) -> impl Iterator<Item = Contact> {
    [person.proved_phone().map(Contact::Phone), person.proved_email().map(Contact::Email)].into_iter().flatten()
}

/// What a message tells of.
enum About<'a> {
    SignIn,
    /// The new one, masked.
    Contact(&'a str),
    /// The invitation by which two let in.
    Link(&'a str),
}

/// Where one says «Это не я», once. From where the staff work is not the person's business.
fn link(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person_id: &str,
    to: &Contact,
    about: About<'_>,
) -> store::Result<String> {
    let (new_contact, invitation_id) = match about {
        About::SignIn => (None, None),
        About::Contact(masked) => (Some(masked), None),
        About::Link(invitation_id) => (None, Some(invitation_id)),
    };
    let is_own = invitation_id.is_none();
    let token = SessionToken::from_random(env.random());
    let days: i64 = Settings::at(tx, env.now())?.get("sign_in_notice.days")?;
    let new = NewNotice {
        token_hash: &token.session_id(),
        person_id,
        user_agent: if is_own { &client.user_agent } else { "" },
        address: if is_own { &client.address } else { "" },
        new_contact,
        invitation_id,
        told: &to.masked(),
        expires_at: env.now() + SignedDuration::from_hours(24 * days),
    };
    sign_in_blocks::add_notice(tx, env.now(), &new)?;
    Ok(format!("{}/not-me#{}", env.public_origin()?, token.expose()))
}
