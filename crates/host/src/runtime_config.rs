//! `runtime-config.toml` in Spin's own form: which stores and databases stand behind the labels.
//!
//! ```toml
//! [key_value_store.default]
//! type = "redis"
//! url = "redis://127.0.0.1:6379"
//!
//! [sqlite_database.files]
//! type = "spin"
//! path = "/var/lib/moydom/files.db"
//!
//! [sqlite_database.default]
//! type = "libsql"
//! url = "https://database.example.org"
//! token = "the server's"
//! ```
//!
//! As in Spin, `default` needs no entry, a relative path of a store counts from this file, and
//! one of a database from the working directory: absolute paths are the clearer choice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::Error as _;

use crate::key_value::Stores;
use crate::sqlite::{Databases, Options, Remote};

/// The label that always exists.
pub(crate) const DEFAULT: &str = "default";

/// The label of the sealed files, which exists here without a word; Spin needs one in its runtime configuration.
pub(crate) const FILES: &str = "files";

/// Where Spin keeps `default`, in the state directory.
const DEFAULT_DATABASE: &str = "sqlite_db.db";
const FILES_DATABASE: &str = "files.db";
const DEFAULT_STORE: &str = "sqlite_key_value.db";

/// Why a runtime configuration is refused: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

/// What stands behind the labels.
#[derive(Clone, Default)]
pub struct RuntimeConfig {
    key_value_stores: BTreeMap<String, StoreConfig>,
    sqlite_databases: BTreeMap<String, DatabaseConfig>,
}

/// A SQLite file that holds state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFile {
    /// What it is: `sqlite_database` or `key_value_store`, and its label.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl StateFile {
    fn database(label: &str, path: &Path) -> Self {
        Self { name: format!("sqlite_database.{label}"), path: path.to_owned() }
    }

    fn store(label: &str, path: &Path) -> Self {
        Self { name: format!("key_value_store.{label}"), path: path.to_owned() }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    key_value_store: BTreeMap<String, toml::Table>,
    #[serde(default)]
    sqlite_database: BTreeMap<String, toml::Table>,
}

#[derive(Clone)]
enum StoreConfig {
    Sqlite { path: PathBuf },
    Redis { url: String },
}

#[derive(Clone)]
enum DatabaseConfig {
    File(DatabaseFile),
    Remote(Remote),
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseFile {
    path: PathBuf,
    #[serde(default)]
    allow_attach_file: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LibsqlConfig {
    url: String,
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileConfig {
    path: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RedisConfig {
    url: String,
}

impl RuntimeConfig {
    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let within = |what: String| Error(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| within(format!("the runtime configuration cannot be read: {error}")))?;
        let directory = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, directory).map_err(|Error(what)| within(what))
    }

    /// Parses the text of a file in `directory`.
    pub fn parse(text: &str, directory: &Path) -> Result<Self, Error> {
        let raw: Raw = toml::from_str(text).map_err(|error| Error(explain(&error)))?;
        Ok(Self {
            key_value_stores: each("key_value_store", raw.key_value_store, |kind, table| {
                store(kind, table, directory)
            })?,
            sqlite_databases: each("sqlite_database", raw.sqlite_database, database)?,
        })
    }

    /// The file of the database `default`, which is not used where [`RuntimeConfig::remote_database`] has one.
    pub fn default_database(&self, state: &Path) -> PathBuf {
        match self.sqlite_databases.get(DEFAULT) {
            Some(DatabaseConfig::File(file)) => file.path.clone(),
            Some(DatabaseConfig::Remote(_)) | None => state.join(DEFAULT_DATABASE),
        }
    }

    /// The file of the database `files`; nothing where it is on a server.
    pub fn files_database(&self, state: &Path) -> Option<PathBuf> {
        match self.sqlite_databases.get(FILES) {
            Some(DatabaseConfig::File(file)) => Some(file.path.clone()),
            Some(DatabaseConfig::Remote(_)) => None,
            None => Some(state.join(FILES_DATABASE)),
        }
    }

    /// The server of the database `default`, if it is on one.
    pub fn remote_database(&self) -> Option<&Remote> {
        self.remote(DEFAULT)
    }

    /// The server of the database `files`, if it is on one.
    pub fn remote_files(&self) -> Option<&Remote> {
        self.remote(FILES)
    }

    fn remote(&self, label: &str) -> Option<&Remote> {
        match self.sqlite_databases.get(label) {
            Some(DatabaseConfig::Remote(remote)) => Some(remote),
            Some(DatabaseConfig::File(_)) | None => None,
        }
    }

    /// Every file that holds state, the database `default` first: what a backup consists of.
    pub fn files(&self, state: &Path) -> Vec<StateFile> {
        let database = |(label, config): (&String, &DatabaseConfig)| match config {
            DatabaseConfig::File(file) => Some(StateFile::database(label, &file.path)),
            DatabaseConfig::Remote(_) => None,
        };
        let store = |(label, config): (&String, &StoreConfig)| match config {
            StoreConfig::Sqlite { path } => Some(StateFile::store(label, path)),
            StoreConfig::Redis { .. } => None,
        };
        let mut files = Vec::new();
        if self.remote_database().is_none() {
            files.push(StateFile::database(DEFAULT, &self.default_database(state)));
        }
        if !self.sqlite_databases.contains_key(FILES) {
            files.push(StateFile::database(FILES, &state.join(FILES_DATABASE)));
        }
        files.extend(self.sqlite_databases.iter().filter(|(label, _)| *label != DEFAULT).filter_map(database));
        if !self.key_value_stores.contains_key(DEFAULT) {
            files.push(StateFile::store(DEFAULT, &state.join(DEFAULT_STORE)));
        }
        files.extend(self.key_value_stores.iter().filter_map(store));
        files
    }

    /// The databases, with `default` in the state directory unless it is configured elsewhere.
    pub fn databases(&self, state: &Path) -> Databases {
        self.databases_with(state, &Options::default())
    }

    /// The databases, with other settings than the usual ones.
    pub fn databases_with(&self, state: &Path, options: &Options) -> Databases {
        let mut databases = Databases::new();
        if !self.sqlite_databases.contains_key(DEFAULT) {
            databases.add(DEFAULT, state.join(DEFAULT_DATABASE), options.clone());
        }
        if !self.sqlite_databases.contains_key(FILES) {
            databases.add(FILES, state.join(FILES_DATABASE), options.clone());
        }
        for (label, config) in &self.sqlite_databases {
            match config {
                DatabaseConfig::File(DatabaseFile { path, allow_attach_file }) => {
                    let options = Options { allow_attach_file: *allow_attach_file, ..options.clone() };
                    databases.add(label, path.clone(), options);
                }
                DatabaseConfig::Remote(remote) => databases.add_remote(label, remote, options.clone()),
            }
        }
        databases
    }

    /// The stores, with `default` in the state directory unless it is configured elsewhere.
    pub fn stores(&self, state: &Path) -> Result<Stores, Error> {
        let mut stores = Stores::new();
        if !self.key_value_stores.contains_key(DEFAULT) {
            stores.add_sqlite(DEFAULT, state.join(DEFAULT_STORE));
        }
        for (label, config) in &self.key_value_stores {
            match config {
                StoreConfig::Sqlite { path } => stores.add_sqlite(label, path.clone()),
                StoreConfig::Redis { url } => stores.add_redis(label, url).map_err(|error| {
                    Error(format!("the url of [key_value_store.{label}] is not of the form redis://host:port: {error}"))
                })?,
            }
        }
        Ok(stores)
    }
}

/// Checks each labelled table by its `type`; a check answers `None` for a type that it does not know.
fn each<T>(
    kind: &str,
    tables: BTreeMap<String, toml::Table>,
    check: impl Fn(&str, toml::Table) -> Option<Result<T, toml::de::Error>>,
) -> Result<BTreeMap<String, T>, Error> {
    let one = |(label, mut table): (String, toml::Table)| {
        let place = format!("[{kind}.{label}]");
        let Some(toml::Value::String(name)) = table.remove("type") else {
            return Err(Error(format!("{place} has no type; add `type = \"spin\"` for a local file")));
        };
        let config = check(&name, table).ok_or_else(|| {
            Error(format!("{place} has the type `{name}`, which only Spin offers; choose another or run it in Spin"))
        })?;
        Ok((label, config.map_err(|error| Error(format!("{place}: {}", explain(&error))))?))
    };
    tables.into_iter().map(one).collect()
}

fn store(kind: &str, table: toml::Table, directory: &Path) -> Option<Result<StoreConfig, toml::de::Error>> {
    match kind {
        "spin" => Some(table.try_into().map(|FileConfig { path }| StoreConfig::Sqlite { path: directory.join(path) })),
        "redis" => Some(table.try_into().map(|RedisConfig { url }| StoreConfig::Redis { url })),
        _ => None,
    }
}

fn database(kind: &str, table: toml::Table) -> Option<Result<DatabaseConfig, toml::de::Error>> {
    match kind {
        "spin" => Some(table.try_into().map(DatabaseConfig::File)),
        "libsql" => Some(table.try_into().and_then(remote).map(DatabaseConfig::Remote)),
        _ => None,
    }
}

fn remote(LibsqlConfig { url, token }: LibsqlConfig) -> Result<Remote, toml::de::Error> {
    Remote::new(&url, &token).map_err(|what| toml::de::Error::custom(format!("the url of a libSQL server: {what}")))
}

/// One line about an error, without the text of the file, which may contain passwords.
fn explain(error: &toml::de::Error) -> String {
    let message = error.message().trim().replace('\n', ", ");
    if message.contains("unknown field") {
        return format!("{message}; this host implements only the keys that it names, so remove it");
    }
    message
}

/// Labels only: addresses may contain passwords.
impl std::fmt::Debug for RuntimeConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RuntimeConfig")
            .field("key_value_stores", &self.key_value_stores.keys())
            .field("sqlite_databases", &self.sqlite_databases.keys())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::{Synchronous, Value};
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<RuntimeConfig, Error> {
        RuntimeConfig::parse(text, Path::new("/etc/moydom"))
    }

    #[track_caller]
    fn assert_refused(text: &str, words: &[&str]) {
        let refusal = match parse(text).and_then(|config| config.stores(Path::new("/state"))) {
            Ok(_) => panic!("{text} is accepted"),
            Err(error) => error.to_string(),
        };
        for word in words {
            assert!(refusal.contains(word), "{refusal:?} does not say {word:?}");
        }
        assert!(!refusal.contains('\n'), "{refusal:?} is more than one line");
    }

    #[test]
    fn without_a_word_default_is_where_spin_keeps_it() {
        let config = parse("").unwrap();
        let databases = format!("{:?}", config.databases(Path::new("/state")));
        assert!(databases.contains("\"/state/sqlite_db.db\""), "{databases}");
        let stores = format!("{:?}", config.stores(Path::new("/state")).unwrap());
        assert!(stores.contains("\"/state/sqlite_key_value.db\""), "{stores}");
    }

    #[test]
    fn labels_get_their_files() {
        let config = parse(
            "[sqlite_database.default]\ntype = 'spin'\npath = '/data/main.db'\n\
             [sqlite_database.files]\ntype = 'spin'\npath = 'files.db'\nallow_attach_file = true\n\
             [key_value_store.cache]\ntype = 'spin'\npath = 'cache.db'",
        )
        .unwrap();
        let databases = config.databases(Path::new("/state"));
        assert!(databases.contains("default") && databases.contains("files"));
        let databases = format!("{databases:?}");
        assert!(databases.contains("\"/data/main.db\"") && databases.contains("\"files.db\""), "{databases}");
        assert!(!databases.contains("/state"), "{databases}");
        let stores = config.stores(Path::new("/state")).unwrap();
        assert!(stores.contains("default") && stores.contains("cache") && !stores.contains("other"));
        let stores = format!("{stores:?}");
        assert!(stores.contains("\"/etc/moydom/cache.db\""), "{stores}");
    }

    #[tokio::test]
    async fn an_operator_may_choose_quicker_commits() {
        let directory = tempfile::tempdir().unwrap();
        let options = Options { synchronous: Synchronous::Normal, ..Options::default() };
        let databases = parse("").unwrap().databases_with(directory.path(), &options);
        let mut connection = databases.open("default").unwrap();
        let result = connection.execute("PRAGMA synchronous".to_owned(), Vec::new()).await.unwrap();
        assert_eq!(result.rows, [[Value::Integer(1)]], "1 is NORMAL");
    }

    #[test]
    fn redis_stands_behind_a_label() {
        let config =
            parse("[key_value_store.default]\ntype = 'redis'\nurl = 'redis://:secret@localhost:6379'").unwrap();
        let stores = config.stores(Path::new("/state")).unwrap();
        assert!(stores.contains("default"));
        assert!(!format!("{config:?}{stores:?}").contains("secret"));
    }

    #[test]
    fn a_libsql_server_stands_behind_a_label() {
        let text = "[sqlite_database.default]\ntype = 'libsql'\nurl = 'libsql://db.example.org'\ntoken = 'secret'";
        let config = parse(text).unwrap();
        let databases = config.databases(Path::new("/state"));
        assert!(databases.contains("default") && config.remote_database().is_some());
        let shown = format!("{config:?}{databases:?}");
        assert!(shown.contains("libsql://db.example.org") && !shown.contains("secret"), "{shown}");
        assert!(config.files(Path::new("/state")).iter().all(|file| file.name != "sqlite_database.default"));
    }

    #[test]
    fn an_address_that_is_no_libsql_server_is_refused() {
        for url in ["", "file:///a.db", "postgres://a", "https://a?b=c", "http:// a"] {
            let text = format!("[sqlite_database.a]\ntype = 'libsql'\nurl = '{url}'\ntoken = 'secret'");
            assert_refused(&text, &["[sqlite_database.a]", "url"]);
        }
        assert_refused("[sqlite_database.a]\ntype = 'libsql'\nurl = 'http://a'", &["[sqlite_database.a]", "`token`"]);
    }

    #[test]
    fn what_only_spin_offers_is_refused() {
        assert_refused("[sqlite_database.a]\ntype = 'postgres'", &["[sqlite_database.a]", "`postgres`", "Spin"]);
        assert_refused("[key_value_store.a]\ntype = 'azure_cosmos'", &["[key_value_store.a]", "`azure_cosmos`"]);
        assert_refused("[llm_compute]\ntype = 'spin'", &["`llm_compute`", "remove it"]);
    }

    #[test]
    fn the_files_for_operators_mean_what_they_say() {
        let redis = parse(include_str!("../../../deploy/redis.runtime-config.toml")).unwrap();
        assert!(redis.stores(Path::new("/state")).is_ok());
        let libsql = parse(include_str!("../../../deploy/libsql.runtime-config.toml")).unwrap();
        assert!(libsql.remote_database().is_some());
        let both = parse(include_str!("../../../deploy/cluster.runtime-config.toml")).unwrap();
        assert!(both.remote_database().is_some());
        assert!(both.remote_files().is_some() && libsql.remote_files().is_some());
        assert!(both.files(Path::new("/state")).is_empty(), "a host of many keeps nothing of its own");
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        assert_refused("[key_value_store.a]\npath = 'a'", &["[key_value_store.a]", "type"]);
        assert_refused("[key_value_store.a]\ntype = 'redis'", &["[key_value_store.a]", "`url`"]);
        assert_refused("[sqlite_database.a]\ntype = 'spin'\npath = 'a'\nsize = 1", &["[sqlite_database.a]", "`size`"]);
        assert_refused("[key_value_store.a]\ntype = 'redis'\nurl = 'http://b'", &["[key_value_store.a]", "redis://"]);
        assert_refused("[key_value_store", &[]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let error = RuntimeConfig::read(Path::new("/nowhere/runtime-config.toml")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/runtime-config.toml"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = parse(&text);
        }
    }
}
