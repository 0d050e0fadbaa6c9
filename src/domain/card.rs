//! What was read off a loyalty card or coupon: which form it is, how well the scan lies
//! on it, what is in its boxes and what is ticked.

use super::confidence::Probability;
use super::form::Consent;
use super::geometry::Rect;
use super::lattice::Lattice;
use super::verdict::Verdict;

/// Beyond this distance, in mm, a scan does not lie on its form well enough to be read
/// without a person.
pub const MAX_RESIDUAL: f64 = 0.4;
/// A box to sign in that lies off by so much, in mm, is told signed or not as well as one
/// that lies right: it is ten mm high, and of the ink well inside 4 mm² are asked for.
pub const SIGNED_WITHIN: f64 = 0.8;
/// What the residual of a side counts as, in mm, of which too little print was found.
pub const UNKNOWN_RESIDUAL: f64 = 9.9;

/// Why nothing on a side with such a residual can be taken as it stands; `None` when it lies
/// right.
pub fn lies_badly(residual: f64) -> Option<String> {
    if residual >= UNKNOWN_RESIDUAL {
        let why =
            "too little of the form's own print was found around it to tell how the scan lies";
        return Some(why.to_owned());
    }
    (residual > MAX_RESIDUAL).then(|| {
        format!("the scan lies {residual:.2} mm off its form, more than {MAX_RESIDUAL} mm")
    })
}

/// One side of a card on one page.
#[derive(Debug, Clone, PartialEq)]
pub struct CardSide {
    /// The form's id.
    pub form: String,
    /// Its version.
    pub version: u32,
    /// The side, counted from 1.
    pub side: u32,
    /// What told which form it is.
    pub recognised: RecognisedBy,
    /// How far what is printed on the scan lies from where the form says, in mm, at its
    /// worst after the local fit.
    pub residual: f64,
    /// The fields written by hand, in the form's order.
    pub fields: Vec<WrittenField>,
    /// The boxes to tick, in the form's order.
    pub ticks: Vec<Tick>,
    /// The signature boxes.
    pub signatures: Vec<Signature>,
    /// The numbers that were on the card already.
    pub serials: Vec<SerialSeen>,
}

/// What told which form a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecognisedBy {
    /// Its printed code.
    Code,
    /// Its marks and lines; the code was torn, dirty or missing.
    Marks,
}

named!(RecognisedBy {
    Code => "code",
    Marks => "marks",
});

/// A field's boxes on the page image, and whether anything is written in them.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenField {
    /// The field's name on the form.
    pub name: String,
    /// The whole field on the page image, with what runs over its boxes.
    pub place: Rect,
    /// Its boxes in writing order.
    pub boxes: Vec<WrittenBox>,
    /// What may be written in them; without boxes, where nothing is or nobody looked.
    pub lattice: Lattice,
}

/// One box of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenBox {
    /// The box on the page image.
    pub place: Rect,
    /// What is in it.
    pub ink: Ink,
}

/// How much is written in a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ink {
    /// Nothing.
    Empty,
    /// Something that may be faint writing or dirt.
    Faint,
    /// Writing.
    Written,
}

named!(Ink {
    Empty => "empty",
    Faint => "faint",
    Written => "written",
});

/// What became of a box to tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The tick field's name on the form; with `.` and the option's where there are several.
    pub name: String,
    /// What a mark in it consents to, word for word as it was printed.
    pub consent: Option<Consent>,
    /// What the box looks like.
    pub state: TickState,
    /// How sure that is.
    pub probability: Probability,
    /// Accepted, or for a person: a doubtful box, too many of a field, a poor scan.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// The box on the page image.
    pub place: Rect,
}

/// What a box to tick looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TickState {
    /// No ink of the customer's.
    Empty,
    /// Ticked or crossed, cleanly.
    Marked,
    /// Ticked and then struck out or scribbled over.
    Corrected,
    /// None of these for sure.
    Unsure,
}

named!(TickState {
    Empty => "empty",
    Marked => "marked",
    Corrected => "corrected",
    Unsure => "unsure",
});

/// A signature box.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// Its name on the form.
    pub name: String,
    /// Whether anything like a signature is in it.
    pub signed: bool,
    /// The box on the page image.
    pub place: Rect,
}

/// A number that was on the card before the customer got it.
#[derive(Debug, Clone, PartialEq)]
pub struct SerialSeen {
    /// Its name on the form.
    pub name: String,
    /// What it says; `None` when nothing could be read.
    pub number: Option<String>,
    /// How sure that is.
    pub probability: Probability,
    /// Accepted, or for a person.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// Its place on the page image.
    pub place: Rect,
}
