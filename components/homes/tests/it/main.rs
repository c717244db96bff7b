//! The component's handlers over a real, migrated state.

mod accounts;
mod addresses;
mod links;
mod portal;
mod settings;
