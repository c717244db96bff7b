//! What the outside world sends to the portal by itself: over the plainest HTTP there is.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Sends a body to `http://…`, with header lines of its own (each with its line break); the first line of the answer.
pub(crate) async fn post(to: &str, headers: &str, body: &str) -> std::io::Result<String> {
    let (host, path) = to.trim_start_matches("http://").split_once('/').unwrap_or((to, ""));
    let request = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned())
}
