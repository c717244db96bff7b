//! Premises that lines name, found without a question to the database for each line.

use std::collections::HashMap;

use domain::{access::Scope, identifier::PremisesNumber};

use super::Fault;
use crate::{Conn, homes::known};

/// What is known of the houses that were named so far, each read once; only those within reach are given out.
pub(super) struct Index<'a> {
    reach: &'a [Scope],
    houses: HashMap<String, Option<Scope>>,
    premises: HashMap<String, Option<HashMap<String, String>>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(reach: &'a [Scope]) -> Self {
        Self { reach, houses: HashMap::new(), premises: HashMap::new() }
    }

    /// The id of the house of this code.
    pub(super) fn house_id(&mut self, conn: &Conn<'_>, code: &str) -> crate::Result<Result<String, Fault>> {
        if !self.houses.contains_key(code) {
            self.houses.insert(code.to_owned(), known::house(conn, code)?);
        }
        let Some(house) = &self.houses[code] else { return Ok(Err(no_house(code))) };
        let house_id = house.id().unwrap_or_default().to_owned();
        Ok(self.within_reach(house, "house_code").map(|()| house_id))
    }

    /// Whether whoever imports may touch what is in this place.
    pub(super) fn within_reach(&self, place: &Scope, column: &'static str) -> Result<(), Fault> {
        let is_within = self.reach.iter().any(|scope| scope.covers(place));
        if is_within { Ok(()) } else { Err(Fault::new(column, foreign(place))) }
    }

    /// The id of the premises of this number in the house of this code.
    pub(super) fn premises_id(
        &mut self,
        conn: &Conn<'_>,
        code: &str,
        number: &PremisesNumber,
    ) -> crate::Result<Result<String, Fault>> {
        or_fault!(self.house_id(conn, code));
        if !self.premises.contains_key(code) {
            self.premises.insert(code.to_owned(), known::premises_of_house(conn, code)?);
        }
        let Some(house) = &self.premises[code] else { return Ok(Err(no_house(code))) };
        let premises_id = house.get(number.as_str()).cloned();
        Ok(premises_id.ok_or_else(|| Fault::new("premises", format!("помещения {number} в доме {code} ещё нет"))))
    }

    /// Forgets everything: a file may have brought what was not there.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.reach);
    }
}

fn foreign(place: &Scope) -> &'static str {
    match place {
        Scope::Portal => "новую организацию заводит администратор всего портала: попросите его",
        Scope::Company { .. } => "данные этой организации загружает её администратор или администратор всего портала",
        Scope::House { .. } => {
            "этот дом вам не поручен: его данные загружает администратор его организации или всего портала"
        }
    }
}

fn no_house(code: &str) -> Fault {
    Fault::new("house_code", format!("дома с кодом {code} ещё нет"))
}
