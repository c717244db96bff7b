//! «Что изменилось»: a comparison in a sentence.

use rust_decimal::Decimal;

use crate::exact::ArithmeticError;
use crate::money::Kopecks;
use crate::period::Period;
use crate::russian::{month, number};

use super::{Comparison, Deviation, ZoneChange};

/// So many services are named, those that changed most.
const NAMED_MAX: usize = 3;

/// What changed, in a sentence or two: by how much the month is dearer or cheaper, and which services make it so.
///
/// # Errors
/// An amount that no account can owe.
pub fn what_changed(comparison: &Comparison) -> Result<String, ArithmeticError> {
    let difference = comparison.total_now.minus(comparison.total_before)?;
    let (now, before) = (title(comparison.now), title(comparison.before));
    let opening = match difference.0 {
        0 => format!("За {now} начислено столько же, сколько за {before}"),
        more if more > 0 => format!("За {now} начислено на {difference} больше, чем за {before}"),
        _ => format!("За {now} начислено на {} меньше, чем за {before}", size(difference)),
    };
    let mut changed: Vec<_> = comparison.deviations.iter().filter(|one| one.difference != Kopecks::ZERO).collect();
    changed.sort_by_key(|one| std::cmp::Reverse(one.difference.0.unsigned_abs()));
    let named: Vec<_> = changed.iter().take(NAMED_MAX).map(|one| tell(one)).collect();
    let rest = match changed.len().saturating_sub(NAMED_MAX) {
        0 => "",
        _ => "; остальное изменилось меньше",
    };
    Ok(if named.is_empty() { format!("{opening}.") } else { format!("{opening}: {}{rest}.", named.join("; ")) })
}

/// «март 2026 года».
fn title(period: Period) -> String {
    format!("{} {} года", month(period), period.year())
}

fn size(amount: Kopecks) -> Kopecks {
    if amount < Kopecks::ZERO { Kopecks(amount.0.saturating_neg()) } else { amount }
}

/// «отопление — на 300,00 ₽ больше: объём был 10, стал 12 Гкал».
fn tell(deviation: &Deviation) -> String {
    let (service, amount) = (deviation.service.title(), size(deviation.difference));
    let word = if deviation.difference > Kopecks::ZERO { "больше" } else { "меньше" };
    match (deviation.before, deviation.now) {
        (None, _) => format!("«{service}» — новая строка, {}", deviation.difference),
        (_, None) => format!("«{service}» — строки больше нет, было {}", size(deviation.difference)),
        _ => format!("«{service}» — на {amount} {word}{}", cause(deviation)),
    }
}

/// Which of price and volume changed, zone by zone where there are zones; nothing where neither did: then it is a
/// benefit or a recalculation.
fn cause(deviation: &Deviation) -> String {
    let unit = deviation.service.unit().symbol();
    let causes: Vec<_> = if deviation.zones.is_empty() {
        changed(deviation.volumes, deviation.prices, unit).into_iter().collect()
    } else {
        let of_zone = |zone: &ZoneChange| {
            changed(Some(zone.volumes), zone.prices, unit).map(|changed| format!("{}: {changed}", zone.name))
        };
        deviation.zones.iter().filter_map(of_zone).collect()
    };
    if causes.is_empty() { String::new() } else { format!(" ({})", causes.join("; ")) }
}

fn changed(volumes: Option<[Decimal; 2]>, prices: Option<[Decimal; 2]>, unit: &str) -> Option<String> {
    let differ = |[before, now]: &[Decimal; 2]| before != now;
    let volume = volumes.filter(differ);
    let volume = volume.map(|[before, now]| format!("объём был {}, стал {} {unit}", number(before), number(now)));
    let price = prices.filter(differ);
    let price = price.map(|[before, now]| format!("цена была {} ₽, стала {} ₽", number(before), number(now)));
    let told: Vec<_> = [volume, price].into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(", "))
}
