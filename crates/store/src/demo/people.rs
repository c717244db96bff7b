//! The demo logins. All share one password and exist only in a demo state.

use domain::access::{Grant, Role, Scope};

use super::{Making, PASSWORD_HASH, flats::Flat};
use crate::{
    Result, grants,
    homes::{self, Right},
    levels,
    persons::{self, NewPerson},
};

/// Where a login of the staff works.
#[derive(Clone, Copy)]
enum At {
    Portal,
    First,
    Neighbours,
}

/// Login, role, where, name. Of the support there are two: one asks, the other agrees.
const STAFF: [(&str, Role, At, &str); 10] = [
    ("dispatcher", Role::Dispatcher, At::First, "Вера Павловна"),
    ("executor", Role::Executor, At::First, "Тимофей Андреевич"),
    ("accountant", Role::Accountant, At::First, "Нина Викторовна"),
    ("manager", Role::Manager, At::First, "Глеб Николаевич"),
    ("admin", Role::Admin, At::Portal, "Ольга Дмитриевна"),
    ("admin2", Role::Admin, At::Neighbours, "Галина Сергеевна"),
    ("inspector", Role::Inspector, At::Portal, "Леонид Петрович"),
    ("integrator", Role::Integrator, At::Portal, "Программа обмена данными"),
    ("support", Role::Support, At::Portal, "Полина Юрьевна"),
    ("support2", Role::Support, At::Portal, "Раиса Марковна"),
];

/// Anna has linked her account, and the company knows who she is; Boris and the numbered residents can. `companies`: the
/// first, the neighbours.
pub(super) fn add(making: &mut Making<'_>, flats: &[Flat], companies: [String; 2]) -> Result<usize> {
    let mut count = 0;
    for flat in flats {
        let login = match flat.number {
            15 => "anna".to_owned(),
            27 => "boris".to_owned(),
            number @ 31..=50 => format!("resident{:02}", number - 30),
            _ => continue,
        };
        let phone = Flat::phone(flat.number);
        let person_id =
            add_person(making, &login, Some(&phone), &flat.holder.greeting(), Role::Resident, Scope::Portal)?;
        if flat.number == 15 {
            let link_id = making.ids.draw();
            homes::add_link(making.tx, making.at, &link_id, &person_id, &flat.account_id, Right::Owner)?;
            levels::confirm(making.tx, making.at, &person_id)?;
        }
        count += 1;
    }
    let [first, neighbours] = companies.map(|company_id| Scope::Company { company_id });
    for (login, role, at, name) in STAFF {
        let scope = match at {
            At::Portal => Scope::Portal,
            At::First => first.clone(),
            At::Neighbours => neighbours.clone(),
        };
        add_person(making, login, None, name, role, scope)?;
        count += 1;
    }
    Ok(count)
}

fn add_person(
    making: &mut Making<'_>,
    login: &str,
    phone: Option<&str>,
    name: &str,
    role: Role,
    scope: Scope,
) -> Result<String> {
    let person_id = making.ids.draw();
    let person = NewPerson {
        person_id: &person_id,
        login: Some(login),
        phone,
        email: None,
        password_hash: PASSWORD_HASH,
        name,
        roles: &[],
        is_demo: true,
    };
    persons::add(making.tx, making.at, &person)?;
    grants::add(making.tx, making.at, &person_id, &Grant { role, scope }, None)?;
    Ok(person_id)
}
