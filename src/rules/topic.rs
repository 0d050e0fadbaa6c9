//! What a document is mainly about: the topic with the strongest evidence, or the
//! last one when no evidence is firm. Never a guess.

use std::cmp::Reverse;

use crate::domain::case::Reasoned;

use super::phrase::{PhraseBook, PhraseId};
use super::places::{Layout, Mention, Place};

/// The most phrases that a reason names; the rest are counted.
const NAMED_PHRASES: usize = 5;

/// A topic with the phrases that speak for and against it.
#[derive(Debug)]
pub(super) struct Topic {
    /// Its name.
    pub(super) name: String,
    /// Phrase and weight; below zero it speaks against.
    pub(super) says: Vec<(PhraseId, i32)>,
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

/// A phrase that counted.
struct Counted {
    phrase: PhraseId,
    place: Place,
    points: i32,
}

/// A topic's evidence in one document.
struct Score<'a> {
    topic: &'a Topic,
    points: i32,
    counted: Vec<Counted>,
}

impl Topics {
    /// The topic of a document.
    pub(super) fn choose(
        &self,
        book: &PhraseBook,
        layout: &Layout,
        mentions: &[Mention],
    ) -> Reasoned<String> {
        let best_places = best_places(book, layout, mentions);
        let scores: Vec<Score<'_>> = self
            .list
            .iter()
            .map(|t| t.score(layout, &best_places))
            .collect();
        let most = scores.iter().map(|s| s.points).max().unwrap_or(0);
        let firm = |s: &&Score<'_>| s.points >= self.firm && most - s.points < self.margin;
        match scores.iter().find(firm) {
            Some(chosen) => {
                Reasoned::new(chosen.topic.name.clone(), self.why(book, chosen, &scores))
            }
            None => self.otherwise(&scores),
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
    fn score(&self, layout: &Layout, best_places: &[Option<Place>]) -> Score<'_> {
        let mut counted: Vec<Counted> = Vec::new();
        for &(phrase, weight) in &self.says {
            if let Some(place) = best_places[phrase.index()] {
                let points = weight * layout.weight(place);
                counted.push(Counted {
                    phrase,
                    place,
                    points,
                });
            }
        }
        counted.sort_by_key(|c| Reverse(c.points.abs()));
        Score {
            topic: self,
            points: counted.iter().map(|c| c.points).sum(),
            counted,
        }
    }
}

/// For every phrase the place where it weighs most: saying it often adds nothing.
fn best_places(book: &PhraseBook, layout: &Layout, mentions: &[Mention]) -> Vec<Option<Place>> {
    let mut best: Vec<Option<Place>> = vec![None; book.len()];
    for mention in mentions.iter().filter(|m| !m.disowned) {
        let known = &mut best[mention.said.phrase.index()];
        let weight = layout.weight(mention.place);
        if weight > known.map_or(0, |place| layout.weight(place)) {
            *known = Some(mention.place);
        }
    }
    best
}

fn named(book: &PhraseBook, counted: &[Counted]) -> String {
    let mut names: Vec<String> = counted
        .iter()
        .take(NAMED_PHRASES)
        .map(|c| {
            format!(
                "'{}' ({}, {:+})",
                book.text(c.phrase),
                c.place.name(),
                c.points
            )
        })
        .collect();
    if counted.len() > NAMED_PHRASES {
        names.push(format!("{} more", counted.len() - NAMED_PHRASES));
    }
    names.join(", ")
}
