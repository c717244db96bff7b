//! The manifest, its components and its variables.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Finding, gateway, pinned};
use crate::manifest::Manifest;
use crate::settings;
use crate::variables::{EnvFile, Variables, environment_name};

/// An application and the values of its variables.
#[derive(Clone, Debug)]
pub struct Application {
    /// The manifest.
    pub manifest: PathBuf,
    /// The file of variables.
    pub env_file: PathBuf,
}

pub(super) fn examine(application: &Application, has_tls: bool, now: Timestamp) -> Vec<Finding> {
    let manifest = match Manifest::load(&application.manifest) {
        Ok(manifest) => manifest,
        Err(error) => return vec![Finding::fault("manifest", error.to_string())],
    };
    let mut findings = vec![components(&application.manifest, &manifest)];
    findings.extend(unknown(application, &manifest));
    match variables(application, &manifest) {
        Err(finding) => findings.push(finding),
        Ok(variables) => {
            findings.push(Finding::good("variables", "every required one has a value"));
            findings.extend(values(&variables, has_tls, now));
        }
    }
    findings
}

fn components(path: &Path, manifest: &Manifest) -> Finding {
    let folder = path.parent().unwrap_or(Path::new(""));
    let missing = manifest.components.values().map(|component| folder.join(&component.source));
    match missing.into_iter().find(|source| !source.is_file()) {
        Some(source) => {
            let source = source.display();
            Finding::fault(
                "components",
                format!("{source} is missing; build the components, or unpack the archive again"),
            )
        }
        None => Finding::good("components", format!("{} are there", manifest.components.len())),
    }
}

fn variables(application: &Application, manifest: &Manifest) -> Result<Variables, Finding> {
    let file = EnvFile::read(&application.env_file).map_err(|error| Finding::fault("variables", error.to_string()))?;
    let is_missing = |name: &str| file.variable(name).is_none();
    let required = manifest.variables.iter().filter(|(_, variable)| variable.default.is_none());
    let missing: Vec<_> =
        required.filter(|(name, _)| is_missing(name)).map(|(name, _)| environment_name(name)).collect();
    if !missing.is_empty() {
        let (missing, file) = (missing.join(", "), application.env_file.display());
        let words = format!("{missing}: no value; put them into {file}, or let `moydom secrets` do it");
        return Err(Finding::fault("variables", words));
    }
    Variables::resolve(&manifest.variables, |name| file.variable(name))
        .map_err(|error| Finding::fault("variables", error.to_string()))
}

/// A misspelt name: its value goes nowhere, and the default is taken.
fn unknown(application: &Application, manifest: &Manifest) -> Option<Finding> {
    let unknown = EnvFile::read(&application.env_file).ok()?.unknown(&manifest.variables);
    let names = unknown.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let words = format!("{names}: no such variable; correct the name, see [variables] in the manifest, or remove it");
    (!names.is_empty()).then(|| Finding::warning("unknown variables", words))
}

/// The values: what cannot work, and of the rest what people would miss.
fn values(variables: &Variables, has_tls: bool, now: Timestamp) -> Vec<Finding> {
    let faults = settings::faults(variables);
    let is_sound = |name: &str| faults.iter().all(|fault| fault.name != name);
    let value = |name: &str| variables.get(name).filter(|_| is_sound(name));
    let mut findings: Vec<_> = faults.iter().map(|fault| Finding::fault(fault.name, &fault.words)).collect();
    findings.extend(value("public_origin").map(|value| origin(value, has_tls)));
    for name in ["sms_gateway_origin", "email_gateway_origin"] {
        findings.extend(value(name).map(|value| gateway::examine(name, value)));
    }
    let certificates = "esia_certificates";
    findings.extend(value(certificates).and_then(|value| pinned::examine(certificates, value, now)));
    findings
}

/// Browsers keep the session's cookie over HTTPS only, and on this machine.
fn origin(origin: &str, has_tls: bool) -> Finding {
    let is_here = ["http://127.0.0.1", "http://localhost"].iter().any(|here| origin.starts_with(here));
    let is_secure = origin.starts_with("https://");
    match (is_secure, is_here) {
        (true, _) if has_tls => Finding::good("public_origin", format!("{origin}, and this host speaks TLS itself")),
        (true, _) => Finding::good("public_origin", format!("{origin}; a proxy in front speaks TLS for this host")),
        (false, true) => Finding::warning(
            "public_origin",
            format!(
                "{origin}: people can sign in on this machine only; set it to the https address that they will see"
            ),
        ),
        (false, false) => Finding::fault(
            "public_origin",
            format!("{origin}: without https browsers keep nobody signed in; set up TLS and write https here"),
        ),
    }
}
