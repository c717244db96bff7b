//! What each operation is asked: as a program would.

use native_suite::access::Operation;
use serde_json::{Value, json};

use crate::{
    access::{INVITATION_ID, NOW},
    authenticator::{self, Key},
    factors,
    home_of::{CODE, Objects},
    imports, newcomer, proof, runs, signing,
};

/// A request as a program would make it; for an operation of an object, about one of `objects`.
pub(crate) fn example(operation: &Operation, objects: &Objects) -> (String, Option<Value>) {
    let path = operation
        .path
        .replace("{person_id}", &objects.person_id)
        .replace("{session_id}", &objects.session_id)
        .replace("{notice_id}", &objects.notice_id)
        .replace("{maintenance_id}", &objects.maintenance_id)
        .replace("{link_request_id}", &objects.link_request_id)
        .replace("{erasure_id}", &objects.erasure_id)
        .replace("{staff_id}", &objects.staff_id)
        .replace("{invitation_id}", INVITATION_ID)
        .replace("{grant_id}", &objects.grant_id)
        .replace("{delegation_id}", &objects.delegation_id)
        .replace("{reading_token_id}", &objects.reading_token_id)
        .replace("{import_id}", &objects.import_id)
        .replace("{file_no}", "0")
        .replace("{part_no}", "0")
        .replace("{account_id}", &objects.account_id)
        .replace("{bill_number}", &objects.bill_number)
        .replace("{reading_id}", &objects.reading_id)
        .replace("{line_no}", "1")
        .replace("{account_code_id}", &objects.account_code_id)
        .replace("{contact_code_id}", &objects.contact_code_id)
        .replace("{registration_id}", &objects.entrance.registration.0)
        .replace("{recovery_id}", &objects.entrance.recovery.0)
        .replace("{sign_in_id}", factors::SIGN_IN_ID)
        .replace("{trusted_device_id}", &objects.trusted_device_id)
        .replace("{passkey_id}", &objects.passkey_id)
        .replace("{certificate_id}", &objects.certificate_id)
        .replace("{challenge_id}", authenticator::CHALLENGE_ID)
        .replace("{level_request_id}", &objects.level_request_id)
        .replace("{house_id}", &objects.house_id)
        .replace("{run_id}", runs::RUN_ID)
        .replace("{bill_id}", runs::BILL_ID)
        .replace("{recalculation_id}", runs::RECALCULATION_ID)
        .replace("{benefit_id}", runs::BENEFIT_ID)
        .replace("{interruption_id}", runs::INTERRUPTION_ID)
        .replace("{question_id}", runs::QUESTION_ID)
        .replace("{request_id}", runs::REQUEST_ID)
        .replace("{dispute_id}", runs::DISPUTE_ID)
        .replace("{absence_id}", runs::ABSENCE_ID)
        .replace("{document}", "passport-scan")
        .replace("{purpose}", "portal")
        .replace("{provider}", "oidc");
    match operation.path {
        "/api/auth/sign-in" => (path, Some(json!({ "identifier": "boris", "password": store::demo::PASSWORD }))),
        "/api/auth/sign-ins/{sign_in_id}/answers" => (path, Some(json!({ "method": "code", "answer": CODE }))),
        "/api/auth/passkeys" if operation.method == "POST" => {
            let key = Key::of(&format!("another of {}", objects.person_id));
            (path, Some(key.made(authenticator::CHALLENGE_ID, authenticator::CHALLENGE, "Телефон")))
        }
        "/api/auth/certificates" if operation.method == "POST" => (path, Some(signing::example())),
        "/api/auth/electronic-addresses" => (format!("{path}?purpose=register"), None),
        "/api/auth/passkey-sign-ins/{challenge_id}/answers" => {
            (path, Some(Key::of(&objects.person_id).signed(authenticator::CHALLENGE, 0)))
        }
        "/api/auth/second-factor/totp/confirm" => (path, Some(json!({ "code": factors::code(NOW) }))),
        "/api/auth/sign-in-notices/view" | "/api/auth/sign-in-notices/deny" => {
            (path, Some(json!({ "token": factors::token().expose() })))
        }
        "/api/auth/profile" if operation.method == "PATCH" => (path, Some(json!({ "name": "Новое имя" }))),
        "/api/auth/profile/contacts" => (path, Some(json!({ "contact": objects.email }))),
        "/api/auth/profile/contacts/{contact_code_id}/confirm" => (path, Some(json!({ "code": CODE }))),
        "/api/auth/profile/contacts/forget" => (path, Some(json!({ "channel": "sms" }))),
        "/api/auth/confirmations/{confirmation_id}/codes" => (path, Some(json!({ "method": "email" }))),
        "/api/auth/confirmations/{confirmation_id}/answers" => (path, Some(json!({ "method": "email", "code": CODE }))),
        "/api/auth/password" if operation.method == "PUT" => (path, Some(json!({ "new_password": "сосна-и-73-ели" }))),
        "/api/auth/password" => {
            let passwords = json!({ "old_password": store::demo::PASSWORD, "new_password": "сосна-и-72-ели" });
            (path, Some(passwords))
        }
        "/api/auth/level-request" if operation.method == "POST" => {
            (path, Some(proof::answers(&json!(objects.account_id))))
        }
        "/api/auth/level-desk/requests/{level_request_id}/looks" => {
            (path, Some(json!({ "purpose": "identity-check", "words": "" })))
        }
        "/api/auth/level-desk/requests/{level_request_id}/documents/{document}" => {
            (format!("{path}?purpose=identity-check"), None)
        }
        "/api/auth/level-desk/requests/{level_request_id}/decisions" => {
            (path, Some(json!({ "round": 1, "verdict": "confirmed" })))
        }
        "/api/auth/level-desk/ask-again" => {
            (path, Some(json!({ "identifier": "anna", "reason": "Новый собственник" })))
        }
        "/api/auth/journal/export" => (format!("{path}?format=csv"), None),
        "/api/auth/support/searches" => {
            (path, Some(json!({ "identifier": "boris", "purpose": "sign-in-help", "words": "" })))
        }
        "/api/auth/support/persons/{person_id}/unlock"
        | "/api/auth/staff/{staff_id}/unblock"
        | "/api/auth/staff/{staff_id}/block" => (path, Some(json!({ "reason": "Позвонил сам" }))),
        // Of the staff, administrators let in.
        "/api/auth/support/persons/{person_id}/unblock" | "/api/auth/support/persons/{person_id}/block" => {
            (operation.path.replace("{person_id}", &objects.neighbour_id), Some(json!({ "reason": "Позвонил сам" })))
        }
        "/api/auth/support/waiting/{person_id}/looks" => {
            (operation.path.replace("{person_id}", &objects.neighbour_id), None)
        }
        // Whoever signed out would walk no further.
        "/api/auth/support/persons/{person_id}/sign-out" => {
            (operation.path.replace("{person_id}", &objects.staff_id), Some(json!({ "reason": "Позвонил сам" })))
        }
        "/api/auth/registrations"
        | "/api/auth/registrations/{registration_id}/confirm"
        | "/api/auth/recoveries"
        | "/api/auth/recoveries/{recovery_id}/confirm"
        | "/api/auth/invitations/view"
        | "/api/auth/invitations/accept" => (path, Some(objects.entrance.example(operation.path))),
        "/api/auth/providers/{provider}/sign-ins" => (path, Some(json!({ "next": "/readings" }))),
        "/api/auth/identities" if operation.method == "POST" => {
            (path, Some(json!({ "unlinked_identity_id": objects.unlinked_identity_id })))
        }
        "/api/auth/identities/registrations" => {
            let id = &objects.unlinked_identity_id;
            let consent = newcomer::consent();
            (path, Some(json!({ "unlinked_identity_id": id, "name": "Анна Сергеевна", "consent": consent })))
        }
        "/api/auth/consents" if operation.method == "POST" => (path, Some(newcomer::consent())),
        "/api/notices/maintenance" | "/api/notices/maintenance/{maintenance_id}"
            if matches!(operation.method, "POST" | "PUT") =>
        {
            let times = ("2026-07-20T20:00:00Z", "2026-07-20T22:00:00Z");
            (path, Some(json!({ "starts_at": times.0, "ends_at": times.1, "words": "Обновляем портал." })))
        }
        "/api/homes/imports" => (path, Some(imports::wish())),
        "/api/homes/addresses" => (format!("{path}?q=10"), None),
        "/api/homes/accounts/{account_id}/settings" => (path, Some(json!({ "label": "Дом", "notify_by": [] }))),
        "/api/homes/accounts/{account_id}/contacts" => (path, Some(json!({ "contact": "+79161234567" }))),
        "/api/homes/accounts/{account_id}/contacts/forget" => (path, Some(json!({ "channel": "sms" }))),
        "/api/homes/account-codes/{account_code_id}/confirm" => (path, Some(json!({ "code": CODE }))),
        "/api/homes/delegations" if operation.method == "POST" => {
            let accounts = json!([objects.account_id]);
            let wish =
                json!({ "name": "Сын", "account_ids": accounts, "powers": ["see-readings"], "until": "2026-08-01" });
            (path, Some(wish))
        }
        "/api/homes/delegations/view" | "/api/homes/delegations/take" => {
            (path, Some(json!({ "token": objects.delegation_token })))
        }
        "/api/auth/staff/invitations" => (
            path,
            Some(
                json!({ "login": "new-one", "name": "Новый Сотрудник", "roles": ["dispatcher"], "scope": { "kind": "portal" } }),
            ),
        ),
        "/api/auth/staff/{staff_id}/roles" => (path, Some(json!({ "role": "manager", "scope": { "kind": "portal" } }))),
        "/api/homes/links" => (path, Some(json!({ "number": objects.number }))),
        "/api/homes/links/{link_request_id}/confirm" => (path, Some(json!({ "code": objects.code }))),
        "/api/billing/desk/runs" => (path, Some(json!({ "house_id": objects.house_id, "period": runs::PERIOD }))),
        "/api/billing/desk/houses/{house_id}/recalculations" => {
            (path, Some(json!({ "from": runs::ISSUED, "reason": "Акт № 5" })))
        }
        "/api/billing/desk/runs/{run_id}/approve" => (format!("{path}?without_readings=true"), None),
        "/api/billing/absences" if operation.method == "POST" => {
            let wish = json!({ "account_id": objects.account_id, "persons": 1, "left_on": "2026-07-01",
                               "returned_on": "2026-07-15", "document": "билеты" });
            (path, Some(wish))
        }
        "/api/billing/desk/houses/{house_id}/absences/{absence_id}/decision" => {
            (path, Some(json!({ "is_accepted": true, "reason": "билеты подтверждают" })))
        }
        "/api/billing/desk/houses/{house_id}/benefits" if operation.method == "POST" => {
            let wish = json!({ "account_number": objects.number, "benefit": "Ветераны труда",
                               "document": "удостоверение № 1", "since": "2026-07-01" });
            (path, Some(wish))
        }
        "/api/billing/desk/houses/{house_id}/benefits/{benefit_id}/end" => {
            (path, Some(json!({ "reason": "записана по ошибке" })))
        }
        "/api/billing/bills/{bill_number}/lines/{line_no}/questions" => {
            (path, Some(json!({ "words": "На счётчике меньше" })))
        }
        "/api/billing/desk/houses/{house_id}/questions/{question_id}/answer" => {
            (path, Some(json!({ "answer": "Исправим в следующем счёте" })))
        }
        "/api/readings/coverage/houses/{house_id}/readings" => (format!("{path}?period={}", runs::ISSUED), None),
        "/api/billing/requests" if operation.method == "POST" => {
            let wish = json!({ "account_id": objects.account_id, "kind": "service", "service": "gas",
                               "words": "Подключите газ" });
            (path, Some(wish))
        }
        "/api/billing/desk/houses/{house_id}/requests/{request_id}/decision" => {
            (path, Some(json!({ "is_accepted": true, "answer": "Пересчитаем в следующем счёте" })))
        }
        "/api/billing/desk/houses/{house_id}/interruptions" if operation.method == "POST" => {
            let wish = json!({ "service": "cold_water", "since": "2026-07-01T10:00", "until": "2026-07-02T10:00",
                               "act": "акт № 5" });
            (path, Some(wish))
        }
        "/api/billing/desk/houses/{house_id}/interruptions/{interruption_id}/withdraw" => {
            (path, Some(json!({ "reason": "записан не тот дом" })))
        }
        "/api/billing/desk/houses/{house_id}/disputes" if operation.method == "POST" => {
            let wish = json!({ "account_number": objects.number, "period": runs::ISSUED,
                               "amount": 5_000, "reason": "претензия № 2" });
            (path, Some(wish))
        }
        "/api/billing/desk/houses/{house_id}/disputes/{dispute_id}/settle" => {
            (path, Some(json!({ "outcome": "в перерасчёте отказано" })))
        }
        "/api/billing/desk/accounts" => (format!("{path}?number={}", objects.number), None),
        "/api/readings/meter-desk/meters" => (format!("{path}?serial=1"), None),
        "/api/readings/meter-desk/events" => {
            let event = json!({ "meter_id": objects.meter_id, "kind": "sealed", "happened_on": "2026-07-20" });
            (path, Some(event))
        }
        "/api/readings/sms" => {
            let message = json!({ "message_id": "1", "from": "+79161234567", "text": "СЧЁТЧИК № 1 10" });
            (path, Some(message))
        }
        "/api/readings/tokens" if operation.method == "POST" => {
            let meters = json!([objects.meter_id]);
            let wish = json!({ "name": "Home Assistant", "account_id": objects.account_id, "meter_ids": meters,
                               "until": "2026-08-01" });
            (path, Some(wish))
        }
        "/api/readings/act-checks" => (path, Some(json!({ "number": 1, "code": "7K3M-Q2XA" }))),
        "/api/readings/consumption" | "/api/readings/consumption/document" | "/api/readings/stickers" => {
            (format!("{path}?account_id={}", objects.account_id), None)
        }
        "/api/readings/history"
        | "/api/readings/history/document"
        | "/api/readings/meter-events"
        | "/api/readings/last" => (format!("{path}?meter_id={}", objects.meter_id), None),
        "/api/billing/accounts/{account_id}/tariffs" => (format!("{path}?period=2026-07&against=2025-12"), None),
        "/api/billing/accounts/{account_id}/tariff-history" => (format!("{path}?service=cold_water"), None),
        "/api/readings/submissions" => {
            let item = json!({ "meter_id": objects.meter_id, "values": ["10"] });
            (path, Some(json!({ "account_id": objects.account_id, "items": [item] })))
        }
        _ => (path, None),
    }
}
