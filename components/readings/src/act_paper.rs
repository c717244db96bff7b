//! An act of transfer on paper.

use domain::{
    meter::{MeterKind, rate_names},
    period::Period,
    reading::Channel,
    russian::{full_date, month_and_year},
    transfer_act::Content,
};
use forms::Picture;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use paper::{Level, Paper};
use store::transfer_acts::Kept;
use web::Problem;

/// The act with the code that opens its check.
pub(crate) fn pdf(kept: &Kept, origin: &str) -> Result<Vec<u8>, Problem> {
    let (act, content) = (&kept.act, &kept.act.content);
    let title = format!("Акт передачи показаний № {}", content.number);
    let code = act.code();
    let mut paper = Paper::new(&title);
    paper.heading(Level::One, &title);
    let facts = facts(content)?;
    paper.facts(&facts.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>());
    if let Some(number) = kept.replaced_by {
        paper.paragraph(&format!("Это показание позже заменили другим: смотрите акт № {number}."));
    }
    paper.heading(Level::Two, "Как проверить");
    paper.paragraph(&format!(
        "Акт подписан электронной подписью портала. Наведите камеру на рисунок или откройте {origin}/verify и впишите номер \
         и код. Там видно, что портал подписал на самом деле: сравните с этой бумагой."
    ));
    let number = content.number.to_string();
    paper.facts(&[
        ("Номер", &number),
        ("Код", code.as_str()),
        ("Ключ", &act.key_id),
        ("Подпись Ed25519", &act.signature),
    ]);
    let link = format!("{origin}/verify#{number}-{code}");
    let picture = Picture::of_link(&link).map_err(Problem::internal)?;
    paper.code(picture.across, &picture.is_dark, &format!("Ссылка для проверки акта: {link}"));
    Ok(paper.finish())
}

fn facts(content: &Content) -> Result<Vec<(&'static str, String)>, Problem> {
    let kind = MeterKind::parse(&content.meter_kind).ok_or_else(|| Problem::internal("kind of a meter"))?;
    let period = Period::parse(&content.period).map_err(Problem::internal)?;
    let taken_on: Date = content.taken_on.parse().map_err(Problem::internal)?;
    let mut facts = vec![
        ("Счётчик", kind.name_with(&content.meter_serial)),
        ("Показание", values(content, kind.unit())),
        ("Месяц", month_and_year(period)),
        ("Снято", full_date(taken_on)),
        ("Принято", moment(&content.accepted_at)?),
        ("Как передано", way(content).to_owned()),
        ("Дом", content.house.clone()),
    ];
    facts.extend(content.account.clone().map(|account| ("Лицевой счёт", account)));
    facts.extend(content.replaces.map(|number| ("Заменяет", format!("акт № {number}"))));
    facts.push(("Акт составлен", moment(&content.made_at)?));
    Ok(facts)
}

fn values(content: &Content, unit: &str) -> String {
    let names = rate_names(u8::try_from(content.values.len()).unwrap_or(1));
    let with_rate = |(rate, value): (usize, &String)| {
        let value = value.replace('.', ",");
        match names.get(rate) {
            Some(name) if !name.is_empty() => format!("{name}: {value} {unit}"),
            _ => format!("{value} {unit}"),
        }
    };
    let lines: Vec<_> = content.values.iter().enumerate().map(with_rate).collect();
    let zero = if content.rolled_over { "\nСчётчик прошёл через ноль" } else { "" };
    lines.join("\n") + zero
}

/// By which way it came, and of what kind it is where that says more.
fn way(content: &Content) -> &'static str {
    match (content.source.as_str(), Channel::parse(&content.channel)) {
        ("control", _) => "Контрольное показание управляющей организации",
        ("verification", _) => "Показание при поверке",
        (_, Some(Channel::Portal)) => "На портале",
        (_, Some(Channel::Sms)) => "По SMS",
        (_, Some(Channel::Link)) => "По ссылке с наклейки на счётчике",
        (_, Some(Channel::Token)) => "Программой, с ключом для этого счётчика",
        (_, Some(Channel::Operator)) => "Записала управляющая организация",
        (_, Some(Channel::Import) | None) => "Из файла управляющей организации",
    }
}

fn moment(text: &str) -> Result<String, Problem> {
    let at: Timestamp = text.parse().map_err(Problem::internal)?;
    let local = at.to_zoned(TimeZone::get("Europe/Moscow").map_err(Problem::internal)?);
    Ok(format!("{}, {} по московскому времени", full_date(local.date()), local.strftime("%H:%M")))
}
