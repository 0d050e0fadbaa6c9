//! Lines of handwriting from real forms, one to an image, cut as the program cuts an open
//! line, for training and for measuring.
//!
//! `cards crops --real TAR --out FILE` writes for each image of the archive: its name (a
//! byte for the length first), the number of its pieces (a byte), the paper after each
//! piece in hundredths of a capital's height (two bytes, signed), the number of candidates
//! (two bytes), and of each of them the first piece, the one after the last, where its box
//! lies in the picture (four bytes), and the picture. Numbers are little-endian.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use image::imageops::{FilterType, resize};
use postroom::domain::geometry::Area;
use postroom::imaging::strip::Strip;
use postroom::imaging::warp::Patch;

use super::sim::members;
use super::{Options, Result};

/// Pixels of a crop become so many: a capital is 15 to 20 high there and 30 to 40 on a card.
const LARGER: u32 = 2;
/// Pixels to a mm of a card.
const DENSITY: f64 = 8.0;

/// Writes the pieces of every line.
pub fn pieces(options: &Options) -> Result<()> {
    let out = options.out.as_ref().ok_or("--out names the file")?;
    let archive = options.real.as_ref().ok_or("--real names the archive")?;
    let archive = fs::read(archive)?;
    let mut file = BufWriter::new(fs::File::create(out)?);
    for (name, bytes) in members(&archive) {
        let name = Path::new(&name).file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        if !name.ends_with(".jpg") {
            continue;
        }
        let patch = patch(bytes).map_err(|error| format!("{name}: {error}"))?;
        file.write_all(&[name.len() as u8])?;
        file.write_all(name.as_bytes())?;
        match Strip::of(&patch)? {
            Some(strip) => write(&mut file, &strip)?,
            None => file.write_all(&[0, 0, 0])?,
        }
    }
    Ok(file.flush()?)
}

fn write(file: &mut impl std::io::Write, strip: &Strip) -> Result<()> {
    file.write_all(&[strip.pieces() as u8])?;
    for piece in 0..strip.pieces() {
        let gap = (strip.gap_after(piece) * 100.0).clamp(-30_000.0, 30_000.0) as i16;
        file.write_all(&gap.to_le_bytes())?;
    }
    let candidates = strip.candidates();
    file.write_all(&(candidates.len() as u16).to_le_bytes())?;
    for candidate in candidates {
        file.write_all(&[candidate.pieces.start as u8, candidate.pieces.end as u8])?;
        file.write_all(&candidate.picture.place)?;
        file.write_all(&candidate.picture.ink)?;
    }
    Ok(())
}

/// An image of dark ink on paper as the program sees a place on a card.
pub fn patch(bytes: &[u8]) -> Result<Patch> {
    let grey = image::load_from_memory(bytes)?.to_luma8();
    let (width, height) = (grey.width() * LARGER, grey.height() * LARGER);
    let grey = resize(&grey, width, height, FilterType::CatmullRom);
    let mut sorted = grey.as_raw().clone();
    sorted.sort_unstable();
    let paper = f64::from(sorted[sorted.len() / 2]);
    let dark = f64::from(sorted[sorted.len() / 200]).min(paper - 60.0);
    let area = Area::new(
        0.0,
        0.0,
        f64::from(width) / DENSITY,
        f64::from(height) / DENSITY,
    );
    let mut patch = Patch::blank(&area, DENSITY);
    for (ink, pixel) in patch.ink.iter_mut().zip(grey.as_raw()) {
        *ink = ((paper - f64::from(*pixel)) / (paper - dark) * 255.0).clamp(0.0, 255.0) as u8;
    }
    Ok(patch)
}
