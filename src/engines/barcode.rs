//! Codes on paper: QR, Data Matrix and Code 128, by zxing-cpp.

use zxingcpp::{BarcodeFormat, BarcodeReader, Binarizer, ImageFormat, ImageView, PointI};

use crate::domain::geometry::Rect;
use crate::imaging::pix::{Depth, Pix, PixError};

/// Reads codes.
pub trait Barcodes {
    /// The codes on a page, or in a part of it; in no order. What cannot be decoded for
    /// certain is not there.
    fn read(&mut self, page: &Pix, region: Option<Rect>) -> Result<Vec<Code>, PixError>;
}

/// A code that was read: its check characters hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What it says.
    pub text: String,
    /// How it is printed.
    pub kind: CodeKind,
    /// The smallest box around it on the page.
    pub place: Rect,
}

/// A kind of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeKind {
    /// QR code (ISO/IEC 18004).
    Qr,
    /// Data Matrix (ISO/IEC 16022).
    DataMatrix,
    /// Code 128 (ISO/IEC 15417).
    Code128,
}

/// How hard zxing-cpp looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Upright codes in fair condition: where one is expected.
    Fast,
    /// Turned, small and damaged ones too; about eight times as slow on a whole page.
    TryHarder,
}

/// zxing-cpp.
#[derive(Debug, Clone, Copy)]
pub struct Zxing {
    effort: Effort,
}

impl Zxing {
    /// A reader that looks so hard.
    pub const fn new(effort: Effort) -> Self {
        Self { effort }
    }

    fn reader(self, depth: Depth) -> BarcodeReader {
        let hard = self.effort == Effort::TryHarder;
        let binarizer = match depth {
            // Black and white already.
            Depth::Bitonal => Binarizer::FixedThreshold,
            Depth::Grey | Depth::Colour => Binarizer::LocalAverage,
        };
        let formats = [
            BarcodeFormat::QRCode,
            BarcodeFormat::DataMatrix,
            BarcodeFormat::Code128,
        ];
        BarcodeReader::new()
            .formats(formats)
            .try_harder(hard)
            .try_rotate(hard)
            .try_downscale(hard)
            .try_invert(false)
            .binarizer(binarizer)
    }
}

impl Barcodes for Zxing {
    fn read(&mut self, page: &Pix, region: Option<Rect>) -> Result<Vec<Code>, PixError> {
        let depth = page.depth();
        let (grey, corner) = match region {
            Some(part) => (page.crop(part)?.to_grey()?, (part.x, part.y)),
            None => (page.to_grey()?, (0, 0)),
        };
        let (width, height) = (grey.width(), grey.height());
        let pixels: Vec<u8> = (0..height).flat_map(|y| grey.grey_row(y)).collect();
        // A page that it refuses has no code: sizes are checked when a page is opened.
        let Ok(view) = ImageView::from_slice(&pixels, width, height, ImageFormat::Lum) else {
            return Ok(Vec::new());
        };
        let found = self.reader(depth).from(&view).unwrap_or_default();
        let codes = found.iter().filter(|code| code.is_valid());
        Ok(codes
            .filter_map(|code| {
                let corners = code.position();
                let corners = [
                    corners.top_left,
                    corners.top_right,
                    corners.bottom_right,
                    corners.bottom_left,
                ];
                Some(Code {
                    text: code.text(),
                    kind: kind(code.format())?,
                    place: around(&corners, corner),
                })
            })
            .collect())
    }
}

fn kind(format: BarcodeFormat) -> Option<CodeKind> {
    match format.symbology() {
        BarcodeFormat::QRCode => Some(CodeKind::Qr),
        BarcodeFormat::DataMatrix => Some(CodeKind::DataMatrix),
        BarcodeFormat::Code128 => Some(CodeKind::Code128),
        _ => None,
    }
}

fn around(corners: &[PointI; 4], (x, y): (u32, u32)) -> Rect {
    let pixel = |at: i32| at.max(0).unsigned_abs();
    let span = |at: fn(&PointI) -> i32| {
        let ends = corners.iter().map(at);
        let (low, high) = ends.fold((i32::MAX, 0), |(low, high), at| (low.min(at), high.max(at)));
        (pixel(low), pixel(high))
    };
    let (left, right) = span(|point| point.x);
    let (top, bottom) = span(|point| point.y);
    Rect::new(x + left, y + top, right - left + 1, bottom - top + 1)
}

/// A fake that finds what it was told to, wherever it looks.
#[derive(Debug, Default)]
pub struct ScriptedCodes {
    /// What is on every page.
    pub codes: Vec<Code>,
    /// How often it was asked.
    pub asked: usize,
}

impl Barcodes for ScriptedCodes {
    fn read(&mut self, _: &Pix, region: Option<Rect>) -> Result<Vec<Code>, PixError> {
        self.asked += 1;
        let inside = |code: &&Code| {
            region.is_none_or(|part| {
                let place = code.place;
                place.x >= part.x
                    && place.y >= part.y
                    && place.right() <= part.right()
                    && place.bottom() <= part.bottom()
            })
        };
        Ok(self.codes.iter().filter(inside).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::domain::form::{FieldKind, Serial, SerialKind};
    use crate::domain::geometry::{Area, Turn};
    use crate::forms::draw::Drawing;
    use crate::forms::raster::{Layer, raster};
    use crate::forms::{self, SEPARATOR_CODE, separator};
    use crate::imaging::raster::{Raster, Samples};

    fn scanned(drawing: &Drawing, dpi: u32) -> Pix {
        let printed = raster(drawing, f64::from(dpi), Layer::Both).unwrap();
        let (width, height) = (printed.width, printed.height);
        let raster = Raster::new(width, height, Samples::Grey, &printed.grey).unwrap();
        let mut pix = Pix::from_raster(&raster).unwrap();
        pix.set_resolution(dpi);
        pix
    }

    #[test]
    fn separators_are_read_however_they_lie() {
        let mut missed = Vec::new();
        for dpi in [150, 200, 300] {
            let page = scanned(&separator(), dpi);
            for (skew, turn) in [(0.0, Turn::None), (5.0, Turn::Half), (-5.0, Turn::None)] {
                let crooked = page.rotated(skew).unwrap().turned(turn).unwrap();
                let bitonal = crooked.clone().threshold(128).unwrap();
                for (what, pix) in [("grey", crooked), ("bitonal", bitonal)] {
                    for effort in [Effort::Fast, Effort::TryHarder] {
                        let began = Instant::now();
                        let codes = Zxing::new(effort).read(&pix, None).unwrap();
                        let took = began.elapsed().as_millis();
                        println!("{dpi} dpi, {skew} degrees, {what}, {effort:?}: {took} ms");
                        if codes.len() != 1 || codes[0].text != SEPARATOR_CODE {
                            missed.push((dpi, skew, turn, what, effort));
                        }
                    }
                }
            }
        }
        assert!(missed.is_empty(), "{missed:?}");
    }

    #[test]
    fn the_bars_that_we_print_are_read_in_their_place() {
        for number in ["79927398713", "1234567890", "PR-0000417"] {
            let serial = Serial {
                name: "card".to_owned(),
                kind: SerialKind::Barcode,
                says: FieldKind::Number,
                check: None,
                place: Area::new(20.0, 30.0, 50.0, 12.0),
            };
            let mut drawing = Drawing {
                width: 105.0,
                height: 74.0,
                shapes: Vec::new(),
            };
            forms::number(&mut drawing, &serial, number).unwrap();
            let page = scanned(&drawing, 200);
            let mut reader = Zxing::new(Effort::Fast);
            let part = Rect::new(100, 200, 500, 180);
            for region in [None, Some(part)] {
                let codes = reader.read(&page, region).unwrap();
                assert_eq!(codes.len(), 1, "{number} {region:?}");
                assert_eq!(codes[0].text, number);
                assert_eq!(codes[0].kind, CodeKind::Code128);
                let place = codes[0].place;
                assert!(
                    (157..560).contains(&place.x) && place.right() < 560,
                    "{place:?}"
                );
                assert!((230..320).contains(&place.y), "{place:?}");
            }
            let elsewhere = reader.read(&page, Some(Rect::new(0, 0, 400, 150)));
            assert_eq!(elsewhere.unwrap(), []);
        }
    }
}
