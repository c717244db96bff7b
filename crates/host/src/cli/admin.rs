//! `moydom admin`

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::{Args, Subcommand, ValueEnum};
use domain::access::{Role, Scope};
use domain::contact::{ContactError, Login};
use domain::invitation::InvitationToken;
use domain::person_name::PersonName;
use jiff::{SignedDuration, Timestamp};
use store::audit::{self, Record};
use store::grants::{self, Held, Staff};
use store::invitations::{self, Invitation, NewInvitation};
use store::persons::{self, Credentials, Key, sessions};
use store::settings::Settings;
use store::{Ids, Tx, state};

use super::app::AppArgs;
use super::state::StateArgs;
use crate::manifest::Manifest;
use crate::prepare;
use crate::variables::{EnvFile, environment_name};

/// Whoever has the server sees everybody.
const EVERYWHERE: &[Scope] = &[Scope::Portal];
const ORIGIN_VARIABLE: &str = "public_origin";

/// The people who run the portal.
#[derive(Args)]
pub(super) struct Admin {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(Create),
    Reset(Reset),
    Dismiss(Dismiss),
    List(List),
}

/// Invite an administrator or one of the support of the whole portal: print a link that lets one person set a password.
///
/// The link is good once and for 24 hours (setting `invitation.hours`); only a hash of its secret is kept. Another link
/// for the same login ends the one before. It begins with the variable public_origin.
#[derive(Args)]
struct Create {
    #[command(flatten)]
    link: Link,
    /// What the person will sign in by: 3 to 64 letters of one alphabet, digits, dots, hyphens and underscores.
    #[arg(long)]
    login: String,
    /// What the person will be: an administrator imports and announces works, the support opens a locked sign-in.
    #[arg(long, default_value = "admin")]
    role: StaffRole,
    /// How to greet the person [default: the login]
    #[arg(long)]
    name: Option<String>,
}

/// Let one of the staff who forgot the password set another: print a link as `create` does.
///
/// Staff have no phone or e-mail in the portal that a code could go to. With the new password all their sessions end, and
/// a lock of the sign-in too.
#[derive(Args)]
struct Reset {
    #[command(flatten)]
    link: Link,
    /// What the person signs in by.
    #[arg(long)]
    login: String,
}

/// Take every role of staff from somebody who left, and end all sessions. What the person has as a resident stays.
#[derive(Args)]
struct Dismiss {
    #[command(flatten)]
    state: StateArgs,
    /// What the person signs in by.
    #[arg(long)]
    login: String,
}

/// Where the state is, and where people's browsers see the portal.
#[derive(Args)]
struct Link {
    #[command(flatten)]
    state: StateArgs,
    #[command(flatten)]
    app: AppArgs,
    /// Where archives are unpacked [default: the user's cache directory]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

/// The roles that have something to do in the portal.
#[derive(Clone, Copy, ValueEnum)]
enum StaffRole {
    Admin,
    Support,
}

impl StaffRole {
    fn role(self) -> Role {
        match self {
            Self::Admin => Role::Admin,
            Self::Support => Role::Support,
        }
    }
}

/// List who works here: everybody with a role beside that of a resident, and the invitations that are still open.
///
/// Prints one JSON object. The last sign-in is known as long as ended sessions are kept (setting `session.kept_days`).
#[derive(Args)]
struct List {
    #[command(flatten)]
    state: StateArgs,
}

impl Admin {
    pub(super) fn run(self) -> Result<()> {
        match self.command {
            Command::Create(create) => create.run(),
            Command::Reset(reset) => reset.run(),
            Command::Dismiss(dismiss) => dismiss.run(),
            Command::List(list) => list.run(),
        }
    }
}

impl List {
    fn run(self) -> Result<()> {
        let (db, now) = (self.state.open()?.db(), Timestamp::now());
        let (staff, invitations) = db.read(|conn| {
            Ok::<_, store::Error>((grants::staff(conn, EVERYWHERE)?, invitations::open_ones(conn, now, EVERYWHERE)?))
        })?;
        let people: Vec<_> = staff.iter().map(person).collect();
        let invited: Vec<_> = invitations.iter().map(invited).collect();
        println!("{}", serde_json::json!({ "people": people, "invited": invited }));
        Ok(())
    }
}

fn person(staff: &Staff) -> serde_json::Value {
    let Staff { login, name, held, signed_in_at, .. } = staff;
    let roles: Vec<_> = held.iter().map(role).collect();
    serde_json::json!({ "login": login, "name": name, "roles": roles, "signed_in_at": signed_in_at })
}

/// A role, and where it holds.
fn role(held: &Held) -> serde_json::Value {
    serde_json::json!({ "role": held.grant.role, "scope": held.grant.scope.kind(), "place": held.title })
}

fn invited(invitation: &Invitation) -> serde_json::Value {
    let Invitation { login, name, roles, place, expires_at, .. } = invitation;
    let expires_at = format!("{expires_at:.0}");
    serde_json::json!({ "login": login, "name": name, "roles": roles, "place": place, "expires_at": expires_at })
}

impl Create {
    fn run(self) -> Result<()> {
        let login = Login::choose(&self.login).map_err(refuse_login)?;
        let name = PersonName::parse(self.name.as_deref().unwrap_or(login.as_str()))
            .map_err(|_| anyhow!("--name takes 1 to 100 characters, at least one letter"))?;
        let role = self.role.role().as_str();
        self.link.make(login.as_str(), |tx| {
            ensure!(
                persons::credentials(tx, Key::Login(login.as_str()))?.is_none(),
                "somebody signs in as {} already; give another --login, or let that person in by `admin reset`",
                login.as_str()
            );
            Ok(Whom { name: name.as_str().to_owned(), roles: vec![role.to_owned()], resets: None })
        })
    }
}

impl Reset {
    fn run(self) -> Result<()> {
        let login = self.login.trim().to_lowercase();
        self.link.make(&login, |tx| {
            let (Credentials { person_id, name, .. }, roles) = one_of_staff(tx, &login)?;
            Ok(Whom { name, roles, resets: Some(person_id) })
        })
    }
}

impl Dismiss {
    fn run(self) -> Result<()> {
        let (login, now, seed) = (self.login.trim().to_lowercase(), Timestamp::now(), random()?);
        self.state.open()?.db().write(|tx| {
            let (Credentials { person_id, .. }, roles) = one_of_staff(tx, &login)?;
            grants::dismiss(tx, now, &person_id)?;
            invitations::end_unbacked(tx, now, &person_id)?;
            sessions::end_all(tx, now, &person_id)?;
            let (object, roles) = (format!("person:{person_id}"), roles.join(" "));
            let fields = [("roles", roles.as_str())];
            let record = Record { actor: "operator", action: "staff.dismiss", object: &object, fields: &fields };
            Ok::<_, anyhow::Error>(audit::record(tx, now, seed, &record)?)
        })?;
        eprintln!("{login} has no role of staff any more, and every session has ended");
        Ok(())
    }
}

/// The person with this login and the roles, where it is one of the staff: a resident's password is the resident's own
/// affair.
fn one_of_staff(tx: &Tx<'_>, login: &str) -> Result<(Credentials, Vec<String>)> {
    let nobody = || format!("nobody of the staff signs in as {login}; `moydom admin list` tells who does");
    let known = persons::credentials(tx, Key::Login(login))?.with_context(nobody)?;
    let held = grants::of_person(tx, &known.person_id)?;
    ensure!(held.iter().any(|grant| grant.role != Role::Resident), nobody());
    Ok((known, held.iter().map(|grant| grant.role.as_str().to_owned()).collect()))
}

/// Whom a link is for.
struct Whom {
    name: String,
    roles: Vec<String>,
    resets: Option<String>,
}

impl Link {
    /// Prints a link for the person whom `whom` finds.
    fn make(&self, login: &str, whom: impl FnOnce(&Tx<'_>) -> Result<Whom>) -> Result<()> {
        let (origin, whence) = self.public_origin()?;
        let token = InvitationToken::from_random(random()?);
        let now = Timestamp::now();
        let (ids, seed) = (Ids::new(now, random()?), random()?);
        let expires_at = self.state.open()?.db().write(|tx| invite(tx, now, (ids, seed), &token, login, &whom(tx)?))?;
        eprintln!("the link is good once, until {expires_at:.0}: open it to set the password of {login}");
        eprintln!("{whence}");
        println!("{origin}/invitation#{}", token.expose());
        Ok(())
    }

    /// Where people's browsers see the portal, and whence that is known: a link of another place opens nothing.
    fn public_origin(&self) -> Result<(String, String)> {
        let file = self.app.env_file()?;
        let (name, shown) = (environment_name(ORIGIN_VARIABLE), file.display());
        let given = EnvFile::read(&file)?.variable(ORIGIN_VARIABLE);
        let whence = match given {
            Some(_) => format!("it begins with {name}, of the environment or {shown}"),
            None => format!(
                "it begins with the default, since {name} has no value in the environment or in {shown}: if people see \
                 the portal elsewhere, say so there, or name another file with --env-file"
            ),
        };
        let origin = given.map_or_else(|| self.usual_origin(), Ok)?;
        Ok((origin.trim_end_matches('/').to_owned(), whence))
    }

    fn usual_origin(&self) -> Result<String> {
        let cache = self.cache.clone().or_else(prepare::user_cache).unwrap_or_else(|| ".cache".into());
        let mut manifest = Manifest::load(&self.app.manifest(&cache)?)?;
        let declared = manifest.variables.remove(ORIGIN_VARIABLE).and_then(|variable| variable.default);
        declared.context("the manifest gives the variable public_origin no value; set SPIN_VARIABLE_PUBLIC_ORIGIN")
    }
}

fn refuse_login(error: ContactError) -> anyhow::Error {
    anyhow!(match error {
        ContactError::MixedLogin => {
            "--login takes letters of one alphabet, all Latin or all Russian: «а» and «a» look the same and are not"
        }
        _ => "--login takes 3 to 64 letters, digits, dots, hyphens and underscores, at least one letter",
    })
}

fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}

/// Keeps the invitation, in one transaction with its audit entry; answers until when it is good.
fn invite(
    tx: &Tx<'_>,
    now: Timestamp,
    (mut ids, seed): (Ids, [u8; 32]),
    token: &InvitationToken,
    login: &str,
    whom: &Whom,
) -> Result<Timestamp> {
    let hours = Settings::at(tx, now)?.get("invitation.hours")?;
    let (invitation_id, expires_at) = (ids.draw(), now + SignedDuration::from_hours(hours));
    let roles: Vec<_> = whom.roles.iter().map(String::as_str).collect();
    let new = NewInvitation {
        invitation_id: &invitation_id,
        token_hash: &token.hash(),
        login,
        name: &whom.name,
        roles: &roles,
        scope: &Scope::Portal,
        invited_by: None,
        resets: whom.resets.as_deref(),
        expires_at,
    };
    state::settle(tx, now)?;
    invitations::add(tx, now, &[Scope::Portal], &new)?;
    let object = format!("invitation:{invitation_id}");
    let (roles, kind) = (roles.join(" "), if whom.resets.is_some() { "reset" } else { "new" });
    let fields = [("login", login), ("roles", roles.as_str()), ("kind", kind)];
    let record = Record { actor: "operator", action: "invitation.create", object: &object, fields: &fields };
    audit::record(tx, now, seed, &record)?;
    Ok(expires_at)
}
