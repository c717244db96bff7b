//! A guest's stdout and stderr, line by line into the log.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::log::Log;

/// A line longer than this is cut into several.
const LINE_BYTES: usize = 16 << 10;

/// One of the two output streams of an instance; clones write to the same one.
#[derive(Clone)]
pub(crate) struct Output(Arc<Inner>);

struct Inner {
    component: Arc<str>,
    stream: &'static str,
    log: Log,
    /// What has come since the last line break.
    rest: Mutex<Vec<u8>>,
}

impl Output {
    pub(crate) fn new(component: &Arc<str>, stream: &'static str, log: &Log) -> Self {
        let (component, log) = (Arc::clone(component), log.clone());
        Self(Arc::new(Inner { component, stream, log, rest: Mutex::default() }))
    }

    fn take(&self, bytes: &[u8]) {
        let mut rest = self.0.rest.lock().expect("the output is never poisoned");
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            rest.extend_from_slice(piece);
            if piece.ends_with(b"\n") || rest.len() >= LINE_BYTES {
                self.0.write(&std::mem::take(&mut *rest));
            }
        }
    }
}

impl Inner {
    fn write(&self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end();
        if !text.is_empty() {
            let line = self.log.event("component.output").with("component", &*self.component);
            drop(line.with("stream", self.stream).with_output(text));
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let rest = std::mem::take(self.rest.get_mut().expect("the output is never poisoned"));
        self.write(&rest);
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(64 << 10)
    }
}

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
