//! The key-value store's families: code, schemas and the manifest's grants say the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use boon::{Compiler, Schemas};
use domain::identity::jwk::Jwk;
use serde_json::Value;
use store::kv::{ProviderRecord, SeenRecord, SessionRecord};

use crate::suite::Suite;

const SESSION_ID: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The schemas by family, `session:v1`; the name of a file tells its family and version.
fn schemas() -> BTreeMap<String, Value> {
    let files = fs::read_dir(root().join("kv-schemas")).unwrap().map(|entry| entry.unwrap().path());
    let schemas = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    schemas
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let family = name.strip_suffix(".schema.json").expect(name).replacen(".v", ":v", 1);
            (family, serde_json::from_str(&fs::read_to_string(&path).unwrap()).expect(name))
        })
        .collect()
}

/// The families that `store::kv` makes keys of: it alone touches the store, and writes each key as one literal.
fn families_of_the_code() -> BTreeSet<String> {
    let source = fs::read_to_string(root().join("crates/store/src/kv.rs")).unwrap();
    let literals = source.split("format!(\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(text, _)| text);
    literals
        .filter_map(|text| text.split_once(":{"))
        .map(|(family, _)| family.to_owned())
        .filter(|family| family.contains(":v"))
        .collect()
}

/// A record of every type, as `store::kv` leaves it in the store: key and value.
fn samples() -> Vec<(String, Value)> {
    let suite = Suite::at("2026-07-20T09:00:00Z");
    let (created_at, expires_at) = (suite.env.now(), domain::session::expires_at(suite.env.now()));
    let session = SessionRecord { person_id: web::fresh_id(&suite.env), created_at, expires_at };
    suite.env.kv().put_session(SESSION_ID, &session).unwrap();
    suite.env.kv().put_seen(SESSION_ID, &SeenRecord { at: created_at, expires_at }).unwrap();
    let provider = ProviderRecord {
        issuer: "https://id.example".to_owned(),
        authorization_endpoint: "https://id.example/authorize".to_owned(),
        token_endpoint: "https://id.example/token".to_owned(),
        userinfo_endpoint: None,
        end_session_endpoint: None,
        takes_secret_in_form: false,
        answers_with_issuer: false,
        keys: vec![Jwk { kty: "EC".to_owned(), kid: Some("1".to_owned()), ..Jwk::default() }],
        read_at: created_at,
        expires_at: created_at + jiff::SignedDuration::from_hours(1),
    };
    suite.env.kv().put_provider("oidc", &provider).unwrap();
    let file = rusqlite::Connection::open(suite.location.key_value_file()).unwrap();
    let mut statement = file.prepare("select key, value from spin_key_value").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    rows.map(|row| row.map(|(key, value)| (key, serde_json::from_slice(&value).unwrap())).unwrap()).collect()
}

/// `session:v1` of `session:v1:…`.
fn family(key: &str) -> &str {
    key.rsplit_once(':').expect(key).0
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn owner_and_readers(schema: &Value) -> BTreeSet<String> {
    let mut names = names(&schema["x-readers"]);
    let owner = schema["x-owner"].as_str().unwrap().to_owned();
    assert!(names.insert(owner), "the owner is no reader beside");
    names
}

/// Why the value does not fit the schema.
fn fault(schema: &Value, value: &Value) -> Option<String> {
    let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
    compiler.enable_format_assertions();
    compiler.add_resource("schema.json", schema.clone()).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    schemas.validate(value, index).err().map(|error| error.to_string())
}

#[test]
fn every_family_has_a_schema_and_every_schema_a_family() {
    let known: BTreeSet<_> = schemas().into_keys().collect();
    assert_eq!(known, families_of_the_code());
    let written: BTreeSet<_> = samples().iter().map(|(key, _)| family(key).to_owned()).collect();
    assert_eq!(written, known, "each type has a sample here");
}

#[test]
fn what_the_store_writes_fits_its_schema() {
    let schemas = schemas();
    for (key, value) in samples() {
        assert_eq!(fault(&schemas[family(&key)], &value), None, "{key}");
    }
}

#[test]
fn a_schema_refuses_what_the_type_would_not_read() {
    let schemas = schemas();
    for (key, value) in samples() {
        let schema = &schemas[family(&key)];
        let fields = value.as_object().unwrap();
        for field in fields.keys() {
            let mut without = fields.clone();
            without.remove(field);
            assert!(fault(schema, &without.into()).is_some(), "{key} without {field}");
        }
        let mut more = fields.clone();
        more.insert("one_more".to_owned(), Value::Null);
        assert!(fault(schema, &more.into()).is_some(), "{key} with another field");
        let mut undated = fields.clone();
        undated["expires_at"] = "tomorrow".into();
        assert!(fault(schema, &undated.into()).is_some(), "{key} with a date that is none");
    }
}

#[test]
fn keys_have_the_form_that_their_schema_names() {
    let schemas = schemas();
    for (key, _) in samples() {
        let id = key.strip_prefix(&format!("{}:", family(&key))).unwrap();
        let form = schemas[family(&key)]["x-key"].as_str().unwrap();
        let is_of_form = match form.strip_prefix(&format!("{}:", family(&key))) {
            Some("{sha256(token)}") => id.len() == 64,
            Some("{provider}") => id == "oidc",
            _ => false,
        };
        assert!(is_of_form && key.len() <= 128 && key.is_ascii() && key.to_lowercase() == key, "{key}");
    }
}

#[test]
fn records_live_as_long_as_their_schema_says() {
    for (key, value) in samples() {
        let moment = |name: &str| value[name].as_str().map(|text| text.parse::<jiff::Timestamp>().unwrap());
        let began = ["created_at", "at", "read_at"].into_iter().find_map(moment).unwrap();
        let seconds = moment("expires_at").unwrap().duration_since(began).as_secs();
        assert_eq!(schemas()[family(&key)]["x-ttl-seconds"], seconds, "{key}");
    }
}

#[test]
fn owners_and_readers_are_the_components_that_the_manifest_grants_the_store() {
    let manifest: toml::Table = fs::read_to_string(root().join("spin.toml")).unwrap().parse().unwrap();
    let mut granted: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, component) in manifest["component"].as_table().unwrap() {
        let stores = component.get("key_value_stores").and_then(toml::Value::as_array);
        for store in stores.into_iter().flatten() {
            granted.entry(store.as_str().unwrap()).or_default().insert(name.clone());
        }
    }
    let schemas = schemas();
    let mut named: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for schema in schemas.values() {
        named.entry(schema["x-store"].as_str().unwrap()).or_default().extend(owner_and_readers(schema));
    }
    assert_eq!(named, granted);
}
