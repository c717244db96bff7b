//! The store over a real, migrated SQLite file.

mod addresses;
mod billing;
mod city;
mod demo;
mod evaluate;
mod files;
mod house_meters;
mod import;
mod import_examples;
mod metered_house;
mod notices;
mod personal;
mod persons;
mod production_calendar;
mod requests;
mod settings;
mod state;
mod tariffs;
