//! References that the writer quotes as ours.
//!
//! What follows "Your ref:" is one; "Our ref:" is the writer's own; order and
//! receipt numbers are none. A reference only mentioned in a sentence may be
//! anybody's, so a person looks at it.

use regex::Regex;

use crate::domain::field::Found;
use crate::domain::grammar::case_reference::CaseReference;

use super::layout::{Layout, Row};
use super::passage::{Cut, Passage};
use super::pattern::pattern;

pattern!(
    YOURS,
    r"(?ix)\b(?:y(?:ou|eu|our|\b)r?\s*['’]?\s*(?:case\s|complaint\s|letter\s)?(?:ref(?:erence|s|\b)|re[tl]\b)|yr\.?\s?ref|your\s(?:case|complaint|file)\s(?:no|number)
    |(?:case|complaint)\s?(?:ref(?:erence)?|no|number)|please\squote|quoting(?:\sref(?:erence)?)?)\.?\s*(?:no|number|\#)?\.?\s*[:;,.\-–=]*\s*
    ([A-Za-z0-9][A-Za-z0-9/\\\-–.|]*(?:\s[A-Z0-9/\-]*[0-9][A-Z0-9/\-]*)*)"
);
pattern!(
    BARE,
    r"(?ix)^\W{0,2}(?:re|ref(?:erence)?)\.?\s*(?:no|number)?\.?\s*[:;.\-–]+\s*([A-Za-z0-9][A-Za-z0-9/\\\-–.]*[0-9][A-Za-z0-9/\-]*)\W*$"
);
pattern!(
    LABEL,
    r"(?i)^\W{0,2}y(?:ou|eu)?r\.?\s*ref(?:erence)?\.?\s*(?:no|number)?\.?\s*[:;.\-]*$"
);
pattern!(
    ALONE,
    r"^([A-Za-z0-9][A-Za-z0-9/\\\-–.]*[0-9][A-Za-z0-9/\-]*)\W*$"
);
pattern!(OURS, r"(?i)\bour\s*ref");
pattern!(
    MENTIONED,
    r"(?ix)\b(?:bearing|quoting|with|under|quote|your|the|case|complaint|its|his|her)\s(?:the\s|your\s|our\s)?(?:case\s|complaint\s)?(?:ref(?:erence)?|case\s(?:number|no\.?))
    (?:\s(?:number|no\.?|of|is|was))*\s*[:,(]?\s*([A-Z0-9]{1,6}(?:[/\-][A-Z0-9]{1,10})+|[A-Z]{1,4}[0-9]{4,10}|[0-9]{6,12})\b"
);
pattern!(
    OWN_CASE,
    r"\b(PR[\-–—\s]?[0-9OQDILZSB]{7}[\-–—\s]?[0-9OQDILZSB]{2})\b"
);
pattern!(
    ANY_ROW,
    r"(?i)^\W{0,2}(?:your|our|yr|my)?\s*ref(?:erence|s)?\b\.?\s*(?:no|number)?\.?\s*[:;,.]|\b(?:your|our|yr) ref(?:erence)?\b"
);

/// A heading reference of one of our shapes.
const FIRM_SHAPED: f64 = 0.99;
/// A heading reference of another shape: perhaps another company's.
const FIRM_UNSHAPED: f64 = 0.9;
/// A reference in a sentence.
const FIRM_MENTIONED: f64 = 0.5;
/// Rows after the salutation that may still carry the reference.
const OPENING_ROWS: usize = 3;

/// Whether a row is about a reference, the writer's or ours.
pub(super) fn is_reference_row(text: &str) -> bool {
    ANY_ROW.is_match(text)
}

/// The reference quoted as ours.
pub(super) fn find(layout: &Layout<'_>, body: &Passage<'_>, shapes: &[Regex]) -> Option<Found> {
    let opening = layout
        .body
        .iter()
        .take(OPENING_ROWS)
        .filter(|row| row.passage.words().count() <= 8);
    layout
        .heading
        .iter()
        .chain(opening)
        .find_map(|row| on_row(row, shapes))
        .or_else(|| beside_label(layout, shapes))
        .or_else(|| own_case(layout, body))
        .or_else(|| mentioned(body, shapes))
}

fn on_row(row: &Row<'_>, shapes: &[Regex]) -> Option<Found> {
    let yours = row.passage.group(&YOURS).filter(|cut| has_digit(&cut.text));
    if let Some(cut) = yours {
        return Some(shaped(cut, shapes, "follows \u{201c}Your ref\u{201d}"));
    }
    if OURS.is_match(row.text()) {
        return None;
    }
    let cut = row.passage.group(&BARE)?;
    let mut found = shaped(cut, shapes, "follows \u{201c}Ref\u{201d}");
    let known = shapes.iter().any(|shape| is_whole(shape, &found.value));
    if !known && found.doubt.is_none() {
        found.doubt = Some("it does not say whose reference it is".to_owned());
    }
    Some(found)
}

/// `Your ref:` in one column and the reference in the next, or below it.
fn beside_label(layout: &Layout<'_>, shapes: &[Regex]) -> Option<Found> {
    let label = layout
        .heading
        .iter()
        .find(|row| LABEL.is_match(row.text()))?;
    let level = |row: &&Row<'_>| {
        row.left > label.right && (row.middle() - label.middle()).abs() < 0.6 * layout.height
    };
    let below = |row: &&Row<'_>| {
        let down = row.middle() - label.middle();
        row.overlaps(label) && down > 0.0 && down < 2.4 * layout.height
    };
    let rows = || layout.heading.iter();
    let right = rows()
        .filter(level)
        .min_by(|a, b| a.left.total_cmp(&b.left));
    let cut = right
        .or_else(|| rows().find(below))?
        .passage
        .group(&ALONE)?;
    has_digit(&cut.text).then(|| shaped(cut, shapes, "beside \u{201c}Your ref\u{201d}"))
}

/// A reference by its shape: ours as it is, ours with misread characters, or not.
fn shaped(mut cut: Cut, shapes: &[Regex], reason: &str) -> Found {
    let bare = cut
        .text
        .trim_end_matches(['.', ',', ';', '-', '–', '|'])
        .len();
    cut.text.truncate(bare);
    if let Ok(case) = cut.text.parse::<CaseReference>() {
        return cut.found_as(
            case.to_string(),
            FIRM_SHAPED,
            format!("{reason}, and its check digits hold"),
        );
    }
    if shapes.iter().any(|shape| is_whole(shape, &cut.text)) {
        return cut.found(FIRM_SHAPED, format!("{reason}, and has the shape of ours"));
    }
    if let Some(mended) = mended(&cut.text, shapes) {
        let doubt = format!("read as '{}'", cut.text);
        let mut found = cut.found_as(
            mended,
            FIRM_UNSHAPED,
            format!("{reason}, put right by the shape of ours"),
        );
        found.doubt = Some(doubt);
        return found;
    }
    let near = shapes.iter().any(|shape| shape.is_match(&cut.text));
    let mut found = cut.found(FIRM_UNSHAPED, reason);
    if near || found.value.starts_with("PR-") {
        found.doubt = Some("nearly one of our references; perhaps misread".to_owned());
    } else if !shapes.is_empty() {
        found.doubt = Some("not of the shape of our references".to_owned());
    }
    found
}

fn is_whole(shape: &Regex, text: &str) -> bool {
    shape
        .find_iter(text)
        .any(|found| found.start() == 0 && found.end() == text.len())
}

/// The one reading with letters and digits exchanged that has a shape of ours:
/// every sign is tried as it is, as a digit and as a letter, part by part.
fn mended(text: &str, shapes: &[Regex]) -> Option<String> {
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if c == '\\' { '/' } else { c })
        .collect();
    let pieces: Vec<&str> = compact.split_inclusive(['/', '-']).collect();
    if pieces.len() > 5 {
        return None;
    }
    let ways: Vec<[String; 3]> = pieces
        .iter()
        .map(|piece| [(*piece).to_owned(), as_digits(piece), as_letters(piece)])
        .collect();
    let mut fits = Vec::new();
    for choice in 0..3usize.pow(u32::try_from(ways.len()).ok()?) {
        let mut rest = choice;
        let spelled: String = ways
            .iter()
            .map(|way| {
                let piece = way[rest % 3].as_str();
                rest /= 3;
                piece
            })
            .collect();
        if shapes.iter().any(|shape| is_whole(shape, &spelled)) && !fits.contains(&spelled) {
            fits.push(spelled);
        }
    }
    match fits.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

fn as_digits(piece: &str) -> String {
    let digit = |c: char| match c {
        'O' | 'o' | 'Q' | 'D' => '0',
        'I' | 'l' | 'i' | '|' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'G' => '6',
        'B' => '8',
        _ => c,
    };
    piece.chars().map(digit).collect()
}

fn as_letters(piece: &str) -> String {
    let letter = |c: char| match c {
        '0' => 'O',
        '1' | 'l' | '|' => 'I',
        '2' => 'Z',
        '5' => 'S',
        '6' => 'G',
        '8' => 'B',
        _ => c.to_ascii_uppercase(),
    };
    piece.chars().map(letter).collect()
}

/// Our own case reference anywhere: its check digits make it one.
fn own_case(layout: &Layout<'_>, body: &Passage<'_>) -> Option<Found> {
    let rows = layout.heading.iter().map(|row| &row.passage);
    let heading = rows.filter_map(|passage| passage.group(&OWN_CASE));
    let read = |cut: Cut, doubt: Option<&str>| {
        let case: CaseReference = cut.text.parse().ok()?;
        let mut found = cut.found_as(case.to_string(), FIRM_SHAPED, "its check digits hold");
        found.doubt = doubt.map(str::to_owned);
        Some(found)
    };
    heading
        .into_iter()
        .find_map(|cut| read(cut, None))
        .or_else(|| read(body.group(&OWN_CASE)?, Some("only mentioned in the text")))
}

fn mentioned(body: &Passage<'_>, shapes: &[Regex]) -> Option<Found> {
    let cut = body.group(&MENTIONED).filter(|cut| has_digit(&cut.text))?;
    let mut found = shaped(cut, shapes, "mentioned in the text");
    found.probability = found
        .probability
        .weakest(crate::domain::confidence::Probability::clamped(
            FIRM_MENTIONED,
        ));
    found.doubt = Some("only mentioned in the text".to_owned());
    Some(found)
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::read::default_references;

    #[test]
    fn misread_characters_are_put_right_by_shape() {
        let shapes = default_references();
        assert_eq!(
            mended("KH/4374S/25", &shapes).as_deref(),
            Some("KH/43745/25")
        );
        assert_eq!(
            mended("KH/43749/2S", &shapes).as_deref(),
            Some("KH/43749/25")
        );
        assert_eq!(
            mended("8H/43749/25", &shapes).as_deref(),
            Some("BH/43749/25")
        );
        assert_eq!(mended("KH/437/25", &shapes), None);
    }
}
