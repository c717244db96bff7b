//! Where a role holds: the portal, a company, a house; and what it reaches there.

use serde::{Deserialize, Serialize};

use super::{Action, Relation, Role, allows};

/// Where a role holds, or where an object is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scope {
    /// Everywhere; an object that belongs to no company is here.
    Portal,
    /// A management company and every house that it manages now.
    Company {
        /// The company.
        company_id: String,
    },
    /// One house.
    House {
        /// The house.
        house_id: String,
        /// Who manages it now: with the house its staff of before lose it.
        company_id: String,
    },
}

impl Scope {
    /// Whether a role in this scope reaches an object in that one.
    pub fn covers(&self, place: &Self) -> bool {
        match (self, place) {
            (Self::Portal, _) => true,
            (
                Self::Company { company_id },
                Self::Company { company_id: other } | Self::House { company_id: other, .. },
            ) => company_id == other,
            (Self::House { house_id, .. }, Self::House { house_id: other, .. }) => house_id == other,
            (Self::Company { .. } | Self::House { .. }, _) => false,
        }
    }

    /// The name under which the kind of the scope is sent.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Company { .. } => "company",
            Self::House { .. } => "house",
        }
    }

    /// The company or the house; the portal has no id.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Portal => None,
            Self::Company { company_id } => Some(company_id),
            Self::House { house_id, .. } => Some(house_id),
        }
    }
}

/// A role in a scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Grant {
    /// What the person is.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// Where a person lives and works: what decides who of the staff may touch the person's sign-in.
#[derive(Debug, Default)]
pub struct Whereabouts {
    /// The houses of the linked accounts.
    pub homes: Vec<Scope>,
    /// The scopes of the roles of staff.
    pub work: Vec<Scope>,
}

/// The scopes in which somebody with these grants may do this.
pub fn scopes(grants: &[Grant], action: Action) -> Vec<Scope> {
    let allowed = grants.iter().filter(|grant| allows(&[grant.role], action, Relation::Scope));
    allowed.map(|grant| grant.scope.clone()).collect()
}

/// Whether somebody with these grants may do this to an object in this place.
pub fn allows_in(grants: &[Grant], action: Action, place: &Scope) -> bool {
    scopes(grants, action).iter().any(|scope| scope.covers(place))
}

/// Whether somebody with these grants may do this to a person: to one who lives or works within reach, and works nowhere
/// beyond it, for then the sign-in opens more than the own scope. Who belongs nowhere is the portal's.
pub fn allows_to_person(grants: &[Grant], action: Action, person: &Whereabouts) -> bool {
    let reaches = |place: &Scope| allows_in(grants, action, place);
    let is_near = person.homes.iter().chain(&person.work).any(reaches);
    reaches(&Scope::Portal) || is_near && person.work.iter().all(reaches)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(company_id: &str) -> Scope {
        Scope::Company { company_id: company_id.to_owned() }
    }

    fn house(house_id: &str, company_id: &str) -> Scope {
        Scope::House { house_id: house_id.to_owned(), company_id: company_id.to_owned() }
    }

    fn grants(role: Role, scope: Scope) -> Vec<Grant> {
        vec![Grant { role, scope }]
    }

    #[test]
    fn a_scope_covers_itself_and_what_lies_in_it_and_nothing_beside() {
        let places = [Scope::Portal, company("a"), house("a1", "a"), house("a2", "a"), company("b"), house("b1", "b")];
        let covered = |scope: &Scope| places.iter().map(|place| scope.covers(place)).collect::<Vec<_>>();
        assert_eq!(covered(&Scope::Portal), [true; 6]);
        assert_eq!(covered(&company("a")), [false, true, true, true, false, false]);
        assert_eq!(covered(&house("a1", "a")), [false, false, true, false, false, false]);
    }

    #[test]
    fn with_a_house_another_company_gets_its_people_too() {
        assert!(!company("a").covers(&house("a1", "b")));
        assert!(company("b").covers(&house("a1", "b")));
    }

    #[test]
    fn a_role_of_staff_does_nothing_beyond_its_scope() {
        for (role, action) in [(Role::Admin, Action::ManageStaff), (Role::Support, Action::UnlockSignIn)] {
            let held = grants(role, company("a"));
            assert!(allows_in(&held, action, &house("a1", "a")), "{role:?}");
            for place in [company("b"), house("b1", "b"), Scope::Portal] {
                assert!(!allows_in(&held, action, &place), "{role:?} {place:?}");
            }
        }
        let elsewhere = [grants(Role::Support, company("a")), grants(Role::Admin, company("b"))].concat();
        assert!(!allows_in(&elsewhere, Action::ManageStaff, &company("a")), "the role is another one there");
    }

    #[test]
    fn a_person_is_within_reach_who_lives_or_works_there_and_works_nowhere_else() {
        let lets_in = |homes: &[Scope], work: &[Scope]| {
            let person = Whereabouts { homes: homes.to_vec(), work: work.to_vec() };
            allows_to_person(&grants(Role::Support, company("a")), Action::UnlockSignIn, &person)
        };
        assert!(lets_in(&[house("a1", "a")], &[]));
        assert!(lets_in(&[house("a1", "a"), house("b1", "b")], &[]), "one of the homes is enough");
        assert!(lets_in(&[], &[company("a")]));
        assert!(!lets_in(&[house("a1", "a")], &[company("b")]), "the sign-in opens another company");
        assert!(!lets_in(&[house("a1", "a")], &[Scope::Portal]), "the sign-in opens everything");
        assert!(!lets_in(&[], &[]), "who belongs nowhere is the portal's");
        let portal = grants(Role::Support, Scope::Portal);
        assert!(allows_to_person(&portal, Action::UnlockSignIn, &Whereabouts::default()));
    }
}
