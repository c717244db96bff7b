//! What is read, and what is refused with which words.

use super::*;
use proptest::prelude::*;

/// Everything that the host understands, once.
const FULL: &str = r#"
spin_manifest_version = 2

[application]
name = "moydom"
version = "1.0.0"
description = "a portal"
authors = ["Мой дом"]

[variables]
origin = { default = "http://localhost", description = "links" }
token = { required = true, secret = true }

[[trigger.http]]
id = "readings-api"
route = "/api/readings/..."
component = "readings"

[[trigger.http]]
route = { private = true }
component = "readings"

[[trigger.http]]
route = "/old"
static_response = { status_code = 308, headers = { location = "/new" }, body = "moved" }

[[trigger.cron]]
component = "readings"
cron_expression = "0 */5 * * * *"

[component.readings]
description = "meters"
source = "target/readings.wasm"
files = [{ source = "static", destination = "/" }]
allowed_outbound_hosts = ["{{ origin }}", "http://auth.spin.internal"]
key_value_stores = ["default"]
sqlite_databases = ["default", "files"]
variables = { url = "{{ origin }}/api", token = "{{ token }}" }
environment = { RUST_LOG = "info" }

[component.readings.build]
command = "cargo build"
workdir = "components/readings"
watch = ["src/**/*.rs"]
"#;

#[test]
fn every_key_arrives() {
    let manifest = Manifest::parse(FULL).unwrap();
    assert_eq!((manifest.name.as_str(), manifest.version.as_str()), ("moydom", "1.0.0"));
    assert_eq!(manifest.variables["origin"].default.as_deref(), Some("http://localhost"));
    assert!(manifest.variables["token"].secret);
    let patterns: Vec<_> =
        manifest.http.iter().map(|trigger| trigger.route.as_ref().map(|route| route.pattern.as_str())).collect();
    assert_eq!(patterns, [Some("/api/readings/..."), None, Some("/old")]);
    let Handler::Static(response) = &manifest.http[2].handler else {
        panic!("{:?}", manifest.http[2]);
    };
    assert_eq!((response.status, response.body.as_str()), (308, "moved"));
    assert_eq!(response.headers["location"], "/new");
    assert_eq!(manifest.cron[0].expression, "0 */5 * * * *");
    let component = &manifest.components["readings"];
    assert_eq!(component.source, Path::new("target/readings.wasm"));
    assert_eq!(component.files[0].destination, "/");
    assert_eq!(component.sqlite_databases, ["default", "files"]);
    assert_eq!(component.variables["url"], "{{ origin }}/api");
    assert_eq!(component.environment["RUST_LOG"], "info");
}

#[test]
fn the_suites_own_manifest_is_understood() {
    let manifest = Manifest::parse(include_str!("../../../../spin.toml")).unwrap();
    assert!(manifest.components.contains_key("auth"));
}

/// Replaces one piece of the full manifest and returns the refusal.
fn refusal(piece: &str, replacement: &str) -> String {
    assert!(FULL.contains(piece), "{piece}");
    Manifest::parse(&FULL.replacen(piece, replacement, 1)).unwrap_err().to_string()
}

#[track_caller]
fn assert_names(refusal: &str, words: &[&str]) {
    for word in words {
        assert!(refusal.contains(word), "{refusal:?} does not say {word:?}");
    }
    assert!(!refusal.contains('\n'), "{refusal:?} is more than one line");
}

#[test]
fn an_unknown_key_is_refused_by_name_and_line_wherever_it_stands() {
    let mut refused = 0;
    for (number, line) in FULL.lines().enumerate().filter(|(_, line)| line.starts_with('[')) {
        if line == "[variables]" {
            continue;
        }
        let with_key = format!("{line}\nai_models = []");
        let mut lines: Vec<&str> = FULL.lines().collect();
        lines[number] = &with_key;
        let refusal = Manifest::parse(&lines.join("\n")).unwrap_err().to_string();
        let place = format!("line {}:", number + 2);
        assert_names(&refusal, &[&place, "`ai_models`", "remove it"]);
        refused += 1;
    }
    assert_eq!(refused, 7);
}

#[test]
fn what_only_spin_can_do_is_refused() {
    let refusal_of_url = refusal(
        "source = \"target/readings.wasm\"",
        "source = { url = \"https://example.com/a.wasm\", digest = \"sha256:0\" }",
    );
    assert_names(&refusal_of_url, &["[component.readings]", "local files", "download"]);
    let refusal_of_pattern = refusal("{ source = \"static\", destination = \"/\" }", "\"static/**\"");
    assert_names(&refusal_of_pattern, &["static/**", "[component.readings]", "no patterns"]);
    assert_names(&refusal("[[trigger.cron]]", "[[trigger.redis]]"), &["`redis`"]);
    assert_names(
        &refusal("component = \"readings\"", "component = { source = \"a\" }"),
        &["/api/readings/...", "[component.NAME]"],
    );
    assert_names(&refusal("version = 2", "version = \"1\""), &["spin_manifest_version", "2"]);
}

#[test]
fn triggers_lead_to_components_that_exist() {
    let refusal = refusal("component = \"readings\"", "component = \"meters\"");
    assert_names(&refusal, &["`meters`", "correct the name"]);
}

#[test]
fn a_trigger_has_one_handler() {
    let neither = refusal("route = \"/api/readings/...\"\ncomponent = \"readings\"", "route = \"/a\"");
    assert_names(&neither, &["`/a`", "neither"]);
    let both = refusal("route = \"/old\"", "route = \"/old\"\ncomponent = \"readings\"");
    assert_names(&both, &["`/old`", "remove one"]);
}

#[test]
fn routes_are_unique_and_well_formed() {
    let duplicate = refusal("route = \"/old\"", "route = \"/api/readings/...\"");
    assert_names(&duplicate, &["`/api/readings/...`", "same paths"]);
    assert_names(&refusal("\"/old\"", "\"old\""), &["`old`"]);
    assert_names(&refusal("{ private = true }", "{ private = false }"), &["private = true"]);
    assert_names(&refusal("308", "99"), &["`/old`", "99"]);
}

#[test]
fn variables_are_named_and_declared_properly() {
    assert_names(&refusal("required = true, ", ""), &["`token`", "no default"]);
    assert_names(&refusal("required = true", "required = true, default = \"\""), &["`token`"]);
    assert_names(&refusal("\norigin =", "\norigin-url ="), &["`origin-url`", "lower_snake_case"]);
    assert_names(&refusal("{{ token }}", "{{ tokens }}"), &["[component.readings]", "`tokens`"]);
    assert_names(&refusal("\"{{ origin }}\"", "\"{{ host }}\""), &["`host`", "[variables]"]);
    assert_names(&refusal("{{ token }}", "{{ token"), &["[component.readings]", "close it"]);
}

#[test]
fn names_and_labels_are_checked() {
    let renamed = FULL.replace("[component.readings", "[component.my_readings");
    let error = Manifest::parse(&renamed).unwrap_err().to_string();
    assert_names(&error, &["`my_readings`", "kebab-case"]);
    assert_names(&refusal("\"files\"]", "\"my files\"]"), &["`my files`", "[component.readings]"]);
}

#[test]
fn a_mistake_of_form_has_its_line() {
    assert_names(&refusal("308", "\"moved\""), &["line 25:", "string"]);
    assert_names(&refusal("name = \"moydom\"\n", ""), &["line 4:", "`name`", "add it"]);
    assert_names(&refusal("[application]", "[application"), &["line 4:"]);
}

#[test]
fn a_manifest_that_cannot_be_read_is_named() {
    let error = Manifest::load(Path::new("/nowhere/spin.toml")).unwrap_err().to_string();
    assert_names(&error, &["/nowhere/spin.toml"]);
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = Manifest::parse(&text);
    }

    #[test]
    fn no_damage_to_a_manifest_panics(
        at in 0..FULL.len(),
        length in 0..40usize,
        replacement in "[\\[\\]{}=\"'a-z_.\n0-9é]{0,8}",
    ) {
        let end = (at + length).min(FULL.len());
        if FULL.is_char_boundary(at) && FULL.is_char_boundary(end) {
            let damaged = format!("{}{replacement}{}", &FULL[..at], &FULL[end..]);
            if let Err(error) = Manifest::parse(&damaged) {
                prop_assert!(!error.to_string().contains('\n'));
            }
        }
    }
}
