//! The line from scan to draft.

pub mod open;
pub mod read;
