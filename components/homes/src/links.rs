//! A personal account becomes a person's: its number, then the code sent to the contact that the company holds.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    contact::{Contact, Email, Phone},
    identifier::AccountNumber,
    one_time_code::{Answer, Challenge, OneTimeCode},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    events::{self, Event},
    homes::{self, Candidate, LinkRequest, LinkedAccount, NewLinkRequest, Right},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, Path, Problem, Reply, audit, consent, fresh_id, gateway, limit, one_time_code};

use crate::{
    accounts::AccountView,
    codes::{Confirmation, Decided},
    problem,
};

const PER_PERSON: limit::Rule = limit::Rule { setting: "limit.link_per_person", window: SignedDuration::from_hours(1) };
const PER_DEVICE: limit::Rule = limit::Rule { setting: "limit.link_per_device", window: SignedDuration::from_hours(1) };
const PER_ADDRESS: limit::Rule =
    limit::Rule { setting: "limit.link_per_address", window: SignedDuration::from_hours(1) };
const PER_ACCOUNT: limit::Rule =
    limit::Rule { setting: "limit.link_per_account", window: SignedDuration::from_hours(1) };

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLink {
    /// The account's number, as printed on the bill.
    #[schema(example = "0000000027")]
    number: String,
    /// The premises that were found by their address: the number must be one of theirs.
    #[serde(default)]
    premises_id: Option<String>,
}

/// A request that waits for its code.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkRequestView {
    link_request_id: String,
    /// `sms` or `email`.
    #[schema(example = "sms")]
    channel: &'static str,
    /// Where the code went, all but its ends hidden.
    #[schema(example = "+7********27")]
    masked_contact: String,
    #[schema(format = DateTime)]
    expires_at: String,
    attempts_left: u32,
}

/// Ask to link a personal account: a code goes to the contact that the company holds
#[utoipa::path(
    post, path = "/api/homes/links", tag = "homes", security(("session" = [])), request_body = NewLink,
    responses(
        (status = 201, body = LinkRequestView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, account-not-found, already-linked, no-contact, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "gateway-unavailable"),
    )
)]
pub(crate) async fn request(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: input, .. }: Body<NewLink>,
) -> Result<Reply<LinkRequestView>, Problem> {
    actor.may(Action::LinkAccount, Relation::None)?;
    let number = AccountNumber::parse(&input.number).map_err(|error| {
        let detail = format!("Введите номер с квитанции: {error}.");
        Problem::field("/number", detail)
    })?;
    let wish = Wish { number: &number, premises_id: input.premises_id.as_deref() };
    let asked = env.db().write(|tx| wish.ask(tx, &env, &actor, &client))??;
    let text = format!(
        "Мой дом: код {} для привязки счёта {}. Никому его не сообщайте.",
        asked.code.expose(),
        ending(&number)
    );
    gateway::send(&env, &asked.contact, "Код для привязки счёта", &text).await?;
    Ok(Reply::created(asked.view))
}

struct Asked {
    view: LinkRequestView,
    contact: Contact,
    code: OneTimeCode,
}

/// What somebody asks to link.
struct Wish<'a> {
    number: &'a AccountNumber,
    premises_id: Option<&'a str>,
}

impl Wish<'_> {
    fn ask(&self, tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client) -> Result<Decided<Asked>, Problem> {
        consent::require(tx, actor)?;
        let settings = Settings::at(tx, env.now())?;
        count(tx, env, &settings, actor, client)?;
        let candidate = homes::candidate(tx, &actor.person_id, self.number.as_str(), env.day())?;
        let (candidate, contact) = match self.linkable(candidate) {
            Ok(linkable) => linkable,
            Err(refusal) => return Ok(Err(refusal)),
        };
        limit::count_shared(tx, env, &settings, PER_ACCOUNT, &candidate.account_id, &actor.person_id)?;
        homes::spend_earlier(tx, &actor.person_id, &candidate.account_id)?;
        let asked = keep(tx, env, actor, &settings, &candidate.account_id, contact)?;
        let object = format!("account:{}", candidate.account_id);
        audit::record(tx, env, actor, client, "link.request", &object, &[("channel", asked.view.channel)])?;
        Ok(Ok(asked))
    }

    fn linkable(&self, candidate: Option<Candidate>) -> Result<(Candidate, Contact), Problem> {
        let is_there = |candidate: &Candidate| self.premises_id.is_none_or(|id| id == candidate.premises_id);
        let candidate = candidate.filter(is_there).ok_or_else(|| match self.premises_id {
            Some(_) => problem::account_not_at_address(),
            None => problem::account_not_found(),
        })?;
        if candidate.is_linked {
            return Err(problem::already_linked());
        }
        let contact = contact(&candidate).ok_or_else(|| problem::no_contact(candidate.company_phone.as_deref()))?;
        Ok((candidate, contact))
    }
}

/// Numbers follow one another, so trying them out is limited by all that is the asker's own: person, device and network.
/// A limit for the flat they are tried at would keep out whoever lives there.
fn count(tx: &Tx<'_>, env: &Env, settings: &Settings, actor: &Actor, client: &Client) -> Result<(), Problem> {
    let address = Some(client.household()).filter(|address| !address.is_empty());
    let rules = [
        (PER_PERSON, Some(actor.person_id.as_str())),
        (PER_DEVICE, client.device.as_deref()),
        (PER_ADDRESS, address.as_deref()),
    ];
    for (rule, subject) in rules {
        if let Some(subject) = subject {
            limit::count(tx, env, settings, rule, subject)?;
        }
    }
    Ok(())
}

fn contact(candidate: &Candidate) -> Option<Contact> {
    let phone = candidate.contact_phone.as_deref().and_then(|phone| Phone::parse(phone).ok());
    let email = candidate.contact_email.as_deref().and_then(|email| Email::parse(email).ok());
    Contact::preferred(phone, email)
}

fn keep(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    settings: &Settings,
    account_id: &str,
    contact: Contact,
) -> Result<Asked, Problem> {
    let attempts = settings.get("link.code_attempts")?;
    let expires_at = env.now() + SignedDuration::from_mins(settings.get("link.code_minutes")?);
    let link_request_id = fresh_id(env);
    let code = one_time_code::fresh(env);
    let channel = contact.channel();
    let new = NewLinkRequest {
        link_request_id: &link_request_id,
        person_id: &actor.person_id,
        account_id,
        channel,
        code_hash: &code.hash(&link_request_id),
        attempts,
        expires_at,
    };
    homes::add_request(tx, env.now(), &new)?;
    let (masked_contact, expires_at) = (contact.masked(), format!("{expires_at:.3}"));
    let view = LinkRequestView { link_request_id, channel, masked_contact, expires_at, attempts_left: attempts };
    Ok(Asked { view, contact, code })
}

/// «…0027»: enough to know one's own number by.
fn ending(number: &AccountNumber) -> String {
    let letters = number.as_str().chars().count();
    if letters <= 4 {
        return number.as_str().to_owned();
    }
    format!("…{}", number.as_str().chars().skip(letters - 4).collect::<String>())
}

/// Link the account with the code; repeating the right one gives the same answer
#[utoipa::path(
    post, path = "/api/homes/links/{link_request_id}/confirm", tag = "homes", security(("session" = [])),
    params(("link_request_id" = String, Path)), request_body = Confirmation,
    responses(
        (status = 201, body = AccountView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, wrong-code, code-expired, code-spent, not-found, account-not-found"),
    )
)]
pub(crate) async fn confirm(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(link_request_id): Path<String>,
    Body { value: input, .. }: Body<Confirmation>,
) -> Result<Reply<AccountView>, Problem> {
    actor.may(Action::LinkAccount, Relation::None)?;
    let code = input.parse()?;
    let by = By { env: &env, actor: &actor, client: &client, link_request_id: &link_request_id };
    let account = env.db().write(|tx| by.answer(tx, &code))??;
    Ok(Reply::created(account.into()))
}

/// Who answers which request.
struct By<'a> {
    env: &'a Env,
    actor: &'a Actor,
    client: &'a Client,
    link_request_id: &'a str,
}

impl By<'_> {
    fn answer(&self, tx: &Tx<'_>, code: &OneTimeCode) -> Result<Decided<LinkedAccount>, Problem> {
        let request = homes::request(tx, &self.actor.person_id, self.link_request_id, self.env.day())?;
        let request = request.ok_or_else(Problem::not_found)?;
        if request.is_used && code.matches(self.link_request_id, &request.code_hash) {
            return Ok(self.linked(tx, &request)?.ok_or_else(problem::code_spent));
        }
        match self.challenge(&request).answer(code, self.env.now()) {
            Answer::Right if request.is_closed => Ok(Err(problem::account_not_found())),
            Answer::Right => self.link(tx, &request),
            Answer::Wrong { attempts_left } => self.refuse(tx, &request, attempts_left),
            Answer::Expired => Ok(Err(problem::code_expired())),
            Answer::Spent => Ok(Err(problem::code_spent())),
        }
    }

    fn challenge<'a>(&'a self, request: &'a LinkRequest) -> Challenge<'a> {
        Challenge {
            request_id: self.link_request_id,
            code_hash: &request.code_hash,
            attempts_left: request.attempts_left,
            expires_at: request.expires_at,
            is_used: request.is_used,
        }
    }

    fn link(&self, tx: &Tx<'_>, request: &LinkRequest) -> Result<Decided<LinkedAccount>, Problem> {
        consent::require(tx, self.actor)?;
        let now = self.env.now();
        homes::mark_used(tx, now, self.link_request_id)?;
        let (link_id, person_id) = (fresh_id(self.env), &self.actor.person_id);
        if homes::add_link(tx, now, &link_id, person_id, &request.account_id, Right::Owner)? {
            self.tell(tx, now, request)?;
        }
        Ok(self.linked(tx, request)?.ok_or_else(problem::code_spent))
    }

    fn tell(&self, tx: &Tx<'_>, now: Timestamp, request: &LinkRequest) -> Result<(), Problem> {
        let fields = [("right", Right::Owner.as_str()), ("link_request", self.link_request_id)];
        self.note(tx, "account.link", request, &fields)?;
        let (number, address) = (request.number.clone(), request.address.clone());
        events::emit(tx, now, &self.actor.person_id, &Event::AccountLinked { number, address })?;
        self.tell_others(tx, now, request)
    }

    /// Whoever has the account already learns at once that a stranger may have got to it.
    fn tell_others(&self, tx: &Tx<'_>, now: Timestamp, request: &LinkRequest) -> Result<(), Problem> {
        let shared = Event::AccountShared { number: request.number.clone(), address: request.address.clone() };
        for person_id in homes::linked_to_others(tx, &self.actor.person_id, &request.account_id)? {
            events::emit(tx, now, &person_id, &shared)?;
        }
        Ok(())
    }

    fn refuse(
        &self,
        tx: &Tx<'_>,
        request: &LinkRequest,
        attempts_left: u32,
    ) -> Result<Decided<LinkedAccount>, Problem> {
        homes::spend_attempt(tx, self.link_request_id)?;
        self.note(tx, "link.refuse", request, &[("attempts_left", &attempts_left.to_string())])?;
        Ok(Err(problem::wrong_code(attempts_left)))
    }

    fn note(&self, tx: &Tx<'_>, action: &str, request: &LinkRequest, fields: &[(&str, &str)]) -> Result<(), Problem> {
        let object = format!("account:{}", request.account_id);
        Ok(audit::record(tx, self.env, self.actor, self.client, action, &object, fields)?)
    }

    fn linked(&self, tx: &Tx<'_>, request: &LinkRequest) -> Result<Option<LinkedAccount>, Problem> {
        Ok(homes::linked_account(tx, &self.actor.person_id, &request.account_id)?)
    }
}
