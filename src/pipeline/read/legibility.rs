//! Whether a letter can be read as print at all, without a dictionary: print has
//! many words of ordinary shape, read with confidence.

use crate::domain::document::Legibility;
use crate::domain::letter::LetterPage;
use crate::domain::text::Word;

/// A word read this surely counts; print at 7 pt and up has nine in ten above.
const SURE: f64 = 0.7;
/// A page with fewer shaped words is no letter in print.
const FEWEST_WORDS: f64 = 12.0;
/// Share of sure, shaped words on clear print: 0.9 and more on the letters of
/// November 2026, below 0.3 on handwriting and drawings.
const CLEAR_SHARE: f64 = 0.7;
/// Below this share it is not readable as print.
const POOR_SHARE: f64 = 0.35;

/// How well these pages can be read as print.
pub(super) fn judge(pages: &[&LetterPage]) -> Legibility {
    let words = || pages.iter().flat_map(|page| page.text.words());
    let weight = |word: &Word| word.text.chars().count().min(8) as f64;
    let all: f64 = words().map(weight).sum();
    let sure = || words().filter(|word| word.confidence.get() >= SURE && is_shaped(&word.text));
    let share = sure().map(weight).sum::<f64>() / all.max(1.0);
    let count = sure().count() as f64;
    if count < FEWEST_WORDS || share < POOR_SHARE {
        Legibility::Unreadable
    } else if share < CLEAR_SHARE {
        Legibility::Poor
    } else {
        Legibility::Clear
    }
}

/// Letters with a vowel and a usual case, or a number: what words look like.
pub(super) fn is_shaped(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let letters: Vec<char> = bare.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.is_empty() {
        return bare.chars().filter(char::is_ascii_digit).count() >= 2;
    }
    if letters.len()
        < bare
            .chars()
            .filter(|c| !matches!(c, '\'' | '’' | '-' | '.'))
            .count()
    {
        return false;
    }
    let inner_capital = letters
        .windows(2)
        .any(|w| w[0].is_lowercase() && w[1].is_uppercase());
    let vowel = letters
        .iter()
        .any(|c| "aeiouyAEIOUYàáâäèéêëìíîïòóôöùúûüŵŷ".contains(*c));
    vowel && !inner_capital && letters.len() >= 2
}
