//! Corrections: what a month comes to by what is known now, less what was posted for it. Nothing posted is changed; a
//! difference is a new entry that names the old one.

use std::collections::BTreeMap;

use crate::exact::ArithmeticError;
use crate::money::Kopecks;

/// An entry of the ledger for one line of one month: the charge, or an earlier correction of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted<'a, K> {
    /// Its id.
    pub entry: &'a str,
    /// Which line it is of.
    pub line: K,
    /// How much was posted.
    pub amount: Kopecks,
}

/// An entry that is to be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction<'a, K> {
    /// Which line it is of.
    pub line: K,
    /// The id of the first entry of the line; none if the line was not charged before.
    pub corrects: Option<&'a str>,
    /// By how much: not zero, below it if too much was posted.
    pub amount: Kopecks,
}

/// The entries that lead from what was posted, in the order of posting, to what a replay of the month gives; in the
/// order of the lines. A replay that gives the same needs none.
pub fn corrections<'a, K: Ord + Copy>(
    posted: &[Posted<'a, K>],
    replayed: &[(K, Kopecks)],
) -> Result<Vec<Correction<'a, K>>, ArithmeticError> {
    let mut lines: BTreeMap<K, (Option<&'a str>, Kopecks)> = BTreeMap::new();
    for Posted { entry, line, amount } in posted {
        let (first, difference) = lines.entry(*line).or_default();
        first.get_or_insert(entry);
        *difference = difference.minus(*amount)?;
    }
    for (line, amount) in replayed {
        let (_, difference) = lines.entry(*line).or_default();
        *difference = difference.plus(*amount)?;
    }
    let changed = lines.into_iter().filter(|(_, (_, amount))| *amount != Kopecks::ZERO);
    Ok(changed.map(|(line, (corrects, amount))| Correction { line, corrects, amount }).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn posted(entry: &'static str, line: u8, kopecks: i64) -> Posted<'static, u8> {
        Posted { entry, line, amount: Kopecks(kopecks) }
    }

    #[test]
    fn a_correction_is_the_difference_and_names_the_first_entry() {
        let before = [posted("a", 1, 500), posted("b", 2, 700), posted("c", 1, -100), posted("d", 3, 50)];
        let now = [(1, Kopecks(450)), (2, Kopecks(700)), (4, Kopecks(30))];
        let correction = |line, corrects, kopecks| Correction { line, corrects, amount: Kopecks(kopecks) };
        assert_eq!(
            corrections(&before, &now).unwrap(),
            [correction(1, Some("a"), 50), correction(3, Some("d"), -50), correction(4, None, 30)]
        );
    }

    proptest! {
        #[test]
        fn whatever_replays_came_before_the_sum_is_that_of_the_last(
            replays in prop::collection::vec(prop::collection::btree_map(0_u8..5, -9_000_i64..9_000, 0..5), 1..6),
        ) {
            let mut ledger: Vec<Posted<'_, u8>> = Vec::new();
            for replay in &replays {
                let replay: Vec<_> = replay.iter().map(|(&line, &kopecks)| (line, Kopecks(kopecks))).collect();
                for Correction { line, amount, .. } in corrections(&ledger, &replay).unwrap() {
                    ledger.push(Posted { entry: "e", line, amount });
                }
                prop_assert_eq!(corrections(&ledger, &replay), Ok(vec![]), "an unchanged month changes nothing");
            }
            let last = &replays[replays.len() - 1];
            for line in 0..5 {
                let sum: i64 = ledger.iter().filter(|entry| entry.line == line).map(|entry| entry.amount.0).sum();
                prop_assert_eq!(sum, last.get(&line).copied().unwrap_or_default());
            }
        }
    }
}
