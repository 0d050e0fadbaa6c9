//! The formats as an operator meets them.
