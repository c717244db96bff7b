//! Lines about what houses are charged for and by what. What changes of months that were billed has them computed anew.

use std::collections::BTreeMap;

use domain::{
    identifier::PremisesNumber,
    import::{HouseArea, HouseService, HouseVolume, Household, Line, Lines, NotSupplied},
    period::Period,
    russian::full_date,
};
use jiff::civil::Date;

use super::{
    Fault, LINES_AT_ONCE, Taken, Taking,
    register::{Placed, lines_of},
};
use crate::{
    Result, Tx,
    billing::{
        NewArea, NewHousehold, NewNotSupplied, NewRecalculation, NewService, NewVolume, Series, all_became_known,
        overlaps, put_areas, put_households, put_not_supplied, put_services, put_volumes,
    },
    homes::register::Changes,
};

/// A line that holds for days.
trait OfDays: Sized {
    const SERIES: Series;

    fn house_code(&self) -> &str;

    /// None where it is about the house as a whole.
    fn premises(&self) -> Option<&PremisesNumber>;

    fn since(&self) -> Date;

    /// What the line is about, beside the place.
    fn what(&self) -> &'static str;

    fn put(tx: &Tx<'_>, placed: &[Placed<'_, Self>]) -> Result<Changes>;
}

macro_rules! of_days {
    ($row:ty, $series:ident, $premises:expr, $what:expr, $put:expr) => {
        impl OfDays for $row {
            const SERIES: Series = Series::$series;

            fn house_code(&self) -> &str {
                &self.house_code
            }

            fn premises(&self) -> Option<&PremisesNumber> {
                let premises: fn(&Self) -> Option<&PremisesNumber> = $premises;
                premises(self)
            }

            fn since(&self) -> Date {
                self.since
            }

            fn what(&self) -> &'static str {
                let what: fn(&Self) -> &'static str = $what;
                what(self)
            }

            fn put(tx: &Tx<'_>, placed: &[Placed<'_, Self>]) -> Result<Changes> {
                let put: fn(&Tx<'_>, &[Placed<'_, Self>]) -> Result<Changes> = $put;
                put(tx, placed)
            }
        }
    };
}

of_days!(HouseService, Services, |_| None, |row| row.service.as_str(), |tx, placed| {
    let new = placed.iter().map(|(id, house_id, Line { row, .. })| NewService {
        house_service_id: id,
        house_id,
        service: row.service.as_str(),
        way: row.way.as_str(),
        since: row.since,
        until: row.until,
    });
    put_services(tx, &new.collect::<Vec<_>>())
});

of_days!(HouseArea, Areas, |_| None, |_| "площади", |tx, placed| {
    let new = placed.iter().map(|(id, house_id, Line { row, .. })| NewArea {
        house_area_id: id,
        house_id,
        premises_hundredths: row.premises_hundredths.into(),
        common_hundredths: row.common_hundredths.into(),
        since: row.since,
        until: row.until,
    });
    put_areas(tx, &new.collect::<Vec<_>>())
});

of_days!(Household, Households, |row| Some(&row.premises), |_| "проживающие", |tx, placed| {
    let new = placed.iter().map(|(id, premises_id, Line { row, .. })| NewHousehold {
        household_id: id,
        premises_id,
        registered: row.registered.into(),
        temporary: row.temporary.into(),
        owners: row.owners.into(),
        since: row.since,
        until: row.until,
    });
    put_households(tx, &new.collect::<Vec<_>>())
});

of_days!(NotSupplied, NotSupplied, |row| Some(&row.premises), |row| row.service.as_str(), |tx, placed| {
    let new = placed.iter().map(|(_, premises_id, Line { row, .. })| NewNotSupplied {
        premises_id,
        service: row.service.as_str(),
        since: row.since,
        until: row.until,
    });
    put_not_supplied(tx, &new.collect::<Vec<_>>())
});

fn key<T: OfDays>(row: &T) -> String {
    let premises = row.premises().map(|number| format!(", {number}")).unwrap_or_default();
    format!("{}{premises}, {}, с {}", row.house_code(), row.what(), row.since())
}

impl Taking<'_> {
    pub(super) fn house_services(&mut self, taken: &mut Taken, lines: &Lines<HouseService>) -> Result<()> {
        self.of_days(taken, lines)
    }

    pub(super) fn house_areas(&mut self, taken: &mut Taken, lines: &Lines<HouseArea>) -> Result<()> {
        self.of_days(taken, lines)
    }

    pub(super) fn households(&mut self, taken: &mut Taken, lines: &Lines<Household>) -> Result<()> {
        self.of_days(taken, lines)
    }

    pub(super) fn not_supplied(&mut self, taken: &mut Taken, lines: &Lines<NotSupplied>) -> Result<()> {
        self.of_days(taken, lines)
    }

    pub(super) fn house_volumes(&mut self, taken: &mut Taken, lines: &Lines<HouseVolume>) -> Result<()> {
        let mut from = BTreeMap::new();
        for batch in lines.chunks(LINES_AT_ONCE) {
            let placed = self.placed(taken, batch, |taking, row| taking.index.house_id(taking.tx, &row.house_code))?;
            let new = placed.iter().map(|(id, house_id, Line { row, .. })| NewVolume {
                house_volume_id: id,
                house_id,
                service: row.service,
                period: row.period,
                volume: row.volume,
                direct_volume: row.direct_volume,
            });
            let changes = put_volumes(self.tx, self.now, &new.collect::<Vec<_>>(), lines.absent())?;
            if changes.is_any() {
                placed.iter().for_each(|(_, house_id, line)| note(&mut from, house_id, line.row.period));
            }
            taken.count(&changes, &lines_of(&placed), |row| {
                format!("{}, {}, {}", row.house_code, row.service.as_str(), row.period)
            });
        }
        self.compute_anew(&from, "Показания счётчиков дома уточнены")
    }

    fn of_days<T: OfDays>(&mut self, taken: &mut Taken, lines: &Lines<T>) -> Result<()> {
        let (mut touched, mut from) = (BTreeMap::new(), BTreeMap::new());
        for batch in lines.chunks(LINES_AT_ONCE) {
            let placed = self.placed(taken, batch, |taking, row| match row.premises() {
                Some(number) => taking.index.premises_id(taking.tx, row.house_code(), number),
                None => taking.index.house_id(taking.tx, row.house_code()),
            })?;
            let changes = T::put(self.tx, &placed)?;
            for (_, place_id, line) in &placed {
                touched.insert(place_id.clone(), line.number);
                let house_id = self.index.house_id(self.tx, line.row.house_code())?;
                if let (true, Ok(house_id)) = (changes.is_any(), house_id) {
                    note(&mut from, &house_id, Period::of(line.row.since()));
                }
            }
            taken.count(&changes, &lines_of(&placed), key);
        }
        self.refuse_overlaps(taken, T::SERIES, &touched)?;
        self.compute_anew(&from, "Данные дома для начислений уточнены")
    }

    /// Only when all lines are taken: one may end what another goes on with.
    fn refuse_overlaps(&mut self, taken: &Taken, series: Series, touched: &BTreeMap<String, u64>) -> Result<()> {
        let ids: Vec<_> = touched.keys().map(String::as_str).collect();
        for batch in ids.chunks(LINES_AT_ONCE) {
            for (place_id, day) in overlaps(self.tx, series, batch)? {
                let reason = format!("{} действуют две записи сразу: закончите прежнюю днём раньше", full_date(day));
                let line = touched.get(&place_id).copied().unwrap_or_default();
                self.refuse(taken, line, Fault::new("until", reason));
            }
        }
        Ok(())
    }

    fn compute_anew(&mut self, from: &BTreeMap<String, Period>, reason: &str) -> Result<()> {
        let ids: Vec<_> = from.iter().map(|_| self.ids.draw()).collect();
        let known = from.iter().zip(&ids).map(|((house_id, from), recalculation_id)| NewRecalculation {
            recalculation_id,
            house_id,
            account_id: None,
            from: *from,
            reason,
        });
        all_became_known(self.tx, self.now, &known.collect::<Vec<_>>())
    }
}

/// The earliest month of a house.
fn note(from: &mut BTreeMap<String, Period>, house_id: &str, period: Period) {
    let earliest = from.entry(house_id.to_owned()).or_insert(period);
    *earliest = (*earliest).min(period);
}
