//! Finding houses by the words of their addresses, in a city of many streets.

use schema::Kind;
use store::homes::addresses;

use crate::{
    city::{found, mistyped, put_city, street},
    state::State,
};

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
