//! What seals a file's chunks: XChaCha20-Poly1305 under the file's own key.

use super::FileInfo;
use crate::seal::{NONCE_BYTES, bound, open, seal};

/// How many bytes are sealed at once: a range is read without the rest of the file.
pub(super) const CHUNK_BYTES: usize = 64 << 10;
const CHUNK_DOMAIN: &[u8] = b"moydom file chunk v1";

/// A file's own key.
pub(super) struct DataKey([u8; 32]);

impl DataKey {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn seal(&self, info: &FileInfo, chunk_no: u64, chunk: &[u8]) -> Vec<u8> {
        seal(&self.0, nonce(chunk_no), &place(info, chunk_no), chunk)
    }

    /// Nothing where the chunk is not the one that was sealed for this place.
    pub(super) fn open(&self, info: &FileInfo, chunk_no: u64, sealed: &[u8]) -> Option<Vec<u8>> {
        open(&self.0, nonce(chunk_no), &place(info, chunk_no), sealed)
    }
}

/// A key seals one file and each place of it once, so the place is nonce enough.
fn nonce(chunk_no: u64) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    nonce[16..].copy_from_slice(&chunk_no.to_be_bytes());
    nonce
}

/// Binds a chunk to its file, its place and the file's size, and with it to the number of chunks.
fn place(info: &FileInfo, chunk_no: u64) -> Vec<u8> {
    bound(&[CHUNK_DOMAIN, info.file_id.as_bytes(), &chunk_no.to_be_bytes(), &info.size_bytes.to_be_bytes()])
}
