//! A bill as a document, out of what is kept of it.

use domain::{
    bill::{Balance, Bill, BillLine, Payee, Payer, sentence},
    charge::{Acts, Method, Packed},
    identifier::UnifiedAccountNumber,
};
use jiff::Timestamp;
use serde_json::Value;
use store::{
    billing::{BillRow, Explained, LineRow},
    homes::LinkedAccount,
};
use web::Problem;

/// The whole bill.
///
/// # Errors
/// Lines that do not read back: the fault is ours.
pub(crate) fn fill(bill: BillRow, account: LinkedAccount, explained: Explained) -> Result<Bill, Problem> {
    let Explained { lines, acts } = explained;
    let issued_at: Timestamp = bill.issued_at.parse().map_err(Problem::internal)?;
    let issued_on = issued_at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let contacts: Vec<_> = [account.company.phone, account.company.email].into_iter().flatten().collect();
    Ok(Bill {
        number: bill.number,
        payment_document_id: None,
        period: bill.period,
        issued_on,
        due_on: bill.due_on,
        payer: Payer {
            name: None,
            account: account.number,
            unified_account: account.unified_number.and_then(|number| UnifiedAccountNumber::parse(&number).ok()),
            address: account.address,
            area: None,
            residents: None,
        },
        payee: Payee {
            name: account.company.name,
            contacts: (!contacts.is_empty()).then(|| contacts.join(", ")),
            inn: None,
            kpp: None,
            bank: None,
        },
        meters: Vec::new(),
        lines: lines.into_iter().map(|line| fill_line(line, &acts)).collect::<Result<_, _>>()?,
        balance: Balance {
            before: bill.balance_before,
            paid: bill.paid,
            paid_through: issued_on,
            last_paid_on: None,
            penalty: bill.penalty,
            penalty_cause: None,
        },
        reference: Vec::new(),
        instalments: Vec::new(),
    })
}

fn fill_line(line: LineRow, acts: &Acts) -> Result<BillLine, Problem> {
    Ok(BillLine {
        service: line.service,
        of_period: line.of_period,
        method: match line.method.as_str() {
            "N" => Method::Norm,
            "M" => Method::Meter,
            _ => Method::Other,
        },
        volume: line.volume,
        price: line.price,
        charged: line.charged,
        multiplier: None,
        excess: line.excess,
        recalculated: line.recalculated,
        discount: line.discount,
        reason: line.reason,
        explanation: told(line.explanation, acts)?,
    })
}

/// A sentence for the charge and one for each recalculation.
fn told(kept: Value, acts: &Acts) -> Result<Vec<String>, Problem> {
    let Value::Array(kept) = kept else { return Err(Problem::internal("an explanation is no list")) };
    let tell = |one: Value| {
        let packed = Packed::from_json(one);
        sentence(&packed.node(acts).map_err(Problem::internal)?).map_err(Problem::internal)
    };
    kept.into_iter().map(tell).collect()
}
