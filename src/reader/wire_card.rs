//! The sides of cards as frames have them: see [`super::wire`].

use std::io;

use serde::{Deserialize, Serialize};

use super::wire::unknown;
use crate::domain::card::{
    CardSide, Ink, RecognisedBy, SerialSeen, Signature, Tick, TickState, WrittenBox, WrittenField,
};
use crate::domain::confidence::Probability;
use crate::domain::form::{Channel, Consent};
use crate::domain::geometry::Rect;
use crate::domain::lattice::{Edge, Label, Lattice};
use crate::domain::verdict::Verdict;

type WireRect = (u32, u32, u32, u32);

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireSide {
    form: String,
    version: u32,
    side: u32,
    recognised: String,
    residual: f64,
    fields: Vec<WireField>,
    ticks: Vec<WireTick>,
    signatures: Vec<(String, bool, WireRect)>,
    serials: Vec<WireSerial>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireSerial {
    name: String,
    number: Option<String>,
    probability: f64,
    verdict: String,
    reason: String,
    place: WireRect,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireField {
    name: String,
    place: WireRect,
    boxes: Vec<(WireRect, String)>,
    lattice: WireLattice,
}

/// Bounds, nodes, and edges: from, to, the label's character (or a space for a blank, a
/// NUL for what counts for nothing), the logarithm of its likelihood.
#[derive(Debug, Serialize, Deserialize)]
struct WireLattice {
    bounds: Vec<u32>,
    nodes: u32,
    edges: Vec<(u32, u32, char, f32)>,
}

const BLANK: char = ' ';
const SKIPPED: char = '\0';

impl From<Lattice> for WireLattice {
    fn from(lattice: Lattice) -> Self {
        let edges = lattice.edges().iter().map(|edge| {
            let sign = match edge.label {
                Label::Sign(sign) => sign,
                Label::Blank => BLANK,
                Label::Skipped => SKIPPED,
            };
            (edge.from as u32, edge.to as u32, sign, edge.log as f32)
        });
        Self {
            bounds: lattice.bounds().iter().map(|node| *node as u32).collect(),
            nodes: lattice.nodes() as u32,
            edges: edges.collect(),
        }
    }
}

impl TryFrom<WireLattice> for Lattice {
    type Error = io::Error;

    fn try_from(wire: WireLattice) -> io::Result<Self> {
        let edges = wire.edges.into_iter().map(|(from, to, sign, log)| Edge {
            from: from as usize,
            to: to as usize,
            label: match sign {
                BLANK => Label::Blank,
                SKIPPED => Label::Skipped,
                sign => Label::Sign(sign),
            },
            log: f64::from(log),
        });
        let bounds = wire.bounds.into_iter().map(|node| node as usize);
        Self::from_parts(bounds.collect(), wire.nodes as usize, edges.collect())
            .map_err(|_| unknown("lattice"))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct WireTick {
    name: String,
    consent: Option<WireConsent>,
    state: String,
    probability: f64,
    verdict: String,
    reason: String,
    place: WireRect,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireConsent {
    purpose: String,
    channels: Vec<String>,
    wording: String,
}

impl From<CardSide> for WireSide {
    fn from(side: CardSide) -> Self {
        let signatures = side.signatures.into_iter();
        Self {
            form: side.form,
            version: side.version,
            side: side.side,
            recognised: side.recognised.name().to_owned(),
            residual: side.residual,
            fields: side.fields.into_iter().map(Into::into).collect(),
            ticks: side.ticks.into_iter().map(Into::into).collect(),
            signatures: signatures
                .map(|signature| (signature.name, signature.signed, flat(signature.place)))
                .collect(),
            serials: side.serials.into_iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<WireSide> for CardSide {
    type Error = io::Error;

    fn try_from(wire: WireSide) -> io::Result<Self> {
        let signatures = wire.signatures.into_iter();
        // No distance, and nothing that a database could keep.
        if !wire.residual.is_finite() {
            return Err(unknown("residual"));
        }
        Ok(Self {
            form: wire.form,
            version: wire.version,
            side: wire.side,
            recognised: RecognisedBy::from_name(&wire.recognised)
                .ok_or_else(|| unknown("recognition"))?,
            residual: wire.residual,
            fields: all(wire.fields)?,
            ticks: all(wire.ticks)?,
            signatures: signatures
                .map(|(name, signed, place)| Signature {
                    name,
                    signed,
                    place: rect(place),
                })
                .collect(),
            serials: all(wire.serials)?,
        })
    }
}

fn all<W, T: TryFrom<W, Error = io::Error>>(wire: Vec<W>) -> io::Result<Vec<T>> {
    wire.into_iter().map(TryInto::try_into).collect()
}

impl From<WrittenField> for WireField {
    fn from(field: WrittenField) -> Self {
        let boxes = field.boxes.into_iter();
        Self {
            name: field.name,
            place: flat(field.place),
            boxes: boxes
                .map(|written| (flat(written.place), written.ink.name().to_owned()))
                .collect(),
            lattice: field.lattice.into(),
        }
    }
}

impl TryFrom<WireField> for WrittenField {
    type Error = io::Error;

    fn try_from(wire: WireField) -> io::Result<Self> {
        let boxes = wire.boxes.into_iter().map(|(place, ink)| {
            Ok(WrittenBox {
                place: rect(place),
                ink: Ink::from_name(&ink).ok_or_else(|| unknown("ink"))?,
            })
        });
        Ok(Self {
            name: wire.name,
            place: rect(wire.place),
            boxes: boxes.collect::<io::Result<_>>()?,
            lattice: wire.lattice.try_into()?,
        })
    }
}

impl From<Tick> for WireTick {
    fn from(tick: Tick) -> Self {
        Self {
            name: tick.name,
            consent: tick.consent.map(Into::into),
            state: tick.state.name().to_owned(),
            probability: tick.probability.get(),
            verdict: tick.verdict.name().to_owned(),
            reason: tick.reason,
            place: flat(tick.place),
        }
    }
}

impl TryFrom<WireTick> for Tick {
    type Error = io::Error;

    fn try_from(wire: WireTick) -> io::Result<Self> {
        Ok(Self {
            name: wire.name,
            consent: wire.consent.map(TryInto::try_into).transpose()?,
            state: TickState::from_name(&wire.state).ok_or_else(|| unknown("tick"))?,
            probability: Probability::clamped(wire.probability),
            verdict: Verdict::from_name(&wire.verdict).ok_or_else(|| unknown("verdict"))?,
            reason: wire.reason,
            place: rect(wire.place),
        })
    }
}

impl From<Consent> for WireConsent {
    fn from(consent: Consent) -> Self {
        let channels = consent.channels.into_iter();
        Self {
            purpose: consent.purpose,
            channels: channels.map(|channel| channel.name().to_owned()).collect(),
            wording: consent.wording,
        }
    }
}

impl TryFrom<WireConsent> for Consent {
    type Error = io::Error;

    fn try_from(wire: WireConsent) -> io::Result<Self> {
        let channels = wire.channels.iter();
        let channel = |name: &String| Channel::from_name(name).ok_or_else(|| unknown("channel"));
        Ok(Self {
            purpose: wire.purpose,
            channels: channels.map(channel).collect::<io::Result<_>>()?,
            wording: wire.wording,
        })
    }
}

const fn flat(Rect { x, y, w, h }: Rect) -> WireRect {
    (x, y, w, h)
}

impl From<SerialSeen> for WireSerial {
    fn from(serial: SerialSeen) -> Self {
        Self {
            name: serial.name,
            number: serial.number,
            probability: serial.probability.get(),
            verdict: serial.verdict.name().to_owned(),
            reason: serial.reason,
            place: flat(serial.place),
        }
    }
}

impl TryFrom<WireSerial> for SerialSeen {
    type Error = io::Error;

    fn try_from(wire: WireSerial) -> io::Result<Self> {
        Ok(Self {
            name: wire.name,
            number: wire.number,
            probability: Probability::clamped(wire.probability),
            verdict: Verdict::from_name(&wire.verdict).ok_or_else(|| unknown("verdict"))?,
            reason: wire.reason,
            place: rect(wire.place),
        })
    }
}

const fn rect((x, y, w, h): WireRect) -> Rect {
    Rect::new(x, y, w, h)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_survives_the_wire() {
        let mut lattice = Lattice::default();
        lattice.push([('A', -0.5)], Some(-2.0)).unwrap();
        lattice.push([('4', -0.25)], None).unwrap();
        lattice.skip(1, -4.0).unwrap();
        lattice.one_in_two(0, 'M', -1.0).unwrap();
        let side = CardSide {
            form: "loyalty-a5".into(),
            version: 3,
            side: 2,
            recognised: RecognisedBy::Marks,
            residual: 0.25,
            fields: vec![WrittenField {
                name: "surname".into(),
                place: Rect::new(1, 2, 3, 4),
                boxes: Ink::ALL
                    .map(|ink| WrittenBox {
                        place: Rect::new(5, 6, 7, 8),
                        ink,
                    })
                    .to_vec(),
                lattice,
            }],
            ticks: vec![Tick {
                name: "offers_post".into(),
                consent: Some(Consent {
                    purpose: "marketing".into(),
                    channels: Channel::ALL.to_vec(),
                    wording: "Yes, please.".into(),
                }),
                state: TickState::Corrected,
                probability: Probability::clamped(0.75),
                verdict: Verdict::Review,
                reason: "struck out".into(),
                place: Rect::new(9, 8, 7, 6),
            }],
            signatures: vec![Signature {
                name: "signature".into(),
                signed: true,
                place: Rect::new(5, 4, 3, 2),
            }],
            serials: vec![SerialSeen {
                name: "card".into(),
                number: Some("79927398713".into()),
                probability: Probability::clamped(0.999),
                verdict: Verdict::Accepted,
                reason: "its bar code".into(),
                place: Rect::new(1, 3, 5, 7),
            }],
        };
        let wire = WireSide::from(side.clone());
        let bytes = postcard::to_stdvec(&wire).unwrap();
        let back: WireSide = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(CardSide::try_from(back).unwrap(), side);
        let odd = WireSide {
            recognised: "luck".into(),
            ..WireSide::from(side.clone())
        };
        assert!(CardSide::try_from(odd).is_err());
        let odd = WireSide {
            residual: f64::NAN,
            ..WireSide::from(side)
        };
        assert!(CardSide::try_from(odd).is_err());
    }
}
