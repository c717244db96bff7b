//! SQLite connections to one file, kept warm: who needs one borrows it, with its prepared statements and its cache.
//!
//! All transactions that write go through one connection. SQLite empties a connection's cache whenever another one has
//! committed; with a connection for each writer every transaction would read its pages from the file anew.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::InterruptHandle;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{Action, AuthAction, AuthContext, Authorization};

use super::{Error, Options};

/// The suite's components have some dozens of statements each.
const CACHED_STATEMENTS: usize = 128;

/// Connections that wait for their next borrower.
pub(super) struct Pool {
    most: usize,
    idle: Mutex<Vec<Opened>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pool").field("most", &self.most).field("idle", &self.idle().len()).finish()
    }
}

impl Pool {
    /// Keeps at most `most` idle connections.
    pub(super) fn new(most: usize) -> Self {
        Self { most, idle: Mutex::default() }
    }

    /// An idle connection, or a new one.
    pub(super) fn lend(&self, path: &Path, options: &Options) -> Result<Lent<'_>, Error> {
        let idle = self.idle().pop();
        let opened = match idle {
            Some(opened) => opened,
            None => Opened::open(path, options)?,
        };
        Ok(Lent { opened: Some(opened), pool: self })
    }

    fn take_back(&self, opened: Opened) {
        // Who cannot be rolled back is closed.
        let is_clean = opened.connection.is_autocommit() || opened.connection.execute_batch("ROLLBACK").is_ok();
        let mut idle = self.idle();
        if is_clean && !opened.is_shaped() && idle.len() < self.most {
            idle.push(opened);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Opened>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A borrowed connection; dropping it rolls back what is open and gives it back.
pub(super) struct Lent<'p> {
    opened: Option<Opened>,
    pool: &'p Pool,
}

impl Deref for Lent<'_> {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        self.opened.as_ref().expect("it is taken back only when dropped")
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Opened {
        self.opened.as_mut().expect("it is taken back only when dropped")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(opened) = self.opened.take() {
            self.pool.take_back(opened);
        }
    }
}

/// An open connection with what must be known of it.
pub(super) struct Opened {
    pub(super) connection: rusqlite::Connection,
    pub(super) interrupt: Arc<InterruptHandle>,
    shaped: Arc<AtomicBool>,
    inserted: Arc<AtomicBool>,
}

impl Opened {
    fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)
                .map_err(|error| Error::Io(format!("{}: {error}", directory.display())))?;
        }
        let mut connection = rusqlite::Connection::open(path)?;
        configure(&mut connection, options)?;
        let (shaped, inserted) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let noted = Arc::clone(&shaped);
        let may_attach = options.allow_attach_file;
        connection.authorizer(Some(move |context: AuthContext<'_>| authorize(&context, may_attach, &noted)))?;
        let noted = Arc::clone(&inserted);
        connection.update_hook(Some(move |action, _: &str, _: &str, _: i64| {
            if action == Action::SQLITE_INSERT {
                noted.store(true, Ordering::Relaxed);
            }
        }))?;
        let interrupt = Arc::new(connection.get_interrupt_handle());
        Ok(Self { connection, interrupt, shaped, inserted })
    }

    /// Whether somebody has given it tables, files or settings of its own: then nobody else gets it.
    pub(super) fn is_shaped(&self) -> bool {
        self.shaped.load(Ordering::Relaxed)
    }

    /// The row id of the insert since this was asked last, if there was one.
    pub(super) fn inserted(&self) -> Option<i64> {
        self.inserted.swap(false, Ordering::Relaxed).then(|| self.connection.last_insert_rowid())
    }
}

fn configure(connection: &mut rusqlite::Connection, options: &Options) -> rusqlite::Result<()> {
    connection.busy_timeout(options.busy_timeout)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", options.synchronous.keyword())?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // Otherwise a bound value that the planner has looked at makes SQLite prepare the statement anew each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Temporary and in-memory databases may be attached, files may not: as in Spin.
fn authorize(context: &AuthContext<'_>, may_attach: bool, shaped: &AtomicBool) -> Authorization {
    match context.action {
        AuthAction::Attach { filename } if !may_attach && !matches!(filename, "" | ":memory:") => Authorization::Deny,
        action => {
            if shapes(&action) {
                shaped.store(true, Ordering::Relaxed);
            }
            Authorization::Allow
        }
    }
}

/// Whether it leaves something behind that belongs to the connection and not to the file.
fn shapes(action: &AuthAction<'_>) -> bool {
    match action {
        AuthAction::Pragma { pragma_name, pragma_value } => {
            pragma_value.is_some_and(|value| !is_default(pragma_name, value))
        }
        AuthAction::Attach { .. }
        | AuthAction::Detach { .. }
        | AuthAction::CreateTempIndex { .. }
        | AuthAction::CreateTempTable { .. }
        | AuthAction::CreateTempTrigger { .. }
        | AuthAction::CreateTempView { .. } => true,
        _ => false,
    }
}

/// What every connection has anyway.
fn is_default(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("foreign_keys") && matches!(value.to_ascii_lowercase().as_str(), "on" | "1" | "true")
}
