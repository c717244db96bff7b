//! Two hosts that are one portal: over one Redis server and one libSQL server.

use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use sandbox::LibsqlServer;
use tempfile::TempDir;

use crate::{
    Client, Ground, Suite,
    process::{Process, Redis},
    suite::{RUNTIME, World, demo_state, may_start_own},
};

const DATABASE_TOKEN: &str = "database-token-of-the-tests";

/// Two hosts, one state.
pub struct Cluster {
    // Before the backends: the hosts stop first.
    /// The hosts.
    pub hosts: [Suite; 2],
    backends: Backends,
}

impl Cluster {
    /// Both hosts over a fresh demo state; nothing where `BASE_URL` names a suite that runs elsewhere.
    pub fn start() -> Option<Self> {
        if !may_start_own() {
            return None;
        }
        let backends = Backends::start_over(Some(&demo_state().join("sqlite_db.db")));
        let world = World::start();
        let start = || {
            let empty = tempfile::tempdir().expect("a folder for the state");
            Suite::start_in(world.clone(), empty, Ground::default(), |builder| {
                builder.runtime_config(backends.runtime_config())
            })
        };
        Some(Self { hosts: [start(), start()], backends })
    }

    /// The same visitor, sent by a balancer to another host.
    pub fn moved(&self, client: &Client, to: usize) -> Client {
        let moved = self.hosts[to].client();
        if let Some(session) = client.cookie("__Host-session") {
            moved.set_cookie("__Host-session", &session);
        }
        moved
    }

    /// What the hosts share.
    pub fn backends(&self) -> &Backends {
        &self.backends
    }
}

/// A Redis server and a libSQL server: the real one that `LIBSQL_SERVER` names, or a stand-in.
pub struct Backends {
    redis: Redis,
    libsql: Libsql,
    folder: TempDir,
}

enum Libsql {
    StandIn(LibsqlServer),
    Real(Process),
}

impl Backends {
    /// Starts both over an empty database.
    pub fn start() -> Self {
        Self::start_over(None)
    }

    fn start_over(database: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database");
        // Where the real server has it; the file beside makes it take over a database that it did not write itself.
        let own = folder.path().join("dbs/default");
        fs::create_dir_all(&own).expect("a folder");
        if let Some(database) = database {
            fs::copy(database, own.join("data")).expect("the state is copied");
            fs::write(own.join(".sentinel"), "").expect("a file");
        }
        let libsql = match env::var_os("LIBSQL_SERVER") {
            Some(program) => Libsql::Real(Process::start(|address| {
                let mut server = Command::new(&program);
                server.args(["--http-listen-addr", &address.to_string(), "--no-welcome", "--db-path"]);
                server.arg(folder.path());
                server
            })),
            None => {
                let localhost = SocketAddr::from(([127, 0, 0, 1], 0));
                let server = LibsqlServer::start(localhost, own.join("data"), DATABASE_TOKEN);
                Libsql::StandIn(RUNTIME.block_on(server).expect("the libSQL server starts"))
            }
        };
        let backends = Self { redis: Redis::start(), libsql, folder };
        fs::write(backends.runtime_config(), backends.config()).expect("a runtime configuration");
        let file = format!("[sqlite_database.default]\ntype = \"spin\"\npath = {:?}\n", backends.database());
        fs::write(backends.runtime_config_of_file(), file).expect("a runtime configuration");
        backends
    }

    /// The file that tells a host of them.
    pub fn runtime_config(&self) -> PathBuf {
        self.folder.path().join("runtime-config.toml")
    }

    /// A runtime configuration for commands that work on the file behind the libSQL server.
    pub fn runtime_config_of_file(&self) -> PathBuf {
        self.folder.path().join("file.runtime-config.toml")
    }

    /// The file behind the libSQL server.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("dbs/default/data")
    }

    fn config(&self) -> String {
        let libsql = match &self.libsql {
            Libsql::StandIn(server) => server.address(),
            Libsql::Real(server) => server.address,
        };
        let database = format!(
            "[sqlite_database.default]\ntype = \"libsql\"\nurl = \"http://{libsql}\"\ntoken = \"{DATABASE_TOKEN}\"\n"
        );
        self.redis.config() + &database
    }
}
