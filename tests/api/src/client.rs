//! A program that talks to the suite, with cookies as a browser keeps them.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use serde_json::Value;
use ureq::{
    Agent, http,
    tls::{Certificate, RootCerts, TlsConfig},
};

/// One visitor: own cookies, own connections.
pub struct Client {
    agent: Agent,
    base_url: String,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// Where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("no JSON: {error}: {self:?}"))
    }

    /// A header's text; empty where absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Checks that this is the named problem in its whole form, and gives it.
    ///
    /// # Panics
    /// Where it is not.
    #[track_caller]
    pub fn problem(&self, slug: &str) -> Value {
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{self:?}");
        assert_eq!(problem["status"], self.status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{self:?}");
        problem
    }

    /// Checks the status and gives the JSON body.
    ///
    /// # Panics
    /// Where the status is another.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        if self.text.is_empty() { Value::Null } else { self.json() }
    }
}

impl Client {
    /// A visitor of the suite at `base_url`.
    pub fn new(base_url: &str) -> Self {
        Self::with(base_url, TlsConfig::default())
    }

    /// A visitor who trusts this certificate (PEM) and no other.
    ///
    /// # Panics
    /// Where it is none.
    pub fn trusting(base_url: &str, certificate: &str) -> Self {
        let certificate = Certificate::from_pem(certificate.as_bytes()).expect("a certificate");
        let roots = RootCerts::Specific(Arc::new(vec![certificate]));
        Self::with(base_url, TlsConfig::builder().root_certs(roots).build())
    }

    fn with(base_url: &str, tls: TlsConfig) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).tls_config(tls).build();
        Self { agent: config.into(), base_url: base_url.to_owned(), cookies: RefCell::default() }
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    /// `POST` with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, &[], body)
    }

    /// `POST` with a JSON body and headers.
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        self.send("POST", path, &headers, Some(&body.to_string()))
    }

    /// Any request.
    ///
    /// # Panics
    /// Where there is no answer.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        self.try_send(method, path, headers, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Any request to a suite that may be gone.
    ///
    /// # Errors
    /// Where there is no answer.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Answer, ureq::Error> {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.base_url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        let mut response = match body {
            Some(body) => self.agent.run(request.body(body.to_owned())?)?,
            None => self.agent.run(request.body(())?)?,
        };
        self.keep_cookies(response.headers());
        let text = String::from_utf8_lossy(&response.body_mut().read_to_vec()?).into_owned();
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), text })
    }

    /// Signs in with a demo login.
    ///
    /// # Panics
    /// Where that fails.
    pub fn sign_in(&self, login: &str) -> Value {
        let body = serde_json::json!({ "identifier": login, "password": crate::PASSWORD });
        self.post("/api/auth/sign-in", &body).expect(200)
    }

    /// What the cookie of this name holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Puts a cookie, as a thief or an older visit would.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    fn cookie_header(&self) -> String {
        self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&self, headers: &http::HeaderMap) {
        for cookie in headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()) {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            if value.is_empty() {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
    }
}
