//! `fermyon:spin/variables@2.0.0`.

use wasmtime::Result;

use super::bindings::fermyon::spin::variables::{Error, Host};
use crate::guest::Guest;

impl Host for Guest {
    fn get(&mut self, name: String) -> Result<Result<String, Error>> {
        Ok(match self.grants.variables.get(&name) {
            Some(value) => Ok(value.clone()),
            None if is_name(&name) => {
                Err(Error::Undefined(format!("no variable for {:?}.{name:?}", self.grants.component)))
            }
            None => Err(Error::InvalidName(format!(
                "{name:?} is not a variable's name: use lower case, digits and single underscores"
            ))),
        })
    }
}

/// Spin's rule: lower-case ASCII words and digits, joined by single underscores, a letter first.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .split('_')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_is_lower_case_words_joined_by_underscores() {
        assert!(is_name("public_origin") && is_name("key2") && is_name("a_2"));
        for name in ["", "Key", "a__b", "_a", "a_", "1a", "a-b", "a.b"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
