//! Finding houses by the words of their addresses, in a city of many streets.

use std::time::Instant;

use domain::address::{parse, word_cost};
use jiff::Timestamp;
use schema::Kind;
use store::homes::{
    addresses::{self, Filter, Meant},
    register::{NewCompany, NewHouse, put_company, put_house},
};

use crate::state::State;

const SYLLABLES: [&str; 16] =
    ["ле", "ни", "ко", "мо", "нов", "гор", "пуш", "чер", "ми", "ра", "ста", "волж", "дон", "бе", "зар", "про"];

/// Streets with names of three or four syllables, each its own.
fn street(number: usize) -> String {
    let syllable = |place: u32| SYLLABLES[number / SYLLABLES.len().pow(place) % SYLLABLES.len()];
    format!("{}{}{}ская", syllable(0), syllable(1), syllable(2))
}

fn put_city(state: &State, streets: usize, houses_on_each: usize) {
    let now: Timestamp = "2026-07-20T09:00:00Z".parse().unwrap();
    let company = NewCompany {
        company_id: "company",
        name: "УК",
        inn: "7707083893",
        ogrn: None,
        phone: None,
        email: None,
        address: None,
    };
    let put = |tx: &store::Tx<'_>| -> store::Result<()> {
        put_company(tx, now, &company)?;
        for number in 0..streets * houses_on_each {
            let address = format!("г. Рязань, ул. {}, д. {}", street(number % streets), number / streets + 1);
            let house = NewHouse {
                house_id: &format!("house-{number}"),
                code: &format!("code-{number}"),
                company_id: "company",
                municipality: "г. Рязань",
                address: &address,
                cadastral_number: None,
                time_zone: "Europe/Moscow",
                window_from_day: 1,
                window_to_day: 31,
            };
            put_house(tx, now, &house)?;
        }
        Ok(())
    };
    state.db().write(put).unwrap();
}

/// The word with two neighbours in its middle swapped.
fn mistyped(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    letters.swap(middle, middle + 1);
    letters.into_iter().collect()
}

/// The addresses found for a street and a house.
fn found(state: &State, typed: &str) -> Vec<String> {
    let typed = parse(typed).words;
    let (text, number) = (&typed[0], &typed[1]);
    state
        .db()
        .read(|conn| {
            let similar = addresses::similar_words(conn, &typed)?;
            let texts = similar.into_iter().filter_map(|(typed, word)| {
                let cost = word_cost(text, &word)?;
                Some(Meant { typed, word, cost, is_number: false })
            });
            let number = Meant { typed: 1, word: number.clone(), cost: 0, is_number: true };
            let meant: Vec<_> = texts.chain([number]).collect();
            let houses = addresses::houses_with(conn, &meant, 1, Filter::default(), 20)?;
            Ok::<_, store::Error>(houses.into_iter().map(|house| house.address).collect())
        })
        .unwrap()
}

#[test]
fn a_street_of_a_city_is_found_with_its_letters_swapped() {
    let state = State::new(Kind::Live);
    put_city(&state, 400, 2);
    for number in (0..400).step_by(7) {
        let street = street(number);
        let expected = format!("г. Рязань, ул. {street}, д. 2");
        let found = found(&state, &format!("{} 2", mistyped(&street)));
        assert!(found.contains(&expected), "{street}: {found:?}");
    }
}

#[test]
fn houses_of_a_state_older_than_the_search_are_taken_in_a_few_at_a_time() {
    let state = State::new(Kind::Live);
    put_city(&state, 5, 1);
    state.db().write(|tx| tx.execute("delete from address_word", &[])).unwrap();
    let index = || state.db().write(|tx| addresses::index_missing(tx, 3)).unwrap();
    assert!(state.db().read(addresses::any_missing).unwrap());
    assert_eq!((index(), index(), index()), (3, 2, 0));
    assert!(!state.db().read(addresses::any_missing).unwrap());
    assert_eq!(found(&state, &format!("{} 1", street(3)))[0], format!("г. Рязань, ул. {}, д. 1", street(3)));
}

#[test]
#[ignore = "a measurement: cargo test -p store --test it -- --ignored --nocapture found_in_milliseconds"]
fn an_address_among_100_000_premises_is_found_in_milliseconds() {
    let state = State::new(Kind::Live);
    put_city(&state, 400, 5);
    let sql = "with recursive flat (number) as (select 1 union all select number + 1 from flat where number < 50)
               insert into premises (premises_id, house_id, number, kind, area_hundredths, created_at)
               select house_id || '-' || number, house_id, number, 'residential', 4000, '' from house, flat";
    state.db().write(|tx| tx.execute(sql, &[])).unwrap();
    let mut micros: Vec<_> = (0..1_000)
        .map(|number| {
            let typed = format!("{} 3", mistyped(&street(number % 400)));
            let begun = Instant::now();
            let house = found(&state, &typed).len();
            let ids = [format!("house-{}", number % 400)];
            let ids: Vec<_> = ids.iter().map(String::as_str).collect();
            let premises = state
                .db()
                .read(|conn| addresses::premises_in(conn, "nobody", &ids, Some("15"), Filter::default(), 400));
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
