//! The file of a classifier: lines of text, so that a person can see which words speak for what.
//!
//! ```text
//! postroom-topics <tab> 1 <tab> BLAKE3 of all that follows this line, in hexadecimal
//! topics          <tab> billing <tab> delivery ...
//! threshold       <tab> 0.81
//! constants       <tab> one number for each topic
//! a word or pair  <tab> its rarity <tab> one weight for each topic
//! ```

use std::collections::HashMap;
use std::str::{FromStr, Lines};

use crate::domain::identity::Digest;

use super::{Classifier, Term};

/// What the first line begins with.
const NAME: &str = "postroom-topics";

/// The layout that this program reads.
const VERSION: &str = "1";

/// No number of an honest model is larger; sums of such numbers stay numbers.
const LARGEST: f64 = 1e6;

/// A classifier that cannot be used: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClassifierError {
    /// Another kind of file.
    #[error("this is no model of topics; name a file that `scripts/train/topics` wrote")]
    NotAModel,
    /// A layout of another program.
    #[error(
        "its layout is version '{0}', this program reads version 1; train it again with this \
         version's `scripts/train/topics`"
    )]
    Version(String),
    /// It was changed or cut short.
    #[error(
        "its checksum does not fit: it was changed or cut short; copy it again, or train it again"
    )]
    Damaged,
    /// Its checksum fits, and it makes no sense.
    #[error("line {line}: {what}; train it again with `scripts/train/topics`")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// It names a topic that the rules do not have.
    #[error(
        "it names the topic '{topic}', which the rules do not have; they have {known}. Train it with \
         their names, or add the topic to the rules"
    )]
    UnknownTopic {
        /// The model's topic.
        topic: String,
        /// The rules' topics.
        known: String,
    },
}

/// The model of a file's bytes.
pub(super) fn parse(bytes: &[u8]) -> Result<Classifier, ClassifierError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ClassifierError::NotAModel)?;
    let (head, rest) = text.split_once('\n').ok_or(ClassifierError::NotAModel)?;
    let mut head = head.trim_end_matches('\r').split('\t');
    if head.next() != Some(NAME) {
        return Err(ClassifierError::NotAModel);
    }
    match head.next() {
        Some(VERSION) => {}
        other => {
            return Err(ClassifierError::Version(
                other.unwrap_or_default().to_owned(),
            ));
        }
    }
    let kept = Digest::of(rest.as_bytes()).to_string();
    if head.next() != Some(kept.as_str()) {
        return Err(ClassifierError::Damaged);
    }
    let mut reader = Reader {
        lines: rest.lines(),
        line: 1,
    };
    reader.classifier(Digest::of(bytes))
}

/// The lines after the first.
struct Reader<'a> {
    lines: Lines<'a>,
    /// The number of the line that was read last.
    line: usize,
}

impl<'a> Reader<'a> {
    fn classifier(&mut self, digest: Digest) -> Result<Classifier, ClassifierError> {
        let topics = self.topics()?;
        let threshold = self.named("threshold")?;
        let threshold = self.numbers::<f64>(&threshold, 1)?[0];
        if !(0.0..=1.0).contains(&threshold) {
            return Err(self.wrong("the threshold is no probability"));
        }
        let constants = self.named("constants")?;
        let constants = self.numbers(&constants, topics.len())?;
        let (mut terms, mut weights) = (HashMap::new(), Vec::new());
        while let Some(cells) = self.next() {
            let (name, numbers) = (cells[0], &cells[1..]);
            let Some((rarity, of_topics)) = numbers.split_first() else {
                return Err(self.wrong("a word without its numbers"));
            };
            let term = Term {
                rarity: self.number(rarity)?,
                row: terms.len(),
            };
            if term.rarity <= 0.0 {
                return Err(self.wrong("a word's rarity is above 0"));
            }
            weights.extend(self.numbers::<f32>(of_topics, topics.len())?);
            if name.is_empty() || terms.insert(name.into(), term).is_some() {
                return Err(self.wrong("a word that is none, or there twice"));
            }
        }
        Ok(Classifier {
            digest,
            topics,
            threshold,
            constants,
            terms,
            weights,
        })
    }

    fn topics(&mut self) -> Result<Vec<String>, ClassifierError> {
        let named = self.named("topics")?;
        let mut topics: Vec<String> = Vec::new();
        for name in named {
            if name.trim().is_empty() || topics.iter().any(|other| other == name) {
                return Err(self.wrong("a topic without a name, or there twice"));
            }
            topics.push(name.to_owned());
        }
        match topics.len() {
            0 | 1 => Err(self.wrong("there are fewer than two topics to tell apart")),
            _ => Ok(topics),
        }
    }

    fn next(&mut self) -> Option<Vec<&'a str>> {
        let line = self.lines.next()?;
        self.line += 1;
        Some(line.split('\t').collect())
    }

    /// The cells of the line that has to begin with this word.
    fn named(&mut self, name: &str) -> Result<Vec<&'a str>, ClassifierError> {
        let cells = self.next().unwrap_or_default();
        match cells.split_first() {
            Some((first, rest)) if *first == name => Ok(rest.to_vec()),
            _ => Err(self.wrong(&format!("the line '{name}' is missing"))),
        }
    }

    fn numbers<T: FromStr + Into<f64> + Copy>(
        &self,
        cells: &[&str],
        wanted: usize,
    ) -> Result<Vec<T>, ClassifierError> {
        if cells.len() != wanted {
            let there = cells.len();
            return Err(self.wrong(&format!("{wanted} numbers are wanted, {there} are there")));
        }
        cells.iter().map(|cell| self.number(cell)).collect()
    }

    fn number<T: FromStr + Into<f64> + Copy>(&self, cell: &str) -> Result<T, ClassifierError> {
        let value = cell.parse::<T>().ok();
        // NaN is not within either.
        let value = value.filter(|value| (-LARGEST..=LARGEST).contains(&(*value).into()));
        value.ok_or_else(|| self.wrong("something that is no number, or too large a one"))
    }

    fn wrong(&self, what: &str) -> ClassifierError {
        ClassifierError::Line {
            line: self.line,
            what: what.to_owned(),
        }
    }
}
