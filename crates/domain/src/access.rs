//! Who may do what: one table of rights, asked by every handler.
//!
//! A right is a role, an action and the relation that the person must have to the object. Staff roles open no
//! door of a resident: whoever works for a company and also lives in a house has the role of a resident for that
//! home, and then only for the accounts linked to the person (S1:225: roles and least privilege).
//!
//! A role is granted in a [`Scope`]: the portal, a company, a house. An object is in a scope too, and
//! [`Scope::covers`] is the one place that says whether a role reaches it.

mod scope;

use serde::{Deserialize, Serialize};

pub use scope::{Grant, Scope, Whereabouts, allows_in, allows_to_person, scopes};

/// What a person is to the portal. A person may have several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Lives in or owns premises whose personal account is linked.
    Resident,
    /// Takes appeals and gives them out.
    Dispatcher,
    /// Does the work of an appeal.
    Executor,
    /// Keeps tariffs, bills and payments.
    Accountant,
    /// Escalations, meetings and reports of a company.
    Manager,
    /// People and settings of a company.
    Admin,
    /// Reads on behalf of the supervising body.
    Inspector,
    /// A program of another system, with a narrow token.
    Integrator,
    /// Unlocks sign-in.
    Support,
}

impl Role {
    /// Every role, in the order of the design.
    pub const ALL: [Self; 9] = [
        Self::Resident,
        Self::Dispatcher,
        Self::Executor,
        Self::Accountant,
        Self::Manager,
        Self::Admin,
        Self::Inspector,
        Self::Integrator,
        Self::Support,
    ];

    /// The name under which the role is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Dispatcher => "dispatcher",
            Self::Executor => "executor",
            Self::Accountant => "accountant",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::Inspector => "inspector",
            Self::Integrator => "integrator",
            Self::Support => "support",
        }
    }

    /// What people call somebody of this role.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Resident => "житель",
            Self::Dispatcher => "диспетчер",
            Self::Executor => "исполнитель",
            Self::Accountant => "бухгалтер",
            Self::Manager => "руководитель",
            Self::Admin => "администратор",
            Self::Inspector => "инспектор",
            Self::Integrator => "программа",
            Self::Support => "поддержка",
        }
    }

    /// The role of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// What a signed-in person asks to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See who is signed in, and until when.
    SeeSession,
    /// See the personal accounts that are linked to somebody.
    SeeAccounts,
    /// Link a personal account by its number and a code.
    LinkAccount,
    /// Search for an address, to link its account.
    SearchAddresses,
    /// Set how an account is called and who is told of it, and let its reminders rest.
    ChangeAccount,
    /// Take an account off one's list.
    UnlinkAccount,
    /// Let another person do something for one's accounts.
    Delegate,
    /// See what one lets others do and is let, and end it.
    ManageDelegations,
    /// Take what another person lets one do.
    TakeDelegation,
    /// See the meters of an account's premises and their window.
    SeeMeters,
    /// Give readings of an account's meters.
    SubmitReading,
    /// Let a program of one's own give readings, see which do, and end it.
    ManageReadingTokens,
    /// See the history of a meter.
    SeeReadings,
    /// See the bills of an account, and take them away.
    SeeBills,
    /// Ask for a time away from home to lower the bills of an account, and see what was asked for.
    AskForAbsence,
    /// Ask the company about a line of a bill, and see what was asked and answered.
    AskAboutBill,
    /// Ask for a tariff, a service or past months computed anew, and see what was asked and decided.
    RequestCharges,
    /// See by which prices and norms an account is charged.
    SeeTariffs,
    /// See a feed of notices.
    SeeNotices,
    /// Mark a notice as read.
    MarkNoticeRead,
    /// See where one is signed in, and end it.
    ManageSessions,
    /// Confirm once more what one asked for.
    Confirm,
    /// See what the portal knows of a person, and change it: name, contacts, password.
    ManageProfile,
    /// See the consents that a person gave, give and withdraw them.
    ManageConsents,
    /// Ask the company to confirm who one is.
    ProveIdentity,
    /// Decide whether people are who they say.
    CheckIdentity,
    /// Take away the electronic addresses of the people of one's houses, for a register.
    ExportAddresses,
    /// See what happened with a person's data.
    SeeJournal,
    /// Take away everything that is kept of a person.
    ExportData,
    /// See what erasure would do, ask for it, take that back.
    EraseData,
    /// See the acts of destruction.
    SeeErasures,
    /// See who works here, invite others, take roles away.
    ManageStaff,
    /// Find a person who can't sign in, and let in again.
    UnlockSignIn,
    /// Announce works on the portal, and change or withdraw what was announced.
    AnnounceMaintenance,
    /// Take a company's files in: houses, accounts, meters.
    ImportRegister,
    /// Find a meter of one's houses, and record what happened to it.
    RecordMeterEvent,
    /// See whose readings of the month are missing, and remind them.
    SeeCoverage,
    /// Compute the bills of a month of one's houses, look at them and issue them.
    RunBilling,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 38] = [
        Self::SeeSession,
        Self::SeeAccounts,
        Self::LinkAccount,
        Self::SearchAddresses,
        Self::ChangeAccount,
        Self::UnlinkAccount,
        Self::Delegate,
        Self::ManageDelegations,
        Self::TakeDelegation,
        Self::SeeMeters,
        Self::SubmitReading,
        Self::ManageReadingTokens,
        Self::SeeReadings,
        Self::SeeBills,
        Self::AskForAbsence,
        Self::AskAboutBill,
        Self::RequestCharges,
        Self::SeeTariffs,
        Self::SeeNotices,
        Self::MarkNoticeRead,
        Self::ManageSessions,
        Self::Confirm,
        Self::ManageProfile,
        Self::ManageConsents,
        Self::ProveIdentity,
        Self::CheckIdentity,
        Self::ExportAddresses,
        Self::SeeJournal,
        Self::ExportData,
        Self::EraseData,
        Self::SeeErasures,
        Self::ManageStaff,
        Self::UnlockSignIn,
        Self::AnnounceMaintenance,
        Self::ImportRegister,
        Self::RecordMeterEvent,
        Self::SeeCoverage,
        Self::RunBilling,
    ];
}

/// What the object is to the person who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Nothing. In the table: no relation is asked for, so the right holds whatever the relation is.
    None,
    /// The person's own: a linked account and what belongs to its premises, the person's session or feed.
    Own,
    /// Somebody else's, who lets the person do this.
    Delegated,
    /// Within the scope in which the role was granted.
    Scope,
}

/// The table of rights. What is not written here is forbidden.
pub const RIGHTS: &[(Role, Action, Relation)] = &[
    (Role::Resident, Action::SeeAccounts, Relation::Own),
    (Role::Resident, Action::LinkAccount, Relation::None),
    (Role::Resident, Action::SearchAddresses, Relation::None),
    (Role::Resident, Action::ChangeAccount, Relation::Own),
    (Role::Resident, Action::UnlinkAccount, Relation::Own),
    (Role::Resident, Action::Delegate, Relation::Own),
    (Role::Resident, Action::ManageDelegations, Relation::Own),
    (Role::Resident, Action::TakeDelegation, Relation::None),
    (Role::Resident, Action::SeeMeters, Relation::Own),
    (Role::Resident, Action::SubmitReading, Relation::Own),
    (Role::Resident, Action::ManageReadingTokens, Relation::Own),
    (Role::Resident, Action::SeeReadings, Relation::Own),
    (Role::Resident, Action::SeeBills, Relation::Own),
    (Role::Resident, Action::AskForAbsence, Relation::Own),
    (Role::Resident, Action::AskAboutBill, Relation::Own),
    (Role::Resident, Action::RequestCharges, Relation::Own),
    (Role::Resident, Action::SeeTariffs, Relation::Own),
    // What of it is let to a person is asked of each delegation (`delegation::Power`).
    (Role::Resident, Action::SeeMeters, Relation::Delegated),
    (Role::Resident, Action::SubmitReading, Relation::Delegated),
    (Role::Resident, Action::SeeReadings, Relation::Delegated),
    (Role::Resident, Action::EraseData, Relation::Own),
    (Role::Resident, Action::ProveIdentity, Relation::Own),
    // Passports are for the fewest: neither a dispatcher nor an administrator of the portal reads them.
    (Role::Manager, Action::CheckIdentity, Relation::Scope),
    (Role::Manager, Action::ExportAddresses, Relation::Scope),
    (Role::Admin, Action::ExportAddresses, Relation::Scope),
    (Role::Support, Action::UnlockSignIn, Relation::Scope),
    // Acts and announcements are the portal's: only a role in the whole portal reaches them.
    (Role::Admin, Action::SeeErasures, Relation::Scope),
    (Role::Admin, Action::AnnounceMaintenance, Relation::Scope),
    (Role::Admin, Action::ManageStaff, Relation::Scope),
    // Into the houses of one's scope, and one's own import: what another admin has staged is nobody else's.
    (Role::Admin, Action::ImportRegister, Relation::Scope),
    (Role::Admin, Action::ImportRegister, Relation::Own),
    // People pay by what a meter showed: whoever answers for bills or for the house records it.
    (Role::Accountant, Action::RecordMeterEvent, Relation::Scope),
    (Role::Manager, Action::RecordMeterEvent, Relation::Scope),
    // Whoever calls flats for their readings sees which are missing.
    (Role::Accountant, Action::SeeCoverage, Relation::Scope),
    (Role::Manager, Action::SeeCoverage, Relation::Scope),
    (Role::Dispatcher, Action::SeeCoverage, Relation::Scope),
    (Role::Accountant, Action::RunBilling, Relation::Scope),
];

/// What everybody who signs in may do with their own, in whatever role.
pub const OF_EVERYBODY: &[Action] = &[Action::SeeSession];

/// What every human may do with their own, in whatever role; a program has no name, no feed and no password to change.
pub const OF_EVERY_HUMAN: &[Action] = &[
    Action::SeeNotices,
    Action::MarkNoticeRead,
    Action::ManageSessions,
    Action::Confirm,
    Action::ManageProfile,
    Action::ManageConsents,
    Action::SeeJournal,
    Action::ExportData,
];

/// Whether somebody with these roles may do this to an object of this relation.
pub fn allows(roles: &[Role], action: Action, relation: Relation) -> bool {
    let by_role = RIGHTS.iter().any(|&(role, allowed, asked)| {
        allowed == action && roles.contains(&role) && (asked == Relation::None || asked == relation)
    });
    by_role || relation == Relation::Own && is_of_all(roles, action)
}

/// Whether somebody with these roles works for the portal or a company. A program has no second factor to give.
pub fn is_staff(roles: &[Role]) -> bool {
    roles.iter().any(|role| !matches!(role, Role::Resident | Role::Integrator))
}

/// Whether this is done for oneself: at home, or with one's own sign-in. The rights of staff play no part in it.
pub fn is_own_matter(roles: &[Role], action: Action, relation: Relation) -> bool {
    let is_at_home = roles.contains(&Role::Resident) && allows(&[Role::Resident], action, relation);
    is_at_home || relation == Relation::Own && is_of_all(roles, action)
}

fn is_of_all(roles: &[Role], action: Action) -> bool {
    let is_human = roles.iter().any(|role| *role != Role::Integrator);
    is_human && OF_EVERY_HUMAN.contains(&action) || !roles.is_empty() && OF_EVERYBODY.contains(&action)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_A_HOME: [Action; 14] = [
        Action::SeeAccounts,
        Action::LinkAccount,
        Action::SearchAddresses,
        Action::ChangeAccount,
        Action::UnlinkAccount,
        Action::SeeMeters,
        Action::SubmitReading,
        Action::ManageReadingTokens,
        Action::SeeReadings,
        Action::SeeBills,
        Action::AskForAbsence,
        Action::AskAboutBill,
        Action::RequestCharges,
        Action::SeeTariffs,
    ];

    fn staff() -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| *role != Role::Resident).collect()
    }

    #[test]
    fn a_resident_does_everything_at_home_and_nothing_at_a_neighbour_s() {
        for action in OF_A_HOME {
            assert!(allows(&[Role::Resident], action, Relation::Own), "{action:?}");
            let stranger = allows(&[Role::Resident], action, Relation::None);
            let is_for_strangers = matches!(action, Action::LinkAccount | Action::SearchAddresses);
            assert_eq!(stranger, is_for_strangers, "{action:?}");
        }
    }

    #[test]
    fn all_staff_roles_together_open_no_door_of_a_resident() {
        for action in OF_A_HOME {
            for relation in [Relation::None, Relation::Own, Relation::Delegated, Relation::Scope] {
                assert!(!allows(&staff(), action, relation), "{action:?} {relation:?}");
            }
        }
    }

    #[test]
    fn an_accountant_who_lives_here_acts_at_home_only_as_a_resident() {
        let roles = [Role::Accountant, Role::Resident];
        assert!(allows(&roles, Action::SubmitReading, Relation::Own));
        assert!(!allows(&roles, Action::SubmitReading, Relation::Scope));
        assert!(!allows(&roles, Action::SubmitReading, Relation::None));
    }

    #[test]
    fn every_role_sees_its_session_and_only_a_program_has_no_feed_and_no_profile() {
        for role in Role::ALL {
            assert!(allows(&[role], Action::SeeSession, Relation::Own), "{role:?}");
            for action in OF_EVERY_HUMAN {
                assert_eq!(allows(&[role], *action, Relation::Own), role != Role::Integrator, "{role:?} {action:?}");
                assert!(!allows(&[role], *action, Relation::None), "{role:?} {action:?}");
            }
        }
    }

    #[test]
    fn only_the_support_lets_people_in_again() {
        for role in Role::ALL {
            assert_eq!(allows(&[role], Action::UnlockSignIn, Relation::Scope), role == Role::Support, "{role:?}");
        }
    }

    #[test]
    fn the_own_matters_of_staff_are_those_of_every_human_and_their_home() {
        let lives_here = [Role::Admin, Role::Resident];
        assert!(is_staff(&lives_here) && !is_staff(&[Role::Resident]) && !is_staff(&[Role::Integrator]));
        for action in OF_EVERY_HUMAN.iter().chain(OF_EVERYBODY) {
            assert!(is_own_matter(&[Role::Admin], *action, Relation::Own), "{action:?}");
        }
        assert!(is_own_matter(&lives_here, Action::SubmitReading, Relation::Own));
        for action in [Action::ImportRegister, Action::AnnounceMaintenance] {
            assert!(allows(&lives_here, action, Relation::Scope), "{action:?}");
            assert!(!is_own_matter(&lives_here, action, Relation::Scope), "{action:?}");
        }
        assert!(!is_own_matter(&lives_here, Action::ImportRegister, Relation::Own));
        assert!(!is_own_matter(&[Role::Support], Action::UnlockSignIn, Relation::Scope));
    }

    #[test]
    fn without_a_role_nothing_is_allowed() {
        for action in Action::ALL {
            assert!(!allows(&[], action, Relation::Own), "{action:?}");
        }
    }

    #[test]
    fn the_table_says_nothing_twice() {
        for (index, right) in RIGHTS.iter().enumerate() {
            assert!(!RIGHTS[index + 1..].contains(right), "{right:?}");
            assert!(!OF_EVERYBODY.contains(&right.1) && !OF_EVERY_HUMAN.contains(&right.1), "{right:?}");
        }
    }

    #[test]
    fn a_role_is_read_back_from_its_name_and_its_json() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.as_str()));
        }
        assert_eq!(Role::parse("Resident"), None);
        assert_eq!(Role::parse(""), None);
    }
}
