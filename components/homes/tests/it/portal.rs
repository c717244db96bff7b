//! The component over a demo state, with a clock and a gateway that tests hold in their hands.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{Router, body::Body};
use bytes::Bytes;
use domain::session::SessionToken;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::{Value, json};
use store::{
    Location, Tx, demo,
    homes::register::{NewHouse, put_house},
    kv::SessionRecord,
    persons::{
        self,
        sessions::{self, NewSession},
    },
};
use tempfile::TempDir;
use tower_service::Service;
use web::{Env, Native, Unreachable};

pub(crate) struct Portal {
    folder: TempDir,
    router: Router,
    now: Arc<Mutex<Timestamp>>,
    sent: Arc<Mutex<Vec<Value>>>,
    gateway_is_down: Arc<AtomicBool>,
}

/// An answer of the component.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Value,
}

impl Answer {
    /// Holds the problem's slug and status against those asked for.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, slug: &str) {
        assert_eq!(self.body["type"], format!("/problems/{slug}"), "{self:?}");
        assert_eq!(self.status.as_u16(), status, "{self:?}");
    }
}

impl Portal {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let location = Location::new(folder.path());
        let start: Timestamp = "2026-07-20T09:00:00Z".parse().expect("a moment");
        let mut connection = Connection::open(location.database_file()).expect("a database");
        schema::migrate(&mut connection, &start.to_string()).expect("migrations");
        schema::init(&connection, schema::Kind::Demo, &start.to_string()).expect("a kind");
        location.db().write(|tx| demo::fill(tx, start)).expect("a demo");

        let (now, sent) = (Arc::new(Mutex::new(start)), Arc::new(Mutex::new(Vec::new())));
        let gateway_is_down = Arc::new(AtomicBool::new(false));
        let env = Native {
            location,
            clock: Arc::new({
                let now = now.clone();
                move || *now.lock().unwrap()
            }),
            variables: variables(),
            transport: Arc::new({
                let (sent, gateway_is_down) = (sent.clone(), gateway_is_down.clone());
                move |request| gateway(&request, &sent, gateway_is_down.load(Ordering::Relaxed))
            }),
            pause: Arc::new(|_| ()),
        };
        Self { folder, router: homes::router(Env::from(env)), now, sent, gateway_is_down }
    }

    fn location(&self) -> Location {
        Location::new(self.folder.path())
    }

    /// A session of this login: the text of its cookie.
    pub(crate) fn sign_in(&self, login: &str) -> String {
        let known = self.location().db().read(|conn| persons::credentials(conn, persons::Key::Login(login)));
        let known = known.unwrap().expect("a demo login");
        let mut bytes = [0; 32];
        bytes[..login.len()].copy_from_slice(login.as_bytes());
        let token = SessionToken::from_random(bytes);
        let created_at = *self.now.lock().unwrap();
        let record = SessionRecord {
            person_id: known.person_id,
            created_at,
            expires_at: created_at + SignedDuration::from_hours(12),
        };
        self.location().kv().put_session(&token.session_id(), &record).unwrap();
        self.location().db().write(|tx| register(tx, created_at, &token.session_id(), &record)).unwrap();
        format!("__Host-session={}", token.expose())
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        *self.now.lock().unwrap() += time;
    }

    pub(crate) fn break_gateway(&self) {
        self.gateway_is_down.store(true, Ordering::Relaxed);
    }

    /// How many messages went out.
    pub(crate) fn sent(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// The last message that went out.
    pub(crate) fn last_message(&self) -> Value {
        self.sent.lock().unwrap().last().expect("a message").clone()
    }

    /// The code in the last message.
    pub(crate) fn last_code(&self) -> String {
        let text = self.last_message()["text"].as_str().unwrap().to_owned();
        text.split_whitespace()
            .find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
            .unwrap()
            .to_owned()
    }

    pub(crate) fn execute(&self, sql: &str) {
        Connection::open(self.location().database_file()).unwrap().execute(sql, []).unwrap();
    }

    pub(crate) fn count(&self, sql: &str) -> i64 {
        let connection = Connection::open(self.location().database_file()).unwrap();
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// Puts a house of the demo's company.
    pub(crate) fn add_house(&self, code: &str, municipality: &str, address: &str) {
        let connection = Connection::open(self.location().database_file()).unwrap();
        let company_id: String = connection.query_row("select company_id from company", [], |row| row.get(0)).unwrap();
        let house = NewHouse {
            house_id: code,
            code,
            company_id: &company_id,
            municipality,
            address,
            cadastral_number: None,
            time_zone: "Europe/Moscow",
            window_from_day: 1,
            window_to_day: 31,
        };
        let now = *self.now.lock().unwrap();
        self.location().db().write(|tx| put_house(tx, now, &house, &[])).unwrap();
    }

    /// A reading of Anna's first meter, as this login submitted it.
    pub(crate) fn submit_reading(&self, login: &str, code: &str, at: &str, value: &str) {
        self.execute(&format!(
            "insert into submission (submission_id, person_id, account_id, confirmation_code, submitted_at)
             select '{code}', person_id, (select account_id from account where number = '0000000015'), '{code}', '{at}'
             from person where login = '{login}'"
        ));
        self.execute(&format!(
            "insert into reading (reading_id, meter_id, submission_id, source, period, taken_on, recorded_at, value_1)
             select '{code}', meter_id, '{code}', 'resident', '2026-07', '2026-07-20', '{at}', '{value}'
             from meter join account using (premises_id) where account.number = '0000000015' limit 1"
        ));
    }

    /// Searches for what was typed; `more` is the rest of the query.
    pub(crate) async fn search(&self, cookie: &str, typed: &str, more: &str) -> Answer {
        let encoded: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
        self.get(cookie, &format!("/api/homes/addresses?q={encoded}{more}")).await
    }

    pub(crate) async fn get(&self, cookie: &str, path: &str) -> Answer {
        self.ask(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, cookie: &str, path: &str, body: Value) -> Answer {
        self.post_from("http://127.0.0.1:3000", cookie, path, body).await
    }

    pub(crate) async fn post_from(&self, origin: &str, cookie: &str, path: &str, body: Value) -> Answer {
        let request = Request::post(path)
            .header("cookie", cookie)
            .header("origin", origin)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        self.ask(request.unwrap()).await
    }

    pub(crate) async fn ask_code(&self, cookie: &str, number: &str) -> Answer {
        self.post(cookie, "/api/homes/links", json!({ "number": number })).await
    }

    pub(crate) async fn confirm(&self, cookie: &str, request: &Answer, code: &str) -> Answer {
        let id = request.body["link_request_id"].as_str().expect("a request to link");
        self.post(cookie, &format!("/api/homes/links/{id}/confirm"), json!({ "code": code })).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().call(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let retry_after = head.headers.get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        Answer { status: head.status, retry_after, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }
}

fn variables() -> HashMap<String, String> {
    let variables = [
        ("public_origin", "http://127.0.0.1:3000"),
        ("trusted_proxies", ""),
        ("session_idle_seconds", "900"),
        ("sms_gateway_url", "http://gateway.example/sms"),
        ("email_gateway_url", "http://gateway.example/email"),
        ("gateway_token", "gateway token"),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn gateway(request: &Request<Bytes>, sent: &Mutex<Vec<Value>>, is_down: bool) -> Result<Response<Bytes>, Unreachable> {
    assert_eq!(request.headers()["authorization"], "Bearer gateway token");
    if is_down {
        return Err(Unreachable("connection refused".to_owned()));
    }
    let mut message: Value = serde_json::from_slice(request.body()).expect("JSON");
    message["path"] = request.uri().path().into();
    sent.lock().unwrap().push(message);
    Ok(Response::builder().status(202).body(Bytes::new()).unwrap())
}

/// Puts a session into the registry, if it is not there yet.
fn register(tx: &Tx<'_>, now: Timestamp, session_id: &str, record: &SessionRecord) -> store::Result<()> {
    if sessions::grants(tx, session_id)?.is_some() {
        return Ok(());
    }
    let (person_id, expires_at) = (record.person_id.as_str(), record.expires_at);
    sessions::open(tx, now, &NewSession { session_id, person_id, expires_at, user_agent: "", address: "" })
}
