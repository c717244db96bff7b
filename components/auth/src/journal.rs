//! What happened with my data (function 156): who did what, when, from where, and what it changed.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    contact::{Email, Phone},
    user_agent,
};
use serde::Serialize;
use store::audit::{self, Happening};
use utoipa::ToSchema;
use web::{Actor, Env, Page, PageQuery, Problem, Query, Reply};

/// One thing that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct JournalItem {
    /// Its number; numbers of things that concern others are left out.
    entry: i64,
    #[schema(format = DateTime)]
    at: String,
    /// What was done, in a few words.
    #[schema(example = "Вход в личный кабинет")]
    what: &'static str,
    /// Who did it: `me`, `staff`, `visitor` (somebody who was not signed in), `system`.
    #[schema(example = "me")]
    who: &'static str,
    /// From which network address; null for what others did as their work.
    #[schema(example = "83.1.2.3")]
    address: Option<String>,
    /// The particulars that tell a person something: what was before and after, of which account, with what reason.
    details: Vec<JournalDetail>,
}

/// One particular of what happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct JournalDetail {
    /// What it is, in a word or two.
    #[schema(example = "было")]
    name: &'static str,
    /// Its value, in plain words.
    #[schema(example = "Анна")]
    value: String,
}

/// What happened with my data
#[utoipa::path(
    get, path = "/api/auth/journal", operation_id = "list_journal", tag = "auth", security(("session" = [])),
    params(PageQuery),
    responses(
        (status = 200, body = Page<JournalItem>),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Page<JournalItem>>, Problem> {
    actor.may(Action::SeeJournal, Relation::Own)?;
    let (limit, before) = (query.limit()?, query.cursor::<i64>()?);
    let happened = env.db().read(|conn| audit::of_person(conn, &actor.person_id, before, limit + 1))?;
    let items = happened.into_iter().map(|one| item(&actor, one)).collect();
    Ok(Reply::ok(Page::of(items, limit, |item: &JournalItem| item.entry)))
}

fn item(actor: &Actor, happening: Happening) -> JournalItem {
    let who = match happening.actor.as_str() {
        actor_id if actor_id == actor.person_id => "me",
        "visitor" => "visitor",
        "system" | "operator" => "system",
        _ => "staff",
    };
    // Where one of the staff sits is not the person's business; who knocks at the person's door is.
    let address = happening.fields.iter().find(|(name, _)| name == "address").map(|(_, address)| address.clone());
    let address = address.filter(|address| matches!(who, "me" | "visitor") && !address.is_empty());
    let account = happening.account_number.map(|value| JournalDetail { name: "лицевой счёт", value });
    let details = account.into_iter().chain(happening.fields.iter().filter_map(detail)).collect();
    JournalItem { entry: happening.seq, at: happening.at, what: what(&happening.action), who, address, details }
}

/// The words for a field of the audit log; nothing for those that only an investigation reads.
fn detail((name, value): &(String, String)) -> Option<JournalDetail> {
    let told = |name, value: &str| Some(JournalDetail { name, value: value.to_owned() });
    match (name.as_str(), value.as_str()) {
        ("from", _) => told("было", value),
        ("to", _) => told("стало", value),
        ("reason", _) => told("причина", value),
        ("user_agent", _) => told("устройство", &user_agent::in_words(value)),
        ("channel", "sms") => told("куда", "телефон"),
        ("channel", "email") => told("куда", "почта"),
        ("by_sms", _) => told("СМС", yes_or_no(value)),
        ("by_email", _) => told("письма", yes_or_no(value)),
        ("attempts_left", _) => told("осталось попыток", value),
        ("version", _) => told("редакция текста", value),
        ("confirmation_code", _) => told("код подтверждения", value),
        ("holder_to", _) => told("изменилось", "на кого записан счёт"),
        ("phone_from", _) => told("телефон был", &masked(value)),
        ("phone_to", _) => told("телефон стал", &masked(value)),
        ("email_from", _) => told("почта была", &masked(value)),
        ("email_to", _) => told("почта стала", &masked(value)),
        (meter, _) if meter.starts_with("meter ") => told("показание", value),
        _ => None,
    }
}

/// A contact, all but its ends hidden: others to whom the account is linked read it too.
fn masked(contact: &str) -> String {
    let email = || Email::parse(contact).map(|email| email.masked());
    Phone::parse(contact).map(|phone| phone.masked()).or_else(|_| email()).unwrap_or_else(|_| "нет".to_owned())
}

fn yes_or_no(value: &str) -> &'static str {
    if value == "true" { "да" } else { "нет" }
}

/// The words for an action of the audit log.
fn what(action: &str) -> &'static str {
    match action {
        "session.open" => "Вход в личный кабинет",
        "session.close" => "Выход из личного кабинета",
        "session.end-by-provider" => "Выход: вы вышли в сервисе, через который входили",
        "session.refuse" => "Попытка входа с неверным паролем",
        "sign-in.lock" => "Вход закрыт: много неверных паролей подряд",
        "sign-in.unlock" => "Вход снова открыт",
        "sign-in.look" => "Поддержка проверила, открыт ли вход",
        "password.change" => "Пароль изменён",
        "password.refuse" => "Попытка сменить пароль: старый не подошёл",
        "password.recover" => "Пароль восстановлен по коду",
        "person.register" => "Регистрация",
        "invitation.accept" => "Приглашение принято",
        "identity.link" => "Привязан вход через другой сервис",
        "identity.unlink" => "Отвязан вход через другой сервис",
        "staff.dismiss" => "Сняты роли сотрудника",
        "consent.give" => "Согласие дано",
        "consent.withdraw" => "Согласие отозвано",
        "maintenance.announce" => "Объявлены работы на портале",
        "maintenance.change" => "Объявление о работах изменено",
        "maintenance.withdraw" => "Объявление о работах снято",
        "profile.contact-change" => "Телефон или почта для входа изменены",
        "confirmation.give" => "Действие подтверждено",
        "confirmation.refuse" => "Попытка подтвердить действие: ответ не подошёл",
        "profile.rename" => "Имя изменено",
        "link.request" => "Запрошен код для привязки лицевого счёта",
        "link.refuse" => "Код для привязки лицевого счёта не подошёл",
        "account.link" => "Лицевой счёт привязан",
        "account.unlink" => "Лицевой счёт отвязан",
        "account.suspend" => "Уведомления по лицевому счёту приостановлены",
        "account.resume" => "Уведомления по лицевому счёту снова приходят",
        "account.set" => "Настройки лицевого счёта изменены",
        "account.code-request" => "Запрошен код для настройки лицевого счёта",
        "account.code-refuse" => "Код для настройки лицевого счёта не подошёл",
        "account.contact-confirm" => "Телефон или почта для уведомлений подтверждены",
        "account.contact-forget" => "Телефон или почта для уведомлений убраны",
        "account.import" => "Управляющая организация изменила данные лицевого счёта",
        "file.import" => "Загружены данные из файла",
        "reading.submit" => "Переданы показания",
        _ => "Другое действие",
    }
}
