//! JPEG: decoders fill a missing end with grey, so the end is looked for first.

use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::jpeg::JpegDecoder;

use crate::domain::limits::Limits;
use crate::domain::rejection::Rejection;

use super::super::{tiff, truncated};
use super::{Decoded, decode as decode_image, orientation, rejected};

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;
const APP0: u8 = 0xe0;

/// What the markers tell without decoding.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Markers {
    /// Whether the end marker is there.
    complete: bool,
    /// JFIF's density in dots per inch.
    dpi: Option<(f64, f64)>,
}

/// Decodes a whole JPEG; one without its end is refused.
pub(in super::super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, Rejection> {
    let markers = markers(bytes);
    if !markers.complete {
        return Err(truncated(
            "the file ends before its image does (a JPEG without its end mark): scan it again",
        ));
    }
    let mut decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|error| rejected(&error))?;
    let exif = decoder.exif_metadata().ok().flatten();
    let orientation = orientation(&mut decoder);
    let pix = decode_image(decoder, false, limits)?;
    let dpi = exif
        .as_deref()
        .and_then(tiff::resolution_of_exif)
        .or(markers.dpi);
    Ok((pix, dpi, orientation))
}

/// Walks from marker to marker; pictures inside a segment (thumbnails) are passed over.
fn markers(bytes: &[u8]) -> Markers {
    let mut found = Markers::default();
    let mut at = 2;
    while let Some((marker, next)) = next_marker(bytes, at) {
        at = next;
        match marker {
            END_OF_IMAGE => {
                found.complete = true;
                break;
            }
            0x01 | 0xd0..=0xd8 => {}
            _ => {
                let Some(length) = bytes.get(at..at + 2) else {
                    break;
                };
                let end = at + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
                if marker == APP0 {
                    found.dpi = bytes.get(at + 2..end).and_then(jfif_density);
                }
                at = if marker == START_OF_SCAN {
                    after_scan(bytes, end)
                } else {
                    end
                };
            }
        }
    }
    found
}

/// The next marker's code and the place after it.
fn next_marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from + bytes.get(from..)?.iter().position(|byte| *byte == 0xff)?;
    while *bytes.get(at)? == 0xff {
        at += 1;
    }
    Some((bytes[at], at + 1))
}

/// The place of the first marker after coded data: stuffed bytes and restarts are data.
fn after_scan(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(step) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|b| *b == 0xff))
    {
        at += step;
        match bytes.get(at + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            _ => return at,
        }
    }
    bytes.len()
}

fn jfif_density(segment: &[u8]) -> Option<(f64, f64)> {
    let [b'J', b'F', b'I', b'F', 0, _, _, unit, x0, x1, y0, y1, ..] = *segment else {
        return None;
    };
    let inches = match unit {
        1 => 1.0,
        2 => 2.54,
        _ => return None,
    };
    let density = |high, low| f64::from(u16::from_be_bytes([high, low])) * inches;
    Some((density(x0, x1), density(y0, y1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_inside_a_thumbnail_is_not_the_end() {
        let thumbnail = [0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 0, 0];
        assert!(!markers(&thumbnail).complete);
        let mut whole = thumbnail.to_vec();
        whole.extend([0xff, 0xda, 0, 2, 1, 0xff, 0, 2, 0xff, 0xd3, 3, 0xff, 0xd9]);
        assert!(markers(&whole).complete);
        assert!(!markers(&whole[..whole.len() - 1]).complete);
    }

    #[test]
    fn density_counts_only_with_a_unit() {
        let inch = b"JFIF\0\x01\x02\x01\x01\x2c\x01\x2c\0\0";
        assert_eq!(jfif_density(inch), Some((300.0, 300.0)));
        let aspect = b"JFIF\0\x01\x02\x00\0\x01\0\x01\0\0";
        assert_eq!(jfif_density(aspect), None);
    }
}
