//! What people write in the fields of a card beside their address: names, e-mail
//! addresses, telephone numbers, dates of birth, numbers with check digits.
//!
//! Each kind of field is a weighted grammar, or a list of names with how often each
//! occurs, and always an open path for what neither knows. [`read`] puts it beside what
//! the reader saw and answers with values and their posterior probabilities: sums over
//! every text that may have been meant and every way to read it. `docs/lexicons.md` has
//! the model in a page. Postcodes, and the towns and streets that it has, are for
//! [`crate::gazetteer`].

mod automaton;
mod birth;
mod draft;
mod email;
mod embedded;
mod house;
mod listed;
mod names;
mod numbers;
mod phone;
mod places;
mod same;
mod search;
mod seen;
mod signs;
mod spelling;
mod table;
mod variants;

use std::collections::HashMap;

use jiff::civil::Date;

use crate::domain::confidence::Probability;
use crate::domain::form::FieldKind;
use crate::domain::grammar::check_digit::CheckDigit;
use crate::domain::identity::Digest;
use crate::domain::lattice::Lattice;
use crate::gazetteer::country::Country;
use crate::gazetteer::decode::{Channel, Likely};
use automaton::Automaton;
use search::Search;
use seen::{Alphabet, Seen};
use signs::{Sign, sign_of, text_of};

pub use same::same_value;
pub use table::{Table, TableError};

/// Everything that is known beforehand of what people write.
#[derive(Debug)]
pub struct Lexicons {
    first_names: names::Names,
    surnames: names::Names,
    email: email::Email,
    titles: listed::Listed,
    counties: listed::Listed,
    house: Automaton,
    places: places::Places,
    digest: Digest,
}

/// What else is known of the card that a field is on.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The day on which it is read, from which ages count.
    pub today: Date,
    /// Whose telephone numbers are written.
    pub country: &'a Country,
    /// The check digit that the form says a number ends with.
    pub check: Option<CheckDigit>,
    /// What the first name on the card most likely is, for the e-mail address.
    pub first_names: &'a [Likely<String>],
    /// What the surname most likely is, for the e-mail address.
    pub surnames: &'a [Likely<String>],
}

/// What a field most likely says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// At most ten values, likeliest first: capitals; of an e-mail address small letters, of
    /// a telephone number its national digits, of a date the day as `1985-07-04`.
    pub likely: Vec<Likely<String>>,
    /// The probability of every reading that is not listed.
    pub open: f64,
    /// What made the likeliest value another text than the one that was read; `None`
    /// when it is the same.
    pub changed_by: Option<ChangedBy>,
}

/// What changed a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangedBy {
    /// The list of titles.
    Titles,
    /// The list of first names.
    FirstNames,
    /// The list of surnames.
    Surnames,
    /// The list of counties.
    Counties,
    /// How names and words that no list has are spelled.
    Spelling,
    /// The grammar of e-mail addresses, known domains, and the name on the card.
    Email,
    /// The national numbering plan.
    Phone,
    /// The calendar, and how old people are.
    Calendar,
    /// The number's check digit.
    CheckDigit,
    /// That only digits stand in a number.
    Digits,
    /// How houses are numbered and named.
    Houses,
}

/// How many values are returned.
const RANKS: usize = 10;

/// Decodes a field of a card; towns and streets by how unlisted ones are spelled. Postcodes
/// and free text are as they were read, with probability 0: nothing here knows them.
pub fn read(
    kind: FieldKind,
    lattice: &Lattice,
    lexicons: &Lexicons,
    context: &Context<'_>,
) -> Answer {
    let weighed = match kind {
        FieldKind::Title => lexicons.titles.read(lattice),
        FieldKind::FirstName => lexicons.first_names.read(lattice),
        FieldKind::Surname => lexicons.surnames.read(lattice),
        FieldKind::County => lexicons.counties.read(lattice),
        FieldKind::Email => lexicons.email.read(lattice, context),
        FieldKind::Phone => phone::read(lattice, context.country),
        FieldKind::DateOfBirth => birth::read(lattice, context.today),
        FieldKind::MemberNumber | FieldKind::Number => numbers::read(lattice, context.check),
        FieldKind::House => house::read(lattice, &lexicons.house),
        FieldKind::Street => lexicons.places.street(lattice),
        FieldKind::Town => lexicons.places.town(lattice),
        FieldKind::Postcode | FieldKind::FreeText => return as_read(lattice),
    };
    weighed.map_or_else(Answer::default, |weighed| {
        weighed.answer(&lattice.as_read().0)
    })
}

fn as_read(lattice: &Lattice) -> Answer {
    let value = lattice.as_read().0;
    if value.is_empty() {
        return Answer::default();
    }
    let probability = Probability::ZERO;
    Answer {
        likely: vec![Likely { value, probability }],
        open: 1.0,
        changed_by: None,
    }
}

impl Lexicons {
    /// The short lists in the program.
    pub fn embedded() -> Self {
        Self::with_tables(None, None)
    }

    /// Lists of first names and surnames in place of those in the program.
    pub fn with_tables(first_names: Option<Table>, surnames: Option<Table>) -> Self {
        embedded::with_tables(first_names, surnames)
    }

    /// The hash of all lists, recorded with every reading that used them.
    pub const fn digest(&self) -> Digest {
        self.digest
    }
}

/// Everything that a field may say.
#[derive(Debug)]
struct Weighed {
    alphabet: Alphabet,
    values: Vec<Value>,
    /// The mass of all readings, those that are not among the values too.
    total: f64,
}

/// One thing that it may say.
#[derive(Debug)]
struct Value {
    value: String,
    /// As it stands in the boxes.
    spelled: String,
    mass: f64,
    by: ChangedBy,
}

impl Value {
    /// A value that is written as it is spelled.
    fn spelled(signs: &[Sign], mass: f64, by: ChangedBy) -> Self {
        let spelled = text_of(signs);
        Self {
            value: spelled.clone(),
            spelled,
            mass,
            by,
        }
    }
}

impl Weighed {
    /// What an automaton makes of a lattice; each text is worth these values.
    fn of(
        lattice: &Lattice,
        alphabet: Alphabet,
        channel: &Channel,
        automaton: &Automaton,
        values: impl Fn(&[Sign], f64) -> Vec<Value>,
    ) -> Option<Self> {
        let seen = Seen::new(lattice, alphabet, channel)?;
        let search = Search::new(&seen, automaton);
        let texts = search.best(RANKS).into_iter();
        Some(Self {
            alphabet,
            values: texts
                .flat_map(|text| values(&text.signs, text.mass))
                .collect(),
            total: search.total,
        })
    }

    fn answer(self, as_read: &str) -> Answer {
        let mut by_value: HashMap<String, Value> = HashMap::new();
        for value in self.values {
            match by_value.get_mut(&value.value) {
                None => drop(by_value.insert(value.value.clone(), value)),
                Some(same) if same.mass < value.mass => {
                    let mass = same.mass + value.mass;
                    *same = Value { mass, ..value };
                }
                Some(same) => same.mass += value.mass,
            }
        }
        let mut values: Vec<Value> = by_value.into_values().collect();
        // Equal masses in the order of their text, so that no answer depends on chance.
        values.sort_by(|a, b| {
            b.mass
                .total_cmp(&a.mass)
                .then_with(|| a.value.cmp(&b.value))
        });
        values.truncate(RANKS);
        let first = values.first();
        let as_read = self.alphabet.plain(as_read);
        let changed_by = first.filter(|first| self.alphabet.plain(&first.spelled) != as_read);
        let changed_by = changed_by.map(|first| first.by);
        let likely = values.into_iter().map(|value| Likely {
            value: value.value,
            probability: Probability::clamped(value.mass / self.total),
        });
        let likely: Vec<_> = likely
            .filter(|likely| likely.probability > Probability::ZERO)
            .collect();
        let sum: f64 = likely.iter().map(|likely| likely.probability.get()).sum();
        Answer {
            likely,
            open: (1.0 - sum).max(0.0),
            changed_by,
        }
    }
}

impl std::fmt::Display for ChangedBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Titles => "the list of titles",
            Self::FirstNames => "the list of first names",
            Self::Surnames => "the list of surnames",
            Self::Counties => "the list of counties",
            Self::Spelling => "how unlisted words are spelled",
            Self::Email => "how e-mail addresses are made",
            Self::Phone => "the national numbering plan",
            Self::Calendar => "the calendar and how old people are",
            Self::CheckDigit => "the check digit",
            Self::Digits => "digits only",
            Self::Houses => "how houses are numbered and named",
        })
    }
}

#[cfg(test)]
mod tests;
