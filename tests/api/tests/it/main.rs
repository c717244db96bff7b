//! The rules of the suite as another program meets them.

mod crash;
mod home;
mod load;
mod notices;
mod platform;
mod readings;
mod sign_in;
