//! The rules of the suite as another program meets them.

mod accounts;
mod cluster;
mod crash;
mod home;
mod load;
mod newcomers;
mod notices;
mod platform;
mod readings;
mod sign_in;
