//! Streets and towns that the gazetteer lacks, by how such names are spelled: words, and at
//! the end of a street what kind of one it is.

use super::automaton::{Automaton, State};
use super::listed::spellings;
use super::names;
use super::seen::Alphabet;
use super::signs::{Sign, sign_of};
use super::spelling::{Memory, Spelling, of_names};
use super::{ChangedBy, Value, Weighed};
use crate::domain::lattice::Lattice;

/// Spelled as names are, and by people who may not know how.
const ALPHABET: Alphabet = names::ALPHABET;
/// A town's name has another word so often after one. An estimate, as are those below.
const ANOTHER_WORD: f64 = 0.25;
/// After a word of a street's name it ends so often (BROADWAY),
const UNTYPED: f64 = 0.06;
/// and so often another follows (OLD MILL LANE); else comes what kind of street it is.
const ANOTHER_IN_STREET: f64 = 0.15;

/// Names of places that no list has.
#[derive(Debug)]
pub(super) struct Places {
    streets: Automaton,
    towns: Automaton,
}

impl Places {
    /// Spelled like these words; `kinds` are rows of [`spellings`]: the kinds of street.
    pub(super) fn new(spelling: &Spelling, kinds: &str) -> Self {
        Self {
            streets: streets(spelling, kinds),
            towns: of_names(spelling, Memory::Two, " -'", ANOTHER_WORD),
        }
    }

    pub(super) fn street(&self, lattice: &Lattice) -> Option<Weighed> {
        spelled(lattice, &self.streets)
    }

    pub(super) fn town(&self, lattice: &Lattice) -> Option<Weighed> {
        spelled(lattice, &self.towns)
    }
}

fn spelled(lattice: &Lattice, automaton: &Automaton) -> Option<Weighed> {
    let value = |signs: &[Sign], mass| vec![Value::spelled(signs, mass, ChangedBy::Spelling)];
    Weighed::of(lattice, ALPHABET, &names::CHANNEL, automaton, value)
}

fn streets(spelling: &Spelling, kinds: &str) -> Automaton {
    let mut automaton = Automaton::default();
    let space = sign_of(b' ').unwrap_or_default();
    let (between, before_kind) = (automaton.state(space), automaton.state(space));
    let entries: [(State, f64); 2] = [(Automaton::START, 1.0), (between, 1.0)];
    for (exit, ends) in spelling.words(&mut automaton, &entries, Memory::Two).exits {
        automaton.ends[exit as usize] = ends * UNTYPED;
        automaton.step(exit, between, ends * ANOTHER_IN_STREET);
        let typed = 1.0 - UNTYPED - ANOTHER_IN_STREET;
        automaton.step(exit, before_kind, ends * typed);
    }
    let kinds = spellings(kinds);
    let all: f64 = kinds.iter().map(|(.., share)| share).sum();
    for (kind, _, share) in kinds {
        let last = automaton.spell(before_kind, &kind, share / all);
        automaton.ends[last as usize] = 1.0;
    }
    automaton
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::embedded::STREETS;
    use crate::lexicon::signs::signs_of;

    fn places() -> Places {
        let words = ["KELDALE", "HOLMCROFT", "MILL", "LANGBY", "OLD"];
        let words: Vec<Vec<Sign>> = words.into_iter().filter_map(signs_of).collect();
        Places::new(&Spelling::of(words.iter().map(|word| &word[..])), STREETS)
    }

    /// Sure characters, but for those written as two: the likelier first.
    fn lattice(boxes: &[&str]) -> Lattice {
        let mut lattice = Lattice::default();
        for signs in boxes {
            let mut shares = [0.7, 0.3].into_iter();
            match *signs {
                " " => lattice.push([], Some(0.0)).unwrap(),
                one if one.len() == 1 => lattice
                    .push([(one.chars().next().unwrap(), -0.001)], None)
                    .unwrap(),
                two => lattice
                    .push(
                        two.chars()
                            .map(|sign| (sign, f64::ln(shares.next().unwrap()))),
                        None,
                    )
                    .unwrap(),
            }
        }
        lattice
    }

    #[test]
    fn a_digit_is_the_letter_that_it_looks_like() {
        let boxes = ["K", "E", "L", "D", "A", "L", "E", " ", "R", "0O", "A", "D"];
        let lattice = lattice(&boxes);
        for weighed in [places().street(&lattice), places().town(&lattice)] {
            let answer = weighed.unwrap().answer(&lattice.as_read().0);
            assert_eq!(answer.likely[0].value, "KELDALE ROAD");
            assert_eq!(answer.changed_by, Some(ChangedBy::Spelling));
        }
    }

    #[test]
    fn the_kind_of_street_is_one_that_there_is() {
        let boxes = ["H", "O", "L", "M", "C", "R", "O", "F", "T", " ", "R", "OD"];
        let answer = places().street(&lattice(&boxes)).unwrap().answer("");
        assert_eq!(answer.likely[0].value, "HOLMCROFT RD");
        assert!(answer.likely[0].probability.get() > 0.95);
        // A town does not end so.
        let answer = places().town(&lattice(&boxes)).unwrap().answer("");
        assert!(answer.likely[0].probability.get() < 0.95);
    }

    #[test]
    fn every_row_is_understood() {
        let kinds = spellings(STREETS);
        assert!(kinds.len() > STREETS.lines().count());
        assert!(
            kinds
                .iter()
                .all(|(signs, _, share)| !signs.is_empty() && *share > 0.0)
        );
        let automaton = places().streets;
        let weight = |text: &str| automaton.weight(&signs_of(text).unwrap());
        assert!(weight("MILL LANE") > weight("MILL LN") && weight("MILL LN") > 0.0);
        assert!(weight("OLD MILL") > 0.0 && weight("MILL R0AD") == 0.0);
    }
}
