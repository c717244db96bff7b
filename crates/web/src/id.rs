//! Ids and digests as text.

use domain::hex::hex;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::Env;

/// A new id: UUIDv7, so that ids made later sort later and an index grows at its end.
pub fn fresh_id(env: &Env) -> String {
    id_at(env.now(), env.random())
}

pub(crate) fn id_at(now: Timestamp, random: [u8; 10]) -> String {
    let millis = now.as_millisecond().try_into().unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

/// The SHA-256 of `bytes`, in hex.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes))
}
