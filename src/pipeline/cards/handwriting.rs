//! What is written in the boxes of a field, or on an open line, as a lattice: every
//! character that may stand there, with how well it explains the ink.

use crate::domain::handprint::{Glyph, SIGNS};
use crate::domain::lattice::{Lattice, LatticeError};
use crate::engines::EngineError;
use crate::engines::handprint::HandprintNetwork;
use crate::imaging::glyph::GlyphPicture;
use crate::imaging::strip::Strip;

/// Less likely characters are left out: the decoder has its own price for a mistake that
/// the network does not see coming, and that is higher.
const LEAST: f64 = 1e-6;
/// A space on an open line is a gap wider than the line's median by about this much, in
/// heights of a capital, give or take: between the characters of the real names at hand
/// the gaps vary by 0.3, between two names they are wider by 0.9 and more (November 2026).
const SPACE: f64 = 0.55;
const SPACE_VARIES: f64 = 0.12;
/// Whatever the gap, a space or none may be meant this often.
const ANY_GAP: f64 = 0.005;

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

/// The lattice of an open line: its boxes are pieces of ink and the gaps between them.
pub(super) fn line(network: &HandprintNetwork, strip: &Strip) -> Result<Lattice, EngineError> {
    let candidates = strip.candidates();
    let pictures: Vec<&GlyphPicture> = candidates.iter().map(|one| &one.picture).collect();
    let glyphs = network.read(&pictures)?;
    let read = candidates.iter().zip(&glyphs);
    let gaps: Vec<f64> = (1..strip.pieces())
        .map(|at| strip.gap_after(at - 1))
        .collect();
    let usual = median(&gaps);
    let build = || -> Result<Lattice, LatticeError> {
        let mut lattice = Lattice::default();
        for piece in 0..strip.pieces() {
            lattice.push([], None)?;
            if let Some(gap) = gaps.get(piece) {
                let wider = (gap - usual - SPACE) / SPACE_VARIES;
                let space = (1.0 / (1.0 + (-wider).exp())).clamp(ANY_GAP, 1.0 - ANY_GAP);
                lattice.push([], Some(space.ln()))?;
                lattice.skip(2 * piece + 1, (1.0 - space).ln())?;
            }
        }
        for (candidate, glyph) in read {
            let (first, pieces) = (2 * candidate.pieces.start, candidate.pieces.len());
            if pieces == 1 {
                lattice.skip(first, log(glyph.struck + glyph.junk))?;
            }
            for (sign, share) in likely(glyph) {
                lattice.one_in(first, 2 * pieces - 1, sign, log(share))?;
            }
        }
        Ok(lattice)
    };
    build().map_err(|_| unlikely())
}

/// Adds a box at the end; nothing is in it, where there was nothing to read.
fn add(lattice: &mut Lattice, glyph: Option<&Glyph>) -> Result<(), LatticeError> {
    let Some(glyph) = glyph else {
        return lattice.push([], Some(0.0));
    };
    let signs = likely(glyph).map(|(sign, share)| (sign, log(share)));
    let blank = (glyph.blank > LEAST).then(|| log(glyph.blank));
    lattice.push(signs, blank)?;
    lattice.skip(lattice.boxes() - 1, log(glyph.struck + glyph.junk))
}

fn likely(glyph: &Glyph) -> impl Iterator<Item = (char, f64)> + '_ {
    let signs = SIGNS.iter().copied().zip(glyph.signs);
    signs.filter(|(_, share)| *share > LEAST)
}

/// Rounding may bring a sum of shares above 1.
fn log(share: f64) -> f64 {
    share.max(LEAST * LEAST).ln().min(0.0)
}

fn median(gaps: &[f64]) -> f64 {
    let mut sorted = gaps.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// The network gave what is no probability.
const fn unlikely() -> EngineError {
    EngineError::GaveUp {
        engine: "the network for handprint",
    }
}
