//! `moydom admin`

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::{Args, Subcommand};
use domain::contact::Login;
use domain::invitation::InvitationToken;
use domain::person_name::PersonName;
use jiff::{SignedDuration, Timestamp};
use store::audit::{self, Record};
use store::invitations::{self, NewInvitation};
use store::persons::{self, Key};
use store::settings::Settings;
use store::{Ids, Tx, state};

use super::app::AppArgs;
use super::state::StateArgs;
use crate::manifest::Manifest;
use crate::prepare;
use crate::variables::EnvFile;

const ROLE: &str = "admin";

/// The people who run the portal.
#[derive(Args)]
pub(super) struct Admin {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(Create),
}

/// Invite an administrator: print a link that lets one person set a password.
///
/// The link is good once and for 24 hours (setting `invitation.hours`); only a hash of its secret is kept. Another link
/// for the same login ends the one before. It begins with the variable public_origin.
#[derive(Args)]
struct Create {
    #[command(flatten)]
    state: StateArgs,
    #[command(flatten)]
    app: AppArgs,
    /// What the administrator will sign in by: 3 to 64 letters, digits, dots, hyphens and underscores.
    #[arg(long)]
    login: String,
    /// How to greet the administrator [default: the login]
    #[arg(long)]
    name: Option<String>,
    /// Where archives are unpacked [default: the user's cache directory]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

impl Admin {
    pub(super) fn run(self) -> Result<()> {
        let Command::Create(create) = self.command;
        create.run()
    }
}

impl Create {
    fn run(self) -> Result<()> {
        let login = Login::parse(&self.login).map_err(|_| {
            anyhow!("--login takes 3 to 64 letters, digits, dots, hyphens and underscores, at least one letter")
        })?;
        let name = PersonName::parse(self.name.as_deref().unwrap_or(login.as_str()))
            .map_err(|_| anyhow!("--name takes 1 to 100 characters, at least one letter"))?;
        let origin = self.public_origin()?;
        let token = InvitationToken::from_random(random()?);
        let now = Timestamp::now();
        let (ids, seed) = (Ids::new(now, random()?), random()?);
        let expires_at =
            self.state.open()?.db().write(|tx| invite(tx, now, (ids, seed), &token, login.as_str(), name.as_str()))?;
        eprintln!("the link is good once, until {expires_at:.0}: open it to set the password of {}", login.as_str());
        println!("{origin}/invitation#{}", token.expose());
        Ok(())
    }

    /// Where people's browsers see the portal.
    fn public_origin(&self) -> Result<String> {
        let given = EnvFile::read(&self.app.env_file()?)?.variable("public_origin");
        let origin = given.map_or_else(|| self.usual_origin(), Ok)?;
        Ok(origin.trim_end_matches('/').to_owned())
    }

    fn usual_origin(&self) -> Result<String> {
        let cache = self.cache.clone().or_else(prepare::user_cache).unwrap_or_else(|| ".cache".into());
        let mut manifest = Manifest::load(&self.app.manifest(&cache)?)?;
        let declared = manifest.variables.remove("public_origin").and_then(|variable| variable.default);
        declared.context("the manifest gives the variable public_origin no value; set SPIN_VARIABLE_PUBLIC_ORIGIN")
    }
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
    name: &str,
) -> Result<Timestamp> {
    ensure!(
        persons::credentials(tx, Key::Login(login))?.is_none(),
        "somebody signs in as {login} already; give another --login"
    );
    let hours = Settings::at(tx, now)?.get("invitation.hours")?;
    let (invitation_id, expires_at) = (ids.draw(), now + SignedDuration::from_hours(hours));
    let new = NewInvitation {
        invitation_id: &invitation_id,
        token_hash: &token.hash(),
        login,
        name,
        roles: &[ROLE],
        expires_at,
    };
    state::settle(tx, now)?;
    invitations::add(tx, now, &new)?;
    let object = format!("invitation:{invitation_id}");
    let fields = [("login", login), ("roles", ROLE)];
    audit::record(
        tx,
        now,
        seed,
        &Record { actor: "operator", action: "invitation.create", object: &object, fields: &fields },
    )?;
    Ok(expires_at)
}
