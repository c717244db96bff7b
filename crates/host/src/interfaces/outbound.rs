//! Outgoing HTTP of guests: only to the hosts that the manifest grants, `*.spin.internal` without leaving the process.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, SizeHint};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::Sleep;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::component::Grants;
use crate::http::app::AppLink;

/// What a guest waits for at most when it names no time of its own.
const PATIENCE: Duration = Duration::from_secs(600);

/// Keeps connections to the outside for all guests of a host.
pub(crate) type OutboundClient = Client<HttpsConnector<HttpConnector>, WasiBody>;

/// A client that knows the public certificate authorities.
pub(crate) fn client() -> OutboundClient {
    let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(30))
        .build(connector)
}

/// The way out of one instance.
pub(crate) struct Outbound {
    grants: Arc<Grants>,
    /// The components that can be called by name.
    app: AppLink,
}

type Answer = Result<(Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

impl Outbound {
    pub(crate) fn new(grants: &Arc<Grants>, app: AppLink) -> Self {
        Self { grants: Arc::clone(grants), app }
    }
}

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Answer> + Send> {
        let (grants, app) = (Arc::clone(&self.grants), self.app.clone());
        Box::new(async move {
            let response = send(&grants, &app, request, options.unwrap_or_default()).await?;
            Ok((response, Box::new(std::future::ready(Ok(()))) as Box<_>))
        })
    }
}

async fn send(
    grants: &Grants,
    app: &AppLink,
    mut request: Request<WasiBody>,
    options: RequestOptions,
) -> Result<Response<WasiBody>, Error> {
    match destination(request.uri()) {
        Destination::Itself if grants.outbound.allows_self() => {
            let app = app.get().ok_or(Error::DestinationNotFound)?;
            Ok(app.call_itself(request).await)
        }
        Destination::Component(name) if grants.outbound.allows(request.uri()) => {
            let app = app.get().ok_or(Error::DestinationNotFound)?;
            app.call_component(&name, request).await.ok_or(Error::DestinationNotFound)
        }
        Destination::Outside if grants.outbound.allows(request.uri()) => {
            // The client names the host itself.
            request.headers_mut().remove(HOST);
            send_outside(&grants.state.client, request, options).await
        }
        Destination::Itself | Destination::Component(_) | Destination::Outside => Err(Error::HttpRequestDenied),
    }
}

enum Destination {
    /// A path of this app, without a host.
    Itself,
    /// `NAME.spin.internal`.
    Component(String),
    Outside,
}

fn destination(address: &Uri) -> Destination {
    // Libraries that insist on a host say `self.alt`.
    match address.host() {
        None | Some("" | "self.alt") => Destination::Itself,
        Some(host) => match host.strip_suffix(".spin.internal") {
            Some(component) => Destination::Component(component.to_owned()),
            None => Destination::Outside,
        },
    }
}

async fn send_outside(
    client: &OutboundClient,
    request: Request<WasiBody>,
    options: RequestOptions,
) -> Result<Response<WasiBody>, Error> {
    let head =
        options.connect_timeout.unwrap_or(PATIENCE).saturating_add(options.first_byte_timeout.unwrap_or(PATIENCE));
    let response = tokio::time::timeout(head, client.request(request))
        .await
        .map_err(|_| Error::ConnectionReadTimeout)?
        .map_err(|error| explain(&error))?;
    let patience = options.between_bytes_timeout.unwrap_or(PATIENCE);
    Ok(response.map(|body| Patient::new(body.map_err(Error::from), patience).boxed_unsync()))
}

/// What a guest learns of a request that found no answer.
fn explain(error: &legacy::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return Error::Connect(std::io::Error::new(error.kind(), error.to_string()));
        }
        if error.is::<rustls::Error>() {
            return Error::TlsProtocolError;
        }
        cause = error.source();
    }
    if error.is_connect() { Error::DestinationUnavailable } else { Error::HttpProtocolError }
}

/// A body that fails when nothing comes for too long.
struct Patient<B> {
    body: B,
    patience: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<B> Patient<B> {
    fn new(body: B, patience: Duration) -> Self {
        Self { body, patience, alarm: None }
    }
}

impl<B: Body<Data = Bytes, Error = Error> + Unpin> Body for Patient<B> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.alarm = None;
            return Poll::Ready(frame);
        }
        let patience = self.patience;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        alarm.as_mut().poll(cx).map(|()| Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
