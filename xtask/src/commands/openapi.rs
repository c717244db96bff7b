//! `cargo xtask openapi`

use std::fs;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{
    process::{cargo, output},
    workspace::root,
};

/// Write the OpenAPI document of all components to static/api/openapi.json.
///
/// It is made from the declarations of the routes themselves; a test tells when the file is stale.
#[derive(Args)]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run(self) -> Result<()> {
        let document = output(&mut cargo(["run", "--quiet", "--package", "native-suite", "--bin", "openapi"]))?;
        let path = root().join("static/api/openapi.json");
        fs::create_dir_all(root().join("static/api"))?;
        fs::write(&path, document).with_context(|| format!("cannot write {}", path.display()))
    }
}
