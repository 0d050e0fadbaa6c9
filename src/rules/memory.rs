//! Words that were looked up before: letters share most of theirs, and forgiving slips
//! is the dearest part of reading one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::lexicon::WordId;

/// Words remembered, some 100 bytes each. A night's letters use about ten thousand;
/// what OCR makes of smudges must not grow it for ever.
const REMEMBERED: usize = 20_000;

/// What each word was found to be.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<HashMap<Box<str>, Arc<[WordId]>>>);

impl Memory {
    /// What the word may be, as it was found before, else as `find` finds it now.
    pub(super) fn recall(&self, word: &str, find: impl FnOnce() -> Vec<WordId>) -> Arc<[WordId]> {
        if let Some(found) = self.words().get(word) {
            return Arc::clone(found);
        }
        let found: Arc<[WordId]> = find().into();
        let mut words = self.words();
        if words.len() >= REMEMBERED {
            words.clear();
        }
        words.insert(word.into(), Arc::clone(&found));
        found
    }

    /// The words change: nothing found so far is sure.
    pub(super) fn forget(&mut self) {
        self.words().clear();
    }

    /// A panic elsewhere leaves the map whole.
    fn words(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<[WordId]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_looked_up_once_and_again_when_forgotten() {
        let mut memory = Memory::default();
        let mut asked = 0;
        let mut ask = |memory: &Memory| {
            memory.recall("kettle", || {
                asked += 1;
                Vec::new()
            })
        };
        assert!(ask(&memory).is_empty());
        assert!(ask(&memory).is_empty());
        memory.forget();
        assert!(ask(&memory).is_empty());
        assert_eq!(asked, 2);
    }

    #[test]
    fn rubbish_does_not_grow_it_for_ever() {
        let memory = Memory::default();
        for number in 0..=REMEMBERED {
            memory.recall(&number.to_string(), Vec::new);
        }
        assert_eq!(memory.words().len(), 1);
    }
}
