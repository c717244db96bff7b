//! Stores in a Redis server: raw keys, the label is not part of them, as in Spin.

use std::time::Duration;

use redis::AsyncCommands;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio::sync::OnceCell;

use super::Error;

/// Listing all keys of a large server takes a while.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A guest waits for the answer, so a server that is away is reported soon; every call tries anew.
const CONNECTION_RETRIES: usize = 1;

/// A Redis server and the connection to it, which repairs itself.
pub(super) struct RedisStore {
    client: redis::Client,
    connection: OnceCell<ConnectionManager>,
}

impl RedisStore {
    pub(super) fn new(url: &str) -> Result<Self, Error> {
        Ok(Self { client: redis::Client::open(url).map_err(Error::other)?, connection: OnceCell::new() })
    }

    async fn connection(&self) -> Result<ConnectionManager, Error> {
        let connect = || {
            let config = ConnectionManagerConfig::new()
                .set_response_timeout(Some(RESPONSE_TIMEOUT))
                .set_number_of_retries(CONNECTION_RETRIES);
            ConnectionManager::new_with_config(self.client.clone(), config)
        };
        self.connection.get_or_try_init(connect).await.cloned().map_err(Error::other)
    }

    pub(super) async fn get(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        let mut connection = self.connection().await?;
        connection.get(key).await.map_err(Error::other)
    }

    pub(super) async fn set(&self, key: String, value: Vec<u8>) -> Result<(), Error> {
        let mut connection = self.connection().await?;
        connection.set(key, value).await.map_err(Error::other)
    }

    pub(super) async fn delete(&self, key: String) -> Result<(), Error> {
        let mut connection = self.connection().await?;
        connection.del(key).await.map_err(Error::other)
    }

    pub(super) async fn exists(&self, key: String) -> Result<bool, Error> {
        let mut connection = self.connection().await?;
        connection.exists(key).await.map_err(Error::other)
    }

    pub(super) async fn get_keys(&self) -> Result<Vec<String>, Error> {
        let mut connection = self.connection().await?;
        connection.keys("*").await.map_err(Error::other)
    }
}

/// Without the address, which may contain a password.
impl std::fmt::Debug for RedisStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RedisStore").finish_non_exhaustive()
    }
}
