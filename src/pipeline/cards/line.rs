//! What is written on an open line, as a lattice: from the steps of the network that reads
//! lines to places of characters, each with all that may stand there.
//!
//! Method: connectionist temporal classification (Graves et al. 2006; what is `none` here is
//! its blank). The steps are cut into places where hardly any path holds one character across,
//! and within a place the paths of none, one and two characters are summed exactly.

use std::ops::Range;

use super::handwriting::{LEAST, log};
use crate::domain::handprint::{SIGNS, Step};
use crate::domain::lattice::{Lattice, LatticeError};
use crate::engines::line_reader::STEP;
use crate::imaging::line_picture::{LinePicture, ROWS};

/// A place in which no step gives a character so much says nothing. Estimates, this and the
/// next three, tried on the lines that training is checked with (November 2026).
const NOTHING: f64 = 0.05;
/// Two steps with no more than this in common are two places.
const APART: f64 = 0.02;
/// So much of all its paths none, one and two characters of a place must be; else it is cut.
const TOLD: f64 = 0.9;
/// Four fifths of the steps that the network learnt from hold nothing, and hardly one of a
/// hundred places: its word for nothing counts so much.
const NOTHING_COUNTS: f64 = 0.1;
/// Pairs of characters are looked for among so many of a place, and kept from this on.
const FOR_PAIRS: usize = 4;
const LEAST_PAIR: f64 = 1e-4;
/// A gap between characters is a space when it is wider than the line's median by about this
/// much, in heights of a capital, give or take: between the characters of the real names at
/// hand the gaps vary by 0.3, between two names they are wider by 0.9 and more (November 2026).
const SPACE: f64 = 0.55;
const SPACE_VARIES: f64 = 0.12;
/// Gaps that are less likely spaces are none; however wide, none may be meant so often.
const ANY_GAP: f64 = 0.03;
/// The usual gap where there are fewer than three to tell it, in the same measure.
const USUAL_GAP: f64 = 0.35;
/// Ink from which a pixel belongs to a character, of 255.
const INK: u8 = 80;

/// The lattice of a line of which the network gave these steps: a box for each place of a
/// character, and one for each gap that may be a space.
pub(super) fn lattice(steps: &[Step], picture: &LinePicture) -> Result<Lattice, LatticeError> {
    let places = places(steps);
    lattice_of(&places, &spaces(&places, picture), NOTHING_COUNTS)
}

/// The same of places, of the gaps behind them as spaces, and of how much nothing counts.
fn lattice_of(
    places: &[Place],
    spaces: &[f64],
    nothing_counts: f64,
) -> Result<Lattice, LatticeError> {
    let mut lattice = Lattice::default();
    for (at, place) in places.iter().enumerate() {
        let box_ = lattice.boxes();
        let likely = place.signs.iter().filter(|(_, share)| *share >= LEAST);
        lattice.push(likely.map(|(sign, share)| (*sign, log(*share))), None)?;
        lattice.skip(box_, log(nothing_counts * place.nothing))?;
        for (pair, share) in &place.pairs {
            lattice.two_in_one(box_, *pair, log(*share))?;
        }
        if let Some(space) = spaces.get(at).filter(|space| **space > ANY_GAP) {
            lattice.push([], Some(log(*space)))?;
            lattice.skip(lattice.boxes() - 1, log(1.0 - space))?;
        }
    }
    Ok(lattice)
}

/// A run of steps that may hold a character, or two that touch.
struct Place {
    at: Range<usize>,
    /// That no character stands there.
    nothing: f64,
    /// That each character stands there and no other.
    signs: Vec<(char, f64)>,
    /// The same of pairs, as far as they are worth it.
    pairs: Vec<([char; 2], f64)>,
}

/// Cuts the steps into places that none, one or two characters tell.
fn places(steps: &[Step]) -> Vec<Place> {
    let says = |at: usize| 1.0 - steps[at].none >= APART;
    let together = |at: usize| says(at) && in_common(&steps[at - 1], &steps[at]) > APART;
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(first) = (from..steps.len()).find(|at| says(*at)) {
        from = first + 1;
        while from < steps.len() && together(from) {
            from += 1;
        }
        if (first..from).any(|at| 1.0 - steps[at].none >= NOTHING) {
            cut(steps, first..from, &mut places);
        }
    }
    places
}

/// A run as one place; cut in two where its steps have the least in common, as long as more
/// than two characters stand in it.
fn cut(steps: &[Step], run: Range<usize>, places: &mut Vec<Place>) {
    let place = Place::of(steps, run.clone());
    let least = |a: &usize, b: &usize| {
        let [a, b] = [*a, *b].map(|at| in_common(&steps[at - 1], &steps[at]));
        a.total_cmp(&b)
    };
    match (run.start + 1..run.end).min_by(least) {
        Some(middle) if place.told() < TOLD => {
            cut(steps, run.start..middle, places);
            cut(steps, middle..run.end, places);
        }
        _ => places.push(place),
    }
}

fn in_common(one: &Step, other: &Step) -> f64 {
    let both = one.signs.iter().zip(&other.signs);
    both.map(|(a, b)| a.min(*b)).sum()
}

impl Place {
    fn of(steps: &[Step], at: Range<usize>) -> Self {
        let steps = &steps[at.clone()];
        let signs = (0..SIGNS.len()).map(|sign| (SIGNS[sign], path(steps, &[sign])));
        Self {
            at,
            nothing: steps.iter().map(|step| step.none).product(),
            signs: signs.collect(),
            pairs: pairs(steps),
        }
    }

    /// How much of all paths it knows of.
    fn told(&self) -> f64 {
        let signs: f64 = self.signs.iter().map(|(_, share)| share).sum();
        let pairs: f64 = self.pairs.iter().map(|(_, share)| share).sum();
        self.nothing + signs + pairs
    }

    /// The middle of the place in columns of the picture.
    fn middle(&self) -> usize {
        (self.at.start + self.at.end) * STEP / 2
    }
}

/// Pairs of characters that may stand in a run of steps.
fn pairs(steps: &[Step]) -> Vec<([char; 2], f64)> {
    if steps.len() < 2 {
        return Vec::new();
    }
    let most = |sign: &usize| {
        let shares = steps.iter().map(|step| step.signs[*sign]);
        shares.fold(0.0, f64::max)
    };
    let mut signs: Vec<usize> = (0..SIGNS.len()).collect();
    signs.sort_by(|a, b| most(b).total_cmp(&most(a)));
    signs.truncate(FOR_PAIRS);
    let pairs = signs
        .iter()
        .flat_map(|a| signs.iter().map(move |b| [*a, *b]));
    let likely = pairs.filter_map(|pair| {
        let share = path(steps, &pair);
        (share >= LEAST_PAIR).then(|| (pair.map(|sign| SIGNS[sign]), share))
    });
    likely.collect()
}

/// The sum of all paths through steps that spell these characters and no other: each over one
/// or several steps in a row, with none between equal ones (the forward half of Graves' method).
fn path(steps: &[Step], signs: &[usize]) -> f64 {
    // Before, in and after each character.
    let states = 2 * signs.len() + 1;
    let mut now = vec![0.0; states];
    now[0] = 1.0;
    for step in steps {
        let next = (0..states).map(|state| {
            let before = |back: usize| state.checked_sub(back).map_or(0.0, |at| now[at]);
            if state % 2 == 0 {
                step.none * (before(0) + before(1))
            } else {
                let at = state / 2;
                let differs = at > 0 && signs[at] != signs[at - 1];
                let over = if differs { before(2) } else { 0.0 };
                step.signs[signs[at]] * (before(0) + before(1) + over)
            }
        });
        let next: Vec<f64> = next.collect();
        now = next;
    }
    now[states - 1] + now[states - 2]
}

/// How likely the gap after each place is a space.
fn spaces(places: &[Place], picture: &LinePicture) -> Vec<f64> {
    let inked: Vec<Option<Range<usize>>> = (0..picture.width).map(|x| extent(picture, x)).collect();
    let heights = inked.iter().flatten().map(|rows| rows.len() as f64);
    let capital = part(heights.collect(), 0.9).max(1.0);
    let gaps = places.windows(2).map(|two| {
        let between = two[0].middle().min(inked.len())..two[1].middle().min(inked.len());
        let runs = inked[between].split(Option::is_some);
        runs.map(<[_]>::len).max().unwrap_or_default() as f64 / capital
    });
    let gaps: Vec<f64> = gaps.collect();
    // Characters that touch say nothing of how far apart they are written.
    let apart: Vec<f64> = gaps.iter().copied().filter(|gap| *gap > 0.0).collect();
    let usual = if apart.len() < 3 {
        USUAL_GAP
    } else {
        part(apart, 0.5)
    };
    let space = |gap: &f64| {
        let wider = (gap - usual - SPACE) / SPACE_VARIES;
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

    /// A line of so many steps, all of this ink.
    fn picture(steps: usize, ink: u8) -> LinePicture {
        LinePicture {
            width: steps * STEP,
            ink: vec![ink; steps * STEP * ROWS],
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
        let lattice = lattice(&line, &picture(line.len(), 255)).unwrap();
        assert_eq!(lattice.as_read().0, "LLI");
    }

    #[test]
    fn characters_that_touch_are_not_lost() {
        let sure = |sign| step(&[(sign, 0.97)]);
        // Each leans into the next: no two steps have nothing in common.
        let leans = |sign, next| step(&[(sign, 0.8), (next, 0.15)]);
        for text in ["ILY", "WILMA", "LLLL"] {
            let signs: Vec<char> = text.chars().collect();
            let mut line = Vec::new();
            for two in signs.windows(2) {
                line.push(sure(two[0]));
                match two[0] == two[1] {
                    true => line.push(step(&[(two[0], 0.05)])),
                    false => line.push(leans(two[0], two[1])),
                }
            }
            line.push(sure(signs[signs.len() - 1]));
            let lattice = lattice(&line, &picture(line.len(), 255)).unwrap();
            assert_eq!(lattice.as_read().0, text);
            assert!(lattice.emptiness() < 1e-3, "{text}");
        }
    }

    /// A line of strokes 12 rows high that begin in these columns, one to a character.
    fn drawn(text: &str, columns: &[usize]) -> (Vec<Step>, LinePicture) {
        let width = columns[columns.len() - 1] + 16;
        let mut picture = picture(width.div_ceil(STEP), 0);
        let mut steps = vec![step(&[]); width.div_ceil(STEP)];
        for (sign, column) in text.chars().zip(columns) {
            for row in 18..30 {
                let at = row * picture.width + column;
                picture.ink[at..at + 8].fill(255);
            }
            steps[(column + 4) / STEP] = step(&[(sign, 0.98)]);
        }
        (steps, picture)
    }

    #[test]
    fn a_wide_gap_is_a_space_and_others_are_none() {
        for (text, columns, read) in [
            ("JSMITH", &[8, 40, 52, 64, 76, 88][..], "J SMITH"),
            ("ANNA", &[8, 20, 32, 44], "ANNA"),
            ("JO", &[8, 20], "JO"),
            ("JO", &[8, 44], "J O"),
            // The first two touch.
            ("ANLEE", &[8, 16, 48, 60, 72], "AN LEE"),
        ] {
            let (steps, picture) = drawn(text, columns);
            assert_eq!(
                lattice(&steps, &picture).unwrap().as_read().0,
                read,
                "{columns:?}"
            );
        }
        let (steps, picture) = drawn("ANNA", &[8, 20, 32, 44]);
        let boxes = lattice(&steps, &picture).unwrap().boxes();
        assert_eq!(boxes, 4, "usual gaps have no box");
    }

    proptest! {
        /// What the lattice gives a text is what all paths of the network give it, but for what
        /// goes over a cut, or into three and more characters of a place.
        #[test]
        fn the_lattice_is_the_sum_of_all_paths(
            line in prop::collection::vec(
                prop::collection::vec((prop::sample::select(vec!['A', 'B', 'C']), 0.0..0.33_f64), 0..3),
                1..7,
            )
        ) {
            let steps: Vec<Step> = line.iter().map(|signs| step(signs)).collect();
            let places = places(&steps);
            let lattice = lattice_of(&places, &[], 1.0).unwrap();
            let (found, expected) = (texts(&lattice), spelled(&steps));
            let all: std::collections::BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
            let off: f64 = all
                .into_iter()
                .map(|text| {
                    let share = |of: &BTreeMap<String, f64>| of.get(text).copied().unwrap_or_default();
                    (share(&found) - share(&expected)).abs()
                })
                .sum();
            let untold: f64 = places.iter().map(|place| (1.0 - place.told()).max(0.0)).sum();
            let cuts: f64 = (1..steps.len())
                .filter(|at| !places.iter().any(|place| place.at.contains(&(at - 1)) && place.at.contains(at)))
                .map(|at| in_common(&steps[at - 1], &steps[at]) + APART)
                .sum();
            let unheard: f64 = (0..steps.len())
                .filter(|at| !places.iter().any(|place| place.at.contains(at)))
                .map(|at| 1.0 - steps[at].none)
                .sum();
            prop_assert!(off <= 2.0 * (untold + cuts + unheard) + 0.01, "{off} of {untold} {cuts} {unheard}");
        }
    }
}
