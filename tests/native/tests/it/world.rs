//! A small world for reminders: houses with windows and zones of their own, homes, people, and what they give.

use domain::{
    access::Role,
    reading::{Channel, Dial, Window, WindowState},
};
use jiff::{Timestamp, civil::Date, civil::date};
use store::{
    homes::{
        self, Right,
        register::{self, NewAccount, NewCompany, NewHouse, NewMeter, NewPremises},
    },
    persons::{self, NewPerson},
    readings::{self, NewReading},
};
use web::fresh_id;

use crate::suite::Suite;

/// Its window and zone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct House {
    pub(crate) from_day: i8,
    pub(crate) to_day: i8,
    pub(crate) time_zone: &'static str,
}

impl House {
    pub(crate) fn today(self, now: Timestamp) -> Date {
        domain::calendar::date_at(now, self.time_zone).unwrap()
    }

    pub(crate) fn window(self, now: Timestamp) -> WindowState {
        Window::new(self.from_day, self.to_day).unwrap().state(self.today(now))
    }
}

/// Premises with one account and one meter, named by the same id.
pub(crate) struct Home {
    pub(crate) id: String,
    pub(crate) house: House,
}

pub(crate) struct World {
    pub(crate) suite: Suite,
    pub(crate) homes: Vec<Home>,
    pub(crate) persons: Vec<String>,
}

const COMPANY: NewCompany<'_> = NewCompany {
    company_id: "company",
    name: "УК",
    inn: "0000000000",
    ogrn: None,
    phone: None,
    email: None,
    address: None,
    kpp: None,
    bank: None,
};

impl World {
    /// One home in each house, and so many persons without a link.
    pub(crate) fn new(now: Timestamp, houses: &[House], persons: usize) -> Self {
        let suite = Suite::at(&now.to_string());
        suite.env.db().write(|tx| register::put_company(tx, now, &COMPANY, &[])).unwrap();
        let homes = houses.iter().enumerate().map(|(index, house)| add_home(&suite, index, *house)).collect();
        let persons: Vec<_> = (0..persons).map(|index| format!("person-{index}")).collect();
        let add = |tx: &store::Tx<'_>| persons.iter().try_for_each(|id| persons::add(tx, now, &person(id)));
        suite.env.db().write(add).unwrap();
        Self { suite, homes, persons }
    }

    pub(crate) fn link(&self, person: usize, home: usize) {
        let (tx_now, link_id) = (self.suite.env.now(), fresh_id(&self.suite.env));
        let (person, home) = (&self.persons[person], &self.homes[home].id);
        self.write(|tx| homes::add_link(tx, tx_now, &link_id, person, home, Right::Owner).map(drop));
    }

    /// Gives the reading of the window that is open there now.
    pub(crate) fn give_reading(&self, home: usize) {
        let (now, home) = (self.suite.env.now(), &self.homes[home]);
        let reading = NewReading {
            reading_id: &fresh_id(&self.suite.env),
            meter_id: &home.id,
            submission_id: None,
            source: "resident",
            channel: Channel::Portal,
            period: home.house.window(now).period,
            taken_on: home.house.today(now),
            values: &["1".to_owned()],
            rolled_over: false,
            confirmed: None,
            review: false,
        };
        self.write(|tx| readings::add(tx, now, &[reading]));
    }

    pub(crate) fn write(&self, work: impl FnOnce(&store::Tx<'_>) -> store::Result<()>) {
        self.suite.env.db().write(work).unwrap();
    }

    /// One run of the job; how many it reminded.
    pub(crate) fn tick(&self) -> usize {
        reminders::run(&self.suite.env, self.suite.env.now()).unwrap().reminded
    }

    /// Who was told of what, in order.
    pub(crate) fn told(&self) -> Vec<(String, String)> {
        let rows = self.suite.rows("select person_id, subject from notice order by person_id, subject");
        rows.into_iter()
            .map(|row| row.try_into().map(|[person, subject]: [String; 2]| (person, subject)).unwrap())
            .collect()
    }
}

fn person(id: &str) -> NewPerson<'_> {
    NewPerson {
        person_id: id,
        login: Some(id),
        phone: None,
        email: None,
        password_hash: "",
        name: "Жилец",
        roles: &[Role::Resident],
        is_demo: false,
    }
}

fn add_home(suite: &Suite, index: usize, house: House) -> Home {
    let (id, now) = (format!("home-{index}"), suite.env.now());
    let new_house = NewHouse {
        house_id: &id,
        code: &id,
        company_id: "company",
        municipality: "Рязань",
        address: "г. Рязань, д. 10",
        cadastral_number: None,
        time_zone: house.time_zone,
        window_from_day: house.from_day.cast_unsigned(),
        window_to_day: house.to_day.cast_unsigned(),
    };
    let premises = NewPremises {
        premises_id: &id,
        house_id: &id,
        number: "15",
        kind: "residential",
        area_hundredths: 5_000,
        area_since: None,
        cadastral_number: None,
    };
    let account = NewAccount {
        account_id: &id,
        number: &id,
        unified_number: None,
        premises_id: &id,
        holder: "Жилец",
        contact_phone: None,
        contact_email: None,
        opened_on: date(2020, 1, 1),
        closed_on: None,
    };
    suite
        .env
        .db()
        .write(|tx| {
            register::put_house(tx, now, &new_house, &[])?;
            register::put_premises(tx, now, &[premises], &[])?;
            register::put_accounts(tx, now, &[account], &[])?;
            register::put_meters(tx, now, &[meter(&id, &id)], &[])
        })
        .unwrap();
    Home { id, house }
}

/// A cold water meter of five digits and three after the point.
pub(crate) fn meter<'a>(meter_id: &'a str, premises_id: &'a str) -> NewMeter<'a> {
    NewMeter {
        meter_id,
        premises_id,
        kind: "cold_water",
        serial: meter_id,
        place: None,
        rates: 1,
        dial: Dial::new(5, 3).unwrap(),
        installed_on: date(2020, 1, 1),
        verified_on: None,
        verification_interval_years: None,
        removed_on: None,
    }
}
