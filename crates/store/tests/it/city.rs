//! A city of many streets, and how its houses are found.

use domain::address::{parse, word_cost};
use jiff::Timestamp;
use store::homes::{
    addresses::{self, Filter, Meant},
    register::{NewCompany, NewHouse, put_company, put_house},
};

use crate::state::State;

const SYLLABLES: [&str; 16] =
    ["ле", "ни", "ко", "мо", "нов", "гор", "пуш", "чер", "ми", "ра", "ста", "волж", "дон", "бе", "зар", "про"];

/// Streets with names of three or four syllables, each its own.
pub(crate) fn street(number: usize) -> String {
    let syllable = |place: u32| SYLLABLES[number / SYLLABLES.len().pow(place) % SYLLABLES.len()];
    format!("{}{}{}ская", syllable(0), syllable(1), syllable(2))
}

pub(crate) fn put_city(state: &State, streets: usize, houses_on_each: usize) {
    let now: Timestamp = "2026-07-20T09:00:00Z".parse().unwrap();
    let company = NewCompany {
        company_id: "company",
        name: "УК",
        inn: "7707083893",
        ogrn: None,
        phone: None,
        email: None,
        address: None,
        kpp: None,
        bank: None,
    };
    let put = |tx: &store::Tx<'_>| -> store::Result<()> {
        put_company(tx, now, &company, &[])?;
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
            put_house(tx, now, &house, &[])?;
        }
        Ok(())
    };
    state.db().write(put).unwrap();
}

/// The word with two neighbours in its middle swapped.
pub(crate) fn mistyped(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    letters.swap(middle, middle + 1);
    letters.into_iter().collect()
}

/// The addresses found for a street and a house.
pub(crate) fn found(state: &State, typed: &str) -> Vec<String> {
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
