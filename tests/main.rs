//! The tests of the whole: one binary, a module for each kind.

mod cli;
mod errors;
mod floors;
mod golden;
mod misfortune;
mod support;
