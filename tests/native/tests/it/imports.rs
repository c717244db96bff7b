//! A company's files taken in through the portal.

use domain::access::Scope;
use http::StatusCode;
use serde_json::{Value, json};
use store::import::{self, NewImport, NewPart};
use web::fresh_id;

use crate::suite::{Answer, Suite};

const NOW: &str = "2026-07-20T09:00:00Z";
const PART_BYTES: usize = 512 << 10;
/// A company's file of one line.
pub(crate) const FILE: &str = "inn;name\n7707083893;УК Двор\n";

/// How a program begins to import that file.
pub(crate) fn wish() -> Value {
    json!({ "files": [{ "name": "companies.csv", "size_bytes": FILE.len() }], "is_for_demo": true })
}

/// An import of this person with its one file there.
pub(crate) fn stage(suite: &Suite, person_id: &str) -> String {
    let import_id = fresh_id(&suite.env);
    let files = [("companies.csv", FILE.len() as u64)];
    let new = NewImport { import_id: &import_id, person_id, is_for_demo: true, files: &files };
    let part = NewPart { import_id: &import_id, file_no: 0, part_no: 0, bytes: FILE.into() };
    let stage = |tx: &store::Tx<'_>| {
        import::create(tx, suite.env.now(), &new)?;
        import::add_part(tx, part)
    };
    suite.env.db().write(stage).unwrap();
    import_id
}

/// The admin of the demo, signed in.
struct Admin {
    suite: Suite,
    cookie: String,
}

impl Admin {
    async fn new() -> Self {
        let suite = Suite::demo(NOW);
        let cookie = suite.sign_in("admin").await;
        Self { suite, cookie }
    }

    async fn post(&self, path: &str, body: Option<Value>) -> Answer {
        let key = fresh_id(&self.suite.env);
        self.suite.ask("POST", path, &[("cookie", &self.cookie), ("idempotency-key", &key)], body).await
    }

    async fn begin(&self, files: &[(&str, &[u8])]) -> String {
        let list: Vec<_> =
            files.iter().map(|(name, bytes)| json!({ "name": name, "size_bytes": bytes.len() })).collect();
        let begun = self.post("/api/homes/imports", Some(json!({ "files": list, "is_for_demo": true }))).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
        begun.body["import_id"].as_str().unwrap().to_owned()
    }

    async fn put(&self, import_id: &str, file_no: usize, part_no: usize, bytes: &[u8]) -> Answer {
        let path = format!("/api/homes/imports/{import_id}/files/{file_no}/parts/{part_no}");
        self.suite.send("PUT", &path, &[("cookie", &self.cookie)], bytes.to_vec()).await
    }

    /// Begins an import and sends all its parts.
    async fn send(&self, files: &[(&str, &[u8])]) -> String {
        let import_id = self.begin(files).await;
        for (file_no, (_, bytes)) in files.iter().enumerate() {
            for (part_no, part) in bytes.chunks(PART_BYTES).enumerate() {
                let answer = self.put(&import_id, file_no, part_no, part).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            }
        }
        import_id
    }

    async fn step(&self, import_id: &str, step: &str) -> Answer {
        self.post(&format!("/api/homes/imports/{import_id}/{step}"), None).await
    }

    fn count(&self, table: &str) -> String {
        self.suite.rows(&format!("select count(*) from {table}")).remove(0).remove(0)
    }
}

fn meters(lines: usize, premises: impl Fn(usize) -> &'static str) -> String {
    let house = "kind;serial;house_code;premises;rates;digits_integer;digits_fraction;installed_on\n";
    let line = |number: usize| format!("gas;Г{number};{{house}};{};1;5;3;2024-01-10\n", premises(number));
    std::iter::once(house.to_owned()).chain((0..lines).map(line)).collect()
}

fn of_demo_house(admin: &Admin, text: &str) -> String {
    let code = admin.suite.rows("select code from house").remove(0).remove(0);
    text.replace("{house}", &code)
}

#[tokio::test]
async fn a_check_promises_what_the_import_does_and_changes_nothing() {
    let admin = Admin::new().await;
    let text = of_demo_house(&admin, &meters(700, |_| "15"));
    let import_id = admin.send(&[("meters.csv", text.as_bytes()), ("companies.csv", FILE.as_bytes())]).await;
    let before = admin.count("meter");
    let checked = admin.step(&import_id, "check").await;
    assert_eq!((checked.status, checked.body["stage"].as_str()), (StatusCode::OK, Some("checked")), "{}", checked.body);
    assert_eq!((admin.count("meter"), admin.count("company")), (before.clone(), "2".to_owned()));
    assert_eq!(checked.body["report"]["files"][1]["added"], 700);

    let applied = admin.step(&import_id, "apply").await;
    assert_eq!((applied.status, applied.body["stage"].as_str()), (StatusCode::OK, Some("applied")), "{}", applied.body);
    assert_eq!(applied.body["report"], checked.body["report"]);
    assert_eq!(admin.count("meter").parse::<usize>().unwrap(), before.parse::<usize>().unwrap() + 700);
    assert_eq!(admin.count("company"), "3");
}

#[tokio::test]
async fn a_check_names_the_rows_that_change_and_counts_what_is_cleared() {
    let admin = Admin::new().await;
    let known = "inn;name;phone\n7707083893;УК Двор;+7 900 000-01-00\n";
    let import_id = admin.send(&[("companies.csv", known.as_bytes())]).await;
    admin.step(&import_id, "check").await;
    admin.step(&import_id, "apply").await;
    let cleared = "inn;name;phone\n7707083893;УК Двор;\n";
    let import_id = admin.send(&[("companies.csv", cleared.as_bytes())]).await;
    let file = admin.step(&import_id, "check").await.body["report"]["files"][0].clone();
    assert_eq!((&file["changed"], &file["cleared"]), (&json!(1), &json!(1)));
    assert_eq!(file["changed_rows"], json!([{ "line": 2, "key": "7707083893", "columns": ["phone"] }]));
}

#[tokio::test]
async fn an_import_repeated_answers_the_same_and_is_done_once() {
    let admin = Admin::new().await;
    let import_id = admin.send(&[("companies.csv", FILE.as_bytes())]).await;
    admin.step(&import_id, "check").await;
    let first = admin.step(&import_id, "apply").await;
    let second = admin.step(&import_id, "apply").await;
    assert_eq!((second.status, second.body), (first.status, first.body));
    let kept = "select count(*) from audit_entry where action = 'file.import'";
    assert_eq!(admin.suite.rows(kept).concat(), ["1"]);
    assert_eq!(admin.suite.rows("select count(*) from event where kind = 'import.applied'").concat(), ["1"]);
    assert_eq!(
        (admin.count("import_part").as_str(), admin.step(&import_id, "check").await.body["stage"].as_str()),
        ("0", Some("applied"))
    );
    assert_eq!(admin.put(&import_id, 0, 0, FILE.as_bytes()).await.problem(), "import-not-ready");
}

#[tokio::test]
async fn the_admin_hears_of_it_in_the_feed() {
    let admin = Admin::new().await;
    let import_id = admin.send(&[("companies.csv", FILE.as_bytes())]).await;
    admin.step(&import_id, "check").await;
    admin.step(&import_id, "apply").await;
    reminders::run(&admin.suite.env, admin.suite.env.now()).unwrap();
    let told = admin.suite.rows("select title, body, link from notice where kind = 'import-applied'");
    assert_eq!((told[0][0].as_str(), told[0][2].as_str()), ("Данные загружены", "/import"));
    assert!(told[0][1].contains("Новых записей: 1"), "{told:?}");
}

/// A file in which the account of Anna's flat has another phone.
fn another_phone(suite: &Suite) -> String {
    let sql = "select a.number, h.code, p.number, a.holder, '+79000000099', a.opened_on from account a
               join premises p using (premises_id) join house h using (house_id) where a.number = '0000000015'";
    format!("number;house_code;premises;holder;contact_phone;opened_on\n{}\n", suite.rows(sql).concat().join(";"))
}

#[tokio::test]
async fn whoever_is_linked_hears_of_another_contact_and_finds_what_it_was_in_the_journal() {
    let admin = Admin::new().await;
    let suite = &admin.suite;
    let import_id = admin.send(&[("accounts.csv", another_phone(suite).as_bytes())]).await;
    let told = || {
        reminders::run(&suite.env, suite.env.now()).unwrap();
        let sql = "select p.login, n.body from notice n join person p using (person_id)
                   where n.kind = 'account-contact-replaced'";
        suite.rows(sql)
    };
    let checked = admin.step(&import_id, "check").await.body;
    assert_eq!(checked["stage"], "checked", "{checked}");
    assert!(told().is_empty(), "a check tells nobody");
    let applied = admin.step(&import_id, "apply").await.body;
    assert_eq!((&applied["stage"], &applied["report"]), (&json!("applied"), &checked["report"]));
    let told = told();
    assert!(!told.is_empty(), "{applied} {:?}", suite.rows("select kind, payload, handled_at from event"));
    assert_eq!((told.len(), told[0][0].as_str()), (1, "anna"));
    assert!(told[0][1].contains("0000000015"), "{told:?}");

    let cookie = suite.sign_in("anna").await;
    let journal = suite.ask("GET", "/api/auth/journal", &[("cookie", &cookie)], None).await.body;
    let items = journal["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["what"].as_str().unwrap().contains("данные лицевого счёта")).unwrap();
    let details = json!([
        { "name": "лицевой счёт", "value": "0000000015" },
        { "name": "телефон был", "value": "+7********15" },
        { "name": "телефон стал", "value": "+7********99" },
    ]);
    assert_eq!((&item["details"], &item["who"], &item["address"]), (&details, &json!("staff"), &Value::Null));
    let own = admin.suite.ask("GET", "/api/auth/journal", &[("cookie", &admin.cookie)], None).await.body;
    let own: Vec<_> = own["items"].as_array().unwrap().iter().filter_map(|item| item["what"].as_str()).collect();
    assert!(own.contains(&"Загружены данные из файла") && !own.iter().any(|what| what.contains("лицевого")), "{own:?}");
}

#[tokio::test]
async fn bad_lines_are_named_with_their_column_and_a_refused_import_cannot_be_applied() {
    let admin = Admin::new().await;
    let text = of_demo_house(&admin, &meters(600, |number| if number == 555 { "9999" } else { "15" }));
    let import_id = admin.send(&[("meters.csv", text.as_bytes())]).await;
    let before = admin.count("meter");
    let refused = admin.step(&import_id, "check").await.body;
    assert_eq!((refused["stage"].as_str(), &refused["report"]["bad_lines_total"]), (Some("refused"), &json!(1)));
    let bad = &refused["report"]["bad_lines"][0];
    assert_eq!((&bad["line"], &bad["column"], &bad["file"]), (&json!(557), &json!("premises"), &json!("meters.csv")));
    assert_eq!(admin.step(&import_id, "apply").await.problem(), "import-not-ready");
    assert_eq!(admin.count("meter"), before);
}

#[tokio::test]
async fn a_refusal_says_whether_the_other_lines_were_held_against_the_register() {
    let admin = Admin::new().await;
    for (second, is_register_checked) in [("", false), ("9998", true)] {
        let text = of_demo_house(&admin, &meters(2, |number| if number == 0 { "9999" } else { second }));
        let import_id = admin.send(&[("meters.csv", text.as_bytes())]).await;
        let report = admin.step(&import_id, "check").await.body["report"].clone();
        assert_eq!(report["is_register_checked"], is_register_checked, "{report}");
        assert_eq!(report["bad_lines_total"], if is_register_checked { 2 } else { 1 });
    }
}

#[tokio::test]
async fn many_bad_lines_are_told_by_the_first_and_their_number() {
    let admin = Admin::new().await;
    let import_id = admin.send(&[("meters.csv", of_demo_house(&admin, &meters(1_500, |_| "")).as_bytes())]).await;
    let report = admin.step(&import_id, "check").await.body["report"].clone();
    assert_eq!((report["bad_lines"].as_array().unwrap().len(), &report["bad_lines_total"]), (200, &json!(1_500)));
}

#[tokio::test]
async fn what_changed_between_the_check_and_the_word_refuses_all() {
    let admin = Admin::new().await;
    let text = of_demo_house(&admin, &meters(3, |_| "15"));
    let import_id = admin.send(&[("meters.csv", text.as_bytes()), ("companies.csv", FILE.as_bytes())]).await;
    admin.step(&import_id, "check").await;
    let other = of_demo_house(&admin, &meters(1, |_| "16"));
    let file = domain::import::ImportFile::parse("other.csv", other.as_bytes()).unwrap();
    let source = import::Source { name: "other.csv".to_owned(), sha256: String::new(), file };
    let by = import::By { actor: "operator", fields: &[], reach: &[Scope::Portal], is_for_demo: true };
    admin.suite.env.db().write(|tx| import::take(tx, admin.suite.env.now(), [1; 32], &by, vec![source])).unwrap();

    let applied = admin.step(&import_id, "apply").await;
    assert_eq!((applied.status, applied.body["stage"].as_str()), (StatusCode::OK, Some("refused")), "{}", applied.body);
    assert_eq!(admin.count("company"), "2");
}

/// From now on another part of the same size comes whenever the portal does something, and the import is at this stage.
fn send_meanwhile(admin: &Admin, import_id: &str, stage: &'static str) {
    let (location, import_id) = (admin.suite.location.clone(), import_id.to_owned());
    let file = rusqlite::Connection::open(location.database_file()).unwrap();
    admin.suite.meanwhile(move || {
        let bytes = FILE.replace("Двор", "Сад!").into_bytes();
        let part = NewPart { import_id: &import_id, file_no: 0, part_no: 0, bytes };
        location.db().write(|tx| import::add_part(tx, part)).unwrap();
        file.execute("update import set stage = ?1", [stage]).unwrap();
    });
}

#[tokio::test]
async fn a_check_says_nothing_of_a_part_that_came_meanwhile() {
    let admin = Admin::new().await;
    let import_id = admin.send(&[("companies.csv", FILE.as_bytes())]).await;
    send_meanwhile(&admin, &import_id, "uploading");
    assert_eq!(admin.step(&import_id, "check").await.problem(), "import-not-ready");
    assert_eq!(admin.suite.rows("select stage, report from import").concat(), ["uploading", ""]);
}

#[tokio::test]
async fn an_import_takes_in_no_part_that_came_after_its_check() {
    let admin = Admin::new().await;
    let import_id = admin.send(&[("companies.csv", FILE.as_bytes())]).await;
    assert_eq!(admin.step(&import_id, "check").await.body["stage"], "checked");
    send_meanwhile(&admin, &import_id, "checked");
    assert_eq!(admin.step(&import_id, "apply").await.problem(), "import-not-ready");
    assert_eq!(admin.count("company"), "2");
}

#[tokio::test]
async fn a_file_of_many_parts_in_windows_1251_comes_together_in_any_order() {
    let admin = Admin::new().await;
    let mut text = b"inn;name\n".to_vec();
    let name: Vec<u8> = "УК Двор"
        .chars()
        .map(|letter| if letter == ' ' { b' ' } else { (letter as u32 - 0x410 + 0xc0) as u8 })
        .collect();
    text.extend([b"7707083893;", &name[..], b"\n"].concat());
    text.extend(vec![b'\n'; PART_BYTES * 2]);
    let import_id = admin.begin(&[("companies.csv", &text)]).await;
    let parts: Vec<_> = text.chunks(PART_BYTES).enumerate().collect();
    for (part_no, part) in parts.iter().rev() {
        assert_eq!(admin.step(&import_id, "check").await.problem(), "import-not-ready");
        admin.put(&import_id, 0, *part_no, part).await;
        admin.put(&import_id, 0, *part_no, part).await;
    }
    assert_eq!(admin.step(&import_id, "check").await.body["report"]["files"][0]["added"], 1);
    admin.step(&import_id, "apply").await;
    assert_eq!(admin.suite.rows("select name from company where inn = '7707083893'").concat(), ["УК Двор"]);
}

#[tokio::test]
async fn a_part_of_another_size_or_place_is_refused() {
    let admin = Admin::new().await;
    let import_id = admin.begin(&[("companies.csv", FILE.as_bytes())]).await;
    assert_eq!(admin.put(&import_id, 0, 0, b"short").await.problem(), "validation");
    assert_eq!(admin.put(&import_id, 0, 1, FILE.as_bytes()).await.problem(), "not-found");
    assert_eq!(admin.put(&import_id, 1, 0, FILE.as_bytes()).await.problem(), "not-found");
    assert_eq!(admin.put(&import_id, 0, 0, &vec![b'a'; PART_BYTES + 1]).await.problem(), "body-too-large");
}

#[tokio::test]
async fn too_many_or_too_large_files_are_refused_before_they_are_sent() {
    let admin = Admin::new().await;
    let ask = |files: Value| admin.post("/api/homes/imports", Some(json!({ "files": files, "is_for_demo": true })));
    let file = |size: u64| json!({ "name": "a.csv", "size_bytes": size });
    for files in [
        json!([]),
        json!(vec![file(1); 21]),
        json!([file(6 << 20), file((6 << 20) + 1)]),
        json!([file(0)]),
        json!([{ "name": "", "size_bytes": 1 }]),
    ] {
        let answer = ask(files.clone()).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "validation"), "{files}");
    }
}

#[tokio::test]
async fn more_lines_than_are_checked_in_time_are_refused_with_the_way_out() {
    let admin = Admin::new().await;
    let many = |lines: usize| {
        let line = |number: usize| format!("gas;Г{number};company;2026-06;2026-06-20;1\n");
        let header = "meter_kind;meter_serial;source;period;taken_on;value_1\n".to_owned();
        std::iter::once(header).chain((0..lines).map(line)).collect::<String>()
    };
    let (most, one) = (many(100_000), many(1));
    let most = ("a.csv", most.as_bytes());
    let import_id = admin.send(&[most, ("b.csv", one.as_bytes())]).await;
    let refused = admin.step(&import_id, "check").await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "validation"));
    assert!(refused.body["errors"][0]["detail"].as_str().unwrap().contains("moydom import"), "{}", refused.body);
    let import_id = admin.send(&[most]).await;
    assert_eq!(admin.step(&import_id, "check").await.body["report"]["bad_lines_total"], 100_000);
}

#[tokio::test]
async fn a_demo_portal_takes_only_files_that_are_called_made_up() {
    let admin = Admin::new().await;
    let mut body = wish();
    body["is_for_demo"] = json!(false);
    let answer = admin.post("/api/homes/imports", Some(body)).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::CONFLICT, "demo-state"));
}

#[tokio::test]
async fn an_import_that_nobody_finished_is_given_up() {
    let admin = Admin::new().await;
    let earlier = admin.send(&[("companies.csv", FILE.as_bytes())]).await;
    let later = admin.send(&[("companies.csv", FILE.as_bytes())]).await;
    assert_eq!(admin.step(&earlier, "check").await.problem(), "not-found");
    admin.suite.set_clock(admin.suite.env.now() + jiff::SignedDuration::from_hours(25));
    reminders::run(&admin.suite.env, admin.suite.env.now()).unwrap();
    let cookie = admin.suite.sign_in("admin").await;
    let path = format!("/api/homes/imports/{later}");
    assert_eq!(admin.suite.ask("GET", &path, &[("cookie", &cookie)], None).await.problem(), "not-found");
    assert_eq!(admin.count("import_part"), "0");
}
