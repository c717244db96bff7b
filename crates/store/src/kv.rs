//! The key-value store: immutable or last-write-wins records with their expiry inside, one function per family.
//!
//! Key grammar: `<family>:v<N>:<id>`. Each family has a JSON Schema in `kv-schemas/`.

use domain::identity::jwk::Jwk;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, Result, backend::KeyValue, stats};

/// The suite's key-value store.
#[derive(Clone)]
pub struct Kv {
    store: KeyValue,
}

/// `session:v1:<session_id>`: who is signed in. Written once at sign-in; it counts while the registry has the
/// session open, and is swept once its time is over. What the person may do is asked of the grants at each request, so
/// that a role taken away is gone at once; `roles`, which earlier records carry, are read by nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Whose session it is.
    pub person_id: String,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When the session ends however busy it is.
    pub expires_at: Timestamp,
}

/// `seen:v1:<session_id>`: when the session was last used; the last write wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenRecord {
    /// The moment of the last request that was noted.
    pub at: Timestamp,
    /// When the record means nothing any more.
    pub expires_at: Timestamp,
}

/// `provider:v1:<provider>`: what a provider publishes of itself; the last write wins. Read anew once it is over, or
/// when a token names a key that is not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderRecord {
    /// The address by which its tokens name it.
    pub issuer: String,
    /// Where a browser is sent to sign in.
    pub authorization_endpoint: String,
    /// Where a code is exchanged for tokens.
    pub token_endpoint: String,
    /// Where it tells more of the person, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// Where a browser is sent to sign out there too, if it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// Whether it takes the portal's secret among the fields of a request alone (`client_secret_post`), not as HTTP Basic.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takes_secret_in_form: bool,
    /// Whether it names itself in the answer that the browser brings (RFC 9207).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answers_with_issuer: bool,
    /// The keys that its tokens may be signed with.
    pub keys: Vec<Jwk>,
    /// When it was read.
    pub read_at: Timestamp,
    /// When it is read anew.
    pub expires_at: Timestamp,
}

impl Kv {
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn new(store: KeyValue) -> Self {
        Self { store }
    }

    /// The store that the manifest grants to this component.
    #[cfg(target_arch = "wasm32")]
    pub fn granted() -> Self {
        Self { store: KeyValue }
    }

    /// The session of this id.
    ///
    /// # Errors
    /// A failing store or a record that does not parse.
    pub fn session(&self, session_id: &str) -> Result<Option<SessionRecord>> {
        self.get(&session_key(session_id))
    }

    /// Keeps a new session, with its first `seen` stamp.
    ///
    /// # Errors
    /// A failing store.
    pub fn put_session(&self, session_id: &str, record: &SessionRecord) -> Result<()> {
        self.put_seen(session_id, &SeenRecord { at: record.created_at, expires_at: record.expires_at })?;
        self.put(&session_key(session_id), record)
    }

    /// When the session was last used.
    ///
    /// # Errors
    /// A failing store or a record that does not parse.
    pub fn seen(&self, session_id: &str) -> Result<Option<SeenRecord>> {
        self.get(&seen_key(session_id))
    }

    /// Notes a use of the session.
    ///
    /// # Errors
    /// A failing store.
    pub fn put_seen(&self, session_id: &str, record: &SeenRecord) -> Result<()> {
        self.put(&seen_key(session_id), record)
    }

    /// Removes both records of a session.
    ///
    /// # Errors
    /// A failing store.
    pub fn delete_session(&self, session_id: &str) -> Result<()> {
        for key in [session_key(session_id), seen_key(session_id)] {
            stats::count_kv();
            self.store.delete(&key)?;
        }
        Ok(())
    }

    /// What the provider publishes of itself, as it was last read.
    ///
    /// # Errors
    /// A failing store or a record that does not parse.
    pub fn provider(&self, provider: &str) -> Result<Option<ProviderRecord>> {
        self.get(&provider_key(provider))
    }

    /// Keeps what the provider publishes of itself.
    ///
    /// # Errors
    /// A failing store.
    pub fn put_provider(&self, provider: &str, record: &ProviderRecord) -> Result<()> {
        self.put(&provider_key(provider), record)
    }

    fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        stats::count_kv();
        let bytes = self.store.get(key)?;
        bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(|error| bad_record(key, &error))).transpose()
    }

    fn put<T: Serialize>(&self, key: &str, record: &T) -> Result<()> {
        stats::count_kv();
        let bytes = serde_json::to_vec(record).map_err(|error| bad_record(key, &error))?;
        self.store.set(key, &bytes)
    }
}

fn session_key(session_id: &str) -> String {
    format!("session:v1:{session_id}")
}

fn seen_key(session_id: &str) -> String {
    format!("seen:v1:{session_id}")
}

fn provider_key(provider: &str) -> String {
    format!("provider:v1:{provider}")
}

fn bad_record(key: &str, error: &serde_json::Error) -> Error {
    let family = key.rsplit_once(':').map_or(key, |(family, _)| family);
    Error::BadData(format!("key-value record {family}: {error}"))
}
