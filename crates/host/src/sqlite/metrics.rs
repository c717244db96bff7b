//! What databases tell of those who wait to write.

use super::Databases;
use super::connection::Backend;
use super::writer::WriterQueue;
use crate::metrics::Text;

impl Databases {
    /// Every sample about waiting writers; a server's own queue cannot be seen from here.
    pub(crate) fn write_metrics(&self, text: &mut Text) {
        let name = "moydom_sql_writer_wait_seconds";
        text.metric(name, "histogram", "How long writers waited for their turn.");
        self.queues().for_each(|(label, queue)| text.histogram(name, &[("database", label)], queue.waits()));
        let name = "moydom_sql_writers_waiting";
        text.metric(name, "gauge", "Writers that wait for their turn now.");
        self.queues().for_each(|(label, queue)| text.sample(name, &[("database", label)], queue.waiting()));
        let name = "moydom_sql_writers_given_up_total";
        text.metric(name, "counter", "Writers that waited in vain and were told that the database is locked.");
        self.queues().for_each(|(label, queue)| text.sample(name, &[("database", label)], queue.given_up()));
    }

    fn queues(&self) -> impl Iterator<Item = (&str, &WriterQueue)> {
        self.by_label.iter().filter_map(|(label, backend)| match backend {
            Backend::File(database) => Some((label.as_str(), &*database.writers)),
            Backend::Remote(_) => None,
        })
    }
}
