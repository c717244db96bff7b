//! Connections: accepted, encrypted where a certificate is given, served until the host stops.

use std::convert::Infallible;
use std::io;
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
use rustix::net::sockopt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use super::app::App;
use super::headers::Peer;
use crate::running::Running;

/// How long data that a client does not take may wait. After that the connection is broken, as is one whose client has
/// vanished without a word.
const UNTAKEN_TIME: Duration = Duration::from_secs(60);

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
        let places = Arc::new(Semaphore::new(self.app.limits().connections));
        loop {
            let accepted = tokio::select! {
                () = self.running.stopping().cancelled() => return,
                accepted = self.accept(&places) => accepted,
            };
            match accepted {
                Ok((stream, address, place)) => self.start(stream, address, place),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    /// The next connection; beyond the limit clients wait where the system queues them.
    async fn accept(&self, places: &Arc<Semaphore>) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
        let (stream, address) = self.listener.accept().await?;
        Ok((stream, address, place))
    }

    fn start(&self, stream: TcpStream, address: SocketAddr, place: OwnedSemaphorePermit) {
        // A socket that refuses a setting is served without it.
        let _ = configure(&stream);
        let (app, running, tls) = (Arc::clone(&self.app), self.running.clone(), self.tls.clone());
        self.running.spawn(async move {
            app.counts.connections_accepted.add(1);
            match tls {
                None => serve(stream, Peer::new(address, Scheme::HTTP), &app, running).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(app.limits().head_time, tls.accept(stream)).await {
                        serve(stream, Peer::new(address, Scheme::HTTPS), &app, running).await;
                    }
                }
            }
            app.counts.connections_closed.add(1);
            drop(place);
        });
    }
}

fn configure(stream: &TcpStream) -> io::Result<()> {
    // Without it a response in two segments waits for the client's delayed acknowledgement: 40 ms.
    stream.set_nodelay(true)?;
    sockopt::set_tcp_user_timeout(stream, u32::try_from(UNTAKEN_TIME.as_millis()).unwrap_or(u32::MAX))?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, UNTAKEN_TIME)?;
    Ok(())
}

/// Serves the requests of one connection; when the host stops, the present one is the last.
async fn serve<S>(stream: S, peer: Peer, app: &App, running: Running)
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let service = service_fn(|request: http::Request<Incoming>| {
        let peer = &peer;
        async move {
            let request = request.map(|body| body.map_err(Into::into).boxed_unsync());
            Ok::<_, Infallible>(app.serve(request, peer).await)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(app.limits().head_time)
        // A buffer, no limit: what fits is counted by the app, which refuses in words.
        .max_buf_size(2 * app.limits().header_bytes)
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
