//! imaging.
