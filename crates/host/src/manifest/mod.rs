//! `spin.toml`, manifest version 2: the keys that this host implements, and no others.
//!
//! A key that the host does not know could change what the application does or may do, so it is
//! refused and never skipped. Every refusal is one sentence: what is wrong, where, and the way
//! out.

mod check;
mod names;
mod raw;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::route::Route;

/// Why a manifest is refused: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

/// An application: what starts it and what its components may do.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The application's name.
    pub name: String,
    /// The application's version, empty when not given.
    pub version: String,
    /// Variables that the components' templates may use.
    pub variables: BTreeMap<String, Variable>,
    /// What answers HTTP requests.
    pub http: Vec<HttpTrigger>,
    /// What runs by the clock.
    pub cron: Vec<CronTrigger>,
    /// The components by name.
    pub components: BTreeMap<String, Component>,
}

/// A variable; without a default it must be given a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The value when none is given.
    pub default: Option<String>,
    /// Whether the value must not be shown.
    pub secret: bool,
}

/// An HTTP trigger.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpTrigger {
    /// The route; a private trigger has none and answers only calls from inside.
    pub route: Option<HttpRoute>,
    /// What answers.
    pub handler: Handler,
}

/// A route as it is written and as it is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRoute {
    /// The pattern as the manifest has it.
    pub pattern: String,
    /// The parsed pattern.
    pub route: Route,
}

/// What answers an HTTP trigger.
#[derive(Clone, Debug, PartialEq)]
pub enum Handler {
    /// The component of this name.
    Component(String),
    /// The host itself, always in the same way.
    Static(StaticResponse),
}

/// A response that needs no component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticResponse {
    /// The HTTP status.
    pub status: u16,
    /// Headers by name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// A cron trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronTrigger {
    /// The component that runs.
    pub component: String,
    /// When it runs, see [`crate::schedule`].
    pub expression: String,
}

/// A component and its grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// The `.wasm` file, relative to the manifest.
    pub source: PathBuf,
    /// Directories that the component may read.
    pub files: Vec<Mount>,
    /// Hosts that it may call, as templates; see [`crate::outbound_policy`].
    pub allowed_outbound_hosts: Vec<String>,
    /// Labels of key-value stores that it may open.
    pub key_value_stores: Vec<String>,
    /// Labels of SQLite databases that it may open.
    pub sqlite_databases: Vec<String>,
    /// Its variables, as templates.
    pub variables: BTreeMap<String, String>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
}

/// A directory or file that a component may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The path on this machine, relative to the manifest.
    pub source: PathBuf,
    /// The absolute path that the component sees.
    pub destination: String,
}

impl Manifest {
    /// Reads and checks the manifest at `path`.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let within = |what: String| Error(format!("{}: {what}", path.display()));
        let text =
            std::fs::read_to_string(path).map_err(|error| within(format!("the manifest cannot be read: {error}")))?;
        Self::parse(&text).map_err(|Error(what)| within(what))
    }

    /// Parses and checks the text of a manifest.
    pub fn parse(text: &str) -> Result<Self, Error> {
        check::manifest(raw::parse(text)?)
    }
}

#[cfg(test)]
mod tests;
