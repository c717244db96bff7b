//! Lines about prices, norms and benefits. On no day may a service of a house have two of them or, but for benefits, none
//! between two others.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    import::{Benefit, Line, Lines, Norm, Tariff},
    service::Service,
};

use super::{
    Fault, LINES_AT_ONCE, Taken, Taking,
    register::{Placed, lines_of},
};
use crate::{
    Result,
    tariffs::{self, NewBenefit, NewNorm, NewTariff, put_benefits, put_norms, put_tariffs},
};

/// The house and service that lines were about: the last line, and the house's code.
type Touched = BTreeMap<(String, Service), (u64, String)>;

impl Taking<'_> {
    pub(super) fn tariffs(&mut self, taken: &mut Taken, lines: &Lines<Tariff>) -> Result<()> {
        let mut touched = Touched::new();
        for batch in lines.chunks(LINES_AT_ONCE) {
            self.refuse_renamed(taken, batch)?;
            let placed = self.in_houses(taken, batch, |row| &row.house_code)?;
            let new: Vec<_> = placed.iter().map(|(_, house_id, line)| new_tariff(house_id, &line.row)).collect();
            let changes = put_tariffs(self.tx, self.now, &mut self.ids, &new)?;
            taken.count(&changes, &lines_of(&placed), |row| key(&row.house_code, row.service, &row.since));
            touch(&mut touched, &placed, |row| (row.service, &row.house_code));
        }
        self.refuse_faults(taken, &touched)
    }

    pub(super) fn norms(&mut self, taken: &mut Taken, lines: &Lines<Norm>) -> Result<()> {
        let mut touched = Touched::new();
        for batch in lines.chunks(LINES_AT_ONCE) {
            let placed = self.in_houses(taken, batch, |row| &row.house_code)?;
            let new: Vec<_> = placed.iter().map(|(_, house_id, line)| new_norm(house_id, &line.row)).collect();
            let changes = put_norms(self.tx, self.now, &mut self.ids, &new)?;
            taken.count(&changes, &lines_of(&placed), |row| key(&row.house_code, row.service, &row.since));
            touch(&mut touched, &placed, |row| (row.service, &row.house_code));
        }
        self.refuse_faults(taken, &touched)
    }

    pub(super) fn benefits(&mut self, taken: &mut Taken, lines: &Lines<Benefit>) -> Result<()> {
        let mut touched = Touched::new();
        for batch in lines.chunks(LINES_AT_ONCE) {
            let placed = self.in_houses(taken, batch, |row| &row.house_code)?;
            let new: Vec<_> = placed.iter().map(|(_, house_id, line)| new_benefit(house_id, &line.row)).collect();
            let changes = put_benefits(self.tx, self.now, &mut self.ids, &new)?;
            taken.count(&changes, &lines_of(&placed), |row| key(&row.house_code, row.service, &row.since));
            touch(&mut touched, &placed, |row| (row.service, &row.house_code));
        }
        self.refuse_faults(taken, &touched)
    }

    /// The lines about houses that are there and within reach.
    fn in_houses<'l, T>(
        &mut self,
        taken: &Taken,
        batch: &'l [Line<T>],
        code: impl Fn(&T) -> &str,
    ) -> Result<Vec<Placed<'l, T>>> {
        self.placed(taken, batch, |taking, row| taking.index.house_id(taking.tx, code(row)))
    }

    /// A supplier has one name: all houses read it.
    fn refuse_renamed(&mut self, taken: &Taken, batch: &[Line<Tariff>]) -> Result<()> {
        let inns: BTreeSet<_> = batch.iter().map(|line| line.row.supplier_inn.as_str()).collect();
        let mut known = tariffs::suppliers(self.tx, &inns.into_iter().collect::<Vec<_>>())?;
        for Line { number, row } in batch {
            let name = known.entry(row.supplier_inn.as_str().to_owned()).or_insert_with(|| row.supplier.clone());
            if *name != row.supplier {
                let reason = format!("поставщик с этим ИНН уже записан как {name}: впишите так же");
                self.refuse(taken, *number, Fault::new("supplier", reason));
            }
        }
        Ok(())
    }

    /// Only when all lines are taken: one may end the price that another goes on with.
    fn refuse_faults(&mut self, taken: &Taken, touched: &Touched) -> Result<()> {
        let houses: BTreeSet<_> = touched.keys().map(|(house_id, _)| house_id.as_str()).collect();
        for batch in houses.into_iter().collect::<Vec<_>>().chunks(LINES_AT_ONCE) {
            for fault in tariffs::faults(self.tx, batch)? {
                if let Some((line, code)) = touched.get(&(fault.house_id, fault.service)) {
                    let reason = format!("дом {code}, {}: {}", fault.service.title().to_lowercase(), fault.days);
                    self.refuse(taken, *line, Fault::new("since", reason));
                }
            }
        }
        Ok(())
    }
}

fn key(house_code: &str, service: Service, since: &impl std::fmt::Display) -> String {
    format!("{house_code}, {}, с {since}", service.as_str())
}

fn touch<T>(touched: &mut Touched, placed: &[Placed<'_, T>], of: impl Fn(&T) -> (Service, &String)) {
    touched.extend(placed.iter().map(|(_, house_id, line)| {
        let (service, code) = of(&line.row);
        ((house_id.clone(), service), (line.number, code.clone()))
    }));
}

fn new_tariff<'a>(house_id: &'a str, row: &'a Tariff) -> NewTariff<'a> {
    NewTariff {
        house_id,
        service: row.service,
        supplier: (row.supplier_inn.as_str(), &row.supplier),
        is_offer: row.is_offer,
        prices: row.prices,
        above_norm: row.above_norm,
        fixed: row.fixed,
        surcharge: row.surcharge,
        act: &row.act,
        since: row.since,
        until: row.until,
    }
}

fn new_norm<'a>(house_id: &'a str, row: &'a Norm) -> NewNorm<'a> {
    NewNorm {
        house_id,
        service: row.service,
        per: row.per,
        dwelling: &row.dwelling,
        value: row.value,
        act: &row.act,
        since: row.since,
        until: row.until,
    }
}

fn new_benefit<'a>(house_id: &'a str, row: &'a Benefit) -> NewBenefit<'a> {
    NewBenefit {
        house_id,
        benefit: &row.benefit,
        service: row.service,
        percent: row.percent,
        limit: row.limit,
        act: &row.act,
        since: row.since,
        until: row.until,
    }
}
