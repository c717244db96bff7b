//! States of older versions, kept as the rows they held, come to the present whole. A migration that changes the
//! meaning of rows gets a file here, made at the version before it, and a test of what became of them.

use std::{collections::BTreeMap, fs, path::Path};

use rusqlite::{Connection, Transaction};
use schema::{MIGRATIONS, Migration, apply, migrate};

const NOW: &str = "2026-07-20T09:00:00Z";

fn at_version(version: usize) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    apply(&mut connection, &MIGRATIONS[..version], NOW).unwrap();
    connection
}

fn rows_of_every_table(connection: &Connection) -> BTreeMap<String, i64> {
    let mut tables = connection
        .prepare("select name from sqlite_schema where type = 'table' and name <> 'schema_migration' order by name")
        .unwrap();
    let names = tables.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    names
        .map(|name| {
            let count = format!("select count(*) from \"{name}\"");
            let rows = connection.query_row(&count, [], |row| row.get(0)).unwrap();
            (name, rows)
        })
        .collect()
}

#[test]
fn a_state_of_an_older_version_keeps_its_rows() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/states"));
    let mut checked = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let version = file.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        let mut connection = at_version(version);
        connection.execute_batch(&fs::read_to_string(&file).unwrap()).unwrap();
        let before = rows_of_every_table(&connection);

        assert_eq!(migrate(&mut connection, NOW).unwrap().names.len(), MIGRATIONS.len() - version);
        let after = rows_of_every_table(&connection);
        for (table, rows) in before {
            assert!(rows > 0 || matches!(table.as_str(), "idempotency" | "link_request" | "rate_limit"), "{table}");
            // Later migrations add rules to those there are; what was a role became a grant.
            let kept_in = if table == "person_role" { "role_grant" } else { &table };
            let is_kept = after.get(kept_in).is_some_and(|now| *now == rows || table == "setting" && *now > rows);
            assert!(is_kept, "{table}: {rows} before, {:?} after", after.get(kept_in));
        }
        let verdict: String = connection.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        checked += 1;
    }
    assert!(checked > 0);
}

#[test]
fn a_role_from_before_scopes_holds_in_the_whole_portal_since_it_was_given() {
    let mut connection = at_version(40);
    let rows = "insert into person (person_id, login, password_hash, name, created_at)
                values ('p1', 'olga', '', 'Ольга', '2026-01-01T00:00:00Z');
                insert into person_role values ('p1', 'admin', '2026-01-02T00:00:00Z'), ('p1', 'resident', '2026-01-03T00:00:00Z');";
    connection.execute_batch(rows).unwrap();
    migrate(&mut connection, NOW).unwrap();
    let sql = "select group_concat(role || ' ' || granted_at, ', ') from role_grant
               where person_id = 'p1' and company_id is null and house_id is null and taken_at is null";
    let grants: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(grants, "admin 2026-01-02T00:00:00Z, resident 2026-01-03T00:00:00Z");
}

#[test]
fn prices_that_were_told_by_when_they_were_recorded_are_told_by_what_they_say() {
    let mut connection = at_version(91);
    let rows = "insert into company values ('c', 'УК', '7830002293', null, null, null, null, '2026-01-01', null, null, null, null, null);
                insert into house values ('h', 'L10', 'c', 'Рязань', 'ул. Ленина, д. 10', null, 'Europe/Moscow', 15, 25, '2026-01-01');
                insert into supplier values ('s', '6299999972', 'Водоканал');
                insert into tariff_act values ('a', 'Приказ', '7', '2026-01-01', '');
                insert into tariff values
                    ('t1', 'h', 'cold_water', 's', 0, 1, '[\"50\"]', null, null, null, 'a', '2026-10-01', null, 'then', 'later'),
                    ('t2', 'h', 'cold_water', 's', 0, 1, '[\"50.93\"]', null, '10', null, 'a', '2026-10-01', null, 'then too', null),
                    ('t3', 'h', 'electricity', 's', 0, 2, '[\"8.01\",\"3.71\"]', null, null, null, 'a', '2026-10-01', null, 'untold', null);
                insert into told_tariff_change values ('h', '2026-10-01', 'then', 'day 1'), ('h', '2026-10-01', 'then too', 'day 2');";
    connection.execute_batch(rows).unwrap();
    migrate(&mut connection, NOW).unwrap();
    let sql = "select group_concat(kind || ' ' || service || ' ' || detail || ' ' || content || ' ' || told_at) from told_change";
    let told: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(told, r#"price cold_water 1 [["50.93"],null,"10",null] day 2"#, "what was told last");
}

#[test]
fn rows_can_be_upgraded_by_a_function_where_sql_is_not_enough() {
    fn upper_case_all_letters(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        let mut select = transaction.prepare("select id, name from a")?;
        let rows: Vec<(i64, String)> =
            select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        for (id, name) in rows {
            transaction.execute("update a set name = ?2 where id = ?1", (id, name.to_uppercase()))?;
        }
        Ok(())
    }
    let tables = Migration::new("0001_tables", "create table a (id integer primary key, name text not null) strict;");
    let upgrade =
        Migration::new("0002_upper_case", "-- SQLite's upper() knows ASCII only").then(upper_case_all_letters);

    let mut connection = Connection::open_in_memory().unwrap();
    apply(&mut connection, &[tables], NOW).unwrap();
    connection.execute("insert into a values (1, 'квартира 12а')", []).unwrap();
    apply(&mut connection, &[tables, upgrade], NOW).unwrap();
    let name: String = connection.query_row("select name from a", [], |row| row.get(0)).unwrap();
    assert_eq!(name, "КВАРТИРА 12А");
}

#[test]
fn a_failed_upgrade_of_rows_takes_its_sql_back() {
    let migration = Migration::new("0001_tables", "create table a (id integer primary key) strict;")
        .then(|_| Err(rusqlite::Error::InvalidQuery));
    let mut connection = Connection::open_in_memory().unwrap();
    apply(&mut connection, &[migration], NOW).unwrap_err();
    assert!(connection.execute("insert into a values (1)", []).is_err());
}
