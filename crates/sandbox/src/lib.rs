//! Plays the outside world for the demo and the tests: the gateways that send SMS and e-mail and bring SMS (`/incoming`), an OpenID provider
//! (`/oidc`), ESIA (`/esia`) with the service that signs for it (`/signer`), the program by which people sign
//! (`/signature`), and a libSQL server ([`LibsqlServer`], the program `sandbox-libsql`).
//!
//! What was "sent" stays in memory and can be read as a page (`GET /`), as JSON (`GET /messages?to=…`) or, by tests
//! in the same process, through [`Sandbox::messages`].

#![deny(missing_docs)]

mod esia;
mod gateway;
mod incoming;
mod libsql;
mod message;
mod oidc;
mod outbox;
mod page;
mod post;
mod signature;
mod signer;
mod since;

use std::net::SocketAddr;

use axum::{
    Router,
    routing::{get, post},
};
use tokio::{net::TcpListener, task::JoinHandle};

pub use esia::MISBEHAVIOURS as ESIA_MISBEHAVIOURS;
pub use libsql::LibsqlServer;
pub use message::{Channel, Message};
pub use oidc::MISBEHAVIOURS as OIDC_MISBEHAVIOURS;
use outbox::Outbox;

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    address: SocketAddr,
    outbox: Outbox,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Listens on `listen` (port 0 takes a free one) and accepts messages from whoever knows `token`.
    pub async fn start(listen: SocketAddr, token: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let outbox = Outbox::new(token);
        let origin = format!("http://{address}");
        let signatures = signature::Signatures::new();
        let (provider, signer) = (oidc::Provider::new(&origin, token), signer::Signer::new(token, signatures.clone()));
        let esia = esia::Esia::new(&origin, signer.clone());
        let providers = oidc::router(provider)
            .merge(esia::router(esia))
            .merge(signer::router(signer))
            .merge(signature::router(signatures));
        let router = router(outbox.clone()).merge(providers);
        let server = tokio::spawn(async move {
            // Returns only when the task is aborted: a failed accept is retried inside.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, outbox, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was "sent", newest first.
    pub fn messages(&self) -> Vec<Message> {
        self.outbox.messages(None)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn router(outbox: Outbox) -> Router {
    Router::new()
        .route("/sms", post(gateway::send_sms))
        .route("/email", post(gateway::send_email))
        .route("/incoming", post(incoming::bring))
        .route("/messages", get(page::list))
        .route("/", get(page::show))
        .route("/write", get(page::write))
        .route("/style.css", get(page::style))
        .with_state(outbox)
}
