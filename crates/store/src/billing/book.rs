//! What a house charges by: its services, areas and the volumes of its own meters, with prices and norms.

use std::collections::{BTreeMap, HashMap};

use domain::billing::{ChargedLine, HouseAreas, HouseBook, HouseService, HouseVolume, Way};
use domain::charge::UsedInside;
use domain::dated::{Dated, Days, Row as DatedRow};
use domain::norm::NormBasis;
use domain::period::Period;
use domain::service::Service;
use rust_decimal::Decimal;

use super::{interruptions, rules};
use crate::{Conn, Error, Result, params, tariffs};

/// Lines keep their volume with so many places, as formats of ГИС ЖКХ have it.
const VOLUME_PLACES: u32 = 7;

/// The book of a house for bills until `period`, with volumes since `from`.
pub(super) fn load(conn: &Conn<'_>, house_id: &str, (from, period): (Period, Period)) -> Result<HouseBook> {
    let rules = rules::open_rules(conn, period.last_day())?;
    // A January within reach settles the year before it. Where a late reading settles what was billed by norm, norms of
    // years before are asked for: as far back as anything is computed anew (ГК ст. 196).
    let reach_months = if rules.meters.rows().iter().any(|row| row.value.recalculates_norm) { -36 } else { -12 };
    let days = Days::new(from.plus_months(reach_months).first_day(), period.last_day()).unwrap_or(Days::of(period));
    let mut prices = tariffs::prices(conn, house_id, days)?;
    let services = ways(conn, house_id)?
        .into_iter()
        .map(|(service, ways)| {
            let per = ways.rows().iter().find_map(|row| basis(row.value));
            HouseService {
                service,
                ways,
                prices: prices.tariffs.remove(&service).unwrap_or_default(),
                norm: per.and_then(|per| prices.norms.remove(&(service, per))),
                heat: prices.norms.remove(&(service, NormBasis::HeatPerVolume)),
                social: prices.norms.remove(&(service, NormBasis::SocialNorm)),
                season: prices.norms.remove(&(service, NormBasis::SeasonMonths)),
            }
        })
        .collect();
    Ok(HouseBook {
        house_id: house_id.to_owned(),
        areas: areas(conn, house_id)?,
        services,
        benefits: prices.benefits.into_iter().collect(),
        multiplier: prices.multiplier,
        rules,
        // Evenly is paid by the year before, and a year that is settled was paid by the one before that.
        volumes: volumes(conn, house_id, from.plus_months(-24), period)?,
        inside: inside(conn, house_id, from, period)?,
        interruptions: interruptions::of_all(conn, house_id, (from, period))?,
    })
}

/// By which norm a way goes.
const fn basis(way: Way) -> Option<NormBasis> {
    match way {
        Way::Meter => Some(NormBasis::Person),
        Way::CommonNorm | Way::CommonMeter | Way::CommonMeterWhole => Some(NormBasis::CommonArea),
        Way::HeatingNorm | Way::HeatingMeter | Way::HeatingNormEvenly | Way::HeatingMeterEvenly => {
            Some(NormBasis::Area)
        }
        Way::Area | Way::Person | Way::Paused => None,
    }
}

/// How services of a house are charged, in the order of a bill.
///
/// # Errors
/// A failing database.
pub fn ways(conn: &Conn<'_>, house_id: &str) -> Result<Vec<(Service, Dated<Way>)>> {
    let sql = "select service, way, since,
                      coalesce(until, (select date(min(n.since), '-1 day') from house_service n
                                       where n.house_id = s.house_id and n.service = s.service and n.since > s.since))
               from house_service s where house_id = ?1";
    let mut rows: HashMap<Service, Vec<DatedRow<Way>>> = HashMap::new();
    for row in conn.query(sql, params![house_id])? {
        let (service, way): (String, String) = (row.get(0)?, row.get(1)?);
        let service = Service::parse(&service).ok_or_else(|| Error::BadData(format!("service {service}")))?;
        let value = Way::parse(&way).ok_or_else(|| Error::BadData(format!("way {way}")))?;
        rows.entry(service).or_default().push(DatedRow { from: row.get(2)?, until: row.get(3)?, value });
    }
    let in_order = Service::ALL.into_iter().filter_map(|service| Some((service, rows.remove(&service)?)));
    in_order.map(|(service, rows)| Ok((service, dated(rows)?))).collect()
}

fn areas(conn: &Conn<'_>, house_id: &str) -> Result<Dated<HouseAreas>> {
    let sql = "select house_area_id, premises_hundredths, common_hundredths, since,
                      coalesce(until, (select date(min(n.since), '-1 day') from house_area n
                                       where n.house_id = a.house_id and n.since > a.since))
               from house_area a where house_id = ?1";
    let rows = conn.query(sql, params![house_id])?;
    let rows = rows.iter().map(|row| {
        let of_premises = Decimal::new(row.get(1)?, 2);
        let value = HouseAreas { id: row.get(0)?, of_premises, in_common: Decimal::new(row.get(2)?, 2) };
        Ok(DatedRow { from: row.get(3)?, until: row.get(4)?, value })
    });
    dated(rows.collect::<Result<_>>()?)
}

fn volumes(
    conn: &Conn<'_>,
    house_id: &str,
    from: Period,
    until: Period,
) -> Result<BTreeMap<(Period, Service), HouseVolume>> {
    let sql = "select period, service, house_volume_id, volume from house_volume
               where house_id = ?1 and period between ?2 and ?3 order by house_volume_seq";
    let rows = conn.query(sql, params![house_id, from.to_string(), until.to_string()])?;
    rows.iter()
        .map(|row| {
            let service: String = row.get(1)?;
            let service = Service::parse(&service).ok_or_else(|| Error::BadData(format!("service {service}")))?;
            Ok(((row.get(0)?, service), HouseVolume { id: row.get(2)?, volume: row.get(3)? }))
        })
        .collect()
}

/// The volume of a line as it is kept.
pub(super) fn volume(line: &ChargedLine) -> Result<i64> {
    let volume = line.figures.volume.rounded(VOLUME_PLACES).map_err(|error| Error::BadData(error.to_string()))?;
    i64::try_from(volume).map_err(|_| Error::BadData("a volume is too large".to_owned()))
}

fn inside(
    conn: &Conn<'_>,
    house_id: &str,
    from: Period,
    until: Period,
) -> Result<BTreeMap<(Period, Service), UsedInside>> {
    let sql = "select u.period, u.service, u.non_residential, u.by_norm, u.by_meter, v.direct_volume
               from used_inside u left join house_volume v using (house_id, period, service)
               where u.house_id = ?1 and u.period between ?2 and ?3 order by u.billing_run_id";
    let rows = conn.query(sql, params![house_id, from.to_string(), until.to_string()])?;
    rows.iter()
        .map(|row| {
            let volume = |column| row.get(column).map(|volume| Decimal::new(volume, VOLUME_PLACES));
            let service: String = row.get(1)?;
            let service = Service::parse(&service).ok_or_else(|| Error::BadData(format!("service {service}")))?;
            // Who pays the supplier directly has no bill here.
            let direct = row.get::<Option<Decimal>>(5)?.unwrap_or_default();
            let used = UsedInside {
                house_id: house_id.to_owned(),
                non_residential: volume(2)? + direct,
                by_norm: volume(3)?,
                by_meter: volume(4)?,
            };
            Ok(((row.get(0)?, service), used))
        })
        .collect()
}

pub(super) fn dated<T>(rows: Vec<DatedRow<T>>) -> Result<Dated<T>> {
    Dated::new(rows).map_err(|error| Error::BadData(error.to_string()))
}
