//! The bills of a person's accounts.

use std::collections::HashMap;

use axum::{extract::State, response::Response};
use domain::{
    access::{Action, Relation},
    bill::Status,
    money::Kopecks,
    period::Period,
};
use forms::{Cell, Table};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    billing::{self, BillRow},
    homes::{self, LinkedAccount},
    ledger::{self, Debt},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Env, Problem, Query, Reply, TableFormat};

/// So many bills an account has in a year.
const MONTHS: usize = 12;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wish {
    /// Of which year; the last one with a bill where nothing is said.
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    year: Option<i16>,
    /// Only bills of this status: paid, partly or unpaid.
    status: Option<String>,
}

/// Bills of a year.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillList {
    #[schema(example = 2026)]
    year: i16,
    /// The years that have a bill, the latest first.
    #[schema(example = json!([2026, 2025]))]
    years: Vec<u16>,
    /// What is to be paid at present for all accounts, in kopecks.
    to_pay: i64,
    /// Until when the last bills of accounts with a debt are to be paid; the earliest of these days.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// What of it should have been paid already; null where nothing is late.
    overdue: Option<Overdue>,
    /// The latest first.
    items: Vec<BillSummary>,
}

/// What should have been paid already, of all accounts, without penalties.
#[derive(Serialize, ToSchema)]
pub(crate) struct Overdue {
    /// In kopecks.
    amount: i64,
    /// The first day on which something of it was late.
    #[schema(format = Date)]
    since: String,
    /// The bill that is late for longest; null where that debt is older than the bills.
    #[schema(example = "202603-0000000015")]
    bill_number: Option<String>,
}

/// A bill, without its lines. Sums are kopecks.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillSummary {
    #[schema(example = "202603-0000000015")]
    bill_number: String,
    account_id: String,
    /// The company's number of the account.
    account_number: String,
    address: String,
    #[schema(example = "2026-03")]
    period: String,
    /// The month with corrections of earlier ones.
    charged: i64,
    /// What was owed before, less what was paid since; below zero it was paid ahead.
    owed_before: i64,
    penalty: i64,
    /// What is to be paid; below zero it is paid ahead.
    payable: i64,
    #[schema(format = Date)]
    due_on: String,
    /// paid, partly or unpaid: of the month itself.
    status: &'static str,
}

/// The bills of a year of all linked accounts, the latest first
#[utoipa::path(
    get, path = "/api/billing/bills", operation_id = "list_bills", tag = "billing",
    params(Wish), security(("session" = [])),
    responses(
        (status = 200, body = BillList),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "validation, …"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    Query(wish): Query<Wish>,
) -> Result<Reply<BillList>, Problem> {
    Ok(Reply::ok(found(&env, &actor, &wish)?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListFile {
    /// Of which year; the last one with a bill where nothing is said.
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    year: Option<i16>,
    /// Only bills of this status: paid, partly or unpaid.
    status: Option<String>,
    /// `csv`, as it is where nothing is said, or `xlsx`.
    #[serde(default)]
    #[param(inline)]
    format: TableFormat,
}

/// The same as a table for spreadsheets
#[utoipa::path(
    get, path = "/api/billing/bills/document", operation_id = "get_bill_list", tag = "billing",
    params(ListFile), security(("session" = [])),
    responses(
        (status = 200, content(
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "validation, …"),
    )
)]
pub(crate) async fn document(
    State(env): State<Env>,
    actor: Actor,
    Query(ListFile { year, status, format }): Query<ListFile>,
) -> Result<Response, Problem> {
    let found = found(&env, &actor, &Wish { year, status })?;
    let money = |kopecks| Cell::Money(Kopecks(kopecks));
    let rows = found.items.into_iter().map(|bill| {
        vec![
            Cell::Text(bill.period),
            Cell::Text(bill.bill_number),
            Cell::Text(bill.account_number),
            Cell::Text(bill.address),
            money(bill.charged),
            money(bill.owed_before),
            money(bill.penalty),
            money(bill.payable),
            bill.due_on.parse().map_or(Cell::Empty, Cell::Date),
            Cell::Text(Status::parse(bill.status).map_or("", Status::title).to_owned()),
        ]
    });
    let columns = vec![
        "Месяц",
        "Квитанция",
        "Лицевой счёт",
        "Адрес",
        "Начислено за месяц",
        "Было к оплате раньше",
        "Пени",
        "К оплате",
        "Оплатить до",
        "Оплата месяца",
    ];
    let table =
        Table { title: format!("Квитанции за {} год", found.year), columns, rows: rows.collect() };
    web::table(&format!("bills-{}", found.year), &table, format)
}

fn found(env: &Env, actor: &Actor, wish: &Wish) -> Result<BillList, Problem> {
    actor.may(Action::SeeBills, Relation::Own)?;
    let (asked, status) = (wish.first_month()?, wish.status()?);
    env.db().read(|conn| {
        let accounts = homes::linked_accounts(conn, &actor.person_id)?;
        let ids: Vec<_> = accounts.iter().map(|account| account.account_id.as_str()).collect();
        let years = billing::years(conn, &ids)?;
        let latest = || years.first().and_then(|year| Period::new(i16::try_from(*year).ok()?, 1));
        let first = asked.or_else(latest).unwrap_or_else(|| Period::of(env.day()));
        let (to_pay, due_on) = to_pay(conn, &ids)?;
        let count = u32::try_from(ids.len() * MONTHS).unwrap_or(u32::MAX);
        let bills = billing::bills_of(conn, &ids, Some(first.plus_months(12)), count)?;
        let debts = ledger::open_debts(conn, &ids)?;
        let items = bills.iter().filter(|bill| bill.period >= first).filter_map(|bill| {
            let account = accounts.iter().find(|account| account.account_id == bill.account_id)?;
            let is = status_of(bill, &debts);
            status.is_none_or(|wanted| wanted == is).then(|| summary(bill, account, is))
        });
        let (items, due_on) = (items.collect(), due_on.map(|day| day.to_string()));
        let overdue = overdue(conn, &debts, env.day())?;
        Ok(BillList { year: first.year(), to_pay: to_pay.0, due_on, overdue, items, years })
    })
}

/// What is owed now, and until when that of the latest bills is to be paid.
fn to_pay(conn: &Conn<'_>, accounts: &[&str]) -> store::Result<(Kopecks, Option<Date>)> {
    let standings = ledger::standings(conn, accounts)?;
    let owed: Vec<_> = standings.iter().filter(|(_, standing)| standing.balance > 0).collect();
    let owing: Vec<_> = owed.iter().map(|(account_id, _)| account_id.as_str()).collect();
    let due_on = billing::last_due_on(conn, &owing)?;
    Ok((Kopecks(owed.iter().map(|(_, standing)| standing.balance).sum()), due_on))
}

/// What is late today.
fn overdue(conn: &Conn<'_>, debts: &HashMap<String, Vec<Debt>>, today: Date) -> Result<Option<Overdue>, Problem> {
    let all = debts.iter().flat_map(|(account_id, debts)| debts.iter().map(move |debt| (account_id, debt)));
    let late: Vec<_> = all.filter(|(_, debt)| debt.due_on < today && debt.rest() > Kopecks::ZERO).collect();
    let Some((account_id, oldest)) = late.iter().min_by_key(|(account_id, debt)| (debt.due_on, *account_id)) else {
        return Ok(None);
    };
    let bill = billing::bill_of(conn, account_id, oldest.period)?;
    let amount = Kopecks::total(late.iter().map(|(_, debt)| debt.rest())).map_err(Problem::internal)?;
    let since = oldest.due_on.tomorrow().map_err(Problem::internal)?;
    Ok(Some(Overdue { amount: amount.0, since: since.to_string(), bill_number: bill.map(|bill| bill.number) }))
}

impl Wish {
    fn first_month(&self) -> Result<Option<Period>, Problem> {
        let january = |year| (2000..=2999).contains(&year).then(|| Period::new(year, 1)).flatten();
        let refusal = || Problem::field("?year", "Укажите год от 2000 до 2999.");
        self.year.map(|year| january(year).ok_or_else(refusal)).transpose()
    }

    fn status(&self) -> Result<Option<Status>, Problem> {
        let refusal = || Problem::field("?status", "Укажите paid, partly или unpaid.");
        self.status.as_deref().map(|name| Status::parse(name).ok_or_else(refusal)).transpose()
    }
}

/// What is open of a month is among the debts; what is not there is paid.
pub(crate) fn status_of(bill: &BillRow, debts: &HashMap<String, Vec<Debt>>) -> Status {
    let of_month = || debts.get(&bill.account_id).into_iter().flatten().filter(|debt| debt.period == bill.period);
    let rest: i64 = of_month().map(|debt| debt.rest().0).sum();
    Status::of(bill.charged, Kopecks(bill.charged.0 - rest))
}

pub(crate) fn summary(bill: &BillRow, account: &LinkedAccount, status: Status) -> BillSummary {
    BillSummary {
        bill_number: bill.number.clone(),
        account_id: bill.account_id.clone(),
        account_number: account.number.clone(),
        address: account.address.clone(),
        period: bill.period.to_string(),
        charged: bill.charged.0 + bill.corrected.0,
        owed_before: bill.balance_before.0 - bill.paid.0,
        penalty: bill.penalty.0,
        payable: bill.balance.0,
        due_on: bill.due_on.to_string(),
        status: status.as_str(),
    }
}
