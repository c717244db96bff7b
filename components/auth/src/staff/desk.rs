//! What an administrator does to others of the staff, in one transaction each.

use domain::access::{Action, Grant, Role, Scope};
use store::{
    Conn, Tx,
    grants::{self, Staff},
    invitations,
    persons::sessions,
};
use web::{Actor, Client, Env, Problem, Slug, audit, confirmation::Confirmed, fresh_id};

use crate::invitations::{NewLink, PasswordLink, link};

/// A scope as the audit log names it.
pub(super) fn in_the_log(scope: &Scope) -> String {
    scope.id().map_or_else(|| scope.kind().to_owned(), |id| format!("{}:{id}", scope.kind()))
}

/// In what role it is done: the person reads it beside the name.
pub(super) const ROLE: (&str, &str) = ("role", Role::Admin.as_str());

/// Whom a link is for.
pub(super) struct Whom<'a> {
    pub(super) login: &'a str,
    pub(super) name: &'a str,
    pub(super) roles: Vec<&'static str>,
    pub(super) scope: &'a Scope,
    pub(super) resets: Option<&'a str>,
}

/// Where an administrator decides about others.
pub(super) struct Desk<'a> {
    pub(super) env: &'a Env,
    pub(super) actor: &'a Actor,
    pub(super) client: &'a Client,
    pub(super) confirmed: Confirmed<'a>,
}

impl Desk<'_> {
    /// Uses the confirmation up, and tells where the person administers at this moment: of two who dismiss each other one
    /// stays, and so the portal never loses its last administrator.
    pub(super) fn begin(&self, tx: &Tx<'_>) -> Result<Vec<Scope>, Problem> {
        self.confirmed.take(tx, self.env)?;
        let reach = grants::reach(tx, &self.actor.person_id, Action::ManageStaff)?;
        if reach.is_empty() { Err(Problem::forbidden()) } else { Ok(reach) }
    }

    /// One of the staff within reach, but not the administrator who asks: somebody else decides about that one.
    pub(super) fn other(&self, conn: &Conn<'_>, reach: &[Scope], staff_id: &str) -> Result<Staff, Problem> {
        if staff_id == self.actor.person_id {
            let detail = "О себе решает другой администратор. Свой пароль меняют в профиле.";
            return Err(Problem::new(Slug::Forbidden, detail));
        }
        grants::one_of_staff(conn, reach, staff_id)?.ok_or_else(Problem::not_found)
    }

    /// A new password opens everything that its person may do, a block closes it: all of that has to be within reach at
    /// this moment.
    pub(super) fn reaches_all(&self, conn: &Conn<'_>, staff_id: &str) -> Result<(), Problem> {
        if grants::reaches_work(conn, &self.actor.person_id, Action::ManageStaff, staff_id)? {
            return Ok(());
        }
        let detail = "Этот человек работает не только у вас: его входом распоряжается администратор всего портала.";
        Err(Problem::new(Slug::Forbidden, detail))
    }

    /// The role, the sessions that began with it, and the invitations that it alone allowed go together.
    pub(super) fn take(&self, tx: &Tx<'_>, staff_id: &str, grant_id: i64, grant: &Grant) -> Result<(), Problem> {
        let now = self.env.now();
        if !grants::take(tx, now, staff_id, grant_id)? {
            return Err(Problem::not_found());
        }
        sessions::end_all(tx, now, staff_id)?;
        invitations::end_unbacked(tx, now, staff_id)?;
        let fields = [ROLE, ("from", grant.role.as_str()), ("scope", &in_the_log(&grant.scope))];
        Ok(self.note(tx, "staff.take-role", &format!("person:{staff_id}"), &fields)?)
    }

    pub(super) fn link(&self, tx: &Tx<'_>, reach: &[Scope], whom: &Whom<'_>) -> Result<PasswordLink, Problem> {
        let invitation_id = fresh_id(self.env);
        let &Whom { login, name, scope, resets, .. } = whom;
        let new = NewLink { invitation_id: &invitation_id, login, name, roles: &whom.roles, scope, resets };
        let made = link(tx, self.env, self.actor, reach, &new)?;
        let object = resets.map_or(format!("invitation:{invitation_id}"), |person_id| format!("person:{person_id}"));
        let action = if resets.is_some() { "staff.reset" } else { "staff.invite" };
        let (roles, scope) = (whom.roles.join(" "), in_the_log(scope));
        self.note(tx, action, &object, &[ROLE, ("login", login), ("roles", &roles), ("scope", &scope)])?;
        Ok(made)
    }

    pub(super) fn note(&self, tx: &Tx<'_>, action: &str, object: &str, fields: &[(&str, &str)]) -> store::Result<()> {
        audit::record(tx, self.env, self.actor, self.client, action, object, fields)
    }
}
