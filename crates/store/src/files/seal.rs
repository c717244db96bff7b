//! What seals a file's chunks: XChaCha20-Poly1305 under the file's own key.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};

use super::FileInfo;

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
fn nonce(chunk_no: u64) -> [u8; 24] {
    let mut nonce = [0; 24];
    nonce[16..].copy_from_slice(&chunk_no.to_be_bytes());
    nonce
}

/// Binds a chunk to its file, its place and the file's size, and with it to the number of chunks.
fn place(info: &FileInfo, chunk_no: u64) -> Vec<u8> {
    bound(&[CHUNK_DOMAIN, info.file_id.as_bytes(), &chunk_no.to_be_bytes(), &info.size_bytes.to_be_bytes()])
}

/// Parts that cannot run into one another: each is preceded by its length.
pub(super) fn bound(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

pub(super) fn seal(key: &[u8; 32], nonce: [u8; 24], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    cipher.encrypt(&nonce.into(), Payload { msg: plain, aad }).expect("a chunk is far below the cipher's limit")
}

pub(super) fn open(key: &[u8; 32], nonce: [u8; 24], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    XChaCha20Poly1305::new(&(*key).into()).decrypt(&nonce.into(), Payload { msg: sealed, aad }).ok()
}
