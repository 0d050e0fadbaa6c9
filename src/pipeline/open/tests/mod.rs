//! The formats as an operator meets them.

mod corpus;
mod formats;
mod pdfs;
mod pictures;
mod seeds;
