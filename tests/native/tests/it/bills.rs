//! Bills as their residents get them.

use domain::payment_qr::{BYTES_MAX, Field, Parsed};
use domain::period::Period;
use native_suite::houses;
use serde_json::{Value, json};
use store::billing;
use store::homes::{self, Right};
use store::params;

use crate::evaluate::{evaluate, nearest_kopeck};
use crate::paper_code::codes;
use crate::suite::{Answer, Suite};

pub(crate) const MARCH: &str = "202603-d1000001";

/// A flat of vector C18, that anna has and boris has not, with its bill of March 2026; who is paid is the payee of the
/// vector of payments.
pub(crate) async fn billed() -> (Suite, [String; 2]) {
    let suite = Suite::demo("2026-04-03T09:00:00Z");
    let env = &suite.env;
    link(&suite, "anna", Right::Owner, |tx| {
        houses::add(tx, "d1", 1)?;
        tx.execute(
            "update company set name = 'ООО «УК Мой дом»', inn = '7830002293', kpp = '783001001',
                                bank_account = '40702810138250123017', bank = 'ПАО СБЕРБАНК', bik = '044525225',
                                correspondent_account = '30101810400000000225'
             where company_id = 'company'",
            params![],
        )?;
        tx.execute("update account set holder = 'Иванов Иван Иванович' where account_id = 'd1-000001'", params![])
    });
    issue(&suite, "2026-03");
    assert_eq!(env.now().to_string(), "2026-04-03T09:00:00Z");
    let cookies = [suite.sign_in("anna").await, suite.sign_in("boris").await];
    (suite, cookies)
}

fn link(suite: &Suite, login: &str, right: Right, before: impl FnOnce(&store::Tx<'_>) -> store::Result<()>) {
    let person = suite.rows(&format!("select person_id from person where login = '{login}'")).concat().remove(0);
    let (env, id) = (&suite.env, format!("link-{login}"));
    let linked = env.db().write(|tx| {
        before(tx)?;
        homes::add_link(tx, env.now(), &id, &person, "d1-000001", right)
    });
    assert!(linked.unwrap());
}

/// Issues the bills of a month of the house.
fn issue(suite: &Suite, period: &str) {
    let (env, period) = (&suite.env, Period::parse(period).unwrap());
    let run = env.db().write(|tx| billing::open(tx, env.now(), "d1", period)).unwrap().unwrap();
    let drain = || while billing::tick(env.db(), env.now()).unwrap().is_some() {};
    drain();
    env.db().write(|tx| billing::approve(tx, env.now(), run)).unwrap().unwrap();
    drain();
}

async fn text(suite: &Suite, cookie: &str) -> String {
    let path = format!("/api/billing/bills/{MARCH}/document?format=txt");
    get(suite, cookie, &path).await.text.replace('\u{a0}', " ")
}

async fn get(suite: &Suite, cookie: &str, path: &str) -> Answer {
    suite.ask("GET", path, &[("cookie", cookie)], None).await
}

#[tokio::test]
async fn a_resident_sees_the_own_bills_of_a_year_with_what_is_unpaid_and_nobody_else_s() {
    let (suite, [anna, boris]) = billed().await;
    let list = get(&suite, &anna, "/api/billing/bills?year=2026&status=unpaid").await.body;
    let bill = list["items"].as_array().unwrap().iter().find(|bill| bill["account_id"] == "d1-000001").unwrap();
    assert_eq!((&bill["period"], &bill["due_on"]), (&"2026-03".into(), &"2026-04-15".into()));
    assert_eq!(["charged", "payable"].map(|sum| bill[sum].as_i64()), [Some(houses::MARCH); 2]);
    for other in ["/api/billing/bills?year=2025", "/api/billing/bills?year=2026&status=paid"] {
        let list = get(&suite, &anna, other).await.body;
        assert!(list["items"].as_array().unwrap().iter().all(|bill| bill["account_id"] != "d1-000001"), "{other}");
    }
    let neighbour = get(&suite, &boris, "/api/billing/bills?year=2026").await.body;
    assert!(neighbour["items"].as_array().unwrap().iter().all(|bill| bill["account_id"] != "d1-000001"));
    for wrong in ["year=1", "status=late"] {
        assert_eq!(get(&suite, &anna, &format!("/api/billing/bills?{wrong}")).await.problem(), "validation", "{wrong}");
    }
}

#[tokio::test]
async fn a_bill_is_a_file_in_four_formats_that_say_the_same_and_a_neighbour_gets_none() {
    let (suite, [anna, boris]) = billed().await;
    let path = "/api/billing/bills/202603-d1000001/document";
    let paper = get(&suite, &anna, path).await;
    assert_eq!(paper.headers["content-type"], "application/pdf");
    let document = lopdf::Document::load_mem(&paper.bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let squeeze = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
    let said = squeeze(&document.extract_text(&pages).unwrap());
    let text = squeeze(&get(&suite, &anna, &format!("{path}?format=txt")).await.text);
    // C18, and C1 as the sentence behind a line.
    let explained = squeeze("было 123,456 → стало 131,789 = 8,333 м³ × 50,93 ₽ = 424,40 ₽");
    for form in [&said, &text] {
        assert!(form.contains(&squeeze("10 643,49 ₽")) && form.contains(&explained), "{form}");
    }
    let csv = get(&suite, &anna, &format!("{path}?format=csv")).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.text.contains("\"Холодная вода\";\"м³\";\"8,333\";\"50,93\";\"\";\"424,40\""), "{}", csv.text);
    assert!(csv.text.contains("\"202603-d1000001\";\"d1000001\";\"2026-03\""), "{}", csv.text);
    let workbook = get(&suite, &anna, &format!("{path}?format=xlsx")).await;
    assert!(workbook.bytes.starts_with(b"PK"), "a container of ECMA-376");
    for format in ["pdf", "txt", "csv", "xlsx"] {
        assert_eq!(get(&suite, &boris, &format!("{path}?format={format}")).await.problem(), "not-found");
    }
}

#[tokio::test]
async fn a_camera_reads_the_payment_from_the_paper_that_the_portal_sends() {
    let (suite, [anna, _]) = billed().await;
    let paper = get(&suite, &anna, &format!("/api/billing/bills/{MARCH}/document")).await;
    let bytes = codes(&lopdf::Document::load_mem(&paper.bytes).unwrap()).concat();
    assert!(bytes.len() <= BYTES_MAX, "{}", bytes.len());
    let payment = Parsed::parse(&bytes).unwrap();
    let sum = houses::MARCH.to_string();
    for (field, value) in [
        (Field::Name, "ООО «УК Мой дом»"),
        (Field::PersonalAcc, "40702810138250123017"),
        (Field::Bic, "044525225"),
        (Field::CorrespAcc, "30101810400000000225"),
        (Field::PersAcc, "d1000001"),
        (Field::PaymPeriod, "032026"),
        (Field::Sum, sum.as_str()),
    ] {
        assert_eq!(payment.get(field), Some(value), "{field:?}");
    }
}

#[tokio::test]
async fn a_paper_names_who_pays_who_is_paid_and_the_readings_that_were_counted() {
    let (suite, [anna, _]) = billed().await;
    let told = text(&suite, &anna).await;
    for said in [
        "Плательщик: Иванов Иван Иванович",
        "Площадь: 54,3 м²",
        "Проживает: 3 чел.",
        "Исполнитель: ООО «УК Мой дом»",
        "ИНН: 7830002293",
        "КПП: 783001001",
        "Расчётный счёт: 40702810138250123017",
        "БИК: 044525225",
        "Корреспондентский счёт: 30101810400000000225",
        "Назначение платежа: Оплата ЖКУ, лицевой счёт",
        "Электричество — Объём: 242 кВт·ч, счётчик; Цена, ₽: по зонам; Начислено, ₽: 1653,86",
        "в том числе пик — Объём: 123 кВт·ч;",
        "Холодная вода — Счётчик №: d1-000001; Поверен до: 01.01.2036; Было: 123,456; Стало: 131,789",
        "Электричество, пик — Счётчик №: d1-000001; Поверен до: 01.01.2036; Было: 12345,000; Стало: 12468,000",
        "Электричество, ночь — Счётчик №: d1-000001; Поверен до: 01.01.2036; Было: 8021,000; Стало: 8079,000",
        "Электричество, полупик — Счётчик №: d1-000001; Поверен до: 01.01.2036; Было: 5500,000; Стало: 5561,000",
        "Холодная вода — Что это: цена; Значение: 50,93 ₽; Основание:",
        "Весь дом — Что это: площадь всех помещений дома; Значение: 3120,8 м²",
        "Отопление — Что это: норматив на 1 м²; Значение: 0,0226 Гкал",
        "Начислено за месяц: 10 643,49 ₽",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    for denied in ["счётчиков нет", "Рассрочки нет", "5. Рассрочка"] {
        assert!(!told.contains(denied), "{denied}: {told}");
    }
}

#[tokio::test]
async fn a_tenant_s_paper_does_not_name_whose_account_it_is_nor_does_one_of_a_time_before_the_share() {
    let (suite, [anna, boris]) = billed().await;
    link(&suite, "boris", Right::Tenant, |_| Ok(()));
    let told = text(&suite, &boris).await;
    assert!(!told.contains("Иванов") && told.contains("Площадь: 54,3 м²"), "{told}");
    let bought = "insert into owner (owner_id, premises_id, name, share_numerator, share_denominator, since)
                  values ('o', 'd1-000001', 'Иванов Иван Иванович', 1, 1, '2026-04-01')";
    suite.env.db().write(|tx| tx.execute(bought, params![])).unwrap();
    assert!(!text(&suite, &anna).await.contains("Иванов"), "the share is of a later month");
}

#[tokio::test]
async fn a_bill_stays_of_the_company_that_issued_it_and_of_the_area_that_was_charged() {
    let (suite, [anna, _]) = billed().await;
    let taken_over = suite.env.db().write(|tx| {
        tx.execute(
            "insert into company (company_id, name, inn, created_at)
             values ('next', 'Другая УК', '7707083893', '2026-04-01T00:00:00.000Z')",
            params![],
        )?;
        tx.execute("update house set company_id = 'next' where house_id = 'd1'", params![])?;
        tx.execute("update premises set area_hundredths = 6000 where premises_id = 'd1-000001'", params![])
    });
    taken_over.unwrap();
    let told = text(&suite, &anna).await;
    assert!(told.contains("Исполнитель: ООО «УК Мой дом»") && told.contains("Площадь: 54,3 м²"), "{told}");
    assert!(!told.contains("Другая УК"), "{told}");
}

#[tokio::test]
async fn a_benefit_is_on_its_line_in_every_form_and_its_calculation_comes_to_it() {
    let (suite, [anna, _]) = billed().await;
    suite.env.db().write(crate::benefits::give).unwrap();
    suite.env.db().write(|tx| houses::read(tx, "d1", "2026-04", 2)).unwrap();
    issue(&suite, "2026-04");
    let path = "/api/billing/bills/202604-d1000001";
    let bill = get(&suite, &anna, path).await.body;
    let lines = bill["lines"].as_array().unwrap();
    let upkeep = lines.iter().position(|line| line["service"] == "maintenance").unwrap();
    let line = &lines[upkeep];
    assert_eq!(["charged", "discount", "payable"].map(|sum| line[sum].as_i64()), [214_865, 65_291, 149_574].map(Some));
    let sentence = "Льгота «Ветераны труда»: (меньшее из: 54,3 м² и 33 м²) × 39,57 ₽ × 50 % = 652,91 ₽";
    assert_eq!(line["explanation"][1].as_str().unwrap().replace('\u{a0}', " "), sentence);
    let told = get(&suite, &anna, &format!("{path}/lines/{}/calculation", upkeep + 1)).await.body;
    let discount = &told["calculations"][1];
    assert_eq!((&discount["figure"], &discount["title"]), (&"discount".into(), &"Льгота «Ветераны труда»".into()));
    assert_eq!(nearest_kopeck(evaluate(&discount["tree"])), 65_291);

    let squeeze = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
    let form = async |format: &str| get(&suite, &anna, &format!("{path}/document?format={format}")).await;
    let paper = lopdf::Document::load_mem(&form("pdf").await.bytes).unwrap();
    let pages: Vec<u32> = paper.get_pages().keys().copied().collect();
    for said in [paper.extract_text(&pages).unwrap(), form("txt").await.text] {
        assert!(squeeze(&said).contains(&squeeze(sentence)), "{said}");
    }
    let csv = form("csv").await.text;
    assert!(csv.contains("\"2148,65\";\"0,00\";\"0,00\";\"652,91\";\"1495,74\""), "{csv}");
}

#[tokio::test]
async fn a_bill_is_its_lines_with_their_sentences_beside_the_month_before_or_a_chosen_one() {
    let (suite, [anna, boris]) = billed().await;
    let path = format!("/api/billing/bills/{MARCH}");
    let march = get(&suite, &anna, &path).await.body;
    assert_eq!(march["of_month"], houses::MARCH);
    let lines = march["lines"].as_array().unwrap();
    let sum: i64 = lines.iter().map(|line| line["payable"].as_i64().unwrap()).sum();
    assert_eq!(sum, houses::MARCH, "the lines come to the sum");
    let cold = lines.iter().find(|line| line["service"] == "cold_water").unwrap();
    let sentence = cold["explanation"][0].as_str().unwrap().replace('\u{a0}', " ");
    assert_eq!(sentence, "было 123,456 → стало 131,789 = 8,333 м³ × 50,93 ₽ = 424,40 ₽");
    assert_eq!((&march["comparison"], &march["earlier"]), (&serde_json::Value::Null, &serde_json::json!([])));

    suite.env.db().write(|tx| houses::read(tx, "d1", "2026-04", 3)).unwrap();
    issue(&suite, "2026-04");
    suite.env.db().write(|tx| houses::read(tx, "d1", "2026-05", 4)).unwrap();
    issue(&suite, "2026-05");
    let path = "/api/billing/bills/202605-d1000001";
    let may = get(&suite, &anna, path).await.body;
    assert_eq!(may["earlier"], serde_json::json!(["2026-04", "2026-03"]));
    assert_eq!(may["comparison"]["against"], "2026-04");
    let beside = get(&suite, &anna, &format!("{path}?against=2026-03")).await.body["comparison"].take();
    assert_eq!((&beside["against"], &beside["total_before"]), (&"2026-03".into(), &houses::MARCH.into()));
    assert_eq!(beside["total_now"], may["of_month"]);
    // April has two months of water, May one like March.
    let fallen = may["comparison"]["items"].as_array().unwrap().iter().find(|one| one["service"] == "cold_water");
    assert_eq!(fallen.unwrap()["difference"], -42_440);
    assert!(may["comparison"]["sentence"].as_str().unwrap().starts_with("За май 2026 года начислено на"));
    for wrong in ["2026-06", "2026-05", "2020-01", "march"] {
        assert_eq!(get(&suite, &anna, &format!("{path}?against={wrong}")).await.problem(), "validation", "{wrong}");
    }
    assert_eq!(get(&suite, &boris, path).await.problem(), "not-found");
}

#[tokio::test]
async fn the_calculation_behind_each_line_comes_to_its_figure_and_names_what_it_starts_from() {
    let (suite, [anna, boris]) = billed().await;
    let path = format!("/api/billing/bills/{MARCH}");
    let bill = get(&suite, &anna, &path).await.body;
    let lines = bill["lines"].as_array().unwrap();
    for (line_no, line) in (1..).zip(lines) {
        let told = get(&suite, &anna, &format!("{path}/lines/{line_no}/calculation")).await.body;
        assert_eq!([&told["service"], &told["of_period"]], [&line["service"], &line["of_period"]]);
        let [charge] = &told["calculations"].as_array().unwrap()[..] else { panic!("{told:#}") };
        let amount = nearest_kopeck(evaluate(&charge["tree"]));
        assert_eq!(amount, line["charged"].as_i64().unwrap() + line["excess"].as_i64().unwrap(), "{told:#}");
        assert_eq!(charge["amount"], amount);
    }

    let place = 1 + lines.iter().position(|line| line["service"] == "cold_water").unwrap();
    let told = get(&suite, &anna, &format!("{path}/lines/{place}/calculation")).await.body;
    let facts = facts(&told["calculations"][0]["tree"]);
    let of = |quantity| *facts.iter().find(|fact| fact["quantity"] == quantity).unwrap();
    let readings = ["reading_before", "reading_now"].map(|quantity| &of(quantity)["source"]["ids"][0]);
    for (reading, period) in readings.into_iter().zip(["2026-02", "2026-03"]) {
        let kept =
            suite.rows(&format!("select period from reading where reading_id = '{}'", reading.as_str().unwrap()));
        assert_eq!(kept.concat(), [period]);
    }
    let price = of("price");
    assert_eq!([&price["value"], &price["unit"], &price["title"]], ["50.93", "ruble", "цена"]);
    assert_eq!(price["text"].as_str().unwrap().replace('\u{a0}', " "), "50,93 ₽");
    let version = price["source"]["ids"][0].as_str().unwrap();
    let act = suite.rows(&format!("select number from cited_act where version_id = '{version}'")).concat();
    assert_eq!(price["source"]["act"]["number"], act[0]);

    let after_the_last = lines.len() + 1;
    for nowhere in ["0".to_owned(), after_the_last.to_string(), "first".to_owned()] {
        let path = format!("{path}/lines/{nowhere}/calculation");
        assert_eq!(get(&suite, &anna, &path).await.problem(), "not-found", "{nowhere}");
    }
    assert_eq!(get(&suite, &boris, &format!("{path}/lines/1/calculation")).await.problem(), "not-found");
}

/// The leaves of a tree.
fn facts(step: &Value) -> Vec<&Value> {
    match step["parts"].as_array() {
        None => vec![step],
        Some(parts) => parts.iter().flat_map(facts).collect(),
    }
}

#[tokio::test]
async fn what_is_to_be_paid_is_what_the_ledgers_say_today() {
    let (suite, [anna, _]) = billed().await;
    let list = get(&suite, &anna, "/api/billing/bills").await.body;
    assert_eq!(
        (&list["year"], &list["years"][0], &list["to_pay"]),
        (&2026.into(), &2026.into(), &houses::MARCH.into())
    );
    assert_eq!((&list["due_on"], &list["overdue"]), (&"2026-04-15".into(), &Value::Null));
    let payment = store::ledger::NewPayment {
        payment_id: "p1",
        account_id: "d1-000001",
        on: suite.env.day(),
        amount: domain::money::Kopecks(houses::MARCH),
    };
    suite.env.db().write(|tx| store::ledger::pay(tx, suite.env.now(), &[payment])).unwrap();
    let paid = get(&suite, &anna, "/api/billing/bills").await.body;
    assert_eq!((&paid["to_pay"], &paid["due_on"]), (&0.into(), &serde_json::Value::Null));
    assert_eq!(paid["items"][0]["status"], "paid");
}

#[tokio::test]
async fn what_is_late_is_told_with_its_first_day_and_its_bill() {
    let (suite, _) = billed().await;
    let overdue = async |login: &str| {
        let cookie = suite.sign_in(login).await;
        get(&suite, &cookie, "/api/billing/bills").await.body["overdue"].clone()
    };
    suite.set_clock("2026-04-15T09:00:00Z".parse().unwrap());
    assert_eq!(overdue("anna").await, Value::Null, "the last day is in time");
    suite.set_clock("2026-04-16T09:00:00Z".parse().unwrap());
    let late = json!({ "amount": houses::MARCH, "since": "2026-04-16", "bill_number": MARCH });
    assert_eq!((overdue("anna").await, overdue("boris").await), (late, Value::Null));
    let part = store::ledger::NewPayment {
        payment_id: "p1",
        account_id: "d1-000001",
        on: suite.env.day(),
        amount: domain::money::Kopecks(houses::MARCH - 100),
    };
    suite.env.db().write(|tx| store::ledger::pay(tx, suite.env.now(), &[part])).unwrap();
    assert_eq!(overdue("anna").await["amount"], 100);
}
