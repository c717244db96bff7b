//! People at the door: attempts to sign in from one device or another.

use http::StatusCode;
use serde_json::json;
use store::{confirmations, demo::PASSWORD};

use crate::suite::{Answer, Suite};

/// A browser: its cookies, and where it stands.
pub(crate) struct Browser<'a> {
    suite: &'a Suite,
    address: String,
    cookies: Vec<String>,
}

impl<'a> Browser<'a> {
    /// One that was never here, at an address of its own.
    pub(crate) fn new(suite: &'a Suite, address: &str) -> Self {
        Self { suite, address: address.to_owned(), cookies: Vec::new() }
    }

    /// One in which this person has just signed in.
    pub(crate) async fn signed_in(suite: &'a Suite, address: &str, login: &str) -> Self {
        let mut browser = Self::new(suite, address);
        let answer = browser.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        browser
    }

    pub(crate) async fn sign_in(&mut self, identifier: &str, password: &str) -> Answer {
        let body = json!({ "identifier": identifier, "password": password });
        self.ask("POST", "/api/auth/sign-in", Some(body)).await
    }

    pub(crate) async fn ask(&mut self, method: &str, path: &str, body: Option<serde_json::Value>) -> Answer {
        self.send(method, path, body, &[]).await
    }

    /// Asks with a confirmation in hand.
    pub(crate) async fn confirmed(
        &mut self,
        method: &str,
        path: &str,
        body: Option<serde_json::Value>,
        confirmation_id: &str,
    ) -> Answer {
        self.send(method, path, body, &[("confirmation", confirmation_id)]).await
    }

    /// Asks, and confirms whatever is to be confirmed.
    pub(crate) async fn ask_surely(&mut self, method: &str, path: &str, body: Option<serde_json::Value>) -> Answer {
        let answer = self.ask(method, path, body.clone()).await;
        let Some(id) = answer.body["confirmation"]["confirmation_id"].as_str() else { return answer };
        let (suite, now) = (self.suite, self.suite.env.now());
        suite.env.db().write(|tx| confirmations::confirm(tx, now, id)).unwrap();
        self.confirmed(method, path, body, id).await
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<serde_json::Value>,
        more: &[(&str, &str)],
    ) -> Answer {
        let cookies = self.cookies();
        let headers = [
            ("cookie", cookies.as_str()),
            ("spin-client-addr", self.address.as_str()),
            ("user-agent", "Mozilla/5.0 (Linux; Android 10; K) Chrome/139.0.0.0 Mobile Safari/537.36"),
        ];
        let answer = self.suite.ask(method, path, &[&headers, more].concat(), body).await;
        for cookie in answer.headers.get_all("set-cookie") {
            self.keep(cookie.to_str().unwrap().split(';').next().unwrap());
        }
        answer
    }

    /// Asks 64 times at once; answers what came of each: the problem, or nothing.
    pub(crate) fn ask_at_once(&self, path: &str, body: &serde_json::Value) -> Vec<String> {
        let (suite, cookies) = (self.suite, self.cookies());
        let ask = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let headers = [("cookie", cookies.as_str())];
            runtime.block_on(suite.ask("POST", path, &headers, Some(body.clone()))).problem().to_owned()
        };
        std::thread::scope(|scope| {
            let asking: Vec<_> = (0..64).map(|_| scope.spawn(ask)).collect();
            asking.into_iter().map(|one| one.join().unwrap()).collect()
        })
    }

    /// Gives a confirmation that this browser was asked for.
    pub(crate) fn confirm(&self, confirmation_id: &str) {
        let env = &self.suite.env;
        env.db().write(|tx| confirmations::confirm(tx, env.now(), confirmation_id)).unwrap();
    }

    /// All cookies, as a request carries them.
    pub(crate) fn cookies(&self) -> String {
        self.cookies.join("; ")
    }

    fn keep(&mut self, cookie: &str) {
        let name = cookie.split('=').next().unwrap();
        self.cookies.retain(|kept| !kept.starts_with(&format!("{name}=")));
        self.cookies.push(cookie.to_owned());
    }
}

/// Tries wrong passwords, each from a browser that was never here, and answers what came last.
pub(crate) async fn guess(suite: &Suite, identifier: &str, times: u32) -> Answer {
    let mut last = None;
    for _ in 0..times {
        last = Some(Browser::new(suite, "6.6.6.6:1").sign_in(identifier, "guessed-password").await);
    }
    last.expect("at least one guess")
}
