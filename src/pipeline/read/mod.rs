//! Reading a letter: from words on pages to the fields of a letter, each with
//! its place, its probability and its reason.
//!
//! Every rule here is of the kind "this is where letters have it"; a rule that is
//! not firm leaves its field empty, for an implausible value is worse than none.

mod address;
mod contact;
mod dating;
mod enclosure;
mod goods;
mod known;
mod layout;
mod legibility;
mod member;
mod name;
mod opening;
mod passage;
mod pattern;
mod place;
mod ranking;
mod reference;
mod sender;
mod signature;
mod story;
mod street;

use std::collections::BTreeMap;

use crate::domain::document::Legibility;
use crate::domain::field::Found;
use crate::domain::letter::{LetterField, LetterPage, LetterReading};

use address::Address;
use layout::{Layout, Row};
use name::PersonName;
use passage::Passage;
use sender::Sender;

pub use enclosure::is_enclosure;
pub use known::{Company, DEFAULT_REFERENCES, Known, default_references};

type Fields = BTreeMap<LetterField, Found>;

/// Reads a letter off its pages, in order. Enclosures among them keep their text
/// but give no field.
pub fn read_letter(pages: &[LetterPage], known: &Known<'_>) -> LetterReading {
    let own: Vec<&LetterPage> = pages.iter().filter(|page| !is_enclosure(page)).collect();
    let legibility = legibility::judge(&own);
    let layout = layout::lay_out(&own);
    let found = match legibility {
        Legibility::Unreadable => unreadable(fields(&layout, known)),
        Legibility::Clear | Legibility::Poor => fields(&layout, known),
    };
    LetterReading {
        text: text(pages),
        legibility,
        found,
    }
}

fn text(pages: &[LetterPage]) -> String {
    let pages: Vec<String> = pages.iter().map(|page| page.text.text()).collect();
    pages.join("\u{c}")
}

fn fields(layout: &Layout<'_>, known: &Known<'_>) -> Fields {
    let mut body = Passage::default();
    for row in &layout.body {
        body.append(&row.passage);
    }
    let signed = signature::signature(layout);
    let sender = sender::find(layout, signed.as_ref(), known);
    let address_fields = address_fields(&sender, signed.as_ref());
    let writer = signature::writer(layout, signed, sender.address.as_ref());
    let own_rows = || own_rows(layout, &sender);
    let subject = opening::subject(layout);
    let line = subject.as_ref().map(|found| found.value.as_str());
    let mut fields = story::find(layout, &body, line, known);
    fields.extend(address_fields);
    let rest = [
        (LetterField::SenderName, writer.name),
        (LetterField::Title, writer.title),
        (LetterField::Date, dating::find(layout)),
        (
            LetterField::Reference,
            reference::find(layout, &body, known.references),
        ),
        (LetterField::Email, contact::email(own_rows(), &body)),
        (LetterField::Phone, contact::phone(own_rows(), &body)),
        (LetterField::Salutation, opening::salutation(layout)),
        (LetterField::Subject, subject),
    ];
    fields.extend(
        rest.into_iter()
            .filter_map(|(field, found)| Some((field, found?))),
    );
    fields
}

/// Rows of heading and foot that are not the addressee's.
fn own_rows<'r, 'a>(
    layout: &'r Layout<'a>,
    sender: &Sender<'_, '_>,
) -> impl Iterator<Item = &'r Row<'a>> {
    let rows = layout.heading.iter().chain(&layout.tail);
    rows.filter(|row| !sender.is_addressee(row))
}

fn address_fields(sender: &Sender<'_, '_>, signed: Option<&PersonName>) -> Fields {
    let mut fields = Fields::new();
    let Some(address) = &sender.address else {
        return fields;
    };
    if let Some(found) = street::find(address, signed) {
        let mut street = found.cut.found_as(found.value, found.firm, found.reason);
        street.doubt = found.doubt;
        fields.insert(LetterField::Street, street);
    }
    if let Some(town) = town(address) {
        fields.insert(LetterField::Town, town);
    }
    if let Some((cut, decoded)) = &address.postcode {
        let value = decoded.postcode.to_string();
        let mut found =
            cut.clone()
                .found_as(value, 1.0, format!("{}, {}", sender.reason, decoded.reason));
        found.probability = decoded.probability;
        fields.insert(LetterField::Postcode, found);
    }
    for field in fields.values_mut() {
        field.doubt = field.doubt.take().or_else(|| sender.doubt.clone());
    }
    fields
}

/// A town that the gazetteer knows as one of the postcode's area.
const FIRM_TOWN: f64 = 0.995;
/// The last part of an address that is no county: perhaps a village.
const FIRM_LAST_PART: f64 = 0.8;

fn town(address: &Address<'_, '_>) -> Option<Found> {
    let part = &address.parts[address.town?];
    let cut = part.cut();
    let digits = cut.text.chars().any(|c| c.is_ascii_digit());
    if digits || cut.text.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        return None;
    }
    Some(if address.town_agrees {
        cut.found(FIRM_TOWN, "a post town of the postcode's area")
    } else {
        cut.found(
            FIRM_LAST_PART,
            "the last line of the address before the postcode",
        )
    })
}

/// What was found on a page that is no print is for a person to judge.
fn unreadable(mut fields: Fields) -> Fields {
    for field in fields.values_mut() {
        field.doubt = Some("the letter can hardly be read as print".to_owned());
    }
    fields
}

#[cfg(test)]
mod tests;
