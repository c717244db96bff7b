//! The demo years: every bill through the monthly run, every ledger whole, every figure what its explanation says.

use domain::billing::{Figure, Kept};
use domain::money::Kopecks;
use domain::penalty::told;
use jiff::Timestamp;
use num_rational::Ratio;
use store::{billing, demo, ledger};

use crate::evaluate::{evaluate, nearest_kopeck, number};
use crate::state::State;

#[test]
fn the_demo_years_reconcile_to_the_kopeck_and_every_line_is_what_its_tree_says() {
    let at: Timestamp = "2026-11-21T18:00:00Z".parse().unwrap();
    let state = State::seeded("2026-11-21T18:00:00Z");
    let billed = demo::bill(&state.db(), at).unwrap();
    assert_eq!((billed.months, billed.bills), (23, 23 * 60));
    let checked = state.db().read(|conn| ledger::check(conn, "", 1_000)).unwrap();
    assert_eq!((checked.accounts, checked.discrepancies), (60, vec![]));
    assert_eq!(state.number("select count(*) from charge_line where payable < 0"), 0);
    assert!(state.number("select count(*) from bill where penalty > 0") > 100, "some pay late");
    assert!(state.number("select count(*) from debt where is_open = 0") > 1_000, "most pay in time");
    let seen = lines_are_what_their_trees_say(&state);
    let ids = state.rows("select cast(bill_id as text) from bill");
    let penalties: i64 = ids.iter().map(|id| told_penalties(&state, id.parse().unwrap())).sum();
    assert_eq!(penalties, state.number("select sum(penalty) from bill"), "every penalty tells of its days");
    assert!(seen.lines > 23 * 60 * 10, "{}", seen.lines);
    let discounts = seen.of(Figure::Discount);
    assert!(discounts > 23 * 3, "the veterans' lines are lower: {discounts}");
    assert_eq!(seen.of(Figure::Absence), 1, "one family was away for a part of a month");
}

/// What the evaluator has seen.
pub(crate) struct Seen {
    /// Lines.
    pub(crate) lines: usize,
    figures: Vec<Figure>,
}

impl Seen {
    /// How many figures of this kind.
    pub(crate) fn of(&self, figure: Figure) -> usize {
        self.figures.iter().filter(|one| **one == figure).count()
    }
}

/// Evaluates what is kept with each line of each bill, and holds it against the figures.
pub(crate) fn lines_are_what_their_trees_say(state: &State) -> Seen {
    let mut seen = Seen { lines: 0, figures: Vec::new() };
    for id in state.rows("select cast(bill_id as text) from bill") {
        let explained = state.db().read(|conn| billing::lines_of(conn, id.parse().unwrap())).unwrap();
        for line in &explained.lines {
            let mut recalculated = 0;
            for kept in Kept::all(&line.explanation).unwrap() {
                let tree = serde_json::to_value(kept.tree.node(&explained.acts).unwrap()).unwrap();
                let amount = nearest_kopeck(evaluate(&tree));
                match kept.figure {
                    Figure::Charge => assert_eq!(amount, line.charged.0 + line.excess.0, "{tree:#}"),
                    Figure::Returned | Figure::Absence | Figure::Interruption => recalculated -= amount,
                    Figure::YearOfHeating => recalculated += amount,
                    Figure::Discount => assert_eq!(amount, line.discount.0, "{tree:#}"),
                }
                seen.figures.push(kept.figure);
            }
            assert_eq!(recalculated, line.recalculated.0);
            seen.lines += 1;
        }
    }
    seen
}

/// What the penalties of a bill come to, each as its days say.
fn told_penalties(state: &State, bill_id: i64) -> i64 {
    let (penalties, acts) = state.db().read(|conn| billing::penalties_of(conn, bill_id)).unwrap();
    for one in &penalties {
        let days = one.steps.iter().map(|step| {
            let portion = Ratio::new(i128::from(step.portion.0), 100);
            portion * number(&step.percent.to_string()) / 100 * i128::from(step.days().unwrap().count())
                / i128::from(step.divisor)
        });
        let whole = one.before.0 + one.amount.0;
        assert_eq!(nearest_kopeck(days.sum()), whole, "{one:?}");
        let told = told("", &one.steps, &acts).unwrap();
        assert!(told.is_some_and(|told| told.ends_with(&format!("= {}", Kopecks(whole)))), "{one:?}");
    }
    penalties.iter().map(|one| one.amount.0).sum()
}
