//! The rules of a store, tried on both backends.

use super::*;

/// Tries every call on an empty store.
async fn a_store_keeps_its_promises(store: &Store) {
    let key = || "session/1".to_owned();
    assert_eq!(store.get(key()).await, Ok(None));
    assert_eq!(store.exists(key()).await, Ok(false));
    assert_eq!(store.delete(key()).await, Ok(()));

    store.set(key(), b"old".to_vec()).await.unwrap();
    store.set(key(), vec![0, 255]).await.unwrap();
    store.set("empty".to_owned(), Vec::new()).await.unwrap();
    assert_eq!(store.get(key()).await, Ok(Some(vec![0, 255])));
    assert_eq!(store.get("empty".to_owned()).await, Ok(Some(Vec::new())));
    assert_eq!(store.exists(key()).await, Ok(true));
    let mut keys = store.get_keys().await.unwrap();
    keys.sort();
    assert_eq!(keys, ["empty", "session/1"]);

    store.delete(key()).await.unwrap();
    assert_eq!(store.get(key()).await, Ok(None));
    assert_eq!(store.get_keys().await.unwrap(), ["empty"]);
}

fn stores_in(directory: &std::path::Path) -> Stores {
    let mut stores = Stores::new();
    for label in ["default", "other"] {
        stores.add_sqlite(label, directory.join("state/sqlite_key_value.db"));
    }
    stores
}

#[tokio::test]
async fn a_sqlite_store_keeps_its_promises() {
    let directory = tempfile::tempdir().unwrap();
    let stores = stores_in(directory.path());
    a_store_keeps_its_promises(&stores.open("default").unwrap()).await;
}

#[tokio::test]
async fn labels_in_one_file_do_not_see_each_others_keys() {
    let directory = tempfile::tempdir().unwrap();
    let stores = stores_in(directory.path());
    let first = stores.open("default").unwrap();
    first.set("key".to_owned(), vec![1]).await.unwrap();
    let second = stores.open("other").unwrap();
    assert_eq!(second.get("key".to_owned()).await, Ok(None));
    second.set("key".to_owned(), vec![2]).await.unwrap();
    assert_eq!(first.get("key".to_owned()).await, Ok(Some(vec![1])));
}

#[tokio::test]
async fn values_outlive_the_host_in_spins_own_table() {
    let directory = tempfile::tempdir().unwrap();
    let stores = stores_in(directory.path());
    let store = stores.open("default").unwrap();
    store.set("key".to_owned(), vec![1]).await.unwrap();
    drop((store, stores));

    let file = directory.path().join("state/sqlite_key_value.db");
    let row: (String, String, Vec<u8>) = rusqlite::Connection::open(file)
        .unwrap()
        .query_row("SELECT store, key, value FROM spin_key_value", [], |row| row.try_into())
        .unwrap();
    assert_eq!(row, ("default".to_owned(), "key".to_owned(), vec![1]));

    let store = stores_in(directory.path()).open("default").unwrap();
    assert_eq!(store.get("key".to_owned()).await, Ok(Some(vec![1])));
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_says_so() {
    let mut stores = Stores::new();
    stores.add_sqlite("default", "/dev/null/key_value.db");
    let store = stores.open("default").unwrap();
    let error = store.get("key".to_owned()).await.unwrap_err();
    assert!(error.to_string().contains("/dev/null"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_calls_may_come_all_at_once() {
    for _ in 0..30 {
        let directory = tempfile::tempdir().unwrap();
        let store = stores_in(directory.path()).open("default").unwrap();
        let key = || "key".to_owned();
        let (set, get, keys) = tokio::join!(store.set(key(), vec![1]), store.get(key()), store.get_keys());
        assert!(set.is_ok() && get.is_ok() && keys.is_ok(), "{set:?} {get:?} {keys:?}");
    }
}

/// A Redis server of its own, without a port; it ends with the test.
struct RedisServer {
    process: std::process::Child,
    directory: tempfile::TempDir,
}

impl RedisServer {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let process = std::process::Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--unixsocket", "redis.sock"])
            .current_dir(directory.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("redis-server is needed for this test: install Debian's package redis-server");
        Self { process, directory }
    }

    /// The server's address, once it listens there.
    fn url(&mut self) -> String {
        let socket = self.directory.path().join("redis.sock");
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            assert_eq!(self.process.try_wait().unwrap(), None, "redis-server has ended");
            std::thread::yield_now();
        }
        format!("redis+unix://{}", socket.display())
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn a_redis_store_keeps_its_promises_and_its_keys_are_raw() {
    let mut server = RedisServer::start();
    let url = server.url();
    let mut stores = Stores::new();
    for label in ["default", "other"] {
        stores.add_redis(label, &url).unwrap();
    }
    a_store_keeps_its_promises(&stores.open("default").unwrap()).await;
    let other = stores.open("other").unwrap();
    assert_eq!(other.get_keys().await.unwrap(), ["empty"], "the label is no part of the key");
}

#[tokio::test]
async fn a_redis_server_that_does_not_answer_is_an_error() {
    let mut stores = Stores::new();
    stores.add_redis("default", "redis+unix:///nowhere/redis.sock").unwrap();
    let store = stores.open("default").unwrap();
    assert!(store.get("key".to_owned()).await.is_err());
}

#[test]
fn an_unknown_label_is_no_store() {
    assert_eq!(Stores::new().open("default").unwrap_err(), Error::NoSuchStore);
}

#[test]
fn an_address_that_is_not_of_redis_is_refused() {
    let error = Stores::new().add_redis("default", "http://localhost");
    assert!(error.is_err());
}
