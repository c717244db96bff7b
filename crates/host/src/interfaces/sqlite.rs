//! `spin:sqlite/sqlite@3.1.0`, with Spin's own errors.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::bindings::spin::sqlite::sqlite::{Error, Host, HostConnection, QueryResult, RowResult, Value};
use crate::guest::Guest;
use crate::sqlite::{self, Connection};

/// As many connections as Spin lets an instance have.
const CONNECTIONS_MAX: usize = 256;

impl Host for Guest {}

impl HostConnection for Guest {
    fn open(&mut self, database: String) -> Result<Result<Resource<Connection>, Error>> {
        if !self.grants.databases.contains(&database) {
            return Ok(Err(Error::AccessDenied));
        }
        if self.open_databases >= CONNECTIONS_MAX {
            return Ok(Err(Error::Io("too many connections opened".to_owned())));
        }
        Ok(match self.grants.state.databases.open(&database) {
            Ok(connection) => {
                self.open_databases += 1;
                Ok(self.table.push(connection)?)
            }
            Err(error) => Err(error.into()),
        })
    }

    async fn execute(
        &mut self,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<Result<QueryResult, Error>> {
        let connection = self.table.get_mut(&connection)?;
        let parameters = parameters.into_iter().map(Into::into).collect();
        let result = connection.execute(statement, parameters).await;
        Ok(result.map(Into::into).map_err(Into::into))
    }

    fn last_insert_rowid(&mut self, connection: Resource<Connection>) -> Result<i64> {
        Ok(self.table.get(&connection)?.last_insert_rowid())
    }

    fn changes(&mut self, connection: Resource<Connection>) -> Result<u64> {
        Ok(self.table.get(&connection)?.changes())
    }

    fn drop(&mut self, connection: Resource<Connection>) -> Result<()> {
        self.table.delete(connection)?;
        self.open_databases -= 1;
        Ok(())
    }
}

impl From<sqlite::Error> for Error {
    fn from(error: sqlite::Error) -> Self {
        match error {
            sqlite::Error::NoSuchDatabase => Self::NoSuchDatabase,
            sqlite::Error::Io(message) => Self::Io(message),
        }
    }
}

impl From<Value> for sqlite::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Integer(value) => Self::Integer(value),
            Value::Real(value) => Self::Real(value),
            Value::Text(value) => Self::Text(value),
            Value::Blob(value) => Self::Blob(value),
            Value::Null => Self::Null,
        }
    }
}

impl From<sqlite::Value> for Value {
    fn from(value: sqlite::Value) -> Self {
        match value {
            sqlite::Value::Integer(value) => Self::Integer(value),
            sqlite::Value::Real(value) => Self::Real(value),
            sqlite::Value::Text(value) => Self::Text(value),
            sqlite::Value::Blob(value) => Self::Blob(value),
            sqlite::Value::Null => Self::Null,
        }
    }
}

impl From<sqlite::QueryResult> for QueryResult {
    fn from(result: sqlite::QueryResult) -> Self {
        let row = |values: Vec<sqlite::Value>| RowResult { values: values.into_iter().map(Into::into).collect() };
        Self { columns: result.columns, rows: result.rows.into_iter().map(row).collect() }
    }
}
