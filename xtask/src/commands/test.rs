//! `cargo xtask test`

use std::{env, process::Command};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use crate::{
    build, contract, debian, env_file, node,
    process::{cargo, command, succeeds},
    python,
    run::{Count, count},
    service::Logs,
    suite::{self, Options, Suite},
    terminal::{failure, step},
    workspace::{files, native_packages, program},
};

/// Run all tests, or some of their parts.
///
/// unit: every crate's own tests, the host's among them. api: black box tests of the HTTP API against the compiled
/// components, each with a state of its own; with BASE_URL=… they aim at a suite that runs elsewhere, in Spin for
/// instance. contract: schemathesis asks the running suite whatever its OpenAPI document allows and does not allow; the
/// Kubernetes manifests are valid. browser: the whole way of a resident in Chromium. The last two install what they
/// need (Python and PyPI packages; Chromium, Node and npm packages) where they may (Debian, root), else tell it.
#[derive(Args)]
pub(super) struct Test {
    /// What to run [default: all but contract]
    parts: Vec<Part>,
    /// Arguments for the test programs: a part of a test's name, for the browser --test-name-pattern=….
    #[arg(last = true)]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Unit,
    Api,
    Contract,
    Browser,
}

/// Without the contract tests: they ask at random, for minutes, and are for before a release.
const USUAL: [Part; 3] = [Part::Unit, Part::Api, Part::Browser];

impl Test {
    pub(super) fn run(self) -> Result<()> {
        let parts = if self.parts.is_empty() { &USUAL } else { self.parts.as_slice() };
        let mut total = Count::default();
        for part in parts {
            total += part.run(&self.arguments).unwrap_or_else(|error| {
                failure(&format!("{error:#}"));
                Count { passed: 0, failed: 1 }
            });
        }
        println!("\n{} passed, {} failed", total.passed, total.failed);
        if total.failed > 0 {
            bail!("some tests failed: see above");
        }
        Ok(())
    }
}

impl Part {
    fn run(self, arguments: &[String]) -> Result<Count> {
        match self {
            Self::Unit => unit(arguments),
            Self::Api => api(arguments),
            Self::Contract => contract(),
            Self::Browser => browser(arguments),
        }
    }
}

fn unit(arguments: &[String]) -> Result<Count> {
    step("unit tests");
    // The host's tests build their guests, and start a Redis of their own; without one these few tests fail and say so.
    build::add_target()?;
    if debian::may_install() && !succeeds(&mut command("redis-server", ["--version"])) {
        debian::install(&["redis-server"], "the host's tests need redis-server")?;
    }
    let mut total = Count::default();
    for packages in native_packages()? {
        let mut cargo = cargo(["test", "--no-fail-fast"]);
        total += count(cargo.args(packages).arg("--").args(arguments))?;
    }
    Ok(total)
}

fn api(arguments: &[String]) -> Result<Count> {
    step("API tests");
    if env::var_os("BASE_URL").is_none() {
        build::build_all()?;
    }
    count(cargo(["test", "--package", "api-tests", "--no-fail-fast", "--"]).args(arguments))
}

fn contract() -> Result<Count> {
    step("contract tests");
    python::prepare()?;
    let mut total = contract::manifests()?;
    total += match env::var("BASE_URL") {
        Ok(portal) => contract::api(portal.trim_end_matches('/'))?,
        Err(_) => with_suite(|suite| contract::api(&suite.portal()))?,
    };
    Ok(total)
}

fn browser(arguments: &[String]) -> Result<Count> {
    step("browser tests");
    node::prepare()?;
    let mut node = node_test(arguments)?;
    if env::var_os("BASE_URL").is_some() {
        return count(&mut node);
    }
    node.env("MOYDOM", program("moydom"));
    with_suite(|suite| count(node.env("BASE_URL", suite.portal()).env("SANDBOX_URL", suite.sandbox())))
}

/// Runs tests against a suite of their own over a fresh demo state.
fn with_suite(tests: impl FnOnce(&Suite) -> Result<Count>) -> Result<Count> {
    env_file::prepare()?;
    build::build_all()?;
    let folder = Folder::new()?;
    suite::prepare(&folder.0, None, true)?;
    let logs = Logs::File(folder.0.join("suite.log"));
    // Ctrl-C ends the tests; what was started for them is stopped after that.
    let _stop = suite::stop_signals()?;
    tests(&Suite::start(&Options { listen: suite::free_address()?, state: folder.0.clone(), at: None, logs })?)
}

fn node_test(arguments: &[String]) -> Result<Command> {
    let mut node = command("node", ["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    // Node 20 finds no files by a pattern.
    let mut cases = files(&node::folder().join("cases"), &["js"])?;
    cases.retain(|path| path.to_string_lossy().ends_with(".test.js"));
    node.args(arguments).args(cases).current_dir(node::folder()).env("CHROMIUM", node::chromium());
    Ok(node)
}

/// A folder for one run, removed after it.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = env::temp_dir().join(format!("moydom-tests-{}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is only temporary.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
