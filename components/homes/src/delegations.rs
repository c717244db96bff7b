//! Trusted persons (function 20): an owner or tenant lets another person do chosen things for chosen accounts until a day.
//!
//! The delegate is reached by a link that is taken once. A phone or e-mail only says where the portal sends it: nothing
//! tells whether somebody is registered by it.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    contact::Contact,
    delegation::{Power, UntilError, check_until},
    invitation::InvitationToken,
    person_name::PersonName,
};
use http::StatusCode;
use jiff::{SignedDuration, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    events::{self, Event},
    homes::{self, Delegation, Ended, NewDelegation},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, FieldError, Path, Problem, Reply, Slug, audit,
    confirmation::Confirmation,
    consent, fresh_id, gateway, level,
    limit::{self, Rule},
};

use crate::settings::parse_contact;

const PER_PERSON: Rule = Rule { setting: "limit.delegation_per_person", window: SignedDuration::from_hours(24) };
/// More than anybody has.
const ACCOUNTS_MAX: usize = 50;

/// What is let to whom.
#[derive(Serialize, ToSchema)]
pub(crate) struct DelegationList {
    /// What I let others do.
    granted: Vec<GrantedView>,
    /// What others let me do.
    held: Vec<HeldView>,
}

/// What I let another person do.
#[derive(Serialize, ToSchema)]
pub(crate) struct GrantedView {
    delegation_id: String,
    /// What I call the delegate.
    #[schema(example = "Сын Пётр")]
    name: String,
    /// `see-readings`, `submit-readings`.
    powers: Vec<String>,
    /// The last day.
    #[schema(format = Date)]
    until: String,
    /// House and flat of each account.
    addresses: Vec<String>,
    /// What whoever took the link is called on the portal; null while nobody has.
    #[schema(example = "Пётр")]
    taken_by: Option<String>,
    #[schema(format = DateTime)]
    taken_at: Option<String>,
    /// The last day on which the delegate looked at my data.
    #[schema(format = Date)]
    looked_on: Option<String>,
    /// The link is over then.
    #[schema(format = DateTime)]
    take_by: String,
}

/// What another person lets me do.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldView {
    delegation_id: String,
    /// Whose accounts they are.
    #[schema(example = "Анна Сергеевна")]
    granted_by: String,
    /// `see-readings`, `submit-readings`.
    powers: Vec<String>,
    /// The last day.
    #[schema(format = Date)]
    until: String,
    /// House and flat of each account.
    addresses: Vec<String>,
}

impl From<Delegation> for GrantedView {
    fn from(one: Delegation) -> Self {
        let (taken_by, taken_at) = one.taken_by.unzip();
        Self {
            delegation_id: one.delegation_id,
            name: one.name,
            powers: one.powers,
            until: one.until.to_string(),
            addresses: one.addresses,
            taken_by,
            taken_at: taken_at.map(|at| format!("{at:.3}")),
            looked_on: one.looked_on.map(|day| day.to_string()),
            take_by: format!("{:.3}", one.take_by),
        }
    }
}

impl From<Delegation> for HeldView {
    fn from(one: Delegation) -> Self {
        Self {
            delegation_id: one.delegation_id,
            granted_by: one.granter_name,
            powers: one.powers,
            until: one.until.to_string(),
            addresses: one.addresses,
        }
    }
}

/// What I let others do, and others let me do
#[utoipa::path(
    get, path = "/api/homes/delegations", operation_id = "list_delegations", tag = "homes", security(("session" = [])),
    responses(
        (status = 200, body = DelegationList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<DelegationList>, Problem> {
    actor.may(Action::ManageDelegations, Relation::Own)?;
    Ok(Reply::ok(env.db().read(|conn| listed(conn, &env, &actor))?))
}

fn listed(conn: &Conn<'_>, env: &Env, actor: &Actor) -> store::Result<DelegationList> {
    let granted = homes::granted(conn, &actor.person_id, env.day())?;
    let held = homes::held(conn, &actor.person_id, env.day())?;
    Ok(DelegationList {
        granted: granted.into_iter().map(GrantedView::from).collect(),
        held: held.into_iter().map(HeldView::from).collect(),
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// What I call the delegate: 1 to 100 characters.
    #[schema(example = "Сын Пётр")]
    name: String,
    /// Of my accounts.
    account_ids: Vec<String>,
    /// `see-readings`, `submit-readings`.
    #[schema(example = json!(["see-readings", "submit-readings"]))]
    powers: Vec<String>,
    /// The last day, at most a year ahead.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// A phone or an e-mail that the link goes to. Left out, the answer has the link, and I hand it over myself.
    #[serde(default)]
    contact: Option<String>,
}

/// A wish that may be granted.
struct Grant {
    name: PersonName,
    account_ids: Vec<String>,
    powers: Vec<Power>,
    until: Date,
    contact: Option<Contact>,
}

impl Wish {
    fn parse(self, env: &Env, settings: &Settings) -> Result<Grant, Problem> {
        let mut errors = Vec::new();
        let name = PersonName::parse(&self.name);
        if name.is_err() {
            errors.push(FieldError::new("/name", "Напишите, кому вы доверяете, например: Сын Пётр."));
        }
        if !(1..=ACCOUNTS_MAX).contains(&self.account_ids.len()) {
            errors.push(FieldError::new("/account_ids", "Выберите хотя бы один счёт."));
        }
        let powers: Option<Vec<_>> = self.powers.iter().map(|name| Power::parse(name)).collect();
        let powers = powers.filter(|powers| !powers.is_empty());
        if powers.is_none() {
            errors.push(FieldError::new("/powers", "Отметьте, что вы доверяете: смотреть показания, передавать их."));
        }
        errors.extend(until_error(self.until, env, settings)?);
        let contact = self.contact.as_deref().map(parse_contact).transpose()?;
        match (name, powers) {
            (Ok(name), Some(powers)) if errors.is_empty() => {
                let mut account_ids = self.account_ids;
                account_ids.sort_unstable();
                account_ids.dedup();
                Ok(Grant { name, account_ids, powers, until: self.until, contact })
            }
            _ => Err(Problem::validation(errors)),
        }
    }
}

fn until_error(until: Date, env: &Env, settings: &Settings) -> store::Result<Option<FieldError>> {
    let detail = match check_until(until, env.day(), settings.get("delegation.days_max")?) {
        Ok(()) => return Ok(None),
        Err(UntilError::Past) => "Этот день уже прошёл: выберите сегодня или позже.",
        Err(UntilError::TooFar) => "Доверить можно не дольше чем на год. Потом продлите.",
    };
    Ok(Some(FieldError::new("/until", detail)))
}

/// A delegation that waits for its delegate.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewDelegationView {
    delegation_id: String,
    /// For the delegate alone: it is shown once. Null where it was sent.
    #[schema(example = "http://127.0.0.1:3000/delegation#…")]
    link: Option<String>,
    /// The link is over then.
    #[schema(format = DateTime)]
    take_by: String,
}

/// Let another person do something for my accounts: whoever takes the link, once. To be confirmed
#[utoipa::path(
    post, path = "/api/homes/delegations", operation_id = "delegate", tag = "homes", security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    request_body = Wish,
    responses(
        (status = 201, body = NewDelegationView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, level-too-low, validation, not-found, consent-withdrawn, \
                        confirmation-required, confirmation-stale, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "gateway-unavailable"),
    )
)]
pub(crate) async fn grant(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Body { value: wish, bytes }: Body<Wish>,
) -> Result<Reply<NewDelegationView>, Problem> {
    actor.may(Action::Delegate, Relation::Own)?;
    let settings = env.db().read(|conn| {
        let settings = Settings::at(conn, env.now())?;
        level::require(conn, &env, &settings, &actor.person_id, Action::Delegate)?;
        Ok::<_, Problem>(settings)
    })?;
    let grant = wish.parse(&env, &settings)?;
    let confirmed = confirmation.named(&env, &actor, Operation::Delegate, &bytes)?;
    let token = InvitationToken::from_random(env.random());
    let view = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        consent::require(tx, &actor)?;
        limit::count(tx, &env, &settings, PER_PERSON, &actor.person_id)?;
        keep(tx, &env, &actor, &client, &settings, &grant, &token)
    })?;
    let link = format!("{}/delegation#{}", env.public_origin()?, token.expose());
    let Some(contact) = &grant.contact else {
        return Ok(Reply::created(NewDelegationView { link: Some(link), ..view }));
    };
    let text = format!("Мой дом: вам доверяют лицевой счёт. Примите или откажитесь: {link}");
    gateway::send(&env, contact, "Вам доверяют лицевой счёт", &text).await?;
    Ok(Reply::created(view))
}

fn keep(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    settings: &Settings,
    grant: &Grant,
    token: &InvitationToken,
) -> Result<NewDelegationView, Problem> {
    let take_days: i64 = settings.get("delegation.take_days")?;
    let (delegation_id, take_by) = (fresh_id(env), env.now() + SignedDuration::from_hours(24 * take_days));
    let new = NewDelegation {
        delegation_id: &delegation_id,
        granted_by: &actor.person_id,
        token_hash: &token.hash(),
        name: grant.name.as_str(),
        powers: &grant.powers,
        until: grant.until,
        take_by,
        account_ids: &grant.account_ids,
    };
    if homes::add_delegation(tx, env.now(), &new)? < grant.account_ids.len() {
        return Err(Problem::not_found());
    }
    let powers: Vec<_> = grant.powers.iter().map(|power| power.as_str()).collect();
    let (powers, until) = (powers.join(" "), grant.until.to_string());
    let fields = [("delegate_name", grant.name.as_str()), ("powers", &powers), ("until", &until)];
    audit::record(tx, env, actor, client, "delegation.grant", &format!("delegation:{delegation_id}"), &fields)?;
    let event = Event::DelegationGranted { name: grant.name.as_str().to_owned(), until };
    events::emit(tx, env.now(), &actor.person_id, &event)?;
    Ok(NewDelegationView { delegation_id, link: None, take_by: format!("{take_by:.3}") })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DelegationLink {
    /// What stands after `#` in the link.
    token: String,
}

impl DelegationLink {
    fn hash(&self) -> Result<String, Problem> {
        InvitationToken::parse(self.token.trim()).map(|token| token.hash()).map_err(|_| gone())
    }
}

fn gone() -> Problem {
    let detail = "Эта ссылка не действует: её уже приняли, отозвали, её срок прошёл, или тот, кто её прислал, больше не \
                  может доверить счёт. Попросите его прислать новую.";
    Problem::new(Slug::NotFound, detail)
}

/// What a link offers, while whoever made it still may: the level is asked for again, as for what is made now.
fn offered(conn: &Conn<'_>, env: &Env, token_hash: &str) -> Result<Delegation, Problem> {
    let offered = homes::offered(conn, env.now(), token_hash)?.ok_or_else(gone)?;
    let settings = Settings::at(conn, env.now())?;
    match level::is_enough(conn, env, &settings, &offered.granted_by, Action::Delegate)? {
        true => Ok(offered),
        false => Err(gone()),
    }
}

/// What a link would let me do; looking does not take it
#[utoipa::path(
    post, path = "/api/homes/delegations/view", operation_id = "view_delegation", tag = "homes",
    security(("session" = [])), request_body = DelegationLink,
    responses(
        (status = 200, body = HeldView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn view(
    State(env): State<Env>,
    actor: Actor,
    Body { value: link, .. }: Body<DelegationLink>,
) -> Result<Reply<HeldView>, Problem> {
    actor.may(Action::TakeDelegation, Relation::None)?;
    let token_hash = link.hash()?;
    Ok(Reply::ok(env.db().read(|conn| offered(conn, &env, &token_hash))?.into()))
}

/// Take what a link lets me do; of all who have the link a single one gets it
#[utoipa::path(
    post, path = "/api/homes/delegations/take", operation_id = "take_delegation", tag = "homes",
    security(("session" = [])), request_body = DelegationLink,
    responses(
        (status = 201, body = DelegationList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, consent-withdrawn"),
    )
)]
pub(crate) async fn take(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: link, .. }: Body<DelegationLink>,
) -> Result<Reply<DelegationList>, Problem> {
    actor.may(Action::TakeDelegation, Relation::None)?;
    let token_hash = link.hash()?;
    let list = env.db().write(|tx| {
        consent::require(tx, &actor)?;
        let offered = offered(tx, &env, &token_hash)?;
        if !homes::take(tx, env.now(), &token_hash, &actor.person_id)? {
            return Err(gone());
        }
        let object = format!("person:{}", offered.granted_by);
        audit::record(tx, &env, &actor, &client, "delegation.take", &object, &[("delegate", &offered.name)])?;
        events::emit(tx, env.now(), &offered.granted_by, &Event::DelegationTaken { name: offered.name })?;
        Ok::<_, Problem>(listed(tx, &env, &actor)?)
    })?;
    Ok(Reply::created(list))
}

/// Take back what I let another person do, or give up what another person lets me do: it ends at once
#[utoipa::path(
    delete, path = "/api/homes/delegations/{delegation_id}", operation_id = "end_delegation", tag = "homes",
    security(("session" = [])), params(("delegation_id" = String, Path)),
    responses(
        (status = 204, description = "Nothing is let any more"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn end(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(delegation_id): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageDelegations, Relation::Own)?;
    env.db().write(|tx| {
        let ended = homes::end_delegation(tx, env.now(), &delegation_id, &actor.person_id)?;
        let Ended { granted_by, delegate, name } = ended.ok_or_else(Problem::not_found)?;
        let is_granter = granted_by == actor.person_id;
        let field = if is_granter { "delegate_name" } else { "delegate" };
        let object = format!("person:{granted_by}");
        audit::record(tx, &env, &actor, &client, "delegation.end", &object, &[(field, &name)])?;
        let other = if is_granter { delegate } else { Some(granted_by) };
        let Some(other) = other else { return Ok(()) };
        Ok::<_, Problem>(events::emit(tx, env.now(), &other, &Event::DelegationEnded)?)
    })?;
    Ok(StatusCode::NO_CONTENT)
}
