//! What an operator should know before people come: is everything there, and will it stay so.

mod application;
mod certificate;
mod gateway;
mod machine;
mod pinned;
mod state;

use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::Timestamp;

pub use application::Application;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// As it should be.
    Good,
    /// It works, and something should be done about it.
    Warning,
    /// It will not work.
    Fault,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub grade: Grade,
    /// What was looked at, in a word or two.
    pub what: &'static str,
    /// What was found and, where it is not good, the way out.
    pub words: String,
}

impl Finding {
    fn good(what: &'static str, words: impl Into<String>) -> Self {
        Self { grade: Grade::Good, what, words: words.into() }
    }

    fn warning(what: &'static str, words: impl Into<String>) -> Self {
        Self { grade: Grade::Warning, what, words: words.into() }
    }

    fn fault(what: &'static str, words: impl Into<String>) -> Self {
        Self { grade: Grade::Fault, what, words: words.into() }
    }
}

/// What to look at.
#[derive(Clone, Debug)]
pub struct Questions {
    /// The application.
    pub application: Application,
    /// The folder of the state.
    pub state: PathBuf,
    /// The file of backends, if there is one.
    pub runtime_config: Option<PathBuf>,
    /// Where the suite is to listen.
    pub listen: SocketAddr,
    /// The certificate chain and its key, if the host itself speaks TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The present moment.
    pub now: Timestamp,
}

/// Looks at everything; changes nothing.
pub fn examine(questions: &Questions) -> Vec<Finding> {
    let Questions { application, state, runtime_config, listen, tls, now } = questions;
    let mut findings = application::examine(application, tls.is_some(), *now);
    findings.extend(state::examine(state, runtime_config.as_deref(), *now));
    findings.push(machine::port(*listen));
    findings.push(machine::open_files());
    findings.push(machine::disk(state));
    if let Some((certificate, key)) = tls {
        findings.push(certificate::examine(certificate, key, *now));
    }
    findings
}

#[cfg(test)]
mod tests;
