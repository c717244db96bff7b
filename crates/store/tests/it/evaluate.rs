//! An evaluator of trees that shares nothing with the engine: for the trees as they are kept, and as the API tells them.

use num_rational::Ratio;
use serde_json::Value;

/// Computes a tree from its JSON alone: nothing of the engine takes part.
pub(crate) fn evaluate(node: &Value) -> Ratio<i128> {
    let parts = node["parts"].as_array().into_iter().flatten().chain(node.get("part"));
    let parts: Vec<Ratio<i128>> = parts.map(evaluate).collect();
    match node["operation"].as_str().unwrap() {
        "fact" => number(node["value"].as_str().unwrap()),
        "sum" => parts.iter().sum(),
        "product" => parts.iter().product(),
        "difference" => parts[0] - parts[1],
        "quotient" => parts[0] / parts[1],
        "least" => parts[0].min(parts[1]),
        "not_below_zero" => parts[0].max(0.into()),
        other => panic!("{other} is no operation"),
    }
}

/// A decimal as it is written.
pub(crate) fn number(text: &str) -> Ratio<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    Ratio::new(format!("{whole}{fraction}").parse().unwrap(), 10_i128.pow(u32::try_from(fraction.len()).unwrap()))
}

/// Halves away from zero.
pub(crate) fn nearest_kopeck(rubles: Ratio<i128>) -> i64 {
    let half = Ratio::new(rubles.numer().signum(), 2);
    i64::try_from((rubles * 100 + half).trunc().to_integer()).unwrap()
}
