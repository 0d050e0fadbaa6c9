//! What a document is mainly about: the topic with the strongest evidence, or the
//! last one when no evidence is firm. Never a guess.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::domain::case::Reasoned;

use super::phrase::{PhraseBook, PhraseId};
use super::places::{Layout, Mention};

/// The most phrases that a reason names; the rest are counted.
const NAMED_PHRASES: usize = 5;

/// A topic with the phrases that speak for and against it.
#[derive(Debug)]
pub(super) struct Topic {
    /// Its name.
    pub(super) name: String,
    /// Whether a tie that the file's order gives it is its own for good: no classifier is asked.
    pub(super) keeps_ties: bool,
    /// Its phrases, and the group each belongs to.
    pub(super) says: HashMap<PhraseId, usize>,
    /// The groups.
    pub(super) groups: Vec<Group>,
}

/// Phrases of one weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// What each counts; below zero it speaks against the topic.
    pub(super) weight: i32,
    /// What all of them together count, at most: what every letter says ("please tell
    /// me") must not outweigh what only some say.
    pub(super) at_most: i32,
}

/// All topics, the first of equals first, the one for everything else last.
#[derive(Debug)]
pub(super) struct Topics {
    /// At least one.
    pub(super) list: Vec<Topic>,
    /// The least score of a topic.
    pub(super) firm: i32,
    /// Scores this close are equal.
    pub(super) margin: i32,
}

/// The topic that the phrases name, and how sure they are of it.
#[derive(Debug)]
pub(super) struct Finding {
    /// The topic with its reason.
    pub(super) topic: Reasoned<String>,
    /// How sure.
    pub(super) evidence: Evidence,
}

/// How sure the phrases are of a topic.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// One topic is firm and no other comes near it, or it keeps its ties.
    Clear,
    /// These are firm and equal; the order of the file decided.
    Tied(Vec<String>),
    /// No topic is firm.
    Nothing,
}

/// A phrase that counted.
struct Counted<'a> {
    mention: &'a Mention,
    group: usize,
    points: i32,
}

/// A topic's evidence in one document.
struct Score<'a> {
    topic: &'a Topic,
    points: i32,
    counted: Vec<Counted<'a>>,
}

impl Topics {
    /// The topic of a document.
    pub(super) fn choose(
        &self,
        book: &PhraseBook,
        layout: &Layout,
        mentions: &[Mention],
    ) -> Finding {
        let scores: Vec<Score<'_>> = self
            .list
            .iter()
            .map(|topic| topic.score(layout, mentions))
            .collect();
        let most = scores.iter().map(|s| s.points).max().unwrap_or(0);
        let firm = |s: &&Score<'_>| s.points >= self.firm && most - s.points < self.margin;
        let equals: Vec<&Score<'_>> = scores.iter().filter(firm).collect();
        let Some(chosen) = equals.first() else {
            return Finding {
                topic: self.otherwise(&scores),
                evidence: Evidence::Nothing,
            };
        };
        let name = |score: &&Score<'_>| score.topic.name.clone();
        Finding {
            topic: Reasoned::new(name(chosen), self.why(book, chosen, &scores)),
            evidence: match equals.len() {
                1 => Evidence::Clear,
                _ if chosen.topic.keeps_ties => Evidence::Clear,
                _ => Evidence::Tied(equals.iter().map(name).collect()),
            },
        }
    }

    fn why(&self, book: &PhraseBook, chosen: &Score<'_>, scores: &[Score<'_>]) -> String {
        let mut why = format!(
            "{} {}: {}",
            chosen.topic.name,
            chosen.points,
            named(book, &chosen.counted)
        );
        let others = scores.iter().filter(|s| s.topic.name != chosen.topic.name);
        if let Some(next) = others.max_by_key(|s| s.points).filter(|s| s.points > 0) {
            why.push_str(&format!("; next {} {}", next.topic.name, next.points));
            if chosen.points - next.points < self.margin {
                why.push_str(", a tie, decided by the order of the topics");
            }
        }
        why
    }

    fn otherwise(&self, scores: &[Score<'_>]) -> Reasoned<String> {
        let name = self.list.last().map_or("", |topic| topic.name.as_str());
        let best = scores
            .iter()
            .filter(|s| s.points > 0)
            .max_by_key(|s| s.points);
        let why = match best {
            Some(best) => format!(
                "nothing firm: the best is {} {}, {} is needed",
                best.topic.name, best.points, self.firm
            ),
            None => "no phrase of any topic".to_owned(),
        };
        Reasoned::new(name.to_owned(), why)
    }
}

impl Topic {
    /// The heaviest mentions first; one that shares words with, or repeats, a heavier
    /// one adds nothing.
    fn score<'a>(&'a self, layout: &Layout, mentions: &'a [Mention]) -> Score<'a> {
        let count = |mention: &'a Mention| {
            let group = *self.says.get(&mention.said.phrase)?;
            let points = self.groups[group].weight * layout.weight(mention.place);
            (points != 0).then_some(Counted {
                mention,
                group,
                points,
            })
        };
        let mut heard: Vec<Counted<'a>> = mentions
            .iter()
            .filter(|mention| !mention.disowned)
            .filter_map(count)
            .collect();
        heard.sort_by_key(|c| Reverse(c.points.abs()));
        let mut counted: Vec<Counted<'a>> = Vec::new();
        for one in heard {
            let known = |c: &Counted<'_>| {
                c.mention.said.phrase == one.mention.said.phrase || c.mention.overlaps(one.mention)
            };
            if !counted.iter().any(known) {
                counted.push(one);
            }
        }
        Score {
            topic: self,
            points: self.sum(&counted),
            counted,
        }
    }

    /// All points, those of each group up to its cap.
    fn sum(&self, counted: &[Counted<'_>]) -> i32 {
        let of_group = |(at, group): (usize, &Group)| -> i32 {
            let own = counted.iter().filter(|c| c.group == at);
            own.map(|c| c.points).sum::<i32>().min(group.at_most)
        };
        self.groups.iter().enumerate().map(of_group).sum()
    }
}

fn named(book: &PhraseBook, counted: &[Counted<'_>]) -> String {
    let name = |c: &Counted<'_>| {
        let place = c.mention.place.name();
        format!(
            "'{}' ({place}, {:+})",
            book.wording(&c.mention.said),
            c.points
        )
    };
    let mut names: Vec<String> = counted.iter().take(NAMED_PHRASES).map(name).collect();
    if counted.len() > NAMED_PHRASES {
        names.push(format!("{} more", counted.len() - NAMED_PHRASES));
    }
    names.join(", ")
}
