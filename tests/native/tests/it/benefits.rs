//! Benefits: recorded by the accountant, taken off the lines of bills, known late as well as in time.

use domain::access::Role;
use domain::norm::NormBasis;
use domain::period::Period;
use domain::service::Service;
use domain::tariff::{Act, Percent};
use http::StatusCode;
use jiff::civil::{Date, date};
use native_suite::houses;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use store::billing::benefits::{self, Change, NewBenefit};
use store::billing::{self, State};
use store::tariffs::{self, NewNorm};
use store::{Ids, Tx};
use web::fresh_id;

use crate::door::Browser;
use crate::scopes::{FIRST, hire, places};
use crate::suite::{Answer, Suite};

const NOW: &str = "2026-04-03T09:00:00Z";
const VETERANS: &str = "Ветераны труда";
const FAMILIES: &str = "Многодетные семьи";

fn period(month: i8) -> Period {
    Period::new(2026, month).unwrap()
}

fn act() -> Act {
    Act { name: "Закон о льготах".to_owned(), number: "7".to_owned(), date: date(2020, 1, 1), link: None }
}

/// A house of flats of vector C18 with the benefits of vector C15.
fn house(flats: u32) -> Suite {
    let suite = Suite::at(NOW);
    suite.env.db().write(|tx| houses::add(tx, "d1", flats)).unwrap();
    suite.env.db().write(add_rates).unwrap();
    suite
}

/// Everybody in the first flat of such a house has the benefit of vector C15 since April 2026.
pub(crate) fn give(tx: &Tx<'_>) -> store::Result<()> {
    add_rates(tx)?;
    let change = Change { house_id: "d1", recalculation_id: "r1" };
    benefits::record(tx, NOW.parse().unwrap(), change, &benefit(VETERANS, date(2026, 4, 1)))
}

fn add_rates(tx: &Tx<'_>) -> store::Result<()> {
    let (now, act) = (NOW.parse().unwrap(), act());
    let mut ids = Ids::new(now, [9; 32]);
    let rate = |benefit, service, percent: i64, limit: Option<i64>| tariffs::NewBenefit {
        house_id: "d1",
        benefit,
        service,
        percent: Percent::new(Decimal::from(percent)).unwrap(),
        limit: limit.map(Decimal::from),
        act: &act,
        since: date(2020, 1, 1),
        until: None,
    };
    let rates = [
        rate(VETERANS, Service::Maintenance, 50, Some(33)),
        rate(VETERANS, Service::Electricity, 50, Some(150)),
        rate(FAMILIES, Service::ColdWater, 30, None),
        rate(FAMILIES, Service::SolidWaste, 100, None),
    ];
    tariffs::put_benefits(tx, now, &mut ids, &rates).map(drop)
}

/// What is recorded of the first flat.
fn benefit(benefit: &str, since: Date) -> NewBenefit<'_> {
    NewBenefit {
        account_benefit_id: benefit,
        account_id: "d1-000001",
        benefit,
        persons: None,
        norm_area: None,
        document: "удостоверение № 1",
        since,
        until: None,
    }
}

fn record(suite: &Suite, new: &NewBenefit<'_>) {
    let change = Change { house_id: "d1", recalculation_id: &fresh_id(&suite.env) };
    suite.env.db().write(|tx| benefits::record(tx, suite.env.now(), change, new)).unwrap();
}

fn bill(suite: &Suite, period: Period) {
    let (db, now) = (suite.env.db(), suite.env.now());
    let run = db.write(|tx| billing::open(tx, now, "d1", period)).unwrap().unwrap();
    while billing::tick(db, now).unwrap().is_some() {}
    db.write(|tx| billing::approve(tx, now, run)).unwrap().unwrap();
    while billing::tick(db, now).unwrap().is_some() {}
    assert_eq!(db.read(|conn| billing::run(conn, run)).unwrap().unwrap().state, State::Issued);
}

fn read(suite: &Suite, month: i8) {
    let months = i64::from(month) - 2;
    suite.env.db().write(|tx| houses::read(tx, "d1", &format!("2026-{month:02}"), months)).unwrap();
}

/// What each month of each service came to with all that corrected it.
fn totals(suite: &Suite) -> Vec<Vec<String>> {
    suite.rows(
        "select b.account_id, l.of_period, l.service, sum(l.payable) from charge_line l join bill b using (bill_id)
         group by 1, 2, 3 order by 1, 2, 3",
    )
}

#[test]
fn a_benefit_within_a_social_norm_is_a_discount_of_the_line_as_vector_c15_has_it() {
    let suite = house(3);
    record(&suite, &benefit(VETERANS, date(2026, 1, 1)));
    // The second flat has a norm of its own, and of its three persons one has the benefit.
    let own = NewBenefit {
        account_benefit_id: "b2",
        account_id: "d1-000002",
        persons: Some(1),
        norm_area: Some(Decimal::from(42)),
        ..benefit(VETERANS, date(2026, 1, 1))
    };
    record(&suite, &own);
    bill(&suite, period(3));
    let discounts = suite.rows(
        "select account_id, service, discount, payable from charge_line join bill using (bill_id) where discount > 0
         order by 1, 2",
    );
    // Of electricity 150 kWh come under the limit: 123 of the first rate and 27 of the second.
    let expected = [
        ["d1-000001", "electricity", "55623", "109763"],
        ["d1-000001", "maintenance", "65291", "149574"],
        ["d1-000002", "electricity", "18541", "146845"],
        // 42 × 39.57 × 50 % / 3
        ["d1-000002", "maintenance", "27699", "187166"],
    ];
    assert_eq!(discounts, expected);
    let left = houses::MARCH - 55_623 - 65_291;
    assert_eq!(suite.rows("select balance from bill where account_id = 'd1-000001'").concat(), [left.to_string()]);
}

#[test]
fn a_benefit_that_becomes_known_late_corrects_the_months_that_were_billed() {
    let suite = house(2);
    bill(&suite, period(3));
    record(&suite, &benefit(VETERANS, date(2026, 3, 1)));
    read(&suite, 4);
    bill(&suite, period(4));
    let corrected = suite.rows(
        "select b.account_id, l.service, l.payable, l.reason from charge_line l join bill b using (bill_id)
         where l.of_period = '2026-03' and b.period = '2026-04' order by 2",
    );
    let reason = "Льгота «Ветераны труда» с 1\u{a0}марта 2026 года";
    let expected = [["d1-000001", "electricity", "-55623", reason], ["d1-000001", "maintenance", "-65291", reason]];
    assert_eq!(corrected, expected);

    let held = suite.env.db().read(|conn| benefits::one(conn, "d1", VETERANS)).unwrap().unwrap();
    let change = Change { house_id: "d1", recalculation_id: "end" };
    let end = |how| {
        suite.env.db().write(|tx| benefits::end(tx, suite.env.now(), change, &held, how, "справка истекла")).unwrap()
    };
    assert!(end(benefits::End::On(date(2026, 3, 31), "the-rest")));
    assert!(!end(benefits::End::NeverWas), "it is ended");
    read(&suite, 5);
    bill(&suite, period(5));
    let returned = suite.rows(
        "select l.of_period, l.service, l.payable, l.reason from charge_line l join bill b using (bill_id)
         where l.of_period < b.period and b.period = '2026-05' order by 1, 2",
    );
    let reason = "Льгота «Ветераны труда»: справка истекла";
    let expected = [["2026-04", "electricity", "55623", reason], ["2026-04", "maintenance", "65291", reason]];
    assert_eq!(returned, expected, "March keeps it");
}

#[test]
fn a_benefit_recorded_while_a_preview_waits_is_in_it_if_it_is_computed_anew_and_else_in_the_next_bills() {
    let discounts = |is_renewed: bool| {
        let suite = house(1);
        let (db, now) = (suite.env.db(), suite.env.now());
        let run = db.write(|tx| billing::open(tx, now, "d1", period(3))).unwrap().unwrap();
        let drain = || while billing::tick(db, now).unwrap().is_some() {};
        drain();
        record(&suite, &benefit(VETERANS, date(2026, 3, 1)));
        if is_renewed {
            db.write(|tx| billing::to_preview(tx, run)).unwrap().unwrap();
            drain();
        }
        db.write(|tx| billing::approve(tx, now, run)).unwrap().unwrap();
        drain();
        read(&suite, 4);
        bill(&suite, period(4));
        let months = ["2026-03", "2026-04"].map(|period| {
            let sql = format!("select sum(l.discount), sum(b.corrected) / count(*) from charge_line l join bill b using (bill_id) where b.period = '{period}'");
            suite.rows(&sql).concat()
        });
        let of_march = suite.rows("select sum(payable) from charge_line where of_period = '2026-03'").concat();
        assert_eq!(of_march, [(houses::MARCH - 120_914).to_string()], "the same in the end");
        months.map(|month| month.join(" "))
    };
    assert_eq!(discounts(true), ["120914 0", "120914 0"]);
    assert_eq!(discounts(false), ["0 0", "120914 -120914"]);
}

#[test]
fn a_norm_that_becomes_known_late_corrects_the_months_that_were_billed() {
    let suite = house(1);
    bill(&suite, period(3));
    let norm = |tx: &Tx<'_>| {
        let (act, mut ids) = (act(), Ids::new(suite.env.now(), [8; 32]));
        let norm = NewNorm {
            house_id: "d1",
            service: Service::CommonColdWater,
            per: NormBasis::CommonArea,
            dwelling: "все",
            value: Decimal::new(58, 3),
            act: &act,
            since: date(2026, 3, 1),
            until: None,
        };
        tariffs::put_norms(tx, suite.env.now(), &mut ids, &[norm])
    };
    suite.env.db().write(norm).unwrap();
    read(&suite, 4);
    bill(&suite, period(4));
    let corrected = suite.rows("select of_period, service, payable, reason from charge_line where reason is not null");
    // Twice the norm of vector C7: 21.206 instead of 10.603.
    assert_eq!(corrected, [["2026-03", "common_cold_water", "1061", "Норматив за этот месяц стал известен позже"]]);
}

/// What may become known of the first flat.
const FACTS: [(&str, &str, i8, i8); 4] =
    [("b1", VETERANS, 3, 1), ("b2", FAMILIES, 3, 16), ("b3", VETERANS, 5, 11), ("b4", FAMILIES, 5, 1)];

/// Bills March to June with each fact recorded before the month of its place in `known`; the facts of a month come in
/// the order of their ids or the other way round.
fn billed_with(known: [i8; 4], is_reversed: bool) -> Vec<Vec<String>> {
    let suite = house(1);
    for month in 3..=6 {
        let mut facts: Vec<_> = FACTS.iter().zip(known).filter(|(_, known)| *known == month).collect();
        if is_reversed {
            facts.reverse();
        }
        for ((id, kind, since_month, day), _) in facts {
            let since = date(2026, *since_month, *day);
            // The first of each kind ends before the second begins.
            let until = (*since_month == 3).then_some(date(2026, 4, 20));
            record(&suite, &NewBenefit { account_benefit_id: id, until, ..benefit(kind, since) });
        }
        if month > 3 {
            read(&suite, month);
        }
        bill(&suite, period(month));
    }
    totals(&suite)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn in_whatever_order_facts_become_known_each_month_comes_to_the_same(
        known in prop::array::uniform4(3_i8..=6), is_reversed in any::<bool>(),
    ) {
        let in_time = billed_with([3; 4], false);
        prop_assert_eq!(billed_with(known, is_reversed), in_time);
    }
}

#[tokio::test]
async fn the_accountant_records_a_benefit_and_hears_what_is_wrong_field_by_field() {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    let [_, place] = places(&suite, FIRST);
    hire(&suite, "own-accountant", Role::Accountant, &place);
    let mut accountant = Browser::signed_in(&suite, "10.0.0.7:1", "own-accountant").await;
    let path = format!("/api/billing/desk/houses/{}/benefits", place.id().unwrap());
    let number = suite.rows("select min(a.number) from account a join household using (premises_id)").concat().concat();
    let listed = accountant.ask("GET", &path, None).await.body;
    assert_eq!((&listed["kinds"], listed["items"].as_array().unwrap().len()), (&json!([VETERANS]), 2));

    let good = json!({ "account_number": number, "benefit": VETERANS, "document": "удостоверение № 1",
                       "since": "2026-06-01", "persons": 1, "norm_area": "42,5" });
    let with = |field: &str, value: Value| {
        let mut wish = good.clone();
        wish[field] = value;
        wish
    };
    for (wish, pointer) in [
        (with("account_number", json!("404")), "/account_number"),
        (with("benefit", json!("Космонавты")), "/benefit"),
        (with("persons", json!(0)), "/persons"),
        (with("norm_area", json!("33.333")), "/norm_area"),
        (with("document", json!(" ")), "/document"),
        (with("since", json!("вчера")), "/since"),
        (with("until", json!("2026-05-31")), "/until"),
    ] {
        let refused = once(&suite, &accountant, &path, wish).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!(pointer)));
    }
    let recorded = once(&suite, &accountant, &path, good.clone()).await;
    assert_eq!((recorded.status, &recorded.body["norm_area"]), (StatusCode::CREATED, &json!("42.5")));
    let twice = once(&suite, &accountant, &path, with("since", json!("2026-12-01"))).await;
    assert_eq!(twice.body["errors"][0]["pointer"], "/since", "the same benefit has no end yet");

    let end = format!("{path}/{}/end", recorded.body["benefit_id"].as_str().unwrap());
    let early = accountant.ask("POST", &end, Some(json!({ "until": "2026-05-31", "reason": "истекла" }))).await;
    assert_eq!(early.body["errors"][0]["pointer"], "/until");
    let ended = accountant.ask("POST", &end, Some(json!({ "until": "2026-11-30", "reason": "истекла" }))).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(accountant.ask("POST", &end, Some(json!({ "reason": "истекла" }))).await.problem(), "not-found");
    assert_eq!(accountant.ask("GET", &path, None).await.body["items"][0]["until"], "2026-11-30");
    assert_eq!(once(&suite, &accountant, &path, with("since", json!("2026-12-01"))).await.status, StatusCode::CREATED);
    let actions = suite.rows(
        "select action from audit_entry where action like 'billing.%' and action <> 'billing.look' order by audit_seq",
    );
    assert_eq!(actions.concat(), ["billing.benefit", "billing.benefit-end", "billing.benefit"]);
}

async fn once(suite: &Suite, browser: &Browser<'_>, path: &str, body: Value) -> Answer {
    let (cookies, key) = (browser.cookies(), fresh_id(&suite.env));
    suite.ask("POST", path, &[("cookie", &cookies), ("idempotency-key", &key)], Some(body)).await
}
