//! Connections: accepted, encrypted where a certificate is given, served until the host stops.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Scheme;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::app::App;
use super::headers::Peer;
use crate::running::Running;

/// Time for a TLS handshake and for a request's head; also what an idle connection may wait.
const HEAD_TIME: Duration = Duration::from_secs(60);

/// A pause after a failed accept, for example when there are no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections for an app.
pub(crate) struct Server {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) app: Arc<App>,
    pub(crate) running: Running,
}

impl Server {
    /// Serves until the host stops.
    pub(crate) async fn run(self) {
        loop {
            let accepted = tokio::select! {
                () = self.running.stopping().cancelled() => return,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, address)) => self.start(stream, address),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    fn start(&self, stream: TcpStream, address: SocketAddr) {
        // Without it a response in two segments waits for the client's delayed acknowledgement: 40 ms.
        let _ = stream.set_nodelay(true);
        let (app, running) = (Arc::clone(&self.app), self.running.clone());
        match self.tls.clone() {
            None => self.running.spawn(serve(stream, Peer::new(address, Scheme::HTTP), app, running)),
            Some(tls) => self.running.spawn(async move {
                if let Ok(Ok(stream)) = tokio::time::timeout(HEAD_TIME, tls.accept(stream)).await {
                    serve(stream, Peer::new(address, Scheme::HTTPS), app, running).await;
                }
            }),
        }
    }
}

/// Serves the requests of one connection; when the host stops, the present one is the last.
async fn serve<S>(stream: S, peer: Peer, app: Arc<App>, running: Running)
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let service = service_fn(|request: http::Request<Incoming>| {
        let (app, peer) = (&app, &peer);
        async move {
            let request = request.map(|body| body.map_err(Into::into).boxed_unsync());
            Ok::<_, Infallible>(app.serve(request, peer).await)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(app.limits().header_bytes)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // What goes wrong here is the client's connection: nobody is left to tell.
    let _ = tokio::select! {
        biased;
        result = connection.as_mut() => result,
        () = running.stopping().cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
}
