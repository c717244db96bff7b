//! The vectors of the rules, month by month cases, and the trees behind all of them.

mod months;
mod trees;
mod vectors;

use num_rational::Ratio;
use rust_decimal::Decimal;
use serde_json::Value;

use super::*;
use crate::money::Kopecks;
use crate::tariff::Act;

pub(super) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(super) fn act() -> Act {
    Act {
        name: "Постановление о тарифах".to_owned(),
        number: "12-т".to_owned(),
        date: jiff::civil::date(2025, 11, 20),
        link: None,
    }
}

pub(super) fn fact(value: &str, quantity: Quantity, unit: Unit) -> Fact<'static> {
    Fact { value: decimal(value), quantity, unit, source: Source::Register { id: "r1" } }
}

pub(super) fn price(rubles: &str) -> Pricing<'static> {
    Pricing { price: fact(rubles, Quantity::Price, Unit::Ruble), above: None, surcharge: None }
}

/// The amount of a formula, after its tree was computed again from its JSON by [`evaluate`] and found to agree.
pub(super) fn amount<'a>(formula: &(impl Formula<'a> + ?Sized)) -> i64 {
    let amount = formula.amount().unwrap();
    let explained = formula.explain().unwrap();
    let kept = Packed::from_json(Packed::of(&explained).into_json());
    let acts = Acts::from(["t1", "t2", "n2", "n4", "k1", "b1"].map(|version| (version.to_owned(), act())));
    assert_eq!(kept.node(&acts).unwrap(), explained, "a tree comes back from what is kept of it");
    let tree = serde_json::to_value(explained).unwrap();
    assert_eq!(nearest_kopeck(evaluate(&tree)), i128::from(amount.0), "{tree:#}");
    amount.0
}

#[test]
fn a_kept_explanation_names_quantities_and_units_by_their_places() {
    assert!(Quantity::ALL.iter().enumerate().all(|(place, one)| place == *one as usize));
    assert!(Unit::ALL.iter().enumerate().all(|(place, one)| place == *one as usize));
    assert_eq!(Quantity::ALL.last(), Some(&Quantity::PersonsAway));
    assert_eq!(Unit::ALL.last(), Some(&Unit::One));
}

#[test]
fn a_damaged_explanation_is_not_read() {
    let acts = Acts::new();
    let read = |text: &str| Packed::from_json(serde_json::from_str(text).unwrap()).node(&acts).err();
    for text in ["1", "[]", r#"["?",0]"#, r#"["=",0,"x"]"#, r#"["=",9999,"1"]"#, r#"["-",0,["=",1,"1"]]"#] {
        assert_eq!(read(text), Some(PackedError::Damaged), "{text}");
    }
    assert_eq!(read(r#"["=",1,"1",2,"v"]"#), Some(PackedError::UnknownAct("v".to_owned())));
}

pub(super) fn sentence<'a>(formula: &(impl Formula<'a> + ?Sized)) -> String {
    formula.explain().unwrap().sentence(formula.amount().unwrap()).replace('\u{a0}', " ")
}

pub(super) fn kopecks(amounts: &[i64]) -> i64 {
    Kopecks::total(amounts.iter().copied().map(Kopecks)).unwrap().0
}

/// Computes a tree from its JSON alone: nothing of the engine takes part. Every step must have the value that it says.
pub(super) fn evaluate(node: &Value) -> Ratio<i128> {
    let parts: Vec<Ratio<i128>> = node["parts"].as_array().into_iter().flatten().map(evaluate).collect();
    let stated = number(node["value"].as_str().unwrap());
    let computed = match node["operation"].as_str().unwrap() {
        "fact" => {
            assert!(node["quantity"].is_string() && node["unit"].is_string() && node["source"]["kind"].is_string());
            stated
        }
        "sum" => parts.iter().sum(),
        "product" => parts.iter().product(),
        "difference" => parts[0] - parts[1],
        "quotient" => parts[0] / parts[1],
        "least" => parts[0].min(parts[1]),
        "not_below_zero" => evaluate(&node["part"]).max(0.into()),
        other => panic!("{other} is no operation"),
    };
    assert_eq!(computed, stated, "{node:#}");
    computed
}

fn number(text: &str) -> Ratio<i128> {
    if text.contains('/') {
        return text.parse().unwrap();
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    Ratio::new(format!("{whole}{fraction}").parse().unwrap(), 10_i128.pow(fraction.len() as u32))
}

/// Halves away from zero, by another way than the engine's.
fn nearest_kopeck(rubles: Ratio<i128>) -> i128 {
    let half = Ratio::new(rubles.numer().signum(), 2);
    (rubles * 100 + half).trunc().to_integer()
}
