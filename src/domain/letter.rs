//! The fields of a letter.

use std::collections::BTreeMap;

use super::document::Legibility;
use super::field::{Field, Found};
use super::geometry::PageSize;
use super::page::ReadPage;
use super::text::PageText;

/// Everything that is read off a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LetterField {
    /// The writer's name without the title.
    SenderName,
    /// Mr, Mrs, Dr, ...
    Title,
    /// House and street.
    Street,
    /// Post town, as written.
    Town,
    /// The writer's postcode.
    Postcode,
    /// The letter's own date, ISO 8601.
    Date,
    /// A reference that the writer quotes as ours.
    Reference,
    /// The writer's loyalty or member number.
    MemberNumber,
    /// The order complained of.
    OrderNumber,
    /// What was bought.
    Product,
    /// Where it was bought.
    Shop,
    /// The writer's e-mail address.
    Email,
    /// The writer's telephone number.
    Phone,
    /// Dear ...
    Salutation,
    /// The subject line.
    Subject,
}

named!(LetterField {
    SenderName => "sender_name",
    Title => "title",
    Street => "street",
    Town => "town",
    Postcode => "postcode",
    Date => "date",
    Reference => "reference",
    MemberNumber => "member_number",
    OrderNumber => "order_number",
    Product => "product",
    Shop => "shop",
    Email => "email",
    Phone => "phone",
    Salutation => "salutation",
    Subject => "subject",
});

/// One page of a letter as its reader hands it on: number in the scan, size, words.
#[derive(Debug, Clone, PartialEq)]
pub struct LetterPage {
    /// The page's number in its scan, from 1.
    pub number: u32,
    /// The size of its page image.
    pub size: PageSize,
    /// Its words.
    pub text: PageText,
}

impl LetterPage {
    /// What a letter's reading needs of a page that was read.
    pub fn of(number: u32, page: &ReadPage) -> Self {
        Self {
            number,
            size: page.size,
            text: page.text.clone(),
        }
    }
}

/// All that was read off a letter, before it was checked against anything.
#[derive(Debug, Clone, PartialEq)]
pub struct LetterReading {
    /// The lines as read, a form feed between pages.
    pub text: String,
    /// How well it could be read as print.
    pub legibility: Legibility,
    /// What was found, by field; what was not found is absent.
    pub found: BTreeMap<LetterField, Found>,
}

/// A letter with a verdict for every field.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedLetter {
    /// The lines as read, a form feed between pages.
    pub text: String,
    /// How well it could be read as print.
    pub legibility: Legibility,
    /// Every field of [`LetterField::ALL`], present or empty.
    pub fields: BTreeMap<LetterField, Field>,
}
