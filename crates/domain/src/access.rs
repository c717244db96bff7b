//! Who may do what: one table of rights, asked by every handler.
//!
//! A right is a role, an action and the relation that the person must have to the object. Staff roles open no
//! door of a resident: whoever works for a company and also lives in a house has the role of a resident for that
//! home, and then only for the accounts linked to the person (S1:225: roles and least privilege).

use serde::{Deserialize, Serialize};

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
    /// See the meters of an account's premises and their window.
    SeeMeters,
    /// Give readings of an account's meters.
    SubmitReading,
    /// See the history of a meter.
    SeeReadings,
    /// See a feed of notices.
    SeeNotices,
    /// Mark a notice as read.
    MarkNoticeRead,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 8] = [
        Self::SeeSession,
        Self::SeeAccounts,
        Self::LinkAccount,
        Self::SeeMeters,
        Self::SubmitReading,
        Self::SeeReadings,
        Self::SeeNotices,
        Self::MarkNoticeRead,
    ];
}

/// What the object is to the person who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Nothing. In the table: no relation is asked for, so the right holds whatever the relation is.
    None,
    /// The person's own: a linked account and what belongs to its premises, the person's session or feed.
    Own,
    /// Of a house that the person's company manages.
    Company,
}

/// The table of rights. What is not written here is forbidden.
pub const RIGHTS: &[(Role, Action, Relation)] = &[
    (Role::Resident, Action::SeeAccounts, Relation::Own),
    (Role::Resident, Action::LinkAccount, Relation::None),
    (Role::Resident, Action::SeeMeters, Relation::Own),
    (Role::Resident, Action::SubmitReading, Relation::Own),
    (Role::Resident, Action::SeeReadings, Relation::Own),
    // Everybody who signs in has a session; everybody who is a human has a feed of their own.
    (Role::Resident, Action::SeeSession, Relation::Own),
    (Role::Resident, Action::SeeNotices, Relation::Own),
    (Role::Resident, Action::MarkNoticeRead, Relation::Own),
    (Role::Dispatcher, Action::SeeSession, Relation::Own),
    (Role::Dispatcher, Action::SeeNotices, Relation::Own),
    (Role::Dispatcher, Action::MarkNoticeRead, Relation::Own),
    (Role::Executor, Action::SeeSession, Relation::Own),
    (Role::Executor, Action::SeeNotices, Relation::Own),
    (Role::Executor, Action::MarkNoticeRead, Relation::Own),
    (Role::Accountant, Action::SeeSession, Relation::Own),
    (Role::Accountant, Action::SeeNotices, Relation::Own),
    (Role::Accountant, Action::MarkNoticeRead, Relation::Own),
    (Role::Manager, Action::SeeSession, Relation::Own),
    (Role::Manager, Action::SeeNotices, Relation::Own),
    (Role::Manager, Action::MarkNoticeRead, Relation::Own),
    (Role::Admin, Action::SeeSession, Relation::Own),
    (Role::Admin, Action::SeeNotices, Relation::Own),
    (Role::Admin, Action::MarkNoticeRead, Relation::Own),
    (Role::Inspector, Action::SeeSession, Relation::Own),
    (Role::Inspector, Action::SeeNotices, Relation::Own),
    (Role::Inspector, Action::MarkNoticeRead, Relation::Own),
    (Role::Integrator, Action::SeeSession, Relation::Own),
    (Role::Support, Action::SeeSession, Relation::Own),
    (Role::Support, Action::SeeNotices, Relation::Own),
    (Role::Support, Action::MarkNoticeRead, Relation::Own),
];

/// Whether somebody with these roles may do this to an object of this relation.
pub fn allows(roles: &[Role], action: Action, relation: Relation) -> bool {
    RIGHTS.iter().any(|&(role, allowed, asked)| {
        allowed == action && roles.contains(&role) && (asked == Relation::None || asked == relation)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_A_HOME: [Action; 5] =
        [Action::SeeAccounts, Action::LinkAccount, Action::SeeMeters, Action::SubmitReading, Action::SeeReadings];

    fn staff() -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| *role != Role::Resident).collect()
    }

    #[test]
    fn a_resident_does_everything_at_home_and_nothing_at_a_neighbour_s() {
        for action in OF_A_HOME {
            assert!(allows(&[Role::Resident], action, Relation::Own), "{action:?}");
            let stranger = allows(&[Role::Resident], action, Relation::None);
            assert_eq!(stranger, action == Action::LinkAccount, "{action:?}");
        }
    }

    #[test]
    fn all_staff_roles_together_open_no_door_of_a_resident() {
        for action in OF_A_HOME {
            for relation in [Relation::None, Relation::Own, Relation::Company] {
                assert!(!allows(&staff(), action, relation), "{action:?} {relation:?}");
            }
        }
    }

    #[test]
    fn an_accountant_who_lives_here_acts_at_home_only_as_a_resident() {
        let roles = [Role::Accountant, Role::Resident];
        assert!(allows(&roles, Action::SubmitReading, Relation::Own));
        assert!(!allows(&roles, Action::SubmitReading, Relation::Company));
        assert!(!allows(&roles, Action::SubmitReading, Relation::None));
    }

    #[test]
    fn every_role_sees_its_session_and_only_a_program_has_no_feed() {
        for role in Role::ALL {
            assert!(allows(&[role], Action::SeeSession, Relation::Own), "{role:?}");
            assert_eq!(allows(&[role], Action::SeeNotices, Relation::Own), role != Role::Integrator, "{role:?}");
            assert!(!allows(&[role], Action::SeeNotices, Relation::None), "{role:?}");
        }
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
