//! A text as the rules see it: words with the sentence and line they stand in.

use std::collections::HashMap;
use std::ops::Range;

use super::lexicon::{Lexicon, WordId};
use super::slips::{fold, fold_letters};

/// Letters of a word that a gap may have torn apart: "as a" is not "ASA".
const GAPPED_LETTERS: usize = 6;

/// The longest quotation, in words. A quotation mark without its partner (a speck,
/// or inches) must not swallow the letter.
const QUOTATION_WORDS: usize = 40;

/// One word of the text.
#[derive(Debug)]
pub(super) struct Word {
    /// The number of its sentence, from 0.
    pub(super) sentence: u32,
    /// The number of its line, from 0.
    pub(super) line: u32,
    /// It stands between quotation marks: somebody else's words.
    pub(super) quoted: bool,
    /// The number that it writes, in digits or words.
    pub(super) number: Option<u32>,
    /// Words of the lexicon that it may be.
    meanings: Range<usize>,
    /// Words of the lexicon that it may be together with the next: a word torn
    /// apart by the line's end or by a gap.
    joined: Range<usize>,
}

/// The words of one text.
#[derive(Debug, Default)]
pub(super) struct Words {
    list: Vec<Word>,
    meanings: Vec<WordId>,
}

impl Words {
    /// Reads a text.
    pub(super) fn read(text: &str, lexicon: &Lexicon) -> Self {
        let mut words = Self::default();
        let mut known: HashMap<&str, Range<usize>> = HashMap::new();
        let pieces = pieces(text);
        for (at, piece) in pieces.iter().enumerate() {
            let folded = fold(&piece.text);
            let joined = match pieces.get(at + 1) {
                Some(next)
                    if (piece.torn || piece.may_be_torn(next))
                        && lexicon.goes_on(folded.as_bytes()) =>
                {
                    let whole = fold(&format!("{}{}", piece.text, next.text));
                    words.note(lexicon.find_exactly(whole.as_bytes()))
                }
                _ => 0..0,
            };
            let meanings = match known.get(piece.text.as_str()) {
                Some(range) => range.clone(),
                None => {
                    let range = words.note(meanings(&piece.text, &folded, lexicon));
                    known.insert(&piece.text, range.clone());
                    range
                }
            };
            words.list.push(Word {
                sentence: piece.sentence,
                line: piece.line,
                quoted: piece.quoted,
                number: number(&piece.text),
                meanings,
                joined,
            });
        }
        words
    }

    /// The words in order.
    pub(super) fn list(&self) -> &[Word] {
        &self.list
    }

    /// Which of `wanted` stands at `at`, and the place after it; a torn word may be
    /// read both as its first half and as a whole.
    pub(super) fn meets(
        &self,
        at: usize,
        wanted: &[WordId],
    ) -> impl Iterator<Item = (WordId, usize)> {
        let word = self.list.get(at);
        let any = |range: &Range<usize>| {
            let mut meanings = self.meanings[range.clone()].iter();
            meanings.find(|id| wanted.contains(id)).copied()
        };
        let half = word.and_then(|word| any(&word.meanings));
        let whole = word.and_then(|word| any(&word.joined));
        let half = half.map(|id| (id, at + 1));
        half.into_iter().chain(whole.map(|id| (id, at + 2)))
    }

    /// Every word of the lexicon that may stand at `at`.
    pub(super) fn meanings(&self, at: usize) -> impl Iterator<Item = WordId> {
        let word = &self.list[at];
        let ranges = [word.meanings.clone(), word.joined.clone()];
        ranges.into_iter().flat_map(|r| &self.meanings[r]).copied()
    }

    /// The number written at `at` and the place after it; "twenty-five" is one.
    pub(super) fn number(&self, at: usize) -> Option<(u32, usize)> {
        let value = self.list.get(at)?.number?;
        match self.list.get(at + 1).and_then(|next| next.number) {
            Some(unit @ 1..=9) if (20..=90).contains(&value) && value % 10 == 0 => {
                Some((value + unit, at + 2))
            }
            _ => Some((value, at + 1)),
        }
    }

    fn note(&mut self, found: Vec<WordId>) -> Range<usize> {
        let start = self.meanings.len();
        self.meanings.extend(found);
        start..self.meanings.len()
    }
}

/// Every word of the lexicon that the read word may be.
fn meanings(word: &str, folded: &str, lexicon: &Lexicon) -> Vec<WordId> {
    let mut found = lexicon.find(folded.as_bytes());
    if folded.len() < word.chars().count() {
        found.extend(lexicon.find(fold_letters(word).as_bytes()));
    }
    found
}

/// A word as read, before anything is known about it.
struct Piece {
    text: String,
    sentence: u32,
    line: u32,
    quoted: bool,
    /// A hyphen ends its line.
    torn: bool,
}

impl Piece {
    /// Whether a gap may have made two words of one.
    fn may_be_torn(&self, next: &Self) -> bool {
        self.sentence == next.sentence && self.text.len() + next.text.len() >= GAPPED_LETTERS
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut cutter = Cutter::default();
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        cutter.take(sign, signs.peek().copied());
    }
    cutter.end_word();
    cutter.pieces
}

/// Cuts a text into words.
#[derive(Default)]
struct Cutter {
    pieces: Vec<Piece>,
    word: String,
    sentence: u32,
    line: u32,
    /// The sentence ends here, should the next word begin with a capital or digit.
    stopped: bool,
    /// The word at which a quotation opened.
    quotation: Option<usize>,
}

impl Cutter {
    fn take(&mut self, sign: char, next: Option<char>) {
        let inside = next.is_some_and(char::is_alphanumeric);
        match sign {
            '|' | '!' | '$' if inside && !self.word.is_empty() => self.word.push(sign),
            '\'' | '’' | '‘' | '`' if inside && !self.word.is_empty() => self.word.push('\''),
            _ if sign.is_alphanumeric() => {
                if self.word.is_empty() && self.stopped {
                    self.sentence += u32::from(!sign.is_lowercase());
                    self.stopped = false;
                }
                self.word.push(sign);
            }
            _ => self.separate(sign, next),
        }
    }

    fn separate(&mut self, sign: char, next: Option<char>) {
        let initial = self.word.chars().count() <= 3 && self.word.starts_with(char::is_uppercase);
        self.end_word();
        match sign {
            '\n' | '\u{c}' => self.line += 1,
            '-' | '\u{ad}' | '‐' | '–' | '¬' if next.is_some_and(char::is_whitespace) => {
                if let Some(piece) = self.pieces.last_mut() {
                    piece.torn = true;
                }
            }
            '!' | '?' => self.stopped = true,
            '.' | ';' => self.stopped |= !initial && next.is_none_or(char::is_whitespace),
            '"' | '“' | '”' | '„' => self.quotation_mark(),
            _ => {}
        }
    }

    fn quotation_mark(&mut self) {
        let here = self.pieces.len();
        self.quotation = match self.quotation.take() {
            Some(start) if here - start <= QUOTATION_WORDS => {
                for piece in &mut self.pieces[start..] {
                    piece.quoted = true;
                }
                None
            }
            _ => Some(here),
        };
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let stem = word.strip_suffix("'s").unwrap_or(&word);
        self.pieces.push(Piece {
            text: stem.replace('\'', ""),
            sentence: self.sentence,
            line: self.line,
            quoted: false,
            torn: false,
        });
    }
}

/// The number that a word writes; digits may be read as letters when one at least
/// is a digit.
fn number(word: &str) -> Option<u32> {
    const WORDS: [(&str, u32); 29] = [
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
        ("eleven", 11),
        ("twelve", 12),
        ("thirteen", 13),
        ("fourteen", 14),
        ("fifteen", 15),
        ("sixteen", 16),
        ("seventeen", 17),
        ("eighteen", 18),
        ("nineteen", 19),
        ("twenty", 20),
        ("thirty", 30),
        ("forty", 40),
        ("fourty", 40),
        ("fifty", 50),
        ("sixty", 60),
        ("seventy", 70),
        ("eighty", 80),
        ("ninety", 90),
        ("hundred", 100),
    ];
    if word.contains(|c: char| c.is_ascii_digit()) {
        let digits: String = word.chars().map(digit).collect::<Option<_>>()?;
        return digits.parse().ok();
    }
    let mut words = WORDS.iter();
    words
        .find(|(name, _)| word.eq_ignore_ascii_case(name))
        .map(|(_, value)| *value)
}

fn digit(sign: char) -> Option<char> {
    match sign {
        'O' | 'o' => Some('0'),
        'I' | 'l' | '|' => Some('1'),
        'S' => Some('5'),
        'B' => Some('8'),
        _ => sign.is_ascii_digit().then_some(sign),
    }
}
