//! What a page is.
//!
//! So far a page is blank or part of a letter; enclosures are told apart once the
//! whole document is there ([`super::group`]).

use super::prepare::PreparedPage;
use crate::domain::page::PageKind;

/// The kind of a prepared page.
pub const fn classify(page: &PreparedPage) -> PageKind {
    if page.blank {
        PageKind::Blank
    } else {
        PageKind::Letter
    }
}
