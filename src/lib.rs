//! Postroom reads the paper post of a night and files it on case records.

pub mod domain;
pub mod engines;
pub mod imaging;
