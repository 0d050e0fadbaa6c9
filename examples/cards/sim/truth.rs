//! What is really on a simulated card, and where. Places are pixels of the upright page.

use postroom::domain::card::Ink;
use postroom::domain::geometry::Area;
use serde_json::{Value, json};

use super::ink::Spot;
use super::severity::Kind;
use super::ticks::Intent;
use super::warp::{Point, Warp};
use super::writing::{Departure, Slip};

/// One side of a card.
pub struct Truth {
    pub form: String,
    pub version: u32,
    /// Counted from 1.
    pub side: u32,
    pub severity: usize,
    pub kind: Kind,
    /// As the file claims.
    pub dpi: u32,
    /// Size of the page in pixels.
    pub page: [usize; 2],
    /// The scan has to be turned by 180 degrees.
    pub upside_down: bool,
    /// From mm on the form to pixels.
    pub warp: Warp,
    pub fields: Vec<Field>,
    pub ticks: Vec<Tick>,
    pub signatures: Vec<Signature>,
    pub serials: Vec<Serial>,
}

/// A number that was on the card already.
pub struct Serial {
    pub serial: postroom::domain::form::Serial,
    pub number: String,
}

/// A field that is written by hand.
pub struct Field {
    pub name: String,
    /// What a perfect clerk would enter.
    pub meant: String,
    /// Why a list may not help with it.
    pub departure: Option<Departure>,
    pub slip: Option<Slip>,
    pub boxes: Vec<WrittenBox>,
}

/// One box; an open line is one.
pub struct WrittenBox {
    /// On the form, mm.
    pub place: Area,
    /// A character, or the words of a line; empty when nothing is written.
    pub text: String,
    /// The ink of it on the page.
    pub ink: Vec<Spot>,
    /// Written with something that is hard to see.
    pub faint: bool,
    /// Written first, under the other.
    pub under: Option<char>,
    /// Struck out: it is no part of what is meant.
    pub struck: bool,
}

impl Field {
    /// What is meant, where that is not simply what stands there.
    fn tell(&self, json: &mut Value, text: &str) {
        if self.meant.trim_end() != text.trim_end() {
            json["meant"] = self.meant.clone().into();
        }
        if let Some(departure) = self.departure {
            json["departure"] = departure.name().into();
        }
        if let Some(slip) = self.slip {
            json["slip"] = slip.name().into();
        }
        let boxes = self.boxes.iter().enumerate();
        let struck: Vec<usize> = boxes
            .filter(|(_, one)| one.struck)
            .map(|(at, _)| at)
            .collect();
        if !struck.is_empty() {
            json["struck"] = struck.into();
        }
    }
}

impl WrittenBox {
    /// What should be seen in it.
    pub fn expected(&self) -> Ink {
        match (self.text.trim().is_empty(), self.faint) {
            (true, _) => Ink::Empty,
            (false, true) => Ink::Faint,
            (false, false) => Ink::Written,
        }
    }
}

/// A box to tick.
pub struct Tick {
    /// As in [`postroom::domain::card::Tick`].
    pub name: String,
    pub place: Area,
    pub consent: bool,
    pub intent: Intent,
    /// What was done to it.
    pub how: &'static str,
}

/// A box to sign in.
pub struct Signature {
    pub name: String,
    pub place: Area,
    pub signed: bool,
}

impl Truth {
    /// The corners of a place on the page, from the top left one clockwise.
    pub fn quad(&self, place: &Area) -> [Point; 4] {
        [
            [place.x, place.y],
            [place.right(), place.y],
            [place.right(), place.bottom()],
            [place.x, place.bottom()],
        ]
        .map(|corner| self.warp.to_page(corner))
    }

    /// The upright box around a place on the page: left, top, right, bottom.
    pub fn around(&self, place: &Area) -> [f64; 4] {
        let quad = self.quad(place);
        let least = |i: usize| {
            quad.iter()
                .fold(f64::MAX, |least, corner| least.min(corner[i]))
        };
        let most = |i: usize| {
            quad.iter()
                .fold(f64::MIN, |most, corner| most.max(corner[i]))
        };
        [least(0), least(1), most(0), most(1)]
    }

    /// For a truth file.
    pub fn to_json(&self, file: &str) -> Value {
        let tenths = |pixels: f64| (pixels * 10.0).round() / 10.0;
        let quad = |place: &Area| self.quad(place).map(|point| point.map(tenths));
        let fields: Vec<Value> = self
            .fields
            .iter()
            .map(|field| {
                let boxes = field.boxes.iter();
                let text: String = boxes.map(|one| one.text.as_str()).collect();
                let quads: Vec<_> = field.boxes.iter().map(|one| quad(&one.place)).collect();
                let ink: Vec<_> = field
                    .boxes
                    .iter()
                    .map(|one| one.expected().name())
                    .collect();
                let mut json =
                    json!({"name": field.name, "text": text.trim_end(), "ink": ink, "boxes": quads});
                field.tell(&mut json, &text);
                json
            })
            .collect();
        let ticks: Vec<Value> = self
            .ticks
            .iter()
            .map(|tick| {
                json!({
                    "name": tick.name,
                    "state": tick.intent.name(),
                    "how": tick.how,
                    "consent": tick.consent,
                    "box": quad(&tick.place),
                })
            })
            .collect();
        let signatures: Vec<Value> = self
            .signatures
            .iter()
            .map(|signature| {
                json!({
                    "name": signature.name,
                    "signed": signature.signed,
                    "box": quad(&signature.place),
                })
            })
            .collect();
        let mut truth = json!({
            "file": file,
            "form": self.form,
            "version": self.version,
            "side": self.side,
            "severity": self.severity,
            "kind": self.kind.name(),
            "dpi": self.dpi,
            "page": self.page,
            "upside_down": self.upside_down,
            "fields": fields,
            "ticks": ticks,
            "signatures": signatures,
        });
        for Serial { serial, number } in &self.serials {
            truth["serials"][&serial.name] = number.as_str().into();
        }
        truth
    }
}
