//! What residents read of a change in that by which they are charged.

use domain::billing::Way;
use domain::meter::rate_names;
use domain::russian::number;
use domain::service::Service;
use domain::tariff::{Change, Percent, Price};
use store::tariffs::Untold;

/// «Холодная вода: было 47,91 ₽, будет 50,93 ₽ за м³».
pub(crate) fn in_words(Untold { service, change, is_taken_back, .. }: &Untold) -> String {
    let change = match (change, is_taken_back) {
        (change, true) => format!("{}останется без изменений", subject(change)),
        (Change::Price { before, after }, _) => prices(*service, before, after),
        (Change::Norm { per, before, after }, _) => {
            let unit = per.unit(*service).symbol();
            format!("норматив был {}, будет {} {unit} {}", number(*before), number(*after), per.title())
        }
        (Change::Benefit { name, before, after }, _) => benefit(name, *before, *after),
        (Change::Way { before, after }, _) => format!("было — {}, будет — {}", way(*before), way(*after)),
    };
    format!("{}: {change}", service.title())
}

/// What of the service stays.
fn subject(change: &Change) -> String {
    match change {
        Change::Price { .. } => "цена ".to_owned(),
        Change::Norm { .. } => "норматив ".to_owned(),
        Change::Benefit { name, .. } => format!("льгота «{name}» "),
        Change::Way { .. } => "порядок начисления ".to_owned(),
    }
}

/// Zone by zone, each by its name.
fn prices(service: Service, before: &[Price], after: &[Price]) -> String {
    if before == after {
        return "меняются доплаты, подробности на странице тарифов".to_owned();
    }
    let unit = service.unit().symbol();
    let zone = |((name, before), after): ((&&str, &Price), &Price)| {
        let name = if name.is_empty() { String::new() } else { format!("{name} — ") };
        format!("{name}было {} ₽, будет {} ₽ за {unit}", number(before.rubles()), number(after.rubles()))
    };
    let zones: Vec<_> =
        rate_names(u8::try_from(after.len()).unwrap_or(1)).iter().zip(before).zip(after).map(zone).collect();
    zones.join(", ")
}

fn benefit(name: &str, before: Option<Percent>, after: Percent) -> String {
    let now = number(after.value());
    match before.map(|before| number(before.value())) {
        None => format!("появится льгота «{name}», {now} %"),
        Some(before) if before == now => {
            format!("у льготы «{name}» меняется объём, на который она даётся, подробности на странице тарифов")
        }
        Some(before) => format!("льгота «{name}» была {before} %, будет {now} %"),
    }
}

const fn way(way: Way) -> &'static str {
    match way {
        Way::Area => "по площади",
        Way::Person => "по числу проживающих",
        Way::Meter => "по счётчику, без него по нормативу",
        Way::CommonNorm => "по нормативу",
        Way::CommonMeter => "по счётчику дома, но не больше норматива",
        Way::CommonMeterWhole => "по счётчику дома целиком",
        Way::HeatingNorm => "по нормативу, пока топят",
        Way::HeatingMeter => "по счётчику дома, пока топят",
        Way::HeatingNormEvenly => "по нормативу, поровну на весь год",
        Way::HeatingMeterEvenly => "по счётчику дома за прошлый год, поровну на весь год",
        Way::Paused => "не начисляется",
    }
}
