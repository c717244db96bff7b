//! `moydom` as an operator types it: what it refuses, and whether the way out is told.

use std::fs::{self, File};
use std::net::TcpListener;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A manifest in the suite's name. Its component is never built: what is refused here is refused before it is read.
const MANIFEST: &str = r#"
spin_manifest_version = 2
[application]
name = "moydom"
[variables]
public_origin = { default = "http://127.0.0.1:3000" }
sms_gateway_origin = { default = "http://127.0.0.1:3001" }
files_key = { required = true, secret = true }
[[trigger.http]]
route = "/..."
component = "one"
[component.one]
source = "one.wasm"
sqlite_databases = ["default"]
"#;

/// A folder to type commands in.
struct Place(TempDir);

impl Place {
    fn empty() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// With an application and its secret.
    fn new() -> Self {
        let place = Self::empty();
        place.write("spin.toml", MANIFEST);
        place.write(".env", format!("SPIN_VARIABLE_FILES_KEY={}", "0f".repeat(32)));
        place
    }

    /// With a state of real data too.
    fn with_state() -> Self {
        let place = Self::new();
        place.told(&["migrate", "--live"]);
        place
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), bytes).expect("a file");
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let moydom = Command::new(env!("CARGO_BIN_EXE_moydom")).args(arguments).current_dir(&self.0).output();
        moydom.expect("moydom runs")
    }

    /// What it prints.
    #[track_caller]
    fn told(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// The one line that it fails with.
    #[track_caller]
    fn refusal(&self, arguments: &[&str], words: &[&str]) {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?} is not refused");
        let line = said.lines().last().unwrap_or_default();
        for word in words {
            assert!(line.contains(word), "{word:?} is not in {said:?}");
        }
    }

    /// The one line that a start fails with; the tests that run beside this one take ports too.
    #[track_caller]
    fn serve_refusal(&self, arguments: &[&str], words: &[&str]) {
        self.refusal(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat(), words);
    }
}

#[test]
fn a_state_that_is_missing_is_not_made_by_serving_it() {
    let place = Place::new();
    place.serve_refusal(&["--state", "absent"], &["absent/sqlite_db.db", "moydom migrate --state absent"]);
    assert!(!place.0.path().join("absent").exists());
}

#[test]
fn a_file_that_is_no_database_is_not_served() {
    let place = Place::with_state();
    place.write(".spin/sqlite_key_value.db", "xx");
    place.serve_refusal(&[], &["sqlite_key_value.db", "not a database", "restore a backup"]);
    place.write(".spin/sqlite_db.db", "xx");
    fs::remove_file(place.0.path().join(".spin/sqlite_key_value.db")).expect("it was there");
    place.serve_refusal(&[], &["sqlite_db.db", "not a database", "restore a backup"]);
}

#[test]
fn a_state_is_served_by_one_host_at_a_time() {
    let place = Place::with_state();
    let folder = File::open(place.0.path().join(".spin")).expect("a folder");
    folder.lock().expect("what a host that serves it holds");
    place.serve_refusal(&[], &["another host serves the state", "--state"]);
    drop(folder);
    place.serve_refusal(&[], &["one.wasm"]);
}

#[test]
fn a_setting_that_cannot_work_is_not_served_with() {
    let place = Place::with_state();
    let key = format!("SPIN_VARIABLE_FILES_KEY={}\n", "0f".repeat(32));
    for (line, words) in [
        ("SPIN_VARIABLE_FILES_KEY=abc", ["SPIN_VARIABLE_FILES_KEY", "64 hex digits"]),
        ("SPIN_VARIABLE_PUBLIC_ORIGIN=https://dom.example/a", ["SPIN_VARIABLE_PUBLIC_ORIGIN", "has a path"]),
        ("SPIN_VARIABLE_SMS_GATEWAY_ORIGIN=sms.example", ["SPIN_VARIABLE_SMS_GATEWAY_ORIGIN", "no scheme"]),
        ("SPIN_VARIABLE_SMS_GATEWAY_ORIGIN=https://a:1/b", ["SPIN_VARIABLE_SMS_GATEWAY_PATH", "has a path"]),
    ] {
        let others = if line.contains("FILES_KEY") { "" } else { &key };
        place.write("env", format!("{others}{line}"));
        place.serve_refusal(&["--env-file", "env"], &words);
    }
}

#[test]
fn a_missing_secret_is_told_with_its_file_and_the_command_that_makes_it() {
    let place = Place::with_state();
    place.write("env", "");
    place.serve_refusal(&["--env-file", "env"], &["env: ", "SPIN_VARIABLE_FILES_KEY", "moydom secrets"]);
}

#[test]
fn an_address_of_another_machine_and_a_taken_one_are_told_apart() {
    let place = Place::with_state();
    place.refusal(&["serve", "--listen", "192.0.2.1:3000"], &["this machine has no such address"]);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    place.refusal(&["serve", "--listen", &address], &["listens there already"]);
}

#[test]
fn a_folder_without_an_application_leads_to_the_flags_that_name_one() {
    Place::empty().serve_refusal(&[], &["spin.toml", "--app", "--manifest"]);
}

#[test]
fn a_state_never_becomes_of_the_other_kind() {
    let place = Place::with_state();
    place.refusal(&["migrate", "--demo"], &["one of real data", "another folder"]);
    place.told(&["migrate", "--demo", "--state", "demo"]);
    place.refusal(&["migrate", "--live", "--state", "demo"], &["a demo", "another folder"]);
    assert_eq!(place.told(&["migrate"])["kind"], "live");
}

#[test]
fn a_check_says_that_nothing_was_kept() {
    let place = Place::with_state();
    place.write("companies.csv", "inn,name\n7707083893,ООО «Дом»\n");
    assert_eq!(place.told(&["import", "--check", "companies.csv"])["kept"], false);
    let taken = place.told(&["import", "companies.csv"]);
    assert_eq!((&taken["kept"], &taken["files"][0]["added"]), (&json!(true), &json!(1)));
}

#[test]
fn a_folder_is_no_file_to_import() {
    let place = Place::with_state();
    fs::create_dir(place.0.path().join("data")).expect("a folder");
    place.refusal(&["import", "data"], &["data is a folder", "data/*.csv"]);
}

#[test]
fn a_text_of_consent_is_read_as_imports_are() {
    let place = Place::with_state();
    // «Согласие» in Windows-1251.
    place.write("consent.txt", [0xd1, 0xee, 0xe3, 0xeb, 0xe0, 0xf1, 0xe8, 0xe5]);
    place.told(&["consent", "publish", "--title", "Согласие", "consent.txt"]);
    let database = rusqlite::Connection::open(place.0.path().join(".spin/sqlite_db.db")).expect("a database");
    let sql = "select count(*) from consent_text where body = 'Согласие'";
    assert_eq!(database.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number"), 1);
    place.write("consent.txt", [0xd1, b' ', 0x98]);
    place.refusal(&["consent", "publish", "--title", "x", "consent.txt"], &["UTF-8", "Windows-1251", "save it"]);
}

#[test]
fn a_login_that_looks_like_another_one_is_not_invited() {
    let place = Place::with_state();
    place.refusal(&["admin", "create", "--login", "аdmin"], &["one alphabet"]);
}

#[test]
fn the_support_is_invited_and_whoever_works_here_is_listed() {
    let place = Place::with_state();
    let invited = place.run(&["admin", "create", "--login", "vera", "--name", "Вера", "--role", "support"]);
    assert!(String::from_utf8_lossy(&invited.stdout).starts_with("http://127.0.0.1:3000/invitation#"));
    let listed = place.told(&["admin", "list"]);
    assert_eq!(listed["people"], json!([]));
    let invited = &listed["invited"][0];
    assert_eq!((&invited["login"], &invited["roles"]), (&json!("vera"), &json!(["support"])));
}

#[test]
fn only_staff_is_let_in_anew_or_dismissed() {
    let place = Place::with_state();
    for command in ["reset", "dismiss"] {
        place.refusal(&["admin", command, "--login", "vera"], &["nobody of the staff", "admin list"]);
    }
    let database = rusqlite::Connection::open(place.0.path().join(".spin/sqlite_db.db")).expect("a database");
    let sql = "insert into person (person_id, login, password_hash, name, created_at) values ('1', 'vera', '', 'Вера', '2026-01-01T00:00:00Z');
               insert into role_grant (person_id, role, granted_at)
               values ('1', 'resident', '2026-01-01T00:00:00Z'), ('1', 'support', '2026-01-01T00:00:00Z');
               insert into session (session_id, person_id, created_at, expires_at, user_agent, address)
               values ('s', '1', '2026-01-01T00:00:00Z', '2026-01-01T12:00:00Z', '', '');";
    database.execute_batch(sql).expect("one of the staff");
    let link = place.run(&["admin", "reset", "--login", "Vera"]);
    assert!(String::from_utf8_lossy(&link.stdout).contains("/invitation#"), "{link:?}");
    place.refusal(&["admin", "create", "--login", "vera"], &["signs in as vera already", "admin reset"]);
    assert!(place.run(&["admin", "dismiss", "--login", "vera"]).status.success());
    let roles = database.query_row("select group_concat(role) from role_grant where taken_at is null", [], |row| {
        row.get::<_, String>(0)
    });
    assert_eq!(roles.expect("the role of a resident"), "resident");
    let open =
        database.query_row("select count(*) from session where ended_at is null", [], |row| row.get::<_, i64>(0));
    assert_eq!(open.expect("a number"), 0);
}

#[test]
fn a_link_tells_whence_its_address_is_known() {
    let place = Place::with_state();
    let create = |file: &str| place.run(&["admin", "create", "--login", "vera", "--env-file", file]);
    let usual = String::from_utf8_lossy(&create(".env").stderr).into_owned();
    assert!(usual.contains("the default") && usual.contains("--env-file"), "{usual}");
    place.write("env", "SPIN_VARIABLE_PUBLIC_ORIGIN=https://dom.example");
    let given = create("env");
    assert!(String::from_utf8_lossy(&given.stdout).starts_with("https://dom.example/invitation#"));
    assert!(!String::from_utf8_lossy(&given.stderr).contains("the default"));
}
