//! Master keys: the operator's secret `files_key`, several of them while one replaces another. They seal what is worth
//! nothing to whoever has the databases alone: the keys of files, the secrets of second factors.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::hex::hex;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::seal::{self, NONCE_BYTES, bound};

/// The master keys, the newest first: it seals, all of them open.
pub struct MasterKeys(Vec<MasterKey>);

/// One of them.
pub(crate) struct MasterKey {
    id: String,
    key: [u8; 32],
}

/// What a sealed text belongs to: it opens in no other place.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// What kind of thing is sealed, and how.
    pub(crate) domain: &'a [u8],
    /// Which of that kind.
    pub(crate) parts: &'a [&'a [u8]],
}

/// Why the text of the secret is none; never with the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// Nothing stands there.
    #[error("files_key is empty: write ID:BASE64 with 32 random bytes, the newest key first")]
    Empty,
    /// A key is not of the form.
    #[error(
        "key {0} of files_key is neither ID:BASE64, with an ID of letters and digits and 32 bytes, nor 64 hex digits"
    )]
    Malformed(usize),
    /// Two keys have the same name.
    #[error("key {0} of files_key has the ID of an earlier one: give each key an ID of its own")]
    Repeated(usize),
}

impl MasterKeys {
    /// Reads the keys, parted by spaces or commas, the newest first. Each is `ID:BASE64`, or 64 hex digits, as
    /// `moydom secrets` writes every secret; those are named by their fingerprint.
    ///
    /// # Errors
    /// [`BadKeys`], by the number of the key, counted from 1.
    pub fn parse(text: &str) -> Result<Self, BadKeys> {
        let mut keys: Vec<MasterKey> = Vec::new();
        let parts = text.split([' ', ',', '\t', '\n', '\r']).filter(|part| !part.is_empty());
        for (number, part) in (1..).zip(parts) {
            let key = MasterKey::parse(part).ok_or(BadKeys::Malformed(number))?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(BadKeys::Repeated(number));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(BadKeys::Empty) } else { Ok(Self(keys)) }
    }

    pub(crate) fn newest(&self) -> &MasterKey {
        self.0.first().expect("there is at least one key")
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &MasterKey> {
        self.0.iter()
    }

    pub(crate) fn find(&self, id: &str) -> Option<&MasterKey> {
        self.0.iter().find(|key| key.id == id)
    }
}

/// Names only.
impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl MasterKey {
    fn parse(text: &str) -> Option<Self> {
        let Some((id, key)) = text.split_once(':') else { return Self::of_digits(text) };
        let is_name = (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let key = BASE64_STANDARD.decode(key).ok()?.try_into().ok()?;
        is_name.then(|| Self { id: id.to_owned(), key })
    }

    fn of_digits(text: &str) -> Option<Self> {
        let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
        let key: Vec<u8> = (0..64).step_by(2).map(byte).collect::<Option<_>>().filter(|_| is_hex)?;
        let id = hex(&Sha256::digest(&key)[..4]);
        Some(Self { id, key: key.try_into().ok()? })
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// What only whoever has this key makes of a text, hex: texts are looked up by it. Another one for each kind of thing.
    pub(crate) fn hash(&self, domain: &[u8], text: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key may have any length");
        mac.update(&bound(&[domain, text]));
        hex(&mac.finalize().into_bytes())
    }

    /// Seals a text for its place; the nonce is fresh and goes before it.
    pub(crate) fn seal(&self, place: Place<'_>, nonce: [u8; NONCE_BYTES], plain: &[u8]) -> Vec<u8> {
        let sealed = seal::seal(&self.key, nonce, &self.known(place), plain);
        [&nonce[..], &sealed].concat()
    }

    /// Nothing where this key did not seal it, or it was sealed for another place, or altered.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        seal::open(&self.key, *nonce, &self.known(place), sealed)
    }

    fn known(&self, place: Place<'_>) -> Vec<u8> {
        bound(&[&[place.domain, self.id.as_bytes()], place.parts].concat())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(id: &str, byte: u8) -> String {
        format!("{id}:{}", BASE64_STANDARD.encode([byte; 32]))
    }

    #[test]
    fn the_first_key_is_the_newest() {
        let keys = MasterKeys::parse(&format!("{}, {}\n", key("2026b", 2), key("2026a", 1))).unwrap();
        assert_eq!((keys.newest().id(), keys.find("2026a").unwrap().key), ("2026b", [1; 32]));
        assert!(keys.find("2025").is_none());
        assert_eq!(format!("{keys:?}"), r#"["2026b", "2026a"]"#);
    }

    #[test]
    fn plain_digits_are_a_key_named_by_its_fingerprint() {
        let keys = MasterKeys::parse(&format!("{} {}", "0a".repeat(32), "0b".repeat(32))).unwrap();
        assert_eq!(keys.newest().key, [10; 32]);
        assert!(keys.newest().id().len() == 8 && keys.newest().id() != keys.0[1].id());
        assert_eq!(MasterKeys::parse(&"0a".repeat(31)).unwrap_err(), BadKeys::Malformed(1));
    }

    #[test]
    fn what_is_no_key_is_named_by_its_number_and_never_shown() {
        let refused = |text: &str| MasterKeys::parse(text).unwrap_err();
        assert_eq!(refused(" , "), BadKeys::Empty);
        assert_eq!(refused(&format!("{} secret", key("a", 1))), BadKeys::Malformed(2));
        for text in ["a:", "a:AAAA", ":AAAA", "é:AAAA", &key("a b", 1)] {
            assert_eq!(refused(text), BadKeys::Malformed(1), "{text}");
        }
        assert_eq!(refused(&format!("{} {}", key("a", 1), key("a", 2))), BadKeys::Repeated(2));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = MasterKeys::parse(&text);
        }
    }
}
