//! The demo logins. All share one password and exist only in a demo state.

use super::{Making, PASSWORD_HASH, flats::Flat};
use crate::{
    Result,
    homes::{self, Right},
    levels,
    persons::{self, NewPerson},
};

/// Login, role, name. Of the support there are two: one asks, the other agrees.
const STAFF: [(&str, &str, &str); 9] = [
    ("dispatcher", "dispatcher", "Вера Павловна"),
    ("executor", "executor", "Тимофей Андреевич"),
    ("accountant", "accountant", "Нина Викторовна"),
    ("manager", "manager", "Глеб Николаевич"),
    ("admin", "admin", "Ольга Дмитриевна"),
    ("inspector", "inspector", "Леонид Петрович"),
    ("integrator", "integrator", "Программа обмена данными"),
    ("support", "support", "Полина Юрьевна"),
    ("support2", "support", "Раиса Марковна"),
];

/// Anna has linked her account, and the company knows who she is; Boris and the numbered residents can.
pub(super) fn add(making: &mut Making<'_>, flats: &[Flat]) -> Result<usize> {
    let mut count = 0;
    for flat in flats {
        let login = match flat.number {
            15 => "anna".to_owned(),
            27 => "boris".to_owned(),
            number @ 31..=50 => format!("resident{:02}", number - 30),
            _ => continue,
        };
        let phone = Flat::phone(flat.number);
        let person_id = add_person(making, &login, Some(&phone), &flat.holder.greeting(), "resident")?;
        if flat.number == 15 {
            let link_id = making.ids.draw();
            homes::add_link(making.tx, making.at, &link_id, &person_id, &flat.account_id, Right::Owner)?;
            levels::confirm(making.tx, making.at, &person_id)?;
        }
        count += 1;
    }
    for (login, role, name) in STAFF {
        add_person(making, login, None, name, role)?;
        count += 1;
    }
    Ok(count)
}

fn add_person(making: &mut Making<'_>, login: &str, phone: Option<&str>, name: &str, role: &str) -> Result<String> {
    let person_id = making.ids.draw();
    let person = NewPerson {
        person_id: &person_id,
        login: Some(login),
        phone,
        email: None,
        password_hash: PASSWORD_HASH,
        name,
        roles: &[role],
        is_demo: true,
    };
    persons::add(making.tx, making.at, &person)?;
    Ok(person_id)
}
