//! `moydom consent`

use std::path::PathBuf;

use anyhow::{Result, anyhow, ensure};
use clap::{Args, Subcommand};
use domain::import;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use store::audit::{self, Record};
use store::consents::{self, NewText};

use super::state::StateArgs;

/// The texts by which people consent to the processing of their data.
#[derive(Args)]
pub(super) struct Consent {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Publish(Publish),
}

/// Publish a text as the next version of its purpose.
///
/// Published texts never change. Whoever agreed to an earlier version is shown the new one; what was agreed to stays
/// readable. Prints one JSON object: purpose and version.
#[derive(Args)]
struct Publish {
    #[command(flatten)]
    state: StateArgs,
    /// What the data are for; `portal` is the login itself. Each other purpose is asked for on its own.
    #[arg(long, default_value = consents::PORTAL)]
    purpose: String,
    /// A few words that stand above the text.
    #[arg(long)]
    title: String,
    /// The day from which it holds [default: today]
    #[arg(long, value_name = "DATE")]
    valid_from: Option<Date>,
    /// The text, UTF-8 or Windows-1251, an empty line between paragraphs.
    file: PathBuf,
}

impl Consent {
    pub(super) fn run(self) -> Result<()> {
        let Command::Publish(publish) = self.command;
        publish.run()
    }
}

impl Publish {
    fn run(self) -> Result<()> {
        let (file, bytes) = (&self.file, super::read(&self.file)?);
        let no_text =
            |_| anyhow!("{} is neither UTF-8 nor Windows-1251; save it as plain text in UTF-8", file.display());
        let body = import::text(&bytes).map_err(no_text)?;
        let (body, title, now) = (body.trim(), self.title.trim(), Timestamp::now());
        ensure!(!body.is_empty(), "{} is empty", file.display());
        ensure!(!title.is_empty(), "--title is empty");
        let is_name = self.purpose.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        ensure!(is_name && !self.purpose.is_empty(), "--purpose takes small Latin letters and hyphens");
        let valid_from = self.valid_from.unwrap_or_else(|| now.to_zoned(TimeZone::UTC).date());
        let text = NewText { purpose: &self.purpose, valid_from, title, body };
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
        let version = self.state.open()?.db().write(|tx| {
            let version = consents::publish(tx, now, &text)?;
            let object = format!("consent:{}", self.purpose);
            let fields = [("version", version.to_string()), ("valid_from", valid_from.to_string())];
            let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
            let record = Record { actor: "operator", action: "consent.publish", object: &object, fields: &fields };
            audit::record(tx, now, seed, &record)?;
            Ok::<_, store::Error>(version)
        })?;
        println!("{}", serde_json::json!({ "purpose": self.purpose, "version": version }));
        Ok(())
    }
}
