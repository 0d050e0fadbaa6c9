//! The network that reads handprint, a box at a time. models/handprint.md says what it is,
//! what it was trained on, and what it gets wrong.

use rten::Model;
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

use super::EngineError;
use crate::domain::handprint::{CLASSES, Glyph, SIGNS};
use crate::domain::identity::Digest;
use crate::imaging::glyph::{GlyphPicture, SIDE};

/// The weights that ship.
const MODEL: &[u8] = include_bytes!("../../models/handprint.onnx");
const NAME: &str = "the network for handprint";
/// Pictures that go through it together: more make it no faster, but need more memory.
const BATCH: usize = 64;

/// The hash of the weights.
pub fn digest() -> Digest {
    Digest::of(MODEL)
}

/// The network, ready to run.
pub struct HandprintNetwork {
    model: Model,
}

impl std::fmt::Debug for HandprintNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HandprintNetwork")
    }
}

impl HandprintNetwork {
    /// The network that ships with the program.
    pub fn open() -> Result<Self, EngineError> {
        let model = Model::load_static_slice(MODEL).map_err(|error| EngineError::Unusable {
            engine: NAME,
            what: format!("its weights are damaged ({error}): install the program again"),
        })?;
        Ok(Self { model })
    }

    /// What each picture shows.
    pub fn read(&self, pictures: &[&GlyphPicture]) -> Result<Vec<Glyph>, EngineError> {
        let mut glyphs = Vec::with_capacity(pictures.len());
        for batch in pictures.chunks(BATCH) {
            let read = self.run(batch);
            glyphs.extend(read.ok_or(EngineError::GaveUp { engine: NAME })?);
        }
        Ok(glyphs)
    }

    fn run(&self, batch: &[&GlyphPicture]) -> Option<Vec<Glyph>> {
        let planes: Vec<f32> = batch.iter().flat_map(|picture| planes(picture)).collect();
        let input =
            NdTensorView::try_from_data([batch.len(), 2, SIDE, SIDE], planes.as_slice()).ok()?;
        let output = self.model.run_one(input.into(), None).ok()?;
        let output: NdTensor<f32, 2> = output.try_into().ok()?;
        if output.shape() != [batch.len(), CLASSES] {
            return None;
        }
        let glyph = |at: usize| {
            let share = |class: usize| f64::from(output[[at, class]]);
            Glyph {
                signs: std::array::from_fn(share),
                blank: share(SIGNS.len()),
                struck: share(SIGNS.len() + 1),
                junk: share(SIGNS.len() + 2),
            }
        };
        Some((0..batch.len()).map(glyph).collect())
    }
}

/// The ink of 1, then 1 where the box is.
fn planes(picture: &GlyphPicture) -> impl Iterator<Item = f32> {
    let [left, top, right, bottom] = picture.place.map(usize::from);
    let ink = picture.ink.iter().map(|ink| f32::from(*ink) / 255.0);
    let pixels = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    let inside = move |(x, y): (usize, usize)| {
        f32::from(u8::from(
            (left..right).contains(&x) && (top..bottom).contains(&y),
        ))
    };
    ink.chain(pixels.map(inside))
}
