//! The parts of a letter: where a phrase stands says how much it means.

use super::Facts;
use super::phrase::{PhraseBook, PhraseId, Said};
use super::words::Words;

/// A line with this many words or more is prose, not part of an address: the body
/// of a letter whose salutation could not be read begins there.
const PROSE_WORDS: usize = 7;

/// A part of a letter, or a field that was read off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Place {
    /// The subject line.
    Subject,
    /// To whom it is addressed.
    Addressee,
    /// Dear ...
    Salutation,
    /// The tier of the writer's membership.
    MemberTier,
    /// Everything above the salutation.
    Head,
    /// The first sentence after the salutation.
    FirstSentence,
    /// The words after it.
    Opening,
    /// The middle.
    Body,
    /// The last words before the sign-off.
    Closing,
    /// The sign-off and everything below.
    Foot,
}

impl Place {
    /// Every place.
    pub(super) const ALL: [Self; 10] = [
        Self::Subject,
        Self::Addressee,
        Self::Salutation,
        Self::MemberTier,
        Self::Head,
        Self::FirstSentence,
        Self::Opening,
        Self::Body,
        Self::Closing,
        Self::Foot,
    ];

    /// What no letter comes with yet: the address block is not taken apart, and no
    /// customer record says a tier.
    pub(super) const NEVER_KNOWN: [Self; 2] = [Self::Addressee, Self::MemberTier];

    /// Its name in the rules file and in reasons.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Addressee => "addressee",
            Self::Salutation => "salutation",
            Self::MemberTier => "member_tier",
            Self::Head => "head",
            Self::FirstSentence => "first_sentence",
            Self::Opening => "opening",
            Self::Body => "body",
            Self::Closing => "closing",
            Self::Foot => "foot",
        }
    }

    /// The place of that name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }
}

/// How to find the parts of a letter.
#[derive(Debug)]
pub(super) struct Layout {
    /// Phrases that begin the salutation's line.
    pub(super) salutation: Vec<PhraseId>,
    /// Phrases that begin the sign-off's line.
    pub(super) sign_off: Vec<PhraseId>,
    /// Words of the opening.
    pub(super) opening_words: usize,
    /// Words of the closing.
    pub(super) closing_words: usize,
    /// What a phrase's weight is multiplied with; nothing counts elsewhere.
    pub(super) weights: Vec<(Place, i32)>,
    /// Words that deny what follows them; in order.
    pub(super) denied_by: Vec<PhraseId>,
    /// Phrases that hold such a word and deny nothing; in order.
    pub(super) not_denied_by: Vec<PhraseId>,
    /// Words between denial and denied, at most, plus one.
    pub(super) denied_within: usize,
}

/// One phrase at one place.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    /// Phrase and words.
    pub(super) said: Said,
    /// The part of the letter.
    pub(super) place: Place,
    /// The text it was found in: the letter is 0, fields come after.
    pub(super) text: usize,
    /// The writer denies it, or quotes somebody else.
    pub(super) disowned: bool,
}

impl Mention {
    /// Whether two mentions share a word.
    pub(super) const fn overlaps(&self, other: &Self) -> bool {
        self.text == other.text
            && self.said.start < other.said.end
            && other.said.start < self.said.end
    }
}

impl Layout {
    /// Everything the letter and its fields say, with its place.
    pub(super) fn mentions(&self, book: &PhraseBook, facts: &Facts<'_>) -> Vec<Mention> {
        let words = book.read(facts.text);
        let said = book.said(&words);
        let parts = self.parts(&words, &said);
        let mut mentions = Vec::with_capacity(said.len());
        self.extend(&mut mentions, 0, &words, said, |start| parts.place(start));
        let fields = [
            (Place::Subject, facts.subject),
            (Place::Addressee, facts.addressee),
            (Place::Salutation, facts.salutation),
            (Place::MemberTier, facts.member_tier),
        ];
        for (at, (place, field)) in fields.into_iter().enumerate() {
            let words = book.read(field.unwrap_or_default());
            let said = book.said(&words);
            self.extend(&mut mentions, at + 1, &words, said, |_| place);
        }
        mentions
    }

    /// What a phrase counts for there.
    pub(super) fn weight(&self, place: Place) -> i32 {
        let mut weights = self.weights.iter();
        weights
            .find(|(p, _)| *p == place)
            .map_or(0, |(_, weight)| *weight)
    }

    fn extend(
        &self,
        mentions: &mut Vec<Mention>,
        text: usize,
        words: &Words,
        said: Vec<Said>,
        place: impl Fn(usize) -> Place,
    ) {
        let denials = self.denials(&said);
        mentions.extend(said.into_iter().map(|said| Mention {
            place: place(said.start),
            text,
            disowned: words.list()[said.start].quoted || self.denied(words, &said, &denials),
            said,
        }));
    }

    /// The places after words that deny.
    fn denials(&self, said: &[Said]) -> Vec<usize> {
        let among = |phrases: &[PhraseId], said: &Said| phrases.binary_search(&said.phrase).is_ok();
        let harmless: Vec<&Said> = said
            .iter()
            .filter(|s| among(&self.not_denied_by, s))
            .collect();
        let denies = |s: &&Said| {
            let mut others = harmless.iter();
            among(&self.denied_by, s) && !others.any(|h| h.start <= s.start && s.start < h.end)
        };
        said.iter().filter(denies).map(|s| s.end).collect()
    }

    /// A denial stands shortly before, in the same sentence, outside the phrase.
    fn denied(&self, words: &Words, said: &Said, denials: &[usize]) -> bool {
        let list = words.list();
        denials.iter().any(|&after| {
            after <= said.start
                && said.start - after < self.denied_within
                && list[after - 1].sentence == list[said.start].sentence
        })
    }

    fn parts(&self, words: &Words, said: &[Said]) -> Parts {
        let list = words.list();
        let begins_line = |at: usize| at == 0 || list[at - 1].line != list[at].line;
        let line_of = |phrases: &[PhraseId], from: usize, first: bool| {
            let hit =
                |s: &&Said| s.start >= from && phrases.contains(&s.phrase) && begins_line(s.start);
            if first {
                said.iter().find(hit)
            } else {
                said.iter().rfind(hit)
            }
            .map(|s| s.start)
        };
        let head_end = match line_of(&self.salutation, 0, true) {
            Some(at) => next_line(words, at),
            None => first_prose(words),
        };
        let foot = line_of(&self.sign_off, head_end, false).unwrap_or(list.len());
        let sentence = list.get(head_end).map_or(0, |w| w.sentence);
        let after_first = (head_end..foot)
            .find(|&at| list[at].sentence != sentence)
            .unwrap_or(foot);
        Parts {
            body: head_end,
            after_first: after_first.min(head_end + self.opening_words),
            opening_end: (head_end + self.opening_words).min(foot),
            closing: foot.saturating_sub(self.closing_words).max(head_end),
            foot,
        }
    }
}

/// Where the parts of a letter begin, in words.
#[derive(Debug)]
struct Parts {
    body: usize,
    after_first: usize,
    opening_end: usize,
    closing: usize,
    foot: usize,
}

impl Parts {
    const fn place(&self, at: usize) -> Place {
        if at < self.body {
            Place::Head
        } else if at >= self.foot {
            Place::Foot
        } else if at < self.after_first {
            Place::FirstSentence
        } else if at < self.opening_end {
            Place::Opening
        } else if at >= self.closing {
            Place::Closing
        } else {
            Place::Body
        }
    }
}

fn next_line(words: &Words, at: usize) -> usize {
    let list = words.list();
    let line = list[at].line;
    (at..list.len())
        .find(|&next| list[next].line != line)
        .unwrap_or(at)
}

/// The first word of the first line of prose; the first word when there is none.
fn first_prose(words: &Words) -> usize {
    let list = words.list();
    let mut start = 0;
    for at in 0..list.len() {
        if list[at].line != list[start].line {
            start = at;
        }
        if at - start + 1 >= PROSE_WORDS {
            return start;
        }
    }
    0
}
