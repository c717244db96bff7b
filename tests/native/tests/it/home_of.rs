//! What the walk of `access` may ask about: one of each kind, of one person.

use domain::{
    access::Role,
    contact::{Contact, Phone},
    delegation::Power,
    invitation::InvitationToken,
    maintenance::Window,
    one_time_code::OneTimeCode,
};
use store::{
    Tx,
    contact_codes::{self, NewContactCode},
    erasures,
    homes::{self, NewAccountCode, NewDelegation, NewLinkRequest, Purpose, Right, register},
    levels,
    notices::{self, NewNotice},
    params,
    persons::{self, ContactKind},
    reading_tokens::{self, NewReadingToken},
    status,
};
use web::fresh_id;

use crate::{factors, imports, newcomer::Entrance, proof, suite::Suite, world::meter};

/// The code that answers whatever waits for one.
pub(crate) const CODE: &str = "123456";

/// What an operation may be about, of one person's home.
pub(crate) struct Objects {
    pub(crate) person_id: String,
    pub(crate) session_id: String,
    pub(crate) account_id: String,
    pub(crate) house_id: String,
    pub(crate) meter_id: String,
    /// A reading of another meter there, which the company took.
    pub(crate) reading_id: String,
    /// A bill of the account.
    pub(crate) bill_number: String,
    pub(crate) notice_id: String,
    pub(crate) maintenance_id: String,
    pub(crate) import_id: String,
    pub(crate) link_request_id: String,
    pub(crate) code: String,
    /// Who waits in the walk's browser.
    pub(crate) unlinked_identity_id: String,
    /// A code about the person's account; [`CODE`] answers it.
    pub(crate) account_code_id: String,
    /// A new contact of the person; [`CODE`] proves it.
    pub(crate) contact_code_id: String,
    /// What the person lets somebody do.
    pub(crate) delegation_id: String,
    /// A program that gives readings for the person.
    pub(crate) reading_token_id: String,
    /// The text after `#` of a link by which somebody else lets the person do something.
    pub(crate) delegation_token: String,
    /// Somebody else, who works nowhere.
    pub(crate) neighbour_id: String,
    /// One of the staff, an inspector.
    pub(crate) staff_id: String,
    /// A request of one of the staff to have the identity confirmed.
    pub(crate) level_request_id: String,
    /// The role that makes the inspector one.
    pub(crate) grant_id: String,
    /// The act of somebody's destruction.
    pub(crate) erasure_id: String,
    /// An e-mail that the person may change to.
    pub(crate) email: String,
    /// An account that the person may link.
    pub(crate) number: String,
    pub(crate) entrance: Entrance,
    pub(crate) trusted_device_id: String,
    /// What a passkey of the person is called that the walk makes when it asks about one.
    pub(crate) passkey_id: String,
    /// What a certificate of the person is called that the walk connects when it asks about one.
    pub(crate) certificate_id: String,
}

/// A bill of June 2026 with one line, of nothing.
fn add_bill(tx: &Tx<'_>, account_id: &str) -> store::Result<()> {
    tx.execute(
        "insert or ignore into billing_run (house_id, company_id, period, state, cursor, bills, known_seq, opened_at)
         select house_id, company_id, '2026-06', 'issued', '', 1, 0, '2026-07-01T00:00:00.000Z'
         from account join premises using (premises_id) join house using (house_id) where account_id = ?1",
        params![account_id],
    )?;
    tx.execute(
        "insert into bill (billing_run_id, account_id, period, charged, corrected)
         select billing_run_id, ?1, '2026-06', 0, 0
         from billing_run r join premises p using (house_id) join account a using (premises_id)
         where a.account_id = ?1 and r.period = '2026-06'",
        params![account_id],
    )?;
    tx.execute(
        r#"insert into charge_line (bill_id, of_period, service, method, volume, charged, excess, recalculated, discount,
                                    payable, oddities, explanation)
           select bill_id, period, 'cold_water', 'M', 0, 0, 0, 0, 0, 0, 0, '[["=",0,"0"]]'
           from bill where account_id = ?1 and period = '2026-06'"#,
        params![account_id],
    )?;
    tx.execute(
        "update bill set number = '202606-' || account_id, balance_before = 0, paid = 0, penalty = 0, balance = 0,
                         due_on = '2026-07-15', issued_at = '2026-07-01T00:00:00.000Z'
         where account_id = ?1 and period = '2026-06'",
        params![account_id],
    )?;
    Ok(())
}

/// The one row that a query gives.
fn row(suite: &Suite, sql: &str) -> Vec<String> {
    suite.rows(sql).into_iter().next().unwrap_or_else(|| panic!("no row: {sql}"))
}

/// Gives the demo login a home of its own in this flat, with everything an operation may be about.
pub(crate) async fn settle(suite: &Suite, login: &str, flat: u32) -> Objects {
    let person_id = row(suite, &format!("select person_id from person where login = '{login}'")).remove(0);
    let sql = format!(
        "select account_id, premises_id, house_id from account join premises using (premises_id) where premises.number = '{flat}'"
    );
    let [account_id, premises_id, house_id] = row(suite, &sql).try_into().unwrap();
    let reading_token_id = fresh_id(&suite.env);
    let ids = [(); 8].map(|()| fresh_id(&suite.env));
    let [link_id, meter_id, notice_id, link_request_id, maintenance_id, account_code_id, contact_code_id, erasure_id] =
        ids;
    let now = suite.env.now();
    let email = format!("{login}-{flat}@example.ru");
    let proof = contact_change(&contact_code_id, &person_id, flat);
    let contact = Purpose::Contact(Contact::Phone(Phone::parse("+79161234567").unwrap()));
    let code_hash = OneTimeCode::parse(CODE).unwrap().hash(&account_code_id);
    let another = row(suite, &format!("select account_id, number from account where number like '%{}'", flat + 10));
    suite
        .env
        .db()
        .write(|tx| {
            homes::add_link(tx, now, &link_id, &person_id, &account_id, Right::Owner)?;
            register::put_meters(tx, now, &[meter(&meter_id, &premises_id)], &[])?;
            let token = NewReadingToken {
                reading_token_id: &reading_token_id,
                person_id: &person_id,
                account_id: &account_id,
                token_hash: &reading_token_id,
                name: "Программа",
                until: suite.env.day(),
                meter_ids: std::slice::from_ref(&meter_id),
            };
            reading_tokens::add(tx, now, &token)?;
            persons::set_contact(tx, &person_id, ContactKind::Phone, Some(&format!("+7999111{flat:04}")))?;
            persons::set_contact(tx, &person_id, ContactKind::Email, Some(&format!("first-{email}")))?;
            contact_codes::add(tx, now, &proof.code(now))?;
            notices::add(tx, &[notice(&notice_id, &person_id, now)])?;
            status::announce(tx, now, &maintenance_id, &works(now), "Проверка.")?;
            let request = NewLinkRequest {
                link_request_id: &link_request_id,
                person_id: &person_id,
                account_id: &another[0],
                channel: "sms",
                code_hash: "",
                attempts: 5,
                expires_at: now + jiff::SignedDuration::from_mins(10),
            };
            homes::add_code(tx, now, &account_code(&account_code_id, &link_id, &contact, &code_hash, now))?;
            erasures::request(tx, now, &erasure_id, &person_id, erasures::Reason::Request, now)?;
            erasures::begin(tx, now, &erasure_id)?;
            erasures::finish(tx, now, &erasure_id)?;
            add_bill(tx, &account_id)?;
            homes::add_request(tx, now, &request)
        })
        .unwrap();
    let number = another[1].clone();
    let sql = format!("select reading_id from reading join meter using (meter_id) where premises_id = '{premises_id}'");
    let reading_id = row(suite, &sql).remove(0);
    let session_id = open_session(suite, login).await;
    let trusted_device_id = factors::trust(suite, &person_id);
    let (passkey_id, certificate_id) = (fresh_id(&suite.env), fresh_id(&suite.env));
    let entrance = Entrance::open(suite, login, flat).await;
    let code = "000000".to_owned();
    let import_id = imports::stage(suite, &person_id);
    let (delegation_id, _) = delegate(suite, &person_id);
    let (staff_id, grant_id) = employ(suite, flat);
    let neighbour_id = neighbour(suite);
    let (_, delegation_token) = delegate(suite, &neighbour_id);
    Objects {
        level_request_id: proof::of(suite, &staff_id, &account_id),
        import_id,
        neighbour_id,
        person_id,
        session_id,
        bill_number: format!("202606-{account_id}"),
        account_id,
        house_id,
        meter_id,
        reading_id,
        notice_id,
        maintenance_id,
        link_request_id,
        code,
        unlinked_identity_id: fresh_id(&suite.env),
        account_code_id,
        contact_code_id,
        delegation_id,
        reading_token_id,
        delegation_token,
        staff_id,
        grant_id,
        erasure_id,
        email,
        number,
        entrance,
        trusted_device_id,
        passkey_id,
        certificate_id,
    }
}

/// An e-mail that the person waits to prove by [`CODE`].
struct ContactChange<'a> {
    contact_code_id: &'a str,
    person_id: &'a str,
    contact: String,
    code_hash: String,
}

fn contact_change<'a>(contact_code_id: &'a str, person_id: &'a str, flat: u32) -> ContactChange<'a> {
    let code_hash = OneTimeCode::parse(CODE).unwrap().hash(contact_code_id);
    ContactChange { contact_code_id, person_id, contact: format!("other-{flat}@example.ru"), code_hash }
}

impl ContactChange<'_> {
    fn code(&self, now: jiff::Timestamp) -> NewContactCode<'_> {
        NewContactCode {
            contact_code_id: self.contact_code_id,
            purpose: contact_codes::Purpose::Change,
            subject: self.contact_code_id,
            // The walk's, once all its codes are kept.
            device: "",
            contact: Some(&self.contact),
            person_id: Some(self.person_id),
            code_hash: &self.code_hash,
            attempts: 5,
            expires_at: now + jiff::SignedDuration::from_mins(10),
        }
    }
}

/// What another session of the login is called; nothing for who may not see it.
async fn open_session(suite: &Suite, login: &str) -> String {
    let cookie = suite.sign_in(login).await;
    let sessions = suite.ask("GET", "/api/auth/sessions", &[("cookie", &cookie)], None).await;
    let none = Vec::new();
    let items = sessions.body["items"].as_array().unwrap_or(&none);
    let current = items.iter().find(|item| item["is_current"] == true);
    current.map_or("none", |item| item["session_id"].as_str().unwrap()).to_owned()
}

fn works(now: jiff::Timestamp) -> Window {
    Window::announce(now, now + jiff::SignedDuration::from_hours(1), now, 4).unwrap()
}

fn account_code<'a>(
    account_code_id: &'a str,
    link_id: &'a str,
    purpose: &'a Purpose,
    code_hash: &'a str,
    now: jiff::Timestamp,
) -> NewAccountCode<'a> {
    NewAccountCode {
        account_code_id,
        account_link_id: link_id,
        purpose,
        channel: "sms",
        code_hash,
        attempts: 5,
        expires_at: now + jiff::SignedDuration::from_mins(10),
    }
}

fn notice(notice_id: &str, person_id: &str, now: jiff::Timestamp) -> NewNotice {
    NewNotice {
        notice_id: notice_id.to_owned(),
        person_id: person_id.to_owned(),
        subject: "a test".to_owned(),
        kind: "a-test",
        title: "Проверка".to_owned(),
        body: "Проверка.".to_owned(),
        link: None,
        created_at: now,
    }
}

/// Somebody else, who has an account and is known for sure.
pub(crate) fn neighbour(suite: &Suite) -> String {
    let person_id = row(suite, "select person_id from person where login = 'resident20'").remove(0);
    let sql = "select account_id from account join premises using (premises_id) where premises.number = '39'";
    let (account_id, link_id, now) = (row(suite, sql).remove(0), fresh_id(&suite.env), suite.env.now());
    let settled = suite.env.db().write(|tx| {
        levels::confirm(tx, now, &person_id)?;
        homes::add_link(tx, now, &link_id, &person_id, &account_id, Right::Owner)
    });
    settled.unwrap();
    person_id
}

/// The person lets whoever takes the link see and give readings of all own accounts: the id, and the link's end.
pub(crate) fn delegate(suite: &Suite, granted_by: &str) -> (String, String) {
    let (delegation_id, token, now) =
        (fresh_id(&suite.env), InvitationToken::from_random(suite.env.random()), suite.env.now());
    let sql = format!("select account_id from account_link where person_id = '{granted_by}' and ended_at is null");
    let new = NewDelegation {
        delegation_id: &delegation_id,
        granted_by,
        token_hash: &token.hash(),
        name: "Доверенный",
        powers: &Power::ALL,
        until: suite.env.day(),
        take_by: now + jiff::SignedDuration::from_hours(1),
        account_ids: &suite.rows(&sql).concat(),
    };
    suite.env.db().write(|tx| homes::add_delegation(tx, now, &new)).unwrap();
    (delegation_id, token.expose())
}

/// Somebody new who works here as an inspector: the person and the grant.
fn employ(suite: &Suite, number: u32) -> (String, String) {
    let (person_id, login) = (fresh_id(&suite.env), format!("inspector-{number}"));
    let new = persons::NewPerson {
        person_id: &person_id,
        login: Some(&login),
        phone: None,
        email: None,
        password_hash: persons::NO_PASSWORD,
        name: "Инспектор",
        roles: &[Role::Inspector],
        is_demo: true,
    };
    suite.env.db().write(|tx| persons::add(tx, suite.env.now(), &new)).unwrap();
    let grant_id =
        suite.rows(&format!("select role_grant_id from role_grant where person_id = '{person_id}'")).concat().concat();
    (person_id, grant_id)
}
