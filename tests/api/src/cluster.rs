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
        let backends = Backends::start_over(Some(demo_state()));
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

/// A Redis server and two libSQL servers, for what is known and for sealed files: the real ones that `LIBSQL_SERVER`
/// names, or stand-ins.
pub struct Backends {
    redis: Redis,
    database: Libsql,
    files: Libsql,
    folder: TempDir,
}

impl Backends {
    /// Starts all over empty databases.
    pub fn start() -> Self {
        Self::start_over(None)
    }

    fn start_over(state: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the databases");
        let start =
            |name, file| Libsql::start(folder.path().join(name), state.map(|state| state.join(file)).as_deref());
        let (database, files) = (start("database", "sqlite_db.db"), start("files", "files.db"));
        let backends = Self { redis: Redis::start(), database, files, folder };
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
        self.database.file()
    }

    fn config(&self) -> String {
        self.redis.config() + &self.database.config("default") + &self.files.config("files")
    }
}

/// A libSQL server over one database.
struct Libsql {
    program: Program,
    folder: PathBuf,
}

enum Program {
    StandIn(LibsqlServer),
    Real(Process),
}

impl Libsql {
    /// Where the real server has its database.
    const DATABASE: &str = "dbs/default/data";

    fn start(folder: PathBuf, database: Option<&Path>) -> Self {
        let file = folder.join(Self::DATABASE);
        fs::create_dir_all(file.with_file_name("")).expect("a folder");
        if let Some(database) = database {
            fs::copy(database, &file).expect("the state is copied");
            // Makes the real server take over a database that it did not write itself.
            fs::write(file.with_file_name(".sentinel"), "").expect("a file");
        }
        let program = match env::var_os("LIBSQL_SERVER") {
            Some(program) => Program::Real(Process::start(|address| {
                let mut server = Command::new(&program);
                server.args(["--http-listen-addr", &address.to_string(), "--no-welcome", "--db-path"]).arg(&folder);
                server
            })),
            None => {
                let server = LibsqlServer::start(SocketAddr::from(([127, 0, 0, 1], 0)), file, DATABASE_TOKEN);
                Program::StandIn(RUNTIME.block_on(server).expect("the libSQL server starts"))
            }
        };
        Self { program, folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.join(Self::DATABASE)
    }

    fn config(&self, label: &str) -> String {
        let address = match &self.program {
            Program::StandIn(server) => server.address(),
            Program::Real(server) => server.address,
        };
        format!(
            "[sqlite_database.{label}]\ntype = \"libsql\"\nurl = \"http://{address}\"\ntoken = \"{DATABASE_TOKEN}\"\n"
        )
    }
}
