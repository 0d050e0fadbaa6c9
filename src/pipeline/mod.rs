//! The line from scan to draft.

pub mod open;
pub mod prepare;
pub mod read;
#[cfg(test)]
pub mod shared_data;
