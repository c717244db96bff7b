//! The schema as text: what `current.sql` holds.

use rusqlite::Connection;

const HEADER: &str =
    "-- What all migrations add up to, table by table, for reading: `cargo xtask migrate --write-current`
-- writes it, a test compares it. A change of the schema is a new file in migrations/.
";

/// Every table of the database with its indexes and triggers, in the order of their names.
pub fn dump(connection: &Connection) -> rusqlite::Result<String> {
    let mut select = connection.prepare(
        "select sql from sqlite_schema where sql is not null and name not like 'sqlite_%'
         order by tbl_name, case type when 'table' then 1 when 'index' then 2 else 3 end, name",
    )?;
    let mut text = HEADER.to_owned();
    for sql in select.query_map([], |row| row.get::<_, String>(0))? {
        text.push('\n');
        text.push_str(&sql?);
        text.push_str(";\n");
    }
    Ok(text)
}
