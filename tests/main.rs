//! The tests of the whole: one binary, a module for each kind.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::redundant_pub_crate,
    reason = "a test ends at what it did not expect, and says when it is skipped"
)]

mod aside;
mod card_filing;
mod cards;
mod classifier;
mod cli;
mod commands;
mod errors;
mod exports;
mod floors;
mod forms;
mod golden;
mod golden_cards;
mod golden_mail;
mod letters;
mod mail;
mod mail_servers;
mod mailroom;
mod misfortune;
mod open_data;
mod ordinary_mail;
mod postcodes;
mod quality;
mod retention;
mod smtp;
mod stacks;
mod support;
mod templates;
mod watch;
