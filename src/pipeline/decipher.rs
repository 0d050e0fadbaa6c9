//! What is written on a card, read together: the address against the gazetteer, names,
//! dates and numbers by their lists and grammars, each value with its probability.

use jiff::civil::Date;

use crate::domain::card_draft::Alternative;
use crate::domain::confidence::Probability;
use crate::domain::form::FieldKind;
use crate::domain::grammar::check_digit::CheckDigit;
use crate::domain::lattice::Lattice;
use crate::gazetteer::country::Country;
use crate::gazetteer::decode::{Address, Likely, Query};
use crate::gazetteer::same_name;
use crate::lexicon::{self, Answer, ChangedBy, Context};

use super::Desk;

/// A field in which something is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What is asked for.
    pub(super) kind: FieldKind,
    /// Whether it stands in boxes, and not on a line.
    pub(super) boxed: bool,
    /// The check digit that it ends with.
    pub(super) check: Option<CheckDigit>,
    /// What may stand in its boxes.
    pub(super) lattice: &'a Lattice,
}

/// What a field says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Deciphered {
    /// Its likeliest characters, by themselves.
    pub(super) as_read: String,
    /// Values, likeliest first; none where nothing can be read.
    pub(super) values: Vec<Alternative>,
    /// What made the first of them.
    pub(super) reason: &'static str,
}

/// Where names of the gazetteer leave less than this it is not asked what else it may be.
const NOTHING_LEFT: f64 = 1e-3;
/// The reason of a value that nothing changed.
pub(super) const AS_READ: &str = "as read";

/// Reads the fields of one card, in the order in which they are given.
pub(super) fn decipher(asked: &[Asked<'_>], desk: &Desk, day: Date) -> Vec<Deciphered> {
    let of_kind = |kind| asked.iter().find(|field| field.kind == kind);
    let lattice = |kind| of_kind(kind).map(|field| field.lattice);
    let country = Country::united_kingdom();
    let address = lattice(FieldKind::Postcode).map(|postcode| {
        desk.gazetteer.read(&Query {
            country,
            postcode,
            town: lattice(FieldKind::Town),
            street: lattice(FieldKind::Street),
            house: lattice(FieldKind::House),
            boxed: of_kind(FieldKind::Town).is_some_and(|town| town.boxed),
        })
    });
    let mut context = Context {
        today: day,
        country,
        check: None,
        first_names: &[],
        surnames: &[],
    };
    let answer = |field: &Asked<'_>, context: &Context<'_>| {
        let check = field.check;
        let context = Context { check, ..*context };
        lexicon::read(field.kind, field.lattice, &desk.lexicons, &context)
    };
    let name = |kind| of_kind(kind).map(|field| answer(field, &context).likely);
    let first_names = name(FieldKind::FirstName).unwrap_or_default();
    let surnames = name(FieldKind::Surname).unwrap_or_default();
    context.first_names = &first_names;
    context.surnames = &surnames;
    let unlisted = |field: &Asked<'_>| answer(field, &context);
    // The address is that of the first field of each kind; another one stands alone.
    let is_first = |field: &Asked<'_>| {
        of_kind(field.kind).is_some_and(|first| std::ptr::eq(first.lattice, field.lattice))
    };
    let of_address = |field| address.as_ref().filter(|_| is_first(field));
    let read = asked
        .iter()
        .map(|field| match (field.kind, of_address(field)) {
            (FieldKind::Postcode, Some(address)) => postcode(field.lattice, address),
            (FieldKind::Postcode, None) => {
                let alone = Query {
                    country,
                    postcode: field.lattice,
                    town: None,
                    street: None,
                    house: None,
                    boxed: field.boxed,
                };
                postcode(field.lattice, &desk.gazetteer.read(&alone))
            }
            (FieldKind::Town, Some(address)) => place(field, &address.towns, unlisted),
            (FieldKind::Town, None) => {
                let towns = desk
                    .gazetteer
                    .read_town(country, field.lattice, field.boxed);
                place(field, &towns, unlisted)
            }
            (FieldKind::Street, Some(address)) => place(field, &address.streets, unlisted),
            (FieldKind::Street, None) => place(field, &[], unlisted),
            _ => other(field.lattice, answer(field, &context)),
        });
    read.collect()
}

fn postcode(lattice: &Lattice, address: &Address) -> Deciphered {
    let (as_read, _) = lattice.as_read();
    let values: Vec<_> = address.postcodes.iter().map(alternative).collect();
    let plain = |text: &str| text.replace(' ', "");
    let same = |first: &Alternative| plain(&first.value) == plain(&as_read);
    Deciphered {
        reason: match values.first() {
            Some(first) if !same(first) => "matched to the gazetteer's postcodes",
            _ => AS_READ,
        },
        as_read,
        values,
    }
}

/// A town or a street: those of the gazetteer, and as names are spelled that it lacks,
/// which have what the listed ones leave.
fn place(
    field: &Asked<'_>,
    listed: &[Likely<String>],
    unlisted: impl Fn(&Asked<'_>) -> Answer,
) -> Deciphered {
    let (as_read, _) = field.lattice.as_read();
    let mut values: Vec<_> = listed.iter().map(alternative).collect();
    let known: f64 = values.iter().map(|value| value.probability.get()).sum();
    let left = (1.0 - known).max(0.0);
    let mut spelled = false;
    if left > NOTHING_LEFT {
        let others = unlisted(field).likely;
        for other in others {
            if !listed.iter().any(|one| same_name(&one.value, &other.value)) {
                values.push(Alternative {
                    probability: Probability::clamped(left * other.probability.get()),
                    value: other.value,
                });
            }
        }
        values.sort_by(|a, b| b.probability.get().total_cmp(&a.probability.get()));
        let is_listed = |first: &Alternative| listed.iter().any(|one| one.value == first.value);
        spelled = values.first().is_some_and(|first| !is_listed(first));
    }
    let goes_on = |first: &Alternative| first.value.to_uppercase().contains(" AND ");
    if as_read.trim_end().ends_with('&') && !values.first().is_some_and(goes_on) {
        // DUMFRIES & is no Dumfries, but the beginning of a name that nobody knows.
        let most = values.first().map_or(0.0, |first| first.probability.get());
        let probability = Probability::clamped(most / 2.0);
        for value in &mut values {
            value.probability = Probability::clamped(value.probability.get() / 2.0);
        }
        let value = as_read.clone();
        values.insert(0, Alternative { value, probability });
    }
    Deciphered {
        reason: match values.first() {
            Some(first) if first.value == as_read => AS_READ,
            Some(_) if spelled => changed(ChangedBy::Spelling),
            _ => "matched to the gazetteer",
        },
        as_read,
        values,
    }
}

fn other(lattice: &Lattice, answer: Answer) -> Deciphered {
    Deciphered {
        as_read: lattice.as_read().0,
        values: answer.likely.iter().map(alternative).collect(),
        reason: answer.changed_by.map_or(AS_READ, changed),
    }
}

fn alternative<T: ToString>(likely: &Likely<T>) -> Alternative {
    Alternative {
        value: likely.value.to_string(),
        probability: likely.probability,
    }
}

const fn changed(by: ChangedBy) -> &'static str {
    match by {
        ChangedBy::Titles => "matched to the list of titles",
        ChangedBy::FirstNames => "matched to the list of first names",
        ChangedBy::Surnames => "matched to the list of surnames",
        ChangedBy::Counties => "matched to the list of counties",
        ChangedBy::Spelling => "spelled as names are",
        ChangedBy::Email => "written as e-mail addresses are",
        ChangedBy::Phone => "by the numbering plan",
        ChangedBy::Calendar => "by the calendar",
        ChangedBy::CheckDigit => "by its check digit",
        ChangedBy::Digits => "read as digits",
        ChangedBy::Houses => "written as houses are",
    }
}
