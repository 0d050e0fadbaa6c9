//! What the scanner does to the page, and the file that it writes.

use postroom::imaging::TiffPacking;
use postroom::imaging::pix::{Pix, PixError};
use postroom::imaging::raster::{Raster, Samples};

use super::chance::Chance;
use super::page::Page;
use super::severity::{Kind, Pen, Severity};

/// Entries of the table of noise; a power of two.
const NOISE: usize = 1 << 14;
/// The usual threshold between pen and paper.
const MIDDLE: f64 = 145.0;

/// A file as the scanner writes it.
pub struct File {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Its usual ending.
    pub ending: &'static str,
}

/// What is darker than this is ink to the scanner. For pencil it is never set so low
/// that the writing goes: a scan that nobody could read is no test of reading.
pub fn threshold(severity: &Severity, pen: &Pen, chance: &mut Chance) -> f64 {
    let off = chance.either_way(severity.threshold);
    MIDDLE * (1.0 + if pen.pencil { off.abs() } else { off })
}

/// Dust on the glass, a dirty roller, an unsharp lens, a restless sensor.
pub fn degrade(page: &mut Page, severity: &Severity, scale: f64, kind: Kind, chance: &mut Chance) {
    streaks(page, severity, scale, chance);
    if kind != Kind::Bitonal {
        speckle(page, severity, scale, chance);
    }
    let blur = chance.between(severity.blur[0], severity.blur[1]) * scale;
    let noise = noise_table(severity.noise * chance.between(0.5, 1.0), chance);
    let width = page.width;
    for plane in &mut page.planes {
        soften(plane, width, blur);
        if severity.noise > 0.0 {
            for row in plane.chunks_exact_mut(width) {
                let mut from = chance.bits() as usize;
                for stretch in row.chunks_mut(NOISE / 2) {
                    let start = from % (NOISE / 2);
                    for (pixel, noise) in stretch.iter_mut().zip(&noise[start..]) {
                        *pixel = (i16::from(*pixel) + noise).clamp(0, 255) as u8;
                    }
                    from = chance.bits() as usize;
                }
            }
        }
    }
}

/// Pixels as the file has them.
pub fn encode(
    mut page: Page,
    (kind, dpi): (Kind, u32),
    upside_down: bool,
    threshold: f64,
    (severity, chance): (&Severity, &mut Chance),
) -> Result<File, PixError> {
    if kind == Kind::Bitonal {
        for pixel in &mut page.planes[0] {
            *pixel = if f64::from(*pixel) < threshold {
                0
            } else {
                255
            };
        }
        speckle(&mut page, severity, f64::from(dpi) / 25.4, chance);
    }
    if upside_down {
        page.planes.iter_mut().for_each(|plane| plane.reverse());
    }
    let (samples, bytes) = match kind {
        Kind::Bitonal => (Samples::Ink, packed(&page.planes[0], page.width)),
        Kind::Grey => (Samples::Grey, std::mem::take(&mut page.planes[0])),
        Kind::Colour => (Samples::Rgb, interleaved(&page.planes)),
    };
    let (width, height) = (page.width as u32, page.height as u32);
    let raster = Raster::new(width, height, samples, &bytes).ok_or(PixError::NO_TILES)?;
    let mut pix = Pix::from_raster(&raster)?;
    pix.set_resolution(dpi);
    let (bytes, ending) = match kind {
        Kind::Bitonal => (pix.to_tiff(TiffPacking::Group4)?, "tif"),
        Kind::Grey if chance.happens(0.3) => (pix.to_tiff(TiffPacking::Deflate)?, "tif"),
        _ => (pix.to_jpeg()?, "jpg"),
    };
    Ok(File { bytes, ending })
}

fn packed(grey: &[u8], width: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(grey.len() / 8 + width);
    for row in grey.chunks_exact(width) {
        for eight in row.chunks(8) {
            let bits = eight.iter().enumerate().fold(0, |byte, (at, pixel)| {
                byte | u8::from(*pixel < 128) << (7 - at)
            });
            bytes.push(bits);
        }
    }
    bytes
}

fn interleaved(planes: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(planes[0].len() * 3);
    for ((red, green), blue) in planes[0].iter().zip(&planes[1]).zip(&planes[2]) {
        bytes.extend_from_slice(&[*red, *green, *blue]);
    }
    bytes
}

/// Lines down the page from dirt that does not move.
fn streaks(page: &mut Page, severity: &Severity, scale: f64, chance: &mut Chance) {
    for _ in 0..chance.count(severity.streaks) {
        let wide = (chance.between(0.06, 0.35) * scale).ceil() as usize;
        let left = chance.below(page.width.saturating_sub(wide));
        let dark = chance.between(0.15, 1.0);
        let grey = if chance.happens(0.8) { 30.0 } else { 255.0 };
        let (mut from, mut to) = (0, page.height);
        if chance.happens(0.4) {
            from = chance.below(page.height);
            to = (from + chance.below(page.height)).min(page.height);
        }
        for y in from..to {
            let row = y * page.width + left;
            for plane in &mut page.planes {
                for pixel in &mut plane[row..row + wide] {
                    *pixel = (f64::from(*pixel) + (grey - f64::from(*pixel)) * dark) as u8;
                }
            }
        }
    }
}

/// Specks of one to nine pixels, most of them dark.
fn speckle(page: &mut Page, severity: &Severity, scale: f64, chance: &mut Chance) {
    let area = (page.width * page.height) as f64 / (scale * scale) / 100.0;
    for _ in 0..chance.count(severity.speckle * area) {
        let side = 1 + chance.weighted(&[0.6, 0.3, 0.1]);
        let (x, y) = (
            chance.below(page.width - side),
            chance.below(page.height - side),
        );
        let grey = if chance.happens(0.8) { 20 } else { 250 };
        for row in y..y + side {
            for plane in &mut page.planes {
                plane[row * page.width + x..][..side].fill(grey);
            }
        }
    }
}

/// Normal noise of this standard deviation.
fn noise_table(deviation: f64, chance: &mut Chance) -> Vec<i16> {
    if deviation <= 0.0 {
        return vec![0; NOISE];
    }
    (0..NOISE)
        .map(|_| {
            // Twelve quarters of 64 bits are nearly normal, and far quicker than a logarithm.
            let (a, b) = (chance.bits(), chance.bits());
            let sum: i64 = (0..4)
                .map(|at| ((a >> (16 * at)) & 0xffff) as i64 + ((b >> (16 * at)) & 0xffff) as i64)
                .sum();
            let unit = (sum as f64 / 65_536.0 - 4.0) / (8.0_f64 / 12.0).sqrt();
            (unit * deviation).round() as i16
        })
        .collect()
}

/// Blurs by a bell of this width in pixels: passes of three neighbours, across and down.
fn soften(plane: &mut [u8], width: usize, deviation: f64) {
    let variance = deviation * deviation;
    let passes = (variance / 0.6).ceil() as usize;
    if variance < 0.01 {
        return;
    }
    // Three neighbours with the weights a, 1 - 2a, a have the variance 2a.
    let side = (variance / passes as f64 / 2.0 * 256.0).round() as u16;
    let mean = |a: u8, b: u8, c: u8| {
        ((side * (u16::from(a) + u16::from(c)) + (256 - 2 * side) * u16::from(b) + 128) >> 8) as u8
    };
    for _ in 0..passes {
        let mut before = vec![0; width];
        for row in plane.chunks_exact_mut(width) {
            before.copy_from_slice(row);
            for (pixel, near) in row[1..].iter_mut().zip(before.windows(3)) {
                *pixel = mean(near[0], near[1], near[2]);
            }
        }
        let mut above = plane[..width].to_vec();
        let height = plane.len() / width;
        for y in 1..height.saturating_sub(1) {
            let (this, below) = plane[y * width..].split_at_mut(width);
            for ((pixel, above), below) in this.iter_mut().zip(&mut above).zip(&below[..width]) {
                let softened = mean(*above, *pixel, *below);
                *above = *pixel;
                *pixel = softened;
            }
        }
    }
}
