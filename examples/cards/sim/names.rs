//! The names that people on cards bear: from lists, the commoner ones more often, and
//! some of them in no lexicon.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fs;
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use super::chance::Chance;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// So much of the weight of all names is in no lexicon: what a list of names lacks of those
/// that people bear. An estimate.
const UNKNOWN: f64 = 0.05;
/// A name of more than this share is in every lexicon.
const COMMON: f64 = 0.001;
/// What a surname weighs that is on the list but was not counted: like one that was counted
/// three times.
const UNCOUNTED: f64 = 3.0;
/// Names that were counted elsewhere, and are on no list of British surnames, have so much
/// of the weight of all.
const FROM_ELSEWHERE: f64 = 0.2;

/// Names with their weights.
pub struct Names {
    names: Vec<Name>,
    /// The weights of all names up to each.
    sums: Vec<f64>,
}

/// A name in capitals.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    pub text: String,
    weight: f64,
    /// Whether a lexicon has it.
    pub known: bool,
}

impl Names {
    /// First names, by births: `names/uk-first-names.csv` of a folder.
    pub fn first(folder: &Path) -> Result<Self> {
        Ok(Self::of(counted(&folder.join("names/uk-first-names.csv"))?))
    }

    /// Surnames: `names/surnames-uk.txt`, which has no counts, and with a smaller part
    /// `handprint/name-counts.csv`, which has.
    pub fn last(folder: &Path, first: &Self) -> Result<Self> {
        let counted = counted(&folder.join("handprint/name-counts.csv"))?;
        let counts: HashMap<&str, f64> = counted
            .iter()
            .map(|(name, count)| (name.as_str(), *count))
            .collect();
        let list = fs::read_to_string(folder.join("names/surnames-uk.txt"))?;
        let mut british: Vec<(String, f64)> = list
            .lines()
            .filter_map(capitals)
            .map(|name| {
                let count = counts.get(name.as_str()).copied();
                (name, UNCOUNTED + count.unwrap_or_default())
            })
            .collect();
        let is_british: HashSet<&str> = british.iter().map(|(name, _)| name.as_str()).collect();
        // Its labels are first names too, and `EMPTY` where a field was.
        let others = counted.iter().filter(|(name, _)| {
            let name = name.as_str();
            !is_british.contains(name) && !first.has(name) && name != "EMPTY" && name.len() > 2
        });
        let mut others: Vec<(String, f64)> = others.cloned().collect();
        let sum = |names: &[(String, f64)]| names.iter().map(|(_, weight)| weight).sum::<f64>();
        let scale = sum(&british) / sum(&others).max(1.0) * FROM_ELSEWHERE / (1.0 - FROM_ELSEWHERE);
        others.iter_mut().for_each(|(_, weight)| *weight *= scale);
        british.extend(others);
        Ok(Self::of(british))
    }

    /// Of names in capitals. Which of them no lexicon has follows from their text.
    pub fn of(mut weighted: Vec<(String, f64)>) -> Self {
        weighted.sort_by(|a, b| a.0.cmp(&b.0));
        weighted.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 += later.1;
            }
            same
        });
        let all: f64 = weighted.iter().map(|(_, weight)| weight).sum();
        let mut by_chance: Vec<(u64, usize)> = weighted
            .iter()
            .enumerate()
            .map(|(at, (name, _))| (hash(name), at))
            .collect();
        by_chance.sort_unstable();
        let names = weighted.into_iter().map(|(text, weight)| Name {
            text,
            weight,
            known: true,
        });
        let mut names: Vec<Name> = names.collect();
        let mut unknown = 0.0;
        for (_, at) in by_chance {
            let name = &mut names[at];
            if unknown < UNKNOWN * all && name.weight <= COMMON * all {
                name.known = false;
                unknown += name.weight;
            }
        }
        let mut sum = 0.0;
        let sums = names.iter().map(|name| {
            sum += name.weight;
            sum
        });
        Self {
            sums: sums.collect(),
            names,
        }
    }

    /// One of them.
    pub fn draw(&self, chance: &mut Chance) -> Name {
        let at = chance.share() * self.sums.last().copied().unwrap_or_default();
        let at = self.sums.partition_point(|sum| *sum <= at);
        self.names[at.min(self.names.len() - 1)].clone()
    }

    fn has(&self, name: &str) -> bool {
        let names = &self.names;
        names
            .binary_search_by(|known| known.text.as_str().cmp(name))
            .is_ok()
    }

    /// The lexicon: a line with name and count for each that one has.
    pub fn lexicon(&self) -> String {
        let known = self.names.iter().filter(|name| name.known);
        let lines = known.map(|name| format!("{},{}\n", name.text, name.weight.ceil()));
        std::iter::once("name,count\n".to_owned())
            .chain(lines)
            .collect()
    }

    /// How much of the weight no lexicon has.
    pub fn unknown(&self) -> f64 {
        let unknown = self.names.iter().filter(|name| !name.known);
        let weight: f64 = unknown.map(|name| name.weight).sum();
        weight / self.sums.last().copied().unwrap_or(1.0)
    }
}

/// The names of a table with a header, and their counts.
fn counted(file: &Path) -> Result<Vec<(String, f64)>> {
    let mut names = Vec::new();
    for row in csv::Reader::from_path(file)?.records() {
        let row = row?;
        let count = row.get(1).and_then(|count| count.parse().ok());
        names.extend(row.get(0).and_then(capitals).zip(count));
    }
    Ok(names)
}

/// A name as it is put in boxes, without accents; none of what no name is.
fn capitals(name: &str) -> Option<String> {
    let bare = name.trim().nfd();
    let bare: String = bare
        .filter(|sign| !matches!(sign, '\u{300}'..='\u{36f}'))
        .collect();
    let name = bare.to_uppercase();
    let sound = |sign: char| sign.is_ascii_uppercase() || "'- ".contains(sign);
    (name.len() > 1 && name.chars().all(sound)).then_some(name)
}

/// FNV-1a.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_unknown_as_was_said() {
        let names = (0..5000).map(|at| (format!("NAME{at}"), 1.0 + f64::from(at % 7)));
        let names = Names::of(names.collect());
        assert!(
            (names.unknown() - UNKNOWN).abs() < 0.001,
            "{}",
            names.unknown()
        );
        let chance = &mut Chance::new(3, 0);
        let drawn = (0..20_000).filter(|_| !names.draw(chance).known).count();
        assert!((800..1200).contains(&drawn), "{drawn}");
        let lexicon = names.lexicon();
        let known = |name: &Name| lexicon.contains(&format!("\n{},", name.text));
        assert!(names.names.iter().all(|name| known(name) == name.known));
    }

    #[test]
    fn common_names_are_drawn_more_often_and_always_known() {
        let mut weighted = vec![("SMITH".to_owned(), 500.0)];
        weighted.extend((0..500).map(|at| (format!("RARE{at}"), 1.0)));
        let names = Names::of(weighted);
        let chance = &mut Chance::new(4, 0);
        let drawn: Vec<Name> = (0..1000).map(|_| names.draw(chance)).collect();
        let smiths = drawn.iter().filter(|name| name.text == "SMITH");
        assert!((430..570).contains(&smiths.clone().count()));
        assert!(smiths.clone().all(|name| name.known));
    }

    #[test]
    fn names_are_capitals_or_none() {
        assert_eq!(capitals("O'Neill"), Some("O'NEILL".to_owned()));
        assert_eq!(capitals("Siân"), Some("SIAN".to_owned()));
        assert_eq!(capitals("Mc2"), None);
        assert_eq!(capitals("X"), None);
    }
}
