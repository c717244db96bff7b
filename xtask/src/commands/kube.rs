//! `cargo xtask kube`

use std::fs;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use toml::{Table, Value};

use crate::{terminal::step, workspace::root};

/// Beside spin.toml, so that its paths mean the same.
const FILE: &str = "spin-kube.toml";
const CRON: &str = "[[trigger.cron]]";

/// Write spin-kube.toml: spin.toml without its schedules, for SpinKube, which has no cron trigger.
///
/// `spin registry push -f spin-kube.toml` makes the image that deploy/spinkube names; its CronJobs call the HTTP form
/// of the scheduled work.
#[derive(Args)]
pub(super) struct Kube {}

impl Kube {
    pub(super) fn run(self) -> Result<()> {
        let manifest = fs::read_to_string(root().join("spin.toml")).context("cannot read spin.toml")?;
        fs::write(root().join(FILE), without_schedules(&manifest)?).with_context(|| format!("cannot write {FILE}"))?;
        step(&format!("{FILE} is written: spin registry push -f {FILE} ADDRESS"));
        Ok(())
    }
}

/// The manifest's text without the tables of the cron trigger; everything else, comments too, stays as it is.
fn without_schedules(manifest: &str) -> Result<String> {
    let mut text = "# Written by `cargo xtask kube` from spin.toml: do not edit.\n".to_owned();
    let mut is_left_out = false;
    for line in manifest.lines() {
        let ends_table = line.starts_with('[') || line.starts_with("# ---");
        is_left_out = line.starts_with(CRON) || (is_left_out && !ends_table);
        if !is_left_out {
            text.push_str(line);
            text.push('\n');
        }
    }
    ensure!(same_but_for_schedules(manifest, &text)?, "spin.toml has schedules in a form that this cannot leave out");
    Ok(text)
}

fn same_but_for_schedules(manifest: &str, text: &str) -> Result<bool> {
    let mut expected: Table = manifest.parse().context("spin.toml is not valid TOML")?;
    if let Some(triggers) = expected.get_mut("trigger").and_then(Value::as_table_mut) {
        triggers.remove("cron");
    }
    Ok(text.parse::<Table>().is_ok_and(|written| written == expected))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use yaml_rust2::{Yaml, YamlLoader};

    const SPIN: &str = include_str!("../../../spin.toml");
    const APP: &str = include_str!("../../../deploy/spinkube/app.yaml");
    const JOBS: &str = include_str!("../../../deploy/spinkube/jobs.yaml");
    const SECRET: &str = include_str!("../../../deploy/spinkube/secret.example.yaml");
    const EXECUTOR: &str = include_str!("../../../deploy/spinkube/executor.yaml");

    fn spin() -> Table {
        SPIN.parse().unwrap()
    }

    fn documents(text: &str) -> Vec<Yaml> {
        YamlLoader::load_from_str(text).unwrap()
    }

    fn app() -> Yaml {
        documents(APP).remove(0)
    }

    fn list(yaml: &Yaml) -> &[Yaml] {
        yaml.as_vec().map_or(&[], Vec::as_slice)
    }

    /// Every reference to a key of a secret below `yaml`.
    fn secret_references(yaml: &Yaml, found: &mut Vec<(String, String)>) {
        if let Some((name, key)) = yaml["secretKeyRef"]["name"].as_str().zip(yaml["secretKeyRef"]["key"].as_str()) {
            found.push((name.to_owned(), key.to_owned()));
        }
        let parts: Vec<&Yaml> = match yaml {
            Yaml::Hash(hash) => hash.values().collect(),
            Yaml::Array(list) => list.iter().collect(),
            _ => Vec::new(),
        };
        parts.into_iter().for_each(|part| secret_references(part, found));
    }

    #[test]
    fn the_manifest_for_spinkube_is_spin_toml_without_its_schedules() {
        let written = without_schedules(SPIN).unwrap();
        assert!(!written.contains(CRON) && SPIN.contains(CRON));
        assert!(same_but_for_schedules(SPIN, &written).unwrap());
    }

    #[test]
    fn schedules_anywhere_are_left_out_and_nothing_else() {
        let manifest = "[a]\nb = 1\n\n[[trigger.cron]]\ncomponent = 'x'\n[[trigger.http]]\nroute = '/'\n\n\
                        [[trigger.cron]]\ncomponent = 'y'\n# --- next\n[component.x]\n";
        let written = without_schedules(manifest).unwrap();
        assert!(written.ends_with("[a]\nb = 1\n\n[[trigger.http]]\nroute = '/'\n\n# --- next\n[component.x]\n"));
    }

    #[test]
    fn a_form_that_cannot_be_left_out_is_an_error() {
        assert!(without_schedules("[trigger]\ncron = [{ component = 'x' }]\n").is_err());
    }

    #[test]
    fn the_app_gives_every_variable_and_no_other() {
        let app = app();
        let names: Vec<_> = list(&app["spec"]["variables"]).iter().filter_map(|one| one["name"].as_str()).collect();
        let given: BTreeSet<_> = names.iter().copied().collect();
        assert_eq!(names.len(), given.len(), "given twice: {names:?}");
        let spin = spin();
        let variables = spin["variables"].as_table().unwrap();
        // A setting whose default suits every cluster need not be given.
        let needed: BTreeSet<_> = variables
            .iter()
            .filter(|(name, variable)| variable.get("default").is_none() || name.contains("origin"))
            .map(|(name, _)| name.as_str())
            .collect();
        let known: BTreeSet<_> = variables.keys().map(String::as_str).collect();
        assert!(needed.is_subset(&given), "not given: {:?}", needed.difference(&given));
        assert!(given.is_subset(&known), "unknown: {:?}", given.difference(&known));
    }

    #[test]
    fn a_secret_variable_comes_from_the_secret() {
        let (app, spin) = (app(), spin());
        for one in list(&app["spec"]["variables"]) {
            let name = one["name"].as_str().unwrap();
            let is_secret = spin["variables"][name].get("secret").and_then(Value::as_bool) == Some(true);
            assert_eq!(one["value"].is_badvalue(), is_secret, "{name}");
        }
    }

    #[test]
    fn every_label_of_a_store_and_database_has_a_backend_that_replicas_share() {
        let (app, spin) = (app(), spin());
        let config = &app["spec"]["runtimeConfig"];
        for (granted, configured, kind) in
            [("sqlite_databases", "sqliteDatabases", "libsql"), ("key_value_stores", "keyValueStores", "redis")]
        {
            let labels =
                |component: &Value| component.get(granted).and_then(Value::as_array).cloned().unwrap_or_default();
            for label in spin["component"].as_table().unwrap().values().flat_map(labels) {
                let backend =
                    list(&config[configured]).iter().find(|backend| backend["name"].as_str() == label.as_str());
                assert_eq!(backend.and_then(|backend| backend["type"].as_str()), Some(kind), "{label}");
            }
        }
    }

    #[test]
    fn every_reference_to_the_secret_is_a_key_of_it() {
        let secret = documents(SECRET).remove(0);
        let mut references = Vec::new();
        documents(APP).iter().chain(&documents(JOBS)).for_each(|document| secret_references(document, &mut references));
        assert!(!references.is_empty());
        for (name, key) in references {
            assert_eq!(Some(name.as_str()), secret["metadata"]["name"].as_str());
            assert!(!secret["stringData"][key.as_str()].is_badvalue(), "{key}");
        }
    }

    #[test]
    fn every_schedule_has_a_job_that_calls_its_http_form_as_often() {
        let jobs = documents(JOBS);
        let spin = spin();
        for trigger in spin["trigger"]["cron"].as_array().unwrap() {
            let component = trigger["component"].as_str().unwrap();
            let ending = format!(".svc/api/{component}/run");
            let calls = |job: &&Yaml| {
                let container = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0];
                list(&container["args"]).iter().any(|word| word.as_str().is_some_and(|word| word.ends_with(&ending)))
            };
            let job = jobs.iter().find(calls).unwrap_or_else(|| panic!("no CronJob calls {ending}"));
            // Spin's expressions have seconds before, and may have years after.
            let expression = trigger["cron_expression"].as_str().unwrap();
            let minutes: Vec<_> = expression.split(' ').skip(1).take(5).collect();
            assert_eq!(job["spec"]["schedule"].as_str(), Some(minutes.join(" ").as_str()));
        }
    }

    #[test]
    fn the_app_runs_in_the_executor_of_the_same_namespace() {
        let (app, executor) = (app(), documents(EXECUTOR).remove(1));
        assert_eq!(app["spec"]["executor"], executor["metadata"]["name"]);
        assert_eq!(app["metadata"]["namespace"], executor["metadata"]["namespace"]);
        assert_eq!(executor["spec"]["deploymentConfig"]["runtimeClassName"].as_str(), Some("wasmtime-spin-v2"));
    }
}
