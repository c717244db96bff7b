//! Who may call what: every operation of the OpenAPI document with the right that it asks for. A test holds the
//! table against the document and walks it with every role.

use domain::access::Action;

/// What an operation asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Everybody,
    /// The jobs' token.
    Job,
    /// A session with the right to this.
    Person(Action),
}

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// As in the document, with `{parameters}`.
    pub path: &'static str,
    /// What it asks of its caller.
    pub access: Access,
}

const fn operation(method: &'static str, path: &'static str, access: Access) -> Operation {
    Operation { method, path, access }
}

/// Every operation there is.
pub const OPERATIONS: &[Operation] = &[
    operation("POST", "/api/auth/sign-in", Access::Everybody),
    operation("GET", "/api/auth/session", Access::Person(Action::SeeSession)),
    operation("POST", "/api/auth/sign-out", Access::Everybody),
    operation("GET", "/api/homes/accounts", Access::Person(Action::SeeAccounts)),
    operation("POST", "/api/homes/links", Access::Person(Action::LinkAccount)),
    operation("POST", "/api/homes/links/{link_request_id}/confirm", Access::Person(Action::LinkAccount)),
    operation("GET", "/api/readings/meters", Access::Person(Action::SeeMeters)),
    operation("POST", "/api/readings/submissions", Access::Person(Action::SubmitReading)),
    operation("GET", "/api/readings/history", Access::Person(Action::SeeReadings)),
    operation("GET", "/api/notices", Access::Person(Action::SeeNotices)),
    operation("POST", "/api/notices/{notice_id}/read", Access::Person(Action::MarkNoticeRead)),
    operation("POST", "/api/reminders/run", Access::Job),
];
