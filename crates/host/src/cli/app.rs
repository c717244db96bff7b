//! Which application a command is about.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::Args;

use crate::archive;

/// The application and the values of its variables.
#[derive(Args, Clone)]
pub(super) struct AppArgs {
    /// The application's manifest.
    #[arg(long, value_name = "FILE", default_value = "spin.toml", conflicts_with = "app")]
    manifest: PathBuf,
    /// Instead of a manifest: the archive of a release, or the folder that it was unpacked to.
    #[arg(long, value_name = "FILE|DIR")]
    app: Option<PathBuf>,
    /// Variables, one SPIN_VARIABLE_NAME=value a line [default: .env beside the manifest, with --app in this folder]
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
}

impl AppArgs {
    /// The manifest; an archive is unpacked into the cache for it.
    pub(super) fn manifest(&self, cache: &Path) -> Result<PathBuf> {
        if let Some(app) = &self.app {
            return archive::manifest(app, cache);
        }
        let shown = self.manifest.display();
        ensure!(self.manifest.is_file(), "there is no {shown}; name the application with --app or --manifest");
        Ok(self.manifest.clone())
    }

    /// The file of variables; one that was named must be there.
    pub(super) fn env_file(&self) -> Result<PathBuf> {
        if let Some(file) = &self.env_file {
            ensure!(file.is_file(), "{} is missing; create it or leave out --env-file", file.display());
        }
        Ok(self.env_file_to_write())
    }

    /// The same file, whether it is there or not.
    pub(super) fn env_file_to_write(&self) -> PathBuf {
        self.env_file.clone().unwrap_or_else(|| self.beside(".env"))
    }

    /// The state when nothing else is said.
    pub(super) fn usual_state(&self) -> PathBuf {
        self.beside(".spin")
    }

    /// A file beside the manifest, where Spin has it; beside an archive's there is only the cache.
    fn beside(&self, name: &str) -> PathBuf {
        match &self.app {
            None => self.manifest.parent().unwrap_or(Path::new("")).join(name),
            Some(_) => name.into(),
        }
    }
}
