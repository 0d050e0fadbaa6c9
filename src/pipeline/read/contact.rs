//! The writer's own e-mail address and telephone number: from heading and foot,
//! or where the body says "you can reach me on".

use crate::domain::field::Found;
use crate::domain::grammar::email::EmailAddress;
use crate::domain::grammar::phone::PhoneNumber;

use super::layout::Row;
use super::passage::Passage;
use super::pattern::pattern;

pattern!(EMAIL, r"(?i)(\S{1,64}@\S{3,80})");
pattern!(PHONE, r"((?:\+44|0044|\(?0)[0-9() \-–./]{8,16}[0-9])");
pattern!(
    LABEL,
    r"(?i)^\W{0,2}(?:tel(?:ephone)?|phone|mobile|mob|fax|e-?mail|home|work|daytime|evening|tel no|t|m|e)\b\s*(?:no\.?|number)?\s*[.:]"
);
pattern!(FAX, r"(?i)\bfax\b");
pattern!(
    MY_PHONE,
    r"(?ix)(?:(?:reach|contact|telephone|call|ring|phone|text)\sme\s(?:\w+\s){0,3}?on
    |\bmy\s(?:\w+\s){0,2}?(?:telephone|phone|mobile|tel|number)(?:\s(?:number|no\.?))?(?:\sis|:)?)\s*:?\s*((?:\+44|\(?0)[0-9()\s\-–./]{8,16}[0-9])"
);
pattern!(
    MY_EMAIL,
    r"(?ix)(?:(?:reach|contact|e-?mail|write\sto)\sme\s(?:\w+\s){0,3}?(?:on|at|by)
    |\bmy\s(?:e-?mail)(?:\saddress)?(?:\sis|:)?)\s*:?\s*(\S{1,64}@\S{3,80})"
);

/// The rule that takes an address or a number from heading or foot.
const FIRM_HEADING: f64 = 0.98;
/// The rule that takes it from a sentence about the writer.
const FIRM_SENTENCE: f64 = 0.95;

/// Whether a row carries a telephone number or an e-mail address.
pub(super) fn is_contact(text: &str) -> bool {
    LABEL.is_match(text)
        || EMAIL
            .captures(text)
            .is_some_and(|found| found[1].parse::<EmailAddress>().is_ok())
        || PHONE
            .captures(text)
            .is_some_and(|found| found[1].parse::<PhoneNumber>().is_ok())
}

/// The writer's e-mail address.
pub(super) fn email<'r, 'a: 'r>(
    own: impl Iterator<Item = &'r Row<'a>>,
    body: &Passage<'_>,
) -> Option<Found> {
    let on_rows = own
        .filter_map(|row| row.passage.group(&EMAIL))
        .map(|cut| (cut, FIRM_HEADING, "in the writer's heading or foot"));
    let in_body = body
        .group(&MY_EMAIL)
        .map(|cut| (cut, FIRM_SENTENCE, "named by the writer as theirs"));
    on_rows.chain(in_body).find_map(|(mut cut, firm, reason)| {
        let address: EmailAddress = cut.text.parse().ok()?;
        cut.text = cut
            .text
            .trim_matches(|c: char| !c.is_ascii_alphanumeric())
            .to_owned();
        Some(cut.found_as(address.to_string(), firm, reason))
    })
}

/// The writer's telephone number.
pub(super) fn phone<'r, 'a: 'r>(
    own: impl Iterator<Item = &'r Row<'a>>,
    body: &Passage<'_>,
) -> Option<Found> {
    let on_rows = own
        .filter(|row| !FAX.is_match(row.text()))
        .filter_map(|row| row.passage.group(&PHONE))
        .map(|cut| (cut, FIRM_HEADING, "in the writer's heading or foot"));
    let in_body = body
        .group(&MY_PHONE)
        .map(|cut| (cut, FIRM_SENTENCE, "named by the writer as theirs"));
    on_rows.chain(in_body).find_map(|(cut, firm, reason)| {
        let number: PhoneNumber = cut.text.parse().ok()?;
        Some(cut.found_as(number.to_string(), firm, reason))
    })
}
