//! Prices and norms as they are put and asked for again.

use domain::{
    dated::{DatedError, Days},
    norm::NormBasis,
    service::Service,
    tariff::{Act, Price, Rates},
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use store::{
    Db, Ids,
    homes::register::Changes,
    tariffs::{self, Fault, NewTariff, put_tariffs},
};

use crate::state::State;

const NOON: &str = "2026-11-20T09:00:00Z";

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

fn demo() -> (State, Db, String) {
    let state = State::seeded(NOON);
    let db = state.db();
    let house_id = state.rows("select house_id from house where code = 'Л10'").remove(0);
    (state, db, house_id)
}

fn act() -> Act {
    Act { name: "Приказ".to_owned(), number: "1".to_owned(), date: date(2026, 12, 1), link: None }
}

fn cold(house_id: &str, since: Date, until: Option<Date>, price: &str) -> impl Fn(&Db, u8) -> Changes {
    let (house_id, price) = (house_id.to_owned(), Price::new(price.parse().unwrap()).unwrap());
    move |db, seed| {
        let new = NewTariff {
            house_id: &house_id,
            service: Service::ColdWater,
            supplier: ("6299999972", "МП «Водоканал»"),
            is_offer: false,
            prices: Rates::One([price]),
            above_norm: None,
            fixed: None,
            surcharge: None,
            act: &act(),
            since,
            until,
        };
        db.write(|tx| put_tariffs(tx, noon(), &mut Ids::new(noon(), [seed; 32]), &[new])).unwrap()
    }
}

fn year() -> Days {
    Days::new(date(2026, 1, 1), date(2027, 12, 31)).unwrap()
}

/// First days and prices of cold water.
fn cold_water(db: &Db, house_id: &str) -> Vec<(Date, Option<Date>, String)> {
    let prices = db.read(|conn| tariffs::prices(conn, house_id, year())).unwrap();
    let rows = prices.tariffs[&Service::ColdWater][0].rows();
    let price = |rates: Rates<Price>| rates.as_slice()[0].rubles().to_string();
    rows.iter().map(|row| (row.from, row.until, price(row.value.prices))).collect()
}

#[test]
fn the_demo_charges_by_the_prices_of_the_vectors() {
    let (_state, db, house_id) = demo();
    let prices = db.read(|conn| tariffs::prices(conn, &house_id, year())).unwrap();
    let on = |service, table: usize| {
        let row = prices.tariffs[&service][table].on(date(2026, 11, 1)).unwrap();
        row.value.prices.as_slice().iter().map(|price| price.rubles().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(on(Service::ColdWater, 0), ["50.93"]);
    assert_eq!(on(Service::HotWaterHeat, 0), ["2894.56"]);
    assert_eq!(on(Service::Electricity, 2), ["8.23", "3.71", "6.99"]);
    let norm = prices.norms[&(Service::HotWaterHeat, NormBasis::HeatPerVolume)].on(date(2026, 11, 1)).unwrap();
    assert_eq!(norm.value.value.to_string(), "0.0585");
    assert_eq!(prices.multiplier.unwrap().on(date(2026, 11, 1)).unwrap().value.value.to_string(), "1.5");
    assert_eq!(db.read(|conn| tariffs::faults(conn, &[&house_id])).unwrap(), []);
}

#[test]
fn a_new_price_ends_the_one_before_and_the_same_one_changes_nothing() {
    let (_state, db, house_id) = demo();
    let put = cold(&house_id, date(2027, 7, 1), None, "55.1");
    assert_eq!(put(&db, 1), Changes { added: 1, changed: vec![] });
    let until = date(2027, 6, 30);
    let expected = [(date(2026, 10, 1), Some(until), "50.93"), (date(2027, 7, 1), None, "55.1")];
    let expected = expected.map(|(from, until, price)| (from, until, price.to_owned()));
    assert_eq!(cold_water(&db, &house_id)[1..], expected);
    assert_eq!(put(&db, 2), Changes::default());
    assert_eq!(cold_water(&db, &house_id)[1..], expected);
}

#[test]
fn a_corrected_price_is_a_new_version_and_the_old_one_stays_in_the_table() {
    let (state, db, house_id) = demo();
    let changes = cold(&house_id, date(2026, 10, 1), None, "51")(&db, 1);
    assert_eq!((changes.added, &changes.changed[0].columns[..]), (0, &["price_1", "act"][..]));
    assert_eq!(cold_water(&db, &house_id).last().unwrap().2, "51");
    let withdrawn = "select prices from tariff where withdrawn_at is not null";
    assert_eq!(state.rows(withdrawn), ["[\"50.93\"]"]);
}

#[test]
fn days_without_a_price_or_with_two_are_named() {
    let (_state, db, house_id) = demo();
    let fault = |days| vec![Fault { house_id: house_id.clone(), service: Service::ColdWater, days }];
    let faults = || db.read(|conn| tariffs::faults(conn, &[&house_id])).unwrap();
    cold(&house_id, date(2026, 10, 1), Some(date(2026, 12, 31)), "50.93")(&db, 1);
    cold(&house_id, date(2027, 2, 1), None, "55")(&db, 2);
    assert_eq!(faults(), fault(DatedError::Gap { from: date(2027, 1, 1), until: Some(date(2027, 1, 31)) }));
    cold(&house_id, date(2027, 1, 1), Some(date(2027, 3, 31)), "54")(&db, 3);
    assert_eq!(faults(), fault(DatedError::Overlap { from: date(2027, 2, 1), until: Some(date(2027, 3, 31)) }));
}
