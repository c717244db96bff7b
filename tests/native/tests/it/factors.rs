//! Second factors of the demo's people: the app in their hands, and what is kept of it.

use domain::{one_time_code::OneTimeCode, session::SessionToken, totp::Secret};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{
    MasterKeys,
    demo::PASSWORD,
    pending_sign_ins::{self, NewPending},
    second_factors,
    sign_in_blocks::{self, NewNotice},
    trusted_devices::{self, NewTrusted},
};
use web::fresh_id;

use crate::{
    door::Browser,
    suite::{Answer, FILES_KEY, Suite},
};

const SECRET: Secret = Secret::new([7; 20]);
/// The sign-in that [`wait`] keeps.
pub(crate) const SIGN_IN_ID: &str = "019856d1-7f7e-7cc3-9a51-5f1c0a3c2b11";

pub(crate) fn keys() -> MasterKeys {
    MasterKeys::parse(FILES_KEY).unwrap()
}

/// What the app of [`begin`] shows at this moment.
pub(crate) fn code(moment: &str) -> String {
    SECRET.code_at(moment.parse().unwrap())
}

/// An app that has not given its first code.
pub(crate) fn begin(suite: &Suite, person_id: &str) {
    let (env, now) = (&suite.env, suite.env.now());
    let begun = env.db().write(|tx| {
        second_factors::remove_totp(tx, person_id)?;
        second_factors::begin_totp(tx, now, &keys(), env.random(), person_id, &SECRET)
    });
    assert!(begun.unwrap());
}

/// A sign-in that waits in the browser of this device for this very code.
pub(crate) fn wait(suite: &Suite, person_id: &str, device: &str, code: &str) {
    let (now, code) = (suite.env.now(), OneTimeCode::parse(code).unwrap());
    let new = NewPending {
        sign_in_id: SIGN_IN_ID,
        person_id,
        device: &web::sha256(device),
        attempts: 5,
        expires_at: now + SignedDuration::from_mins(5),
        new_password_hash: None,
        provider: None,
    };
    let kept = suite.env.db().write(|tx| {
        tx.execute("delete from pending_sign_in", &[])?;
        second_factors::add_contact(tx, now, person_id)?;
        pending_sign_ins::add(tx, now, &new)?;
        pending_sign_ins::set_code(tx, SIGN_IN_ID, &code)
    });
    kept.unwrap();
}

/// What the link of [`notify`] ends in.
pub(crate) fn token() -> SessionToken {
    SessionToken::from_random([7; 32])
}

/// A message about a sign-in from a new device.
pub(crate) fn notify(suite: &Suite, person_id: &str) {
    let (now, token_hash) = (suite.env.now(), token().session_id());
    let expires_at = now + SignedDuration::from_hours(1);
    let new = NewNotice {
        token_hash: &token_hash,
        person_id,
        user_agent: "",
        address: "",
        new_contact: None,
        invitation_id: None,
        told: "+7********15",
        expires_at,
    };
    let kept = suite.env.db().write(|tx| {
        tx.execute("delete from sign_in_notice", &[])?;
        sign_in_blocks::add_notice(tx, now, &new)
    });
    kept.unwrap();
}

/// A device that the person trusts.
pub(crate) fn trust(suite: &Suite, person_id: &str) -> String {
    let (trusted_device_id, now) = (fresh_id(&suite.env), suite.env.now());
    let new = NewTrusted {
        trusted_device_id: &trusted_device_id,
        person_id,
        device: "another",
        user_agent: "",
        expires_at: now + SignedDuration::from_hours(1),
    };
    suite.env.db().write(|tx| trusted_devices::trust(tx, now, &new)).unwrap();
    trusted_device_id
}

pub(crate) fn person_id(suite: &Suite, login: &str) -> String {
    suite.rows(&format!("select person_id from person where login = '{login}'")).concat().concat()
}

/// Lets time pass.
pub(crate) fn pass(suite: &Suite, seconds: i64) {
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(seconds));
}

/// The app of a demo login, and the codes on its paper.
pub(crate) struct Equipped {
    pub(crate) person_id: String,
    pub(crate) recovery_codes: Vec<String>,
}

impl Equipped {
    /// Somebody who has just switched an app on, in this browser.
    pub(crate) async fn in_browser(suite: &Suite, browser: &mut Browser<'_>, login: &str) -> Self {
        let begun = browser.ask_surely("POST", "/api/auth/second-factor/totp", None).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
        let mut equipped = Self { person_id: person_id(suite, login), recovery_codes: Vec::new() };
        let code = json!({ "code": equipped.code(suite) });
        let confirmed = browser.ask("POST", "/api/auth/second-factor/totp/confirm", Some(code)).await;
        assert_eq!(confirmed.status, StatusCode::CREATED, "{}", confirmed.body);
        equipped.recovery_codes = texts(&confirmed.body["recovery_codes"]);
        // Each code counts once: the next one is another.
        pass(suite, 60);
        equipped
    }

    /// Anna, from a browser that nobody uses any more.
    pub(crate) async fn anna(suite: &Suite) -> Self {
        let mut browser = Browser::signed_in(suite, "83.1.2.3:1", "anna").await;
        Self::in_browser(suite, &mut browser, "anna").await
    }

    /// What the app shows now.
    pub(crate) fn code(&self, suite: &Suite) -> String {
        self.code_at(suite, suite.env.now())
    }

    pub(crate) fn code_at(&self, suite: &Suite, moment: Timestamp) -> String {
        let totp = suite.env.db().read(|conn| second_factors::totp(conn, &keys(), &self.person_id)).unwrap();
        totp.expect("an app").secret.code_at(moment)
    }

    /// Six digits that the app does not show.
    pub(crate) fn wrong_code(&self, suite: &Suite) -> String {
        let around =
            [-30, 0, 30].map(|seconds| self.code_at(suite, suite.env.now() + SignedDuration::from_secs(seconds)));
        (0..).map(|number| format!("{number:06}")).find(|code| !around.contains(code)).unwrap()
    }
}

pub(crate) fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// The first step of a sign-in, right: the path of its second step.
pub(crate) async fn first_step(browser: &mut Browser<'_>, identifier: &str) -> String {
    let answer = browser.sign_in(identifier, PASSWORD).await;
    assert_eq!(
        (answer.status, answer.problem()),
        (StatusCode::UNAUTHORIZED, "second-factor-required"),
        "{}",
        answer.body
    );
    path(&answer)
}

/// Where the second step goes.
pub(crate) fn path(asked: &Answer) -> String {
    format!("/api/auth/sign-ins/{}", asked.body["second_factor"]["sign_in_id"].as_str().unwrap())
}

pub(crate) async fn answer(browser: &mut Browser<'_>, path: &str, method: &str, answer: &str) -> Answer {
    let body = json!({ "method": method, "answer": answer });
    browser.ask("POST", &format!("{path}/answers"), Some(body)).await
}
