//! The catalog of what is kept of a person holds every table and every column of the schema that is about one.

use std::collections::BTreeSet;

use rusqlite::Connection;
use store::personal::catalog::{ELSEWHERE, parts};

/// Tables that name a person otherwise than by a reference.
const WITHOUT_REFERENCE: [&str; 4] = ["audit_entry", "audit_detail", "idempotency", "sign_in_failure"];

fn schema() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate(&mut connection, "2026-07-20T09:00:00Z").unwrap();
    connection
}

fn column(connection: &Connection, sql: &str, parameters: &[&str]) -> BTreeSet<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Tables whose rows are a person's: they refer to one, to a link of one, or to a personal account.
fn about_persons(connection: &Connection) -> BTreeSet<String> {
    let sql = "select t.name from pragma_table_list t, pragma_foreign_key_list(t.name) f
               where t.schema = 'main' and f.\"table\" in ('person', 'account_link', 'account')";
    let mut tables = column(connection, sql, &[]);
    tables.extend(["person"].into_iter().chain(WITHOUT_REFERENCE).map(str::to_owned));
    tables
}

#[test]
fn every_table_about_persons_is_in_the_catalog_or_excepted_with_a_reason() {
    let named = parts().map(|part| part.table).chain(ELSEWHERE.iter().map(|(table, _)| *table));
    let named: BTreeSet<_> = named.map(str::to_owned).collect();
    assert_eq!(
        named,
        about_persons(&schema()),
        "say in personal/catalog.rs what it is for and what erasure does to it"
    );
}

#[test]
fn every_column_is_given_out_or_withheld_with_a_reason() {
    let connection = schema();
    for part in parts() {
        let columns = column(&connection, "select name from pragma_table_info(?1)", &[part.table]);
        let told = part.fields.iter().map(|field| field.name).chain(part.withheld.iter().map(|(name, _)| *name));
        let told: BTreeSet<_> = told.map(str::to_owned).collect();
        assert!(columns.is_subset(&told), "{}: {:?}", part.table, columns.difference(&told));
        let withheld: BTreeSet<_> = part.withheld.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert!(withheld.is_subset(&columns), "{}: {:?}", part.table, withheld.difference(&columns));
    }
}
