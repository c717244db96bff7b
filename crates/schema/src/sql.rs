//! The statements of migrating, for a database that is not a file: one on a libSQL server.

/// Makes the ledger unless it is there.
pub const CREATE_LEDGER: &str = "create table if not exists schema_migration (
    version integer primary key,
    name text not null,
    sha256 text not null,
    applied_at text not null
) strict";

/// The ledger's entries, as [`crate::Entry`] has them.
pub const READ_LEDGER: &str = "select version, name, sha256 from schema_migration order by version";

/// Enters a migration: its version, name and checksum, and the moment.
pub const RECORD_MIGRATION: &str =
    "insert into schema_migration (version, name, sha256, applied_at) values (?1, ?2, ?3, ?4)";

/// The tables with rows whose referenced rows are missing.
pub const BROKEN_REFERENCES: &str = "pragma foreign_key_check";

/// Decides the kind of the state, at a moment.
pub const DECIDE_KIND: &str = "insert into state (only_row, kind, created_at) values (1, ?1, ?2)";

/// The kind of the state, if that was decided.
pub const READ_KIND: &str = "select kind from state";

/// 1 when nobody and no house is in the state yet, so that a demo may be put there.
pub const IS_EMPTY: &str = "select not exists (select 1 from person) and not exists (select 1 from house)";
