//! JPEG 2000, alone or out of a PDF.

use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

use crate::domain::limits::Limits;
use crate::domain::rejection::Rejection;
use crate::imaging::pix::Pix;
use crate::imaging::raster::Samples;

use super::super::{damaged, too_many_pixels, unsupported};
use super::pix;

const BOXED: &[u8] = b"\0\0\0\x0cjP  \r\n\x87\n";
const BARE: &[u8] = b"\xff\x4f\xff\x51";

/// Whether the bytes begin like JPEG 2000, in its box or bare.
pub(in super::super) fn is_jpeg2000(bytes: &[u8]) -> bool {
    is_boxed(bytes) || bytes.starts_with(BARE)
}

/// Whether the bytes are a file of their own (`.jp2`).
pub(in super::super) fn is_boxed(bytes: &[u8]) -> bool {
    bytes.starts_with(BOXED)
}

/// Decodes a whole image; a broken one is refused, never shown in part.
pub(in super::super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Pix, Rejection> {
    let broken = |_| damaged("the JPEG 2000 image is damaged or breaks off: scan it again");
    let settings = DecodeSettings {
        strict: true,
        ..DecodeSettings::default()
    };
    let image = Image::new(bytes, &settings).map_err(broken)?;
    let (width, height) = (image.width(), image.height());
    if u64::from(width) * u64::from(height) > limits.page_pixels {
        return Err(too_many_pixels(1, width.into(), height.into(), limits));
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(broken)?;
    let channels = decoded.components().len();
    if channels > 4 {
        return Err(unsupported(
            "the JPEG 2000 image has more than four channels: let the scanner write grey or RGB",
        ));
    }
    let rows = decoded.data_u8();
    let cmyk = matches!(image.color_space(), ColorSpace::CMYK);
    match channels {
        1 => pix(width, height, Samples::Grey, &rows),
        2 => pix(
            width,
            height,
            Samples::Grey,
            &every(&rows, 2, |pixel| [pixel[0]]),
        ),
        3 => pix(width, height, Samples::Rgb, &rows),
        _ if cmyk => pix(width, height, Samples::Rgb, &every(&rows, 4, rgb_of_cmyk)),
        _ => pix(width, height, Samples::Rgba, &rows),
    }
}

/// Each pixel's channels changed by `change`.
fn every<const N: usize>(
    rows: &[u8],
    channels: usize,
    change: impl Fn(&[u8]) -> [u8; N],
) -> Vec<u8> {
    rows.chunks_exact(channels).flat_map(change).collect()
}

fn rgb_of_cmyk(pixel: &[u8]) -> [u8; 3] {
    let light = |ink: u8| (u16::from(255 - ink) * u16::from(255 - pixel[3]) / 255) as u8;
    [light(pixel[0]), light(pixel[1]), light(pixel[2])]
}
