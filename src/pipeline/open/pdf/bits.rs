//! Bitonal images in a PDF: CCITT fax and JBIG2.

use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};
use lopdf::{Dictionary, Document};

use crate::domain::page::{EncodedImage, MediaType};
use crate::domain::rejection::Rejection;
use crate::imaging::pix::Pix;
use crate::imaging::raster::Samples;

use super::super::fax::first_bad_row;
use super::super::picture::pix;
use super::super::{bad_fax_row, damaged, truncated};
use super::image::{Shape, Taken};

/// A fax image. Group 4 is wrapped as a TIFF, which is what is kept and decoded;
/// group 3 has too many varieties to be a file of its own.
pub(super) fn fax(
    document: &Document,
    data: &[u8],
    parameters: Option<&Dictionary>,
    shape: &Shape,
    number: usize,
) -> Result<Option<Taken>, Rejection> {
    let fax = Fax::of(document, parameters);
    if fax.columns != i64::from(shape.width) {
        return Ok(None);
    }
    let taken = match fax.mode {
        ..0 if !fax.aligned => group4(data, shape, &fax, number),
        _ => any_group(data, shape, &fax, number),
    };
    taken.map(Some)
}

/// What a file says of its fax image.
struct Fax {
    /// Group 4 below 0, one-dimensional group 3 at 0, two-dimensional above.
    mode: i64,
    columns: i64,
    /// A bit of 1 is black.
    black_is_1: bool,
    /// Each row begins a byte.
    aligned: bool,
    end_of_block: bool,
    end_of_line: bool,
}

impl Fax {
    fn of(document: &Document, parameters: Option<&Dictionary>) -> Self {
        let value = |key: &[u8]| parameters.and_then(|p| p.get_deref(key, document).ok());
        let whole = |key| value(key).and_then(|v| v.as_i64().ok());
        let yes = |key| value(key).and_then(|v| v.as_bool().ok());
        Self {
            mode: whole(b"K").unwrap_or(0),
            columns: whole(b"Columns").unwrap_or(1_728),
            black_is_1: yes(b"BlackIs1").unwrap_or(false),
            aligned: yes(b"EncodedByteAlign").unwrap_or(false),
            end_of_block: yes(b"EndOfBlock").unwrap_or(true),
            end_of_line: yes(b"EndOfLine").unwrap_or(false),
        }
    }

    /// A black run is ink unless the file says that 1 is black and 1 is light.
    const fn black_is_ink(&self, shape: &Shape) -> bool {
        self.black_is_1 == shape.inverted
    }
}

fn group4(data: &[u8], shape: &Shape, fax: &Fax, number: usize) -> Result<Taken, Rejection> {
    if let Some(row) = first_bad_row(data, shape.width, shape.height) {
        let (row, rows) = (u64::from(row) + 1, shape.height.into());
        return Err(bad_fax_row(number, row, rows));
    }
    let bytes = wrap_group4(data, shape, fax.black_is_ink(shape));
    let pix = Pix::from_tiff(&bytes).map_err(|_| {
        damaged(format!(
            "page {number}'s fax image cannot be decoded: scan it again"
        ))
    })?;
    let media = MediaType::Tiff;
    let file = Some(EncodedImage { media, bytes });
    Ok(Taken { pix, file })
}

fn any_group(data: &[u8], shape: &Shape, fax: &Fax, number: usize) -> Result<Taken, Rejection> {
    let settings = DecodeSettings {
        columns: shape.width,
        rows: shape.height,
        end_of_block: fax.end_of_block,
        end_of_line: fax.end_of_line,
        rows_are_byte_aligned: fax.aligned,
        encoding: match fax.mode {
            0 => EncodingMode::Group3_1D,
            1.. => EncodingMode::Group3_2D,
            _ => EncodingMode::Group4,
        },
        strict: false,
    };
    let mut rows = Rows::of(shape.width);
    let decoded = hayro_ccitt::decode(data, &mut rows, &mut DecoderContext::new(settings));
    let complete = rows.bytes.len() >= rows.bytes_a_row * shape.height as usize;
    if decoded.is_err() || !complete {
        return Err(truncated(format!(
            "page {number}'s fax image breaks off: scan it again"
        )));
    }
    let samples = if fax.black_is_ink(shape) {
        Samples::Ink
    } else {
        Samples::Paper
    };
    let pix = pix(shape.width, shape.height, samples, &rows.bytes)?;
    Ok(Taken { pix, file: None })
}

/// A JBIG2 image with its shared segments.
pub(super) fn jbig2(
    document: &Document,
    data: &[u8],
    parameters: Option<&Dictionary>,
    shape: &Shape,
    number: usize,
) -> Result<Option<Taken>, Rejection> {
    let broken = |_| {
        damaged(format!(
            "page {number}'s JBIG2 image is damaged: scan it again"
        ))
    };
    // Otherwise a stream that breaks off would be a page that is blank from there on.
    let settings = hayro_jbig2::DecodeSettings { strict: true };
    let shared = parameters
        .and_then(|p| p.get_deref(b"JBIG2Globals", document).ok())
        .and_then(|globals| globals.as_stream().ok())
        .map(|globals| globals.get_plain_content_with_limit(data.len().max(16 << 20)));
    let shared = match shared {
        Some(Ok(bytes)) => Some(hayro_jbig2::Globals::new(&bytes, &settings).map_err(broken)?),
        Some(Err(_)) => return Ok(None),
        None => None,
    };
    let page = hayro_jbig2::Page::new_embedded(data, shared.as_ref(), &settings).map_err(broken)?;
    if (page.width(), page.height()) != (shape.width, shape.height) {
        return Ok(None);
    }
    let mut rows = Rows::of(shape.width);
    page.decode(&mut rows).map_err(broken)?;
    let samples = if shape.inverted {
        Samples::Paper
    } else {
        Samples::Ink
    };
    let pix = pix(shape.width, shape.height, samples, &rows.bytes)?;
    Ok(Some(Taken { pix, file: None }))
}

/// Rows of bits as they come, a set bit for black.
struct Rows {
    width: u32,
    bytes_a_row: usize,
    bytes: Vec<u8>,
    /// Pixels so far in the row that is being filled.
    filled: usize,
}

impl Rows {
    fn of(width: u32) -> Self {
        Self {
            width,
            bytes_a_row: width.div_ceil(8) as usize,
            bytes: Vec::new(),
            filled: 0,
        }
    }
}

impl hayro_ccitt::Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        let start = self.bytes.len();
        self.bytes.resize(start + self.bytes_a_row, 0);
        let row = &mut self.bytes[start..];
        for run in changes.chunks(2) {
            let end = run.get(1).copied().unwrap_or(self.width).min(self.width);
            blacken(row, run[0] as usize, end as usize);
        }
    }
}

impl hayro_jbig2::Decoder for Rows {
    fn push_pixel(&mut self, black: bool) {
        if self.filled.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if black && let Some(last) = self.bytes.last_mut() {
            *last |= 0x80 >> (self.filled % 8);
        }
        self.filled += 1;
    }

    fn push_pixel_chunk(&mut self, black: bool, chunk_count: u32) {
        let byte = if black { 0xff } else { 0 };
        self.bytes
            .resize(self.bytes.len() + chunk_count as usize, byte);
        self.filled += 8 * chunk_count as usize;
    }

    fn next_line(&mut self) {
        self.filled = 0;
    }
}

/// Sets the bits from `start` up to `end`.
fn blacken(row: &mut [u8], start: usize, end: usize) {
    if start >= end {
        return;
    }
    let (first, last) = (start / 8, (end - 1) / 8);
    let head = 0xff_u8 >> (start % 8);
    let tail = 0xff_u8 << (7 - (end - 1) % 8);
    if first == last {
        row[first] |= head & tail;
        return;
    }
    row[first] |= head;
    row[first + 1..last].fill(0xff);
    row[last] |= tail;
}

/// A TIFF of one strip around a group 4 stream.
fn wrap_group4(data: &[u8], shape: &Shape, black_is_ink: bool) -> Vec<u8> {
    let fields: [(u16, u16, u32); 9] = [
        (256, 4, shape.width),
        (257, 4, shape.height),
        (258, 3, 1),
        (259, 3, 4),
        (262, 3, u32::from(!black_is_ink)),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, shape.height),
        (279, 4, data.len() as u32),
    ];
    let mut file = b"II\x2a\0".to_vec();
    let directory = (8 + data.len()).next_multiple_of(2);
    file.extend((directory as u32).to_le_bytes());
    file.extend(data);
    file.resize(directory, 0);
    file.extend((fields.len() as u16).to_le_bytes());
    for (tag, kind, value) in fields {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file
}
