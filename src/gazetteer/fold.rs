//! Place names without what people leave out or write in more than one way.

use unicode_normalization::UnicodeNormalization;

/// Capitals, digits and single spaces: no accents, dashes, full stops or
/// apostrophes; `&` is AND, saints are ST.
pub(super) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for sign in name.nfd() {
        match sign {
            'a'..='z' | 'A'..='Z' | '0'..='9' => folded.push(sign.to_ascii_uppercase()),
            '&' => folded.push_str(" AND "),
            'ł' | 'Ł' => folded.push('L'),
            'ø' | 'Ø' => folded.push('O'),
            'ß' => folded.push_str("SS"),
            '.' | '\'' | '’' | '‘' | '`' | '\u{300}'..='\u{36f}' => {}
            _ => folded.push(' '),
        }
    }
    let words = folded.split_whitespace();
    let words = words.map(|word| if word == "SAINT" { "ST" } else { word });
    let words: Vec<&str> = words.collect();
    words.join(" ")
}

/// A name that a source prints in capitals, as people write it: `Stoke-on-Trent`.
pub(super) fn shown(name: &str) -> String {
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let mut shown = String::with_capacity(name.len());
    for (at, word) in name.split_inclusive([' ', '-']).enumerate() {
        let small = matches!(
            word.trim_end_matches([' ', '-']),
            "ON" | "UPON" | "IN" | "THE" | "LE" | "BY" | "UNDER" | "OF" | "AND" | "NEXT" | "SUPER"
        );
        let mut signs = word.chars();
        match signs.next() {
            Some(first) if at == 0 || !small => {
                shown.push(first);
                shown.push_str(&signs.as_str().to_lowercase());
            }
            _ => shown.push_str(&word.to_lowercase()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_whatever_its_dress() {
        for (name, folded) in [
            ("Stoke-on-Trent", "STOKE ON TRENT"),
            ("King’s  Lynn", "KINGS LYNN"),
            ("Saint Helens", "ST HELENS"),
            ("St. Helens", "ST HELENS"),
            ("Bolesławiec", "BOLESLAWIEC"),
            ("Łódź", "LODZ"),
            ("Tyne & Wear", "TYNE AND WEAR"),
            ("  ", ""),
        ] {
            assert_eq!(fold(name), folded);
            assert_eq!(fold(&fold(name)), folded);
        }
    }

    #[test]
    fn capitals_are_shown_as_a_name() {
        assert_eq!(shown("STOKE-ON-TRENT"), "Stoke-on-Trent");
        assert_eq!(shown("THE MALL"), "The Mall");
        assert_eq!(shown("McDonald Road"), "McDonald Road");
    }
}
