//! Prices and norms of the houses: four versions, as prices changed in these years. The last ones are those of the
//! vectors that the engine is tested with. Suppliers and acts are made up, but for the acts of the country.

use domain::{
    norm::NormBasis,
    service::Service,
    tariff::{Act, Percent, Price, Rates},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use rust_decimal::Decimal;

use super::Making;
use crate::{
    Error, Result,
    tariffs::{NewBenefit, NewNorm, NewTariff, put_benefits, put_norms, put_tariffs},
};

/// Since when each version holds: in 2026 prices changed twice.
const VERSIONS: [Date; 4] = [date(2024, 7, 1), date(2025, 7, 1), date(2026, 1, 1), date(2026, 10, 1)];

/// Since when anything has a price.
pub(super) const FIRST_DAY: Date = VERSIONS[0];

const WATER: (&str, &str) = ("6299999972", "МП «Водоканал»");
const HEAT: (&str, &str) = ("6299999965", "АО «Теплосеть»");
const POWER: (&str, &str) = ("6299999958", "ООО «Энергосбыт»");
const OTHER_POWER: (&str, &str) = ("6299999940", "ООО «Свет»");
const GAS: (&str, &str) = ("6299999933", "АО «Газсбыт»");
const WASTE: (&str, &str) = ("6299999926", "ООО «Чистый край»");
const KEEPER: (&str, &str) = ("6299999997", "ООО «УК „Тихий двор“»");
const FUND: (&str, &str) = ("6299999919", "Фонд капитального ремонта");

/// A price for each rate zone.
type Zones = &'static [&'static str];

/// What one service costs by each version.
struct Priced {
    service: Service,
    supplier: (&'static str, &'static str),
    is_offer: bool,
    prices: [Zones; 4],
}

const fn priced(service: Service, supplier: (&'static str, &'static str), prices: [Zones; 4]) -> Priced {
    Priced { service, supplier, is_offer: false, prices }
}

const COLD: [Zones; 4] = [&["42.18"], &["47.11"], &["47.91"], &["50.93"]];
const LIGHT: [Zones; 4] = [&["5.96"], &["6.71"], &["6.82"], &["7.25"]];

const PRICED: [Priced; 16] = [
    priced(Service::Maintenance, KEEPER, [&["34.10"], &["37.20"], &["37.83"], &["39.57"]]),
    priced(Service::CommonColdWater, WATER, COLD),
    priced(Service::CommonHotWater, WATER, COLD),
    priced(Service::CommonElectricity, POWER, LIGHT),
    priced(Service::CommonSewage, WATER, [&["35.41"], &["39.58"], &["40.25"], &["43.57"]]),
    priced(Service::ColdWater, WATER, COLD),
    priced(Service::HotWater, WATER, COLD),
    priced(Service::HotWaterHeat, HEAT, [&["2398.05"], &["2678.62"], &["2724.16"], &["2894.56"]]),
    priced(Service::Sewage, WATER, [&["35.41"], &["39.58"], &["40.25"], &["43.57"]]),
    priced(Service::Electricity, POWER, LIGHT),
    priced(Service::Electricity, POWER, [&["6.57", "3.07"], &["7.40", "3.45"], &["7.53", "3.51"], &["8.01", "3.71"]]),
    priced(
        Service::Electricity,
        POWER,
        [&["6.75", "3.07", "5.73"], &["7.60", "3.45", "6.46"], &["7.73", "3.51", "6.57"], &["8.23", "3.71", "6.99"]],
    ),
    priced(Service::Gas, GAS, [&["7.62"], &["8.41"], &["8.55"], &["9.09"]]),
    priced(Service::Heating, HEAT, [&["2398.05"], &["2678.62"], &["2724.16"], &["2894.56"]]),
    priced(Service::SolidWaste, WASTE, [&["145.30"], &["162.30"], &["165.06"], &["175.40"]]),
    priced(Service::CapitalRepair, FUND, [&["13.20"], &["14.50"], &["14.50"], &["15.70"]]),
];

/// What another supplier would take.
const OFFER: Priced = Priced {
    service: Service::Electricity,
    supplier: OTHER_POWER,
    is_offer: true,
    prices: [&["6.10"], &["6.80"], &["6.90"], &["7.11"]],
};

/// Whose benefit the houses know.
pub(super) const VETERANS: &str = "Ветераны труда";

const DWELLING: &str = "дома от 5 до 10 этажей с централизованными водой и отоплением, с ваннами";

const NORMS: [(Service, NormBasis, &str); 10] = [
    (Service::ColdWater, NormBasis::Person, "4.331"),
    (Service::HotWater, NormBasis::Person, "3.187"),
    (Service::HotWaterHeat, NormBasis::HeatPerVolume, "0.0585"),
    (Service::Sewage, NormBasis::Person, "7.518"),
    (Service::Electricity, NormBasis::Person, "73"),
    (Service::Gas, NormBasis::Person, "10"),
    (Service::Heating, NormBasis::Area, "0.0226"),
    (Service::CommonColdWater, NormBasis::CommonArea, "0.029"),
    (Service::CommonHotWater, NormBasis::CommonArea, "0.021"),
    (Service::CommonElectricity, NormBasis::CommonArea, "2.4"),
];

/// The prices, norms and benefits of these houses.
pub(super) fn add(making: &mut Making<'_>, house_ids: &[&str]) -> Result<()> {
    let acts = VERSIONS.map(act);
    for house_id in house_ids {
        let mut tariffs = Vec::new();
        for one in PRICED.iter().chain([&OFFER]) {
            for ((since, act), prices) in VERSIONS.into_iter().zip(&acts).zip(one.prices) {
                tariffs.push(NewTariff {
                    house_id,
                    service: one.service,
                    supplier: one.supplier,
                    is_offer: one.is_offer,
                    prices: rates(prices)?,
                    above_norm: None,
                    fixed: None,
                    surcharge: None,
                    act,
                    since,
                    until: None,
                });
            }
        }
        put_tariffs(making.tx, making.at, &mut making.ids, &tariffs)?;
        add_norms(making, house_id)?;
    }
    Ok(())
}

fn add_norms(making: &mut Making<'_>, house_id: &str) -> Result<()> {
    let act = Act {
        name: "Приказ Главного управления «РЭК» о нормативах потребления".to_owned(),
        number: "136".to_owned(),
        date: date(2024, 5, 30),
        link: None,
    };
    let since = VERSIONS[0];
    let norms = NORMS.iter().map(|&(service, per, value)| {
        let value = number(value)?;
        Ok(NewNorm { house_id, service, per, dwelling: DWELLING, value, act: &act, since, until: None })
    });
    put_norms(making.tx, making.at, &mut making.ids, &norms.collect::<Result<Vec<_>>>()?)?;
    let benefit = |service, limit| {
        let percent = Percent::new(Decimal::from(50)).map_err(|error| Error::BadData(error.to_string()))?;
        Ok(NewBenefit { house_id, benefit: VETERANS, service, percent, limit, act: &act, since, until: None })
    };
    let benefits = [
        benefit(Service::Maintenance, Some(Decimal::from(33)))?,
        benefit(Service::ColdWater, None)?,
        benefit(Service::CapitalRepair, Some(Decimal::from(33)))?,
    ];
    put_benefits(making.tx, making.at, &mut making.ids, &benefits).map(|_| ())
}

/// The act of a version.
fn act(since: Date) -> Act {
    Act {
        name: "Постановление Главного управления «РЭК» о тарифах".to_owned(),
        number: format!("{:02}{:02}", since.month(), since.year() % 100),
        date: since.saturating_sub(14.days()),
        link: Some(format!("https://rek.example/acts/{since}")),
    }
}

fn rates(prices: Zones) -> Result<Rates<Price>> {
    let prices =
        prices.iter().map(|price| Price::new(number(price)?).map_err(|error| Error::BadData(error.to_string())));
    let prices = prices.collect::<Result<Vec<_>>>()?;
    Rates::of(&prices).ok_or_else(|| Error::BadData("rate zones".to_owned()))
}

fn number(text: &str) -> Result<Decimal> {
    text.parse().map_err(|_| Error::BadData(text.to_owned()))
}
