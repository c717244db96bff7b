//! What the commands need from spin.toml.

use std::{collections::BTreeMap, fs};

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use crate::workspace::root;

/// The parsed manifest.
pub(crate) struct Manifest(Table);

impl Manifest {
    pub(crate) fn read() -> Result<Self> {
        let text = fs::read_to_string(root().join("spin.toml")).context("cannot read spin.toml")?;
        Self::parse(&text)
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        Ok(Self(text.parse().context("spin.toml is not valid TOML")?))
    }

    /// The variables that are secret and must be given: those for which `.env` gets random values.
    pub(crate) fn required_secrets(&self) -> Vec<&str> {
        let is_set = |value: &Value, key| value.get(key).and_then(Value::as_bool).unwrap_or(false);
        self.table("variables")
            .filter(|(_, variable)| is_set(variable, "required") && is_set(variable, "secret"))
            .map(|(name, _)| name)
            .collect()
    }

    /// Every component's table by its name.
    pub(crate) fn components(&self) -> BTreeMap<&str, &Value> {
        self.table("component").collect()
    }

    /// The tables `[[trigger.http]]`.
    pub(crate) fn http_triggers(&self) -> impl Iterator<Item = &Value> {
        self.0.get("trigger").and_then(|trigger| trigger.get("http")).and_then(Value::as_array).into_iter().flatten()
    }

    /// Every route.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &str> {
        self.http_triggers().filter_map(|trigger| trigger.get("route").and_then(Value::as_str))
    }

    fn table(&self, key: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.0.get(key).and_then(Value::as_table).into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }
}
