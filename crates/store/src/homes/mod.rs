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

/// The order in which people count premises: 2 before 10, 12 before 12А, and what begins with no number first. The
/// column holds the number of premises.
macro_rules! flat_order {
    ($number:literal) => {
        concat!("cast(", $number, " as integer), ", $number)
    };
}
pub(crate) use flat_order;

/// The accounts within reach of a [`Reach`], as a table of `account_id` and `delegation_id` (null: the person's own):
/// those linked to the person ?1, and those let to the person by a delegation that holds on the day ?3 and has one of
/// the powers ?4. One text for all statements: this is where it is decided.
macro_rules! accounts_within_reach {
    () => {
        "(select account_id, nullif(min(delegation_id), '') as delegation_id
          from (select account_id, '' as delegation_id from account_link where person_id = ?1 and ended_at is null
                union all
                select l.account_id, d.delegation_id
                from delegation d
                join delegation_account x using (delegation_id)
                join account_link l on l.account_link_id = x.account_link_id and l.ended_at is null
                where d.person_id = ?1 and d.ended_at is null and d.until >= ?3
                  and exists (select 1 from json_each(d.powers) p join json_each(?4) w on w.value = p.value))
          group by account_id)"
    };
}
pub(crate) use accounts_within_reach;

mod accounts;
pub mod addresses;
mod archive;
mod codes;
mod companies;
mod delegations;
pub mod known;
mod links;
mod meters;
pub mod preferences;
pub(crate) mod put;
pub mod register;
mod sweep;

pub use accounts::{Company, LinkedAccount, linked_account, linked_accounts};
pub use archive::{
    PastAccount, PastSubmission, SubmissionKey, SubmittedReading, past_accounts, past_submissions, was_ever_linked,
};
pub use codes::{AccountCode, NewAccountCode, Purpose, add_code, code, mark_code_used, spend_code_attempt};
pub use companies::{only_phone, phone_of};
pub use delegations::{
    Delegation, Ended, NewDelegation, Reach, add_delegation, end_delegation, ending, first_look, forget_delegations,
    granted, held, offered, take,
};
pub use links::{
    Candidate, LinkRequest, LinkedPerson, NewLinkRequest, Right, add_link, add_request, candidate, linked_persons,
    linked_to_others, mark_used, request, spend_attempt, spend_earlier,
};
pub use meters::{hang_meter, take_meter_down, verify_meter};
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
