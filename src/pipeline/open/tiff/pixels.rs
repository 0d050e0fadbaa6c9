//! Says, before a byte is decoded, whether a page's pixels are all in the file and
//! within the limits.

use std::borrow::Cow;
use std::ops::Range;

use crate::domain::limits::Limits;
use crate::domain::rejection::Rejection;

use super::super::{
    bad_fax_row, damaged, fax, missing_bytes, too_many_pixels, truncated, unsupported,
};
use super::directory::Directory;
use super::tag;

/// What a page's directory says of its image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Image {
    pub(super) width: u32,
    pub(super) height: u32,
    /// One bit a pixel, no palette.
    pub(super) bitonal: bool,
    /// Width and height of its tiles, when it has tiles.
    pub(super) tile: Option<(u32, u32)>,
    /// Dots per inch across and down.
    pub(super) dpi: Option<(f64, f64)>,
    /// 1 to 8 as in EXIF.
    pub(super) orientation: u8,
}

/// The numbers that say how samples are laid out.
struct Shape {
    width: u64,
    height: u64,
    bits: u64,
    samples: u64,
    compression: u64,
    planar: bool,
}

const NO_COMPRESSION: u64 = 1;
const GROUP4: u64 = 4;
const LOW_BIT_FIRST: u64 = 2;
const UNSIGNED: u64 = 1;
const CENTIMETRE: u64 = 3;

/// Checks one page.
pub(super) fn check(
    bytes: &[u8],
    page: &Directory,
    number: usize,
    limits: &Limits,
) -> Result<Image, Rejection> {
    let shape = shape(bytes, page, number)?;
    within_limits(&shape, number, limits)?;
    let chunks = chunks(bytes, page, number)?;
    enough_chunks(bytes, page, &shape, &chunks, number, limits)?;
    let photometric = page.number(bytes, tag::PHOTOMETRIC).unwrap_or(0);
    Ok(Image {
        width: shape.width as u32,
        height: shape.height as u32,
        bitonal: shape.bits == 1 && shape.samples == 1 && photometric < 2,
        tile: tile(bytes, page, &shape, number)?,
        dpi: resolution(bytes, page),
        orientation: page.number(bytes, tag::ORIENTATION).unwrap_or(1).min(255) as u8,
    })
}

/// The places in the file of a page's strips or tiles, all of them inside it.
pub(super) fn chunks(
    bytes: &[u8],
    page: &Directory,
    number: usize,
) -> Result<Vec<Range<usize>>, Rejection> {
    let tiled = page.entry(tag::TILE_OFFSETS).is_some();
    let (offsets, counts) = if tiled {
        (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS)
    } else {
        (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS)
    };
    let list = |tag| {
        page.numbers(bytes, tag).ok_or_else(|| match page.entry(tag) {
            Some(entry) if entry.value.is_none() => truncated(format!(
                "the file ends before its content does (within the list of page {number}'s parts): scan it again"
            )),
            _ => damaged(format!("page {number} does not say where its image lies: scan it again")),
        })
    };
    let (offsets, counts) = (list(offsets)?, list(counts)?);
    if offsets.len() != counts.len() {
        return Err(damaged(format!(
            "page {number} contradicts itself about where its image lies: scan it again"
        )));
    }
    let end = |(offset, count): (&u64, &u64)| offset.saturating_add(*count);
    let last = offsets.iter().zip(&counts).map(end).max().unwrap_or(0);
    if last > bytes.len() as u64 {
        return Err(missing_bytes(number, last - bytes.len() as u64));
    }
    if counts.iter().sum::<u64>() > bytes.len() as u64 {
        return Err(damaged(format!(
            "the parts of page {number} overlap: scan it again"
        )));
    }
    Ok(offsets
        .iter()
        .zip(&counts)
        .map(|(offset, count)| *offset as usize..(offset + count) as usize)
        .collect())
}

/// Walks every strip or tile of a group 4 page: see [`fax`].
pub(super) fn whole_fax(
    bytes: &[u8],
    page: &Directory,
    chunks: &[Range<usize>],
    image: &Image,
    number: usize,
) -> Result<(), Rejection> {
    if page.number(bytes, tag::COMPRESSION) != Some(GROUP4) || !image.bitonal {
        return Ok(());
    }
    let backwards = page.number(bytes, tag::FILL_ORDER) == Some(LOW_BIT_FIRST);
    let rows_a_strip = page.number(bytes, tag::ROWS_PER_STRIP).unwrap_or(u64::MAX);
    let strip = || (image.width, rows_a_strip.min(image.height.into()) as u32);
    let (columns, rows) = image.tile.unwrap_or_else(strip);
    let across = image.width.div_ceil(columns);
    let needed = across * image.height.div_ceil(rows);
    for (index, chunk) in (0..needed).zip(chunks) {
        let above = index / across * rows;
        // A last tile is filled up, a last strip is short.
        let here = image.tile.map_or(rows.min(image.height - above), |_| rows);
        let mut coded = Cow::from(&bytes[chunk.clone()]);
        if backwards {
            coded = coded.iter().map(|byte| byte.reverse_bits()).collect();
        }
        if let Some(row) = fax::first_bad_row(&coded, columns, here) {
            let row = u64::from(above) + u64::from(row) + 1;
            return Err(bad_fax_row(number, row, image.height.into()));
        }
    }
    Ok(())
}

fn shape(bytes: &[u8], page: &Directory, number: usize) -> Result<Shape, Rejection> {
    let value = |tag, otherwise| page.number(bytes, tag).unwrap_or(otherwise);
    let shape = Shape {
        width: value(tag::WIDTH, 0),
        height: value(tag::HEIGHT, 0),
        bits: value(tag::BITS_PER_SAMPLE, 1),
        samples: value(tag::SAMPLES_PER_PIXEL, 1),
        compression: value(tag::COMPRESSION, NO_COMPRESSION),
        planar: value(tag::PLANAR_CONFIGURATION, 1) == 2,
    };
    if shape.width == 0 || shape.height == 0 {
        return Err(damaged(format!("page {number} has no size: scan it again")));
    }
    if let Some(name) = refused_compression(shape.compression) {
        return Err(unsupported(format!(
            "page {number} is packed as {name}, which is not read here: let the scanner write CCITT G4, LZW, Deflate or JPEG"
        )));
    }
    let photometric = value(tag::PHOTOMETRIC, 0);
    if value(tag::SAMPLE_FORMAT, UNSIGNED) != UNSIGNED {
        return Err(unsupported(format!(
            "page {number} holds measurements, not an image: let the scanner write black and white, grey or RGB"
        )));
    }
    let plain = matches!(photometric, 0..=3) || (photometric == 6 && shape.compression == 7);
    if !matches!(shape.bits, 1 | 2 | 4 | 8 | 16) || !(1..=4).contains(&shape.samples) || !plain {
        return Err(unsupported(format!(
            "page {number} has {} samples of {} bits in colour model {photometric}, which is not read here: let the scanner write black and white, grey or RGB",
            shape.samples, shape.bits
        )));
    }
    Ok(shape)
}

/// The name of a packing that is not read; `None` when it is.
fn refused_compression(compression: u64) -> Option<String> {
    match compression {
        1..=5 | 7 | 8 | 32_773 | 32_946 => None,
        6 => Some("JPEG of the kind that TIFF gave up in 1995".to_owned()),
        other => Some(format!("compression {other}")),
    }
}

fn within_limits(shape: &Shape, number: usize, limits: &Limits) -> Result<(), Rejection> {
    let pixels = shape.width.saturating_mul(shape.height);
    let decoded = pixels
        .saturating_mul(shape.samples * shape.bits)
        .div_ceil(8);
    if pixels > limits.page_pixels || decoded > limits.page_decoded_bytes {
        return Err(too_many_pixels(number, shape.width, shape.height, limits));
    }
    Ok(())
}

/// Every row must have a strip or tile, and unpacked samples must fill theirs.
fn enough_chunks(
    bytes: &[u8],
    page: &Directory,
    shape: &Shape,
    chunks: &[Range<usize>],
    number: usize,
    limits: &Limits,
) -> Result<(), Rejection> {
    let value = |tag, otherwise: u64| page.number(bytes, tag).unwrap_or(otherwise);
    let tiled = page.entry(tag::TILE_OFFSETS).is_some();
    let (chunk_width, chunk_height) = if tiled {
        (value(tag::TILE_WIDTH, 0), value(tag::TILE_LENGTH, 0))
    } else {
        let rows = value(tag::ROWS_PER_STRIP, shape.height);
        (shape.width, rows.min(shape.height))
    };
    let contradicts = || {
        damaged(format!(
            "page {number} contradicts itself about its parts: scan it again"
        ))
    };
    if chunk_width == 0 || chunk_height == 0 {
        return Err(contradicts());
    }
    let samples = if shape.planar { 1 } else { shape.samples };
    let row = chunk_width.saturating_mul(samples * shape.bits).div_ceil(8);
    if row.saturating_mul(chunk_height) > limits.page_decoded_bytes {
        return Err(contradicts());
    }
    let planes = if shape.planar { shape.samples } else { 1 };
    let down = shape.height.div_ceil(chunk_height);
    let needed = shape.width.div_ceil(chunk_width) * down * planes;
    if (chunks.len() as u64) < needed {
        return Err(contradicts());
    }
    for (index, chunk) in chunks.iter().take(needed as usize).enumerate() {
        let rows = match index as u64 % down {
            last if !tiled && last + 1 == down => shape.height - last * chunk_height,
            _ => chunk_height,
        };
        let whole = if shape.compression == NO_COMPRESSION {
            row * rows
        } else {
            1
        };
        if (chunk.len() as u64) < whole {
            return Err(missing_bytes(number, whole - chunk.len() as u64));
        }
    }
    Ok(())
}

/// The size of the tiles; sides are multiples of 16 by the standard.
fn tile(
    bytes: &[u8],
    page: &Directory,
    shape: &Shape,
    number: usize,
) -> Result<Option<(u32, u32)>, Rejection> {
    if page.entry(tag::TILE_OFFSETS).is_none() {
        return Ok(None);
    }
    let side = |tag| {
        let side = page
            .number(bytes, tag)
            .and_then(|side| u32::try_from(side).ok());
        side.filter(|side| *side >= 16)
    };
    match (side(tag::TILE_WIDTH), side(tag::TILE_LENGTH)) {
        (Some(wide), Some(tall)) if !shape.planar => Ok(Some((wide, tall))),
        _ => Err(unsupported(format!(
            "page {number} has tiles of a kind that is not read here: let the scanner write strips"
        ))),
    }
}

/// Dots per inch; a file without a unit means inches.
pub(super) fn resolution(bytes: &[u8], page: &Directory) -> Option<(f64, f64)> {
    let x = page.ratio(bytes, tag::X_RESOLUTION)?;
    let y = page.ratio(bytes, tag::Y_RESOLUTION)?;
    let inches = match page.number(bytes, tag::RESOLUTION_UNIT) {
        Some(CENTIMETRE) => 2.54,
        _ => 1.0,
    };
    Some((x * inches, y * inches))
}
