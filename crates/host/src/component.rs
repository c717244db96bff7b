//! One component: compiled, linked once, and what the manifest grants it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use wasmtime::Store;
use wasmtime::component::{Component as Wasm, InstancePre, Linker};

use crate::clock::Clock;
use crate::guest::Guest;
use crate::interfaces::outbound::{Outbound, OutboundClient};
use crate::key_value::Stores;
use crate::log::Log;
use crate::outbound_policy::OutboundPolicy;
use crate::sqlite::{self, Databases};

/// What the components of a host share.
pub(crate) struct State {
    pub(crate) databases: Databases,
    pub(crate) stores: Stores,
    pub(crate) client: OutboundClient,
}

impl State {
    /// Leaves nothing in write-ahead logs, so that who copies the files of a stopped host has everything.
    pub(crate) fn settle(&self) {
        self.files().for_each(sqlite::settle);
    }

    /// The files that everything is kept in.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.databases.files().chain(self.stores.files())
    }
}

/// A directory of the host that a component may read.
pub(crate) struct Mount {
    pub(crate) source: PathBuf,
    pub(crate) destination: String,
}

/// What one component may use; everything else answers with Spin's own refusals.
pub(crate) struct Grants {
    pub(crate) component: Arc<str>,
    pub(crate) databases: HashSet<String>,
    pub(crate) stores: HashSet<String>,
    pub(crate) variables: HashMap<String, String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) files: Vec<Mount>,
    pub(crate) outbound: OutboundPolicy,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    pub(crate) state: Arc<State>,
}

/// A component that is ready to be instantiated.
pub(crate) struct Component {
    pub(crate) grants: Arc<Grants>,
    pub(crate) instance: InstancePre<Guest>,
}

impl Component {
    /// Compiles the component at `path`, or takes it from the cache, and links it.
    pub(crate) fn load(linker: &Linker<Guest>, path: &Path, grants: Grants) -> Result<Self> {
        let (name, shown) = (&grants.component, path.display());
        if !path.is_file() {
            bail!("component {name}: {shown} is missing; build the components first");
        }
        let wasm = Wasm::from_file(linker.engine(), path).map_err(first_line).with_context(|| {
            format!("component {name}: {shown} is no WebAssembly component; build it for wasm32-wasip2")
        })?;
        let instance = linker.instantiate_pre(&wasm).map_err(first_line).with_context(|| {
            format!("component {name}: {shown} imports what this host does not offer; run it on Spin")
        })?;
        Ok(Self { grants: Arc::new(grants), instance })
    }

    /// A store for a fresh instance.
    pub(crate) fn store(&self, outbound: Outbound, computing_time: Duration) -> wasmtime::Result<Store<Guest>> {
        Guest::store(self.instance.engine(), &self.grants, outbound, computing_time)
    }
}

/// What wasmtime says of a file, without the pages that may follow.
fn first_line(error: wasmtime::Error) -> anyhow::Error {
    let told = format!("{error:#}");
    anyhow::Error::msg(told.lines().next().unwrap_or_default().to_owned())
}
