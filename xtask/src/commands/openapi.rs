//! `cargo xtask openapi`

use std::fs;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{
    process::{cargo, output},
    workspace::root,
};

/// Write the OpenAPI document of all components, and the list of its operations, to static/api/.
///
/// It is made from the declarations of the routes themselves; a test tells when a file is stale.
#[derive(Args)]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run(self) -> Result<()> {
        for (name, wish) in [("openapi.json", None), ("operations.json", Some("operations"))] {
            let mut printer = cargo(["run", "--quiet", "--package", "native-suite", "--bin", "openapi"]);
            let text = output(printer.arg("--").args(wish))?;
            let path = root().join("static/api").join(name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}
