//! Searching for an address.

use http::StatusCode;
use serde_json::{Value, json};

use crate::portal::{Answer, Portal};

/// Another street of the same company: houses 1, 2 and 10, of two flats and a shop each.
fn build_street(portal: &Portal) {
    for house in ["1", "2", "10"] {
        portal.add_house(&format!("К{house}"), "г. Рыбное", &format!("г. Рыбное, ул. Космонавтов, д. {house}"));
        for (number, kind) in [("1", "residential"), ("2", "residential"), ("Н-3", "non_residential")] {
            portal.execute(&format!(
                "insert into premises (premises_id, house_id, number, kind, area_hundredths, created_at)
                 select house_id || '-{number}', house_id, '{number}', '{kind}', 4000, created_at
                 from house where code = 'К{house}'"
            ));
        }
    }
}

fn addresses(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body["items"].as_array().unwrap().iter().map(|item| item["address"].as_str().unwrap()).collect()
}

async fn search(portal: &Portal, typed: &str, more: &str) -> Answer {
    portal.search(&portal.sign_in("boris"), typed, more).await
}

#[tokio::test]
async fn a_flat_is_found_by_street_house_and_number() {
    let portal = Portal::new();
    let answer = search(&portal, "ленина 10 27", "").await;
    let first = &answer.body["items"][0];
    assert_eq!(first["address"], "г. Рязань, ул. Ленина, д. 10, кв. 27");
    assert_eq!((&first["kind"], &first["municipality"]), (&json!("residential"), &json!("г. Рязань")));
    assert!(first["premises_id"].is_string() && first["house_id"].is_string());
    assert_eq!(addresses(&answer)[1], "г. Рязань, ул. Ленина, д. 10", "then its house");
}

#[tokio::test]
async fn typing_errors_and_the_wrong_layout_are_forgiven() {
    let portal = Portal::new();
    for typed in
        ["линина 10 27", "Рязань, Ленниа 10-27", "ktybyf 10 27", "улица ЛЕНИНА дом 10 квартира 27", "лен 10 кв 27"]
    {
        let answer = search(&portal, typed, "").await;
        assert_eq!(addresses(&answer).first(), Some(&"г. Рязань, ул. Ленина, д. 10, кв. 27"), "{typed}");
    }
    for typed in ["космонавтов 10", "", "  ", "!!!", "ул", "\u{0}"] {
        assert_eq!(addresses(&search(&portal, typed, "").await), [""; 0], "{typed:?}");
    }
}

#[tokio::test]
async fn the_nearest_house_comes_first_and_then_its_flats() {
    let portal = Portal::new();
    build_street(&portal);
    let answer = search(&portal, "космонавтов 1", "").await;
    let street = "г. Рыбное, ул. Космонавтов, д.";
    let expected = ["1", "10", "2", "1, кв. 1", "1, кв. 2", "1, пом. Н-3"].map(|end| format!("{street} {end}"));
    assert_eq!(addresses(&answer), expected);
    let street_alone = search(&portal, "космонавтав", "").await;
    assert_eq!(addresses(&street_alone), ["1", "2", "10"].map(|house| format!("{street} {house}")), "as people count");
    let shop = search(&portal, "космонавтов 2 пом н3", "").await;
    assert_eq!(addresses(&shop)[0], format!("{street} 2, пом. Н-3"));
}

#[tokio::test]
async fn a_house_without_the_number_is_still_shown_after_those_that_have_it() {
    let portal = Portal::new();
    build_street(&portal);
    let answer = search(&portal, "космонавтов 7", "").await;
    assert_eq!(addresses(&answer).len(), 3, "{answer:?}");
}

#[tokio::test]
async fn a_search_is_narrowed_by_municipality_and_kind() {
    let portal = Portal::new();
    build_street(&portal);
    let cookie = portal.sign_in("boris");
    let known = portal.get(&cookie, "/api/homes/municipalities").await;
    assert_eq!(known.body["items"], json!(["г. Рыбное", "г. Рязань"]));

    assert_eq!(addresses(&search(&portal, "космонавтов 2", "&municipality=%D0%A2%D1%83%D0%BB%D0%B0").await), [""; 0]);
    let shops = search(&portal, "космонавтов 2", "&kind=non_residential").await;
    let flats: Vec<_> = addresses(&shops).into_iter().filter(|address| address.contains("кв.")).collect();
    assert_eq!(flats, [""; 0]);
    assert!(addresses(&shops).iter().any(|address| address.ends_with("пом. Н-3")));
    assert_eq!(addresses(&search(&portal, "ленина 10", "&kind=non_residential").await), [""; 0], "it has flats alone");
}

#[tokio::test]
async fn what_is_linked_is_told_only_of_one_s_own() {
    let portal = Portal::new();
    let connection = |answer: &Answer| answer.body["items"][0]["connection"].clone();
    let (anna, boris) = (portal.sign_in("anna"), portal.sign_in("boris"));
    assert_eq!(connection(&portal.search(&anna, "ленина 10 15", "").await), "linked");
    assert_eq!(connection(&portal.search(&boris, "ленина 10 15", "").await), "open");
    portal.execute("update account set closed_on = '2026-07-01' where number = '0000000015'");
    assert_eq!(connection(&portal.search(&boris, "ленина 10 15", "").await), "none");

    let mine = portal.search(&anna, "ленина 10", "&connection=linked").await;
    assert_eq!(addresses(&mine), ["г. Рязань, ул. Ленина, д. 10, кв. 15"]);
    assert_eq!(addresses(&portal.search(&boris, "ленина 10", "&connection=linked").await), [""; 0]);
    let open = portal.search(&boris, "ленина 10", "&connection=open&limit=50").await;
    assert!(!addresses(&open).contains(&"г. Рязань, ул. Ленина, д. 10, кв. 15"));
}

#[tokio::test]
async fn an_answer_names_no_holder_and_no_account() {
    let portal = Portal::new();
    let answer = search(&portal, "ленина 10 15", "").await;
    let text = answer.body.to_string();
    for secret in ["Лугова", "Анна", "0000000015", "+7900"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let fields: Vec<_> = answer.body["items"][0].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["address", "connection", "house_id", "kind", "municipality", "premises_id"]);
}

#[tokio::test]
async fn a_search_that_cannot_be_is_refused_by_name() {
    let portal = Portal::new();
    for (typed, more, pointer) in
        [("ленина", "&limit=0", "?limit"), ("ленина", "&limit=51", "?limit"), (&"л".repeat(201), "", "?q")]
    {
        let answer = search(&portal, typed, more).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
    search(&portal, "ленина", "&kind=castle").await.is_problem(422, "validation");
}

#[tokio::test]
async fn searches_are_limited_per_person() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    for _ in 0..120 {
        assert_eq!(portal.search(&boris, "л", "").await.status, StatusCode::OK);
    }
    portal.search(&boris, "л", "").await.is_problem(429, "rate-limited");
    assert_eq!(portal.search(&portal.sign_in("anna"), "л", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_residents_search() {
    let portal = Portal::new();
    portal.search(&portal.sign_in("manager"), "ленина", "").await.is_problem(403, "forbidden");
    portal.search("", "ленина", "").await.is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_search_takes_a_few_statements_however_much_is_typed() {
    let portal = Portal::new();
    build_street(&portal);
    let boris = portal.sign_in("boris");
    for typed in ["ленина 10 15", "lenina ul ktybyf kosmonavtov 10 15 16 17 18 a b c d", "л"] {
        let before = store::stats::calls().sql;
        portal.search(&boris, typed, "").await;
        // The limit takes four: begin, settings, count, commit.
        assert!(store::stats::calls().sql - before <= 4 + 5, "{typed}");
    }
}

#[tokio::test]
async fn a_house_that_moves_is_found_where_it_is() {
    let portal = Portal::new();
    portal.add_house("Л10", "г. Рыбное", "г. Рыбное, ул. Новая, д. 3");
    assert_eq!(addresses(&search(&portal, "ленина 10", "").await), [""; 0]);
    assert_eq!(addresses(&search(&portal, "новая 3 27", "").await)[0], "г. Рыбное, ул. Новая, д. 3, кв. 27");
}

#[tokio::test]
async fn a_number_is_linked_only_with_the_flat_that_was_chosen() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let premises_id = async |typed| {
        let answer = portal.search(&boris, typed, "").await;
        answer.body["items"][0]["premises_id"].clone()
    };
    let (own, other): (Value, Value) = (premises_id("ленина 10 27").await, premises_id("ленина 10 28").await);
    let ask = async |premises_id: &Value| {
        let body = json!({ "number": "0000000027", "premises_id": premises_id });
        portal.post(&boris, "/api/homes/links", body).await
    };
    let refused = ask(&other).await;
    refused.is_problem(404, "account-not-found");
    assert_eq!(refused.body["errors"][0]["pointer"], "/number");
    assert_eq!(portal.count("select count(*) from link_request"), 0, "nobody got a code");
    assert_eq!(ask(&own).await.status, StatusCode::CREATED);
}
