//! Made-up houses for the monthly run: every flat is that of vector C18, so every bill of March 2026 is known.

use domain::norm::NormBasis;
use domain::service::Service;
use domain::tariff::{Act, Price, Rates};
use jiff::Timestamp;
use jiff::civil::date;
use store::tariffs::{self, NewNorm, NewTariff};
use store::{Ids, Result, Tx, params};

/// What a flat is charged in March 2026, in kopecks.
pub const MARCH: i64 = 1_064_349;

/// Services with their ways: nine lines of the vector, of which hot water is two.
const SERVICES: [(&str, &str); 10] = [
    ("maintenance", "area"),
    ("common_cold_water", "common_norm"),
    ("cold_water", "meter"),
    ("hot_water", "meter"),
    ("hot_water_heat", "meter"),
    ("sewage", "meter"),
    ("electricity", "meter"),
    ("heating", "heating_norm"),
    ("solid_waste", "person"),
    ("capital_repair", "area"),
];

/// Meters of a flat: kind, rates, values at the end of February 2026 and what is used in a month.
const METERS: [(&str, &[&str], &[&str]); 3] = [
    ("cold_water", &["123.456"], &["8.333"]),
    ("hot_water", &["100.000"], &["4.215"]),
    ("electricity", &["12345.000", "8021.000", "5500.000"], &["123.000", "58.000", "61.000"]),
];

/// Adds a house of so many flats with an account, meters, and readings of February and March 2026 each. Its name goes
/// into every id and number.
///
/// # Errors
/// A failing database.
pub fn add(tx: &Tx<'_>, house: &str, flats: u32) -> Result<()> {
    let since = "2020-01-01T00:00:00.000Z";
    tx.execute(
        "insert or ignore into company (company_id, name, inn, created_at) values ('company', 'УК', '0000000000', ?1)",
        params![since],
    )?;
    tx.execute(
        "insert into house (house_id, code, company_id, municipality, address, time_zone, window_from_day, window_to_day,
                            created_at)
         values (?1, ?1, 'company', 'Рязань', 'г. Рязань, д. ' || ?1, 'Europe/Moscow', 1, 31, ?2)",
        params![house, since],
    )?;
    let services = format!("[{}]", SERVICES.map(|(service, way)| format!("[\"{service}\",\"{way}\"]")).join(","));
    tx.execute(
        "insert into house_service (house_service_id, house_id, service, way, since)
         select ?1 || '-' || (value ->> 0), ?1, value ->> 0, value ->> 1, '2020-01-01' from json_each(?2)",
        params![house, services],
    )?;
    tx.execute(
        "insert into house_area values (?1 || '-areas', ?1, 312080, 41260, '2020-01-01', null)",
        params![house],
    )?;
    let flats = i64::from(flats);
    let numbers = "with recursive flat (n) as (select 1 union all select n + 1 from flat where n < ?2)";
    let add = |sql: &str| tx.execute(&format!("{numbers} {sql}"), params![house, flats]);
    add("insert into premises (premises_id, house_id, number, kind, area_hundredths, created_at)
         select printf('%s-%06d', ?1, n), ?1, printf('%06d', n), 'residential', 5430, '2020-01-01T00:00:00.000Z' from flat")?;
    add("insert into account (account_id, number, premises_id, holder, opened_on, created_at)
         select printf('%s-%06d', ?1, n), printf('%s%06d', ?1, n), printf('%s-%06d', ?1, n), 'Иванов', '2020-01-01',
                '2020-01-01T00:00:00.000Z' from flat")?;
    add("insert into household (household_id, premises_id, registered, temporary, owners, since)
         select printf('h-%s-%06d', ?1, n), printf('%s-%06d', ?1, n), 3, 0, 1, '2020-01-01' from flat")?;
    for (kind, values, _) in METERS {
        let rates = i64::try_from(values.len()).unwrap_or_default();
        let sql = "insert into meter (meter_id, premises_id, kind, serial, rates, digits_integer, digits_fraction,
                                      installed_on, verified_on, verification_interval_years, created_at)
                   select printf('%s-%s', ?3, premises_id), premises_id, ?3, premises_id, ?4, 6, 3, '2020-01-01',
                          '2020-01-01', 16, created_at
                   from premises where house_id = ?1 and ?2 > 0";
        tx.execute(sql, params![house, flats, kind, rates])?;
    }
    add_prices(tx, house)?;
    read(tx, house, "2026-02", 0)?;
    read(tx, house, "2026-03", 1)
}

/// Adds a reading of a month to every meter of a house: so many months of use after February 2026.
///
/// # Errors
/// A failing database.
pub fn read(tx: &Tx<'_>, house: &str, period: &str, months: i64) -> Result<()> {
    for (kind, first, used) in METERS {
        // In thousandths: there is no floating point near volumes.
        let thousandths = |text: &str| text.replace('.', "").parse::<i64>().unwrap_or_default();
        let value = |rate: usize| {
            let (first, used) = (first.get(rate)?, used.get(rate)?);
            let value = thousandths(first) + months * thousandths(used);
            Some(format!("{}.{:03}", value / 1000, value % 1000))
        };
        tx.execute(
            "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1, value_2, value_3)
             select printf('%s-%s', m.meter_id, ?3), m.meter_id, 'company', ?3, ?3 || '-20', ?3 || '-20T12:00:00.000Z',
                    ?4, ?5, ?6
             from meter m join premises p using (premises_id) where p.house_id = ?1 and m.kind = ?2",
            params![house, kind, period, value(0), value(1), value(2)],
        )?;
    }
    Ok(())
}

/// The prices and norms of the vector, since 2020.
fn add_prices(tx: &Tx<'_>, house: &str) -> Result<()> {
    let tariffs = [
        (Service::Maintenance, &["39.57"][..]),
        (Service::CommonColdWater, &["50.93"]),
        (Service::ColdWater, &["50.93"]),
        (Service::HotWater, &["50.93"]),
        (Service::HotWaterHeat, &["2894.56"]),
        (Service::Sewage, &["43.57"]),
        (Service::Electricity, &["8.23", "3.71", "6.99"]),
        (Service::Heating, &["2894.56"]),
        (Service::SolidWaste, &["175.40"]),
        (Service::CapitalRepair, &["15.70"]),
    ];
    let norms = [
        (Service::CommonColdWater, NormBasis::CommonArea, "0.029"),
        (Service::ColdWater, NormBasis::Person, "4.331"),
        (Service::HotWater, NormBasis::Person, "3.1"),
        (Service::HotWaterHeat, NormBasis::HeatPerVolume, "0.0585"),
        (Service::Electricity, NormBasis::Person, "100"),
        (Service::Heating, NormBasis::Area, "0.0226"),
    ];
    let act = Act {
        name: "Постановление о тарифах".to_owned(),
        number: "12-т".to_owned(),
        date: date(2019, 11, 20),
        link: None,
    };
    let (since, until) = (date(2020, 1, 1), None);
    let tariff = |(service, prices): (Service, &[&str])| {
        let prices: Option<Vec<_>> = prices.iter().map(|price| Price::new(price.parse().ok()?).ok()).collect();
        let prices = Rates::of(&prices?)?;
        let supplier = ("7830002293", "ООО «УК Мой дом»");
        let (is_offer, above_norm, fixed, surcharge) = (false, None, None, None);
        let house_id = house;
        let act = &act;
        Some(NewTariff {
            house_id,
            service,
            supplier,
            is_offer,
            prices,
            above_norm,
            fixed,
            surcharge,
            act,
            since,
            until,
        })
    };
    let norm = |(service, per, value): (Service, NormBasis, &str)| {
        let value = value.parse().ok()?;
        Some(NewNorm { house_id: house, service, per, dwelling: "", value, act: &act, since, until })
    };
    let now = Timestamp::UNIX_EPOCH;
    let mut ids = Ids::new(now, seed(house));
    let tariffs: Vec<_> = tariffs.into_iter().filter_map(tariff).collect();
    tariffs::put_tariffs(tx, now, &mut ids, &tariffs)?;
    let norms: Vec<_> = norms.into_iter().filter_map(norm).collect();
    tariffs::put_norms(tx, now, &mut ids, &norms).map(drop)
}

/// A seed of its own for each house, so that ids differ.
fn seed(house: &str) -> [u8; 32] {
    let mut seed = [0; 32];
    house.bytes().zip(&mut seed).for_each(|(byte, place)| *place = byte);
    seed
}
