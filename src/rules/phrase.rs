//! Phrases as the rules file writes them, and where a text says them.
//!
//! | notation | says |
//! |---|---|
//! | `no longer works` | these words, any case, hyphens as spaces |
//! | `complain*` | any ending |
//! | `(am \| was) ill` | either |
//! | `(my)? solicitor` | with or without |
//! | `intend ... court` | up to five words between, in one sentence |
//! | `{20+} years`, `since {1950-2006}` | a number, in digits or words |

use std::ops::RangeInclusive;

use super::lexicon::{Lexicon, WordId};
use super::words::Words;

/// The most words that `...` stands for.
const GAP_WORDS: usize = 5;

/// The most wordings that the alternatives of one phrase may make together: beyond
/// it the phrase is better written as several.
const WORDINGS: usize = 400;

/// A phrase of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PhraseId(usize);

/// What is wrong with a phrase, for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotAPhrase(String);

/// One phrase at one place of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// The phrase.
    pub(super) phrase: PhraseId,
    /// Its first word.
    pub(super) start: usize,
    /// The place after its last word.
    pub(super) end: usize,
    /// Which of its wordings.
    wording: usize,
    /// The configured words that were met, in order.
    met: Vec<WordId>,
}

/// All phrases of a rules file, ready to be found in one pass.
#[derive(Debug)]
pub(super) struct PhraseBook {
    lexicon: Lexicon,
    phrases: usize,
    wordings: Vec<Wording>,
    /// The wordings that begin with a word, by word.
    by_word: Vec<Vec<usize>>,
    /// The wordings that begin with a number.
    by_number: Vec<usize>,
}

#[derive(Debug)]
struct Wording {
    phrase: PhraseId,
    steps: Vec<Step>,
    /// The marks of the words that may come second; `None` when anything may.
    second: Option<u64>,
}

#[derive(Debug, Clone)]
enum Step {
    Word(Vec<WordId>),
    Number(RangeInclusive<u32>),
    Gap,
}

impl PhraseBook {
    /// An empty book.
    pub(super) const fn new(lexicon: Lexicon) -> Self {
        Self {
            lexicon,
            phrases: 0,
            wordings: Vec::new(),
            by_word: Vec::new(),
            by_number: Vec::new(),
        }
    }

    /// Takes in a phrase.
    pub(super) fn add(&mut self, text: &str) -> Result<PhraseId, NotAPhrase> {
        let phrase = PhraseId(self.phrases);
        for wording in wordings(text)? {
            let steps = self.steps(&wording);
            let at = self.wordings.len();
            match steps.first() {
                Some(Step::Word(first)) => {
                    self.by_word.resize_with(self.lexicon.len(), Vec::new);
                    for word in first {
                        self.by_word[word.index()].push(at);
                    }
                }
                Some(Step::Number(_)) => self.by_number.push(at),
                _ => return Err(unfinished(text)),
            }
            if matches!(steps.last(), Some(Step::Gap)) {
                return Err(unfinished(text));
            }
            let second = match steps.get(1) {
                Some(Step::Word(words)) => Some(marks(words.iter().copied())),
                _ => None,
            };
            self.wordings.push(Wording {
                phrase,
                steps,
                second,
            });
        }
        self.by_word.resize_with(self.lexicon.len(), Vec::new);
        self.phrases += 1;
        Ok(phrase)
    }

    /// Cuts a text into words that this book knows.
    pub(super) fn read(&self, text: &str) -> Words {
        Words::read(text, &self.lexicon)
    }

    /// Every phrase that the text says, wherever it says it.
    pub(super) fn said(&self, words: &Words) -> Vec<Said> {
        let mut said: Vec<Said> = Vec::new();
        let mut met = Vec::new();
        let marked: Vec<u64> = (0..words.list().len())
            .map(|at| marks(words.meanings(at)))
            .collect();
        let mark = |at: usize| marked.get(at).copied().unwrap_or_default();
        for start in 0..words.list().len() {
            let from_words = words
                .meanings(start)
                .flat_map(|id| &self.by_word[id.index()]);
            let has_number = words.list()[start].number.is_some();
            let from_numbers = self.by_number.iter().filter(|_| has_number);
            // A torn or two-word start puts the second step one further.
            let next = mark(start + 1) | mark(start + 2);
            for &at in from_words.chain(from_numbers) {
                let wording = &self.wordings[at];
                if wording.second.is_some_and(|second| second & next == 0) {
                    continue;
                }
                met.clear();
                if let Some(end) = follow(&wording.steps, words, start, &mut met) {
                    said.push(Said {
                        phrase: wording.phrase,
                        start,
                        end,
                        wording: at,
                        met: met.clone(),
                    });
                }
            }
        }
        said
    }

    /// What was said, in the configured words: `walk* with a stick*`. A number stays
    /// as configured, because reasons hold nothing off the letter.
    pub(super) fn wording(&self, said: &Said) -> String {
        let mut met = said.met.iter();
        let step = |step: &Step| match step {
            Step::Word(_) => met
                .next()
                .map_or_else(String::new, |id| self.lexicon.text(*id)),
            Step::Number(range) if *range.end() == u32::MAX => format!("{{{}+}}", range.start()),
            Step::Number(range) => format!("{{{}-{}}}", range.start(), range.end()),
            Step::Gap => "...".to_owned(),
        };
        let steps = &self.wordings[said.wording].steps;
        steps.iter().map(step).collect::<Vec<_>>().join(" ")
    }

    /// One way to say a phrase, for tests of its tolerance.
    #[cfg(test)]
    pub(super) fn sample(&self, phrase: PhraseId) -> String {
        let says = |step: &Step| match step {
            Step::Word(words) => Some(self.lexicon.text(words[0]).replace('*', "")),
            Step::Number(range) => Some(range.start().to_string()),
            Step::Gap => None,
        };
        let mut wordings = self.wordings.iter().filter(|w| w.phrase == phrase);
        let steps = wordings.next().map_or(&[][..], |w| &w.steps);
        steps.iter().filter_map(says).collect::<Vec<_>>().join(" ")
    }

    fn steps(&mut self, wording: &[Token]) -> Vec<Step> {
        let mut step = |token: &Token| match token {
            Token::Words(words) => Step::Word(
                words
                    .iter()
                    .map(|(text, stem)| self.lexicon.take_in(text, *stem))
                    .collect(),
            ),
            Token::Number(range) => Step::Number(range.clone()),
            Token::Gap => Step::Gap,
        };
        wording.iter().map(&mut step).collect()
    }
}

/// The marks of all these words.
fn marks(words: impl Iterator<Item = WordId>) -> u64 {
    words.fold(0, |marks, word| marks | word.mark())
}

/// The place after the last step, when all follow each other from `at`; `met` takes
/// the words met on the way.
fn follow(steps: &[Step], words: &Words, at: usize, met: &mut Vec<WordId>) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(at);
    };
    match step {
        Step::Word(wanted) => words.meets(at, wanted).find_map(|(word, next)| {
            met.push(word);
            let end = follow(rest, words, next, met);
            if end.is_none() {
                met.pop();
            }
            end
        }),
        Step::Number(range) => {
            let (value, next) = words.number(at)?;
            match range.contains(&value) {
                true => follow(rest, words, next, met),
                false => None,
            }
        }
        Step::Gap => {
            let sentence = words.list().get(at.checked_sub(1)?)?.sentence;
            let same = |to: &usize| {
                let word = words.list().get(*to);
                word.is_some_and(|w| w.sentence == sentence)
            };
            let mut starts = (at..=at + GAP_WORDS).take_while(same);
            starts.find_map(|to| follow(rest, words, to, met))
        }
    }
}

/// A step as written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Words(Vec<(String, bool)>),
    Number(RangeInclusive<u32>),
    Gap,
}

/// Every wording of a phrase: alternatives of single words stay one step, those of
/// several words and `?` multiply.
fn wordings(text: &str) -> Result<Vec<Vec<Token>>, NotAPhrase> {
    let mut all: Vec<Vec<Token>> = vec![Vec::new()];
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (part, after) = part(rest, text)?;
        all = product(all, &part);
        if all.len() > WORDINGS {
            return Err(NotAPhrase(format!(
                "the alternatives of '{text}' make over {WORDINGS} wordings; write it as several phrases"
            )));
        }
        rest = after.trim_start();
    }
    all.retain(|wording| !wording.is_empty());
    if all.is_empty() {
        return Err(NotAPhrase("a phrase needs a word".to_owned()));
    }
    Ok(all)
}

fn product(starts: Vec<Vec<Token>>, ends: &[Vec<Token>]) -> Vec<Vec<Token>> {
    let join = |start: &Vec<Token>, end: &Vec<Token>| [start.as_slice(), end].concat();
    starts
        .iter()
        .flat_map(|start| ends.iter().map(move |end| join(start, end)))
        .collect()
}

/// The alternatives that the text begins with, and what comes after them.
fn part<'a>(rest: &'a str, text: &str) -> Result<(Vec<Vec<Token>>, &'a str), NotAPhrase> {
    if let Some(inner) = rest.strip_prefix('(') {
        let Some((inner, after)) = inner.split_once(')') else {
            return Err(NotAPhrase(format!(
                "'{text}' opens a bracket and does not close it"
            )));
        };
        if inner.contains('(') {
            return Err(NotAPhrase(format!(
                "'{text}' has brackets inside brackets; write it as several phrases"
            )));
        }
        let mut alternatives = either(inner, text)?;
        return Ok(match after.strip_prefix('?') {
            Some(after) => {
                alternatives.push(Vec::new());
                (alternatives, after)
            }
            None => (alternatives, after),
        });
    }
    let end = rest
        .find(|c: char| c.is_whitespace() || c == '(')
        .unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    Ok((vec![sequence(word, text)?], after))
}

/// What stands between brackets.
fn either(inner: &str, text: &str) -> Result<Vec<Vec<Token>>, NotAPhrase> {
    let mut singles = Vec::new();
    let mut alternatives = Vec::new();
    for alternative in inner.split('|') {
        let mut tokens = Vec::new();
        for word in alternative.split_whitespace() {
            tokens.extend(sequence(word, text)?);
        }
        match tokens.as_slice() {
            [] => return Err(NotAPhrase(format!("'{text}' has an empty alternative"))),
            [Token::Words(words)] => singles.extend(words.clone()),
            _ => alternatives.push(tokens),
        }
    }
    if !singles.is_empty() {
        alternatives.push(vec![Token::Words(singles)]);
    }
    Ok(alternatives)
}

/// A word as written, hyphens cut it in several.
fn sequence(word: &str, text: &str) -> Result<Vec<Token>, NotAPhrase> {
    if word == "..." {
        return Ok(vec![Token::Gap]);
    }
    if let Some(range) = word.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
        return number_range(range)
            .map(|range| vec![Token::Number(range)])
            .ok_or_else(|| {
                NotAPhrase(format!(
                    "'{word}' is no number; write {{20+}} or {{1950-2006}}"
                ))
            });
    }
    let single = |piece: &str| {
        let (letters, stem) = match piece.strip_suffix('*') {
            Some(letters) => (letters, true),
            None => (piece, false),
        };
        let plain = letters
            .strip_suffix("'s")
            .unwrap_or(letters)
            .replace(['\'', '’'], "");
        match plain.is_empty() || plain.contains(|c: char| !c.is_alphanumeric()) {
            true => Err(NotAPhrase(format!(
                "'{piece}' in '{text}' is no word; a phrase has letters, digits, * at a word's end, (a | b), (a)?, ... and {{20+}}"
            ))),
            false => Ok(Token::Words(vec![(plain, stem)])),
        }
    };
    word.split('-').map(single).collect()
}

fn number_range(text: &str) -> Option<RangeInclusive<u32>> {
    if let Some(least) = text.strip_suffix('+') {
        return Some(least.parse().ok()?..=u32::MAX);
    }
    let (least, most) = text.split_once('-')?;
    let range = least.parse().ok()?..=most.parse().ok()?;
    (!range.is_empty()).then_some(range)
}

fn unfinished(text: &str) -> NotAPhrase {
    NotAPhrase(format!(
        "'{text}' begins or ends with '...'; say what it stands between"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(phrase: &str, text: &str) -> bool {
        let mut book = PhraseBook::new(Lexicon::new());
        book.add(phrase).unwrap();
        let words = book.read(text);
        !book.said(&words).is_empty()
    }

    #[test]
    fn notation() {
        for (phrase, text) in [
            ("no longer works", "It NO\nlonger works."),
            ("complain*", "a formal complaint"),
            ("(am | was) ill", "I was ill"),
            ("(on my | for her) behalf", "acting on my behalf"),
            ("taken to (the)? hospital", "taken to hospital"),
            ("intend ... court", "I intend to take you all to court"),
            ("{20+} years", "for twenty-five years"),
            ("{20+} years", "for 2O years"),
            ("since {1950-2006}", "since 1987"),
            ("letter before action", "letter before ac-\ntion"),
            ("letter before action", "LETTER  BEFORE\u{c}ACTION"),
            ("well-known", "well known"),
            ("customer's", "our customer’s"),
            ("don't work", "don’t work"),
        ] {
            assert!(says(phrase, text), "{phrase}: {text}");
        }
    }

    #[test]
    fn what_it_does_not_say() {
        for (phrase, text) in [
            ("intend ... court", "I intend to. The court is closed."),
            (
                "intend ... court",
                "I intend to go at once to your nice new court",
            ),
            ("{20+} years", "for nineteen years"),
            ("since {1950-2006}", "since 2019"),
            ("court", "courteous"),
        ] {
            assert!(!says(phrase, text), "{phrase}: {text}");
        }
    }

    #[test]
    fn refusals() {
        for text in [
            "",
            "(a | b",
            "(a | (b | c))",
            "a ...",
            "... b",
            "{x}",
            "{9-1} a",
            "a (|b)",
            "50%",
            "*",
        ] {
            assert!(PhraseBook::new(Lexicon::new()).add(text).is_err(), "{text}");
        }
    }
}
