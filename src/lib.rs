//! Postroom reads the paper post of a night and files it on case records.

pub mod cases;
pub mod domain;
pub mod engines;
pub mod gazetteer;
pub mod imaging;
pub mod pipeline;
pub mod rules;
pub mod store;
