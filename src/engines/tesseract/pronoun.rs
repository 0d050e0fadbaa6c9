//! Puts the pronoun I back.
//!
//! Tesseract's fast network reads a lone sans-serif I as a bar, a bracket, an l or a 1.
//! In English prose a lone bar is never anything else; an l, i or 1 only before a word
//! in small letters and never at the beginning of a line, where it may number a
//! paragraph.

use crate::domain::text::{Line, PageText, Word};

/// What a lone I is read as, whatever stands around it.
const BARS: [&str; 7] = ["|", "[", "]", "\\", "{", "}", "!"];

/// What it is read as in the middle of a sentence.
const LETTERS: [&str; 3] = ["l", "i", "1"];

/// Repairs each line of a page.
pub(super) fn restore(text: &mut PageText) {
    for line in &mut text.lines {
        if let Some(mended) = mended(line) {
            *line = mended;
        }
    }
}

/// The line with its pronouns; `None` when nothing needs mending.
fn mended(line: &Line) -> Option<Line> {
    let words = line.words();
    let wrong = |place: usize| is_pronoun(words, place);
    if !(0..words.len()).any(wrong) {
        return None;
    }
    let mend = |(place, word): (usize, &Word)| Word {
        text: if wrong(place) {
            "I".to_owned()
        } else {
            word.text.clone()
        },
        ..word.clone()
    };
    Line::new(words.iter().enumerate().map(mend).collect(), line.block)
}

fn is_pronoun(words: &[Word], place: usize) -> bool {
    let text = words[place].text.as_str();
    let next = words.get(place + 1).map(|word| word.text.as_str());
    let prose = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .is_some_and(|first| first.is_ascii_lowercase())
    };
    let before_prose = next.is_some_and(prose);
    let last = next.is_none() && place > 0;
    if BARS.contains(&text) {
        return before_prose || (last && prose(&words[place - 1].text));
    }
    // "1 g" is a weight: a single letter is no word here.
    let long = next.is_some_and(|word| word.chars().count() > 1);
    LETTERS.contains(&text) && place > 0 && before_prose && (text != "1" || long)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::confidence::Probability;
    use crate::domain::geometry::Rect;

    fn restored(text: &str) -> String {
        let word = |text: &str| Word {
            text: text.to_owned(),
            confidence: Probability::ONE,
            bounds: Rect::default(),
        };
        let line = Line::new(text.split(' ').map(word).collect(), 0);
        let mut page = PageText {
            lines: line.into_iter().collect(),
        };
        restore(&mut page);
        page.text()
    }

    #[test]
    fn bars_and_lone_letters_before_prose_are_the_pronoun() {
        assert_eq!(restored("| am writing"), "I am writing");
        assert_eq!(restored("when [ called, l was"), "when I called, I was");
        assert_eq!(restored("that 1 paid"), "that I paid");
        assert_eq!(restored("as you know, |"), "as you know, |");
        assert_eq!(restored("and then |"), "and then I");
    }

    #[test]
    fn what_may_be_meant_stays() {
        for text in [
            "1 of two",
            "Total | 14.20",
            "weighs 1 g",
            "|",
            "i) the first",
            "[ ] Yes",
        ] {
            assert_eq!(restored(text), text);
        }
    }
}
