//! The words of the trade as types: what a page, a field, a verdict and a case
//! *are*, with no file, socket, clock or serialiser in sight.
//!
//! Everything above speaks in these types; wire, row and export types stand at
//! their own doors and convert.

#[macro_use]
mod named;
pub(crate) use named::named;

pub mod card;
pub mod card_draft;
pub mod case;
pub mod confidence;
pub mod day;
pub mod document;
pub mod field;
pub mod form;
pub mod geometry;
pub mod grammar;
pub mod guarantee;
pub mod handprint;
pub mod identity;
pub mod lattice;
pub mod letter;
pub mod limits;
pub mod message;
pub mod page;
pub mod rejection;
pub mod reply;
pub mod retention;
pub mod role;
pub mod text;
pub mod verdict;
pub mod wording;
