//! What is running, and the wish that it stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Shared by everything that a host waits for when it stops: connections, instances, cron.
#[derive(Clone, Default)]
pub(crate) struct Running {
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Running {
    /// Starts a task that the host waits for.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Held by what the host waits for and did not start itself.
    pub(crate) fn token(&self) -> TaskTrackerToken {
        self.tasks.token()
    }

    /// Cancelled when the host begins to stop.
    pub(crate) fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// Lets everything finish; false when something was still running after `drain_time`.
    pub(crate) async fn stop(&self, drain_time: Duration) -> bool {
        self.stopping.cancel();
        self.tasks.close();
        tokio::time::timeout(drain_time, self.tasks.wait()).await.is_ok()
    }
}
