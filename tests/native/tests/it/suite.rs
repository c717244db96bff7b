//! A suite of its own for each test: fresh files, a clock that the test sets, an outside world that takes notes.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use schema::Kind;
use serde_json::{Value, json};
use store::Location;
use tempfile::TempDir;
use tower_service::Service;
use web::{Env, Native};

use crate::provider;

pub(crate) const JOBS_TOKEN: &str = "token-of-the-jobs";
pub(crate) const FILES_KEY: &str = "test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// What happens beside a request.
type Meanwhile = Arc<Mutex<Option<Box<dyn FnMut() + Send>>>>;

/// How long a provider is waited for, where a test does not wait as long as people do.
type Patience = Arc<Mutex<Option<Duration>>>;

pub(crate) struct Suite {
    pub(crate) env: Env,
    pub(crate) location: Location,
    clock: Arc<Mutex<Timestamp>>,
    meanwhile: Meanwhile,
    /// The bodies of what was sent to the gateways.
    sent: Arc<Mutex<Vec<Value>>>,
    patience: Patience,
    /// In which browser, by its cookie, a code of this id was asked for.
    askers: Mutex<HashMap<String, String>>,
    _folder: TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    /// The body as text.
    pub(crate) text: String,
    /// The body as it came.
    pub(crate) bytes: Bytes,
}

impl Answer {
    /// The last part of the problem's `type`.
    pub(crate) fn problem(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.strip_prefix("/problems/").unwrap_or_default()
    }

    /// The cookie of the session that it opens, where it does.
    pub(crate) fn session(&self) -> Option<String> {
        let cookies = self.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        let mut cookies = cookies.filter_map(|cookie| cookie.split(';').next());
        cookies.find(|cookie| cookie.starts_with("__Host-session=") && !cookie.ends_with('=')).map(str::to_owned)
    }
}

impl Suite {
    /// An empty state at this moment.
    pub(crate) fn at(moment: &str) -> Self {
        let suite = Self::empty(moment);
        let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
        schema::init(&file, Kind::Demo, moment).unwrap();
        suite
    }

    /// A state that is neither live nor a demo yet.
    pub(crate) fn empty(moment: &str) -> Self {
        Self::with_variables(moment, &[])
    }

    /// The demo house at the moment by which the sandbox issues its tokens.
    pub(crate) fn with_provider() -> Self {
        Self::with_provider_but(&[])
    }

    /// [`Suite::with_provider`], with these variables changed.
    pub(crate) fn with_provider_but(changes: &[(&str, &str)]) -> Self {
        Self::with_variables(&Timestamp::now().to_string(), changes).into_demo()
    }

    /// An empty state with these variables changed.
    fn with_variables(moment: &str, changes: &[(&str, &str)]) -> Self {
        let now: Timestamp = moment.parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let location = Location::new(folder.path());
        let mut file = rusqlite::Connection::open(location.database_file()).unwrap();
        schema::migrate(&mut file, moment).unwrap();
        let mut files = rusqlite::Connection::open(location.files_file()).unwrap();
        schema::migrate_files(&mut files, moment).unwrap();
        let clock = Arc::new(Mutex::new(now));
        let sent = Arc::<Mutex<Vec<Value>>>::default();
        let (meanwhile, patience) = (Meanwhile::default(), Arc::default());
        let env = env(&location, &clock, &meanwhile, &sent, &patience, changes);
        Self { env, location, clock, meanwhile, sent, patience, askers: Mutex::default(), _folder: folder }
    }

    /// The demo house and its people, as seeded at this moment.
    pub(crate) fn demo(moment: &str) -> Self {
        Self::empty(moment).into_demo()
    }

    fn into_demo(self) -> Self {
        let file = rusqlite::Connection::open(self.location.database_file()).unwrap();
        schema::init(&file, Kind::Demo, &self.env.now().to_string()).unwrap();
        self.env.db().write(|tx| store::demo::fill(tx, self.env.now())).unwrap();
        self
    }

    /// Gives a provider up that needs longer than this.
    pub(crate) fn set_patience(&self, patience: Duration) {
        *self.patience.lock().unwrap() = Some(patience);
    }

    /// Does this whenever a component looks at the clock: between two of its steps.
    pub(crate) fn meanwhile(&self, work: impl FnMut() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some(Box::new(work));
    }

    pub(crate) fn set_clock(&self, moment: Timestamp) {
        *self.clock.lock().unwrap() = moment;
    }

    /// What was sent last.
    pub(crate) fn last_message(&self) -> Value {
        self.sent.lock().unwrap().last().expect("a message was sent").clone()
    }

    /// All messages that were sent, in their order.
    pub(crate) fn sent(&self) -> Vec<Value> {
        self.sent.lock().unwrap().clone()
    }

    /// How many messages were sent.
    pub(crate) fn sent_count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// The one-time code that was sent last.
    pub(crate) fn last_code(&self) -> String {
        let message = self.last_message();
        let text = message["text"].as_str().expect("a text");
        let code = text.split(|sign: char| !sign.is_ascii_digit()).find(|digits| digits.len() == 6);
        code.expect("a code of six digits").to_owned()
    }

    /// The cookie of a demo login's new session.
    pub(crate) async fn sign_in(&self, login: &str) -> String {
        let body = json!({ "identifier": login, "password": store::demo::PASSWORD });
        let answer = self.ask("POST", "/api/auth/sign-in", &[], Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{login}: {}", answer.body);
        answer.session().expect("a session's cookie")
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let json = body.iter().map(|_| ("content-type", "application/json"));
        let headers: Vec<_> = headers.iter().copied().chain(json).collect();
        self.send(method, path, &headers, body.map(|body| body.to_string().into_bytes()).unwrap_or_default()).await
    }

    /// Asks with a body that may be anything.
    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router().call(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if let Some(id) = body["registration_id"].as_str().or(body["recovery_id"].as_str()) {
            let cookie = head.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
            self.askers.lock().unwrap().insert(id.to_owned(), cookie.to_owned());
        }
        Answer { status: head.status, headers: head.headers, body, text, bytes }
    }

    /// The cookie of the browser in which the code of this id was asked for; of a browser that asked for nothing where
    /// nobody did.
    pub(crate) fn asked_in(&self, id: &str) -> String {
        self.askers.lock().unwrap().get(id).cloned().unwrap_or_default()
    }

    /// Gives a setting another value from now on.
    pub(crate) fn set(&self, name: &str, value: &str) {
        let sql = "insert into setting (name, valid_from, value, source) values (?1, '2026-01-01', ?2, 'a test')";
        let file = rusqlite::Connection::open(self.location.database_file()).unwrap();
        file.execute(sql, [name, value]).unwrap();
    }

    /// Puts a trigger into the database: what another request would do at that very moment.
    pub(crate) fn on(&self, happening: &str, deed: &str) {
        let file = rusqlite::Connection::open(self.location.database_file()).unwrap();
        file.execute_batch(&format!("create trigger meanwhile after {happening} begin {deed}; end")).unwrap();
    }

    /// Counts from now on who takes a slot to hash a password: nobody hashes without one.
    pub(crate) fn count_hashes(&self) {
        let file = rusqlite::Connection::open(self.location.database_file()).unwrap();
        let sql = "create table hashed (slot_id text);
                   create trigger hashes after insert on hashing_slot begin
                       insert into hashed values (new.slot_id);
                   end";
        file.execute_batch(sql).unwrap();
    }

    /// How many slots were taken since [`Suite::count_hashes`].
    pub(crate) fn hashes(&self) -> usize {
        self.rows("select 1 from hashed").len()
    }

    fn router(&self) -> Router {
        native_suite::router(&self.env, &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static"))
    }

    /// Rows of a query, each column as text.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let file = rusqlite::Connection::open(self.location.database_file()).unwrap();
        let mut statement = file.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|column| text(row, column)).collect());
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }
}

fn text(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<String> {
    use rusqlite::types::Value;
    Ok(match row.get(column)? {
        Value::Text(text) => text,
        Value::Integer(number) => number.to_string(),
        Value::Null => String::new(),
        other => format!("{other:?}"),
    })
}

fn env(
    location: &Location,
    clock: &Arc<Mutex<Timestamp>>,
    meanwhile: &Meanwhile,
    sent: &Arc<Mutex<Vec<Value>>>,
    patience: &Patience,
    changes: &[(&str, &str)],
) -> Env {
    let (clock, meanwhile, sent) = (Arc::clone(clock), Arc::clone(meanwhile), Arc::clone(sent));
    let patience = Arc::clone(patience);
    let passing = Arc::clone(&clock);
    let variables = [
        ("public_origin", "http://127.0.0.1:3000"),
        ("trusted_proxies", ""),
        ("session_idle_seconds", "900"),
        ("sms_gateway_url", "http://127.0.0.1:3001/sms"),
        ("email_gateway_url", "http://127.0.0.1:3001/email"),
        ("gateway_token", "token-of-the-gateways"),
        ("jobs_token", JOBS_TOKEN),
        ("files_key", FILES_KEY),
        ("oidc_issuer", &format!("{}/oidc", provider::origin())),
        ("oidc_client_id", "moydom"),
        ("oidc_client_secret", provider::CLIENT_SECRET),
        ("oidc_name", "Единый вход"),
        ("oidc_level", "confirmed"),
        ("oidc2_issuer", &format!("{}/oidc", provider::origin())),
        ("oidc2_client_id", ""),
        ("oidc2_client_secret", provider::CLIENT_SECRET),
        ("oidc2_name", "Другой вход"),
        ("oidc2_level", "basic"),
        ("esia_client_id", ""),
        ("esia_address", &format!("{}/esia", provider::origin())),
        ("esia_issuer", &format!("{}/esia/", provider::origin())),
        ("esia_scope", "openid fullname"),
        ("esia_form", "current"),
        ("esia_name", "Госуслуги"),
        ("esia_level", "confirmed"),
        ("esia_certificates", ""),
        ("esia_signer_address", &format!("{}/signer", provider::origin())),
        ("esia_signer_token", provider::CLIENT_SECRET),
    ];
    Env::from(Native {
        location: location.clone(),
        clock: Arc::new(move || {
            meanwhile.lock().unwrap().iter_mut().for_each(|work| work());
            *clock.lock().unwrap()
        }),
        variables: variables.iter().chain(changes).map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
        transport: Arc::new(move |request| {
            let is_provider = |start| request.uri().path().starts_with(start);
            if ["/oidc", "/esia", "/signer"].into_iter().any(is_provider) {
                let patience = *patience.lock().unwrap();
                return provider::forward(request, patience);
            }
            sent.lock().unwrap().push(serde_json::from_slice(request.body()).unwrap());
            Ok(Response::builder().status(StatusCode::ACCEPTED).body(Bytes::new()).unwrap())
        }),
        pause: Arc::new(move |time| *passing.lock().unwrap() += time),
    })
}
