//! Mistakes in our own words: the reader of TOML speaks of fields and types of Rust, our
//! manuals of keys and numbers; and who writes `colour` as `color` is told so.

/// What the reader of TOML says, as our manuals would say it.
pub fn of_the_toml_reader(message: &str) -> String {
    let message = message.lines().collect::<Vec<_>>().join("; ");
    if let Some(rest) = message.strip_prefix("unknown field `")
        && let Some((key, expected)) = rest.split_once('`')
    {
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        return match nearest(key, &known) {
            Some(near) => format!("unknown key '{key}'; did you mean '{near}'?"),
            None => format!("unknown key '{key}'; there are {}", known.join(", ")),
        };
    }
    if let Some(key) = message.strip_prefix("missing field `") {
        return format!("the key '{}' is missing", key.trim_end_matches('`'));
    }
    match message.split_once(", expected ") {
        Some((found, expected)) if found.starts_with("invalid ") => {
            let found = found.replace("invalid type: map", "invalid type: a table");
            format!("{found}; it must be {}", kind(expected))
        }
        _ => message,
    }
}

/// A type of Rust's as a person who writes such a file knows it.
fn kind(expected: &str) -> &str {
    match expected {
        "f64" => "a number",
        "u32" => "a whole number, and not below 0",
        "a string" => "words between quotation marks",
        "a boolean" => "true or false",
        "a sequence" => "a list: [...], or [[...]] for one of several",
        _ if expected.starts_with("struct ") => "a table of keys",
        other => other,
    }
}

/// That a word is none of ours, which there are, and which is nearly the same.
pub fn no_such_word(word: &str, words: &[&str]) -> String {
    let meant = nearest(word, words);
    let meant = meant.map_or_else(String::new, |near| format!("; did you mean '{near}'?"));
    format!("'{word}' is none of {}{meant}", words.join(", "))
}

/// The word that one slip in three letters makes of this one.
pub fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    let letters = word.chars().count();
    let allowed = (letters / 3).max(1).min(letters.saturating_sub(1));
    let near = words.iter().map(|other| (slips(word, other), *other));
    let near = near.filter(|(slips, _)| *slips <= allowed);
    near.min_by_key(|(slips, _)| *slips).map(|(_, near)| near)
}

/// How many letters are left out, added, changed, or swapped with the next: the distance
/// of Damerau (1964), each place changed once at most.
fn slips(from: &str, to: &str) -> usize {
    let [from, to] = [from, to].map(|word| word.chars().collect::<Vec<char>>());
    let mut before = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        for (at, other) in to.iter().enumerate() {
            let changed = last[at] + usize::from(letter != other);
            let mut least = changed.min(last[at + 1] + 1).min(next[at] + 1);
            if row > 0 && at > 0 && from[row - 1] == *other && *letter == to[at - 1] {
                least = least.min(before[at - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_as_in_the_manual() {
        for (said, told) in [
            (
                "invalid type: string \"14\", expected f64",
                "invalid type: string \"14\"; it must be a number",
            ),
            (
                "invalid type: integer `5`, expected struct CodeFile",
                "invalid type: integer `5`; it must be a table of keys",
            ),
            (
                "invalid type: map, expected a sequence",
                "invalid type: a table; it must be a list: [...], or [[...]] for one of several",
            ),
            ("duplicate key", "duplicate key"),
            (
                "string values must be quoted, expected literal string",
                "string values must be quoted, expected literal string",
            ),
        ] {
            assert_eq!(of_the_toml_reader(said), told);
        }
    }

    #[test]
    fn slips_are_counted() {
        for (from, to, count) in [
            ("colour", "colour", 0),
            ("color", "colour", 1),
            ("tpye", "type", 1),
            ("", "x", 1),
            ("cpation", "caption", 1),
            ("postcdoes", "postcode", 2),
            ("abc", "", 3),
        ] {
            assert_eq!(slips(from, to), count, "{from} {to}");
            assert_eq!(slips(to, from), count, "{to} {from}");
        }
    }

    #[test]
    fn only_what_is_near_is_meant() {
        let keys = ["x", "y", "type", "count", "caption"];
        assert_eq!(nearest("captoin", &keys), Some("caption"));
        assert_eq!(nearest("Type", &keys), Some("type"));
        for other in ["z", "zz", "font", "", "label"] {
            assert_eq!(nearest(other, &keys), None, "{other}");
        }
    }
}
