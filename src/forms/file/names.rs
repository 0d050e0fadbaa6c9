//! Names of what is on a form. They become columns of exports, so they are plain, and
//! none is the name of a column that every export has.

/// Columns that exports have whatever the form; a name of them would stand there twice.
pub const COLUMNS: [&str; 22] = [
    "scan",
    "document",
    "id",
    "pages",
    "missing_pages",
    "received",
    "received_origin",
    "case",
    "attached_by",
    "topic",
    "team",
    "priority",
    "deadline",
    "legibility",
    "in_review",
    "text",
    "customer",
    "form",
    "version",
    "side",
    "sides",
    "residual_mm",
];

/// What exports add to a name for further columns of it.
pub const COLUMN_ENDINGS: [&str; 4] = ["_verdict", "_probability", "_consent", "_signed"];

/// Why a field, a tick, a signature or a serial cannot be called so.
pub(super) fn of_field(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!(
            "name '{name}' must be small letters, digits and underscores"
        ));
    }
    if COLUMNS.contains(&name) {
        return Err(format!(
            "'{name}' is a column of every export: choose another name"
        ));
    }
    ending(name)
}

/// Why a box to tick cannot be called so.
pub(super) fn of_option(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!(
            "name '{name}' must be small letters, digits, underscores and dashes"
        ));
    }
    ending(name)
}

fn ending(name: &str) -> Result<(), String> {
    let ending = COLUMN_ENDINGS
        .iter()
        .find(|ending| name.ends_with(**ending));
    match ending {
        Some(ending) => Err(format!(
            "'{name}' ends in '{ending}', as further columns of an export do: choose another name"
        )),
        None => Ok(()),
    }
}
