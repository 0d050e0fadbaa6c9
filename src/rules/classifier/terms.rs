//! What a text is cut into: its words, and each with the one before it. `scripts/train/topics.py`
//! cuts in the same way, and a test holds the two together.

/// Letters of the longest word; what is longer is no word.
const LONGEST: usize = 40;

/// Hands on every word, and every pair of words that stand together, in small letters. A word is
/// two letters or more; an apostrophe within one falls out, and figures part words.
pub(super) fn each(text: &str, mut take: impl FnMut(&str)) {
    // The last word, then a space and this one: both terms are parts of it.
    let mut pair = String::new();
    for word in text.split(|sign: char| !(sign.is_alphabetic() || is_apostrophe(sign))) {
        let word = word.to_lowercase().replace(is_apostrophe, "");
        if !(2..=LONGEST).contains(&word.chars().count()) {
            continue;
        }
        take(&word);
        if !pair.is_empty() {
            pair.push(' ');
            pair.push_str(&word);
            take(&pair);
        }
        pair = word;
    }
}

const fn is_apostrophe(sign: char) -> bool {
    matches!(sign, '\'' | '’')
}
