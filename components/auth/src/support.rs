//! The support lets a person in again who is locked out, and stops a sign-in that a stranger may use.

use axum::extract::State;
use domain::{
    access::{Action, Role},
    confirmation::Operation,
    contact::Identifier,
    look::{Reason, ReasonError, WordsError},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    events::{self, Event},
    former_contacts::{self, Former},
    grants,
    persons::{self, Profile, sessions},
    second_factors,
    settings::Settings,
    sign_in_blocks,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, FieldError, Path, Problem, Reply, Slug, audit,
    confirmation::Confirmation,
    limit::{self, Rule},
};

use crate::{
    blocks::block_for,
    contacts::former_over,
    letting_in::{self, HelpReason, Helper, LettingIn},
    link_denials::{self, LinkDenial},
    locks,
    profile::{masked_email, masked_phone},
    registrations::parse_contact,
    sessions::end_for,
    sign_in::key,
    waiting_helps::{HelpQuestion, open_question},
};

pub(crate) const PER_PERSON: Rule = Rule { setting: "limit.support_per_person", window: SignedDuration::from_hours(1) };
/// In what role it is done: the person reads it beside the name.
pub(crate) const ROLE: (&str, &str) = ("role", Role::Support.as_str());

const LET_IN_BY_ADMINS: &str = "Этот человек — сотрудник. Его впускают двое администраторов, на странице «Сотрудники».";
const BLOCKED_BY_AN_ADMIN: &str =
    "Этот человек — сотрудник. Его вход останавливает администратор, на странице «Сотрудники».";

/// A search. It is a `POST`, so that no phone stands in an address that logs keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Search {
    /// Login, phone or e-mail, whole.
    #[schema(example = "anna")]
    identifier: String,
    /// What the look is for: the person reads it in the journal. `sign-in-help`, `enquiry`, `security`, `authority` or
    /// `other`.
    #[schema(example = "sign-in-help")]
    purpose: String,
    /// The reason in one's own words, up to 500 characters; `other` needs them.
    #[serde(default)]
    words: String,
}

impl Search {
    fn parse(&self) -> Result<(Identifier, Reason), Problem> {
        let identifier = Identifier::parse(&self.identifier)
            .map_err(|_| FieldError::new("/identifier", "Введите логин, телефон или почту целиком."));
        let reason = Reason::parse(&self.purpose, &self.words).map_err(|error| match error {
            ReasonError::UnknownPurpose => FieldError::new("/purpose", "Выберите из списка, зачем вы ищете человека."),
            ReasonError::Words(WordsError::Missing) => FieldError::new("/words", "Напишите причину: хотя бы 3 знака."),
            ReasonError::Words(WordsError::Long) => FieldError::new("/words", "Напишите короче: до 500 знаков."),
        });
        match (identifier, reason) {
            (Ok(identifier), Ok(reason)) => Ok((identifier, reason)),
            (identifier, reason) => {
                Err(Problem::validation(identifier.err().into_iter().chain(reason.err()).collect()))
            }
        }
    }
}

/// As much of a person as the support needs to know whom it speaks with.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundPerson {
    person_id: String,
    name: String,
    masked_phone: Option<String>,
    /// Whether the phone gets no code until the person proves it again.
    is_phone_unproved: bool,
    masked_email: Option<String>,
    /// Whether the e-mail gets no code until the person proves it again.
    is_email_unproved: bool,
    /// What was the phone or the e-mail until somebody, perhaps a stranger, put another one there; the last one first.
    masked_former_contacts: Vec<FormerContact>,
    /// Whether the search named one of those: whoever calls from there may be the owner whose contact a stranger replaced,
    /// or somebody who got the number since.
    found_by_former: bool,
    /// Since when sign-in is locked on some device or under some name; null where it is open.
    #[schema(format = DateTime)]
    locked_since: Option<String>,
    /// What keeps the person out until it is sure who that is; null where nothing does.
    block: Option<BlockView>,
    /// Whether the password alone opens nothing: who lost the rest is let in by two of the support.
    has_second_factor: bool,
    /// Who has to act so that the person is let in again by a link of two: `anybody` asks first, `another` than the one
    /// who asked agrees, `me` agrees, `person` opens the link, `admin`: the person works here.
    #[schema(example = "another")]
    waits_for: &'static str,
    /// Who asked to let the person in, where another one has to agree; null otherwise.
    question: Option<HelpQuestion>,
    /// By whose word the last link of two was denied; null where none was in the last days.
    denial: Option<LinkDenial>,
    /// In how many places the person is signed in; of those that idled out some may count still.
    sessions: u32,
}

/// A contact that is the person's no more.
#[derive(Serialize, ToSchema)]
pub(crate) struct FormerContact {
    /// All but its ends hidden.
    #[schema(example = "+7********15")]
    masked_contact: String,
    #[schema(format = DateTime)]
    replaced_at: String,
}

/// A block of somebody's sign-in.
#[derive(Serialize, ToSchema)]
pub(crate) struct BlockView {
    /// `not-me` (where there is a contact, recovery by a code lifts it), `lost-device`, `not-my-contact` or `asked-support`.
    #[schema(example = "lost-device")]
    cause: &'static str,
    #[schema(format = DateTime)]
    since: String,
}

/// Find one person by the whole login, phone or e-mail; the look and its purpose are noted in the person's journal
#[utoipa::path(
    post, path = "/api/auth/support/searches", tag = "auth", security(("session" = [])), request_body = Search,
    responses(
        (status = 200, body = FoundPerson),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, rate-limited"),
    )
)]
pub(crate) async fn search(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: input, .. }: Body<Search>,
) -> Result<Reply<FoundPerson>, Problem> {
    actor.reach(Action::UnlockSignIn)?;
    let (identifier, reason) = input.parse()?;
    let found = env.db().write(|tx| look(tx, &env, &actor, &client, &identifier, &reason))??;
    Ok(Reply::ok(found))
}

/// It commits either way: a search that found nobody is counted too.
fn look(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    identifier: &Identifier,
    reason: &Reason,
) -> Result<Result<FoundPerson, Problem>, Problem> {
    limit::count(tx, env, &Settings::at(tx, env.now())?, PER_PERSON, &actor.person_id)?;
    let Some((profile, found_by_former)) = named(tx, env, actor, identifier)? else {
        let detail = "Такого логина, телефона или почты ни у кого из ваших жителей и сотрудников нет. Проверьте каждую \
                      букву и цифру. Если человек ещё не привязал счёт, ему поможет поддержка всего портала.";
        return Ok(Err(Problem::new(Slug::NotFound, detail)));
    };
    let fields = [ROLE, ("purpose", reason.purpose.as_str()), ("words", &reason.words)];
    audit::record(tx, env, actor, client, "sign-in.look", &object(&profile.person_id), &fields)?;
    Ok(Ok(FoundPerson { found_by_former, ..found(tx, env, actor, profile)? }))
}

/// Whom it names now; where it names nobody, whose contact it was until it was replaced, and that it was: a stranger may
/// have done that.
fn named(conn: &Conn<'_>, env: &Env, actor: &Actor, identifier: &Identifier) -> store::Result<Option<(Profile, bool)>> {
    if let Some(known) = persons::credentials(conn, key(identifier))? {
        return Ok(within_reach(conn, actor, &known.person_id)?.map(|person| (person, false)));
    }
    let former = former_contacts::persons(conn, former_over(conn, env)?, identifier.as_str())?;
    let reached = former.iter().map(|person_id| within_reach(conn, actor, person_id));
    let first = reached.filter_map(Result::transpose).next().transpose()?;
    Ok(first.map(|person| (person, true)))
}

/// The person, where whoever asks may help: somebody else's people are answered for like those who are not there.
pub(crate) fn within_reach(conn: &Conn<'_>, actor: &Actor, person_id: &str) -> store::Result<Option<Profile>> {
    let is_within = actor.reaches_person(Action::UnlockSignIn, &grants::whereabouts(conn, person_id)?);
    Ok(persons::profile(conn, person_id)?.filter(|_| is_within))
}

fn profile(conn: &Conn<'_>, actor: &Actor, person_id: &str) -> Result<Profile, Problem> {
    within_reach(conn, actor, person_id)?.ok_or_else(Problem::not_found)
}

pub(crate) fn found(conn: &Conn<'_>, env: &Env, actor: &Actor, profile: Profile) -> Result<FoundPerson, Problem> {
    let locked_since = locks::locked_since(conn, env, &profile)?;
    let block = sign_in_blocks::of_person(conn, &profile.person_id)?;
    let enrolled = second_factors::enrolled(conn, &profile.person_id)?;
    let former = former_contacts::of_person(conn, former_over(conn, env)?, &profile.person_id)?;
    let waits_for = match grants::is_staff(conn, &profile.person_id)? {
        true => "admin",
        false => letting_in::waits_for(conn, env, actor, &profile)?,
    };
    Ok(FoundPerson {
        question: open_question(conn, env, &profile.person_id)?,
        denial: link_denials::last(conn, env, &profile)?,
        sessions: sessions::count_open(conn, env.now(), &profile.person_id)?,
        masked_phone: masked_phone(&profile),
        is_phone_unproved: profile.phone_unproved_since.is_some(),
        masked_email: masked_email(&profile),
        is_email_unproved: profile.email_unproved_since.is_some(),
        found_by_former: false,
        masked_former_contacts: former.into_iter().filter_map(FormerContact::of).collect(),
        person_id: profile.person_id,
        name: profile.name,
        locked_since: locked_since.map(|since| format!("{since:.3}")),
        has_second_factor: enrolled.is_on(),
        block: block.map(|block| BlockView { cause: block.cause.as_str(), since: format!("{:.3}", block.blocked_at) }),
        waits_for,
    })
}

impl FormerContact {
    fn of(former: Former) -> Option<Self> {
        let masked_contact = parse_contact(&former.contact).ok()?.masked();
        Some(Self { masked_contact, replaced_at: format!("{:.3}", former.replaced_at) })
    }
}

pub(crate) fn object(person_id: &str) -> String {
    format!("person:{person_id}")
}

/// Let a person in again on every device; the person gets a notice
#[utoipa::path(
    post, path = "/api/auth/support/persons/{person_id}/unlock", tag = "auth", security(("session" = [])),
    params(("person_id" = String, Path)), request_body = HelpReason,
    responses(
        (status = 200, body = FoundPerson),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn unlock(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(person_id): Path<String>,
    Body { value: input, .. }: Body<HelpReason>,
) -> Result<Reply<FoundPerson>, Problem> {
    actor.reach(Action::UnlockSignIn)?;
    let reason = input.parse()?;
    let found = env.db().write(|tx| open(tx, &env, &actor, &client, &person_id, reason))?;
    Ok(Reply::ok(found))
}

/// Where nothing is locked nothing is done: a second press of the button is no second act.
fn open(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    person_id: &str,
    reason: &str,
) -> Result<FoundPerson, Problem> {
    let person = profile(tx, actor, person_id)?;
    if locks::locked_since(tx, env, &person)?.is_some() {
        locks::clear(tx, env, &person)?;
        audit::record(tx, env, actor, client, "sign-in.unlock", &object(person_id), &[ROLE, ("reason", reason)])?;
        events::emit(tx, env.now(), person_id, &Event::SignInUnlocked)?;
    }
    found(tx, env, actor, person)
}

/// End all sessions of a person whose device may be in wrong hands; the person gets a notice
#[utoipa::path(
    post, path = "/api/auth/support/persons/{person_id}/sign-out", operation_id = "sign_person_out", tag = "auth",
    security(("session" = [])), params(("person_id" = String, Path)), request_body = HelpReason,
    responses(
        (status = 200, body = FoundPerson),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn sign_out(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(person_id): Path<String>,
    Body { value: input, .. }: Body<HelpReason>,
) -> Result<Reply<FoundPerson>, Problem> {
    actor.reach(Action::UnlockSignIn)?;
    let reason = input.parse()?;
    let found = env.db().write(|tx| {
        let person = profile(tx, &actor, &person_id)?;
        end_for(tx, &env, &actor, &client, &person_id, &[ROLE, ("reason", reason)])?;
        found(tx, &env, &actor, person)
    })?;
    Ok(Reply::ok(found))
}

/// Let a person in again who cannot come in alone: one of the support asks, another one agrees and gets the link for the person. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/support/persons/{person_id}/unblock", operation_id = "unblock_person", tag = "auth",
    security(("session" = [])),
    params(
        ("person_id" = String, Path),
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    request_body = HelpReason,
    responses(
        (status = 200, body = LettingIn),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn unblock(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(person_id): Path<String>,
    Body { value: input, bytes }: Body<HelpReason>,
) -> Result<Reply<LettingIn>, Problem> {
    actor.reach(Action::UnlockSignIn)?;
    let reason = input.parse()?;
    env.db().read(|conn| helped(conn, &actor, &person_id, LET_IN_BY_ADMINS))?;
    let confirmed = confirmation.named(&env, &actor, Operation::LetIn, &bytes)?;
    let helper = Helper { env: &env, actor: &actor, client: &client, role: ROLE };
    let approved = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        helper.approve(tx, &helped(tx, &actor, &person_id, LET_IN_BY_ADMINS)?, reason)
    })?;
    approved.answer(&env).await
}

/// Stop the sign-in of a person who called and said that somebody else may use it: all sessions end, and only two of the support let in again. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/support/persons/{person_id}/block", operation_id = "block_person", tag = "auth",
    security(("session" = [])),
    params(
        ("person_id" = String, Path),
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    request_body = HelpReason,
    responses(
        (status = 200, body = FoundPerson),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn block(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(person_id): Path<String>,
    Body { value: input, bytes }: Body<HelpReason>,
) -> Result<Reply<FoundPerson>, Problem> {
    actor.reach(Action::UnlockSignIn)?;
    let reason = input.parse()?;
    env.db().read(|conn| helped(conn, &actor, &person_id, BLOCKED_BY_AN_ADMIN))?;
    let confirmed = confirmation.named(&env, &actor, Operation::StopSignIn, &bytes)?;
    let (found, letters) = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        let person = helped(tx, &actor, &person_id, BLOCKED_BY_AN_ADMIN)?;
        let letters = block_for(tx, &env, &actor, &client, &person_id, &[ROLE, ("reason", reason)])?;
        Ok::<_, Problem>((found(tx, &env, &actor, person)?, letters))
    })?;
    for letter in letters {
        letter.send(&env).await?;
    }
    Ok(Reply::ok(found))
}

/// Whose sign-in opens a work is helped by those who give that work; `otherwise` tells so.
fn helped(conn: &Conn<'_>, actor: &Actor, person_id: &str, otherwise: &str) -> Result<Profile, Problem> {
    let person = profile(conn, actor, person_id)?;
    if grants::is_staff(conn, person_id)? {
        return Err(Problem::new(Slug::Forbidden, otherwise));
    }
    Ok(person)
}
