//! A contact that waits for its proof: a name to sign in by and nothing more. Whoever asks for a code there, its owner or
//! somebody who has the number now, is told so in its place.

use domain::contact::{Contact, Email, Phone};
use store::{Conn, persons::Profile};

use crate::blocks;

/// Whether codes and messages go to this contact of the person.
pub(crate) fn is_proved(person: &Profile, contact: &Contact) -> bool {
    let proved = [person.proved_phone().map(Contact::Phone), person.proved_email().map(Contact::Email)];
    proved.into_iter().flatten().any(|proved| proved == *contact)
}

/// The contact of the person that gets no code, where there is one: the phone first.
pub(crate) fn contact(person: &Profile) -> Option<Contact> {
    let phone = person.phone.as_deref().filter(|_| person.phone_unproved_since.is_some());
    let email = person.email.as_deref().filter(|_| person.email_unproved_since.is_some());
    Contact::preferred(
        phone.and_then(|phone| Phone::parse(phone).ok()),
        email.and_then(|email| Email::parse(email).ok()),
    )
}

/// What goes there instead of a code.
pub(crate) fn instead_of_a_code(conn: &Conn<'_>, person_id: &str) -> store::Result<String> {
    let phone = blocks::phone(conn, person_id)?;
    Ok(format!(
        "Мой дом: код сюда больше не приходит: этот контакт ждёт подтверждения. Чтобы войти или зарегистрироваться с ним, \
         позвоните в управляющую организацию: {phone}."
    ))
}
