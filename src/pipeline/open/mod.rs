//! Opening scans.
