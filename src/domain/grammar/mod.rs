//! How things are written: each form is parsed once and trusted ever after.

pub mod case_reference;
pub mod postcode;
