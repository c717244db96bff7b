//! `fermyon:spin/key-value@2.0.0`, with Spin's own errors.

use std::sync::Arc;

use wasmtime::Result;
use wasmtime::component::Resource;

use super::bindings::fermyon::spin::key_value::{Error, Host, HostStore};
use crate::guest::Guest;
use crate::key_value::{self, Store};

/// A store that a guest has opened.
#[allow(unreachable_pub, reason = "generated code exports it again")]
pub type OpenStore = Arc<Store>;

impl Guest {
    fn store_of(&self, store: &Resource<OpenStore>) -> Result<OpenStore> {
        Ok(Arc::clone(self.table.get(store)?))
    }
}

impl Host for Guest {}

impl HostStore for Guest {
    fn open(&mut self, label: String) -> Result<Result<Resource<OpenStore>, Error>> {
        if !self.grants.stores.contains(&label) {
            return Ok(Err(Error::AccessDenied));
        }
        Ok(match self.grants.state.stores.open(&label) {
            Ok(store) => Ok(self.table.push(store)?),
            Err(error) => Err(error.into()),
        })
    }

    async fn get(&mut self, store: Resource<OpenStore>, key: String) -> Result<Result<Option<Vec<u8>>, Error>> {
        Ok(self.store_of(&store)?.get(key).await.map_err(Into::into))
    }

    async fn set(&mut self, store: Resource<OpenStore>, key: String, value: Vec<u8>) -> Result<Result<(), Error>> {
        Ok(self.store_of(&store)?.set(key, value).await.map_err(Into::into))
    }

    async fn delete(&mut self, store: Resource<OpenStore>, key: String) -> Result<Result<(), Error>> {
        Ok(self.store_of(&store)?.delete(key).await.map_err(Into::into))
    }

    async fn exists(&mut self, store: Resource<OpenStore>, key: String) -> Result<Result<bool, Error>> {
        Ok(self.store_of(&store)?.exists(key).await.map_err(Into::into))
    }

    async fn get_keys(&mut self, store: Resource<OpenStore>) -> Result<Result<Vec<String>, Error>> {
        Ok(self.store_of(&store)?.get_keys().await.map_err(Into::into))
    }

    fn drop(&mut self, store: Resource<OpenStore>) -> Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

impl From<key_value::Error> for Error {
    fn from(error: key_value::Error) -> Self {
        match error {
            key_value::Error::NoSuchStore => Self::NoSuchStore,
            key_value::Error::Other(message) => Self::Other(message),
        }
    }
}
