//! Images as bytes: what people see in a browser, and the TIFFs that tests are made of.

use std::ptr;

use leptonica_sys as lept;

use super::pix::{Pix, PixError, silence};

/// A page that people see in grey or colour; 85 shows no ringing around print at
/// about a tenth of the PNG's bytes (a rendered grey A4 letter, November 2026).
const JPEG_QUALITY: i32 = 85;

/// Zlib's fastest level: on 1-bit A4 pages it costs a third of the default's time
/// for about a tenth more bytes.
const PNG_LEVEL: i32 = 1;

/// How the pixels of a TIFF are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TiffPacking {
    /// Not at all.
    None,
    /// CCITT group 3 fax, bitonal only.
    Group3,
    /// CCITT group 4 fax, bitonal only.
    Group4,
    /// LZW.
    Lzw,
    /// Deflate.
    Deflate,
    /// PackBits, bitonal only.
    PackBits,
    /// JPEG, grey or colour only.
    Jpeg,
}

impl Pix {
    /// A PNG: 1-bit for a bitonal page.
    pub fn to_png(&self) -> Result<Vec<u8>, PixError> {
        // SAFETY: the image is alive; the level is a number kept in it for its writer.
        unsafe { lept::pixSetZlibCompression(self.raw(), PNG_LEVEL) };
        // SAFETY: the call fills the two places, or fails.
        collect("pixWriteMemPng", |data, size| unsafe {
            lept::pixWriteMemPng(data, size, self.raw(), 0.0)
        })
    }

    /// A JPEG of a grey or colour page.
    pub fn to_jpeg(&self) -> Result<Vec<u8>, PixError> {
        // SAFETY: the call fills the two places, or fails.
        collect("pixWriteMemJpeg", |data, size| unsafe {
            lept::pixWriteMemJpeg(data, size, self.raw(), JPEG_QUALITY, 0)
        })
    }

    /// A one-page TIFF.
    pub fn to_tiff(&self, packing: TiffPacking) -> Result<Vec<u8>, PixError> {
        let format = match packing {
            TiffPacking::None => lept::IFF_TIFF,
            TiffPacking::Group3 => lept::IFF_TIFF_G3,
            TiffPacking::Group4 => lept::IFF_TIFF_G4,
            TiffPacking::Lzw => lept::IFF_TIFF_LZW,
            TiffPacking::Deflate => lept::IFF_TIFF_ZIP,
            TiffPacking::PackBits => lept::IFF_TIFF_PACKBITS,
            TiffPacking::Jpeg => lept::IFF_TIFF_JPEG,
        };
        // SAFETY: the call fills the two places, or fails.
        collect("pixWriteMemTiff", |data, size| unsafe {
            lept::pixWriteMemTiff(data, size, self.raw(), format as i32)
        })
    }
}

/// Takes over the bytes that a Leptonica writer allocated.
fn collect(
    call: &'static str,
    write: impl FnOnce(*mut *mut u8, *mut usize) -> i32,
) -> Result<Vec<u8>, PixError> {
    silence();
    let mut data = ptr::null_mut();
    let mut size = 0;
    let failed = write(&mut data, &mut size) != 0;
    if data.is_null() {
        return Err(PixError(call));
    }
    // SAFETY: the writer allocated `size` bytes at `data` and gave them to us; they are
    // copied, then freed by the allocator that made them.
    let bytes = unsafe {
        let bytes = std::slice::from_raw_parts(data, size).to_vec();
        lept::lept_free(data.cast());
        bytes
    };
    if failed || bytes.is_empty() {
        return Err(PixError(call));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::pix::Depth;
    use crate::imaging::raster::{Raster, Samples};

    fn stripes(samples: Samples, bytes_a_row: usize) -> Pix {
        let bytes: Vec<u8> = (0..64)
            .flat_map(|y| vec![if y % 16 < 8 { 0xff } else { 0 }; bytes_a_row])
            .collect();
        Pix::from_raster(&Raster::new(64, 64, samples, &bytes).unwrap()).unwrap()
    }

    #[test]
    fn every_lossless_tiff_comes_back_alike() {
        let ink = stripes(Samples::Ink, 8);
        for packing in [
            TiffPacking::None,
            TiffPacking::Group3,
            TiffPacking::Group4,
            TiffPacking::Lzw,
            TiffPacking::Deflate,
            TiffPacking::PackBits,
        ] {
            let bytes = ink.to_tiff(packing).unwrap();
            assert!(
                Pix::from_tiff(&bytes).unwrap().same_pixels(&ink),
                "{packing:?}"
            );
        }
    }

    #[test]
    fn display_images_are_what_they_say() {
        assert!(
            stripes(Samples::Ink, 8)
                .to_png()
                .unwrap()
                .starts_with(b"\x89PNG")
        );
        let grey = stripes(Samples::Grey, 64);
        assert_eq!(grey.depth(), Depth::Grey);
        assert!(grey.to_jpeg().unwrap().starts_with(&[0xff, 0xd8]));
    }
}
