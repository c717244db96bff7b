//! XChaCha20-Poly1305, and how what is known of a sealed text is bound to it.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};

pub(crate) const NONCE_BYTES: usize = 24;

/// Parts that cannot run into one another: each is preceded by its length.
pub(crate) fn bound(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

pub(crate) fn seal(key: &[u8; 32], nonce: [u8; NONCE_BYTES], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    cipher
        .encrypt(&nonce.into(), Payload { msg: plain, aad })
        .expect("a chunk, a key and a secret are far below the cipher's limit")
}

pub(crate) fn open(key: &[u8; 32], nonce: [u8; NONCE_BYTES], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    XChaCha20Poly1305::new(&(*key).into()).decrypt(&nonce.into(), Payload { msg: sealed, aad }).ok()
}
