//! The formats as an operator meets them.

mod corpus;
mod pdfs;
mod pictures;
