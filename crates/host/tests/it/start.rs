//! What stops a start is told in one sentence that names it and the way out.

use crate::support::App;

async fn refusal(app: &App) -> String {
    let error = app.host().start().await.err().expect("the start is refused");
    format!("{error:#}")
}

fn assert_names(message: &str, names: &[&str]) {
    assert!(!message.contains('\n'), "more than one line: {message}");
    for name in names {
        assert!(message.contains(name), "{name:?} is not named: {message}");
    }
}

#[tokio::test]
async fn a_missing_component_is_named() {
    let app = App::with(|manifest| manifest.replace("guest_empty.wasm", "guest_gone.wasm"));
    assert_names(&refusal(&app).await, &["empty", "guest_gone.wasm", "build"]);
}

#[tokio::test]
async fn what_is_no_component_is_named() {
    let app = App::with(|manifest| {
        manifest.replace("[component.empty]\nsource = \"", "[component.empty]\nsource = \"spin.toml\" #")
    });
    assert_names(&refusal(&app).await, &["empty", "spin.toml"]);
}

#[tokio::test]
async fn a_required_variable_without_a_value_is_named() {
    let app = App::with(|manifest| {
        manifest
            .replace(r#"secret = { default = "s3cret", secret = true }"#, "secret = { required = true, secret = true }")
    });
    assert_names(&refusal(&app).await, &["secret", "SPIN_VARIABLE_SECRET"]);
}

#[tokio::test]
async fn an_impossible_schedule_is_named() {
    let app = App::with(|manifest| manifest.replace("0 */5 * * * *", "0 99 * * * *"));
    assert_names(&refusal(&app).await, &["tick", "0 99 * * * *"]);
}

#[tokio::test]
async fn an_unknown_key_is_named() {
    let app = App::with(|manifest| manifest.replace("sqlite_databases", "postgres_databases"));
    assert_names(&refusal(&app).await, &["postgres_databases"]);
}

#[tokio::test]
async fn a_cron_component_that_wants_to_call_components_is_refused() {
    let app = App::with(|manifest| {
        let (http, cron) = manifest.split_once("[component.tick]").expect("the cron component");
        format!("{http}[component.tick]{}", cron.replace("{{ neighbour }}", "http://inner.spin.internal"))
    });
    assert_names(&refusal(&app).await, &["tick", "inner.spin.internal"]);
}

#[tokio::test]
async fn a_component_without_the_export_of_its_trigger_is_refused() {
    let app = App::with(|manifest| manifest.replace("component = \"tick\"", "component = \"empty\""));
    assert_names(&refusal(&app).await, &["empty", "handle-cron-event"]);
}

#[tokio::test]
async fn an_unknown_database_label_is_refused() {
    let app = App::with(|manifest| {
        manifest.replace(r#"sqlite_databases = ["default"]"#, r#"sqlite_databases = ["archive"]"#)
    });
    assert_names(&refusal(&app).await, &["archive"]);
}

#[tokio::test]
async fn a_missing_manifest_is_named() {
    let app = App::new();
    std::fs::remove_file(app.path("spin.toml")).expect("the manifest");
    assert_names(&refusal(&app).await, &["spin.toml"]);
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = taken.local_addr().expect("an address");
    let error = App::new().host().listen(address).start().await.err().expect("the start is refused");
    assert_names(&format!("{error:#}"), &[&address.to_string(), "--listen"]);
}

#[tokio::test]
async fn a_state_that_nobody_made_is_refused_and_not_made() {
    let app = App::as_suite();
    assert_names(&refusal(&app).await, &["sqlite_db.db", "moydom migrate --state"]);
    assert!(!app.path(".spin").exists(), "a backup can be restored there");
}

#[tokio::test]
async fn a_state_that_is_served_already_is_refused_until_the_other_host_stops() {
    let app = App::new();
    let first = app.host().start().await.expect("the host starts");
    assert_names(&refusal(&app).await, &["another host", ".spin", "--state"]);
    first.stop().await;
    app.host().start().await.expect("the state is free");
}

#[tokio::test]
async fn a_schema_of_an_older_program_is_refused() {
    let app = App::as_suite();
    app.migrate(&schema::MIGRATIONS[..9]);
    assert_names(&refusal(&app).await, &["default", "version 9", "moydom migrate"]);
    app.migrate(schema::MIGRATIONS);
    app.host().start().await.expect("migrated, it starts");
}

#[tokio::test]
async fn a_schema_of_a_newer_program_is_refused() {
    let app = App::as_suite();
    app.migrate(schema::MIGRATIONS);
    app.database().execute("insert into schema_migration values (9999, '9999_x', '', '')", []).expect("a row");
    assert_names(&refusal(&app).await, &["default", "9999", "install the newer program"]);
}
