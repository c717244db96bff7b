//! A personal account by its number: what it owes and what was billed.

use axum::extract::State;
use domain::access::Action;
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    billing::{
        self, BillRow,
        desk::{self, BilledAccount},
    },
    ledger,
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Client, Env, Problem, Query, Reply, audit};

use super::LOOK;

/// A year and a half of bills.
const BILLS: u32 = 18;
const NUMBER_CHARS_MAX: usize = 30;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Search {
    /// The company's number or the unified one, whole.
    #[param(example = "0000000015")]
    number: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FoundAccounts {
    items: Vec<FoundAccount>,
}

/// An account of one of my houses. Sums are kopecks.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundAccount {
    number: String,
    house_id: String,
    address: String,
    /// What is owed now; below zero it is paid ahead.
    balance: i64,
    /// The latest first.
    bills: Vec<AccountBill>,
}

/// An issued bill of an account. Sums are kopecks.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountBill {
    bill_number: String,
    #[schema(example = "2026-07")]
    period: String,
    charged: i64,
    corrected: i64,
    penalty: i64,
    payable: i64,
    #[schema(format = Date)]
    due_on: String,
}

impl From<BillRow> for AccountBill {
    fn from(bill: BillRow) -> Self {
        Self {
            bill_number: bill.number,
            period: bill.period.to_string(),
            charged: bill.charged.0,
            corrected: bill.corrected.0,
            penalty: bill.penalty.0,
            payable: bill.balance.0,
            due_on: bill.due_on.to_string(),
        }
    }
}

/// A personal account of my houses by its number, with its balance and bills; the look is recorded
#[utoipa::path(
    get, path = "/api/billing/desk/accounts", operation_id = "find_billed_accounts", tag = "billing",
    params(Search), security(("session" = [])),
    responses(
        (status = 200, body = FoundAccounts),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation"),
    )
)]
pub(crate) async fn find(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(search): Query<Search>,
) -> Result<Reply<FoundAccounts>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let number = search.number.trim().to_uppercase();
    if number.is_empty() || number.chars().count() > NUMBER_CHARS_MAX {
        return Err(Problem::field("?number", "Впишите номер лицевого счёта целиком: до 30 знаков."));
    }
    env.db().write(|tx| {
        let found = desk::accounts_with(tx, &reach, &number)?;
        for account in &found {
            let object = format!("account:{}", account.account_id);
            audit::record(tx, &env, &actor, &client, "billing.look", &object, &LOOK)?;
        }
        let items = found.into_iter().map(|account| view(tx, account)).collect::<store::Result<_>>()?;
        Ok(Reply::ok(FoundAccounts { items }))
    })
}

fn view(tx: &Tx<'_>, account: BilledAccount) -> store::Result<FoundAccount> {
    let id = [account.account_id.as_str()];
    let standing = ledger::standings(tx, &id)?.remove(id[0]).unwrap_or_default();
    let bills = billing::bills_of(tx, &id, None, BILLS)?;
    let balance = standing.balance;
    let bills = bills.into_iter().map(AccountBill::from).collect();
    Ok(FoundAccount { number: account.number, house_id: account.house_id, address: account.address, balance, bills })
}
