//! A role reaches as far as its scope: the portal, a company, a house. Beyond it nothing is seen, changed or given.

use domain::access::{Action, Grant, Role, Scope};
use http::StatusCode;
use native_suite::access::{Access, OPERATIONS, Operation};
use serde_json::{Value, json};
use store::{
    grants,
    import::{NewImport, NewPart},
    persons::{self, NewPerson},
};
use web::fresh_id;

use crate::{
    access::answered, door::Browser, factors::person_id, home_of::settle, staff::accept, suite::Suite, support::search,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const WAITING: &str = "/api/auth/support/waiting";
pub(crate) const STAFF: &str = "/api/auth/staff";
pub(crate) const INVITATIONS: &str = "/api/auth/staff/invitations";
const REQUESTS: &str = "/api/auth/level-desk/requests";
const ADDRESSES: &str = "/api/auth/electronic-addresses";
const COVERED: &str = "/api/readings/coverage/houses";
const BILLED: &str = "/api/billing/desk/houses";
const ACCOUNTS: &str = "/api/billing/desk/accounts";
const METERS: &str = "/api/readings/meter-desk/meters";
/// The demo's houses.
pub(crate) const FIRST: &str = "Л10";
pub(crate) const NEIGHBOURS: &str = "С3";

/// The company that manages the house of this code, and the house.
pub(crate) fn places(suite: &Suite, code: &str) -> [Scope; 2] {
    let row = suite.rows(&format!("select company_id, house_id from house where code = '{code}'")).concat();
    let [company_id, house_id] = row.try_into().unwrap();
    [Scope::Company { company_id: company_id.clone() }, Scope::House { house_id, company_id }]
}

/// Somebody new with the demo's password and this role here.
pub(crate) fn hire(suite: &Suite, login: &str, role: Role, scope: &Scope) -> String {
    let person_id = fresh_id(&suite.env);
    let new = NewPerson {
        person_id: &person_id,
        login: Some(login),
        phone: None,
        email: None,
        password_hash: store::demo::PASSWORD_HASH,
        name: login,
        roles: &[],
        is_demo: true,
    };
    suite.env.db().write(|tx| persons::add(tx, suite.env.now(), &new)).unwrap();
    give(suite, &person_id, role, scope);
    person_id
}

pub(crate) fn give(suite: &Suite, person_id: &str, role: Role, scope: &Scope) {
    let grant = Grant { role, scope: scope.clone() };
    assert!(suite.env.db().write(|tx| grants::add(tx, suite.env.now(), person_id, &grant, None)).unwrap());
}

/// Lets somebody's only role hold here.
fn transfer(suite: &Suite, person_id: &str, scope: &Scope) {
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let column = format!("{}_id", scope.kind());
    let sql = format!("update role_grant set {column} = ?1 where person_id = ?2");
    file.execute(&sql, [scope.id().unwrap(), person_id]).unwrap();
}

fn sent(scope: &Scope) -> Value {
    json!({ "kind": scope.kind(), "id": scope.id() })
}

pub(crate) fn wish(login: &str, scope: &Scope) -> Option<Value> {
    Some(json!({ "login": login, "name": "Мария", "roles": ["dispatcher"], "scope": sent(scope) }))
}

fn logins(list: &Value, of: &str) -> Vec<String> {
    let logins = list[of].as_array().unwrap().iter().map(|one| one["login"].as_str().unwrap().to_owned());
    logins.collect()
}

#[tokio::test]
async fn an_administrator_of_a_company_sees_its_people_its_invitations_and_its_houses_alone() {
    let suite = Suite::demo(NOW);
    let mut portal = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let ([first, _], [neighbours, house]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    portal.ask_surely("POST", INVITATIONS, wish("of-the-first", &first)).await;
    portal.ask_surely("POST", INVITATIONS, wish("of-the-house", &house)).await;
    hire(&suite, "keeper", Role::Executor, &house);
    let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    let list = admin.ask("GET", STAFF, None).await.body;
    assert_eq!(logins(&list, "people"), ["admin2", "keeper"]);
    assert_eq!(logins(&list, "invited"), ["of-the-house"]);
    let scopes: Vec<_> = list["scopes"].as_array().unwrap().iter().map(|scope| scope["id"].clone()).collect();
    assert_eq!(scopes, [json!(neighbours.id()), json!(house.id())]);
    let everything = portal.ask("GET", STAFF, None).await.body;
    assert!(logins(&everything, "people").len() > 10);
    assert_eq!(everything["scopes"][0]["kind"], "portal");
}

#[tokio::test]
async fn nobody_is_invited_beyond_the_inviter_s_scope_and_who_comes_works_where_invited_to() {
    let suite = Suite::demo(NOW);
    let ([first, of_first], [neighbours, house]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    hire(&suite, "house-admin", Role::Admin, &house);
    for (login, allowed, refused) in [
        ("admin2", vec![&neighbours, &house], vec![&Scope::Portal, &first, &of_first]),
        ("house-admin", vec![&house], vec![&Scope::Portal, &first, &of_first, &neighbours]),
    ] {
        let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", login).await;
        for scope in refused {
            let answer = admin.ask_surely("POST", INVITATIONS, wish("maria", scope)).await;
            assert_eq!((answer.problem(), &answer.body["errors"][0]["pointer"]), ("validation", &json!("/scope")));
        }
        for (index, scope) in allowed.into_iter().enumerate() {
            let invited = format!("maria-{login}-{index}");
            let made = admin.ask_surely("POST", INVITATIONS, wish(&invited, scope)).await;
            assert_eq!(accept(&suite, &made.body["link"]).await.status, StatusCode::CREATED, "{}", made.body);
            let grants = suite.env.db().read(|conn| grants::of_person(conn, &person_id(&suite, &invited))).unwrap();
            assert_eq!(grants, [Grant { role: Role::Dispatcher, scope: scope.clone() }]);
        }
    }
}

/// What staff do beyond themselves, with the operations of the table.
fn is_of_staff(access: Access) -> bool {
    let actions = [
        Action::ManageStaff,
        Action::UnlockSignIn,
        Action::CheckIdentity,
        Action::ExportAddresses,
        Action::SeeErasures,
        Action::AnnounceMaintenance,
        Action::RecordMeterEvent,
        Action::SeeCoverage,
        Action::RunBilling,
    ];
    matches!(access, Access::Person(action) if actions.contains(&action))
}

#[tokio::test]
async fn whatever_names_people_of_another_company_or_the_portal_is_refused_to_a_company_s_staff() {
    let suite = Suite::demo(NOW);
    let objects = settle(&suite, "anna", 1).await;
    let [first, _] = places(&suite, FIRST);
    transfer(&suite, &objects.staff_id, &first);
    let [neighbours, house] = places(&suite, NEIGHBOURS);
    for (index, scope) in [neighbours, house].into_iter().enumerate() {
        for role in [Role::Admin, Role::Support, Role::Manager, Role::Accountant] {
            let login = format!("{}-{index}", role.as_str());
            hire(&suite, &login, role, &scope);
            let cookie = suite.sign_in(&login).await;
            for operation in OPERATIONS.iter().filter(|operation| is_of_staff(operation.access)) {
                let status = answered(&suite, operation, &objects, &[("cookie", &cookie)]).await;
                let asked = (operation.method, operation.path, role);
                let own_lists = [
                    ("GET", STAFF, Role::Admin),
                    ("GET", REQUESTS, Role::Manager),
                    ("GET", ADDRESSES, Role::Admin),
                    ("GET", ADDRESSES, Role::Manager),
                    ("GET", METERS, Role::Manager),
                    ("GET", WAITING, Role::Support),
                    ("GET", METERS, Role::Accountant),
                    ("GET", COVERED, Role::Manager),
                    ("GET", COVERED, Role::Accountant),
                    ("GET", BILLED, Role::Accountant),
                    ("GET", ACCOUNTS, Role::Accountant),
                ];
                let is_own_list = own_lists.contains(&asked);
                assert_eq!(status.is_success(), is_own_list, "{login} {operation:?}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn the_same_is_done_for_people_of_the_own_company() {
    let suite = Suite::demo(NOW);
    let objects = settle(&suite, "anna", 1).await;
    let [first, house] = places(&suite, FIRST);
    transfer(&suite, &objects.staff_id, &house);
    hire(&suite, "own-admin", Role::Admin, &first);
    hire(&suite, "own-support", Role::Support, &house);
    hire(&suite, "own-manager", Role::Manager, &house);
    hire(&suite, "own-accountant", Role::Accountant, &house);
    let accountant = suite.sign_in("own-accountant").await;
    let (admin, support) = (suite.sign_in("own-admin").await, suite.sign_in("own-support").await);
    let manager = suite.sign_in("own-manager").await;
    // Whom the example searches for has linked nothing yet.
    let asked = |operation: &&Operation| is_of_staff(operation.access) && !operation.path.ends_with("/searches");
    for operation in OPERATIONS.iter().filter(asked) {
        let (cookie, is_within) = match operation.access {
            Access::Person(Action::ManageStaff) => (
                &admin,
                operation.method != "POST"
                    || ["/reset", "/unblock", "/block", "/sign-out"].iter().any(|end| operation.path.ends_with(end)),
            ),
            Access::Person(Action::UnlockSignIn) => (&support, true),
            Access::Person(
                Action::CheckIdentity | Action::ExportAddresses | Action::RecordMeterEvent | Action::SeeCoverage,
            ) => (&manager, true),
            Access::Person(Action::RunBilling) => (&accountant, true),
            _ => (&admin, false),
        };
        let status = answered(&suite, operation, &objects, &[("cookie", cookie)]).await;
        assert_eq!(status.is_success(), is_within, "{operation:?}: {status}");
    }
}

#[tokio::test]
async fn the_support_of_a_company_finds_its_residents_and_nobody_who_works_beyond_it() {
    let suite = Suite::demo(NOW);
    let ([first, _], [neighbours, _]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    hire(&suite, "support-first", Role::Support, &first);
    hire(&suite, "support-there", Role::Support, &neighbours);
    let mut own = Browser::signed_in(&suite, "10.0.0.7:1", "support-first").await;
    let mut foreign = Browser::signed_in(&suite, "10.0.0.8:1", "support-there").await;
    let path = "/api/auth/support/searches";
    assert_eq!(own.ask("POST", path, Some(search("anna"))).await.body["name"], "Анна Сергеевна");
    let (there, nowhere) = (
        foreign.ask("POST", path, Some(search("anna"))).await,
        foreign.ask("POST", path, Some(search("nobody-at-all"))).await,
    );
    assert_eq!((there.status, &there.body["detail"]), (StatusCode::NOT_FOUND, &nowhere.body["detail"]));
    let looks = suite.rows("select count(*) from audit_entry where action = 'sign-in.look'").concat().concat();
    assert_eq!(looks, "1", "what was not seen is not in the journal");
    assert_eq!(own.ask("POST", path, Some(search("boris"))).await.problem(), "not-found", "nothing is linked yet");
    give(&suite, &person_id(&suite, "anna"), Role::Admin, &neighbours);
    assert_eq!(own.ask("POST", path, Some(search("anna"))).await.problem(), "not-found", "the sign-in opens more");
}

#[tokio::test]
async fn a_manager_sees_the_requests_of_the_own_houses_and_asks_only_their_people_again() {
    let suite = Suite::demo(NOW);
    settle(&suite, "anna", 1).await;
    let ([_, house], [neighbours, _]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    hire(&suite, "own-manager", Role::Manager, &house);
    hire(&suite, "their-manager", Role::Manager, &neighbours);
    let wish = json!({ "identifier": "anna", "reason": "Сменился собственник." });
    let path = "/api/auth/level-desk/ask-again";
    for (login, count, status) in [("own-manager", 1, StatusCode::CREATED), ("their-manager", 0, StatusCode::NOT_FOUND)]
    {
        let mut manager = Browser::signed_in(&suite, "10.0.0.7:1", login).await;
        let list = manager.ask("GET", REQUESTS, None).await.body;
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{login}: {list}");
        assert_eq!(manager.ask("POST", path, Some(wish.clone())).await.status, status, "{login}");
    }
}

#[tokio::test]
async fn of_who_works_in_two_companies_each_sees_its_own_part_and_neither_sets_the_password() {
    let suite = Suite::demo(NOW);
    let ([first, _], [neighbours, house]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    let person_id = hire(&suite, "both", Role::Accountant, &first);
    give(&suite, &person_id, Role::Accountant, &house);
    let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    let list = admin.ask("GET", STAFF, None).await.body;
    let one = list["people"].as_array().unwrap().iter().find(|one| one["login"] == "both").unwrap().clone();
    let roles = one["roles"].as_array().unwrap();
    assert_eq!((roles.len(), &roles[0]["scope"]["id"]), (1, &json!(house.id())));
    assert_eq!(admin.ask_surely("POST", &format!("{STAFF}/{person_id}/reset"), None).await.problem(), "forbidden");
    let taken = admin.ask_surely("DELETE", &format!("{STAFF}/{person_id}/roles/{}", roles[0]["grant_id"]), None).await;
    assert_eq!((taken.status, logins(&taken.body, "people")), (StatusCode::OK, vec!["admin2".to_owned()]));
    let left = suite.env.db().read(|conn| grants::of_person(conn, &person_id)).unwrap();
    assert_eq!(left, [Grant { role: Role::Accountant, scope: first }]);
    assert_eq!(neighbours.kind(), "company");
}

#[tokio::test]
async fn a_role_is_given_within_the_scope_once_and_beyond_it_never() {
    let suite = Suite::demo(NOW);
    let ([first, _], [neighbours, house]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    let person_id = hire(&suite, "keeper", Role::Executor, &house);
    let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    let path = format!("{STAFF}/{person_id}/roles");
    let role = |scope: &Scope| Some(json!({ "role": "dispatcher", "scope": sent(scope) }));
    assert_eq!(admin.ask_surely("POST", &path, role(&neighbours)).await.status, StatusCode::CREATED);
    let again = admin.ask_surely("POST", &path, role(&neighbours)).await;
    assert_eq!(again.body["errors"][0]["pointer"], "/role");
    for scope in [&Scope::Portal, &first] {
        let refused = admin.ask_surely("POST", &path, role(scope)).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/scope", "{scope:?}");
    }
    let given = "select count(*) from role_grant g join person p on p.person_id = g.granted_by
                 where p.login = 'admin2' and g.role = 'dispatcher'";
    assert_eq!(suite.rows(given).concat().concat(), "1");
}

#[tokio::test]
async fn a_role_taken_away_is_gone_at_once_and_its_invitations_with_it() {
    let suite = Suite::demo(NOW);
    let [_, house] = places(&suite, NEIGHBOURS);
    let mut portal = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    let made = admin.ask_surely("POST", INVITATIONS, wish("maria", &house)).await;
    let list = portal.ask("GET", STAFF, None).await.body;
    let one = list["people"].as_array().unwrap().iter().find(|one| one["login"] == "admin2").unwrap().clone();
    let path = format!("{STAFF}/{}/roles/{}", one["staff_id"].as_str().unwrap(), one["roles"][0]["grant_id"]);
    assert_eq!(portal.ask_surely("DELETE", &path, None).await.status, StatusCode::OK);
    assert_eq!(admin.ask("GET", STAFF, None).await.problem(), "unauthenticated");
    suite.set_clock(suite.env.now() + jiff::SignedDuration::from_secs(1));
    assert_eq!(accept(&suite, &made.body["link"]).await.problem(), "invitation-expired");
}

#[tokio::test]
async fn a_session_never_outlives_the_roles_that_it_began_with() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update role_grant set taken_at = '2026-07-20' where role = 'admin'", []).unwrap();
    assert_eq!(admin.ask("GET", STAFF, None).await.problem(), "forbidden");
}

#[tokio::test]
async fn a_house_that_changes_hands_takes_its_people_along() {
    let suite = Suite::demo(NOW);
    let ([first, house], [neighbours, _]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    hire(&suite, "keeper", Role::Executor, &house);
    let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    assert_eq!(logins(&admin.ask("GET", STAFF, None).await.body, "people"), ["admin2"]);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update house set company_id = ?1 where code = ?2", [neighbours.id().unwrap(), FIRST]).unwrap();
    assert_eq!(logins(&admin.ask("GET", STAFF, None).await.body, "people"), ["admin2", "keeper"]);
    hire(&suite, "first-admin", Role::Admin, &first);
    let mut before = Browser::signed_in(&suite, "10.0.0.8:1", "first-admin").await;
    assert!(!logins(&before.ask("GET", STAFF, None).await.body, "people").contains(&"keeper".to_owned()));
}

/// Has the portal check one file of this login; answers with the report.
async fn checked(suite: &Suite, login: &str, text: &str) -> Value {
    let (cookie, import_id) = (suite.sign_in(login).await, fresh_id(&suite.env));
    let person_id = &person_id(suite, login);
    let files = [("file.csv", text.len() as u64)];
    let new = NewImport { import_id: &import_id, person_id, is_for_demo: true, files: &files };
    let part = NewPart { import_id: &import_id, file_no: 0, part_no: 0, bytes: text.into() };
    let stage = suite.env.db().write(|tx| {
        store::import::create(tx, suite.env.now(), &new)?;
        store::import::add_part(tx, part)
    });
    stage.unwrap();
    let path = format!("/api/homes/imports/{import_id}/check");
    suite.ask("POST", &path, &[("cookie", &cookie)], None).await.body
}

const HOUSES: &str = "code;company_inn;municipality;address;time_zone;window_from_day;window_to_day\n";

fn house_line(code: &str, inn: &str) -> String {
    format!("{HOUSES}{code};{inn};г. Рязань;г. Рязань, ул. Новая, д. 1;Europe/Moscow;1;31\n")
}

#[tokio::test]
async fn a_company_s_files_touch_nothing_of_another_company() {
    let suite = Suite::demo(NOW);
    let [_, house] = places(&suite, NEIGHBOURS);
    hire(&suite, "house-admin", Role::Admin, &house);
    let (first, own) = ("6299999997", "6299999980");
    for (login, text, column) in [
        ("admin2", format!("inn;name\n{first};Чужая\n"), Some("inn")),
        ("admin2", "inn;name\n7707083893;Новая\n".to_owned(), Some("inn")),
        ("admin2", format!("inn;name\n{own};Своя\n"), None),
        ("house-admin", format!("inn;name\n{own};Своя\n"), Some("inn")),
        ("admin2", house_line("Л10", own), Some("code")),
        ("admin2", house_line("С3", first), Some("company_inn")),
        ("admin2", house_line("Н1", own), None),
        ("house-admin", house_line("Н1", own), Some("company_inn")),
        ("house-admin", house_line("С3", own), None),
        ("admin2", "house_code;number;kind;area\nЛ10;1;residential;40\n".to_owned(), Some("house_code")),
        ("admin2", "house_code;number;kind;area\nС3;2;residential;40\n".to_owned(), None),
        ("admin", house_line("Л10", own), None),
    ] {
        let import = checked(&suite, login, &text).await;
        let bad = &import["report"]["bad_lines"][0]["column"];
        assert_eq!(bad.as_str(), column, "{login}: {text}: {import}");
        assert_eq!(import["stage"], if column.is_some() { "refused" } else { "checked" }, "{login}: {text}: {import}");
    }
}

#[tokio::test]
async fn no_line_about_a_flat_an_account_or_a_meter_of_another_company_is_taken() {
    let suite = Suite::demo(NOW);
    let sql = "select m.kind, m.serial from meter m where m.rates = 1 order by m.meter_id limit 1";
    let meter = suite.rows(sql).concat();
    let (kind, serial) = (&meter[0], &meter[1]);
    for (text, column) in [
        ("house_code;premises;name;share;since\nЛ10;1;Чужой;1/1;2026-01-01\n".to_owned(), "house_code"),
        ("number;house_code;premises;holder;opened_on\n777;Л10;1;Чужой;2026-01-01\n".to_owned(), "house_code"),
        (
            format!(
                "kind;serial;house_code;premises;rates;digits_integer;digits_fraction;installed_on\n\
                 {kind};{serial};Л10;1;1;5;3;2020-01-01\n"
            ),
            "house_code",
        ),
        (
            format!(
                "meter_kind;meter_serial;source;period;taken_on;value_1\n{kind};{serial};control;2026-06;2026-06-20;1\n"
            ),
            "meter_serial",
        ),
    ] {
        let import = checked(&suite, "admin2", &text).await;
        let bad = &import["report"]["bad_lines"][0];
        assert_eq!(bad["column"].as_str(), Some(column), "{text}: {import}");
        assert!(bad["reason"].as_str().unwrap().contains("вам не поручен"), "{bad}");
    }
}
