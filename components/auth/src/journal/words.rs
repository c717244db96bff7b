//! The journal's words: what an entry of the audit log tells the person whom it concerns, and what of it is told at all.

use domain::{
    access::Role,
    confirmation::Operation,
    contact::{Email, Phone},
    delegation::Power,
    look::Purpose,
    meter_life::Deed,
    russian, user_agent,
};
use serde::Serialize;
use store::{
    audit::{Field, Happening},
    consents,
};
use utoipa::ToSchema;

use super::JournalDetail;

/// Who did it, as the person knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Who {
    /// The person.
    Me,
    /// Somebody whom an owner of the account lets do it.
    Delegate,
    /// Somebody else to whom the account is linked.
    Other,
    /// One of the staff.
    Staff,
    /// Somebody who was not signed in.
    Visitor,
    /// The portal itself, or whoever runs its server.
    System,
}

impl Who {
    pub(super) fn did(person_id: &str, happening: &Happening) -> Self {
        match happening.entry.actor.as_str() {
            actor_id if actor_id == person_id => Self::Me,
            "visitor" => Self::Visitor,
            "system" | "operator" => Self::System,
            _ if happening.field("delegate").is_some() => Self::Delegate,
            _ if matches!(
                happening.entry.action.as_str(),
                "reading.submit" | "billing.absence" | "billing.question" | "billing.request"
            ) =>
            {
                Self::Other
            }
            _ => Self::Staff,
        }
    }

    /// As it stands in a table.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Me => "вы",
            Self::Delegate => "доверенное лицо",
            Self::Other => "другой человек, у которого есть этот счёт",
            Self::Staff => "сотрудник",
            Self::Visitor => "кто-то до входа",
            Self::System => "портал сам",
        }
    }

    /// Where one of the staff sits is not the person's business; who knocks at the person's door is.
    pub(super) const fn shows_where_from(self) -> bool {
        matches!(self, Self::Me | Self::Visitor)
    }

    /// Whether a particular of an entry is the person's own, so that it may be laid open. The name of a session stays
    /// inside; the code of a submission proves who submitted; a holder or a contact of an account may be another's.
    pub(super) fn may_see(self, action: &str, name: &str) -> bool {
        match self {
            Self::Me if action != "account.import" => name != "session",
            Self::Visitor => matches!(name, "address" | "browser"),
            _ => {
                matches!(
                    name,
                    "from"
                        | "to"
                        | "reason"
                        | "purpose"
                        | "words"
                        | "role"
                        | "delegate"
                        | "benefit"
                        | "since"
                        | "until"
                        | "decision"
                        | "period"
                        | "outcome"
                        | "event"
                        | "happened_on"
                        | "last"
                        | "first"
                ) || name.starts_with("meter ")
            }
        }
    }
}

/// The name and role of one of the staff, what a delegate is called; nothing for anybody else.
pub(super) fn by(who: Who, happening: &Happening) -> Option<String> {
    if who == Who::Delegate {
        return happening.field("delegate").map(|name| format!("{name}, {}", who.words()));
    }
    let name = happening.actor_name.clone().filter(|_| who == Who::Staff)?;
    let role = happening.field("role").and_then(Role::parse);
    Some(role.map_or(name.clone(), |role| format!("{name}, {}", role.words())))
}

/// The browser and the system; entries of old tell it only of a sign-in.
pub(super) fn device(who: Who, happening: &Happening) -> Option<String> {
    let told = happening.field("browser").map(str::to_owned);
    told.or_else(|| happening.field("user_agent").map(user_agent::in_words)).filter(|_| who.shows_where_from())
}

/// The words for a particular; nothing for those that only an investigation reads.
pub(super) fn detail(who: Who, Field { name, value, .. }: &Field) -> Option<JournalDetail> {
    let told = |name, value: &str| (!value.is_empty()).then(|| JournalDetail { name, value: value.to_owned() });
    match (name.as_str(), value.as_str()) {
        ("from", _) => told("было", value),
        ("to", _) => told("стало", value),
        ("reason", _) => told("причина", value),
        ("purpose", consents::PORTAL) => told("на что", "личный кабинет на портале"),
        ("purpose", consents::PROOF) => told("на что", "документы для подтверждения личности"),
        ("purpose", consents::ELECTRONIC_ADDRESS) => told("на что", "электронный адрес в реестре собственников"),
        ("purpose", _) => told("зачем", Purpose::parse(value).map(Purpose::words)?),
        ("words", _) => told("пояснение", value),
        ("method", "passkey") => told("способ", "ключ устройства"),
        ("method", "totp") => told("способ", "код из приложения"),
        ("method", "code") => told("способ", "код сообщением"),
        ("method", "recovery-code") => told("способ", "код восстановления с листка"),
        ("method", "sms") => told("способ", "код из СМС"),
        ("method", "email") => told("способ", "код из письма"),
        ("method", "password") => told("способ", "пароль"),
        ("method", "sign-in") => told("способ", "недавний вход"),
        ("operation", _) => told("что", Operation::parse(value).map(Operation::words)?),
        ("provider", "esia") => told("сервис", "Госуслуги"),
        ("provider", "oidc") => told("сервис", "единый вход"),
        ("provider", "oidc2") => told("сервис", "второй единый вход"),
        ("cause", "not-me") => told("причина", "входил кто-то другой"),
        ("cause", "lost-device") => told("причина", "потеряно устройство"),
        ("cause", "not-my-contact") => told("причина", "контакт сменил кто-то другой"),
        ("cause", "asked-support") => told("причина", "об этом попросили по телефону"),
        ("channel", "sms") => told("куда", "телефон"),
        ("channel", "email") => told("куда", "почта"),
        ("told", _) => told("с контакта", value),
        ("certificate_owner", _) => told("владелец", value),
        ("certificate_fingerprint", _) => told("отпечаток сертификата", value),
        ("way", "sms") => told("как", "по СМС"),
        ("way", "link") => told("как", "по наклейке на счётчике"),
        ("program", _) => told("программа", value),
        ("delegate_name", _) => told("кому", value),
        ("powers", _) => told("что доверено", &powers(value)),
        ("until", _) => told("последний день", &day(value)),
        ("label_from", _) => told("название было", value),
        ("label_to", _) => told("название стало", value),
        ("by_sms_from", _) => told("СМС были", yes_or_no(value)),
        ("by_sms", _) => told("СМС", yes_or_no(value)),
        ("by_email_from", _) => told("письма были", yes_or_no(value)),
        ("by_email", _) => told("письма", yes_or_no(value)),
        ("benefit", _) => told("льгота", value),
        ("since", _) => told("первый день", &day(value)),
        ("decision", "accepted") => told("решение", "принято"),
        ("decision", "refused") => told("решение", "отказано"),
        ("period", _) => told("месяц", value),
        ("outcome", _) => told("чем закончилось", value),
        ("event", _) => told("что", Deed::parse(value).map(Deed::words)?),
        ("happened_on", _) => told("день", &day(value)),
        ("last", _) => told("последнее показание", &value.replace('.', ",")),
        ("first", _) => told("первое показание", &value.replace('.', ",")),
        ("attempts_left", _) => told("осталось попыток", value),
        ("version", _) => told("редакция текста", value),
        ("confirmation_code", _) if who == Who::Me => told("код подтверждения", value),
        ("holder_to", _) => told("изменилось", "на кого записан счёт"),
        ("phone_from", _) => told("телефон был", &masked(value)),
        ("phone_to", _) => told("телефон стал", &masked(value)),
        ("email_from", _) => told("почта была", &masked(value)),
        ("email_to", _) => told("почта стала", &masked(value)),
        (meter, _) if meter.starts_with("meter ") => told("показание", &reading(value)),
        _ => None,
    }
}

/// A contact, all but its ends hidden: others to whom the account is linked read it too.
fn masked(contact: &str) -> String {
    let email = || Email::parse(contact).map(|email| email.masked());
    Phone::parse(contact).map(|phone| phone.masked()).or_else(|_| email()).unwrap_or_else(|_| "нет".to_owned())
}

/// A day as people write it.
fn day(iso: &str) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), russian::full_date)
}

fn powers(names: &str) -> String {
    let words: Vec<_> = names.split(' ').filter_map(Power::parse).map(Power::words).collect();
    words.join(", ")
}

/// What a reading says, the values as people write them: `Кухня: 12,5 / 4`.
fn reading(value: &str) -> String {
    let Some((name, values)) = value.rsplit_once(": ") else { return value.to_owned() };
    format!("{name}: {}", values.replace('.', ","))
}

fn yes_or_no(value: &str) -> &'static str {
    if value == "true" { "да" } else { "нет" }
}

/// The words for what happened: whoever did it to somebody else reads it as the own act.
pub(super) fn what(happening: &Happening) -> &'static str {
    let action = happening.entry.action.as_str();
    happening.done_to.as_ref().and_then(|_| of_another(action)).unwrap_or_else(|| of_own(action))
}

/// The words for an action of the staff that those of [`of_own`] tell to the other one.
fn of_another(action: &str) -> Option<&'static str> {
    Some(match action {
        "electronic-address.look" => "Вы взяли электронный адрес для реестра",
        "sign-in.block" => "Вы остановили вход человека",
        "session.end-by-staff" => "Вы завершили все входы человека",
        "sign-in.look" => "Вы посмотрели, кто это и открыт ли вход",
        "sign-in.unblock-ask" => "Вы предложили впустить человека по ссылке",
        "sign-in.unblock" => "Вы согласились впустить человека: сделана ссылка для него",
        "level.look" => "Вы посмотрели заявку на подтверждение личности",
        "level.open" => "Вы открыли документ человека",
        "level.ask-again" => "Вы попросили человека подтвердить личность заново",
        _ => return None,
    })
}

/// The words for an action of the audit log.
fn of_own(action: &str) -> &'static str {
    match action {
        "session.open" => "Вход в личный кабинет",
        "sign-in.half" => "Пароль подошёл, вход ждёт второго шага",
        "second-factor.refuse" => "Второй шаг входа не пройден",
        "second-factor.add" => "Включён второй шаг входа",
        "second-factor.remove" => "Отключён второй шаг входа",
        "recovery-codes.renew" => "Выданы новые коды восстановления",
        "recovery-code.use" => "Использован код восстановления",
        "certificate.connect" => "Подключён сертификат электронной подписи",
        "certificate.remove" => "Убран сертификат электронной подписи",
        "certificate.refuse" => "Электронная подпись не подошла",
        "electronic-address.look" => "Ваш электронный адрес взят для реестра",
        "passkey.copied" => "Вход с копии ключа не пущен",
        "device.trust" => "Устройству доверено: код на нём не спрашиваем",
        "device.distrust" => "Доверие к устройству снято",
        "session.close" => "Выход из личного кабинета",
        "session.renew" => "Прежний вход в этом браузере сменился новым",
        "session.end-by-provider" => "Выход: вы вышли в сервисе, через который входили",
        "session.end-by-staff" => "Сотрудник завершил все ваши входы",
        "session.refuse" => "Попытка входа с неверным паролем",
        "sign-in.lock" => "Вход закрыт: много неверных паролей подряд",
        "sign-in.unlock" => "Вход снова открыт",
        "sign-in.block" => "Вход остановлен",
        "sign-in.unblock-ask" => "Сотрудник предложил впустить вас по ссылке",
        "sign-in.unblock" => "Другой сотрудник согласился: сделана ссылка для вас",
        "sign-in.unblock-deny" => "Ссылка двух сотрудников отменена: сообщили, что это были не вы",
        "sign-in.let-in-deny" => {
            "Сообщили, что по ссылке двух сотрудников вошли не вы: прошло больше суток, вход не остановлен"
        }
        "sign-in.let-in" => {
            "Вход по ссылке двух сотрудников: остановка и второй шаг сняты, контакты ждут подтверждения"
        }
        "sign-in.look" => "Поддержка посмотрела, кто вы и открыт ли вход",
        "password.change" => "Пароль изменён",
        "password.set" => "Задан пароль",
        "password.refuse" => "Попытка сменить пароль: старый не подошёл",
        "password.recover-refuse" => "Восстановить пароль по коду не дали: вход остановлен",
        "password.recover" => "Пароль восстановлен по коду",
        "password.set-by-link" => "Пароль задан по ссылке от сотрудников",
        "person.register" => "Регистрация",
        "invitation.accept" => "Приглашение принято",
        "identity.link" => "Привязан вход через другой сервис",
        "identity.unlink" => "Отвязан вход через другой сервис",
        "staff.invite" => "Приглашён сотрудник",
        "staff.invite-withdraw" => "Отозвано приглашение сотрудника",
        "staff.reset" => "Сделана ссылка, чтобы задать новый пароль сотруднику",
        "staff.grant-role" => "Дана роль сотрудника",
        "staff.take-role" => "Снята роль сотрудника",
        "staff.dismiss" => "Сняты роли сотрудника",
        "consent.give" => "Согласие дано",
        "consent.withdraw" => "Согласие отозвано",
        "maintenance.announce" => "Объявлены работы на портале",
        "maintenance.change" => "Объявление о работах изменено",
        "maintenance.withdraw" => "Объявление о работах снято",
        "profile.contact-change" => "Телефон или почта для входа изменены",
        "profile.contact-prove" => "Телефон или почта для входа подтверждены заново",
        "confirmation.give" => "Действие подтверждено",
        "confirmation.refuse" => "Попытка подтвердить действие: ответ не подошёл",
        "level.request" => "Отправлена заявка на подтверждение личности",
        "level.cancel" => "Заявка на подтверждение личности отозвана",
        "level.look" => "Сотрудник посмотрел вашу заявку на подтверждение личности",
        "level.open" => "Сотрудник открыл ваш документ",
        "level.confirm" => "Личность подтверждена",
        "level.return" => "Заявка на подтверждение личности возвращена",
        "level.ask-again" => "Вас попросили подтвердить личность заново",
        "profile.rename" => "Имя изменено",
        "delegation.grant" => "Лицевой счёт доверен другому человеку",
        "delegation.take" => "Доверенный счёт принят по ссылке",
        "delegation.look" => "Посмотрены показания по доверенному счёту",
        "delegation.end" => "Доверие закончено",
        "erasure.request" => "Вы попросили стереть ваш вход и данные",
        "erasure.cancel" => "Просьба стереть данные отменена",
        "data.export" => "Скачаны все ваши данные",
        "journal.export" => "Скачан журнал",
        "journal.extract" => "Скачана выписка из журнала",
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
        "reading-token.make" => "Программе разрешено передавать показания",
        "reading-token.end" => "Программе больше нельзя передавать показания",
        "billing.look" => "Бухгалтер посмотрел начисления по вашему счёту",
        "billing.open" => "Открыт расчёт месяца",
        "billing.preview" => "Месяц рассчитан заново",
        "billing.approve" => "Квитанции за месяц утверждены",
        "billing.recalculate" => "Назначен перерасчёт прошлых месяцев",
        "billing.absence" => "Подано заявление о временном отсутствии",
        "billing.absence-decision" => "Решено по заявлению о временном отсутствии",
        "billing.benefit" => "Записана льгота по вашему счёту",
        "billing.benefit-end" => "Льгота по вашему счёту закончена",
        "billing.question" => "Задан вопрос о строке квитанции",
        "billing.question-answer" => "Отвечено на вопрос о строке квитанции",
        "billing.request" => "Подано заявление о начислениях",
        "billing.request-decision" => "Решено по заявлению о начислениях",
        "billing.interruption" => "Записан перерыв в услуге по вашему счёту",
        "billing.interruption-withdraw" => "Отозвана запись о перерыве в услуге по вашему счёту",
        "billing.dispute" => "Записан спор о долге по вашему счёту",
        "billing.dispute-settled" => "Спор о долге по вашему счёту закончен",
        "billing.take-back" => "Перерасчёт отменён",
        "reading.remind" => "Отправлены напоминания о показаниях",
        "reading.supply" => "Показания выгружены для поставщика",
        "meter.look" => "Сотрудник посмотрел ваш счётчик",
        "meter.event" => "Записано событие счётчика",
        _ => "Другое действие",
    }
}
