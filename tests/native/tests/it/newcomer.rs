//! Who stands before the door without a session: registers, recovers, comes with an invitation.

use domain::{access::Scope, invitation::InvitationToken};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::invitations::{self, NewInvitation};
use web::fresh_id;

use crate::{
    access::DEVICE,
    door::Browser,
    suite::{Answer, Suite},
};

pub(crate) const PASSWORD: &str = "сосна-и-72-ели";

/// The consent that a login needs.
pub(crate) fn consent() -> Value {
    json!({ "purpose": "portal", "version": 2 })
}

/// A registration or recovery that waits for its code.
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) code: String,
}

impl Asked {
    /// Six digits that are not the code.
    pub(crate) fn wrong_code(&self) -> String {
        let number: u32 = self.code.parse().unwrap();
        format!("{:06}", (number + 1) % 1_000_000)
    }
}

pub(crate) async fn ask_to_register(suite: &Suite, contact: &str) -> Answer {
    suite.ask("POST", "/api/auth/registrations", &[], Some(json!({ "contact": contact }))).await
}

pub(crate) async fn registering(suite: &Suite, contact: &str) -> Asked {
    registering_in(&mut Browser::new(suite, "83.1.2.9:1"), suite, contact).await
}

pub(crate) async fn registering_in(browser: &mut Browser<'_>, suite: &Suite, contact: &str) -> Asked {
    let answer = browser.ask("POST", "/api/auth/registrations", Some(json!({ "contact": contact }))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    Asked { id: answer.body["registration_id"].as_str().unwrap().to_owned(), code: suite.last_code() }
}

pub(crate) async fn register(suite: &Suite, asked: &Asked, code: &str, password: &str) -> Answer {
    let path = format!("/api/auth/registrations/{}/confirm", asked.id);
    suite.ask("POST", &path, &[("cookie", &suite.asked_in(&asked.id))], Some(registration(code, password))).await
}

pub(crate) fn registration(code: &str, password: &str) -> Value {
    json!({ "code": code, "name": "Мария Ивановна", "password": password, "consent": consent() })
}

pub(crate) async fn ask_to_recover(suite: &Suite, identifier: &str) -> Answer {
    suite.ask("POST", "/api/auth/recoveries", &[], Some(json!({ "identifier": identifier }))).await
}

pub(crate) async fn recovering(suite: &Suite, identifier: &str) -> Asked {
    recovering_in(&mut Browser::new(suite, "83.1.2.9:1"), suite, identifier).await
}

pub(crate) async fn recovering_in(browser: &mut Browser<'_>, suite: &Suite, identifier: &str) -> Asked {
    let answer = browser.ask("POST", "/api/auth/recoveries", Some(json!({ "identifier": identifier }))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    Asked { id: answer.body["recovery_id"].as_str().unwrap().to_owned(), code: suite.last_code() }
}

pub(crate) async fn recover(suite: &Suite, recovery_id: &str, code: &str, password: &str) -> Answer {
    let path = format!("/api/auth/recoveries/{recovery_id}/confirm");
    suite
        .ask(
            "POST",
            &path,
            &[("cookie", &suite.asked_in(recovery_id))],
            Some(json!({ "code": code, "password": password })),
        )
        .await
}

/// The text after `#` of an invitation's link.
pub(crate) fn invite(suite: &Suite, login: &str) -> String {
    link(suite, login, None)
}

/// The text after `#` of a link by which a demo login sets another password.
pub(crate) fn reset(suite: &Suite, login: &str) -> String {
    let person_id = suite.rows(&format!("select person_id from person where login = '{login}'")).concat().concat();
    link(suite, login, Some(&person_id))
}

fn link(suite: &Suite, login: &str, resets: Option<&str>) -> String {
    let (token, now) = (InvitationToken::from_random(suite.env.random()), suite.env.now());
    let invitation = NewInvitation {
        invitation_id: &fresh_id(&suite.env),
        token_hash: &token.hash(),
        login,
        name: "Ольга Дмитриевна",
        roles: &["admin"],
        scope: &Scope::Portal,
        invited_by: None,
        resets,
        expires_at: now + SignedDuration::from_hours(24),
    };
    suite.env.db().write(|tx| invitations::add(tx, now, &[Scope::Portal], &invitation)).unwrap();
    token.expose()
}

/// Everything that opens without a session, each ready to be opened.
pub(crate) struct Entrance {
    pub(crate) registration: (String, String),
    pub(crate) recovery: (String, String),
    token: String,
}

impl Entrance {
    /// For the demo login of this name; `number` tells one entrance from another.
    pub(crate) async fn open(suite: &Suite, login: &str, number: u32) -> Self {
        let registration = registering(suite, &format!("+7999000{number:04}")).await;
        let recovery = ask_to_recover(suite, login).await.body["recovery_id"].as_str().unwrap().to_owned();
        let device = web::sha256(DEVICE);
        let moved = "update contact_code set device = ?1";
        suite.env.db().write(|tx| tx.execute(moved, &[device.into()])).unwrap();
        Self {
            registration: (registration.id, registration.code),
            recovery: (recovery, suite.last_code()),
            token: invite(suite, &format!("invited-{number}")),
        }
    }

    /// A body for the operation of this path.
    pub(crate) fn example(&self, path: &str) -> Value {
        match path {
            "/api/auth/registrations" => json!({ "contact": "new@example.ru" }),
            "/api/auth/recoveries" => json!({ "identifier": "boris" }),
            "/api/auth/invitations/view" => json!({ "token": self.token }),
            "/api/auth/invitations/accept" => json!({ "token": self.token, "password": PASSWORD }),
            path if path.contains("/registrations/") => registration(&self.registration.1, PASSWORD),
            _ => json!({ "code": self.recovery.1, "password": PASSWORD }),
        }
    }
}
