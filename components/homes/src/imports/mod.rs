//! A company's files come in through the portal: staged in parts, checked, and only at a further word taken in, all of
//! them or nothing.
//!
//! The check is the import itself, rolled back: what it promises is what will be done. A lost connection costs one
//! part; every step may be repeated.

mod report;
pub(crate) mod stage;
pub(crate) mod take;
mod views;

use domain::access::{Action, Relation};
use store::{Conn, import::Staged};
use web::{Actor, Problem, Slug};

/// How large a part is; only the last one of a file is smaller.
pub(crate) const PART_BYTES: usize = 512 << 10;

fn may(actor: &Actor) -> Result<(), Problem> {
    actor.may(Action::ImportRegister, Relation::Own)
}

fn find(conn: &Conn<'_>, actor: &Actor, import_id: &str) -> Result<Staged, Problem> {
    store::import::find(conn, &actor.person_id, import_id)?.ok_or_else(Problem::not_found)
}

fn not_ready(detail: &str) -> Problem {
    Problem::new(Slug::ImportNotReady, detail)
}

fn demo_state() -> Problem {
    Problem::new(
        Slug::DemoState,
        "Войти в него может любой, настоящим данным здесь не место. \
         Если данные в файлах выдуманы, отметьте это и загрузите снова.",
    )
}
