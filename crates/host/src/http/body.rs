//! Bodies: a limit on what comes in, one write for what goes out.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::Response;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;
use wasmtime_wasi_http::{Error, WasiBody};

use super::problem::Problem;
use super::share::Share;

/// How long a response's head waits for the body's first bytes.
const MOMENT: Duration = Duration::from_millis(5);

/// A body up to this size is sent in one write with its head.
const SMALL: usize = 64 << 10;

/// A body that is there already.
pub(crate) fn full(bytes: impl Into<Bytes>) -> WasiBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A request's body that ends with an error once more than `left` bytes or `time` have come and gone.
pub(crate) struct Limited<B> {
    body: B,
    left: u64,
    alarm: Pin<Box<Sleep>>,
    fault: Fault,
    /// Given back when the body has come.
    share: Option<Share>,
}

/// Tells why a [`Limited`] body was broken off, if it was.
#[derive(Clone, Default)]
pub(crate) struct Fault(Arc<OnceLock<Problem>>);

impl Fault {
    pub(crate) fn get(&self) -> Option<Problem> {
        self.0.get().copied()
    }
}

impl<B> Limited<B> {
    pub(crate) fn new(body: B, bytes: u64, time: Duration, share: Option<Share>) -> (Self, Fault) {
        let fault = Fault::default();
        let alarm = Box::pin(tokio::time::sleep(time));
        (Self { body, left: bytes, alarm, fault: fault.clone(), share }, fault)
    }

    fn break_off(&mut self, problem: Problem, error: Error) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        // The first fault is the one that is told.
        let _ = self.fault.0.set(problem);
        self.share = None;
        Poll::Ready(Some(Err(error)))
    }
}

impl<B: Body<Data = Bytes, Error = Error> + Unpin> Body for Limited<B> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
            return match self.alarm.as_mut().poll(cx) {
                Poll::Ready(()) => self.break_off(Problem::BodyTooSlow, Error::ConnectionReadTimeout),
                Poll::Pending => Poll::Pending,
            };
        };
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            match self.left.checked_sub(data.len() as u64) {
                Some(left) => self.left = left,
                None => return self.break_off(Problem::BodyTooLarge, Error::HttpRequestBodySize(None)),
            }
        }
        if frame.is_none() || self.body.is_end_stream() {
            self.share = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Waits a moment for the body, so that a small one goes out together with the head. `kept` is dropped when the body has
/// gone out or is given up.
///
/// A guest hands its body over piece by piece, after the head. Written as they come, they would be two segments and two
/// system calls.
pub(crate) async fn gather<K>(response: Response<WasiBody>, kept: K) -> Response<WasiBody>
where
    K: Send + Unpin + 'static,
{
    let (head, body) = response.into_parts();
    let mut gathered = Gathered { start: VecDeque::new(), rest: Some(body), kept };
    // Whatever has come when the moment is over is sent, and the rest follows.
    let _ = tokio::time::timeout(MOMENT, gathered.fill()).await;
    let body = match gathered.take_whole() {
        Some(whole) => full(whole),
        None => gathered.boxed_unsync(),
    };
    Response::from_parts(head, body)
}

/// What has come of a body, and what is still to come.
struct Gathered<K> {
    start: VecDeque<Result<Frame<Bytes>, Error>>,
    rest: Option<WasiBody>,
    #[allow(dead_code, reason = "it is there to be dropped")]
    kept: K,
}

impl<K> Gathered<K> {
    /// Takes frames until the body ends or is no longer small.
    async fn fill(&mut self) {
        let mut size = 0;
        while size <= SMALL
            && let Some(body) = &mut self.rest
        {
            match body.frame().await {
                None => self.rest = None,
                Some(frame) => {
                    size += frame.as_ref().ok().and_then(Frame::data_ref).map_or(0, Bytes::len);
                    self.start.push_back(frame);
                }
            }
        }
    }

    /// The body in one piece, if it has ended and is nothing but data.
    fn take_whole(&mut self) -> Option<Bytes> {
        let data = |frame: &Result<Frame<Bytes>, Error>| frame.as_ref().is_ok_and(Frame::is_data);
        if self.rest.is_some() || !self.start.iter().all(data) {
            return None;
        }
        let mut pieces = self.start.drain(..).flatten().filter_map(|frame| frame.into_data().ok());
        let first = pieces.next().unwrap_or_default();
        let Some(second) = pieces.next() else { return Some(first) };
        let mut whole = BytesMut::from(first);
        whole.extend_from_slice(&second);
        pieces.for_each(|piece| whole.extend_from_slice(&piece));
        Some(whole.freeze())
    }
}

impl<K: Send + Unpin> Body for Gathered<K> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(frame) = self.start.pop_front() {
            return Poll::Ready(Some(frame));
        }
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        Pin::new(rest).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.start.is_empty() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::net::IpAddr;

    use futures::stream;
    use http_body_util::StreamBody;

    use super::*;
    use crate::http::share::Shares;

    fn in_pieces(pieces: &'static [&'static str]) -> WasiBody {
        let frames = pieces.iter().map(|piece| Ok::<_, Infallible>(Frame::data(Bytes::from_static(piece.as_bytes()))));
        StreamBody::new(stream::iter(frames)).map_err(|never| match never {}).boxed_unsync()
    }

    #[tokio::test]
    async fn a_small_body_in_pieces_becomes_one_of_known_size() {
        let response = gather(Response::new(in_pieces(&["one ", "two ", "three"])), ()).await;
        assert_eq!(response.body().size_hint().exact(), Some(13));
        let body = response.into_body().collect().await.expect("a body");
        assert_eq!(body.to_bytes(), "one two three");
    }

    #[tokio::test]
    async fn a_body_that_takes_its_time_is_passed_on_as_it_comes() {
        let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<Frame<Bytes>, Error>>();
        sender.unbounded_send(Ok(Frame::data(Bytes::from_static(b"first")))).expect("an open body");
        let response = gather(Response::new(StreamBody::new(receiver).boxed_unsync()), ()).await;
        assert_eq!(response.body().size_hint().exact(), None);
        sender.unbounded_send(Ok(Frame::data(Bytes::from_static(b" second")))).expect("an open body");
        drop(sender);
        let body = response.into_body().collect().await.expect("a body");
        assert_eq!(body.to_bytes(), "first second");
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_body_over_the_limit_ends_with_an_error() {
        let (body, fault) = Limited::new(in_pieces(&["12345", "67890"]), 9, LONG, None);
        assert!(body.collect().await.is_err());
        assert_eq!(fault.get(), Some(Problem::BodyTooLarge));
        let (body, fault) = Limited::new(in_pieces(&["12345", "6789"]), 9, LONG, None);
        assert_eq!(body.collect().await.expect("a body").to_bytes(), "123456789");
        assert_eq!(fault.get(), None);
    }

    #[tokio::test]
    async fn a_body_that_stops_half_way_ends_with_an_error() {
        let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<Frame<Bytes>, Error>>();
        sender.unbounded_send(Ok(Frame::data(Bytes::from_static(b"first")))).expect("an open body");
        let (body, fault) = Limited::new(StreamBody::new(receiver), 9, Duration::ZERO, None);
        assert!(body.collect().await.is_err());
        assert_eq!(fault.get(), Some(Problem::BodyTooSlow));
        drop(sender);
    }

    #[tokio::test]
    async fn a_body_that_has_come_gives_its_share_back() {
        let (shares, here) = (Shares::new(1), IpAddr::from([192, 0, 2, 1]));
        let (mut body, _fault) = Limited::new(in_pieces(&["12345"]), 9, LONG, shares.take(here));
        assert!(shares.take(here).is_none());
        while body.frame().await.is_some() {}
        assert!(shares.take(here).is_some(), "although the body is still there");
    }
}
