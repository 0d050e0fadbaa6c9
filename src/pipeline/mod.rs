//! The line from scan to draft.

pub mod check;
pub mod open;
pub mod read;
