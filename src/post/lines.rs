//! Text as it can be printed, broken into lines by the widths of its letters.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::forms::width::{has, width_of};

/// What is printed for a letter or sign that the typeface lacks.
pub(super) const LACKING: char = '¤';

/// Text in letters that the typeface has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Printable {
    /// The text.
    pub(super) text: String,
    /// What stood in it that the typeface lacks.
    pub(super) lacking: BTreeSet<char>,
}

impl Printable {
    /// Line breaks stay, other control characters are spaces.
    pub(super) fn of(text: &str) -> Self {
        let mut printable = Self {
            text: String::with_capacity(text.len()),
            lacking: BTreeSet::new(),
        };
        for sign in text.replace("\r\n", "\n").nfc() {
            printable.push(sign);
        }
        printable
    }

    fn push(&mut self, sign: char) {
        if sign == '\n' {
            self.text.push('\n');
        } else if let Some(same) = same(sign) {
            self.text.push_str(same);
        } else if sign.is_control() || sign.is_whitespace() && sign != '\u{a0}' {
            self.text.push(' ');
        } else if has(sign) {
            self.text.push(sign);
        } else {
            self.lacking.insert(sign);
            let plain: String = sign
                .nfkd()
                .filter(|part| !is_combining_mark(*part))
                .collect();
            if !plain.is_empty() && plain.chars().all(has) {
                self.text.push_str(&plain);
            } else if !is_combining_mark(sign) {
                self.text.push(LACKING);
            }
        }
    }
}

/// How typographers' signs that the typeface lacks are written without them: nothing is
/// lost by it, so it is not told.
fn same(sign: char) -> Option<&'static str> {
    Some(match sign {
        '…' => "...",
        '\u{2010}' | '\u{2011}' => "-",
        '\u{2012}' | '\u{2212}' => "–",
        '\u{2015}' => "—",
        '‚' => ",",
        '„' | '‟' | '″' => "\"",
        '‛' | '′' => "'",
        '\u{202f}' | '\u{2007}' => "\u{a0}",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬀ' => "ff",
        // Marks that have no width and say nothing on paper: where a word may be broken,
        // what joins it, which way it is written, how an emoji looks.
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' => "",
        _ => return None,
    })
}

/// A text in one line: what separates words in it is one space.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<String> = words(&Printable::of(text).text)
        .map(str::to_owned)
        .collect();
    words.join(" ")
}

/// The words of a text; a space that does not break holds two together.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|sign: char| sign.is_whitespace() && sign != '\u{a0}');
    parts.filter(|word| !word.is_empty())
}

/// Words in lines of at most `room` mm, as many in each as fit. A word that is wider than
/// a line goes on in the next one.
pub(super) fn broken(text: &str, room: f64, size: f64, bold: bool) -> Vec<String> {
    let fits = |line: &str| width_of(line, size, bold) <= room;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if fits(&longer) {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for sign in word.chars() {
            line.push(sign);
            if !fits(&line) && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, sign.to_string()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_the_typeface_lacks_is_shown_and_told() {
        for (text, printed, lacking) in [
            ("Łukasz Świątek, Llŷn", "Łukasz Świątek, Llŷn", ""),
            ("wait… non\u{2011}stop\u{200b}", "wait... non-stop", ""),
            ("a\tb\u{7}c", "a b c", ""),
            ("Nguyễn", "Nguyen", "ễ"),
            ("e\u{301}", "é", ""),
            ("王 smiles 🙂", "¤ smiles ¤", "王🙂"),
            ("one\r\ntwo", "one\ntwo", ""),
        ] {
            let found = Printable::of(text);
            assert_eq!(found.text, printed);
            assert_eq!(found.lacking, lacking.chars().collect(), "{text}");
        }
    }

    #[test]
    fn lines_are_filled() {
        let text = "The quick brown fox jumps over the lazy dog";
        let lines = broken(text, 30.0, 11.0, false);
        assert_eq!(lines, ["The quick brown", "fox jumps over", "the lazy dog"]);
        // What must stay together does.
        let lines = broken("by 4\u{a0}December\u{a0}2026", 36.0, 11.0, false);
        assert_eq!(lines, ["by", "4\u{a0}December\u{a0}2026"]);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_no_line_is_too_long(
            text in "[a-zA-Z0-9 .,\u{a0}ąŁ€\\-\n]{0,400}",
            room in 5.0..170.0f64,
            size in 6.0..14.0f64,
        ) {
            let lines = broken(&text, room, size, false);
            let letters = |text: &str| -> String {
                text.chars().filter(|sign| !sign.is_whitespace()).collect()
            };
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
            for line in &lines {
                let fits = width_of(line, size, false) <= room;
                prop_assert!(fits || line.chars().count() == 1, "{}", line);
            }
            // Words that fit a line are whole.
            for word in words(&text).filter(|word| width_of(word, size, false) <= room) {
                prop_assert!(lines.iter().any(|line| line.contains(word)), "{}", word);
            }
        }

        #[test]
        fn everything_can_be_printed(text in "\\PC*|(?s).*") {
            let found = Printable::of(&text);
            prop_assert!(found.text.chars().all(|sign| sign == '\n' || has(sign)));
            let again = Printable::of(&found.text);
            prop_assert!(again.lacking.is_empty());
        }
    }
}
