//! A small made-up house, beside that of the demo, with a meter of its own for each service: what its premises have in
//! common is charged by what is left of two of them, heat evenly by the third, electricity above a social norm at
//! another price.

use domain::norm::NormBasis;
use domain::period::Period;
use domain::service::Service;
use domain::tariff::{Act, Percent, Price, Rates};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;
use store::billing::{self, NewVolume, Step, benefits};
use store::tariffs::{self, NewBenefit, NewNorm, NewTariff};
use store::{Db, Ids, Result, Tx, params};

pub(crate) const HOUSE: &str = "m1";
/// Whose benefit ends with October 2025: the premises with one person.
pub(crate) const VETERAN: &str = "m1-4";
/// Without meters: charged by norm.
pub(crate) const BY_NORM: &str = "m1-2";
/// Nobody lives there: a shop.
pub(crate) const SHOP: &str = "m1-3";
/// Of all premises, m² × 100.
pub(crate) const AREA: i64 = 6_000 + 4_500 + 3_000 + 5_250;
/// What a gigacalorie costs until the middle of 2025, and since.
pub(crate) const HEAT: [&str; 2] = ["2678.62", "2894.56"];

const FIRST_DAY: Date = date(2024, 1, 1);
/// The first month with a bill; meters told since the one before.
pub(crate) const FIRST_MONTH: (i16, i8) = (2025, 1);

/// Premises: kind, area (m² × 100), persons, and what meters count in a month: cold water in thousandths, electricity.
/// Owners stand in where nobody lives.
const PREMISES: [(&str, i64, i64, Option<[i64; 2]>); 4] = [
    ("residential", 6_000, 3, Some([9_250, 181])),
    ("residential", 4_500, 2, None),
    ("non_residential", 3_000, 0, Some([1_120, 97])),
    ("residential", 5_250, 1, Some([3_405, 64])),
];

/// Nothing of 2024 is charged: its heat is what 2025 is paid by.
const SERVICES: [(&str, &str); 6] = [
    ("maintenance", "area"),
    ("common_cold_water", "common_meter"),
    ("common_electricity", "common_meter_whole"),
    ("cold_water", "meter"),
    ("electricity", "meter"),
    ("heating", "heating_meter_evenly"),
];

/// What the house takes of heat in each month of a year, in hundredths of a gigacalorie; a tenth more in each next year.
const HEAT_TAKEN: [i64; 12] = [480, 450, 390, 210, 0, 0, 0, 0, 0, 190, 330, 440];

/// What the meter of the house told of heat in a month, in thousandths of a gigacalorie.
pub(crate) fn heat_taken(period: Period) -> i64 {
    let month = usize::try_from(period.month() - 1).unwrap();
    HEAT_TAKEN[month] * (10 + i64::from(period.year() - 2024))
}

fn first_month() -> Period {
    Period::new(FIRST_MONTH.0, FIRST_MONTH.1).unwrap()
}

/// Adds the house with readings until a month. The flat with one person gives none after `silent_after`.
pub(crate) fn add(db: &Db, last: Period, silent_after: Option<Period>) {
    db.write(|tx| {
        add_premises(tx)?;
        add_prices(tx)?;
        add_volumes(tx, last)?;
        let mut period = first_month().previous();
        while period <= last {
            add_readings(tx, period, silent_after)?;
            period = period.next();
        }
        add_benefit(tx)
    })
    .unwrap();
}

fn add_premises(tx: &Tx<'_>) -> Result<()> {
    let since = "2024-01-01T00:00:00.000Z";
    tx.execute(
        "insert into company (company_id, name, inn, created_at) values ('company', 'УК', '0000000000', ?1)",
        params![since],
    )?;
    tx.execute(
        "insert into house (house_id, code, company_id, municipality, address, time_zone, window_from_day, window_to_day,
                            created_at)
         values (?1, ?1, 'company', 'Рязань', 'г. Рязань, ул. Счётная, д. 1', 'Europe/Moscow', 1, 31, ?2)",
        params![HOUSE, since],
    )?;
    tx.execute("insert into house_area values ('areas', ?1, ?2, 3100, '2024-01-01', null)", params![HOUSE, AREA])?;
    for (service, way) in SERVICES {
        let sql = "insert into house_service (house_service_id, house_id, service, way, since)
                   values (?1 || ?2, ?1, ?2, ?3, '2025-01-01')";
        tx.execute(sql, params![HOUSE, service, way])?;
    }
    for (number, (kind, area, persons, meters)) in (1_i64..).zip(PREMISES) {
        let id = format!("{HOUSE}-{number}");
        tx.execute(
            "insert into premises (premises_id, house_id, number, kind, area_hundredths, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            params![&id, HOUSE, number.to_string(), kind, area, since],
        )?;
        tx.execute(
            "insert into account (account_id, number, premises_id, holder, opened_on, created_at)
             values (?1, ?1, ?1, 'Иванов', '2024-01-01', ?2)",
            params![&id, since],
        )?;
        tx.execute(
            "insert into household (household_id, premises_id, registered, temporary, owners, since)
             values (?1, ?1, ?2, 0, 1, '2024-01-01')",
            params![&id, persons],
        )?;
        for kind in ["cold_water", "electricity"].into_iter().filter(|_| meters.is_some()) {
            tx.execute(
                "insert into meter (meter_id, premises_id, kind, serial, rates, digits_integer, digits_fraction,
                                    installed_on, verified_on, verification_interval_years, created_at)
                 values (?1 || ?2, ?1, ?2, ?1, 1, 6, 3, '2024-01-01', '2024-01-01', 16, ?3)",
                params![&id, kind, since],
            )?;
        }
    }
    Ok(())
}

/// In each month as much is used as in the one before.
fn add_readings(tx: &Tx<'_>, period: Period, silent_after: Option<Period>) -> Result<()> {
    let months = i64::from(period.months_since(first_month().previous()));
    for (number, (_, _, _, used)) in (1..).zip(PREMISES) {
        let id = format!("{HOUSE}-{number}");
        let is_silent = id == VETERAN && silent_after.is_some_and(|last| period > last);
        let Some([cold, light]) = used.filter(|_| !is_silent) else { continue };
        let shown = [
            ("cold_water", Decimal::new(100_000 + months * cold, 3)),
            ("electricity", (5_000 + months * light).into()),
        ];
        for (kind, value) in shown {
            tx.execute(
                "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1)
                 values (?1 || ?2 || ?3, ?1 || ?2, 'company', ?3, ?3 || '-20', ?3 || '-20T12:00:00.000Z', ?4)",
                params![&id, kind, period.to_string(), value.normalize().to_string()],
            )?;
        }
    }
    Ok(())
}

/// What the meters of the house told since 2024. Of cold water there is more left than the norm of common needs in every
/// third month, and once less than was used inside.
fn add_volumes(tx: &Tx<'_>, last: Period) -> Result<()> {
    let (mut period, now) = (Period::of(FIRST_DAY), Timestamp::UNIX_EPOCH);
    while period <= last {
        let left = match period.month() {
            8 => -1_000,
            month if month % 3 == 0 => 9_000,
            _ => 500,
        };
        // The premises by norm use 2 × 4.331 and 2 × 73.
        let inside = 9_250 + 1_120 + 3_405 + 8_662;
        let told = [
            (Service::ColdWater, Decimal::new(inside + left, 3)),
            (Service::Electricity, Decimal::from(181 + 97 + 64 + 146 + 73)),
            (Service::Heating, Decimal::new(heat_taken(period), 3)),
        ];
        for (service, volume) in told {
            let house_volume_id = &format!("{period}-{}", service.as_str());
            let new = NewVolume { house_volume_id, house_id: HOUSE, service, period, volume, direct_volume: None };
            billing::put_volumes(tx, now, &[new], &[])?;
        }
        period = period.next();
    }
    Ok(())
}

fn act() -> Act {
    Act {
        name: "Постановление".to_owned(), number: "1-т".to_owned(), date: date(2023, 12, 1), link: None
    }
}

fn price(text: &str) -> Price {
    Price::new(text.parse().unwrap()).unwrap()
}

/// Puts a price of the house from a day on.
pub(crate) fn put_price(tx: &Tx<'_>, service: Service, text: &str, above: Option<&str>, since: Date) -> Result<()> {
    let new = NewTariff {
        house_id: HOUSE,
        service,
        supplier: ("7830002293", "ООО «Поставщик»"),
        is_offer: false,
        prices: Rates::One([price(text)]),
        above_norm: above.map(|above| Rates::One([price(above)])),
        fixed: None,
        surcharge: None,
        act: &act(),
        since,
        until: None,
    };
    let mut seed = [0; 32];
    format!("{}{since}{text}", service.as_str()).bytes().zip(&mut seed).for_each(|(byte, place)| *place = byte);
    tariffs::put_tariffs(tx, Timestamp::UNIX_EPOCH, &mut Ids::new(Timestamp::UNIX_EPOCH, seed), &[new]).map(drop)
}

fn add_prices(tx: &Tx<'_>) -> Result<()> {
    for (service, text, above) in [
        (Service::Maintenance, "39.57", None),
        (Service::CommonColdWater, "50.93", None),
        (Service::CommonElectricity, "5.10", None),
        (Service::ColdWater, "50.93", None),
        (Service::Electricity, "5.10", Some("8.95")),
        (Service::Heating, HEAT[0], None),
    ] {
        put_price(tx, service, text, above, FIRST_DAY)?;
    }
    put_price(tx, Service::Heating, HEAT[1], None, date(2025, 7, 1))?;
    let act = act();
    let norm = |service, per, value: &str| NewNorm {
        house_id: HOUSE,
        service,
        per,
        dwelling: "",
        value: value.parse().unwrap(),
        act: &act,
        since: FIRST_DAY,
        until: None,
    };
    let norms = [
        norm(Service::CommonColdWater, NormBasis::CommonArea, "0.029"),
        norm(Service::CommonElectricity, NormBasis::CommonArea, "0.5"),
        norm(Service::ColdWater, NormBasis::Person, "4.331"),
        norm(Service::Electricity, NormBasis::Person, "73"),
        norm(Service::Electricity, NormBasis::SocialNorm, "90"),
        norm(Service::Heating, NormBasis::Area, "0.0226"),
        norm(Service::Heating, NormBasis::SeasonMonths, "7"),
    ];
    let mut ids = Ids::new(Timestamp::UNIX_EPOCH, [7; 32]);
    tariffs::put_norms(tx, Timestamp::UNIX_EPOCH, &mut ids, &norms)?;
    let half = Percent::new(Decimal::from(50)).unwrap();
    let benefit = |service| NewBenefit {
        house_id: HOUSE,
        benefit: "Ветераны",
        service,
        percent: half,
        limit: None,
        act: &act,
        since: FIRST_DAY,
        until: None,
    };
    let benefits = [Service::Heating, Service::Electricity, Service::CommonElectricity].map(benefit);
    tariffs::put_benefits(tx, Timestamp::UNIX_EPOCH, &mut ids, &benefits).map(drop)
}

fn add_benefit(tx: &Tx<'_>) -> Result<()> {
    let benefit = benefits::NewBenefit {
        account_benefit_id: "veteran",
        account_id: VETERAN,
        benefit: "Ветераны",
        persons: None,
        norm_area: None,
        document: "удостоверение",
        since: FIRST_DAY,
        until: Some(date(2025, 10, 31)),
    };
    let change = benefits::Change { house_id: HOUSE, recalculation_id: "veteran" };
    benefits::record(tx, Timestamp::UNIX_EPOCH, change, &benefit)
}

/// Bills a month, as the run does; answers how many bills it has.
pub(crate) fn bill(db: &Db, period: Period) -> Result<usize> {
    let day = period.next().first_day().saturating_add(2.days());
    let now: Timestamp = format!("{day}T09:00:00Z").parse().unwrap();
    let run_id = db.write(|tx| billing::open(tx, now, HOUSE, period))?.unwrap();
    while billing::tick(db, now)?.is_some() {}
    db.write(|tx| billing::approve(tx, now, run_id))?.unwrap();
    let mut bills = 0;
    while let Some(step) = billing::tick(db, now)? {
        bills += if let Step::Issued(count) = step { count } else { 0 };
    }
    Ok(bills)
}

/// Bills all months from the first one on until one; answers how many bills they have.
pub(crate) fn bill_until(db: &Db, last: Period) -> usize {
    let mut period = first_month();
    let mut bills = 0;
    while period <= last {
        bills += bill(db, period).unwrap();
        period = period.next();
    }
    bills
}
