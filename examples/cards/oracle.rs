//! A reader that knows the truth: what it gets wrong is the measuring's own error, of
//! rounding to whole pixels.

use postroom::domain::card::{
    CardSide, RecognisedBy, SerialSeen, Signature, Tick, TickState, WrittenBox, WrittenField,
};
use postroom::domain::confidence::Probability;
use postroom::domain::geometry::{Area, Rect, Turn};
use postroom::domain::lattice::Lattice;
use postroom::domain::verdict::Verdict;
use postroom::pipeline::cards::Look;

use super::sim::{Intent, Truth};

/// The right answer.
pub fn look(truth: &Truth) -> Look {
    let fields = truth.fields.iter().map(|field| WrittenField {
        name: field.name.clone(),
        place: Rect::default(),
        boxes: field
            .boxes
            .iter()
            .map(|one| WrittenBox {
                place: around(truth, &one.place),
                ink: one.expected(),
            })
            .collect(),
        lattice: Lattice::default(),
    });
    let ticks = truth.ticks.iter().map(|tick| Tick {
        name: tick.name.clone(),
        consent: None,
        state: match tick.intent {
            Intent::Empty => TickState::Empty,
            Intent::Marked => TickState::Marked,
            Intent::Corrected => TickState::Corrected,
            Intent::Ambiguous => TickState::Unsure,
        },
        probability: Probability::ONE,
        verdict: match tick.intent {
            Intent::Ambiguous => Verdict::Review,
            _ => Verdict::Accepted,
        },
        reason: String::new(),
        place: around(truth, &tick.place),
    });
    let signatures = truth.signatures.iter().map(|signature| Signature {
        name: signature.name.clone(),
        signed: signature.signed,
        place: around(truth, &signature.place),
    });
    let serials = truth.serials.iter().map(|truly| SerialSeen {
        name: truly.serial.name.clone(),
        number: Some(truly.number.clone()),
        probability: Probability::ONE,
        verdict: Verdict::Accepted,
        reason: String::new(),
        place: around(truth, &truly.serial.place),
    });
    let side = CardSide {
        form: truth.form.clone(),
        version: truth.version,
        side: truth.side,
        recognised: RecognisedBy::Code,
        residual: 0.0,
        fields: fields.collect(),
        ticks: ticks.collect(),
        signatures: signatures.collect(),
        serials: serials.collect(),
    };
    let turn = if truth.upside_down {
        Turn::Half
    } else {
        Turn::None
    };
    Look::Card(turn, Box::new(side))
}

/// Whole pixels around a place.
fn around(truth: &Truth, place: &Area) -> Rect {
    let [left, top, right, bottom] = truth.around(place).map(|side| side.round() as u32);
    Rect::new(left, top, right - left, bottom - top)
}
