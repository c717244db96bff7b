//! Ticks of cron components: a fresh instance each, never two of one component at a time, a missed one made up for once.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::component::Component;
use crate::cron_counts::TickCounts;
use crate::engine::from_wasmtime;
use crate::http::app::AppLink;
use crate::interfaces::outbound::Outbound;
use crate::limits::Limits;
use crate::log::Log;
use crate::running::Running;
use crate::schedule::Schedule;

use bindings::fermyon::spin_cron::cron_types::{Error, Metadata};

/// What `bindgen!` makes of the cron world.
mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "fermyon:spin-cron/spin-cron",
        exports: { default: async },
    });
}

/// A component with a schedule.
pub(crate) struct Job {
    name: String,
    schedules: Vec<Schedule>,
    component: Arc<Component>,
    handler: bindings::SpinCronPre<crate::guest::Guest>,
    limits: Arc<Limits>,
    /// The moment of the last tick that ended; held while one runs.
    last: Mutex<LastTick>,
    counts: TickCounts,
}

impl Job {
    /// Fails when the component exports no cron handler.
    pub(crate) fn new(
        name: &str,
        schedules: Vec<Schedule>,
        component: Arc<Component>,
        limits: &Arc<Limits>,
        last: LastTick,
    ) -> Result<Self> {
        let handler =
            bindings::SpinCronPre::new(component.instance.clone()).map_err(from_wasmtime).with_context(|| {
                format!("component {name} exports no handle-cron-event; remove its cron trigger or add the export")
            })?;
        let (limits, last) = (Arc::clone(limits), Mutex::new(last));
        let counts = TickCounts::default();
        Ok(Self { name: name.to_owned(), schedules, component, handler, limits, last, counts })
    }

    /// Ticks as the schedule says until the host stops; what a host that never ran would have done before `started` is
    /// not missed.
    async fn run(self: Arc<Self>, clock: Clock, started: Timestamp, running: Running) {
        loop {
            let last = self.last.lock().await.since(started);
            // A last tick in the future is that of a clock which was set back since: waiting for it would be for ever.
            let Some(next) = self.next_after(last.min(clock.now())) else { return };
            tokio::select! {
                () = running.stopping().cancelled() => return,
                () = clock.wait_until(next) => {}
            }
            if clock.now() < next {
                continue;
            }
            // A failed tick is in the log; the next one comes in its time.
            let _ = self.tick(clock.now()).await;
        }
    }

    fn next_after(&self, at: Timestamp) -> Option<Timestamp> {
        let next = self.schedules.iter().filter_map(|schedule| schedule.next_after(at.as_second())).min()?;
        Timestamp::from_second(next).ok()
    }

    /// Runs one tick to its end, after one that is running. One that is cut off leaves no note, so the next start makes up
    /// for it.
    pub(crate) async fn tick(&self, at: Timestamp) -> Result<()> {
        let mut last = self.last.lock().await;
        let since = Instant::now();
        let result = tokio::time::timeout(self.limits.tick_time, self.call(at))
            .await
            .unwrap_or_else(|_| Err(anyhow::anyhow!("the tick took longer than {:?}", self.limits.tick_time)));
        last.set(at);
        drop(last);
        self.counts.count(at, since.elapsed(), result.is_ok());
        self.report(at, &result);
        result
    }

    async fn call(&self, at: Timestamp) -> Result<()> {
        match self.call_guest(at).await.map_err(from_wasmtime)? {
            Ok(()) => Ok(()),
            Err(Error::Other(message)) => bail!(message),
        }
    }

    async fn call_guest(&self, at: Timestamp) -> wasmtime::Result<Result<(), Error>> {
        let outbound = Outbound::new(&self.component.grants, AppLink::default());
        let mut store = self.component.store(outbound, self.limits.tick_time)?;
        let guest = self.handler.instantiate_async(&mut store).await?;
        let timestamp = u64::try_from(at.as_second()).unwrap_or_default();
        guest.call_handle_cron_event(&mut store, Metadata { timestamp }).await
    }

    fn report(&self, at: Timestamp, result: &Result<()>) {
        let log: &Log = &self.component.grants.log;
        let line = log.event("cron.tick").with("component", &self.name).with("at", at);
        drop(match result {
            Ok(()) => line.with("ok", true),
            Err(error) => line.with("ok", false).with("error", format!("{error:#}")),
        });
    }
}

/// The moment of a component's last tick that ended, kept across restarts.
pub(crate) struct LastTick {
    at: Option<Timestamp>,
    file: PathBuf,
}

impl LastTick {
    /// Reads what an earlier run left at `file`; an unreadable note counts as none.
    pub(crate) fn read(file: PathBuf) -> Self {
        let at = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
        Self { at, file }
    }

    /// The moment of the last tick; before the first one `started`, which is kept, so that a first tick that is cut off is
    /// missed like any other.
    fn since(&mut self, started: Timestamp) -> Timestamp {
        if self.at.is_none() {
            self.set(started);
        }
        self.at.unwrap_or(started)
    }

    /// A note that cannot be written costs a tick that is made up for at the next start, no more.
    fn set(&mut self, at: Timestamp) {
        self.at = Some(at);
        let _ = self.write(at);
    }

    /// A power cut leaves the old note or the new one, never half of one.
    fn write(&self, at: Timestamp) -> io::Result<()> {
        let part = self.file.with_extension("part");
        let mut file = File::create(&part)?;
        writeln!(file, "{at}")?;
        file.sync_all()?;
        fs::rename(part, &self.file)
    }
}

/// The jobs of a host by component.
#[derive(Clone, Default)]
pub(crate) struct Cron(Arc<HashMap<String, Arc<Job>>>);

impl Cron {
    pub(crate) fn new(jobs: impl IntoIterator<Item = Job>) -> Self {
        Self(Arc::new(jobs.into_iter().map(|job| (job.name.clone(), Arc::new(job))).collect()))
    }

    /// Starts every schedule.
    pub(crate) fn start(&self, clock: &Clock, running: &Running) {
        let started = clock.now();
        for job in self.0.values() {
            running.spawn(Arc::clone(job).run(clock.clone(), started, running.clone()));
        }
    }

    /// What is counted of each component's ticks.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&str, &TickCounts)> + Clone {
        self.0.values().map(|job| (&*job.name, &job.counts))
    }

    /// Runs one tick of `component` now, whatever its schedule says.
    pub(crate) async fn tick(&self, component: &str, at: Timestamp) -> Result<()> {
        let job = self.0.get(component).with_context(|| format!("component {component} has no cron trigger"))?;
        job.tick(at).await
    }
}
