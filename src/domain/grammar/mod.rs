//! How things are written: each form is parsed once and trusted ever after.

pub mod case_code;
pub mod case_reference;
pub mod check_digit;
pub mod date;
pub mod email;
pub mod member_number;
pub mod phone;
pub mod postcode;
pub mod title;
