//! Who wrote a letter, as far as its fields say, and the keys to know them by.

use crate::domain::card_draft::CardField;
use crate::domain::field::Field;
use crate::domain::form::FieldKind;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::grammar::postcode::Postcode;
use crate::domain::letter::LetterField;
use crate::domain::verdict::Verdict;
use crate::store::change::Change;
use crate::store::customers::{Customer, Keys};
use crate::store::error::Result;
use crate::store::events::About;
use crate::store::fields::Fields;
use crate::store::ids::{CustomerId, DocumentId};

/// The sender of a letter; `None` when name, house and postcode are not all
/// there: nobody whom another letter could be matched to.
pub fn sender(fields: &Fields) -> Option<Customer> {
    let usable = |name| fields.get(&name).filter(|field| is_usable(field));
    let value = |name| usable(name).and_then(|field: &Field| field.value.clone());
    let name = usable(LetterField::SenderName)?;
    let postcode = usable(LetterField::Postcode)?;
    let code: Postcode = postcode.value.as_deref()?.parse().ok()?;
    let keys = Keys {
        postcode: code.compact().to_owned(),
        house: house(value(LetterField::Street)?.as_str()),
        surname: surname(name.value.as_deref()?),
        postcode_sure: postcode.verdict == Verdict::Accepted,
        surname_sure: name.verdict == Verdict::Accepted,
    };
    if keys.house.is_empty() || keys.surname.is_empty() {
        return None;
    }
    Some(Customer {
        name: name.value.clone()?,
        title: value(LetterField::Title),
        street: value(LetterField::Street),
        town: value(LetterField::Town),
        postcode: Some(code.to_string()),
        email: value(LetterField::Email),
        phone: value(LetterField::Phone),
        keys,
    })
}

/// The holder of a card, by the same measure.
pub fn holder(fields: &[CardField]) -> Option<Customer> {
    sender(&as_of_a_letter(fields))
}

/// A card's fields as a letter has them: it asks for a name and an address in parts.
fn as_of_a_letter(fields: &[CardField]) -> Fields {
    const PARTS: [(LetterField, &[FieldKind]); 7] = [
        (
            LetterField::SenderName,
            &[FieldKind::FirstName, FieldKind::Surname],
        ),
        (LetterField::Title, &[FieldKind::Title]),
        (LetterField::Street, &[FieldKind::House, FieldKind::Street]),
        (LetterField::Town, &[FieldKind::Town]),
        (LetterField::Postcode, &[FieldKind::Postcode]),
        (LetterField::Email, &[FieldKind::Email]),
        (LetterField::Phone, &[FieldKind::Phone]),
    ];
    let part = |kind: &FieldKind| {
        let mut of_kind = fields.iter().filter(|field| field.kind == *kind);
        let usable = |field: &&CardField| is_usable(&field.field) && field.field.value.is_some();
        of_kind.find(usable).map(|field| &field.field)
    };
    let whole = |kinds: &[FieldKind]| {
        // The last part alone may stand for all: a surname, a street without a number.
        part(kinds.last()?)?;
        let parts: Vec<&Field> = kinds.iter().filter_map(part).collect();
        let values: Vec<&str> = parts
            .iter()
            .filter_map(|part| part.value.as_deref())
            .collect();
        let sure = parts.iter().all(|part| part.verdict == Verdict::Accepted);
        Some(Field {
            value: Some(values.join(" ")),
            verdict: match sure {
                true => Verdict::Accepted,
                false => Verdict::Review,
            },
            ..Field::empty("")
        })
    };
    PARTS
        .iter()
        .filter_map(|(name, kinds)| Some((*name, whole(kinds)?)))
        .collect()
}

/// Whether two letters are of one person: the same postcode and house, and
/// surnames that differ by one misread letter at most. The postcode must be sure
/// on one side and the surname on the other: what is doubtful on both sides proves
/// nothing, nor does a letter that is doubtful in both.
pub fn same_person(one: &Keys, other: &Keys) -> bool {
    let sure = one.postcode_sure && other.surname_sure || other.postcode_sure && one.surname_sure;
    sure && one.postcode == other.postcode
        && one.house == other.house
        && close(&one.surname, &other.surname)
}

/// Whether a letter is plainly not of this customer: its postcode and its
/// surname were both accepted, and both are others.
pub fn contradicts(letter: &Keys, customer: &Keys) -> bool {
    letter.postcode_sure
        && letter.surname_sure
        && letter.postcode != customer.postcode
        && !close(&letter.surname, &customer.surname)
}

/// Whether two surnames may be one.
pub(super) fn is_namesake(one: &str, other: &str) -> bool {
    !one.is_empty() && close(one, other)
}

/// Gives a case its customer: the same person if they are known, else a new one.
pub(super) async fn give_customer(
    change: &mut Change,
    case: CaseReference,
    sender: &Customer,
) -> Result<()> {
    let customer = known_or_new(change, sender, About::case(case)).await?;
    change.give_case(case, customer).await
}

/// Files a card to the record of its holder: the same person if they are known, else a
/// new one.
pub(super) async fn give_card(
    change: &mut Change,
    document: DocumentId,
    holder: &Customer,
) -> Result<()> {
    let about = About::document(document, change.case_of(document).await?);
    let customer = known_or_new(change, holder, about).await?;
    change.give_document(document, customer).await
}

async fn known_or_new(change: &mut Change, person: &Customer, by: About) -> Result<CustomerId> {
    let keys = &person.keys;
    let known = change.customers_at(&keys.postcode, &keys.house).await?;
    let same = known.iter().find(|known| same_person(keys, &known.keys));
    match same {
        Some(known) => Ok(known.record),
        None => change.make_customer(person, by).await,
    }
}

/// Brings what is known of a card's holder up to date after its fields have changed
/// from `before`, as [`refresh_customer`] does for a letter; a case that the card lies on
/// and that is nobody's yet becomes theirs.
pub(super) async fn refresh_holder(
    change: &mut Change,
    document: DocumentId,
    before: &[CardField],
) -> Result<()> {
    let Some(after) = holder(&change.card_fields_of(document).await?) else {
        return Ok(());
    };
    let case = change.case_of(document).await?;
    match change.customer_of(document).await? {
        None => give_card(change, document, &after).await?,
        Some(id) => {
            let known = change.customer(id).await?;
            if holder(before).is_some_and(|before| before.keys == known.keys) {
                let about = About::document(document, case);
                let after = completed(after, known);
                change.change_customer(id, &after, about).await?;
            }
        }
    }
    if let Some(case) = case
        && let Some(known) = change.case(case).await?
        && known.customer.is_none()
        && let Some(holder) = change.record_of(document).await?
    {
        change.give_case(case, holder).await?;
    }
    Ok(())
}

/// What is known now, and what was known before where it says nothing.
fn completed(after: Customer, known: Customer) -> Customer {
    Customer {
        title: after.title.or(known.title),
        town: after.town.or(known.town),
        email: after.email.or(known.email),
        phone: after.phone.or(known.phone),
        ..after
    }
}

/// Brings what is known of a case's customer up to date after the fields of a
/// document on it have changed from `before`: nobody was known, or the customer
/// was known by just that reading. A letter that someone else wrote to the case
/// changes nothing.
pub(super) async fn refresh_customer(
    change: &mut Change,
    case: CaseReference,
    document: DocumentId,
    before: &Fields,
) -> Result<()> {
    let Some(after) = sender(&change.fields_of(document).await?) else {
        return Ok(());
    };
    let Some((id, known)) = change.case(case).await?.and_then(|case| case.customer) else {
        return give_customer(change, case, &after).await;
    };
    let known_by_it = sender(before).is_some_and(|before| {
        let was = before.keys;
        (was.postcode, was.house, was.surname) == (known.postcode, known.house, known.surname)
    });
    if !known_by_it {
        return Ok(());
    }
    let known = change.customer(id).await?;
    let after = completed(after, known);
    change
        .change_customer(id, &after, About::case(case))
        .await?;
    Ok(())
}

fn is_usable(field: &Field) -> bool {
    matches!(field.verdict, Verdict::Accepted | Verdict::Review)
}

/// The last word of a name in small letters: `O'Brien` is `obrien`.
pub(super) fn surname(name: &str) -> String {
    let last = name.split_whitespace().next_back().unwrap_or_default();
    folded(last).filter(|sign| sign.is_alphabetic()).collect()
}

/// The numbers of a street line (`Flat 2, 14a Mill Lane` is `2 14a`), else the
/// house's name: what stands before the first comma.
pub(super) fn house(street: &str) -> String {
    let words = || {
        street
            .split(|sign: char| !sign.is_alphanumeric())
            .filter(|word| !word.is_empty())
    };
    let numbers: Vec<String> = words()
        .filter(|word| word.starts_with(|sign: char| sign.is_ascii_digit()))
        // `1st Avenue` and `3rd Street` are streets, not houses.
        .filter(|word| !is_ordinal(word))
        .map(|word| folded(word).collect())
        .collect();
    if !numbers.is_empty() {
        return numbers.join(" ");
    }
    let name = street.split(',').next().unwrap_or(street);
    folded(name).filter(|sign| sign.is_alphanumeric()).collect()
}

fn is_ordinal(word: &str) -> bool {
    let suffix = word.trim_start_matches(|sign: char| sign.is_ascii_digit());
    ["st", "nd", "rd", "th"].contains(&suffix.to_lowercase().as_str())
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// Shorter surnames must be equal: `Lee` and `Lea` are two people, while one
/// misread letter in four is still more likely than a namesake in the same house.
const SHORTEST_MISREAD: usize = 4;

/// Equal, or one letter put in, left out or read as another.
fn close(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if short == long {
        return true;
    }
    if short.len() < SHORTEST_MISREAD || long.len() - short.len() > 1 {
        return false;
    }
    let same_start = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    let rest = &long[same_start + 1..];
    if short.len() == long.len() {
        short[same_start + 1..] == *rest
    } else {
        short[same_start..] == *rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(postcode: &str, house: &str, surname: &str) -> Keys {
        Keys {
            postcode: postcode.into(),
            house: house.into(),
            surname: surname.into(),
            postcode_sure: true,
            surname_sure: true,
        }
    }

    #[test]
    fn houses() {
        for (street, key) in [
            ("14 Mill Lane", "14"),
            ("Flat 2, 14A Mill Lane", "2 14a"),
            ("Rose Cottage, Mill Lane", "rosecottage"),
            ("7 1st Avenue", "7"),
            ("ROSE COTTAGE , Mill Lane", "rosecottage"),
        ] {
            assert_eq!(house(street), key, "{street}");
        }
    }

    #[test]
    fn surnames() {
        assert_eq!(surname("Siobhán O'Brien"), "obrien");
        assert_eq!(surname("J. Smith-Jones"), "smithjones");
        assert_eq!(surname("  "), "");
    }

    #[test]
    fn one_misread_letter_is_forgiven() {
        for (one, other, same) in [
            ("harris", "harris", true),
            ("harris", "harrls", true),
            ("harris", "haris", true),
            ("harris", "harriss", true),
            ("harris", "hanis", false),
            ("lee", "lea", false),
            ("harris", "morris", false),
        ] {
            assert_eq!(close(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn never_both_doubtful() {
        let known = keys("LS63HN", "14", "harris");
        let doubtful = |postcode_sure, surname_sure| Keys {
            postcode_sure,
            surname_sure,
            ..known.clone()
        };
        assert!(same_person(&known, &known));
        assert!(same_person(&doubtful(false, true), &known));
        assert!(same_person(&doubtful(false, true), &doubtful(true, false)));
        assert!(!same_person(&doubtful(false, false), &known));
        assert!(!same_person(&doubtful(false, true), &doubtful(false, true)));
    }

    #[test]
    fn only_two_sure_differences_contradict() {
        let known = keys("LS63HN", "14", "harris");
        assert!(contradicts(&keys("M11AA", "3", "patel"), &known));
        assert!(!contradicts(&keys("M11AA", "3", "harris"), &known));
        assert!(!contradicts(&keys("LS63HN", "3", "patel"), &known));
        let doubtful = Keys {
            surname_sure: false,
            ..keys("M11AA", "3", "patel")
        };
        assert!(!contradicts(&doubtful, &known));
    }

    proptest! {
        #[test]
        fn closeness_has_no_direction(one in "[ab]{0,7}", other in "[ab]{0,7}") {
            prop_assert_eq!(close(&one, &other), close(&other, &one));
        }

        #[test]
        fn no_address_panics(street in ".{0,30}", name in ".{0,30}") {
            let _ = (house(&street), surname(&name));
        }
    }
}
