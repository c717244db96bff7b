//! The manifest's keys as they are written, before they are checked against each other.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Value;

use super::Error;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) spin_manifest_version: Value,
    pub(super) application: Application,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, Variable>,
    #[serde(default)]
    pub(super) trigger: Triggers,
    #[serde(default)]
    pub(super) component: BTreeMap<String, Component>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Application {
    pub(super) name: String,
    #[serde(default)]
    pub(super) version: String,
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
    #[serde(default, rename = "authors")]
    _authors: IgnoredAny,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variable {
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) secret: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Triggers {
    #[serde(default)]
    pub(super) http: Vec<HttpTrigger>,
    #[serde(default)]
    pub(super) cron: Vec<CronTrigger>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HttpTrigger {
    #[serde(default, rename = "id")]
    _id: IgnoredAny,
    pub(super) route: Value,
    pub(super) component: Option<Value>,
    pub(super) static_response: Option<StaticResponse>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StaticResponse {
    pub(super) status_code: Option<u16>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) body: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CronTrigger {
    #[serde(default, rename = "id")]
    _id: IgnoredAny,
    pub(super) component: Value,
    pub(super) cron_expression: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
    pub(super) source: Value,
    #[serde(default)]
    pub(super) files: Vec<Value>,
    #[serde(default)]
    pub(super) allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    pub(super) key_value_stores: Vec<String>,
    #[serde(default)]
    pub(super) sqlite_databases: Vec<String>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) environment: BTreeMap<String, String>,
    #[serde(default, rename = "build")]
    _build: Build,
}

/// How `spin build` makes the component; the host runs what is already built.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Build {
    #[serde(default, rename = "command")]
    _command: IgnoredAny,
    #[serde(default, rename = "workdir")]
    _workdir: IgnoredAny,
    #[serde(default, rename = "watch")]
    _watch: IgnoredAny,
}

/// Reads the keys; an error tells the line.
pub(super) fn parse(text: &str) -> Result<Manifest, Error> {
    toml::from_str(text).map_err(|error| Error(explain(&error, text)))
}

/// One sentence about an error of the parser, with the way out for the errors that people make.
fn explain(error: &toml::de::Error, text: &str) -> String {
    let message = error.message().trim().replace('\n', ", ");
    let way_out = if message.contains("unknown field") {
        "; this host implements only the keys that it names, so remove it or run the application \
         in Spin"
    } else if message.contains("missing field") {
        "; add it"
    } else {
        ""
    };
    match error.span() {
        Some(span) => {
            let line = 1 + text[..span.start].matches('\n').count();
            format!("line {line}: {message}{way_out}")
        }
        None => format!("{message}{way_out}"),
    }
}
