//! What is written on an open line, as a lattice: from the steps of the network that reads
//! lines to places of characters, each with all that may stand there.
//!
//! Method: the paths of connectionist temporal classification (Graves et al. 2006), summed
//! exactly within each place: a place is a run of steps between which no path of any weight
//! holds one character across.

use std::ops::Range;

use crate::domain::handprint::{SIGNS, Step};
use crate::domain::lattice::{Lattice, LatticeError};
use crate::engines::line_reader::STEP;
use crate::imaging::line_picture::{LinePicture, ROWS};

/// A step where a character is no likelier than this says nothing: at 0.02 one character
/// in 10,000 would be overlooked that the network takes for none.
const NOTHING: f64 = 0.02;
/// Two steps with no more than this in common are two places.
const APART: f64 = 0.02;
/// What is less likely is left out of a place.
const LEAST: f64 = 1e-6;
/// Pairs of characters are looked for among so many of a place, and kept from this on.
const FOR_PAIRS: usize = 4;
const LEAST_PAIR: f64 = 1e-4;
/// A gap between characters is a space when it is wider than the line's median by about this
/// much, in heights of a capital, give or take: between the characters of the real names at
/// hand the gaps vary by 0.3, between two names they are wider by 0.9 and more (November 2026).
const SPACE: f64 = 0.55;
const SPACE_VARIES: f64 = 0.12;
/// Gaps that are less likely spaces are none; however wide, none may be meant so often.
const ANY_GAP: f64 = 0.01;
/// Ink from which a pixel belongs to a character, of 255.
const INK: u8 = 80;

/// The lattice of a line of which the network gave these steps: a box for each place of a
/// character, and one for each gap that may be a space.
pub(super) fn lattice(steps: &[Step], picture: &LinePicture) -> Result<Lattice, LatticeError> {
    let places: Vec<Place<'_>> = places(steps).map(|at| Place { steps, at }).collect();
    let spaces = spaces(&places, picture);
    let mut lattice = Lattice::default();
    for (number, place) in places.iter().enumerate() {
        let box_ = lattice.boxes();
        let signs = place.signs();
        let likely = signs.iter().filter(|(_, share)| *share >= LEAST);
        lattice.push(likely.map(|(sign, share)| (*sign, log(*share))), None)?;
        lattice.skip(box_, log(place.nothing()))?;
        for (pair, share) in place.pairs(&signs) {
            lattice.two_in_one(box_, pair, log(share))?;
        }
        if let Some(space) = spaces.get(number).filter(|space| **space > ANY_GAP) {
            lattice.push([], Some(log(*space)))?;
            lattice.skip(lattice.boxes() - 1, log(1.0 - space))?;
        }
    }
    Ok(lattice)
}

/// Runs of steps that may hold a character, or two that touch.
fn places(steps: &[Step]) -> impl Iterator<Item = Range<usize>> + '_ {
    let says = |at: &usize| 1.0 - steps[*at].none >= NOTHING;
    let mut from = 0;
    std::iter::from_fn(move || {
        from = (from..steps.len()).find(says)?;
        let first = from;
        from += 1;
        while from < steps.len() && says(&from) && in_common(&steps[from - 1], &steps[from]) > APART
        {
            from += 1;
        }
        Some(first..from)
    })
}

fn in_common(one: &Step, other: &Step) -> f64 {
    let both = one.signs.iter().zip(&other.signs);
    both.map(|(a, b)| a.min(*b)).sum()
}

/// A run of steps.
struct Place<'a> {
    steps: &'a [Step],
    at: Range<usize>,
}

impl Place<'_> {
    /// That no character stands there.
    fn nothing(&self) -> f64 {
        let steps = &self.steps[self.at.clone()];
        steps.iter().map(|step| step.none).product()
    }

    /// That each character stands there and no other: over one or several steps in a row,
    /// with none before and behind.
    fn signs(&self) -> Vec<(char, f64)> {
        let numbers = 0..SIGNS.len();
        let with = |number: usize| (SIGNS[number], self.path(&[number]));
        numbers.map(with).collect()
    }

    /// The same of pairs, as far as they are worth it.
    fn pairs(&self, signs: &[(char, f64)]) -> Vec<([char; 2], f64)> {
        if self.at.len() < 2 {
            return Vec::new();
        }
        let most = |number: &usize| {
            let steps = self.steps[self.at.clone()].iter();
            steps.map(|step| step.signs[*number]).fold(0.0, f64::max)
        };
        let mut numbers: Vec<usize> = (0..signs.len()).collect();
        numbers.sort_by(|a, b| most(b).total_cmp(&most(a)));
        numbers.truncate(FOR_PAIRS);
        let pairs = numbers
            .iter()
            .flat_map(|a| numbers.iter().map(move |b| [*a, *b]));
        let likely = pairs.filter_map(|pair| {
            let share = self.path(&pair);
            (share >= LEAST_PAIR).then(|| (pair.map(|number| SIGNS[number]), share))
        });
        likely.collect()
    }

    /// The sum of all paths that spell these characters (the forward half of Graves' method).
    fn path(&self, signs: &[usize]) -> f64 {
        // Before, in and after each character.
        let states = 2 * signs.len() + 1;
        let mut now = vec![0.0; states];
        now[0] = 1.0;
        for step in &self.steps[self.at.clone()] {
            let mut next = vec![0.0; states];
            for state in 0..states {
                let before = |back: usize| state.checked_sub(back).map_or(0.0, |at| now[at]);
                next[state] = if state % 2 == 0 {
                    step.none * (before(0) + before(1))
                } else {
                    let number = state / 2;
                    let differs = number > 0 && signs[number] != signs[number - 1];
                    let skips = if differs { before(2) } else { 0.0 };
                    step.signs[signs[number]] * (before(0) + before(1) + skips)
                };
            }
            now = next;
        }
        now[states - 1] + now[states - 2]
    }

    /// The middle of the place in columns of the picture.
    fn middle(&self) -> usize {
        (self.at.start + self.at.end) * STEP / 2
    }
}

/// Rounding may bring a sum of shares above 1.
fn log(share: f64) -> f64 {
    share.max(LEAST * LEAST).ln().min(0.0)
}

/// How likely the gap after each place is a space.
fn spaces(places: &[Place<'_>], picture: &LinePicture) -> Vec<f64> {
    let inked: Vec<Option<Range<usize>>> = (0..picture.width).map(|x| extent(picture, x)).collect();
    let gaps = places.windows(2).map(|two| {
        let between = two[0].middle().min(inked.len())..two[1].middle().min(inked.len());
        let runs = inked[between].split(Option::is_some);
        runs.map(<[_]>::len).max().unwrap_or_default() as f64
    });
    let gaps: Vec<f64> = gaps.collect();
    let heights = inked.iter().flatten().map(|rows| rows.len() as f64);
    let capital = part(heights.collect(), 0.9).max(1.0);
    let usual = part(gaps.clone(), 0.5);
    let space = |gap: &f64| {
        let wider = ((gap - usual) / capital - SPACE) / SPACE_VARIES;
        (1.0 / (1.0 + (-wider).exp())).min(1.0 - ANY_GAP)
    };
    gaps.iter().map(space).collect()
}

/// The rows of a column from its first to its last ink.
fn extent(picture: &LinePicture, column: usize) -> Option<Range<usize>> {
    let ink = |row: &usize| picture.ink[row * picture.width + column] >= INK;
    let first = (0..ROWS).find(ink)?;
    let last = (0..ROWS).rfind(ink)?;
    Some(first..last + 1)
}

/// What so large a part of the values is below; 0 of none.
fn part(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * share) as usize;
    values.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::lattice::Label;
    use proptest::prelude::*;

    /// A step by what may stand there; the rest is none.
    fn step(signs: &[(char, f64)]) -> Step {
        let mut step = Step {
            signs: [0.0; SIGNS.len()],
            none: 1.0,
        };
        for (sign, share) in signs {
            let at = SIGNS.iter().position(|one| one == sign).unwrap();
            step.signs[at] += share;
            step.none -= share;
        }
        step
    }

    fn paper(steps: usize) -> LinePicture {
        LinePicture {
            width: steps * STEP,
            ink: vec![0; steps * STEP * ROWS],
            from: 0,
        }
    }

    /// What each text without its spaces comes to over all paths through a lattice.
    fn texts(lattice: &Lattice) -> BTreeMap<String, f64> {
        let mut at: Vec<BTreeMap<String, f64>> = vec![BTreeMap::new(); lattice.nodes()];
        at[0].insert(String::new(), 1.0);
        for node in lattice.in_order() {
            for edge in lattice.edges().iter().filter(|edge| edge.from == node) {
                for (text, share) in at[node].clone() {
                    let text = match edge.label {
                        Label::Sign(sign) => format!("{text}{sign}"),
                        Label::Blank | Label::Skipped => text,
                    };
                    *at[edge.to].entry(text).or_default() += share * edge.log.exp();
                }
            }
        }
        at.swap_remove(*lattice.bounds().last().unwrap())
    }

    /// What each text comes to over all ways to label the steps, repeats being one.
    fn spelled(steps: &[Step]) -> BTreeMap<String, f64> {
        let mut ways: BTreeMap<(String, Option<usize>), f64> = BTreeMap::new();
        ways.insert((String::new(), None), 1.0);
        for step in steps {
            let mut next: BTreeMap<(String, Option<usize>), f64> = BTreeMap::new();
            for ((text, last), share) in &ways {
                *next.entry((text.clone(), None)).or_default() += share * step.none;
                for (number, sign) in SIGNS.iter().enumerate() {
                    let share = share * step.signs[number];
                    if share > 0.0 {
                        let text = match *last == Some(number) {
                            true => text.clone(),
                            false => format!("{text}{sign}"),
                        };
                        *next.entry((text, Some(number))).or_default() += share;
                    }
                }
            }
            ways = next;
        }
        let mut texts = BTreeMap::new();
        for ((text, _), share) in ways {
            *texts.entry(text).or_default() += share;
        }
        texts
    }

    #[test]
    fn a_character_over_several_steps_is_one_and_a_double_is_two() {
        let none = step(&[]);
        let l = || step(&[('L', 0.95)]);
        let line = [
            none.clone(),
            l(),
            l(),
            none.clone(),
            l(),
            step(&[('I', 0.9)]),
            none,
        ];
        let lattice = lattice(&line, &paper(line.len())).unwrap();
        assert_eq!(lattice.as_read().0, "LLI");
    }

    proptest! {
        /// Of one or two characters to a place nothing is lost: what the lattice gives a text
        /// is what all paths of the network give it.
        #[test]
        fn the_lattice_is_the_sum_of_all_paths(
            line in prop::collection::vec(
                prop::collection::vec((prop::sample::select(vec!['A', 'B', 'C']), 0.0..0.33_f64), 0..3),
                1..6,
            )
        ) {
            let steps: Vec<Step> = line.iter().map(|signs| step(signs)).collect();
            let within = places(&steps).all(|place| place.len() <= 2);
            prop_assume!(within);
            let lattice = lattice(&steps, &paper(steps.len())).unwrap();
            let (found, expected) = (texts(&lattice), spelled(&steps));
            for (text, share) in expected {
                let found = found.get(&text).copied().unwrap_or_default();
                prop_assert!((found - share).abs() < 0.06, "{text}: {found} {share}");
            }
        }
    }
}
