//! Values of the export as people read them: on paper nobody should have to know our names for things.

use domain::{
    access::Role, charge_request::Kind as ChargeWish, confirmation::Operation, delegation::Power,
    level_request::Document, period::Period, russian, service::Service,
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use serde_json::Value;

/// A value of the field of this name.
pub(super) fn cell(name: &str, value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Number(number) if is_yes_or_no(name) => if number.as_i64() == Some(0) { "нет" } else { "да" }.to_owned(),
        Value::String(text) if name == "powers" => powers(text),
        Value::String(text) => match word(name, text) {
            Some(word) => word.to_owned(),
            None => moment(text),
        },
        other => other.to_string(),
    }
}

fn is_yes_or_no(name: &str) -> bool {
    name.starts_with("is_") || name.starts_with("by_") || name == "hears"
}

fn powers(names: &str) -> String {
    let names: Vec<String> = serde_json::from_str(names).unwrap_or_default();
    let words: Vec<_> = names.iter().filter_map(|name| Power::parse(name)).map(Power::words).collect();
    words.join(", ")
}

/// Closed lists of the database, field by field: one word may mean different things in two of them.
fn word(name: &str, value: &str) -> Option<&'static str> {
    match (name, value) {
        ("service", _) => Service::parse(value).map(Service::title),
        ("role", _) => Role::parse(value).map(Role::words),
        ("operation", _) => Operation::parse(value).map(Operation::words),
        ("kind", "form") => Some("ответы заявки"),
        ("kind", "phone") | ("proved", "phone") | ("channel", "sms") => Some("телефон"),
        ("kind", "email") | ("proved", "email") | ("channel", "email") => Some("почта"),
        ("kind", "opening") => Some("начальный остаток"),
        ("kind", "charge") => Some("начислено"),
        ("kind", "correction") => Some("перерасчёт"),
        ("kind", "penalty") => Some("пени"),
        ("kind", "payment") => Some("оплата"),
        ("kind", "tariff" | "service" | "recalculation") => ChargeWish::parse(value).map(ChargeWish::title),
        ("kind", _) => Document::parse(value).map(Document::words),
        ("right", "owner") => Some("собственник"),
        ("right", "tenant") => Some("наниматель"),
        ("right", "trusted") => Some("по согласию собственника"),
        ("purpose", "portal") => Some("личный кабинет на портале"),
        ("purpose", "proof") => Some("документы для подтверждения личности"),
        ("purpose", "electronic-address") => Some("электронный адрес в реестре собственников"),
        ("purpose", "contact") => Some("телефон или почта для уведомлений"),
        ("purpose", "unlink") => Some("отвязать счёт"),
        ("purpose", "registration") => Some("регистрация"),
        ("purpose", "recovery") => Some("восстановление пароля"),
        ("act", "given") => Some("дано"),
        ("act", "withdrawn") => Some("отозвано"),
        ("level", "basic") => Some("не подтверждена"),
        ("level" | "verdict" | "stage", "confirmed") => Some("подтверждена"),
        ("reason", "request") => Some("вы попросили"),
        ("reason", "withdrawal") => Some("вы отозвали согласие"),
        ("cause", "not-me") => Some("входил кто-то другой"),
        ("cause", "lost-device") => Some("потеряно устройство"),
        ("stage", "draft") => Some("не отправлена"),
        ("stage", "submitted") => Some("отправлена"),
        ("stage" | "verdict", "returned") => Some("возвращена на исправление"),
        ("stage", "cancelled") => Some("отозвана"),
        ("stage", "uploading") => Some("загружается"),
        ("stage", "refused") => Some("не подошла"),
        ("stage", "checked") => Some("проверена"),
        ("stage", "applied") => Some("применена"),
        ("source" | "provider", "esia") => Some("Госуслуги"),
        ("provider", "oidc" | "oidc2") => Some("единый вход"),
        ("source", "company") => Some("управляющая организация"),
        ("fund", "services") => Some("жильё и коммунальные услуги"),
        ("fund", "capital_repair") => Some("капитальный ремонт"),
        ("state", "asked") => Some("ждёт решения"),
        ("state", "accepted") => Some("принято"),
        ("state", "refused") => Some("отказано"),
        _ => None,
    }
}

/// A moment as people write it, by the time of Moscow; a day, a month; any other text as it is.
pub(super) fn moment(text: &str) -> String {
    if let Ok(local) = text.parse::<Timestamp>().and_then(|moment| moment.in_tz("Europe/Moscow")) {
        return local.strftime("%d.%m.%Y %H:%M").to_string();
    }
    if let Ok(period) = Period::parse(text) {
        return russian::month_and_year(period);
    }
    if let Ok(at) = DateTime::strptime("%Y-%m-%dT%H:%M", text) {
        return at.strftime("%d.%m.%Y %H:%M").to_string();
    }
    // Without its hyphens a day may be the number of a meter.
    let day = text.contains('-').then(|| text.parse::<Date>().ok()).flatten();
    day.map_or_else(|| text.to_owned(), |day| day.strftime("%d.%m.%Y").to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_ours_are_told_in_words_and_what_people_wrote_stays() {
        for (name, value, words) in [
            ("powers", json!(r#"["see-readings","submit-readings"]"#), "смотреть показания, передавать показания"),
            ("act", json!("given"), "дано"),
            ("kind", json!("payment"), "оплата"),
            ("kind", json!("passport-scan"), "скан паспорта"),
            ("by_sms", json!(0), "нет"),
            ("is_own_name", json!(1), "да"),
            ("persons", json!(1), "1"),
            ("period", json!("2024-12"), "декабрь 2024 года"),
            ("serial", json!("20240101"), "20240101"),
            ("since", json!("2026-05-03T10:00"), "03.05.2026 10:00"),
            ("service", json!("cold_water"), "Холодная вода"),
            ("left_on", json!("2026-05-03"), "03.05.2026"),
            ("created_at", json!("2026-07-20T09:00:00Z"), "20.07.2026 12:00"),
            ("reason", json!("уезжаю"), "уезжаю"),
            ("name", Value::Null, "—"),
        ] {
            assert_eq!(cell(name, &value), words, "{name}");
        }
    }
}
