//! Files that hold one image: JPEG, PNG, BMP and JPEG 2000.

mod bmp;
pub(super) mod jpeg;
pub(super) mod jpeg2000;
mod png;

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::png::PngDecoder;
use image::{DynamicImage, ImageDecoder, ImageError};

use crate::domain::limits::Limits;
use crate::domain::page::{EncodedImage, MediaType};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::imaging::pix::Pix;
use crate::imaging::raster::{Raster, Samples};

use super::orientation::Orientation;
use super::{OpenedPage, damaged, too_many_pixels, truncated, unsupported};

/// An image file, recognised by its first bytes.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    media: MediaType,
    bytes: &'a [u8],
}

/// Tells the kind by the first bytes.
pub(super) fn recognise(bytes: &[u8]) -> Option<Picture<'_>> {
    let media = match bytes {
        [0xff, 0xd8, 0xff, ..] => MediaType::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => MediaType::Png,
        [b'B', b'M', ..] => MediaType::Bmp,
        _ if jpeg2000::is_jpeg2000(bytes) => MediaType::Jpeg2000,
        _ => return None,
    };
    Some(Picture { media, bytes })
}

impl Picture<'_> {
    pub(super) fn page(&self, limits: &Limits) -> Result<OpenedPage, Rejection> {
        let (pix, dpi, orientation) = match self.media {
            MediaType::Jpeg => jpeg::decode(self.bytes, limits)?,
            MediaType::Png => self.png(limits)?,
            MediaType::Bmp => self.bmp(limits)?,
            _ => (
                jpeg2000::decode(self.bytes, limits)?,
                None,
                Orientation::default(),
            ),
        };
        Ok(OpenedPage {
            pix,
            dpi,
            orientation,
            original: EncodedImage {
                media: self.media,
                bytes: self.bytes.to_vec(),
            },
        })
    }

    fn png(&self, limits: &Limits) -> Result<Decoded, Rejection> {
        let facts = png::facts(self.bytes)?;
        let mut decoder = PngDecoder::with_limits(Cursor::new(self.bytes), decoder_limits(limits))
            .map_err(|error| rejected(&error))?;
        let orientation = orientation(&mut decoder);
        let pix = decode(decoder, facts.bitonal, limits)?;
        Ok((pix, facts.dpi, orientation))
    }

    fn bmp(&self, limits: &Limits) -> Result<Decoded, Rejection> {
        let facts = bmp::facts(self.bytes)?;
        let decoder = BmpDecoder::new(Cursor::new(self.bytes)).map_err(|error| rejected(&error))?;
        let pix = decode(decoder, facts.bitonal, limits)?;
        Ok((pix, facts.dpi, Orientation::default()))
    }
}

/// Pixels, dots per inch across and down, and how the page is to be held.
pub(super) type Decoded = (Pix, Option<(f64, f64)>, Orientation);

/// Decodes within the limits; nothing is allocated for an image beyond them.
fn decode(
    mut decoder: impl ImageDecoder,
    bitonal: bool,
    limits: &Limits,
) -> Result<Pix, Rejection> {
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.page_pixels
        || decoder.total_bytes() > 2 * limits.page_decoded_bytes
    {
        return Err(too_many_pixels(1, width.into(), height.into(), limits));
    }
    decoder
        .set_limits(decoder_limits(limits))
        .map_err(|error| rejected(&error))?;
    let decoded = DynamicImage::from_decoder(decoder).map_err(|error| rejected(&error))?;
    let pix = match decoded {
        DynamicImage::ImageLuma8(grey) => pix(width, height, Samples::Grey, grey.as_raw()),
        DynamicImage::ImageRgb8(rgb) => pix(width, height, Samples::Rgb, rgb.as_raw()),
        DynamicImage::ImageLuma16(_) => pix(width, height, Samples::Grey, &decoded.into_luma8()),
        other => pix(width, height, Samples::Rgba, &other.into_rgba8()),
    }?;
    if bitonal {
        return pix
            .two_tone()
            .map_err(|_| damaged("the image cannot be unpacked: scan it again"));
    }
    Ok(pix)
}

/// Pixels from a decoder's rows.
pub(super) fn pix(
    width: u32,
    height: u32,
    samples: Samples,
    rows: &[u8],
) -> Result<Pix, Rejection> {
    Raster::new(width, height, samples, rows)
        .and_then(|raster| Pix::from_raster(&raster).ok())
        .ok_or_else(|| damaged("the image has fewer pixels than it claims: scan it again"))
}

fn decoder_limits(limits: &Limits) -> image::Limits {
    let mut decoder = image::Limits::no_limits();
    decoder.max_alloc = Some(2 * limits.page_decoded_bytes);
    decoder
}

/// How the file asks to be held; a damaged note about that harms no pixel.
fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder
        .orientation()
        .map(|orientation| Orientation::from_exif(orientation.to_exif()))
        .unwrap_or_default()
}

/// A decoder's error as the operator's reason.
fn rejected(error: &ImageError) -> Rejection {
    match error {
        ImageError::Unsupported(_) => unsupported(
            "this variety of the image format is not read here: let the scanner write TIFF G4, PDF or ordinary JPEG",
        ),
        ImageError::Limits(_) => Rejection::new(
            RejectionCode::TooLarge,
            "the image is larger than one page may be: scan it at a lower resolution",
        ),
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            truncated("the file ends before its image does: scan it again")
        }
        _ => damaged("the image's content contradicts itself: scan it again"),
    }
}
