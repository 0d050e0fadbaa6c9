//! The words that the rules file's phrases are made of, as a trie over folded
//! letters: one walk finds every word, and every stem (`disab*`), that a read word
//! may be.

use super::slips::{ANY_SLIP_LETTERS, LOOKALIKE_LETTERS, fold, fold_letters, lookalikes};

/// Letters that a word may lose to a slip and to folding (`rn` to `m`), at most: a
/// read word shorter than that cannot be one of the long words.
const FOLDED_AWAY: usize = 2;

/// A word or stem of the phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct WordId(u32);

impl WordId {
    /// Its place in a list by word.
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// All words of all phrases.
#[derive(Debug)]
pub(super) struct Lexicon {
    nodes: Vec<Node>,
    words: Vec<Entry>,
}

/// A word as configured.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    text: String,
    stem: bool,
    letters: usize,
}

#[derive(Debug, Default)]
struct Node {
    children: Vec<(u8, usize)>,
    /// Words that end here.
    words: Vec<WordId>,
    /// Stems that end here: any ending may follow.
    stems: Vec<WordId>,
    /// Letters of the longest word at or below.
    longest: usize,
}

/// The slip spent on the way to a node.
#[derive(Debug, Clone, Copy)]
enum Slip {
    None,
    Lookalike,
    Any,
}

impl Lexicon {
    /// No word yet.
    pub(super) fn new() -> Self {
        Self {
            nodes: vec![Node::default()],
            words: Vec::new(),
        }
    }

    /// How many words there are.
    pub(super) const fn len(&self) -> usize {
        self.words.len()
    }

    /// The word as the rules file has it.
    pub(super) fn text(&self, word: WordId) -> String {
        let entry = &self.words[word.index()];
        let star = if entry.stem { "*" } else { "" };
        format!("{}{star}", entry.text)
    }

    /// The word's id, taken in when it is new.
    pub(super) fn take_in(&mut self, text: &str, stem: bool) -> WordId {
        let entry = Entry {
            text: text.to_lowercase(),
            stem,
            letters: text.chars().count(),
        };
        if let Some(at) = self.words.iter().position(|known| *known == entry) {
            return id(at);
        }
        let word = id(self.words.len());
        let folded = fold(text);
        let mut spellings = stem_spellings(&folded, stem);
        let apart = fold_letters(text);
        if apart != folded {
            spellings.push(apart);
        }
        for spelling in spellings {
            self.insert(spelling.as_bytes(), word, entry.letters, stem);
        }
        self.words.push(entry);
        word
    }

    /// Every word and stem that these folded letters may be, in no order.
    pub(super) fn find(&self, folded: &[u8]) -> Vec<WordId> {
        if folded.len() < LOOKALIKE_LETTERS - 1 {
            return self.find_exactly(folded);
        }
        let mut found = Vec::new();
        self.walk(0, folded, Slip::None, folded.len(), &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The same without forgiving a further slip.
    pub(super) fn find_exactly(&self, folded: &[u8]) -> Vec<WordId> {
        let mut found = Vec::new();
        let mut at = 0;
        for letter in folded {
            found.extend(&self.nodes[at].stems);
            match self.child(at, *letter) {
                Some(child) => at = child,
                None => return found,
            }
        }
        found.extend(&self.nodes[at].stems);
        found.extend(&self.nodes[at].words);
        found
    }

    /// Whether a word longer than these letters begins with them, but for the last
    /// one: it may fold together with what follows.
    pub(super) fn goes_on(&self, folded: &[u8]) -> bool {
        let sure = &folded[..folded.len().saturating_sub(1)];
        self.descend(0, sure)
            .is_some_and(|at| !self.nodes[at].children.is_empty())
    }

    fn insert(&mut self, folded: &[u8], word: WordId, letters: usize, stem: bool) {
        let mut at = 0;
        for &letter in folded {
            self.nodes[at].longest = self.nodes[at].longest.max(letters);
            at = match self.child(at, letter) {
                Some(child) => child,
                None => {
                    let child = self.nodes.len();
                    self.nodes.push(Node::default());
                    self.nodes[at].children.push((letter, child));
                    child
                }
            };
        }
        let end = &mut self.nodes[at];
        end.longest = end.longest.max(letters);
        if stem { &mut end.stems } else { &mut end.words }.push(word);
    }

    fn child(&self, at: usize, letter: u8) -> Option<usize> {
        let mut children = self.nodes[at].children.iter();
        children
            .find(|(l, _)| *l == letter)
            .map(|(_, child)| *child)
    }

    fn descend(&self, at: usize, letters: &[u8]) -> Option<usize> {
        letters.iter().try_fold(at, |at, l| self.child(at, *l))
    }

    fn walk(&self, at: usize, rest: &[u8], slip: Slip, length: usize, found: &mut Vec<WordId>) {
        self.accept(&self.nodes[at].stems, slip, found);
        match rest.split_first() {
            None => self.accept(&self.nodes[at].words, slip, found),
            Some((letter, others)) => {
                if let Some(child) = self.child(at, *letter) {
                    self.walk(child, others, slip, length, found);
                }
            }
        }
        if matches!(slip, Slip::None) {
            self.slip(at, rest, length, found);
        }
    }

    /// Spends the one slip here. The first letter may only be a lookalike:
    /// otherwise "willing" is "billing".
    fn slip(&self, at: usize, rest: &[u8], length: usize, found: &mut Vec<WordId>) {
        let node = &self.nodes[at];
        if node.longest >= LOOKALIKE_LETTERS && !rest.is_empty() {
            for (meant, read) in lookalikes() {
                if rest[0] == read[0]
                    && rest.get(1..read.len()) == Some(&read[1..])
                    && let Some(child) = self.descend(at, meant)
                {
                    let rest = &rest[read.len()..];
                    self.walk(child, rest, Slip::Lookalike, length, found);
                }
            }
        }
        let too_short = length + FOLDED_AWAY < ANY_SLIP_LETTERS;
        if at == 0 || too_short || node.longest < ANY_SLIP_LETTERS {
            return;
        }
        let others = rest.get(1..);
        if let Some(others) = others {
            self.walk(at, others, Slip::Any, length, found);
        }
        for &(_, child) in &node.children {
            if self.nodes[child].longest < ANY_SLIP_LETTERS {
                continue;
            }
            self.walk(child, rest, Slip::Any, length, found);
            if let Some(others) = others {
                self.walk(child, others, Slip::Any, length, found);
            }
        }
    }

    fn accept(&self, words: &[WordId], slip: Slip, found: &mut Vec<WordId>) {
        let needed = match slip {
            Slip::None => 0,
            Slip::Lookalike => LOOKALIKE_LETTERS,
            Slip::Any => ANY_SLIP_LETTERS,
        };
        let long_enough = |word: &&WordId| self.words[word.index()].letters >= needed;
        found.extend(words.iter().filter(long_enough));
    }
}

/// A stem that ends in half of a folded pair (`concer*` before the n of "concern")
/// ends in the whole as well.
fn stem_spellings(folded: &str, stem: bool) -> Vec<String> {
    let mut spellings = vec![folded.to_owned()];
    let whole = match folded.as_bytes().last() {
        Some(b'r') => 'm',
        Some(b'c') => 'd',
        Some(b'v') => 'w',
        _ => return spellings,
    };
    if stem {
        let start = &folded[..folded.len() - 1];
        spellings.push(format!("{start}{whole}"));
    }
    spellings
}

fn id(at: usize) -> WordId {
    WordId(u32::try_from(at).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(lexicon: &Lexicon, read: &str, word: WordId) -> bool {
        lexicon.find(fold(read).as_bytes()).contains(&word)
    }

    #[test]
    fn words_stems_and_slips() {
        let mut lexicon = Lexicon::new();
        let solicitor = lexicon.take_in("solicitor", true);
        let court = lexicon.take_in("court", false);
        let deaf = lexicon.take_in("deaf", false);
        let concern = lexicon.take_in("concer", true);
        for read in [
            "solicitor",
            "Solicitors",
            "so1icitor",
            "solieitor",
            "solcitor",
            "solicitror",
        ] {
            assert!(finds(&lexicon, read, solicitor), "{read}");
        }
        assert!(finds(&lexicon, "eourt", court));
        assert!(finds(&lexicon, "concern", concern));
        for read in ["count", "courts", "courteous", "curt"] {
            assert!(!finds(&lexicon, read, court), "{read}");
        }
        assert!(!finds(&lexicon, "dcaf", deaf));
        assert_eq!(lexicon.take_in("Court", false), court);
        assert_eq!(lexicon.len(), 4);
    }
}
