//! stores for tests.
