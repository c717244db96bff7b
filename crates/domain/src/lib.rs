//! The rules of «Мой дом»: what a right, a window, a reading, a code or an identifier is, and when it holds.
//!
//! Nothing here sees a clock, a random source, a database or a network: times, random bytes and stored facts come
//! in as arguments, decisions go out as values. What is measured or shared is exact: decimals and fractions, never
//! binary floating point.
//!
//! A rule names where it comes from: an act, or an article of the product as S0…S4 with its line. Product numbers
//! (how often, how many days) are arguments too, since they are dated settings and not code.
#![deny(missing_docs)]

pub mod access;
pub mod account_label;
pub mod address;
pub mod allocation;
pub mod base32;
pub mod bill;
pub mod billing;
pub mod calendar;
pub mod charge;
pub mod charge_request;
pub mod common_password;
pub mod confirmation;
pub mod confirmation_code;
pub mod consumption;
pub mod contact;
pub mod correction;
pub mod cyrillic;
pub mod dated;
pub mod delegation;
pub mod exact;
pub mod hex;
pub mod identifier;
pub mod identity;
pub mod import;
pub mod invitation;
pub mod level;
pub mod level_request;
pub mod look;
pub mod maintenance;
pub mod meter;
pub mod meter_life;
pub mod money;
pub mod network;
pub mod norm;
pub mod one_time_code;
pub mod passkey;
pub mod password_policy;
pub mod payment_qr;
pub mod penalty;
pub mod period;
pub mod person_name;
pub mod reading;
pub mod recovery_code;
pub mod reminder;
pub mod russian;
pub mod second_factor;
pub mod service;
pub mod session;
pub mod share;
pub mod sign_in_name;
pub mod signing_certificate;
pub mod tariff;
pub mod totp;
pub mod transfer_act;
pub mod user_agent;
pub mod working_days;
