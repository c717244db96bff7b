//! The instances of one component: made when needed, reused while they are good, stopped when their time is over.
//!
//! wasmtime's own worker does the serving; this file only answers its questions.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Sleep;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_util::task::task_tracker::TaskTrackerToken;
use wasmtime::component::GuestTaskId;
use wasmtime::{Result, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyHandler, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::{p2, p3};

use super::app::AppLink;
use super::counts::InstanceCounts;
use crate::component::Component;
use crate::guest::Guest;
use crate::interfaces::outbound::Outbound;
use crate::limits::Limits;
use crate::running::Running;

/// Makes instances of one component.
pub(crate) struct Instances {
    component: Arc<Component>,
    proxy: ProxyPre<Guest>,
    app: AppLink,
    limits: Arc<Limits>,
    running: Running,
    counts: Arc<InstanceCounts>,
}

impl Instances {
    /// Fails when the component exports no HTTP handler.
    pub(crate) fn new(
        component: Arc<Component>,
        app: AppLink,
        limits: &Arc<Limits>,
        running: &Running,
    ) -> Result<Self> {
        let proxy = match p3::bindings::ServicePre::new(component.instance.clone()) {
            Ok(service) => ProxyPre::P3(service),
            Err(_) => ProxyPre::P2(p2::bindings::ProxyPre::new(component.instance.clone())?),
        };
        let (limits, running) = (Arc::clone(limits), running.clone());
        Ok(Self { component, proxy, app, limits, running, counts: Arc::default() })
    }

    /// What is counted of them.
    pub(crate) fn counts(&self) -> Arc<InstanceCounts> {
        Arc::clone(&self.counts)
    }

    /// Starts serving.
    pub(crate) fn into_handler(self) -> ProxyHandler<Self> {
        ProxyHandler::new(self)
    }
}

impl HandlerState for Instances {
    type StoreData = Guest;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> Result<Instance<Guest, Expiration, Worker>> {
        let outbound = Outbound::new(&self.component.grants, self.app.clone());
        let mut store = self.component.store(outbound, self.limits.request_time)?;
        let proxy = self.proxy.instantiate_async(&mut store).await?;
        self.counts.made.add(1);
        Ok(Instance {
            store,
            proxy,
            view: Guest::http,
            expiration: Expiration::new(&self.limits, self.running.stopping()),
            state: Worker {
                component: Arc::clone(&self.component.grants.component),
                log: self.component.grants.log.clone(),
                limits: Arc::clone(&self.limits),
                counts: Arc::clone(&self.counts),
                _running: self.running.token(),
            },
        })
    }
}

/// Held by what a request occupies; the last holder frees its place.
pub(crate) type Permit = Arc<OwnedSemaphorePermit>;

/// Decides how many requests an instance gets, and reports its end.
pub(crate) struct Worker {
    component: Arc<str>,
    log: crate::log::Log,
    limits: Arc<Limits>,
    counts: Arc<InstanceCounts>,
    /// The host waits for this instance when it stops.
    _running: TaskTrackerToken,
}

impl WorkerState for Worker {
    type StoreData = Guest;
    type RequestData = Permit;

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.limits.requests_per_instance {
            ShouldAccept::Never
        } else if concurrent >= self.limits.concurrent_per_instance {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, Guest>,
        permit: Permit,
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        store.data_mut().reset_computing_time();
        let time = self.limits.request_time;
        Box::pin(async move {
            // A client that has gone leaves a running guest behind, which counts until it is done.
            let _permit = permit;
            tokio::time::sleep(time).await;
        })
    }

    fn drop(&self, store: Store<Guest>, result: Result<()>) {
        drop(store);
        self.counts.ended.add(1);
        if let Err(error) = result {
            self.counts.failed.add(1);
            drop(
                self.log
                    .event("component.failed")
                    .with("component", &*self.component)
                    .with("error", format!("{error:#}")),
            );
        }
    }
}

/// Ends an instance that is idle or takes too long.
///
/// It is polled from outside of the guest's event loop, which a computing or waiting guest may hold up: this is what stops
/// such a guest.
pub(crate) struct Expiration {
    limits: Arc<Limits>,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    alarm: Pin<Box<Sleep>>,
}

impl Expiration {
    fn new(limits: &Arc<Limits>, stopping: &CancellationToken) -> Self {
        Self {
            limits: Arc::clone(limits),
            stopping: Box::pin(stopping.clone().cancelled_owned()),
            alarm: Box::pin(tokio::time::sleep(limits.idle_time)),
        }
    }
}

impl WorkerExpiration for Expiration {
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>, status: WorkerStatus, start: Instant) -> Poll<()> {
        let time = match status {
            WorkerStatus::Idle if self.stopping.as_mut().poll(cx).is_ready() => return Poll::Ready(()),
            WorkerStatus::Idle => self.limits.idle_time,
            WorkerStatus::Requests => self.limits.request_time,
            WorkerStatus::PostReturn => self.limits.response_time,
        };
        let deadline = tokio::time::Instant::from_std(start + time);
        // Setting a timer costs more than a poll, so one that rings too early is left alone and set anew when it rings.
        if self.alarm.deadline() > deadline {
            self.alarm.as_mut().reset(deadline);
        }
        while self.alarm.as_mut().poll(cx).is_ready() {
            if tokio::time::Instant::now() >= deadline {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}
