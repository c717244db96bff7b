//! Companies, houses, premises, their owners, personal accounts and meters; which account belongs to which person.
//!
//! [`register`] puts what a company's files say, [`known`] finds it again, [`addresses`] by what somebody typed;
//! `accounts` is what a person sees of it, `links` how an account becomes a person's, [`preferences`] what is set for
//! it then, `codes` what proves it, `archive` what stays of it afterwards.

/// Whether an account `a` is open on a day: the day of its closing is the first on which it is not. One text for all
/// statements, so that no two of them disagree.
macro_rules! account_is_open {
    ($day:literal) => {
        concat!("(a.closed_on is null or a.closed_on > ", $day, ")")
    };
}
pub(crate) use account_is_open;

/// Whether a meter `m` hangs there on a day, so that its readings are awaited.
macro_rules! meter_is_active {
    ($day:literal) => {
        concat!("(m.installed_on <= ", $day, " and (m.removed_on is null or m.removed_on > ", $day, "))")
    };
}
pub(crate) use meter_is_active;

mod accounts;
pub mod addresses;
mod archive;
mod codes;
mod companies;
pub mod known;
mod links;
pub mod preferences;
mod put;
pub mod register;
mod sweep;

pub use accounts::{Company, LinkedAccount, linked_account, linked_accounts};
pub use archive::{
    PastAccount, PastSubmission, SubmissionKey, SubmittedReading, past_accounts, past_submissions, was_ever_linked,
};
pub use codes::{AccountCode, NewAccountCode, Purpose, add_code, code, mark_code_used, spend_code_attempt};
pub use companies::only_phone;
pub use links::{
    Candidate, LinkRequest, LinkedPerson, NewLinkRequest, Right, add_link, add_request, candidate, linked_persons,
    linked_to_others, mark_used, request, spend_attempt, spend_earlier,
};
pub use sweep::{forget_codes_of, forget_requests, forget_requests_of};

/// House and flat in one line: «г. Рязань, ул. Ленина, д. 10, кв. 15»; `kind` as in the `premises` table.
pub fn full_address(house: &str, kind: &str, number: &str) -> String {
    let what = if kind == "non_residential" { "пом." } else { "кв." };
    format!("{house}, {what} {number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_and_a_shop_are_called_differently() {
        assert_eq!(full_address("г. Рязань, д. 10", "residential", "15"), "г. Рязань, д. 10, кв. 15");
        assert_eq!(full_address("г. Рязань, д. 10", "non_residential", "Н1"), "г. Рязань, д. 10, пом. Н1");
    }
}
