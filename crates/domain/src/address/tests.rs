//! Tests of addresses.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

const HOUSE: &str = "г. Рязань, ул. Ленина, д. 10";

fn words(text: &str) -> Vec<String> {
    parse(text).words
}

/// The best fit of any reading of what was typed.
fn fitted(typed: &str, house: &str) -> Option<Fit> {
    let house = words(house);
    readings(typed).iter().filter_map(|reading| fit(reading, &house)).min_by_key(|fit| fit.cost)
}

fn cost(typed: &str, house: &str) -> Option<u32> {
    fitted(typed, house).map(|fit| fit.cost)
}

fn flat(typed: &str) -> Option<String> {
    fitted(typed, HOUSE).and_then(|fit| fit.flat)
}

#[test]
fn an_address_is_its_telling_words() {
    assert_eq!(words(HOUSE), ["рязань", "ленина", "10"]);
    assert_eq!(words("РЯЗАНЬ улица ЛЕНИНА дом 10"), ["рязань", "ленина", "10"]);
    assert_eq!(words("г. Королёв, пр-т Космонавтов, д. 12А"), ["королев", "космонавтов", "12а"]);
    assert_eq!(words("Ленина 10-а"), ["ленина", "10а"]);
    assert_eq!(words("Ленина 5/2"), ["ленина", "5/2"]);
    assert_eq!(words(" .,-!?/ "), [""; 0]);
}

#[test]
fn blocks_and_buildings_are_the_same_however_they_are_written() {
    for text in ["Ленина 10 к. 2", "Ленина, д. 10, корп. 2", "Ленина 10к2", "ленина 10 корпус 2"]
    {
        assert_eq!(words(text), ["ленина", "10", "к2"], "{text}");
    }
    for text in ["Ленина 10 стр. 3", "Ленина 10с3", "ленина 10 строение 3"] {
        assert_eq!(words(text), ["ленина", "10", "с3"], "{text}");
    }
}

#[test]
fn latin_letters_that_look_russian_are_read_as_russian() {
    assert_eq!(words("Ленина 12A"), words("Ленина 12А"));
    assert_eq!(flat_key("H-3"), flat_key("н 3"));
}

#[test]
fn the_wrong_keyboard_layout_is_understood() {
    assert_eq!(readings("ghbdtn")[1].words, ["привет"]);
    for typed in ["ktybyf 10", "KTYBYF 10", "hzpfym? ktybyf? 10", "Hzpfym? ek/ Ktybyf? l/ 10"] {
        assert_eq!(cost(typed, HOUSE), Some(0), "{typed}");
    }
    assert_eq!(readings("ленина 10").len(), 1);
}

#[test]
fn a_flat_is_what_follows_its_word_or_the_number_that_is_not_the_house_s() {
    for typed in ["Ленина 10 15", "ленина, 10, кв. 15", "кв 15 ленина 10", "ленина 10 пом 15", "ленина 10-15"]
    {
        assert_eq!((cost(typed, HOUSE), flat(typed)), (Some(0), Some("15".to_owned())), "{typed}");
    }
    assert_eq!(flat("Ленина 10"), None);
    assert_eq!(flat("Ленина 10 10"), Some("10".to_owned()));
    assert_eq!(flat("Ленина 10 Н-3"), Some("н3".to_owned()));
}

#[test]
fn a_number_of_the_street_is_not_taken_for_a_flat() {
    let house = "г. Рязань, ул. 8 Марта, д. 10";
    assert_eq!(fitted("8 марта 10", house), Some(Fit { cost: 0, flat: None }));
    assert_eq!(fitted("8 марта 10 15", house), Some(Fit { cost: 0, flat: Some("15".to_owned()) }));
}

#[test]
fn typing_errors_are_forgiven_and_cost_something() {
    for typed in ["линина 10", "ленна 10", "леннина 10", "ленниа 10", "еленина 10", "ленинв 10"]
    {
        assert_eq!(cost(typed, HOUSE), Some(2), "{typed}");
    }
    assert_eq!(cost("лен 10", HOUSE), Some(1), "what is being typed");
    assert_eq!(cost("рязвнь линина 10", HOUSE), Some(4));
    assert_eq!(cost("космонавтов 10", HOUSE), None);
    assert_eq!(cost("лер 10", HOUSE), None, "three letters must be right");
}

#[test]
fn a_house_with_the_number_comes_before_its_neighbours() {
    let mut houses = ["ул. Ленина, д. 11", "ул. Ленина, д. 1", "ул. Ленина, д. 10", "ул. Ленинская, д. 1"];
    houses.sort_by_key(|house| cost("ленина 1", house));
    assert_eq!(houses[0], "ул. Ленина, д. 1");
    assert!(cost("ленина 1", "ул. Ленина, д. 12") < cost("ленина 1", "ул. Ленина, д. 2"));
    assert_eq!(fitted("ленина 1 15", "ул. Ленина, д. 15").unwrap().cost, 12);
}

#[test]
fn numbers_are_ordered_as_people_count() {
    let mut numbers = ["11", "10А", "2", "10", "Н2", "Н10", "1", "010Б"];
    numbers.sort_by(|one, other| natural_order(one, other));
    assert_eq!(numbers, ["1", "2", "10", "10А", "010Б", "11", "Н2", "Н10"]);
}

#[test]
fn neighbours_that_change_places_are_one_error() {
    assert_eq!(distance("ленина", "леннаи"), 2);
    assert_eq!(distance("ленина", "елнина"), 1);
    assert_eq!(distance_to_beginning("елн", "ленина"), 1);
    assert_eq!((distance("", "мир"), distance("мир", "")), (3, 3));
}

proptest! {
    #[test]
    fn a_distance_is_the_same_both_ways_and_none_only_between_equals(one in "[а-д]{0,8}", other in "[а-д]{0,8}") {
        prop_assert_eq!(distance(&one, &other), distance(&other, &one));
        prop_assert_eq!(distance(&one, &other) == 0, one == other);
    }

    #[test]
    fn a_distance_lies_between_the_difference_of_the_lengths_and_the_longer_one(one in "\\PC{0,8}", other in "\\PC{0,8}") {
        let (one_length, other_length) = (one.chars().count(), other.chars().count());
        let found = distance(&one, &other);
        prop_assert!(found >= one_length.abs_diff(other_length));
        prop_assert!(found <= one_length.max(other_length));
    }

    #[test]
    fn one_error_is_a_distance_of_one_at_most(word in "[а-я]{1,10}", at in 0_usize..10, letter in "[а-я]") {
        let letters: Vec<char> = word.chars().collect();
        let at = at % letters.len();
        let (begin, end) = (&letters[..at], &letters[at..]);
        let text = |middle: &str, end: &[char]| begin.iter().collect::<String>() + middle + &end.iter().collect::<String>();
        prop_assert_eq!(distance(&word, &text("", &end[1..])), 1);
        prop_assert_eq!(distance(&word, &text(&letter, end)), 1);
        prop_assert!(distance(&word, &text(&letter, &end[1..])) <= 1);
        if let [first, second, rest @ ..] = end {
            let swapped = text(&[*second, *first].iter().collect::<String>(), rest);
            prop_assert!(distance(&word, &swapped) <= 1);
        }
    }

    #[test]
    fn what_is_still_being_typed_has_no_errors(word in "[а-я]{0,10}", length in 0_usize..10) {
        let begin: String = word.chars().take(length).collect();
        prop_assert_eq!(distance_to_beginning(&begin, &word), 0);
        prop_assert!(distance_to_beginning(&begin, &word) <= distance(&begin, &word));
    }

    #[test]
    fn any_text_is_read_and_reading_its_words_again_changes_nothing(text in "\\PC{0,60}") {
        let address = parse(&text);
        prop_assert_eq!(&parse(&address.words.join(", ")).words, &address.words);
        prop_assert!(!readings(&text).is_empty());
    }

    #[test]
    fn every_address_fits_itself(street in "[а-я]{4,12}", house in 1_u32..400, flat in 1_u32..400) {
        let house = parse(&format!("г. Рязань, ул. {street}, д. {house}"));
        let whole = Address { words: house.words.clone(), flat: Some(flat.to_string()) };
        prop_assert_eq!(fit(&whole, &house.words), Some(Fit { cost: 0, flat: Some(flat.to_string()) }));
    }

    #[test]
    fn a_word_shares_a_pair_with_whatever_it_may_be_taken_for(word in "[а-г]{4,9}", typed in "[а-г]{4,9}") {
        if word_cost(&typed, &word).is_some() {
            let known = pairs(&word);
            prop_assert!(pairs(&typed).iter().any(|pair| known.contains(pair)), "{} {}", typed, word);
        }
    }

    #[test]
    fn the_order_of_numbers_is_the_same_both_ways(one in "[0-9А-В]{0,5}", other in "[0-9А-В]{0,5}") {
        prop_assert_eq!(natural_order(&one, &other), natural_order(&other, &one).reverse());
        prop_assert_eq!(natural_order(&one, &one), Ordering::Equal);
    }
}
