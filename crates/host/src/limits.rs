//! What one request, one instance and the whole host may take.

use std::time::Duration;

/// The limits of a host; every one has a flag of `moydom serve`.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Linear memory of one instance, in bytes.
    pub memory_bytes: usize,
    /// Time from a request's arrival to the head of its response.
    pub request_time: Duration,
    /// Time from the head of a response to the end of its body and of what the guest does afterwards.
    pub response_time: Duration,
    /// Time of one cron tick.
    pub tick_time: Duration,
    /// Time for a TLS handshake and for a request's head; also what a connection may idle between two requests.
    pub head_time: Duration,
    /// Time for a request's body to come.
    pub body_time: Duration,
    /// Size of a request's head, in bytes.
    pub header_bytes: usize,
    /// Room on the disk below which the host is not ready, in bytes.
    pub free_bytes: u64,
    /// Size of a request's body, in bytes.
    pub body_bytes: u64,
    /// Bodies of one address that may be on their way at the same time; the next one is answered 429.
    pub bodies_per_address: usize,
    /// Connections that are open at the same time; the next one waits to be accepted.
    pub connections: usize,
    /// Requests that are served at the same time; the next one is answered 503.
    pub concurrent_requests: usize,
    /// Requests after which an instance is replaced.
    pub requests_per_instance: usize,
    /// Requests that one instance serves at the same time.
    pub concurrent_per_instance: usize,
    /// Time after which an instance without work is dropped.
    pub idle_time: Duration,
    /// Time that running requests get to finish when the host stops.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 128 << 20,
            request_time: Duration::from_secs(30),
            response_time: Duration::from_secs(300),
            tick_time: Duration::from_secs(120),
            head_time: Duration::from_secs(60),
            body_time: Duration::from_secs(25),
            header_bytes: 32 << 10,
            // SQLite's log grows so large before it is emptied.
            free_bytes: 4 << 20,
            body_bytes: 24 << 20,
            bodies_per_address: 64,
            connections: 16_384,
            concurrent_requests: 512,
            requests_per_instance: 128,
            concurrent_per_instance: 16,
            idle_time: Duration::from_secs(1),
            drain_time: Duration::from_secs(10),
        }
    }
}
