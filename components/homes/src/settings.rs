//! What a person sets for a linked account: its name, who is told of it, whether its reminders rest; leaving it.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    account_label::AccountLabel,
    contact::{Contact, Email, Phone},
};
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    events::{self, Event},
    homes::{self, LinkedAccount, Purpose, preferences},
    persons,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, FieldError, Path, Problem, Reply, audit, consent, gateway};

use crate::{
    accounts::AccountView,
    codes::{self, AccountCodeView},
    problem,
};

/// A way for notices besides the feed, which has them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channel {
    Sms,
    Email,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountSettings {
    /// What the person calls the account, up to 40 characters; empty for nothing.
    #[schema(example = "Дача")]
    label: String,
    /// Ways for notices besides the feed. Each needs its confirmed contact.
    notify_by: Vec<Channel>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewContact {
    /// A phone or an e-mail.
    #[schema(example = "+7 916 123-45-67")]
    contact: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgottenContact {
    channel: Channel,
}

/// Set an account's name and the ways of its notices
#[utoipa::path(
    post, path = "/api/homes/accounts/{account_id}/settings", operation_id = "set_account_settings", tag = "homes",
    security(("session" = [])), params(("account_id" = String, Path)), request_body = AccountSettings,
    responses(
        (status = 200, body = AccountView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, not-found, consent-withdrawn"),
    )
)]
pub(crate) async fn set(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(account_id): Path<String>,
    Body { value: new, .. }: Body<AccountSettings>,
) -> Result<Reply<AccountView>, Problem> {
    actor.may(Action::ChangeAccount, Relation::Own)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, account_id: &account_id };
    desk.change(|tx, account| {
        consent::require(tx, &actor)?;
        let label = check(&new, account)?;
        let (by_sms, by_email) = (new.notify_by.contains(&Channel::Sms), new.notify_by.contains(&Channel::Email));
        let label = label.as_ref().map(AccountLabel::as_str);
        preferences::set(tx, &account.account_link_id, label, by_sms, by_email)?;
        let before = &account.preferences;
        let fields = [
            ("label_from", before.label.clone().unwrap_or_default()),
            ("label_to", label.unwrap_or_default().to_owned()),
            ("by_sms_from", before.by_sms.to_string()),
            ("by_sms", by_sms.to_string()),
            ("by_email_from", before.by_email.to_string()),
            ("by_email", by_email.to_string()),
        ];
        desk.note(tx, "account.set", &fields.each_ref().map(|(name, value)| (*name, value.as_str())))
    })
}

fn check(new: &AccountSettings, account: &LinkedAccount) -> Result<Option<AccountLabel>, Problem> {
    let mut errors = Vec::new();
    let label = AccountLabel::parse(&new.label);
    if label.is_err() {
        let detail = format!("Назовите счёт короче: одной строкой до {} знаков.", AccountLabel::CHARACTERS_MAX);
        errors.push(FieldError::new("/label", detail));
    }
    if new.notify_by.contains(&Channel::Sms) && account.preferences.notice_phone.is_none() {
        errors.push(FieldError::new("/notify_by", "Чтобы получать СМС, сначала подтвердите телефон."));
    }
    if new.notify_by.contains(&Channel::Email) && account.preferences.notice_email.is_none() {
        errors.push(FieldError::new("/notify_by", "Чтобы получать письма, сначала подтвердите почту."));
    }
    label.ok().filter(|_| errors.is_empty()).ok_or_else(|| Problem::validation(errors))
}

/// Ask to add a contact for an account's notices: a code goes there
#[utoipa::path(
    post, path = "/api/homes/accounts/{account_id}/contacts", operation_id = "add_account_contact", tag = "homes",
    security(("session" = [])), params(("account_id" = String, Path)), request_body = NewContact,
    responses(
        (status = 201, body = AccountCodeView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, not-found, consent-withdrawn, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "gateway-unavailable"),
    )
)]
pub(crate) async fn add_contact(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(account_id): Path<String>,
    Body { value: new, .. }: Body<NewContact>,
) -> Result<Reply<AccountCodeView>, Problem> {
    actor.may(Action::ChangeAccount, Relation::Own)?;
    let contact = parse_contact(&new.contact)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, account_id: &account_id };
    let purpose = Purpose::Contact(contact.clone());
    let find = |tx: &Tx<'_>, _: &LinkedAccount| consent::require(tx, &actor).map(|()| contact);
    desk.send_code(&purpose, "Код для уведомлений", "для уведомлений по счёту", find).await
}

pub(crate) fn parse_contact(text: &str) -> Result<Contact, Problem> {
    let contact = if text.contains('@') {
        Email::parse(text).map(Contact::Email)
    } else {
        Phone::parse(text).map(Contact::Phone)
    };
    contact.map_err(|error| {
        let detail = format!("Введите телефон или почту: {error}.");
        Problem::field("/contact", detail)
    })
}

/// Forget a contact of an account's notices
#[utoipa::path(
    post, path = "/api/homes/accounts/{account_id}/contacts/forget", operation_id = "forget_account_contact",
    tag = "homes", security(("session" = [])), params(("account_id" = String, Path)),
    request_body = ForgottenContact,
    responses(
        (status = 200, body = AccountView),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found"),
    )
)]
pub(crate) async fn forget_contact(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(account_id): Path<String>,
    Body { value: forgotten, .. }: Body<ForgottenContact>,
) -> Result<Reply<AccountView>, Problem> {
    actor.may(Action::ChangeAccount, Relation::Own)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, account_id: &account_id };
    desk.change(|tx, account| {
        let (channel, before) = match forgotten.channel {
            Channel::Sms => ("sms", &account.preferences.notice_phone),
            Channel::Email => ("email", &account.preferences.notice_email),
        };
        match forgotten.channel {
            Channel::Sms => preferences::forget_phone(tx, &account.account_link_id),
            Channel::Email => preferences::forget_email(tx, &account.account_link_id),
        }?;
        let from = before.as_deref().unwrap_or_default();
        desk.note(tx, "account.contact-forget", &[("channel", channel), ("from", from)])
    })
}

/// Let an account's reminders rest
#[utoipa::path(
    post, path = "/api/homes/accounts/{account_id}/suspend", operation_id = "suspend_account", tag = "homes",
    security(("session" = [])), params(("account_id" = String, Path)),
    responses(
        (status = 200, body = AccountView),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found"),
    )
)]
pub(crate) async fn suspend(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(account_id): Path<String>,
) -> Result<Reply<AccountView>, Problem> {
    actor.may(Action::ChangeAccount, Relation::Own)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, account_id: &account_id };
    desk.change(|tx, account| {
        if !preferences::suspend(tx, env.now(), &account.account_link_id)? {
            return Ok(());
        }
        desk.tell(tx, "account.suspend", &Event::AccountSuspended { address: account.address.clone() })
    })
}

/// Let an account's reminders go on
#[utoipa::path(
    post, path = "/api/homes/accounts/{account_id}/resume", operation_id = "resume_account", tag = "homes",
    security(("session" = [])), params(("account_id" = String, Path)),
    responses(
        (status = 200, body = AccountView),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found"),
    )
)]
pub(crate) async fn resume(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(account_id): Path<String>,
) -> Result<Reply<AccountView>, Problem> {
    actor.may(Action::ChangeAccount, Relation::Own)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, account_id: &account_id };
    desk.change(|tx, account| {
        if !preferences::resume(tx, &account.account_link_id)? {
            return Ok(());
        }
        desk.tell(tx, "account.resume", &Event::AccountResumed { address: account.address.clone() })
    })
}

/// Ask to unlink an account: a code goes to the person's own contact
#[utoipa::path(
    post, path = "/api/homes/accounts/{account_id}/unlink", operation_id = "unlink_account", tag = "homes",
    security(("session" = [])), params(("account_id" = String, Path)),
    responses(
        (status = 201, body = AccountCodeView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "not-found, no-contact, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "gateway-unavailable"),
    )
)]
pub(crate) async fn unlink(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(account_id): Path<String>,
) -> Result<Reply<AccountCodeView>, Problem> {
    actor.may(Action::UnlinkAccount, Relation::Own)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, account_id: &account_id };
    let find = |tx: &Tx<'_>, account: &LinkedAccount| own_contact(tx, &actor, account);
    desk.send_code(&Purpose::Unlink, "Код, чтобы отвязать счёт", "чтобы отвязать счёт", find).await
}

/// The contact by which the person signs in, or else one that was confirmed for the account. While a contact of the person
/// waits for its proof those of accounts do not count either: all may be on the one phone that was lost.
fn own_contact(tx: &Tx<'_>, actor: &Actor, account: &LinkedAccount) -> Result<Contact, Problem> {
    let person = persons::profile(tx, &actor.person_id)?.ok_or_else(Problem::not_found)?;
    let set = &account.preferences;
    let (mut phone, mut email) = (person.proved_phone(), person.proved_email());
    if person.phone_unproved_since.is_none() && person.email_unproved_since.is_none() {
        phone = phone.or_else(|| set.notice_phone.as_deref().and_then(|text| Phone::parse(text).ok()));
        email = email.or_else(|| set.notice_email.as_deref().and_then(|text| Email::parse(text).ok()));
    }
    Contact::preferred(phone, email).ok_or_else(problem::no_own_contact)
}

/// Where one linked account is changed.
struct Desk<'a> {
    env: &'a Env,
    actor: &'a Actor,
    client: &'a Client,
    account_id: &'a str,
}

impl Desk<'_> {
    /// Lets `work` change the account, and answers with what it is then.
    fn change(
        &self,
        work: impl FnOnce(&Tx<'_>, &LinkedAccount) -> Result<(), Problem>,
    ) -> Result<Reply<AccountView>, Problem> {
        let changed = self.env.db().write(|tx| {
            work(tx, &self.account(tx)?)?;
            self.account(tx)
        })?;
        Ok(Reply::ok(changed.into()))
    }

    /// Keeps a code, and sends it once that is committed.
    async fn send_code(
        &self,
        purpose: &Purpose,
        subject: &str,
        what_for: &str,
        contact: impl FnOnce(&Tx<'_>, &LinkedAccount) -> Result<Contact, Problem>,
    ) -> Result<Reply<AccountCodeView>, Problem> {
        let asked = self.env.db().write(|tx| {
            let account = self.account(tx)?;
            let contact = contact(tx, &account)?;
            let asked = codes::ask(tx, self.env, self.actor, &account, purpose, contact)?;
            let fields = [("purpose", purpose.as_str()), ("channel", asked.contact.channel())];
            self.note(tx, "account.code-request", &fields)?;
            Ok::<_, Problem>(asked)
        })?;
        let text = format!("Мой дом: код {} {what_for}. Никому его не сообщайте.", asked.code.expose());
        gateway::send(self.env, &asked.contact, subject, &text).await?;
        Ok(Reply::created(asked.view))
    }

    /// Somebody else's account is as absent as one that never was.
    fn account(&self, tx: &Tx<'_>) -> Result<LinkedAccount, Problem> {
        homes::linked_account(tx, &self.actor.person_id, self.account_id)?.ok_or_else(Problem::not_found)
    }

    fn tell(&self, tx: &Tx<'_>, action: &str, event: &Event) -> Result<(), Problem> {
        self.note(tx, action, &[])?;
        Ok(events::emit(tx, self.env.now(), &self.actor.person_id, event)?)
    }

    fn note(&self, tx: &Tx<'_>, action: &str, fields: &[(&str, &str)]) -> Result<(), Problem> {
        let object = format!("account:{}", self.account_id);
        Ok(audit::record(tx, self.env, self.actor, self.client, action, &object, fields)?)
    }
}
