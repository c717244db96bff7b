//! The monthly run: what it makes, whatever stops it on the way.

use domain::charge::Packed;
use domain::meter_life::Deed;
use domain::money::Kopecks;
use domain::period::Period;
use domain::service::Service;
use native_suite::houses;
use store::billing::{self, NewRecalculation, Refusal, State, Step};
use store::ledger::{self, Fund, NewOpening, NewPayment};
use store::meter_life::{self, NewEvent};

use crate::suite::Suite;

const NOW: &str = "2026-04-03T09:00:00Z";

pub(crate) fn march() -> Period {
    Period::new(2026, 3).unwrap()
}

/// A house of flats of vector C18.
pub(crate) fn house(flats: u32) -> Suite {
    let suite = Suite::at(NOW);
    suite.env.db().write(|tx| houses::add(tx, "d1", flats)).unwrap();
    suite
}

pub(crate) fn open(suite: &Suite, period: Period) -> Result<i64, Refusal> {
    suite.env.db().write(|tx| billing::open(tx, suite.env.now(), "d1", period)).unwrap()
}

pub(crate) fn approve(suite: &Suite, run: i64) -> Result<(), Refusal> {
    suite.env.db().write(|tx| billing::approve(tx, suite.env.now(), run)).unwrap()
}

pub(crate) fn tick(suite: &Suite) -> Option<Step> {
    billing::tick(suite.env.db(), suite.env.now()).unwrap()
}

/// Ticks until nothing is to be done; how many that took.
fn drain(suite: &Suite) -> usize {
    std::iter::from_fn(|| tick(suite)).count()
}

/// A month of the house from its opening to its last bill.
pub(crate) fn bill(suite: &Suite, period: Period) -> i64 {
    let run = open(suite, period).unwrap();
    drain(suite);
    approve(suite, run).unwrap();
    drain(suite);
    run
}

pub(crate) fn state(suite: &Suite, run: i64) -> State {
    suite.env.db().read(|conn| billing::run(conn, run)).unwrap().unwrap().state
}

pub(crate) fn bills(suite: &Suite) -> Vec<Vec<String>> {
    suite.rows(
        "select number, account_id, charged, corrected, balance_before, paid, penalty, balance, due_on
         from bill order by number",
    )
}

pub(crate) fn assert_ledgers_hold(suite: &Suite) {
    let checked = suite.env.db().read(|conn| ledger::check(conn, "", 10_000)).unwrap();
    assert_eq!(checked.discrepancies, []);
}

#[test]
fn a_month_goes_from_preview_over_approval_to_bills_that_are_vector_c18() {
    let suite = house(3);
    let run = open(&suite, march()).unwrap();
    assert_eq!(state(&suite, run), State::Open);
    assert_eq!(approve(&suite, run), Err(Refusal::NotPreviewed));
    assert_eq!([tick(&suite), tick(&suite), tick(&suite)], [Some(Step::Previewed(3)), Some(Step::Ready), None]);
    assert_eq!(state(&suite, run), State::Previewed);
    assert_eq!(suite.rows("select count(*) from bill where number is not null").concat(), ["0"]);
    approve(&suite, run).unwrap();
    assert_eq!([tick(&suite), tick(&suite), tick(&suite)], [Some(Step::Issued(3)), Some(Step::Done), None]);
    assert_eq!(state(&suite, run), State::Issued);
    let first = &bills(&suite)[0];
    let charged = houses::MARCH.to_string();
    assert_eq!(*first, ["202603-d1000001", "d1-000001", &charged, "0", "0", "0", "0", &charged, "2026-04-15"]);
    assert_ledgers_hold(&suite);
}

#[test]
fn every_line_reads_back_its_explanation_and_comes_to_its_figure() {
    let suite = house(1);
    bill(&suite, march());
    let explained = suite.env.db().read(|conn| {
        let bill = billing::bill(conn, "202603-d1000001")?.unwrap();
        billing::lines_of(conn, bill.bill_id)
    });
    let explained = explained.unwrap();
    for line in &explained.lines {
        let kept = Packed::from_json(line.explanation[0].clone());
        let node = kept.node(&explained.acts).unwrap();
        assert_eq!(Kopecks::round(node.value).unwrap(), line.charged.plus(line.excess).unwrap());
    }
    let cold = explained.lines.iter().find(|line| line.service == Service::ColdWater).unwrap();
    let kept = Packed::from_json(cold.explanation[0].clone());
    let sentence = kept.node(&explained.acts).unwrap().sentence(cold.charged).replace('\u{a0}', " ");
    assert_eq!(sentence, "было 123,456 → стало 131,789 = 8,333 м³ × 50,93 ₽ = 424,40 ₽");
    let total: i64 = explained.lines.iter().map(|line| line.payable.0).sum();
    assert_eq!((explained.lines.len(), total), (10, houses::MARCH));
}

#[test]
fn two_runs_of_a_month_and_months_out_of_order_are_refused() {
    let suite = house(1);
    let run = open(&suite, march()).unwrap();
    assert_eq!(open(&suite, march()), Err(Refusal::Exists));
    assert_eq!(open(&suite, march().next()), Err(Refusal::OutOfOrder));
    drain(&suite);
    approve(&suite, run).unwrap();
    drain(&suite);
    assert_eq!(open(&suite, march().next().next()), Err(Refusal::OutOfOrder));
    assert!(open(&suite, march().next()).is_ok());
}

#[test]
fn a_step_that_another_took_changes_nothing() {
    let suite = house(150);
    let run = open(&suite, march()).unwrap();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let db = suite.location.db();
            let now = suite.env.now();
            std::thread::spawn(move || {
                while let Some(step) = billing::tick(&db, now).unwrap() {
                    if step == Step::Ready {
                        break;
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(state(&suite, run), State::Previewed);
    assert_eq!(suite.rows("select bills, (select count(*) from bill) from billing_run").concat(), ["150", "150"]);
}

#[test]
fn a_house_whose_run_fails_holds_up_none_of_the_others() {
    let suite = house(2);
    suite.env.db().write(|tx| houses::add(tx, "d2", 2)).unwrap();
    let broken = open(&suite, march()).unwrap();
    let other = suite.env.db().write(|tx| billing::open(tx, suite.env.now(), "d2", march())).unwrap().unwrap();
    let change = |sql: &str| {
        rusqlite::Connection::open(suite.location.database_file()).unwrap().execute_batch(sql).unwrap();
    };
    change(
        "create table kept as select house_service_id, way from house_service;
         update house_service set way = 'by_guess' where house_id = 'd1'",
    );
    let progress = billing::go_on(suite.env.db(), suite.env.now(), 20).unwrap();
    let failed: Vec<_> = progress.failed.iter().map(|(run_id, _)| *run_id).collect();
    assert_eq!((failed, progress.steps > 0), (vec![broken], true));
    assert_eq!((state(&suite, broken), state(&suite, other)), (State::Open, State::Previewed));
    reminders::run(&suite.env, suite.env.now()).unwrap_err();
    change(
        "update house_service set way = k.way from kept k where k.house_service_id = house_service.house_service_id",
    );
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert_eq!(state(&suite, broken), State::Previewed, "it is tried again");
}

#[test]
fn a_bill_that_cannot_be_computed_says_why_and_stops_the_approval() {
    let suite = house(2);
    let wrong = "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1)
                 values ('wrong', 'cold_water-d1-000002', 'company', '2026-03', '2026-03-25', '2026-03-25T12:00:00.000Z', '1.000')";
    suite.env.db().write(|tx| tx.execute(wrong, &[])).unwrap();
    let run = open(&suite, march()).unwrap();
    drain(&suite);
    let problems = suite.rows("select account_id, problem from bill where problem is not null");
    assert_eq!(problems.len(), 1);
    assert!(problems[0][1].contains("меньше прошлого показания"), "{problems:?}");
    assert_eq!(approve(&suite, run), Err(Refusal::HasProblems));
    let mended = "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1)
                  values ('right', 'cold_water-d1-000002', 'company', '2026-03', '2026-03-26', '2026-03-26T12:00:00.000Z', '131.789')";
    suite.env.db().write(|tx| tx.execute(mended, &[])).unwrap();
    suite.env.db().write(|tx| billing::to_preview(tx, run)).unwrap().unwrap();
    drain(&suite);
    approve(&suite, run).unwrap();
    drain(&suite);
    assert_eq!(suite.rows("select distinct charged from bill").concat(), [houses::MARCH.to_string()]);
}

#[test]
fn an_issued_bill_never_changes() {
    let suite = house(1);
    bill(&suite, march());
    for sql in [
        "update bill set charged = 0",
        "delete from bill",
        "update charge_line set payable = 0",
        "delete from charge_line",
        "insert into charge_line select bill_id, '2026-02', service, method, volume, price, charged, excess, recalculated,
                discount, payable, oddities, reason, explanation from charge_line limit 1",
        "update ledger_entry set amount = 0",
        "delete from ledger_entry",
        "insert into ledger_entry select account_id, no + 1, 'payment', 'p', on_day, -1, balance, recorded_at
         from ledger_entry",
        "insert into ledger_entry select account_id, no + 2, 'payment', 'p', on_day, -1, balance - 1, recorded_at
         from ledger_entry",
    ] {
        assert!(suite.env.db().write(|tx| tx.execute(sql, &[])).is_err(), "{sql}");
    }
}

#[test]
fn what_was_owed_and_paid_goes_into_the_next_bill() {
    let suite = house(1);
    let (db, now) = (suite.env.db(), suite.env.now());
    let account_id = "d1-000001";
    let opening = NewOpening {
        account_id,
        period: march().previous(),
        fund: Fund::Services,
        amount: Kopecks(125_000),
        penalty: Kopecks::ZERO,
        on: march().previous().last_day(),
    };
    db.write(|tx| ledger::open(tx, now, &[opening])).unwrap();
    let payment =
        NewPayment { payment_id: "p1", account_id, on: jiff::civil::date(2026, 3, 12), amount: Kopecks(50_000) };
    db.write(|tx| ledger::pay(tx, now, &[payment])).unwrap();
    assert!(db.write(|tx| ledger::pay(tx, now, &[payment])).is_err(), "a payment is posted once");
    bill(&suite, march());
    let figures = suite.rows("select balance_before, paid, charged, balance from bill").concat();
    assert_eq!(figures, ["125000", "50000", "1064349", "1139349"]);
    assert_ledgers_hold(&suite);
}

#[test]
fn a_late_reading_corrects_the_months_that_it_is_about_and_an_unchanged_month_stays() {
    let suite = house(2);
    let gone = "delete from reading where meter_id = 'cold_water-d1-000001' and period = '2026-03'";
    suite.env.db().write(|tx| tx.execute(gone, &[])).unwrap();
    bill(&suite, march());
    let by_norm = suite.rows(
        "select payable from charge_line join bill using (bill_id)
                              where account_id = 'd1-000001' and service = 'cold_water'",
    );
    // Nobody gave a reading: the norm without its multiplier, C4.
    assert_eq!(by_norm.concat(), ["66173"]);
    suite
        .env
        .db()
        .write(|tx| {
            let late = "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1)
                    values ('late', 'cold_water-d1-000001', 'resident', '2026-03', '2026-03-25', ?1, '131.789')";
            tx.execute(late, store::params![suite.env.now()])?;
            houses::read(tx, "d1", "2026-04", 2)
        })
        .unwrap();
    bill(&suite, march().next());
    let corrected = suite.rows(
        "select b.account_id, l.of_period, l.service, l.payable, l.reason from charge_line l join bill b using (bill_id)
         where l.of_period < b.period order by l.service",
    );
    let reason = "Показания за этот месяц стали известны позже";
    // 424.40 − 661.73, and of sewage 546.72 − (3 × 4.331 + 4.215) × 43.57.
    let line =
        |service: &str, amount: &str| ["d1-000001", "2026-03", service, amount, reason].map(str::to_owned).to_vec();
    assert_eq!(corrected, [line("cold_water", "-23733"), line("sewage", "-20303")]);
    let totals = suite.rows("select charged, corrected from bill where period = '2026-04' order by number");
    assert_eq!(totals, [["1064349", "-44036"], ["1064349", "0"]]);
    assert_ledgers_hold(&suite);
    houses_read_may(&suite);
    bill(&suite, march().next().next());
    assert_eq!(suite.rows("select sum(corrected) from bill where period = '2026-05'").concat(), ["0"]);
}

#[test]
fn a_meter_that_failed_within_a_month_tells_nothing_from_then_on_also_if_that_is_known_late() {
    let suite = house(2);
    bill(&suite, march());
    let of = |period: &str, charged_in: &str| {
        let sql = format!(
            "select b.account_id, l.payable from charge_line l join bill b using (bill_id)
             where b.period = '{charged_in}' and l.of_period = '{period}' and l.service = 'cold_water' order by 1"
        );
        suite.rows(&sql)
    };
    assert_eq!(of("2026-03", "2026-03"), [["d1-000001", "42440"], ["d1-000002", "42440"]]);
    let db = suite.env.db();
    let failed = NewEvent {
        meter_event_id: "failed",
        meter_id: "cold_water-d1-000001",
        deed: Deed::Failed,
        happened_on: jiff::civil::date(2026, 3, 10),
        last: &[],
        first: &[],
        verified_until: None,
        new_meter_id: None,
        act: None,
    };
    db.write(|tx| meter_life::add(tx, suite.env.now(), "installed", &failed)).unwrap();
    db.write(|tx| houses::read(tx, "d1", "2026-04", 2)).unwrap();
    bill(&suite, march().next());
    let reason =
        suite.rows("select distinct reason from charge_line where of_period = '2026-03' and reason is not null");
    assert_eq!(reason.concat(), ["О счётчике стало известно позже: неисправен, 10\u{a0}марта 2026 года"]);
    let corrected = of("2026-03", "2026-04");
    assert_eq!(corrected.len(), 1, "{corrected:?}");
    assert_eq!(corrected[0][0], "d1-000001");
    // April is charged by the norm with its multiplier, C5: there are not months enough for an average.
    assert_eq!(of("2026-04", "2026-04")[0], ["d1-000001", "99260"]);
    assert_ledgers_hold(&suite);
}

fn houses_read_may(suite: &Suite) {
    suite.env.db().write(|tx| houses::read(tx, "d1", "2026-05", 3)).unwrap();
}

#[test]
fn what_somebody_asks_to_be_computed_again_is_a_line_with_the_reason() {
    let suite = house(2);
    bill(&suite, march());
    suite
        .env
        .db()
        .write(|tx| {
            tx.execute("update household set registered = 2 where premises_id = 'd1-000002'", &[])?;
            houses::read(tx, "d1", "2026-04", 2)?;
            billing::recalculate(
                tx,
                suite.env.now(),
                &NewRecalculation {
                    recalculation_id: "r1",
                    house_id: "d1",
                    account_id: None,
                    from: march(),
                    reason: "Справка о регистрации",
                },
            )
        })
        .unwrap();
    bill(&suite, march().next());
    let corrected = suite.rows(
        "select b.account_id, l.service, l.payable, l.reason from charge_line l join bill b using (bill_id)
         where l.of_period < b.period",
    );
    assert_eq!(corrected, [["d1-000002", "solid_waste", "-17540", "Справка о регистрации"]]);
    assert_ledgers_hold(&suite);
}

#[test]
fn a_ledger_that_is_not_its_bills_is_found_by_the_nightly_check() {
    let suite = house(2);
    bill(&suite, march());
    let (db, now) = (suite.env.db(), suite.env.now());
    let night = |now| db.write(|tx| ledger::check_next(tx, now, 1)).unwrap();
    assert_eq!([night(now), night(now), night(now), night(now)], [vec![], vec![], vec![], vec![]]);
    assert_eq!(
        suite.rows("select accounts, discrepancies, finished_at is null from ledger_check").concat(),
        ["2", "0", "0"]
    );
    db.write(|tx| {
        tx.execute("drop trigger ledger_entry_is_final", &[])?;
        tx.execute("update ledger_entry set amount = amount - 1 where account_id = 'd1-000002'", &[])
    })
    .unwrap();
    assert_eq!(night(now), [], "a day goes by between two checks");
    let tomorrow = now + jiff::SignedDuration::from_hours(24);
    let found: Vec<_> = (0..3).flat_map(|_| night(tomorrow)).map(|one| (one.number, one.what)).collect();
    assert_eq!(found, ["balance", "charges", "debts"].map(|what| ("d1000002".to_owned(), what)));
}

/// Pays on a day.
pub(crate) fn pay(suite: &Suite, payment_id: &str, on: &str, amount: i64) {
    let payment = NewPayment { payment_id, account_id: "d1-000001", on: on.parse().unwrap(), amount: Kopecks(amount) };
    suite.env.db().write(|tx| ledger::pay(tx, suite.env.now(), &[payment])).unwrap();
}

/// Bills the house from March on for so many months, as if each had its readings in time.
pub(crate) fn bill_months(suite: &Suite, months: i64) {
    for month in 0..months {
        let period = march().plus_months(i32::try_from(month).unwrap());
        if month > 0 {
            suite.env.db().write(|tx| houses::read(tx, "d1", &period.to_string(), month + 1)).unwrap();
        }
        bill(suite, period);
    }
}

#[test]
fn the_schedule_opens_the_month_before_once_its_day_has_come_and_approves_nothing() {
    let suite = house(2);
    bill(&suite, march());
    let open_on = |moment: &str| billing::open_due(suite.env.db(), moment.parse().unwrap()).unwrap();
    assert_eq!(open_on("2026-05-20T09:00:00Z"), 0, "at first the accountant opens every month");
    let sql =
        "insert into setting (name, valid_from, value, source) values ('billing.open_day', '2026-01-01', '3', 'x')";
    suite.env.db().write(|tx| tx.execute(sql, &[])).unwrap();
    assert_eq!(open_on("2026-04-30T20:59:59Z"), 0, "April is not over");
    assert_eq!(open_on("2026-05-02T20:59:59Z"), 0, "it is 2 May where the house is");
    assert_eq!(open_on("2026-05-02T21:00:00Z"), 1);
    assert_eq!(open_on("2026-05-02T21:00:00Z"), 0, "it is opened once");
    drain(&suite);
    let runs = || suite.rows("select period, state from billing_run order by period");
    assert_eq!(runs(), [["2026-03", "issued"], ["2026-04", "previewed"]]);
    assert_eq!(open_on("2026-06-10T09:00:00Z"), 0, "April waits for the accountant, and May for April");
    // A schedule that did not run for months makes up for them one by one.
    let april: i64 = suite.rows("select max(billing_run_id) from billing_run").concat()[0].parse().unwrap();
    approve(&suite, april).unwrap();
    drain(&suite);
    assert_eq!(open_on("2026-07-10T09:00:00Z"), 1);
    assert_eq!(runs()[2], ["2026-05", "open"]);
}
