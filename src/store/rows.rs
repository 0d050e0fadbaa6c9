//! Takes values out of rows, and says which column when one makes no sense.

use std::str::FromStr;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::error::{Result, StoreError};

/// A row whose columns are taken by name. What is not there as it should be is
/// [`StoreError::Corrupt`].
pub(super) trait Columns {
    fn text(&self, column: &str) -> Result<String>;
    fn maybe_text(&self, column: &str) -> Result<Option<String>>;
    fn int(&self, column: &str) -> Result<i64>;
    fn maybe_int(&self, column: &str) -> Result<Option<i64>>;
    fn float(&self, column: &str) -> Result<f64>;

    /// A count, a size or an ordinal.
    fn number<N: TryFrom<i64>>(&self, column: &str) -> Result<N> {
        let value = self.int(column)?;
        N::try_from(value).map_err(|_| corrupt(column, value))
    }

    /// A count, a size or an ordinal that may be missing.
    fn maybe_number<N: TryFrom<i64>>(&self, column: &str) -> Result<Option<N>> {
        let Some(value) = self.maybe_int(column)? else {
            return Ok(None);
        };
        N::try_from(value)
            .map(Some)
            .map_err(|_| corrupt(column, value))
    }

    /// A flag, kept as 0 or 1.
    fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// An id, a digest, a day, a case reference.
    fn parsed<T: FromStr>(&self, column: &str) -> Result<T> {
        let text = self.text(column)?;
        text.parse().map_err(|_| corrupt(column, text))
    }

    /// The same where it may be missing.
    fn maybe_parsed<T: FromStr>(&self, column: &str) -> Result<Option<T>> {
        let Some(text) = self.maybe_text(column)? else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| corrupt(column, text))
    }

    /// One of the words of a closed list.
    fn named<T>(&self, column: &str, from_name: fn(&str) -> Option<T>) -> Result<T> {
        let text = self.text(column)?;
        from_name(&text).ok_or_else(|| corrupt(column, text))
    }

    /// The same where it may be missing.
    fn maybe_named<T>(&self, column: &str, from_name: fn(&str) -> Option<T>) -> Result<Option<T>> {
        let Some(text) = self.maybe_text(column)? else {
            return Ok(None);
        };
        from_name(&text)
            .map(Some)
            .ok_or_else(|| corrupt(column, text))
    }
}

impl Columns for AnyRow {
    fn text(&self, column: &str) -> Result<String> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }

    fn maybe_text(&self, column: &str) -> Result<Option<String>> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }

    fn int(&self, column: &str) -> Result<i64> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }

    fn maybe_int(&self, column: &str) -> Result<Option<i64>> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }

    fn float(&self, column: &str) -> Result<f64> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }
}

/// A column that holds what it must not.
pub(super) fn corrupt(column: &str, value: impl ToString) -> StoreError {
    StoreError::Corrupt {
        column: column.to_owned(),
        value: value.to_string(),
    }
}

/// Text as a database takes it: PostgreSQL refuses the character NUL, which a
/// hostile PDF can well put into its text.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
