//! Whether two people who copied a name off paper meant the same one.

use super::decode::SPELLINGS;
use super::fold::fold;

/// Whether two names of places or people are one: without case, accents, apostrophes,
/// dashes and spaces, and with `Rd` for `Road` and the like.
pub fn same_name(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

fn plain(name: &str) -> String {
    fold(name).split(' ').map(in_full).collect()
}

/// A word as lists have it; `St` is taken for a street, as is a saint, for both are so
/// written.
fn in_full(word: &str) -> &str {
    let listed = |word: &str| {
        let mut spellings = SPELLINGS.iter();
        let found = spellings.find(|(_, written, _)| *written == word);
        found.map(|(listed, ..)| *listed)
    };
    match listed(word) {
        Some(once) => listed(once).unwrap_or(once),
        None => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_is_no_difference_and_letters_are() {
        for (one, other) in [
            ("MILL RD", "Mill Road"),
            ("St. John's Sq", "SAINT JOHNS SQUARE"),
            ("High Street", "HIGH STR"),
            ("MC DONALD", "McDonald"),
            ("Stoke-on-Trent", "STOKE ON TRENT"),
            ("O'Brien", "OBRIEN"),
            ("José", "JOSE"),
        ] {
            assert!(same_name(one, other), "{one}, {other}");
        }
        for (one, other) in [
            ("Harris", "Harries"),
            ("Mill Road", "Mill Lane"),
            ("Mill Road", "Hill Road"),
            ("", "Leeds"),
        ] {
            assert!(!same_name(one, other), "{one}, {other}");
        }
    }
}
