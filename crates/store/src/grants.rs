//! Who may be what, where: roles granted in scopes. A scope is the portal, a company or a house; what it reaches is
//! [`domain::access::Scope::covers`], and for lists `within_reach!`, the same rule in SQL.

use domain::access::{self, Action, Grant, Role, Scope, Whereabouts};
use jiff::Timestamp;

use crate::{Conn, Error, Result, Row, Tx, params, value::json_text};

/// Whether the company and the house of a row (`$company`: the one it names or that of its house now) are within the
/// scopes of the JSON array ?1: [`Scope::covers`] for statements.
macro_rules! within_reach {
    ($company:literal, $house:literal) => {
        concat!(
            "exists (select 1 from json_each(?1) s
                     where s.value ->> 'kind' = 'portal'
                        or s.value ->> 'kind' = 'company' and s.value ->> 'company_id' = ",
            $company,
            " or s.value ->> 'kind' = 'house' and s.value ->> 'house_id' = ",
            $house,
            ")"
        )
    };
}
pub(crate) use within_reach;

/// The scope of a row with a company, a house, and the company of that house now.
pub(crate) fn scope(company_id: Option<String>, house_id: Option<String>, manager: Option<String>) -> Result<Scope> {
    Ok(match (company_id, house_id, manager) {
        (None, None, _) => Scope::Portal,
        (Some(company_id), None, _) => Scope::Company { company_id },
        (None, Some(house_id), Some(company_id)) => Scope::House { house_id, company_id },
        (_, house_id, _) => {
            return Err(Error::BadData(format!("a scope of two kinds, or a house of nobody: {house_id:?}")));
        }
    })
}

/// The columns in which a scope is kept: company and house.
pub(crate) fn columns(scope: &Scope) -> (Option<&str>, Option<&str>) {
    match scope {
        Scope::Portal => (None, None),
        Scope::Company { company_id } => (Some(company_id), None),
        Scope::House { house_id, .. } => (None, Some(house_id)),
    }
}

fn role(name: &str) -> Result<Role> {
    Role::parse(name).ok_or_else(|| Error::BadData(format!("role {name:?}")))
}

/// The grant in the columns of a row from `at` on: role, company, house, the house's company.
pub(crate) fn grant(row: &Row, at: usize) -> Result<Grant> {
    let scope = scope(row.get(at + 1)?, row.get(at + 2)?, row.get(at + 3)?)?;
    Ok(Grant { role: role(&row.get::<String>(at)?)?, scope })
}

/// What a person is, and where, now.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str) -> Result<Vec<Grant>> {
    let sql = "select g.role, g.company_id, g.house_id, h.company_id
               from role_grant g left join house h using (house_id)
               where g.person_id = ?1 and g.taken_at is null order by g.role_grant_id";
    conn.query(sql, params![person_id])?.iter().map(|row| grant(row, 0)).collect()
}

/// Where a person may do this as one of the staff, now.
///
/// # Errors
/// A failing database.
pub fn reach(conn: &Conn<'_>, person_id: &str, action: Action) -> Result<Vec<Scope>> {
    Ok(access::scopes(&of_person(conn, person_id)?, action))
}

/// Whether a person may do this, now, wherever another one works: what opens a sign-in opens all of that.
///
/// # Errors
/// A failing database.
pub fn reaches_work(conn: &Conn<'_>, person_id: &str, action: Action, staff_id: &str) -> Result<bool> {
    let whereabouts = Whereabouts { homes: Vec::new(), work: work(conn, staff_id)? };
    Ok(access::allows_to_person(&of_person(conn, person_id)?, action, &whereabouts))
}

/// Whether a person may, now, let another one in by a link: whose sign-in opens a work is let in by those who give that
/// work, a resident by the support.
///
/// # Errors
/// A failing database.
pub fn may_let_in(conn: &Conn<'_>, person_id: &str, other_id: &str) -> Result<bool> {
    let whereabouts = whereabouts(conn, other_id)?;
    match whereabouts.work.is_empty() {
        true => Ok(access::allows_to_person(&of_person(conn, person_id)?, Action::UnlockSignIn, &whereabouts)),
        false => reaches_work(conn, person_id, Action::ManageStaff, other_id),
    }
}

/// Whether a person works for the portal or a company.
///
/// # Errors
/// A failing database.
pub fn is_staff(conn: &Conn<'_>, person_id: &str) -> Result<bool> {
    let sql = "select 1 from role_grant where person_id = ?1 and role <> 'resident' and taken_at is null";
    Ok(conn.query_first(sql, params![person_id])?.is_some())
}

/// Everybody with this role in the whole portal.
///
/// # Errors
/// A failing database.
pub fn everywhere(conn: &Conn<'_>, role: Role) -> Result<Vec<String>> {
    let sql = "select person_id from role_grant
               where role = ?1 and company_id is null and house_id is null and taken_at is null order by person_id";
    conn.query(sql, params![role.as_str()])?.iter().map(|row| row.get(0)).collect()
}

/// Where a person lives, by the linked accounts, and works.
///
/// # Errors
/// A failing database.
pub fn whereabouts(conn: &Conn<'_>, person_id: &str) -> Result<Whereabouts> {
    let sql = "select distinct h.house_id, h.company_id
               from account_link l join account using (account_id) join premises using (premises_id)
                    join house h using (house_id)
               where l.person_id = ?1 and l.ended_at is null";
    let home = |row: &Row| Ok(Scope::House { house_id: row.get(0)?, company_id: row.get(1)? });
    let homes = conn.query(sql, params![person_id])?.iter().map(home).collect::<Result<_>>()?;
    Ok(Whereabouts { homes, work: work(conn, person_id)? })
}

/// The scopes of a person's roles of staff.
fn work(conn: &Conn<'_>, person_id: &str) -> Result<Vec<Scope>> {
    let of_staff = of_person(conn, person_id)?.into_iter().filter(|grant| grant.role != Role::Resident);
    Ok(of_staff.map(|grant| grant.scope).collect())
}

/// Grants a role in a scope, where the person does not hold it there; answers whether it was granted. `granted_by` is who
/// of the staff did it; nobody: the operator, or the person by registering.
///
/// # Errors
/// A failing database; [`Error::Constraint`] where there is no such company or house.
pub fn add(tx: &Tx<'_>, now: Timestamp, person_id: &str, grant: &Grant, granted_by: Option<&str>) -> Result<bool> {
    let (company_id, house_id) = columns(&grant.scope);
    let sql = "insert into role_grant (person_id, role, company_id, house_id, granted_by, granted_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)
               on conflict do nothing returning 1";
    let row = params![person_id, grant.role.as_str(), company_id, house_id, granted_by, now];
    Ok(tx.query_first(sql, row)?.is_some())
}

/// A role that somebody holds, as others of the staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The grant's number.
    pub grant_id: i64,
    /// What, and where.
    pub grant: Grant,
    /// The company's name, the address of the house; empty for the portal.
    pub title: String,
}

/// One who works for the portal or a company.
#[derive(Debug, PartialEq, Eq)]
pub struct Staff {
    /// The person.
    pub person_id: String,
    /// Lower case.
    pub login: Option<String>,
    /// The name to greet with.
    pub name: String,
    /// The roles of staff that were asked for: those within a reach.
    pub held: Vec<Held>,
    /// The last sign-in that the registry of sessions still knows.
    pub signed_in_at: Option<String>,
}

/// Everybody with a role of staff within these scopes, by login, and only those roles: what somebody is elsewhere is
/// told to nobody here.
///
/// # Errors
/// A failing database.
pub fn staff(conn: &Conn<'_>, reach: &[Scope]) -> Result<Vec<Staff>> {
    chosen(conn, reach, None)
}

/// One with a role of staff within these scopes, as [`staff`] tells of all.
///
/// # Errors
/// A failing database.
pub fn one_of_staff(conn: &Conn<'_>, reach: &[Scope], person_id: &str) -> Result<Option<Staff>> {
    Ok(chosen(conn, reach, Some(person_id))?.pop())
}

fn chosen(conn: &Conn<'_>, reach: &[Scope], person_id: Option<&str>) -> Result<Vec<Staff>> {
    let sql = concat!(
        "select p.person_id, p.login, p.name,
                (select max(s.created_at) from session s where s.person_id = p.person_id),
                g.role_grant_id, coalesce(c.name, h.address, ''), g.role, g.company_id, g.house_id, h.company_id
         from role_grant g join person p using (person_id)
              left join house h using (house_id) left join company c on c.company_id = g.company_id
         where g.taken_at is null and g.role <> 'resident' and (?2 is null or g.person_id = ?2) and ",
        within_reach!("coalesce(g.company_id, h.company_id)", "g.house_id"),
        " order by p.login, p.person_id, g.role_grant_id"
    );
    let mut staff: Vec<Staff> = Vec::new();
    for row in &conn.query(sql, params![json_text(&reach)?, person_id])? {
        let held = Held { grant_id: row.get(4)?, title: row.get(5)?, grant: grant(row, 6)? };
        match staff.last_mut().filter(|last| row.get::<String>(0).is_ok_and(|person_id| person_id == last.person_id)) {
            Some(same) => same.held.push(held),
            None => staff.push(one(row, held)?),
        }
    }
    Ok(staff)
}

fn one(row: &Row, held: Held) -> Result<Staff> {
    let (person_id, login, name, signed_in_at) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(Staff { person_id, login, name, held: vec![held], signed_in_at })
}

/// A place where roles can be granted.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// The scope.
    pub scope: Scope,
    /// The company's name, the address of the house; empty for the portal.
    pub title: String,
}

/// Every company and house within these scopes, the company before its houses.
///
/// # Errors
/// A failing database.
pub fn places(conn: &Conn<'_>, reach: &[Scope]) -> Result<Vec<Place>> {
    let sql = concat!(
        "select company_id, house_id, manager, title
         from (select company_id, null as house_id, company_id as manager, name as title, name as company
               from company
               union all
               select null, h.house_id, h.company_id, h.address, c.name
               from house h join company c on c.company_id = h.company_id)
         where ",
        within_reach!("manager", "house_id"),
        " order by company, manager, house_id is not null, title, house_id"
    );
    let rows = conn.query(sql, params![json_text(&reach)?])?;
    let mut places: Vec<_> = rows.iter().map(place).collect::<Result<_>>()?;
    if reach.contains(&Scope::Portal) {
        places.insert(0, Place { scope: Scope::Portal, title: String::new() });
    }
    Ok(places)
}

/// The scope of this kind and id, where there is one.
///
/// # Errors
/// A failing database.
pub fn scope_of(conn: &Conn<'_>, kind: &str, id: Option<&str>) -> Result<Option<Scope>> {
    let sql = match (kind, id) {
        ("portal", None) => return Ok(Some(Scope::Portal)),
        ("company", Some(_)) => "select company_id, null, null from company where company_id = ?1",
        ("house", Some(_)) => "select null, house_id, company_id from house where house_id = ?1",
        _ => return Ok(None),
    };
    let row = conn.query_first(sql, params![id])?;
    row.map(|row| scope(row.get(0)?, row.get(1)?, row.get(2)?)).transpose()
}

fn place(row: &Row) -> Result<Place> {
    Ok(Place { scope: scope(row.get(0)?, row.get(1)?, row.get(2)?)?, title: row.get(3)? })
}

/// Takes a role away, by one statement; answers with what it was where the person held it.
///
/// # Errors
/// A failing database.
pub fn take(tx: &Tx<'_>, now: Timestamp, person_id: &str, grant_id: i64) -> Result<bool> {
    let sql = "update role_grant set taken_at = ?3
               where role_grant_id = ?2 and person_id = ?1 and role <> 'resident' and taken_at is null returning 1";
    Ok(tx.query_first(sql, params![person_id, grant_id, now])?.is_some())
}

/// Takes every role of staff from a person; what is the person's own at home stays.
///
/// # Errors
/// A failing database.
pub fn dismiss(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<()> {
    let sql = "update role_grant set taken_at = ?2 where person_id = ?1 and role <> 'resident' and taken_at is null";
    tx.execute(sql, params![person_id, now])
}

/// Erases every role that a person has or had; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from role_grant where person_id = ?1 returning 1", params![person_id])?.len())
}
