//! The sign-in form.

use axum::{extract::State, response::IntoResponse};
use domain::{contact::Identifier, password_policy::BYTES_MAX, sign_in_name::SignInName, user_agent};
use http::HeaderMap;
use jiff::SignedDuration;
use serde::Deserialize;
use store::{
    Conn, Tx, audit,
    persons::{self, Credentials, Key},
    settings::Settings,
    sign_in_locks,
    snils::Hashes,
};
use utoipa::ToSchema;
use web::{
    Body, Client, Env, FieldError, Problem, Slug,
    limit::{self, Rule},
};

use crate::{
    codes::Decided,
    locks::{self, Failures},
    opening::{Device, Opened, Person},
    password::{self, Asker, Slot},
    second_factor,
    second_stage::{FirstStep, second_stage},
    sessions::SessionView,
};

const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Failures alone are counted: a whole mobile network may share an address, and it signs in all day. Of a device that the
/// person never used those of its address count too.
const PER_DEVICE: Rule = Rule { setting: "limit.sign_in_per_device", window: WINDOW };
const PER_ADDRESS: Rule = Rule { setting: "limit.sign_in_per_address", window: WINDOW };

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// Login, phone, e-mail, or the confirmed СНИЛС.
    #[schema(example = "anna")]
    identifier: String,
    #[schema(example = "moydom-demo-2026")]
    password: String,
}

/// Sign in with login, phone, e-mail or confirmed СНИЛС and password
#[utoipa::path(
    post, path = "/api/auth/sign-in", tag = "auth", request_body = SignIn,
    responses(
        (status = 200, body = SessionView, headers(("set-cookie" = String, description = "The session"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "wrong-credentials, second-factor-required, sign-in-locked, validation, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json", description = "busy"),
    )
)]
pub(crate) async fn sign_in(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
    Body { value: input, .. }: Body<SignIn>,
) -> Result<impl IntoResponse, Problem> {
    let typed = Typed::of(&env, check(&input)?)?;
    let device = Device::of(&env, &client);
    let settings = env.settings()?;
    let by = By { env: &env, settings: &settings, client: &client, device: &device, typed: &typed };
    let attempt = env.db().read(|conn| by.attempt(conn))?;
    let begin = || env.db().write(|tx| attempt.begin(tx));
    let asker = attempt.limits.asker();
    let counted = password::in_turn(&env, &settings, asker, begin).await??;
    let started = env.now();
    let is_right = attempt.is_right(&counted.slot, &input.password);
    let renewed_hash = if is_right { attempt.renewed_hash(&counted.slot, &input.password) } else { None };
    if !is_right {
        asker.rest(&env, started).await;
    }
    let opened = env.db().write(|tx| attempt.finish(tx, counted, is_right, renewed_hash.as_deref()))??;
    opened.answer(&env, &client, &device, &headers).await
}

fn check(input: &SignIn) -> Result<SignInName, Problem> {
    let mut errors = Vec::new();
    let name = SignInName::parse(&input.identifier);
    if name.is_none() {
        errors.push(FieldError::new("/identifier", "Введите логин, телефон или почту, указанные при регистрации."));
    }
    if input.password.is_empty() || input.password.len() > BYTES_MAX {
        errors.push(FieldError::new("/password", "Введите пароль."));
    }
    name.filter(|_| errors.is_empty()).ok_or_else(|| Problem::validation(errors))
}

/// What an identifier is looked up by.
pub(crate) fn key(identifier: &Identifier) -> Key<'_> {
    match identifier {
        Identifier::Login(login) => Key::Login(login.as_str()),
        Identifier::Phone(phone) => Key::Phone(phone.as_str()),
        Identifier::Email(email) => Key::Email(email.as_str()),
    }
}

/// What was typed, as it is looked up and counted.
enum Typed {
    Own(Identifier),
    /// By hashes alone.
    Snils(Hashes),
}

impl Typed {
    fn of(env: &Env, name: SignInName) -> Result<Self, Problem> {
        Ok(match name {
            SignInName::Own(identifier) => Self::Own(identifier),
            SignInName::Snils(snils) => Self::Snils(Hashes::of(&second_factor::keys(env)?, &snils)),
        })
    }

    fn key(&self) -> Key<'_> {
        match self {
            Self::Own(identifier) => key(identifier),
            Self::Snils(hashes) => Key::Snils(hashes),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Own(identifier) => identifier.as_str(),
            Self::Snils(hashes) => hashes.newest(),
        }
    }
}

/// Who signs in from where with what.
#[derive(Clone, Copy)]
struct By<'a> {
    env: &'a Env,
    settings: &'a Settings,
    client: &'a Client,
    device: &'a Device,
    typed: &'a Typed,
}

impl<'a> By<'a> {
    /// Looks at all that can be looked at without a transaction: whoever guesses beyond the limits holds up nobody who
    /// writes. What it saw is looked at again once the password was verified.
    fn attempt(self, conn: &Conn<'_>) -> Result<Attempt<'a>, Problem> {
        let known = persons::credentials(conn, self.typed.key())?;
        let person_id = known.as_ref().map(|known| known.person_id.as_str());
        let limits = Limits::of(conn, self.client, self.device, person_id)?;
        limits.check(conn, self.env, self.settings)?;
        Ok(Attempt { by: self, known, limits })
    }
}

/// One attempt to sign in.
struct Attempt<'a> {
    by: By<'a>,
    known: Option<Credentials>,
    limits: Limits<'a>,
}

/// What one attempt took: it counts as failed until it is known to be right.
struct Counted {
    failures: Failures,
    slot: Slot,
}

impl Attempt<'_> {
    /// Everything that can refuse stands before the hash: guessing must not cost us more than it costs the guesser. A
    /// lock refuses only after the device and the address were counted, and commits: who runs against it is a guesser.
    fn begin(&self, tx: &Tx<'_>) -> Result<Decided<Counted>, Problem> {
        let By { env, settings, device, typed, .. } = self.by;
        self.limits.count(tx, env, settings)?;
        let own = self.known.as_ref().filter(|_| self.limits.is_known).map(|known| known.person_id.as_str());
        let failures = match Failures::count(tx, env, settings, own, typed.as_str(), &device.hash())? {
            Ok(failures) => failures,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let slot = Slot::take(tx, env, settings, self.limits.asker())?;
        Ok(Ok(Counted { failures, slot }))
    }

    fn is_right(&self, slot: &Slot, password: &str) -> bool {
        let hash = self.known.as_ref().map(|known| known.password_hash.as_str());
        slot.is_right(password, hash.filter(|hash| *hash != persons::NO_PASSWORD))
    }

    /// The password's hash at the cost of today, where it is of another one.
    fn renewed_hash(&self, slot: &Slot, password: &str) -> Option<String> {
        let known = self.known.as_ref()?;
        slot.renewed(password, &known.password_hash, self.by.env.random())
    }

    /// It commits either way: a failure too is counted and noted.
    fn finish(
        self,
        tx: &Tx<'_>,
        counted: Counted,
        is_right: bool,
        renewed_hash: Option<&str>,
    ) -> Result<Decided<Opened>, Problem> {
        counted.slot.free(tx)?;
        let person = if is_right { self.unchanged(tx)? } else { None };
        match person {
            Some(person) => {
                if let Some((verified, hash)) = self.known.as_ref().zip(renewed_hash) {
                    persons::renew_hash(tx, verified, hash)?;
                }
                self.succeed(tx, person)
            }
            None => Ok(Err(self.fail(tx, &counted.failures)?)),
        }
    }

    /// The person as of now; none where another password was set while this one was verified. Whoever set it ended all
    /// sessions, and one that the old password opens would outlive them. Another hash of the same password is no other one:
    /// of two who sign in when it is made anew both come in.
    fn unchanged(&self, tx: &Tx<'_>) -> store::Result<Option<Credentials>> {
        let verified = self.known.as_ref().map(|known| (&known.person_id, known.password_no));
        let person = persons::credentials(tx, self.by.typed.key())?;
        Ok(person.filter(|person| verified == Some((&person.person_id, person.password_no))))
    }

    /// The row of failures ends with the whole sign-in: a right password alone does not end it, or whoever has it could
    /// guess at the second factor without end.
    fn succeed(self, tx: &Tx<'_>, person: Credentials) -> Result<Decided<Opened>, Problem> {
        let By { env, client, device, .. } = self.by;
        self.limits.take_back(tx)?;
        let Credentials { person_id, name, .. } = person;
        let person = Person { person_id, name };
        Ok(second_stage(tx, env, client, device, person, FirstStep::One)?.decided(device))
    }

    /// What was typed is not kept: people mistake the field and type a password there. Of each row of failures the
    /// record holds no more than lock, so guessing can't make it grow without end. Nobody's failures do not stand
    /// in it at all, but cost the same.
    fn fail(&self, tx: &Tx<'_>, failures: &Failures) -> store::Result<Problem> {
        let (By { env, client, .. }, locks) = (self.by, failures.lock());
        let person_id = self.known.as_ref().map_or("unknown", |known| known.person_id.as_str());
        let record = audit::Record {
            actor: "visitor",
            action: if locks { "sign-in.lock" } else { "session.refuse" },
            object: &format!("person:{person_id}"),
            fields: &[
                ("address", &client.address),
                ("browser", &user_agent::in_words(&client.user_agent)),
                ("device", failures.device()),
            ],
        };
        tx.keep_if(self.known.is_some(), |tx| audit::record(tx, env.now(), env.random(), &record))?;
        if locks { locks::locked(tx) } else { Ok(wrong_credentials()) }
    }
}

/// The limits of one attempt. A device that once signed this very person in has a share of its own, that of the device:
/// whoever guesses behind the same address neither uses it up nor has one.
pub(crate) struct Limits<'a> {
    client: &'a Client,
    device: &'a Device,
    is_known: bool,
}

impl<'a> Limits<'a> {
    /// `person_id` is absent where nobody has what was typed.
    pub(crate) fn of(
        conn: &Conn<'_>,
        client: &'a Client,
        device: &'a Device,
        person_id: Option<&str>,
    ) -> store::Result<Self> {
        let is_known = sign_in_locks::is_known_device(conn, person_id.unwrap_or_default(), &device.hash())?;
        Ok(Self { client, device, is_known })
    }

    /// As whom the attempt asks for a place to hash.
    fn asker(&self) -> Asker {
        if self.is_known { Asker::Known } else { Asker::Stranger }
    }

    /// Refuses what [`Self::count`] would refuse.
    fn check(&self, conn: &Conn<'_>, env: &Env, settings: &Settings) -> Result<(), Problem> {
        limit::check(conn, env, settings, PER_DEVICE, self.device.as_str())?;
        if self.is_known {
            return Ok(());
        }
        limit::check(conn, env, settings, PER_ADDRESS, &self.client.household())
    }

    /// Counts an attempt as failed until it is known to be none.
    pub(crate) fn count(&self, tx: &Tx<'_>, env: &Env, settings: &Settings) -> Result<(), Problem> {
        limit::count(tx, env, settings, PER_DEVICE, self.device.as_str())?;
        if self.is_known {
            return Ok(());
        }
        limit::count(tx, env, settings, PER_ADDRESS, &self.client.household())
    }

    /// The attempt was none of the failed ones.
    pub(crate) fn take_back(&self, tx: &Tx<'_>) -> store::Result<()> {
        limit::take_back(tx, PER_DEVICE, self.device.as_str())?;
        if self.is_known {
            return Ok(());
        }
        limit::take_back(tx, PER_ADDRESS, &self.client.household())
    }
}

fn wrong_credentials() -> Problem {
    Problem::new(Slug::WrongCredentials, "Проверьте логин и пароль: раскладку, Caps Lock и пробел в конце.")
}
