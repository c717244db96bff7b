//! How long an address is looked for among 100 000 premises: `cargo bench -p store`.

#[path = "../tests/it/city.rs"]
mod city;
#[expect(dead_code, reason = "the tests ask more of a state")]
#[path = "../tests/it/state.rs"]
mod state;

use std::time::Instant;

use jiff::{Timestamp, civil::date};
use schema::Kind;
use store::{
    Tx,
    homes::{
        addresses::{self, Filter},
        register::{NewPremises, put_premises},
    },
};

use city::{found, mistyped, put_city, street};
use state::State;

fn put_flats(tx: &Tx<'_>, house_id: &str) -> store::Result<()> {
    let numbers: Vec<_> = (1..=50).map(|number: u32| number.to_string()).collect();
    let ids: Vec<_> = numbers.iter().map(|number| format!("{house_id}-{number}")).collect();
    let flat = |(premises_id, number)| NewPremises {
        premises_id,
        house_id,
        number,
        kind: "residential",
        area_hundredths: 4_000,
        area_since: None,
        cadastral_number: None,
    };
    let flats: Vec<_> = ids.iter().map(String::as_str).zip(numbers.iter().map(String::as_str)).map(flat).collect();
    put_premises(tx, Timestamp::UNIX_EPOCH, &flats, &[]).map(drop)
}

fn main() {
    let state = State::new(Kind::Live);
    put_city(&state, 400, 5);
    state.db().write(|tx| (0..2_000).try_for_each(|house| put_flats(tx, &format!("house-{house}")))).unwrap();
    let mut micros: Vec<_> = (0..1_000)
        .map(|number| {
            let typed = format!("{} 3", mistyped(&street(number % 400)));
            let begun = Instant::now();
            let house = found(&state, &typed).len();
            let ids = [format!("house-{}", number % 400)];
            let ids: Vec<_> = ids.iter().map(String::as_str).collect();
            let (filter, today) = (Filter::default(), date(2026, 7, 20));
            let premises =
                state.db().read(|conn| addresses::premises_in(conn, "nobody", &ids, Some("15"), filter, 400, today));
            assert!(house > 0 && premises.unwrap().len() == 1);
            begun.elapsed().as_micros()
        })
        .collect();
    micros.sort_unstable();
    println!(
        "{} premises: median {} µs, p99 {} µs",
        state.number("select count(*) from premises"),
        micros[500],
        micros[990]
    );
}
