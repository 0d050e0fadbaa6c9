//! How a letter opens: the salutation and the subject line.

use crate::domain::field::Found;

use super::layout::{Layout, Row};
use super::passage::Cut;
use super::pattern::pattern;
use super::reference;

pattern!(
    MARKED,
    r"(?i)^\W{0,2}(?:re|subject|regarding|ref)\s*[:;.\-–]+\s*(\S.*?)\W*$"
);
pattern!(SENTENCE, r"[.?!]\s*$");

/// A salutation is a whole row that begins with Dear.
const FIRM_SALUTATION: f64 = 0.99;
/// A row marked `Re:`.
const FIRM_MARKED: f64 = 0.97;
/// A short row standing alone between salutation and text.
const FIRM_ALONE: f64 = 0.93;
/// A salutation has at most so many words.
const SALUTATION_WORDS: usize = 8;
/// A subject line that is not marked has at most so many words.
const SUBJECT_WORDS: usize = 10;
/// Rows after the salutation among which the subject can be.
const ROWS: usize = 2;
/// A subject line stands clear of the text below it by so many row heights.
const CLEAR: f64 = 2.2;

/// `Dear Sirs`, without the comma.
pub(super) fn salutation(layout: &Layout<'_>) -> Option<Found> {
    let row = layout.salutation.as_ref()?;
    let text = row.text();
    let end = text.find(',').unwrap_or(text.len());
    let start = text.find(char::is_alphanumeric).unwrap_or(0).min(end);
    let mut cut = row.passage.cut(start..end);
    let bare = cut
        .text
        .trim_end_matches([',', '.', ':', ';', '-', '–', '—', ' ']);
    cut.text = bare.to_owned();
    let short = cut.text.split(' ').count() <= SALUTATION_WORDS;
    (short && !cut.text.is_empty()).then(|| cut.found(FIRM_SALUTATION, "the line that greets"))
}

/// What the letter says it is about.
pub(super) fn subject(layout: &Layout<'_>) -> Option<Found> {
    let first = layout.body.iter().take(ROWS);
    let marked = first
        .chain(layout.heading.iter())
        .find_map(|row| Some(row.passage.group(&MARKED)?).filter(is_words));
    if let Some(cut) = marked {
        return Some(cut.found(FIRM_MARKED, "marked as the subject"));
    }
    let (row, next) = (layout.body.first()?, layout.body.get(1)?);
    stands_alone(layout, row, next).then(|| {
        let end = row.text().trim_end_matches([':', ' ', '-', '–']).len();
        let cut = row.passage.cut(0..end);
        cut.found(FIRM_ALONE, "a short line between salutation and text")
    })
}

/// Not a bare reference, which has a field of its own.
fn is_words(cut: &Cut) -> bool {
    let words = cut.text.split(' ');
    let whole = words.filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 2);
    whole.count() >= 2 || cut.text.to_lowercase().starts_with("order ")
}

fn stands_alone(layout: &Layout<'_>, row: &Row<'_>, next: &Row<'_>) -> bool {
    let text = row.text();
    let words = row.passage.words().count();
    layout.salutation.is_some()
        && (2..=SUBJECT_WORDS).contains(&words)
        && !SENTENCE.is_match(text)
        && !text.ends_with(',')
        && !reference::is_reference_row(text)
        && text.starts_with(|c: char| c.is_uppercase() || c.is_numeric())
        && next.middle() - row.middle() > CLEAR * layout.height
        && row.page == next.page
}
