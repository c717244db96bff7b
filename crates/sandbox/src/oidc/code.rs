//! Codes that wait to be exchanged, and the access tokens that they became.

use std::collections::{HashMap, VecDeque};

use super::{keys::Signing, misbehaviour::Misbehaviour};

/// A load test that signs in for an hour does not fill the machine.
const KEPT: usize = 1_000;

/// What a code was given for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) subject: String,
    pub(crate) auth_time: i64,
    pub(crate) signing: Signing,
    pub(crate) misbehaviour: Misbehaviour,
}

#[derive(Default)]
pub(crate) struct Codes {
    grants: HashMap<String, Grant>,
    oldest_first: VecDeque<String>,
}

impl Codes {
    /// Keeps a grant under a code or an access token.
    pub(crate) fn put(&mut self, name: String, grant: Grant) {
        self.oldest_first.push_back(name.clone());
        self.grants.insert(name, grant);
        if self.oldest_first.len() > KEPT
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.grants.remove(&oldest);
        }
    }

    /// Uses a code up.
    pub(crate) fn take(&mut self, code: &str) -> Option<Grant> {
        self.grants.remove(code)
    }

    /// What an access token opens.
    pub(crate) fn get(&self, access_token: &str) -> Option<&Grant> {
        self.grants.get(access_token)
    }
}
