//! What the sentences of a letter tell for certain: the order, the product, the
//! shop, the card number. Anything less than firm is left for a person.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::field::Found;
use crate::domain::letter::LetterField;
use crate::gazetteer::Gazetteer;

use super::known::Known;
use super::layout::Layout;
use super::passage::{Cut, Passage};
use super::pattern::pattern;
use super::{goods, member};

pattern!(
    ORDER,
    r"(?ix)\border\s*(?:no|number|ref(?:erence)?|num|id|\#)?\.?\s*(?:is|was|of)?\s*[:.\#(]*\s*((?:[A-Z]{1,5}[/\-]?)?[0-9][A-Z0-9]*(?:[/\-][A-Z0-9]+)*)\b"
);
pattern!(
    ORDERED,
    r"\b(?:ordered|placed)\b[^.]{0,60}?(?:\(|,\snumber\s)([A-Z]{1,5}[/\-][0-9]{3,}[A-Z0-9]*)\b"
);
pattern!(
    BOUGHT_AT,
    r"(?x)\b(?:purchased|bought|ordered)\b(?:\s(?:online|recently|last\s\w+))*(?:\s(?:a|an|some|one|the|your)(?:\s[a-z][\w'’\-]*){1,6})?\s(?:from|at|in)\s(?:your\s|the\s)?(?:branch\sin\s|store\sin\s|shop\sin\s)?
    ([A-Z][\w'’\-]+(?:\s(?:[A-Z][\w'’\-]+|upon|on|le|under|super|in|the)){0,3})\s?(?:branch|store|shop|on\b|in\b|,|\.|last\b|for\b)"
);
pattern!(
    EXPERIENCE,
    r"(?x)\b(?:experience|treatment|treated|service|visit)\s(?:\w+\s){0,2}?(?:at|to|in|from)\s(?:your\s|the\s)?([A-Z][\w'’\-]+(?:\s(?:[A-Z][\w'’\-]+|upon|on|le|under)){0,3})\s(?:branch\b|store\b|shop\b|on\s[0-9])"
);
pattern!(
    YOUR_SHOP,
    r"(?x)\b(visited|visits?\sto|at|in|into|from|of|to|inside|outside)?\s?\byour\s([A-Z][\w'’\-]+(?:\s(?:[A-Z][\w'’\-]+|upon|on|le|under)){0,3})\s(?:branch|store|shop|supermarket)\b"
);
pattern!(
    THE_SHOP,
    r"(?x)\b(?:visited|visits?\sto|at|in|into|from|round|to)\sthe\s([A-Z][\w'’\-]+(?:\s(?:[A-Z][\w'’\-]+|upon|on|le|under)){0,3})\s(?:branch|store|shop|supermarket)\b"
);

/// An order number after the word order.
const FIRM_ORDER: f64 = 0.95;
/// A shop named after a post town.
const FIRM_TOWN: f64 = 0.95;
/// A shop of another name, on which a misreading does not show (`Redear`).
const FIRM_OTHER_PLACE: f64 = 0.84;
/// A shop that is named without the writer's having been there.
const FIRM_NAMED: f64 = 0.75;

/// Words no shop begins with: the pattern ran into another sentence.
const NO_SHOP: [&str; 16] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Your",
    "The",
    "Customer",
    "Head",
];

/// Order number, member number, product and shop, as far as they are certain.
pub(super) fn find(
    layout: &Layout<'_>,
    body: &Passage<'_>,
    subject: Option<&str>,
    known: &Known<'_>,
) -> BTreeMap<LetterField, Found> {
    let mut found = BTreeMap::new();
    let mut put = |field, value: Option<Found>| {
        if let Some(value) = value {
            found.insert(field, value);
        }
    };
    let headings = || layout.heading.iter().map(|row| &row.passage);
    put(
        LetterField::OrderNumber,
        headings().chain([body]).find_map(order),
    );
    put(
        LetterField::MemberNumber,
        headings()
            .chain([body])
            .find_map(|passage| member::find(passage, known.companies)),
    );
    put(LetterField::Product, goods::find(body, subject));
    put(LetterField::Shop, shop(body, known.gazetteer));
    found
}

fn order(passage: &Passage<'_>) -> Option<Found> {
    let numbered = |cut: &Cut| cut.text.chars().filter(char::is_ascii_digit).count() >= 3;
    let named = passage.group(&ORDER).filter(numbered);
    let cut = named.or_else(|| passage.group(&ORDERED))?;
    Some(cut.found(FIRM_ORDER, "follows the word order"))
}

/// Where it was bought, else the branch that the writer visited, else the one named.
fn shop(body: &Passage<'_>, gazetteer: &Gazetteer) -> Option<Found> {
    let bought = body.group(&BOUGHT_AT).filter(is_shop);
    if let Some(cut) = bought {
        return Some(place(cut, gazetteer, "where the writer says it was bought"));
    }
    if let Some(cut) = body.group(&EXPERIENCE).filter(is_shop) {
        return Some(place(cut, gazetteer, "the branch that the writer visited"));
    }
    let yours: Vec<_> = YOUR_SHOP.captures_iter(body.text()).collect();
    let names: BTreeSet<&str> = yours
        .iter()
        .filter_map(|found| found.get(2))
        .map(|name| name.as_str())
        .collect();
    let been = yours.iter().find(|found| found.get(1).is_some());
    let cut = been
        .or(yours.first())
        .and_then(|found| found.get(2))
        .map(|name| body.cut(name.range()))
        .filter(is_shop);
    match cut {
        Some(cut) if been.is_some() && names.len() == 1 => {
            Some(place(cut, gazetteer, "the branch that the writer visited"))
        }
        Some(cut) => Some(named(cut)),
        None => body.group(&THE_SHOP).filter(is_shop).map(named),
    }
}

fn named(cut: Cut) -> Found {
    let mut found = cut.found(FIRM_NAMED, "a branch that the letter names");
    found.doubt = Some("it may not be the one the letter is about".to_owned());
    found
}

/// A shop is most often called by its town; another name may be a misread one.
fn place(cut: Cut, gazetteer: &Gazetteer, reason: &str) -> Found {
    if gazetteer.is_town(&cut.text) {
        cut.found(FIRM_TOWN, format!("{reason}, a post town"))
    } else {
        cut.found(FIRM_OTHER_PLACE, reason)
    }
}

fn is_shop(cut: &Cut) -> bool {
    let first = cut.text.split(' ').next().unwrap_or_default();
    !NO_SHOP.contains(&first) && cut.text.len() >= 3
}
