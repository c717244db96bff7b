//! Premises that lines name, found without a question to the database for each line.

use std::collections::HashMap;

use domain::identifier::PremisesNumber;

use super::Fault;
use crate::{Conn, Result, homes::known};

/// What is known of the houses that were named so far, each read once.
#[derive(Default)]
pub(super) struct Index {
    houses: HashMap<String, Option<String>>,
    premises: HashMap<String, Option<HashMap<String, String>>>,
}

impl Index {
    /// The id of the house of this code.
    pub(super) fn house_id(&mut self, conn: &Conn<'_>, code: &str) -> Result<Result<String, Fault>> {
        if !self.houses.contains_key(code) {
            self.houses.insert(code.to_owned(), known::house_id(conn, code)?);
        }
        Ok(self.houses[code].clone().ok_or_else(|| no_house(code)))
    }

    /// The id of the premises of this number in the house of this code.
    pub(super) fn premises_id(
        &mut self,
        conn: &Conn<'_>,
        code: &str,
        number: &PremisesNumber,
    ) -> Result<Result<String, Fault>> {
        if !self.premises.contains_key(code) {
            self.premises.insert(code.to_owned(), known::premises_of_house(conn, code)?);
        }
        let Some(house) = &self.premises[code] else { return Ok(Err(no_house(code))) };
        let premises_id = house.get(number.as_str()).cloned();
        Ok(premises_id.ok_or_else(|| Fault::new("premises", format!("помещения {number} в доме {code} ещё нет"))))
    }

    /// Forgets everything: a file may have brought what was not there.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn no_house(code: &str) -> Fault {
    Fault::new("house_code", format!("дома с кодом {code} ещё нет"))
}
