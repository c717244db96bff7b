//! The component's handlers over a real, migrated state.

mod accounts;
mod links;
mod portal;
