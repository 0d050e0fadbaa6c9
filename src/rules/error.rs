//! Why a rules file cannot be used: what, where, and what to do.

use std::ops::Range;

/// A rules file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rules file, line {line}, column {column}: {what}")]
pub struct RulesError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there and what to do about it.
    pub what: String,
}

impl RulesError {
    /// A mistake at a place of the file's text, given in bytes.
    pub(super) fn at(text: &str, span: Option<Range<usize>>, what: impl Into<String>) -> Self {
        let end = span.map_or(0, |span| span.start).min(text.len());
        let before = text.get(..end).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what: what.into(),
        }
    }
}
