//! The host's side of the interfaces that guests import beside WASI.

pub(crate) mod key_value;
pub(crate) mod outbound;
pub(crate) mod sqlite;
pub(crate) mod variables;

/// What `bindgen!` makes of `wit/`.
///
/// Guests call these functions synchronously. Those that wait are asynchronous here: wasmtime suspends the guest and
/// gives the thread to others meanwhile.
pub(crate) mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "moydom:suite/state",
        imports: {
            "spin:sqlite/sqlite.[static]connection.open": trappable,
            "spin:sqlite/sqlite.[method]connection.last-insert-rowid": trappable,
            "spin:sqlite/sqlite.[method]connection.changes": trappable,
            "spin:sqlite/sqlite.[drop]connection": trappable,
            "fermyon:spin/key-value.[static]store.open": trappable,
            "fermyon:spin/key-value.[drop]store": trappable,
            "fermyon:spin/variables.get": trappable,
            default: async | trappable,
        },
        with: {
            "spin:sqlite/sqlite.connection": crate::sqlite::Connection,
            "fermyon:spin/key-value.store": crate::interfaces::key_value::OpenStore,
        },
    });
}

use wasmtime::component::{HasSelf, Linker};

use crate::guest::Guest;

/// Offers the interfaces of the world `state` to guests.
pub(crate) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    bindings::State::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)
}
