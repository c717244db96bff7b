//! The suite in one native process, over real files.

mod access;
mod consents;
mod document;
mod door;
mod events;
mod hashing;
mod imports;
mod invitations;
mod key_value;
mod locks;
mod maintenance;
mod newcomer;
mod notices;
mod objects;
mod profile;
mod readings_hints;
mod readings_reminded;
mod recoveries;
mod registrations;
mod runs;
mod sessions;
mod sign_in;
mod suite;
mod support;
mod sweep;
mod world;
