//! What the doctor finds, on states made to be found.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

const MANIFEST: &str = r#"
spin_manifest_version = 2
[application]
name = "app"
[variables]
public_origin = { default = "http://127.0.0.1:3000" }
trusted_proxies = { default = "" }
sms_gateway_origin = { default = "http://127.0.0.1:3001" }
jobs_token = { required = true, secret = true }
[[trigger.http]]
route = "/..."
component = "one"
[component.one]
source = "one.wasm"
"#;

/// A healthy installation.
struct Fixture {
    room: TempDir,
    questions: Questions,
}

impl Fixture {
    fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let path = |name: &str| room.path().join(name);
        fs::write(path("spin.toml"), MANIFEST).unwrap();
        fs::write(path("one.wasm"), "").unwrap();
        fs::write(path(".env"), "SPIN_VARIABLE_JOBS_TOKEN=secret\nSPIN_VARIABLE_PUBLIC_ORIGIN=https://dom.example")
            .unwrap();
        fs::create_dir(path("state")).unwrap();
        fs::set_permissions(path("state"), fs::Permissions::from_mode(0o700)).unwrap();
        let mut connection = Connection::open(path("state/sqlite_db.db")).unwrap();
        schema::migrate(&mut connection, "2026-07-20T12:00:00Z").unwrap();
        let questions = Questions {
            application: Application { manifest: path("spin.toml"), env_file: path(".env") },
            state: path("state"),
            runtime_config: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: None,
            now: "2026-07-20T12:00:00Z".parse().unwrap(),
        };
        Self { room, questions }
    }

    fn finding(&self, what: &str) -> Finding {
        let findings = examine(&self.questions);
        findings.iter().find(|finding| finding.what == what).unwrap_or_else(|| panic!("{findings:?}")).clone()
    }

    /// Gives one more variable a value.
    fn set(&self, line: &str) {
        fs::write(self.room.path().join(".env"), format!("SPIN_VARIABLE_JOBS_TOKEN=secret\n{line}")).unwrap();
    }

    fn certificate(&mut self, from: i32, until: i32) {
        let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (rcgen::date_time_ymd(from, 1, 1), rcgen::date_time_ymd(until, 8, 1));
        let key = rcgen::KeyPair::generate().unwrap();
        let (cert, private) = (self.room.path().join("cert.pem"), self.room.path().join("key.pem"));
        fs::write(&cert, params.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(&private, key.serialize_pem()).unwrap();
        self.questions.tls = Some((cert, private));
    }
}

#[track_caller]
fn assert_is(finding: &Finding, grade: Grade, word: &str) {
    assert!(finding.grade == grade && finding.words.contains(word), "{finding:?} is not {grade:?} with {word:?}");
}

#[test]
fn a_healthy_installation_has_no_fault() {
    let findings = examine(&Fixture::new().questions);
    assert!(findings.iter().all(|finding| finding.grade != Grade::Fault), "{findings:?}");
}

#[test]
fn a_missing_component_is_named() {
    let fixture = Fixture::new();
    fs::remove_file(fixture.room.path().join("one.wasm")).unwrap();
    assert_is(&fixture.finding("components"), Grade::Fault, "one.wasm");
}

#[test]
fn a_missing_secret_is_named_with_the_command_that_makes_it() {
    let fixture = Fixture::new();
    fs::write(fixture.room.path().join(".env"), "").unwrap();
    assert_is(&fixture.finding("variables"), Grade::Fault, "SPIN_VARIABLE_JOBS_TOKEN");
    assert_is(&fixture.finding("variables"), Grade::Fault, "moydom secrets");
}

#[test]
fn an_origin_without_https_is_told() {
    let fixture = Fixture::new();
    fixture.set("SPIN_VARIABLE_PUBLIC_ORIGIN=http://dom.example");
    assert_is(&fixture.finding("public_origin"), Grade::Fault, "https");
    fixture.set("SPIN_VARIABLE_PUBLIC_ORIGIN=http://localhost:3000");
    assert_is(&fixture.finding("public_origin"), Grade::Warning, "this machine only");
}

#[test]
fn a_trusted_proxy_that_is_no_address_is_told() {
    let fixture = Fixture::new();
    fixture.set("SPIN_VARIABLE_TRUSTED_PROXIES=10.0.0.1,10.0.0.0/8");
    assert_is(&fixture.finding("trusted_proxies"), Grade::Fault, "10.0.0.0/8");
}

#[test]
fn a_value_that_cannot_work_is_a_fault_and_nothing_better() {
    let fixture = Fixture::new();
    fixture.set("SPIN_VARIABLE_PUBLIC_ORIGIN=https://dom.example/portal");
    assert_is(&fixture.finding("public_origin"), Grade::Fault, "has a path");
    fixture.set("SPIN_VARIABLE_SMS_GATEWAY_ORIGIN=sms.example");
    assert_is(&fixture.finding("sms_gateway_origin"), Grade::Fault, "no scheme");
    let about = examine(&fixture.questions).iter().filter(|finding| finding.what == "sms_gateway_origin").count();
    assert_eq!(about, 1);
}

#[test]
fn a_misspelt_variable_is_told() {
    let fixture = Fixture::new();
    fixture.set("SPIN_VARIABLE_PUBLIC_ORGIN=https://dom.example");
    assert_is(&fixture.finding("unknown variables"), Grade::Warning, "SPIN_VARIABLE_PUBLIC_ORGIN");
}

#[test]
fn a_gateway_that_nobody_answers_for_is_warned_of() {
    let fixture = Fixture::new();
    let gateway = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    fixture.set(&format!("SPIN_VARIABLE_SMS_GATEWAY_ORIGIN=http://{}", gateway.local_addr().unwrap()));
    assert_is(&fixture.finding("sms_gateway_origin"), Grade::Good, "takes connections");
    drop(gateway);
    assert_is(&fixture.finding("sms_gateway_origin"), Grade::Warning, "does not answer");
    fixture.set("");
    assert_is(&fixture.finding("sms_gateway_origin"), Grade::Warning, "sandbox");
}

#[test]
fn a_damaged_file_beside_the_database_is_told() {
    let fixture = Fixture::new();
    fs::write(fixture.questions.state.join("files.db"), "xx").unwrap();
    assert_is(&fixture.finding("other files"), Grade::Fault, "files.db");
}

#[test]
fn a_state_that_is_not_there_or_open_to_others_is_told() {
    let mut fixture = Fixture::new();
    fs::set_permissions(&fixture.questions.state, fs::Permissions::from_mode(0o755)).unwrap();
    assert_is(&fixture.finding("state"), Grade::Warning, "chmod 700");
    fixture.questions.state = fixture.room.path().join("absent");
    assert_is(&fixture.finding("state"), Grade::Fault, "moydom migrate");
    assert_is(&fixture.finding("database"), Grade::Fault, "moydom migrate");
}

#[test]
fn an_older_and_a_newer_schema_are_told_apart() {
    let fixture = Fixture::new();
    let connection = Connection::open(fixture.questions.state.join("sqlite_db.db")).unwrap();
    connection.execute("delete from schema_migration where version > 5", []).unwrap();
    assert_is(&fixture.finding("schema"), Grade::Fault, "moydom migrate");
    connection.execute("insert into schema_migration values (9999, '9999_x', '', '')", []).unwrap();
    assert_is(&fixture.finding("schema"), Grade::Fault, "newer");
}

#[test]
fn a_damaged_database_is_told() {
    let fixture = Fixture::new();
    fs::write(fixture.questions.state.join("sqlite_db.db"), "this is no database at all, it is a text of some length")
        .unwrap();
    assert_is(&fixture.finding("database"), Grade::Fault, "restore a backup");
}

#[test]
fn a_clock_before_the_last_entry_is_told() {
    let mut fixture = Fixture::new();
    let connection = Connection::open(fixture.questions.state.join("sqlite_db.db")).unwrap();
    let sql = "insert into audit_entry values (1, '2026-07-20T11:00:00.000Z', 'system', 'test', 'test', '{}', '', 'a')";
    connection.execute(sql, []).unwrap();
    assert_is(&fixture.finding("clock"), Grade::Good, "2026");
    fixture.questions.now = "2026-07-20T10:00:00Z".parse().unwrap();
    assert_is(&fixture.finding("clock"), Grade::Fault, "set it right");
}

#[test]
fn a_certificate_near_its_end_is_warned_of_and_an_expired_one_is_a_fault() {
    let mut fixture = Fixture::new();
    fixture.certificate(2020, 2030);
    assert_is(&fixture.finding("certificate"), Grade::Good, "days are left");
    fixture.certificate(2020, 2026);
    assert_is(&fixture.finding("certificate"), Grade::Warning, "11 days");
    fixture.certificate(2020, 2025);
    assert_is(&fixture.finding("certificate"), Grade::Fault, "expired");
    fixture.certificate(2027, 2030);
    assert_is(&fixture.finding("certificate"), Grade::Fault, "not valid yet");
}

#[test]
fn a_runtime_configuration_that_is_not_understood_is_told() {
    let mut fixture = Fixture::new();
    let file = fixture.room.path().join("runtime.toml");
    fs::write(&file, "[llm_compute]\ntype = 'spin'").unwrap();
    fixture.questions.runtime_config = Some(file);
    assert_is(&fixture.finding("runtime configuration"), Grade::Fault, "llm_compute");
}

#[test]
fn a_port_that_is_taken_is_told() {
    let mut fixture = Fixture::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    fixture.questions.listen = taken.local_addr().unwrap();
    assert_is(&fixture.finding("port"), Grade::Warning, "--listen");
}
