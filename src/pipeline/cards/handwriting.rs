//! What is written in the boxes of a field, or on an open line, as a lattice: every
//! character that may stand there, with how well it explains the ink.

use crate::domain::handprint::{Glyph, SIGNS};
use crate::domain::lattice::{Lattice, LatticeError};
use crate::engines::EngineError;
use crate::engines::handprint::HandprintNetwork;
use crate::engines::line_reader::{self, LineNetwork};
use crate::imaging::glyph::GlyphPicture;
use crate::imaging::line_picture::LinePicture;

/// Less likely characters are left out: the decoder has its own price for a mistake that
/// the network does not see coming, and that is higher.
pub(super) const LEAST: f64 = 1e-6;
/// How often a box that is written in holds something struck out: an estimate, until cards
/// that people checked tell.
const STRUCK_OUT: f64 = 0.006;
/// How often a box that was left empty has ink in it that looks like something: 0 to 6 of 100
/// by the severity of the scan (empty boxes of simulated cards, November 2026).
const DIRT_IN_EMPTY: f64 = 0.03;

/// The lattices of many fields, read by the network at one go.
pub(super) fn lattices(
    network: &HandprintNetwork,
    fields: &[Vec<Option<GlyphPicture>>],
) -> Result<Vec<Lattice>, EngineError> {
    let pictures: Vec<&GlyphPicture> = fields.iter().flatten().flatten().collect();
    let mut glyphs = network.read(&pictures)?.into_iter();
    let mut lattices = Vec::with_capacity(fields.len());
    for boxes in fields {
        let mut lattice = Lattice::default();
        for picture in boxes {
            let glyph = picture.as_ref().and_then(|_| glyphs.next());
            add(&mut lattice, glyph.as_ref()).map_err(|_| unlikely())?;
        }
        lattices.push(lattice);
    }
    Ok(lattices)
}

/// The lattice of an open line.
pub(super) fn line(network: &LineNetwork, picture: &LinePicture) -> Result<Lattice, EngineError> {
    let lattice = super::line::lattice(&network.read(picture)?, picture);
    lattice.map_err(|_| EngineError::GaveUp {
        engine: line_reader::NAME,
    })
}

/// Adds a box at the end; nothing is in it, where there was nothing to read. Dirt is what an
/// empty box may have: within a word it is as rare as an empty box is there.
fn add(lattice: &mut Lattice, glyph: Option<&Glyph>) -> Result<(), LatticeError> {
    let Some(glyph) = glyph else {
        return lattice.push([], Some(0.0));
    };
    let signs = likely(glyph).map(|(sign, share)| (sign, log(share)));
    let blank = glyph.blank + DIRT_IN_EMPTY * glyph.junk;
    lattice.push(signs, (blank > LEAST).then(|| log(blank)))?;
    lattice.skip(lattice.boxes() - 1, log(STRUCK_OUT * glyph.struck))
}

fn likely(glyph: &Glyph) -> impl Iterator<Item = (char, f64)> + '_ {
    let signs = SIGNS.iter().copied().zip(glyph.signs);
    signs.filter(|(_, share)| *share > LEAST)
}

/// Rounding may bring a sum of shares above 1.
pub(super) fn log(share: f64) -> f64 {
    share.max(LEAST * LEAST).ln().min(0.0)
}

/// The network gave what is no probability.
const fn unlikely() -> EngineError {
    EngineError::GaveUp {
        engine: "the network for handprint",
    }
}
