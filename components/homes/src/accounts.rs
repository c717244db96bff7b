//! The personal accounts that are linked to the person who asks.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    contact::{Email, Phone},
};
use serde::Serialize;
use store::homes::{self, LinkedAccount, preferences::Preferences};
use utoipa::ToSchema;
use web::{Actor, Env, Page, Problem, Reply};

use crate::settings::Channel;

/// A linked personal account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountView {
    account_id: String,
    /// The company's number of it.
    #[schema(example = "0000000015")]
    number: String,
    /// The number in ГИС ЖКХ.
    #[schema(example = "62тд412055")]
    unified_number: Option<String>,
    house_id: String,
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: String,
    /// `owner`, `tenant` or `trusted`.
    #[schema(example = "owner")]
    right: String,
    #[schema(format = DateTime)]
    linked_at: String,
    company: CompanyView,
    /// What the person calls it.
    #[schema(example = "Дача")]
    label: Option<String>,
    /// Since when its reminders rest; null while they come.
    #[schema(format = DateTime)]
    suspended_at: Option<String>,
    /// Where its notices go besides the feed.
    notices: NoticesView,
}

/// The ways of an account's notices besides the feed.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticesView {
    /// The confirmed phone, all but its ends hidden.
    #[schema(example = "+7********27")]
    masked_phone: Option<String>,
    /// The confirmed e-mail, all but its ends hidden.
    masked_email: Option<String>,
    /// The ways that are wanted.
    notify_by: Vec<Channel>,
}

impl From<Preferences> for NoticesView {
    fn from(set: Preferences) -> Self {
        let wanted = [(set.by_sms, Channel::Sms), (set.by_email, Channel::Email)];
        Self {
            masked_phone: set.notice_phone.and_then(|text| Phone::parse(&text).ok()).map(|phone| phone.masked()),
            masked_email: set.notice_email.and_then(|text| Email::parse(&text).ok()).map(|email| email.masked()),
            notify_by: wanted.into_iter().filter_map(|(is_wanted, channel)| is_wanted.then_some(channel)).collect(),
        }
    }
}

/// How the company that keeps the account is reached.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompanyView {
    name: String,
    phone: Option<String>,
    email: Option<String>,
}

impl From<LinkedAccount> for AccountView {
    fn from(account: LinkedAccount) -> Self {
        Self {
            account_id: account.account_id,
            number: account.number,
            unified_number: account.unified_number,
            house_id: account.house_id,
            address: account.address,
            right: account.right,
            linked_at: account.linked_at,
            company: CompanyView {
                name: account.company.name,
                phone: account.company.phone,
                email: account.company.email,
            },
            label: account.preferences.label.clone(),
            suspended_at: account.preferences.suspended_at.clone(),
            notices: account.preferences.into(),
        }
    }
}

/// The personal accounts linked to the person, all on one page
#[utoipa::path(
    get, path = "/api/homes/accounts", operation_id = "list_accounts", tag = "homes",
    security(("session" = [])),
    responses(
        (status = 200, body = Page<AccountView>),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<Page<AccountView>>, Problem> {
    actor.may(Action::SeeAccounts, Relation::Own)?;
    let accounts = env.db().read(|conn| homes::linked_accounts(conn, &actor.person_id))?;
    let items = accounts.into_iter().map(AccountView::from).collect();
    Ok(Reply::ok(Page { items, next_cursor: None }))
}
