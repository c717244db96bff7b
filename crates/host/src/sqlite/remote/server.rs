//! The way to a libSQL server: one HTTP request for each exchange.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Request as HttpRequest, Response as HttpResponse, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::protocol::{Answer, Failure, Pipeline, Request};
use crate::sqlite::Error;

/// How long an answer may take: longer than a server waits for a lock.
const PATIENCE: Duration = Duration::from_secs(30);

/// The largest answer that is gathered for a guest, as JSON.
const MAX_ANSWER_BYTES: usize = 128 << 20;

/// A server, and the connections to it that are kept open.
pub(super) struct Server {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    token: Option<HeaderValue>,
}

impl Server {
    /// The server at `url` (`libsql:`, `https:` or `http:`); an empty token is none.
    pub(super) fn new(url: &str, token: &str) -> Result<Self, String> {
        let base = match url.strip_prefix("libsql://") {
            Some(rest) => format!("https://{rest}"),
            None => url.to_owned(),
        };
        let uri: Uri = base.parse().map_err(|error| format!("{error}"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.query().is_some() {
            return Err("it begins with libsql://, https:// or http:// and has no `?`".to_owned());
        }
        Ok(Self { client: client(), base: base.trim_end_matches('/').to_owned(), token: bearer(token)? })
    }

    /// Sends requests on a stream, or opens one with them. `base` is where the stream lives, if not at the usual place.
    pub(super) async fn exchange(
        &self,
        base: Option<&str>,
        baton: Option<&str>,
        requests: &[Request<'_>],
    ) -> Result<Answer, Error> {
        let body = serde_json::to_vec(&Pipeline { baton, requests }).map_err(|error| Error::Io(error.to_string()))?;
        let request = self.request(base.unwrap_or(&self.base), body)?;
        let answered = tokio::time::timeout(PATIENCE, async {
            let response = self.client.request(request).await.map_err(|error| unreachable(&error))?;
            read(response).await
        });
        let late = |_| Error::Io(format!("the libSQL server did not answer within {} s", PATIENCE.as_secs()));
        let (status, body) = answered.await.map_err(late)??;
        if status != StatusCode::OK {
            return Err(refused(status, &body));
        }
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|error| Error::Io(format!("the libSQL server's answer cannot be read: {error}")))?;
        if answer.results.len() != requests.len() {
            return Err(Error::Io("the libSQL server answered something else than was asked".to_owned()));
        }
        Ok(answer)
    }

    fn request(&self, base: &str, body: Vec<u8>) -> Result<HttpRequest<Full<Bytes>>, Error> {
        let mut request = HttpRequest::post(format!("{base}/v3/pipeline"))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body))
            .map_err(|error| Error::Io(error.to_string()))?;
        if let Some(token) = &self.token {
            request.headers_mut().insert(AUTHORIZATION, token.clone());
        }
        Ok(request)
    }
}

async fn read(response: HttpResponse<Incoming>) -> Result<(StatusCode, Bytes), Error> {
    let (head, body) = response.into_parts();
    match Limited::new(body, MAX_ANSWER_BYTES).collect().await {
        Ok(body) => Ok((head.status, body.to_bytes())),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(Error::Io(format!("query result exceeds limit of {MAX_ANSWER_BYTES} bytes")))
        }
        Err(error) => Err(Error::Io(format!("the libSQL server's answer broke off: {error}"))),
    }
}

fn client() -> Client<HttpsConnector<HttpConnector>, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.enforce_http(false);
    let connector =
        HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(connector);
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(30))
        .build(connector)
}

fn bearer(token: &str) -> Result<Option<HeaderValue>, String> {
    if token.is_empty() {
        return Ok(None);
    }
    let mut value = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| "its token has signs that a header may not have".to_owned())?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// The innermost reason is the telling one: "connection refused" and not "client error".
fn unreachable(error: &hyper_util::client::legacy::Error) -> Error {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    Error::Io(format!("the libSQL server cannot be reached: {reason}"))
}

fn refused(status: StatusCode, body: &[u8]) -> Error {
    match serde_json::from_slice::<Failure>(body) {
        Ok(failure) => failure.into(),
        Err(_) if status == StatusCode::UNAUTHORIZED => {
            Error::Io("the libSQL server refuses the token of the runtime configuration".to_owned())
        }
        Err(_) => Error::Io(format!("the libSQL server answered {status}")),
    }
}
