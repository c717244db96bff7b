//! `.env` beside spin.toml: the variables of this copy of the suite, with secrets that nobody chose.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::{Context as _, Result};

use crate::{manifest::Manifest, terminal::note, workspace::root};

const HEADER: &str = "# Variables of this copy: SPIN_VARIABLE_NAME=value, see [variables] in spin.toml.
# The secrets are random and belong to this machine; the file is never committed.
";

/// Gives every required secret a random value, unless the file has one.
pub(crate) fn prepare() -> Result<()> {
    let path = root().join(".env");
    let manifest = Manifest::read()?;
    if complete(&path, &manifest.required_secrets()).with_context(|| format!("cannot write {}", path.display()))? {
        note("wrote random secrets to .env");
    }
    Ok(())
}

/// The value of a variable in the environment or, after it, in the file.
pub(crate) fn variable(name: &str) -> Result<Option<String>> {
    let key = key(name);
    if let Ok(value) = std::env::var(&key) {
        return Ok(Some(value));
    }
    let text = fs::read_to_string(root().join(".env")).context("cannot read .env")?;
    Ok(find(&text, &key).map(str::to_owned))
}

pub(crate) fn key(name: &str) -> String {
    format!("SPIN_VARIABLE_{}", name.to_uppercase())
}

fn complete(path: &Path, secrets: &[&str]) -> Result<bool> {
    let text = if path.exists() { fs::read_to_string(path)? } else { HEADER.to_owned() };
    let mut lines = if path.exists() { String::new() } else { HEADER.to_owned() };
    for name in secrets.iter().filter(|name| find(&text, &key(name)).is_none()) {
        lines += &format!("{}={}\n", key(name), random()?);
    }
    if lines.is_empty() {
        return Ok(false);
    }
    if !text.ends_with('\n') {
        lines.insert(0, '\n');
    }
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    file.write_all(lines.as_bytes())?;
    Ok(true)
}

fn find<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().filter_map(|line| line.trim().split_once('=')).find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// 256 random bits in hex.
fn random() -> Result<String> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn secrets_are_written_once_and_only_for_the_owner() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(".env");
        assert!(complete(&path, &["jobs_token"]).unwrap());
        let first = fs::read_to_string(&path).unwrap();
        assert_eq!(find(&first, "SPIN_VARIABLE_JOBS_TOKEN").unwrap().len(), 64);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);

        assert!(!complete(&path, &["jobs_token"]).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
    }

    #[test]
    fn a_secret_that_is_new_joins_the_ones_that_stand() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(".env");
        fs::write(&path, "SPIN_VARIABLE_JOBS_TOKEN=mine").unwrap();
        assert!(complete(&path, &["jobs_token", "gateway_token"]).unwrap());
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(find(&text, "SPIN_VARIABLE_JOBS_TOKEN"), Some("mine"));
        assert_ne!(find(&text, "SPIN_VARIABLE_GATEWAY_TOKEN"), None);
    }
}
