//! What a resident is told of prices and norms by HTTP.

use http::StatusCode;
use serde_json::{Value, json};

use crate::suite::{Answer, Suite};

const NOW: &str = "2026-11-20T09:00:00Z";

struct Resident<'a> {
    suite: &'a Suite,
    cookie: String,
    account_id: String,
}

impl<'a> Resident<'a> {
    async fn anna(suite: &'a Suite) -> Self {
        let cookie = suite.sign_in("anna").await;
        let accounts = suite.ask("GET", "/api/homes/accounts", &[("cookie", &cookie)], None).await;
        let account_id = accounts.body["items"][0]["account_id"].as_str().unwrap().to_owned();
        Self { suite, cookie, account_id }
    }

    async fn ask(&self, rest: &str) -> Answer {
        let path = format!("/api/billing/accounts/{}/{rest}", self.account_id);
        self.suite.ask("GET", &path, &[("cookie", &self.cookie)], None).await
    }

    async fn told(&self, rest: &str) -> Value {
        let answer = self.ask(rest).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }
}

fn of<'a>(items: &'a Value, service: &str) -> Vec<&'a Value> {
    items.as_array().unwrap().iter().filter(|item| item["service"] == service).collect()
}

#[tokio::test]
async fn the_sheet_of_the_present_month_tells_prices_norms_and_benefits_with_their_acts() {
    let suite = Suite::demo(NOW);
    let sheet = Resident::anna(&suite).await.told("tariffs").await;
    assert_eq!(sheet["period"], "2026-11");
    let [cold] = of(&sheet["tariffs"], "cold_water")[..] else { panic!("{sheet}") };
    assert_eq!(cold["prices"], json!(["50.93"]));
    assert_eq!((&cold["unit"], &cold["since"]), (&json!("м³"), &json!("2026-10-01")));
    assert_eq!(cold["act"]["link"], "https://rek.example/acts/2026-10-01");
    let zones: Vec<_> = of(&sheet["tariffs"], "electricity").iter().map(|one| one["prices"].clone()).collect();
    assert_eq!(zones, [json!(["7.25"]), json!(["8.01", "3.71"]), json!(["8.23", "3.71", "6.99"])]);
    let [offer] = of(&sheet["offers"], "electricity")[..] else { panic!("{sheet}") };
    assert_eq!((&offer["supplier"], &offer["prices"]), (&json!("ООО «Свет»"), &json!(["7.11"])));
    assert_eq!(of(&sheet["norms"], "cold_water")[0]["value"], "4.331");
    assert_eq!(of(&sheet["benefits"], "maintenance")[0]["limit"], "33");
    assert_eq!(sheet["multipliers"][0]["value"], "1.5");
    assert_eq!(sheet["comparison"], Value::Null);
}

#[tokio::test]
async fn two_months_stand_beside_each_other_also_where_nothing_was_charged_then() {
    let suite = Suite::demo(NOW);
    let anna = Resident::anna(&suite).await;
    let sheet = anna.told("tariffs?period=2026-10&against=2026-09").await;
    let [cold] = of(&sheet["comparison"]["items"], "cold_water")[..] else { panic!("{sheet}") };
    assert_eq!((&cold["before"], &cold["now"]), (&json!(["47.91"]), &json!(["50.93"])));
    let sheet = anna.told("tariffs?period=2026-10&against=2020-01").await;
    let [cold] = of(&sheet["comparison"]["items"], "cold_water")[..] else { panic!("{sheet}") };
    assert_eq!((&cold["before"], &cold["now"]), (&json!([]), &json!(["50.93"])));
}

#[tokio::test]
async fn the_history_of_a_service_is_told_from_the_newest_price_on() {
    let suite = Suite::demo(NOW);
    let history = Resident::anna(&suite).await.told("tariff-history?service=cold_water").await;
    let told: Vec<_> = history["items"].as_array().unwrap().iter().map(|one| one["prices"][0].clone()).collect();
    assert_eq!(told, ["50.93", "47.91", "47.11", "42.18"]);
    assert_eq!(history["items"][1]["until"], "2026-09-30");
}

#[tokio::test]
async fn a_month_and_a_service_that_nobody_knows_are_faults_of_their_fields() {
    let suite = Suite::demo(NOW);
    let anna = Resident::anna(&suite).await;
    for (rest, pointer) in [
        ("tariffs?period=2026-13", "/period"),
        ("tariffs?against=yesterday", "/against"),
        ("tariff-history?service=ColdWater", "/service"),
    ] {
        let answer = anna.ask(rest).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "validation"), "{rest}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
}

/// Whoever has an account hears of new prices once, before they hold, and only of those that touch the account.
#[tokio::test]
async fn new_prices_are_told_once_before_they_hold() {
    let suite = Suite::demo("2026-08-20T09:00:00Z");
    let told = || {
        suite.rows(
            "select p.login, n.title, n.body from notice n join person p using (person_id)
                              where n.kind = 'tariff-change' order by 1",
        )
    };
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert!(told().is_empty(), "it is too early: {:?}", told());
    suite.set_clock("2026-09-05T09:00:00Z".parse().unwrap());
    for _ in 0..2 {
        reminders::run(&suite.env, suite.env.now()).unwrap();
        let told = told();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0][0].as_str(), told[0][1].as_str()), ("anna", "С 1\u{a0}октября 2026 года меняются тарифы"));
        assert!(told[0][2].contains("Холодная вода: было "), "{told:?}");
    }
    suite.set_clock("2026-10-01T09:00:00Z".parse().unwrap());
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert_eq!(told().len(), 1, "they hold");
}

/// A suite in which new prices are near, and what was told of them, the latest last.
struct Near(Suite);

impl Near {
    fn new() -> Self {
        let near = Self(Suite::demo("2026-09-05T09:00:00Z"));
        // Nothing changes but what a test says.
        near.change("update tariff set withdrawn_at = recorded_at where since = '2026-10-01'");
        near
    }

    fn change(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.0.location.database_file()).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    /// A later row of cold water, recorded in place of the one that was.
    fn record(&self, id: &str, price: &str, act: &str) {
        self.change(&format!(
            "update tariff set withdrawn_at = '2026-09-05T00:00:00.000Z'
             where service = 'cold_water' and since = '2026-10-01' and withdrawn_at is null;
             insert into tariff_act values ('act-{id}', '{act}', '7', '2026-09-01', '');
             insert into tariff select '{id}' || house_id, house_id, service, supplier_id, is_offer, rates, '[\"{price}\"]', above_norm,
                    fixed, surcharge, 'act-{id}', '2026-10-01', null, '2026-09-05T00:00:00.000Z', null
             from tariff where service = 'cold_water' and since = '2026-01-01' and withdrawn_at is null;"
        ));
    }

    /// The bodies of all notices, without the address.
    fn told(&self) -> Vec<String> {
        reminders::run(&self.0.env, self.0.env.now()).unwrap();
        let bodies = self.0.rows("select body from notice where kind = 'tariff-change' order by rowid").concat();
        bodies.iter().map(|body| body.split_once("кв. 15. ").unwrap().1.to_owned()).collect()
    }
}

#[tokio::test]
async fn a_price_that_is_recorded_anew_is_told_again_only_where_it_is_another_one() {
    let near = Near::new();
    near.record("same", "47.91", "Приказ о том же");
    assert_eq!(near.told(), [""; 0], "what is paid stays");
    near.record("first", "50.93", "Приказ");
    let first = "Холодная вода: было 47,91 ₽, будет 50,93 ₽ за м³. Основание: Приказ № 7.";
    assert!(near.told()[0].ends_with(first), "{:?}", near.told());
    near.record("spelled", "50.93", "Приказ (с изменениями)");
    assert_eq!(near.told().len(), 1, "only the act is spelled otherwise");
    near.record("second", "49.5", "Приказ о снижении");
    assert!(near.told()[1].contains("было 47,91 ₽, будет 49,5 ₽ за м³"), "{:?}", near.told());
    near.record("none", "47.91", "Приказ об отмене");
    assert!(near.told()[2].contains("Холодная вода: цена останется без изменений"), "{:?}", near.told());
    assert_eq!(near.told().len(), 3);
}

#[tokio::test]
async fn prices_of_zones_are_told_by_their_names_and_only_to_those_whose_meter_has_them() {
    let near = Near::new();
    let anna = "premises_id in (select premises_id from person join account_link using (person_id)
                                join account using (account_id) where login = 'anna')";
    let light = "withdrawn_at = null where service = 'electricity' and not is_offer and since = '2026-10-01'";
    near.change(&format!(
        "update meter set rates = 2 where kind = 'electricity' and {anna}; update tariff set {light}"
    ));
    let told = near.told().concat();
    let two = "Электричество: день — было 7,53 ₽, будет 8,01 ₽ за кВт·ч, ночь — было 3,51 ₽, будет 3,71 ₽ за кВт·ч. О";
    assert!(told.starts_with(two), "{told}");

    let bare = Near::new();
    bare.change(&format!(
        "update meter set removed_on = '2026-09-01' where kind = 'electricity' and {anna}; update tariff set {light}"
    ));
    let told = bare.told().concat();
    assert!(told.starts_with("Электричество: было 6,82 ₽, будет 7,25 ₽ за кВт·ч. О"), "{told}");
}

#[tokio::test]
async fn norms_benefits_and_ways_are_told_to_those_whom_they_touch() {
    let near = Near::new();
    near.change(
        "update account_benefit set withdrawn_at = '2026-09-01T00:00:00.000Z';
         insert into tariff_act values ('act', 'Приказ', '7', '2026-09-01', '');
         insert into norm select service || house_id, house_id, service, per, dwelling, '9.5', 'act', '2026-10-01', null,
                                 '2026-09-05T00:00:00.000Z', null
         from norm where service in ('common_cold_water', 'cold_water') and withdrawn_at is null;
         insert into benefit_rate select service || house_id, house_id, benefit, service, '30', volume_limit, 'act',
                                         '2026-10-01', null, '2026-09-05T00:00:00.000Z', null
         from benefit_rate where service = 'maintenance' and withdrawn_at is null;
         insert into house_service select 'new' || house_id, house_id, service, 'common_meter', '2026-10-01', null
         from house_service where service = 'common_electricity';",
    );
    let told = near.told().concat();
    assert!(
        told.contains("Холодная вода на общедомовые нужды: норматив был 0,029, будет 9,5 м³ на м² общего имущества"),
        "{told}"
    );
    assert!(
        told.contains("Электричество на общедомовые нужды: было — по нормативу, будет — по счётчику дома"),
        "{told}"
    );
    assert!(!told.contains("Холодная вода: норматив"), "the flat has a meter: {told}");
    assert!(!told.contains("льгота"), "nobody here holds it: {told}");
    near.change(
        "update benefit_rate set percent = '20' where since = '2026-10-01';
         insert into account_benefit select null, 'b', account_id, 'Ветераны труда', null, null, 'удостоверение', '2026-01-01',
                                            null, '2026-01-01T00:00:00.000Z', null
         from person join account_link using (person_id) where login = 'anna' limit 1;",
    );
    let told = near.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].starts_with("Содержание жилья: льгота «Ветераны труда» была 50 %, будет 20 %. О"), "{told:?}");
    let title = near.0.rows("select distinct title from notice where kind = 'tariff-change'").concat();
    assert_eq!(title, ["С 1\u{a0}октября 2026 года меняется расчёт платы"]);
}
