//! `moydom secrets`

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use domain::hex::hex;

use super::app::AppArgs;
use crate::manifest::Manifest;
use crate::prepare;
use crate::variables::{EnvFile, environment_name};

/// Give every secret that the application needs and nobody gave a random value, in the file of variables.
///
/// Prints which variables it wrote, never their values. Safe to repeat: what has a value keeps it.
#[derive(Args)]
pub(super) struct Secrets {
    #[command(flatten)]
    app: AppArgs,
    /// Where archives are unpacked [default: the user's cache directory]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

impl Secrets {
    pub(super) fn run(self) -> Result<()> {
        let cache = self.cache.clone().or_else(prepare::user_cache).unwrap_or_else(|| ".cache".into());
        let manifest = Manifest::load(&self.app.manifest(&cache)?)?;
        let path = self.app.env_file_to_write();
        let known = EnvFile::read(&path)?;
        let is_missing = |name: &str| known.variable(name).is_none();
        let needed = manifest.variables.iter().filter(|(_, variable)| variable.secret && variable.default.is_none());
        let missing: Vec<&String> = needed.map(|(name, _)| name).filter(|name| is_missing(name)).collect();
        let lines = missing.iter().map(|name| Ok(format!("{}={}\n", environment_name(name), random()?)));
        let lines = lines.collect::<Result<String>>()?;
        append(&path, &lines).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{}", serde_json::json!({ "file": path, "written": missing }));
        Ok(())
    }
}

/// The file is its owner's alone.
fn append(path: &Path, lines: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).read(true).create(true).mode(0o600).open(path)?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    if !text.is_empty() && !text.ends_with('\n') {
        file.write_all(b"\n")?;
    }
    file.write_all(lines.as_bytes())
}

/// 256 random bits.
fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(hex(&bytes))
}
