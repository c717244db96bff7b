//! What one instance carries: its WASI world, its grants and its way out.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::ResourceTable;
use wasmtime::error::Context as _;
use wasmtime::{Engine, Result, Store, UpdateDeadline};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::component::Grants;
use crate::engine::EPOCH;
use crate::interfaces::outbound::Outbound;
use crate::output::Output;

/// The data of a store.
pub(crate) struct Guest {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
    pub(crate) table: ResourceTable,
    pub(crate) grants: Arc<Grants>,
    /// How many databases the guest has open.
    pub(crate) open_databases: usize,
    /// Epochs in which the guest has computed since its last request came.
    busy_epochs: u64,
}

impl Guest {
    /// A store for a fresh instance that may use what `grants` says, and may compute for `computing_time` without a new
    /// request.
    pub(crate) fn store(
        engine: &Engine,
        grants: &Arc<Grants>,
        outbound: Outbound,
        computing_time: Duration,
    ) -> Result<Store<Self>> {
        let guest = Self {
            wasi: wasi(grants)?,
            http: WasiHttpCtx::new(),
            outbound,
            table: ResourceTable::new(),
            grants: Arc::clone(grants),
            open_databases: 0,
            busy_epochs: 0,
        };
        let mut store = Store::new(engine, guest);
        give_way_every_epoch(&mut store, computing_time);
        Ok(store)
    }

    /// Starts the measure of computing time anew.
    pub(crate) fn reset_computing_time(&mut self) {
        self.busy_epochs = 0;
    }
}

fn wasi(grants: &Grants) -> Result<WasiCtx> {
    let mut wasi = WasiCtx::builder();
    wasi.wall_clock(grants.clock.clone())
        .stdout(Output::new(&grants.component, "stdout", &grants.log))
        .stderr(Output::new(&grants.component, "stderr", &grants.log))
        .envs(&grants.environment);
    for mount in &grants.files {
        wasi.preopened_dir(&mount.source, &mount.destination, FsPerms::ReadOnly)
            .with_context(|| format!("cannot mount {}", mount.source.display()))?;
    }
    Ok(wasi.build())
}

/// A guest that computes is interrupted in every epoch, so that others get their turn and its time can be looked at. One
/// that computes for longer than a request may take is stopped, even when no request waits for it any more.
fn give_way_every_epoch(store: &mut Store<Guest>, limit: Duration) {
    let limit = u64::try_from(limit.as_millis() / EPOCH.as_millis()).unwrap_or(u64::MAX);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |mut store| {
        let guest = store.data_mut();
        guest.busy_epochs += 1;
        if guest.busy_epochs > limit {
            return Err(wasmtime::format_err!("the guest computed for too long"));
        }
        Ok(UpdateDeadline::Yield(1))
    });
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.outbound }
    }
}
