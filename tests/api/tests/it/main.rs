//! The rules of the suite as another program meets them.

mod accounts;
mod billing;
mod brute_force;
mod cluster;
mod contacts;
mod crash;
mod factors;
mod home;
mod imports;
mod levels;
mod load;
mod newcomers;
mod notices;
mod platform;
mod profile;
mod providers;
mod readings;
mod sign_in;
mod signatures;
mod status;
