//! A form as data: what is printed where on a card, and what a customer writes or
//! ticks there. Places are in millimetres from the top left corner of the side.

use super::geometry::Area;
use super::grammar::check_digit::CheckDigit;

/// A card or coupon as its designer drew it.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Its name in codes, records and file names: small letters, digits, dashes.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Counts up with every change of what is printed.
    pub version: u32,
    /// Width of the sheet in mm.
    pub width: f64,
    /// Height of the sheet in mm.
    pub height: f64,
    /// The colour of boxes and combs.
    pub colour: Colour,
    /// Side of a corner mark in mm, and its distance from both edges.
    pub marks: Marks,
    /// The front and, where there is one, the back.
    pub sides: Vec<Side>,
}

/// A colour of the printed form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Seen by the scanner like the customer's ink.
    Black,
    /// Red, green and blue; the scanner drops it out, or the program does.
    DropOut([u8; 3]),
}

/// The squares in the corners by which a scan is laid over the form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marks {
    /// Side of a square in mm.
    pub size: f64,
    /// From the edge of the sheet to the square, in mm.
    pub inset: f64,
}

/// One side of a form.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Side {
    /// Where the code stands that names form, version and side.
    pub code: Area,
    /// What is written in boxes.
    pub fields: Vec<FormField>,
    /// What is ticked.
    pub ticks: Vec<TickField>,
    /// Where the customer signs.
    pub signatures: Vec<SignatureBox>,
    /// Printed or barcoded numbers.
    pub serials: Vec<Serial>,
    /// What else is printed.
    pub texts: Vec<Text>,
}

/// A field that is filled in by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct FormField {
    /// Its name in records and exports.
    pub name: String,
    /// What is written in it.
    pub kind: FieldKind,
    /// What is printed beside it.
    pub caption: String,
    /// The check digit that the number in it ends with, where it has one.
    pub check: Option<CheckDigit>,
    /// How its boxes are drawn.
    pub style: BoxStyle,
    /// Its boxes in writing order; one, for an open line.
    pub boxes: Vec<Area>,
}

/// What is written in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Mr, Mrs, Dr, ...
    Title,
    /// Given names.
    FirstName,
    /// Family name.
    Surname,
    /// House number or name.
    House,
    /// Street.
    Street,
    /// Post town.
    Town,
    /// County.
    County,
    /// Postcode.
    Postcode,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Day, month and year.
    DateOfBirth,
    /// A number with a check digit that we gave out.
    MemberNumber,
    /// Anything.
    FreeText,
    /// Digits.
    Number,
}

named!(FieldKind {
    Title => "title",
    FirstName => "first_name",
    Surname => "surname",
    House => "house",
    Street => "street",
    Town => "town",
    County => "county",
    Postcode => "postcode",
    Email => "email",
    Phone => "phone",
    DateOfBirth => "date_of_birth",
    MemberNumber => "member_number",
    FreeText => "free_text",
    Number => "number",
});

/// How the boxes of a field are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BoxStyle {
    /// Each box for itself, with white between.
    Separate,
    /// One frame with short or whole lines between the places.
    Comb,
    /// One open line.
    Line,
}

named!(BoxStyle {
    Separate => "separate",
    Comb => "comb",
    Line => "line",
});

/// Boxes to tick that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct TickField {
    /// Its name in records and exports.
    pub name: String,
    /// What is printed above its boxes.
    pub caption: String,
    /// How many may be ticked.
    pub choice: Choice,
    /// The boxes.
    pub options: Vec<TickBox>,
    /// What a tick consents to, where it does.
    pub consent: Option<Consent>,
}

/// How many of the boxes of a field may be ticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// There is only one.
    Single,
    /// One of them.
    OneOf,
    /// Any of them.
    ManyOf,
}

named!(Choice {
    Single => "single",
    OneOf => "one-of",
    ManyOf => "many-of",
});

/// A box to tick.
#[derive(Debug, Clone, PartialEq)]
pub struct TickBox {
    /// Its name within the field.
    pub name: String,
    /// What is printed beside it.
    pub caption: String,
    /// Its frame.
    pub place: Area,
}

/// What a customer agrees to by a tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// What for: `marketing`, `partners`.
    pub purpose: String,
    /// How the customer may be reached.
    pub channels: Vec<Channel>,
    /// What the form says, word for word.
    pub wording: String,
}

/// A way to reach a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// Letters.
    Post,
    /// E-mail.
    Email,
    /// Telephone calls.
    Phone,
    /// Text messages.
    Text,
}

named!(Channel {
    Post => "post",
    Email => "email",
    Phone => "phone",
    Text => "text",
});

/// A box to sign in.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureBox {
    /// Its name in records and exports.
    pub name: String,
    /// What is printed beside it.
    pub caption: String,
    /// Its frame.
    pub place: Area,
}

/// A number that is on the card before the customer gets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Serial {
    /// Its name in records and exports.
    pub name: String,
    /// How it is printed.
    pub kind: SerialKind,
    /// What it says: the member's number, or any other.
    pub says: FieldKind,
    /// The check digit that it ends with, where it has one.
    pub check: Option<CheckDigit>,
    /// Where.
    pub place: Area,
}

/// How a serial number is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SerialKind {
    /// In figures.
    Printed,
    /// As a code: Code 128, QR or Data Matrix.
    Barcode,
}

named!(SerialKind {
    Printed => "printed",
    Barcode => "barcode",
});

/// Words that are printed on the form.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The words, one line.
    pub text: String,
    /// Left end of the base line.
    pub x: f64,
    /// The base line.
    pub y: f64,
    /// Size in points.
    pub size: f64,
    /// Whether it is bold.
    pub bold: bool,
}

/// What the code on a side says, in the text of the code or for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormCode {
    /// The form's id.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// The side, counted from 1.
    pub side: u32,
}

/// What every code of ours begins with: its kind and the version of its text.
const CODE: &str = "PRF1";

impl FormCode {
    /// The code with this text, if it is one of ours.
    pub fn of(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let (kind, id) = (parts.next()?, parts.next()?);
        let (version, side) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let ours = kind == CODE && is_form_id(id) && parts.next().is_none();
        ours.then(|| Self {
            id: id.to_owned(),
            version,
            side,
        })
    }
}

/// Whether a form may have this id: it is part of names of files and of codes.
pub fn is_form_id(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=24).contains(&text.len()) && text.chars().all(is_plain)
}

impl Form {
    /// What the code on a side says: form, version and side.
    pub fn code(&self, side: usize) -> String {
        format!("{CODE}/{}/{}/{}", self.id, self.version, side + 1)
    }

    /// The corner marks of a side, from the top left one clockwise.
    pub fn corner_marks(&self) -> [Area; 4] {
        let Marks { size, inset } = self.marks;
        let (right, bottom) = (self.width - inset - size, self.height - inset - size);
        [
            (inset, inset),
            (right, inset),
            (right, bottom),
            (inset, bottom),
        ]
        .map(|(x, y)| Area::new(x, y, size, size))
    }
}

impl Side {
    /// Everything that must not touch anything else, with its name for messages.
    pub fn places(&self) -> Vec<(String, Area)> {
        let fields = self.fields.iter().flat_map(|field| {
            let boxes = field.boxes.iter().enumerate();
            boxes.map(move |(at, place)| (format!("{} box {}", field.name, at + 1), *place))
        });
        let ticks = self.ticks.iter().flat_map(|field| {
            let options = field.options.iter();
            options.map(move |tick| (format!("{}.{}", field.name, tick.name), tick.place))
        });
        let signatures = self.signatures.iter();
        let signatures = signatures.map(|signature| (signature.name.clone(), signature.place));
        let serials = self.serials.iter();
        let serials = serials.map(|serial| (serial.name.clone(), serial.place));
        let code = std::iter::once(("the code".to_owned(), self.code));
        let all = fields
            .chain(ticks)
            .chain(signatures)
            .chain(serials)
            .chain(code);
        all.collect()
    }
}
