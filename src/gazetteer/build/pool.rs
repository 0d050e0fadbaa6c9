//! Distinct names, numbered as they come and sorted at the end.

use std::collections::HashMap;

use super::{put, small};
use crate::gazetteer::fold::{fold, shown};

/// Names that are the same but for their dress count once, as first written.
#[derive(Debug, Default)]
pub(super) struct Pool {
    numbers: HashMap<Box<str>, u32>,
    shown: Vec<Box<str>>,
}

/// A pool as the file holds it.
pub(super) struct Sorted {
    /// Ends of folded and shown text, folded text, shown text.
    pub(super) sections: [Vec<u8>; 3],
    /// The place of each number.
    pub(super) places: Vec<u32>,
}

impl Pool {
    /// The number of a name; none when it has no letter or digit.
    pub(super) fn number(&mut self, name: &str) -> Option<u32> {
        let folded = fold(name);
        if folded.is_empty() {
            return None;
        }
        if let Some(number) = self.numbers.get(folded.as_str()) {
            return Some(*number);
        }
        let number = small(self.shown.len());
        self.numbers.insert(folded.into(), number);
        self.shown.push(shown(name.trim()).into());
        Some(number)
    }

    /// Every name as first written, by number.
    pub(super) fn names(&self) -> Vec<&str> {
        self.shown.iter().map(|name| &**name).collect()
    }

    pub(super) fn sort(&self) -> Sorted {
        let mut names: Vec<_> = self.numbers.iter().collect();
        names.sort_unstable();
        let mut places = vec![0; names.len()];
        let mut sections: [Vec<u8>; 3] = Default::default();
        let [ends, folded, display] = &mut sections;
        for (at, (name, number)) in names.into_iter().enumerate() {
            places[*number as usize] = small(at);
            folded.extend_from_slice(name.as_bytes());
            display.extend_from_slice(self.shown[*number as usize].as_bytes());
            put(ends, small(folded.len()));
            put(ends, small(display.len()));
        }
        Sorted { sections, places }
    }
}
