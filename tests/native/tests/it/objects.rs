//! What an operation names by its id, as the OpenAPI document tells: the walk of `access` must try it with an object
//! of somebody else. A new operation that nobody thought of fails here.

use native_suite::access::{Access, OPERATIONS, Operation};
use serde_json::Value;

use crate::access::is_about_an_object;

const OF_ITS_HOUSE: &str = "of the scope of its house: `scopes` walks it with another company's";

/// Operations that name what is nobody's own, with the reason.
const NOBODYS_OWN: [(&str, &str); 52] = [
    ("/api/auth/identities", "an identity that waits is of the browser with its cookie, whoever signs in there"),
    ("/api/auth/level-request", "an account that is not one's own has no home to compare with: a field at fault"),
    (
        "/api/auth/level-desk/requests/{level_request_id}/looks",
        "of the scope of its home: `scopes` walks it with another company's",
    ),
    (
        "/api/auth/level-desk/requests/{level_request_id}/documents/{document}",
        "of the scope of its home: `scopes` walks it with another company's",
    ),
    (
        "/api/auth/level-desk/requests/{level_request_id}/decisions",
        "of the scope of its home (`scopes`); nobody decides about the own request, which has a test of its own",
    ),
    (
        "/api/auth/staff/invitations/{invitation_id}",
        "of the scope that it is for: `scopes` walks it with another company's",
    ),
    ("/api/auth/staff/{staff_id}/reset", "of the scope where they work: `scopes` walks it with another company's"),
    ("/api/auth/staff/{staff_id}/unblock", "of the scope where they work: `scopes` walks it with another company's"),
    ("/api/auth/staff/{staff_id}/block", "of the scope where they work: `scopes` walks it with another company's"),
    ("/api/auth/staff/{staff_id}/sign-out", "of the scope where they work: `scopes` walks it with another company's"),
    ("/api/auth/staff/{staff_id}/roles", "of the scope where they work: `scopes` walks it with another company's"),
    (
        "/api/auth/staff/{staff_id}/roles/{grant_id}",
        "of the scope where they work: `scopes` walks it with another company's",
    ),
    ("/api/auth/erasures/{erasure_id}", "an act of destruction is the operator's, and nobody's name is left in it"),
    (
        "/api/auth/passkeys",
        "a question that was asked of this very person and browser, and a device's name for a new key",
    ),
    ("/api/auth/certificates", "a text that was asked for in this very session"),
    (
        "/api/auth/support/persons/{person_id}/unblock",
        "two of the support let in whoever is within their scope (`scopes`), and the audit log names both",
    ),
    (
        "/api/auth/support/waiting/{person_id}/looks",
        "the support looks at whoever is within its scope (`scopes`) and waits, and the audit log names who did it",
    ),
    (
        "/api/auth/support/persons/{person_id}/block",
        "the support stops whoever is within its scope (`scopes`), and the audit log names who did it and why",
    ),
    (
        "/api/auth/support/persons/{person_id}/unlock",
        "the support unlocks whoever is within its scope (`scopes`), and the audit log names who did it",
    ),
    (
        "/api/auth/support/persons/{person_id}/sign-out",
        "the support signs out whoever is within its scope (`scopes`), and the audit log names who did it and why",
    ),
    ("/api/billing/desk/houses/{house_id}", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/recalculations", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/recalculations/{recalculation_id}", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/absences", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/absences/{absence_id}/decision", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/benefits", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/benefits/{benefit_id}/end", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/requests", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/requests/{request_id}/decision", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/tariffs", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/questions", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/questions/{question_id}/answer", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/interruptions", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/interruptions/{interruption_id}/withdraw", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/disputes", OF_ITS_HOUSE),
    ("/api/billing/desk/houses/{house_id}/disputes/{dispute_id}/settle", OF_ITS_HOUSE),
    ("/api/readings/coverage/houses/{house_id}", OF_ITS_HOUSE),
    ("/api/readings/coverage/houses/{house_id}/document", OF_ITS_HOUSE),
    ("/api/readings/coverage/houses/{house_id}/readings", OF_ITS_HOUSE),
    ("/api/readings/coverage/houses/{house_id}/reminders", OF_ITS_HOUSE),
    ("/api/billing/desk/runs", OF_ITS_HOUSE),
    ("/api/billing/desk/runs/{run_id}", OF_ITS_HOUSE),
    ("/api/billing/desk/runs/{run_id}/document", OF_ITS_HOUSE),
    ("/api/billing/desk/runs/{run_id}/step", OF_ITS_HOUSE),
    ("/api/billing/desk/runs/{run_id}/preview", OF_ITS_HOUSE),
    ("/api/billing/desk/runs/{run_id}/approve", OF_ITS_HOUSE),
    ("/api/billing/desk/runs/{run_id}/bills", OF_ITS_HOUSE),
    ("/api/billing/desk/runs/{run_id}/bills/{bill_id}", OF_ITS_HOUSE),
    ("/api/homes/links", "a flat that the search of addresses shows to everybody; it only narrows the number"),
    ("/api/notices/maintenance/{maintenance_id}", "a maintenance window is the portal's"),
    ("/api/readings/meter-desk/events", OF_ITS_HOUSE),
    ("/api/readings/meters", "a filter: of an account that is not one's own there are no meters to show"),
];

/// The names of everything that identifies an object in a request.
fn ids(document: &Value, operation: &Operation) -> Vec<String> {
    let described = &document["paths"][operation.path][operation.method.to_lowercase()];
    let parameters = described["parameters"].as_array().into_iter().flatten();
    let named = parameters.filter(|parameter| parameter["in"] != "header").map(|parameter| &parameter["name"]);
    let mut names: Vec<String> = named.filter_map(Value::as_str).map(str::to_owned).collect();
    for content in described["requestBody"]["content"].as_object().into_iter().flat_map(|content| content.values()) {
        properties(document, &content["schema"], &mut names);
    }
    names.retain(|name| name.ends_with("_id"));
    names
}

/// The names of all properties of a schema and of what it is made of.
fn properties(document: &Value, schema: &Value, names: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        properties(document, &document["components"]["schemas"][name], names);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        names.push(name.clone());
        properties(document, property, names);
    }
    for part in ["allOf", "anyOf", "oneOf"] {
        schema[part].as_array().into_iter().flatten().for_each(|schema| properties(document, schema, names));
    }
    if schema["items"].is_object() {
        properties(document, &schema["items"], names);
    }
}

#[test]
fn whatever_names_an_object_is_walked_with_somebody_elses() {
    let document: Value = serde_json::from_str(&native_suite::document()).unwrap();
    let mut forgotten = Vec::new();
    for operation in OPERATIONS.iter().filter(|operation| matches!(operation.access, Access::Person(_))) {
        let ids = ids(&document, operation);
        let is_known = NOBODYS_OWN.iter().any(|(path, _)| *path == operation.path);
        if !ids.is_empty() && !is_about_an_object(operation) && !is_known {
            forgotten.push(format!("{} {} names {}", operation.method, operation.path, ids.join(", ")));
        }
    }
    assert!(forgotten.is_empty(), "{forgotten:#?}: let `access` walk them, or say above why nobody owns them");
}

#[test]
fn every_exception_is_an_operation_that_names_an_object() {
    let document: Value = serde_json::from_str(&native_suite::document()).unwrap();
    for (path, _) in NOBODYS_OWN {
        let mut operations = OPERATIONS.iter().filter(|operation| operation.path == path);
        assert!(operations.any(|operation| !ids(&document, operation).is_empty()), "{path}");
    }
}

#[test]
fn ids_are_found_deep_in_a_body() {
    let document: Value = serde_json::from_str(&native_suite::document()).unwrap();
    let submission = OPERATIONS.iter().find(|operation| operation.path == "/api/readings/submissions").unwrap();
    let found = ids(&document, submission);
    assert!(found.iter().any(|name| name == "account_id") && found.iter().any(|name| name == "meter_id"), "{found:?}");
}
