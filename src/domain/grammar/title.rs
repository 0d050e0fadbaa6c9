//! The title before a name, or in brackets after it.

/// Every title that is known, in its standard form; the first word that people
/// write for it comes first in [`SPELLINGS`].
const SPELLINGS: [(&str, &[&str]); 27] = [
    ("Mr", &["mr"]),
    ("Mrs", &["mrs"]),
    ("Miss", &["miss"]),
    ("Ms", &["ms"]),
    ("Mx", &["mx"]),
    ("Dr", &["dr", "doctor"]),
    ("Prof", &["prof", "professor"]),
    ("Rev", &["rev", "revd", "reverend"]),
    ("Fr", &["fr", "father"]),
    ("Canon", &["canon"]),
    ("Sister", &["sister", "sr"]),
    ("Rabbi", &["rabbi"]),
    ("Imam", &["imam"]),
    ("Sir", &["sir"]),
    ("Lady", &["lady"]),
    ("Lord", &["lord"]),
    ("Dame", &["dame"]),
    ("Hon", &["hon"]),
    ("Cllr", &["cllr", "councillor"]),
    ("Capt", &["capt", "captain"]),
    ("Major", &["major", "maj"]),
    ("Col", &["col", "colonel"]),
    ("Lt", &["lt", "lieutenant"]),
    ("Sgt", &["sgt", "sergeant"]),
    ("Cdr", &["cdr", "commander"]),
    ("Wg Cdr", &["wg cdr"]),
    ("Sqn Ldr", &["sqn ldr"]),
];

/// The standard form of a title as printed; `None` for any other word.
pub fn standard(printed: &str) -> Option<&'static str> {
    let word: String = printed
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    SPELLINGS
        .iter()
        .find(|(_, ways)| ways.contains(&word.as_str()))
        .map(|(title, _)| *title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_printed() {
        for (text, title) in [
            ("Mrs.", "Mrs"),
            ("(Miss)", "Miss"),
            ("Revd", "Rev"),
            ("DR", "Dr"),
        ] {
            assert_eq!(standard(text), Some(title));
        }
        assert_eq!(standard("Margaret"), None);
        assert_eq!(standard(""), None);
    }
}
