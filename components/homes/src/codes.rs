//! One-time codes: made, sent, answered.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    contact::Contact,
    one_time_code::{Answer, Challenge, OneTimeCode},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    events::{self, Event},
    homes::{self, AccountCode, LinkedAccount, NewAccountCode, Purpose, preferences},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, Path, Problem, Reply, audit, consent, fresh_id, limit, one_time_code};

use crate::{accounts::AccountView, problem};

const PER_PERSON: limit::Rule =
    limit::Rule { setting: "limit.account_code_per_person", window: SignedDuration::from_hours(1) };
const PER_CONTACT: limit::Rule =
    limit::Rule { setting: "limit.account_code_per_contact", window: SignedDuration::from_hours(1) };

/// What a transaction decided. It commits either way: a refusal too leaves a count, an attempt, a trace.
pub(crate) type Decided<T> = Result<T, Problem>;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    /// The six digits from the message.
    #[schema(example = "123456")]
    code: String,
}

impl Confirmation {
    pub(crate) fn parse(&self) -> Result<OneTimeCode, Problem> {
        one_time_code::parse(&self.code).map_err(|error| Problem::validation(vec![error]))
    }
}

/// A code that was sent and waits for its answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountCodeView {
    account_code_id: String,
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

/// A code that was kept, and is to be sent.
pub(crate) struct Asked {
    pub(crate) view: AccountCodeView,
    pub(crate) contact: Contact,
    pub(crate) code: OneTimeCode,
}

/// Keeps a code for the purpose that `contact` is to prove.
pub(crate) fn ask(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    account: &LinkedAccount,
    purpose: &Purpose,
    contact: Contact,
) -> Result<Asked, Problem> {
    let settings = Settings::at(tx, env.now())?;
    count(tx, env, &settings, actor, purpose)?;
    let attempts = settings.get("link.code_attempts")?;
    let expires_at = env.now() + SignedDuration::from_mins(settings.get("link.code_minutes")?);
    let (account_code_id, code) = (fresh_id(env), one_time_code::fresh(env));
    let new = NewAccountCode {
        account_code_id: &account_code_id,
        account_link_id: &account.account_link_id,
        purpose,
        channel: contact.channel(),
        code_hash: &code.hash(&account_code_id),
        attempts,
        expires_at,
    };
    homes::add_code(tx, env.now(), &new)?;
    let view = AccountCodeView {
        account_code_id,
        channel: contact.channel(),
        masked_contact: contact.masked(),
        expires_at: format!("{expires_at:.3}"),
        attempts_left: attempts,
    };
    Ok(Asked { view, contact, code })
}

/// Each purpose counts for itself: whoever adds contacts all day can still leave. A code to unlink goes to the person's
/// own contact; one that is to confirm a contact goes wherever the person says, and so do those of other persons.
fn count(tx: &Tx<'_>, env: &Env, settings: &Settings, actor: &Actor, purpose: &Purpose) -> Result<(), Problem> {
    let person_id = &actor.person_id;
    limit::count(tx, env, settings, PER_PERSON, &format!("{} {person_id}", purpose.as_str()))?;
    match purpose {
        Purpose::Contact(contact) => limit::count_shared(tx, env, settings, PER_CONTACT, contact.as_str(), person_id),
        Purpose::Unlink => Ok(()),
    }
}

/// What the code has done.
#[derive(Serialize, ToSchema)]
pub(crate) struct CodeAnswered {
    /// `contact` or `unlink`.
    #[schema(example = "contact")]
    purpose: &'static str,
    /// The account as it is now; null where it has left the list.
    account: Option<AccountView>,
}

/// Answer a code about a linked account; repeating the right one gives the same answer
#[utoipa::path(
    post, path = "/api/homes/account-codes/{account_code_id}/confirm", operation_id = "confirm_account_code",
    tag = "homes", security(("session" = [])), params(("account_code_id" = String, Path)),
    request_body = Confirmation,
    responses(
        (status = 200, body = CodeAnswered),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, wrong-code, code-expired, code-spent, not-found, consent-withdrawn"),
    )
)]
pub(crate) async fn confirm(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(account_code_id): Path<String>,
    Body { value: input, .. }: Body<Confirmation>,
) -> Result<Reply<CodeAnswered>, Problem> {
    actor.may(Action::ChangeAccount, Relation::Own)?;
    let code = input.parse()?;
    let by = By { env: &env, actor: &actor, client: &client, account_code_id: &account_code_id };
    env.db().write(|tx| by.answer(tx, &code))?.map(Reply::ok)
}

/// Who answers which code.
struct By<'a> {
    env: &'a Env,
    actor: &'a Actor,
    client: &'a Client,
    account_code_id: &'a str,
}

impl By<'_> {
    fn answer(&self, tx: &Tx<'_>, code: &OneTimeCode) -> Result<Decided<CodeAnswered>, Problem> {
        let kept = homes::code(tx, &self.actor.person_id, self.account_code_id)?.ok_or_else(Problem::not_found)?;
        if kept.is_used && code.matches(self.account_code_id, &kept.code_hash) {
            return self.done(tx, &kept).map(Ok);
        }
        if kept.is_ended {
            return Ok(Err(problem::code_spent()));
        }
        match self.challenge(&kept).answer(code, self.env.now()) {
            Answer::Right => self.act(tx, &kept).map(Ok),
            Answer::Wrong { attempts_left } => self.refuse(tx, &kept, attempts_left),
            Answer::Expired => Ok(Err(problem::code_expired())),
            Answer::Spent => Ok(Err(problem::code_spent())),
        }
    }

    fn challenge<'a>(&'a self, kept: &'a AccountCode) -> Challenge<'a> {
        Challenge {
            request_id: self.account_code_id,
            code_hash: &kept.code_hash,
            attempts_left: kept.attempts_left,
            expires_at: kept.expires_at,
            is_used: kept.is_used,
        }
    }

    fn act(&self, tx: &Tx<'_>, kept: &AccountCode) -> Result<CodeAnswered, Problem> {
        let now = self.env.now();
        let account = homes::linked_account(tx, &self.actor.person_id, &kept.account_id)?;
        let LinkedAccount { number, address, .. } = account.ok_or_else(problem::code_spent)?;
        homes::mark_code_used(tx, now, self.account_code_id)?;
        let event = match &kept.purpose {
            Purpose::Contact(contact) => {
                consent::require(tx, self.actor)?;
                preferences::set_contact(tx, &kept.account_link_id, contact)?;
                let fields = [("channel", contact.channel()), ("to", contact.as_str())];
                self.note(tx, "account.contact-confirm", kept, &fields)?;
                Event::AccountContactConfirmed { address, masked_contact: contact.masked() }
            }
            Purpose::Unlink => {
                preferences::unlink(tx, now, &kept.account_link_id)?;
                self.note(tx, "account.unlink", kept, &[("link", &kept.account_link_id)])?;
                Event::AccountUnlinked { number, address }
            }
        };
        events::emit(tx, now, &self.actor.person_id, &event)?;
        self.done(tx, kept)
    }

    fn done(&self, tx: &Tx<'_>, kept: &AccountCode) -> Result<CodeAnswered, Problem> {
        let account = match kept.purpose {
            Purpose::Contact(_) => homes::linked_account(tx, &self.actor.person_id, &kept.account_id)?,
            Purpose::Unlink => None,
        };
        Ok(CodeAnswered { purpose: kept.purpose.as_str(), account: account.map(AccountView::from) })
    }

    fn refuse(&self, tx: &Tx<'_>, kept: &AccountCode, attempts_left: u32) -> Result<Decided<CodeAnswered>, Problem> {
        homes::spend_code_attempt(tx, self.account_code_id)?;
        let fields = [("purpose", kept.purpose.as_str()), ("attempts_left", &attempts_left.to_string())];
        self.note(tx, "account.code-refuse", kept, &fields)?;
        Ok(Err(problem::wrong_code(attempts_left)))
    }

    fn note(&self, tx: &Tx<'_>, action: &str, kept: &AccountCode, fields: &[(&str, &str)]) -> Result<(), Problem> {
        let object = format!("account:{}", kept.account_id);
        Ok(audit::record(tx, self.env, self.actor, self.client, action, &object, fields)?)
    }
}
