//! Prints what `current.sql` should hold; `cargo xtask migrate --write-current` saves it.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = rusqlite::Connection::open_in_memory()?;
    schema::migrate(&mut connection, "")?;
    print!("{}", schema::dump(&connection)?);
    Ok(())
}
