//! Penalties of bills: for which days of which debt, and what becomes of them when more is known.

use domain::money::Kopecks;
use domain::period::Period;
use native_suite::houses;
use store::billing::{self, NewRecalculation};
use store::ledger::{self, Fund, NewDispute, NoDispute};

use crate::billing::{assert_ledgers_hold, bill, bill_months, house, march, pay};
use crate::suite::Suite;

#[test]
fn what_is_paid_late_has_a_penalty_by_day_and_what_is_paid_in_time_has_none() {
    let suite = house(1);
    bill(&suite, march());
    // In time: until 15 April.
    pay(&suite, "p1", "2026-04-15", houses::MARCH);
    suite.env.db().write(|tx| houses::read(tx, "d1", "2026-04", 2)).unwrap();
    bill(&suite, march().next());
    // April is due on 15 May, and never paid. By the end of June 46 days are over: 16 of them cost something.
    for (period, months) in [("2026-05", 3), ("2026-06", 4)] {
        suite.env.db().write(|tx| houses::read(tx, "d1", period, months)).unwrap();
        bill(&suite, Period::parse(period).unwrap());
    }
    let penalties = suite.rows("select period, penalty from bill order by period");
    // 9790.98 × 9.5 % / 300 × 16 = 49.61 and of capital repair 852.51 the same days: 4.32.
    let expected = [["2026-03", "0"], ["2026-04", "0"], ["2026-05", "0"], ["2026-06", "5393"]];
    assert_eq!(penalties, expected);
    let told = suite.rows("select of_period, fund, before, amount, disputed from bill_penalty order by fund");
    assert_eq!(told, [["2026-04", "capital_repair", "0", "432", "0"], ["2026-04", "services", "0", "4961", "0"]]);
    assert_ledgers_hold(&suite);
    let closed = suite.rows("select period, fund, paid, is_open from debt where period = '2026-03' order by fund");
    assert_eq!(closed, [["2026-03", "capital_repair", "85251", "0"], ["2026-03", "services", "979098", "0"]]);
}

#[test]
fn what_is_paid_ahead_goes_to_the_next_month_and_no_penalty_is_on_it() {
    let suite = house(1);
    pay(&suite, "p1", "2026-03-20", houses::MARCH + 1_000);
    bill_months(&suite, 4);
    let debts = suite.rows("select period, sum(amount - paid) from debt group by period order by period");
    let left = (houses::MARCH - 1_000).to_string();
    assert_eq!(debts[..2], [["2026-03", "0"], ["2026-04", &left]]);
    assert_eq!(suite.rows("select sum(penalty) from bill where period < '2026-06'").concat(), ["0"]);
    assert_ledgers_hold(&suite);
}

#[test]
fn a_payment_that_becomes_known_late_takes_its_penalty_back() {
    let suite = house(1);
    bill_months(&suite, 4);
    let penalty = || suite.rows("select penalty from bill order by period desc limit 1").concat().concat();
    // March fell due on 15 April: by the end of June 76 days are over. April: 46.
    assert_ne!(penalty(), "0");
    pay(&suite, "p1", "2026-04-10", 2 * houses::MARCH);
    suite.env.db().write(|tx| houses::read(tx, "d1", "2026-07", 5)).unwrap();
    bill(&suite, Period::new(2026, 7).unwrap());
    let totals = suite.rows(
        "select (select sum(penalty) from bill), (select sum(penalty) from debt where period >= '2026-05'),
                (select sum(penalty) from debt where period < '2026-05')",
    );
    assert_eq!(totals[0][2], "0");
    assert_eq!(totals[0][0], totals[0][1]);
    let returned = "select sum(amount), sum(amount) + sum(before), max(steps) from bill_penalty
                    where amount < 0 group by of_period order by 1";
    let [of_march, of_april] = suite.rows(returned).try_into().unwrap();
    assert_eq!((of_march[1].as_str(), of_april[1].as_str()), ("0", "0"), "all that was charged before is taken back");
    assert_eq!((of_march[2].as_str(), of_april[2].as_str()), ("[]", "[]"));
    assert_ledgers_hold(&suite);
}

#[test]
fn what_is_disputed_has_no_penalty_until_the_dispute_is_settled() {
    let suite = house(1);
    bill_months(&suite, 3);
    let of = |dispute_id, amount| NewDispute {
        dispute_id,
        account_id: "d1-000001",
        period: march(),
        fund: Fund::Services,
        amount: Kopecks(amount),
        reason: "претензия",
    };
    let dispute = |new| suite.env.db().write(|tx| ledger::dispute(tx, suite.env.now(), &new)).unwrap();
    assert_eq!(dispute(of("d0", 979_099)), Err(NoDispute::TooMuch(Kopecks(979_098))));
    assert_eq!(
        dispute(NewDispute { period: Period::new(2026, 1).unwrap(), ..of("d0", 1) }),
        Err(NoDispute::NothingOwed)
    );
    assert_eq!(dispute(of("d1", 979_098)), Ok(()));
    assert_eq!(dispute(of("d2", 1)), Err(NoDispute::Disputed));
    let next_bill = |months: i32| {
        let period = march().plus_months(months);
        suite.env.db().write(|tx| houses::read(tx, "d1", &period.to_string(), i64::from(months) + 1)).unwrap();
        bill(&suite, period);
        let sql = format!(
            "select before, amount, disputed from bill_penalty join bill using (bill_id)
             where period = '{period}' and of_period = '2026-03' and fund = 'services'"
        );
        suite.rows(&sql).concat().iter().map(|text| text.parse().unwrap()).collect::<Vec<i64>>()
    };
    let [before, amount, disputed] = next_bill(3)[..] else { panic!("a row of March") };
    assert!(before > 0, "by the end of May sixteen days cost something");
    assert_eq!((amount, disputed), (-before, 979_098), "what was charged meanwhile is taken back");
    // It is paid, and the debt is closed; then the resident turns out to be wrong.
    pay(&suite, "p1", "2026-07-20", houses::MARCH);
    let settle = || suite.env.db().write(|tx| ledger::settle(tx, suite.env.now(), "d1", "отказано")).unwrap();
    assert!(settle());
    assert!(!settle(), "it is settled once");
    let [before, amount, disputed] = next_bill(4)[..] else { panic!("a row of March") };
    // Due on 15 April, paid on 20 July: 9790.98 × 9.5 % × (60 / 300 + 6 / 130).
    assert_eq!((before, amount, disputed), (0, 22_896, 0));
    assert_ledgers_hold(&suite);
}

/// One fewer lives there than was billed from March to June: told before March in one house, in July in the other.
#[test]
fn what_was_billed_too_much_was_never_owed_and_costs_no_penalty() {
    for paid in [0, 300_000, houses::MARCH, 2 * houses::MARCH + 100_000] {
        let [early, late] = [house(1), house(1)];
        let fewer = |suite: &Suite| {
            let reason = "Справка о регистрации";
            let new =
                NewRecalculation { recalculation_id: "r", house_id: "d1", account_id: None, from: march(), reason };
            suite.env.db().write(|tx| {
                tx.execute("update household set registered = registered - 1", &[])?;
                billing::became_known(tx, suite.env.now(), &new)
            })
        };
        fewer(&early).unwrap();
        for suite in [&early, &late] {
            bill_months(suite, 4);
            if paid > 0 {
                // All of it after March fell due, some of it after April did.
                pay(suite, "p1", "2026-05-25", paid);
            }
        }
        fewer(&late).unwrap();
        for suite in [&early, &late] {
            suite.env.db().write(|tx| houses::read(tx, "d1", "2026-07", 5)).unwrap();
            bill(suite, Period::new(2026, 7).unwrap());
            assert_ledgers_hold(suite);
        }
        let debts = "select period, fund, amount, paid, penalty, penalty_paid from debt order by period, fund";
        assert_eq!(late.rows(debts), early.rows(debts), "{paid}");
        let went = "select period, fund, on_day, sum(amount) from debt_payment group by 1, 2, 3 order by 1, 2, 3";
        assert_eq!(late.rows(went), early.rows(went), "{paid}");
        let corrected = "select sum(corrected), sum(penalty) from bill where corrected <> 0";
        let total = |suite: &Suite| suite.rows("select sum(charged + corrected), sum(penalty) from bill");
        assert_eq!((late.rows(corrected)[0][0].as_str(), total(&late)), ("-70160", total(&early)));
    }
}

#[test]
fn a_contribution_that_was_billed_too_much_lowers_contributions_alone() {
    let suite = house(1);
    bill(&suite, march());
    let fewer = "update premises set area_hundredths = area_hundredths / 2";
    suite.env.db().write(|tx| tx.execute(fewer, &[])).unwrap();
    let reason = "Уточнена площадь";
    let new = NewRecalculation { recalculation_id: "r", house_id: "d1", account_id: None, from: march(), reason };
    suite.env.db().write(|tx| billing::recalculate(tx, suite.env.now(), &new)).unwrap();
    suite.env.db().write(|tx| houses::read(tx, "d1", "2026-04", 2)).unwrap();
    bill(&suite, march().next());
    let debts = suite.rows("select period, amount, paid from debt where fund = 'capital_repair' order by period");
    assert_eq!(debts, [["2026-03", "42626", "0"], ["2026-04", "42626", "0"]]);
    assert_ledgers_hold(&suite);
}
