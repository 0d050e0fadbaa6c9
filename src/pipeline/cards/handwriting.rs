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
/// Ways to cut an open line into characters of which less than this share leads over an
/// edge are not followed: a line of 8 characters has 30 runs of pieces that may be one.
const LEAST_WAY: f64 = 1e-5;
/// How often a box that is written in holds something struck out: an estimate, until cards
/// that people checked tell.
const STRUCK_OUT: f64 = 0.006;
/// How often a box that was left empty has ink in it that looks like something: 0 to 6 of 100
/// by the severity of the scan (empty boxes of simulated cards, November 2026).
const DIRT_IN_EMPTY: f64 = 0.03;
/// How often a piece of ink on an open line is none of the writer's characters. An estimate.
const DIRT_ON_LINE: f64 = 0.01;
/// A space on an open line is a gap wider than the line's median by about this much, in
/// heights of a capital, give or take: between the characters of the real names at hand
/// the gaps vary by 0.3, between two names they are wider by 0.9 and more (November 2026).
const SPACE: f64 = 0.55;
const SPACE_VARIES: f64 = 0.12;
/// Gaps that are less likely spaces are none; however wide, none may be meant so often.
const ANY_GAP: f64 = 0.01;
/// Pieces nearer than this, in the same measure, are parts of one character or touch.
const NO_GAP: f64 = 0.05;

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
    let spaces = spaces(strip);
    // The box of each piece: the gaps between that may be spaces are boxes too.
    let mut boxes = Vec::with_capacity(strip.pieces());
    let mut build = || -> Result<Lattice, LatticeError> {
        let mut lattice = Lattice::default();
        for piece in 0..strip.pieces() {
            boxes.push(lattice.boxes());
            lattice.push([], None)?;
            if let Some(space) = spaces.get(piece).filter(|space| **space > ANY_GAP) {
                lattice.push([], Some(space.ln()))?;
                lattice.skip(lattice.boxes() - 1, (1.0 - space).ln())?;
            }
        }
        for (candidate, glyph) in candidates.iter().zip(&glyphs) {
            let first = boxes[candidate.pieces.start];
            let last = boxes[candidate.pieces.end - 1];
            if first == last {
                let dirt = DIRT_ON_LINE * glyph.junk;
                lattice.skip(first, log(STRUCK_OUT * glyph.struck + dirt))?;
            }
            for (sign, share) in likely(glyph) {
                lattice.one_in(first, last - first + 1, sign, log(share))?;
            }
        }
        Ok(lattice)
    };
    Ok(build().map_err(|_| unlikely())?.pruned(LEAST_WAY))
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
fn log(share: f64) -> f64 {
    share.max(LEAST * LEAST).ln().min(0.0)
}

/// How likely the gap after each piece is a space.
fn spaces(strip: &Strip) -> Vec<f64> {
    let gaps = (1..strip.pieces()).map(|at| strip.gap_after(at - 1));
    let gaps: Vec<f64> = gaps.collect();
    // Pieces of one character have next to none between them.
    let mut real: Vec<f64> = gaps.iter().copied().filter(|gap| *gap > NO_GAP).collect();
    real.sort_by(f64::total_cmp);
    let usual = real.get(real.len() / 2).copied().unwrap_or(0.0);
    let space = |gap: &f64| {
        let wider = (gap - usual - SPACE) / SPACE_VARIES;
        (1.0 / (1.0 + (-wider).exp())).min(1.0 - ANY_GAP)
    };
    gaps.iter().map(space).collect()
}

/// The network gave what is no probability.
const fn unlikely() -> EngineError {
    EngineError::GaveUp {
        engine: "the network for handprint",
    }
}
