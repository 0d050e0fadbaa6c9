//! The letter itself: paragraphs in lines, lines on pages. No page begins or ends with
//! one line of a longer paragraph, and no signature stands alone on a page.

use super::lines::{Printable, broken};
use super::sheet::{BOTTOM, LEFT, NEXT_TOP, RIGHT};
use crate::domain::form::Text;
use crate::forms::draw::POINT;

/// The size of the text, points, and from line to line, mm.
pub(super) const SIZE: f64 = 10.5;
pub(super) const PITCH: f64 = SIZE * POINT * 1.32;
/// Between two paragraphs, mm; between two items of a list none.
const BETWEEN: f64 = 2.7;
/// An item of a list stands in by so much, mm; what marks it is in front.
const ITEM: f64 = 4.5;
const BULLET: &str = "•";
/// Room for a pen between the close and the name, mm.
const PEN: f64 = 13.0;
/// So many lines of a paragraph keep together at its beginning and at its end.
const TOGETHER: usize = 2;

/// A line of a paragraph.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    text: String,
    /// From the left edge of the text, mm.
    indent: f64,
    /// Whether a bullet stands before it.
    marked: bool,
    /// Over it, beside the ordinary pitch, mm.
    above: f64,
}

/// The lines of each page, in their places; the first page's begin below `top`.
pub(super) fn pages(paragraphs: &[String], signature: &[String], top: f64) -> Vec<Vec<Text>> {
    let mut pages = vec![Vec::new()];
    let mut foot = top;
    for unit in units(paragraphs, signature) {
        let height: f64 = unit.iter().map(|line| line.above + PITCH).sum();
        let page_is_new = pages.last().is_none_or(Vec::is_empty);
        // What is higher than a page is not kept together.
        let splits = height > BOTTOM - NEXT_TOP;
        if foot + height > BOTTOM && !page_is_new && !splits {
            pages.push(Vec::new());
            foot = NEXT_TOP;
        }
        for line in unit {
            if foot + line.above + PITCH > BOTTOM
                && pages.last().is_some_and(|page| !page.is_empty())
            {
                pages.push(Vec::new());
                foot = NEXT_TOP;
            }
            // Nothing stands over the text of a page that follows.
            let bare = pages.len() > 1 && pages.last().is_none_or(Vec::is_empty);
            foot += PITCH + if bare { 0.0 } else { line.above };
            if let Some(page) = pages.last_mut() {
                place(page, line, foot);
            }
        }
    }
    pages
}

fn place(page: &mut Vec<Text>, line: Line, foot: f64) {
    let text = |text: String, x: f64| Text {
        text,
        x,
        y: foot,
        size: SIZE,
        bold: false,
    };
    if line.marked {
        page.push(text(BULLET.to_owned(), LEFT + 1.0));
    }
    page.push(text(line.text, LEFT + line.indent));
}

/// The lines in runs that stay on one page.
fn units(paragraphs: &[String], signature: &[String]) -> Vec<Vec<Line>> {
    let mut units: Vec<Vec<Line>> = Vec::new();
    for paragraph in paragraphs {
        units.extend(kept_together(lines_of(paragraph)));
    }
    let signature = signature_lines(signature);
    if !signature.is_empty() {
        let mut last = units.pop().unwrap_or_default();
        last.extend(signature);
        units.push(last);
    }
    units
}

/// Its first two lines, its last two, and each between them.
fn kept_together(lines: Vec<Line>) -> Vec<Vec<Line>> {
    if lines.len() < 2 * TOGETHER {
        return vec![lines];
    }
    let mut units = vec![lines[..TOGETHER].to_vec()];
    let middle = lines[TOGETHER..lines.len() - TOGETHER].iter();
    units.extend(middle.map(|line| vec![line.clone()]));
    units.push(lines[lines.len() - TOGETHER..].to_vec());
    units
}

fn lines_of(paragraph: &str) -> Vec<Line> {
    let text = Printable::of(paragraph).text;
    let mut lines = Vec::new();
    for entry in text.lines() {
        let item = ["- ", "* ", "• "]
            .iter()
            .find_map(|mark| entry.trim_start().strip_prefix(mark));
        let indent = if item.is_some() { ITEM } else { 0.0 };
        let words = item.unwrap_or(entry);
        let broken = broken(words, RIGHT - LEFT - indent, SIZE, false);
        lines.extend(broken.into_iter().enumerate().map(|(at, text)| Line {
            text,
            indent,
            marked: item.is_some() && at == 0,
            above: 0.0,
        }));
    }
    if let Some(first) = lines.first_mut() {
        first.above = BETWEEN;
    }
    lines
}

/// The close, room for a pen, and who signs.
fn signature_lines(signature: &[String]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, entry) in signature.iter().enumerate() {
        let mut entry = lines_of(entry);
        if let Some(first) = entry.first_mut() {
            first.above = match at {
                0 => BETWEEN,
                1 => PEN,
                _ => 0.0,
            };
        }
        lines.extend(entry);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(paragraphs: &[&str]) -> Vec<String> {
        paragraphs.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn a_list_hangs_on_its_bullets() {
        let long = "word ".repeat(40);
        let pages = pages(
            &texts(&[&format!("Please send:\n- {long}\n- a photograph")]),
            &[],
            100.0,
        );
        let page = &pages[0];
        assert_eq!(page.iter().filter(|text| text.text == BULLET).count(), 2);
        let indents: Vec<f64> = page.iter().map(|text| text.x - LEFT).collect();
        assert_eq!(
            indents,
            [0.0, 1.0, ITEM, ITEM, ITEM, 1.0, ITEM][..indents.len()]
        );
    }

    #[test]
    fn no_line_and_no_signature_stands_alone() {
        let paragraph = "word ".repeat(95);
        let signature = texts(&["Yours sincerely,", "A Clerk", "Customer Care"]);
        for top in 100..240 {
            let pages = pages(
                &texts(&[&paragraph, &paragraph, &paragraph]),
                &signature,
                f64::from(top),
            );
            let lines = |page: &Vec<Text>| -> Vec<String> {
                page.iter().map(|text| text.text.clone()).collect()
            };
            for page in &pages {
                assert!(page.len() >= TOGETHER, "{top}: {:?}", lines(page));
                assert!(page.iter().all(|text| text.y <= BOTTOM));
            }
            let last = pages.last().map(lines).unwrap();
            let signed = last
                .iter()
                .position(|line| line == "Yours sincerely,")
                .unwrap();
            assert!(signed >= TOGETHER, "{top}: {last:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn no_word_is_lost_on_the_way_to_its_page(
            paragraphs in prop::collection::vec("[a-z \n]{0,900}", 0..9),
            signature in prop::collection::vec("[a-z ]{0,30}", 0..4),
            top in 60.0..260.0f64,
        ) {
            let pages = pages(&paragraphs, &signature, top);
            let letters = |texts: &mut dyn Iterator<Item = &str>| -> String {
                texts.flat_map(str::chars).filter(|sign| sign.is_alphabetic()).collect()
            };
            let printed = letters(&mut pages.iter().flatten().map(|text| text.text.as_str()));
            let meant = letters(&mut paragraphs.iter().chain(&signature).map(String::as_str));
            prop_assert_eq!(printed, meant);
            for text in pages.iter().flatten() {
                prop_assert!(text.y <= BOTTOM + 1e-9);
            }
        }
    }
}
