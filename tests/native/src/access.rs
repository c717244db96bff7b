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
    /// A token that a provider signed.
    Provider,
    /// A session with the right to this.
    Person(Action),
}

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
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
    operation("GET", "/api/auth/sessions", Access::Person(Action::ManageSessions)),
    operation("DELETE", "/api/auth/sessions/{session_id}", Access::Person(Action::ManageSessions)),
    operation("DELETE", "/api/auth/sessions", Access::Person(Action::ManageSessions)),
    // Before a new password and a removed factor, which end all trust.
    operation("GET", "/api/auth/trusted-devices", Access::Person(Action::ManageSessions)),
    operation("DELETE", "/api/auth/trusted-devices/{trusted_device_id}", Access::Person(Action::ManageSessions)),
    operation("DELETE", "/api/auth/trusted-devices", Access::Person(Action::ManageSessions)),
    operation("GET", "/api/auth/profile", Access::Person(Action::ManageProfile)),
    operation("PATCH", "/api/auth/profile", Access::Person(Action::ManageProfile)),
    operation("GET", "/api/auth/level", Access::Person(Action::ManageProfile)),
    operation("PUT", "/api/auth/level-request/documents/{document}", Access::Person(Action::ProveIdentity)),
    operation("POST", "/api/auth/level-request", Access::Person(Action::ProveIdentity)),
    operation("DELETE", "/api/auth/level-request", Access::Person(Action::ProveIdentity)),
    operation("GET", "/api/auth/level-desk/requests", Access::Person(Action::CheckIdentity)),
    operation("POST", "/api/auth/level-desk/requests/{level_request_id}/looks", Access::Person(Action::CheckIdentity)),
    operation(
        "GET",
        "/api/auth/level-desk/requests/{level_request_id}/documents/{document}",
        Access::Person(Action::CheckIdentity),
    ),
    operation(
        "POST",
        "/api/auth/level-desk/requests/{level_request_id}/decisions",
        Access::Person(Action::CheckIdentity),
    ),
    operation("POST", "/api/auth/level-desk/ask-again", Access::Person(Action::CheckIdentity)),
    operation("POST", "/api/auth/profile/contacts", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/profile/contacts/{contact_code_id}/confirm", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/profile/contacts/forget", Access::Person(Action::ManageProfile)),
    // Behind the new contact, whose code it ends.
    operation("POST", "/api/auth/password", Access::Person(Action::ManageProfile)),
    operation("PUT", "/api/auth/password", Access::Person(Action::ManageProfile)),
    operation("GET", "/api/auth/confirmations/{confirmation_id}", Access::Person(Action::Confirm)),
    operation("POST", "/api/auth/confirmations/{confirmation_id}/codes", Access::Person(Action::Confirm)),
    operation("POST", "/api/auth/confirmations/{confirmation_id}/answers", Access::Person(Action::Confirm)),
    operation("GET", "/api/auth/journal", Access::Person(Action::SeeJournal)),
    operation("GET", "/api/auth/journal/export", Access::Person(Action::SeeJournal)),
    operation("GET", "/api/auth/journal/extract", Access::Person(Action::SeeJournal)),
    operation("GET", "/api/auth/export", Access::Person(Action::ExportData)),
    operation("GET", "/api/auth/erasure", Access::Person(Action::EraseData)),
    operation("POST", "/api/auth/erasure", Access::Person(Action::EraseData)),
    operation("DELETE", "/api/auth/erasure", Access::Person(Action::EraseData)),
    operation("GET", "/api/auth/erasures", Access::Person(Action::SeeErasures)),
    operation("GET", "/api/auth/erasures/{erasure_id}", Access::Person(Action::SeeErasures)),
    operation("GET", "/api/auth/staff", Access::Person(Action::ManageStaff)),
    operation("POST", "/api/auth/staff/invitations", Access::Person(Action::ManageStaff)),
    operation("POST", "/api/auth/staff/{staff_id}/reset", Access::Person(Action::ManageStaff)),
    operation("POST", "/api/auth/staff/{staff_id}/unblock", Access::Person(Action::ManageStaff)),
    operation("POST", "/api/auth/staff/{staff_id}/sign-out", Access::Person(Action::ManageStaff)),
    operation("POST", "/api/auth/staff/{staff_id}/roles", Access::Person(Action::ManageStaff)),
    operation("DELETE", "/api/auth/staff/{staff_id}/roles/{grant_id}", Access::Person(Action::ManageStaff)),
    operation("POST", "/api/auth/support/searches", Access::Person(Action::UnlockSignIn)),
    operation("POST", "/api/auth/support/persons/{person_id}/unlock", Access::Person(Action::UnlockSignIn)),
    operation("POST", "/api/auth/support/persons/{person_id}/sign-out", Access::Person(Action::UnlockSignIn)),
    operation("POST", "/api/auth/support/persons/{person_id}/unblock", Access::Person(Action::UnlockSignIn)),
    operation("GET", "/api/auth/password-rules", Access::Everybody),
    operation("GET", "/api/auth/consent-texts", Access::Everybody),
    operation("POST", "/api/auth/registrations", Access::Everybody),
    operation("POST", "/api/auth/registrations/{registration_id}/confirm", Access::Everybody),
    operation("POST", "/api/auth/recoveries", Access::Everybody),
    operation("POST", "/api/auth/recoveries/{recovery_id}/confirm", Access::Everybody),
    operation("POST", "/api/auth/invitations/view", Access::Everybody),
    operation("POST", "/api/auth/invitations/accept", Access::Everybody),
    operation("GET", "/api/auth/providers", Access::Everybody),
    operation("POST", "/api/auth/providers/{provider}/sign-ins", Access::Everybody),
    operation("GET", "/auth/{provider}/callback", Access::Everybody),
    operation("POST", "/auth/{provider}/back-channel-logout", Access::Provider),
    operation("GET", "/api/auth/identities/awaiting", Access::Everybody),
    operation("DELETE", "/api/auth/identities/awaiting", Access::Everybody),
    operation("POST", "/api/auth/identities/registrations", Access::Everybody),
    // Behind those that let in with a password alone: these switch a second factor on.
    operation("POST", "/api/auth/passkey-sign-ins", Access::Everybody),
    operation("POST", "/api/auth/passkey-sign-ins/{challenge_id}/answers", Access::Everybody),
    operation("GET", "/api/auth/sign-ins/awaiting", Access::Everybody),
    operation("POST", "/api/auth/sign-ins/{sign_in_id}/codes", Access::Everybody),
    operation("POST", "/api/auth/sign-ins/{sign_in_id}/answers", Access::Everybody),
    operation("GET", "/api/auth/certificates", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/certificates/challenges", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/certificates", Access::Person(Action::ManageProfile)),
    operation("DELETE", "/api/auth/certificates/{certificate_id}", Access::Person(Action::ManageProfile)),
    operation("GET", "/api/auth/electronic-addresses", Access::Person(Action::ExportAddresses)),
    operation("GET", "/api/auth/identities", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/identities", Access::Person(Action::ManageProfile)),
    operation("DELETE", "/api/auth/identities/{provider}", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/passkeys/challenges", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/passkeys", Access::Person(Action::ManageProfile)),
    operation("GET", "/api/auth/passkeys", Access::Person(Action::ManageProfile)),
    operation("DELETE", "/api/auth/passkeys/{passkey_id}", Access::Person(Action::ManageProfile)),
    operation("GET", "/api/auth/second-factor", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/second-factor/totp", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/second-factor/totp/confirm", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/second-factor/contact", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/second-factor/recovery-codes", Access::Person(Action::ManageProfile)),
    operation("DELETE", "/api/auth/second-factor/contact", Access::Person(Action::ManageProfile)),
    operation("DELETE", "/api/auth/second-factor/totp", Access::Person(Action::ManageProfile)),
    operation("GET", "/api/homes/imports/{import_id}", Access::Person(Action::ImportRegister)),
    operation(
        "PUT",
        "/api/homes/imports/{import_id}/files/{file_no}/parts/{part_no}",
        Access::Person(Action::ImportRegister),
    ),
    operation("POST", "/api/homes/imports/{import_id}/check", Access::Person(Action::ImportRegister)),
    operation("POST", "/api/homes/imports/{import_id}/apply", Access::Person(Action::ImportRegister)),
    // Behind the others: it gives up what was not finished.
    operation("POST", "/api/homes/imports", Access::Person(Action::ImportRegister)),
    operation("GET", "/api/homes/accounts", Access::Person(Action::SeeAccounts)),
    operation("POST", "/api/homes/links", Access::Person(Action::LinkAccount)),
    operation("POST", "/api/homes/links/{link_request_id}/confirm", Access::Person(Action::LinkAccount)),
    operation("GET", "/api/homes/addresses", Access::Person(Action::SearchAddresses)),
    operation("GET", "/api/homes/municipalities", Access::Person(Action::SearchAddresses)),
    operation("POST", "/api/homes/account-codes/{account_code_id}/confirm", Access::Person(Action::ChangeAccount)),
    operation("POST", "/api/homes/accounts/{account_id}/settings", Access::Person(Action::ChangeAccount)),
    operation("POST", "/api/homes/accounts/{account_id}/contacts", Access::Person(Action::ChangeAccount)),
    operation("POST", "/api/homes/accounts/{account_id}/contacts/forget", Access::Person(Action::ChangeAccount)),
    operation("POST", "/api/homes/accounts/{account_id}/suspend", Access::Person(Action::ChangeAccount)),
    operation("POST", "/api/homes/accounts/{account_id}/resume", Access::Person(Action::ChangeAccount)),
    operation("POST", "/api/homes/accounts/{account_id}/unlink", Access::Person(Action::UnlinkAccount)),
    operation("GET", "/api/homes/delegations", Access::Person(Action::ManageDelegations)),
    operation("POST", "/api/homes/delegations", Access::Person(Action::Delegate)),
    operation("POST", "/api/homes/delegations/view", Access::Person(Action::TakeDelegation)),
    operation("POST", "/api/homes/delegations/take", Access::Person(Action::TakeDelegation)),
    operation("DELETE", "/api/homes/delegations/{delegation_id}", Access::Person(Action::ManageDelegations)),
    operation("GET", "/api/homes/past-accounts", Access::Person(Action::SeeAccounts)),
    operation("GET", "/api/homes/past-accounts/{account_id}/submissions", Access::Person(Action::SeeAccounts)),
    operation("GET", "/api/readings/meters", Access::Person(Action::SeeMeters)),
    operation("POST", "/api/readings/submissions", Access::Person(Action::SubmitReading)),
    operation("GET", "/api/readings/history", Access::Person(Action::SeeReadings)),
    operation("GET", "/api/billing/bills", Access::Person(Action::SeeBills)),
    operation("GET", "/api/billing/bills/{bill_number}", Access::Person(Action::SeeBills)),
    operation("GET", "/api/billing/bills/{bill_number}/document", Access::Person(Action::SeeBills)),
    operation("GET", "/api/billing/services", Access::Everybody),
    operation("GET", "/api/readings/meter-events", Access::Person(Action::SeeReadings)),
    operation("GET", "/api/readings/meter-desk/meters", Access::Person(Action::RecordMeterEvent)),
    operation("POST", "/api/readings/meter-desk/events", Access::Person(Action::RecordMeterEvent)),
    operation("GET", "/api/billing/accounts/{account_id}/tariffs", Access::Person(Action::SeeTariffs)),
    operation("GET", "/api/billing/accounts/{account_id}/tariff-history", Access::Person(Action::SeeTariffs)),
    operation("GET", "/api/notices", Access::Person(Action::SeeNotices)),
    operation("POST", "/api/notices/{notice_id}/read", Access::Person(Action::MarkNoticeRead)),
    operation("GET", "/api/notices/maintenance", Access::Everybody),
    operation("POST", "/api/notices/maintenance", Access::Person(Action::AnnounceMaintenance)),
    operation("PUT", "/api/notices/maintenance/{maintenance_id}", Access::Person(Action::AnnounceMaintenance)),
    operation("DELETE", "/api/notices/maintenance/{maintenance_id}", Access::Person(Action::AnnounceMaintenance)),
    operation("GET", "/api/notices/status", Access::Everybody),
    operation("POST", "/api/reminders/run", Access::Job),
    // Last, for whoever walks this list in order: after a withdrawal nothing new is taken.
    operation("GET", "/api/auth/consents", Access::Person(Action::ManageConsents)),
    operation("POST", "/api/auth/consents", Access::Person(Action::ManageConsents)),
    operation("POST", "/api/auth/consents/{purpose}/withdraw", Access::Person(Action::ManageConsents)),
    // These end the session that the walk goes on with.
    operation("POST", "/api/auth/block", Access::Person(Action::ManageProfile)),
    operation("POST", "/api/auth/sign-in-notices/view", Access::Everybody),
    operation("POST", "/api/auth/sign-in-notices/deny", Access::Everybody),
];
