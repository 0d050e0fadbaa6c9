//! JPEG, PNG and BMP, and what is none of them.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};

use crate::domain::geometry::Turn;
use crate::domain::limits::Limits;
use crate::domain::page::MediaType;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::imaging::TiffPacking;
use crate::imaging::canvas::Canvas;
use crate::imaging::pix::Depth;
use crate::pipeline::open::{RawPage, open};

fn canvas() -> Canvas {
    Canvas::new((240, 160)).print(20, 40, 7, 10)
}

pub(super) fn grey() -> DynamicImage {
    let canvas = canvas();
    GrayImage::from_raw(canvas.width, canvas.height, canvas.grey)
        .unwrap()
        .into()
}

pub(super) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn page(bytes: &[u8]) -> Result<RawPage, Rejection> {
    open(bytes, &Limits::default())?.page(1)
}

fn code(bytes: &[u8]) -> RejectionCode {
    page(bytes).unwrap_err().code
}

/// The JPEG with an EXIF segment that holds only this orientation.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    out.extend(b"\xff\xe1\0\x22Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0");
    out.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    out.extend(&jpeg[2..]);
    out
}

#[test]
fn every_lossless_picture_gives_its_pixels_and_keeps_its_bytes() {
    for (format, media) in [
        (ImageFormat::Png, MediaType::Png),
        (ImageFormat::Bmp, MediaType::Bmp),
    ] {
        let bytes = encoded(&grey(), format);
        let raw = page(&bytes).unwrap();
        assert!(
            raw.pix.to_grey().unwrap().same_pixels(&canvas().pix()),
            "{format:?}"
        );
        assert_eq!((raw.original.media, raw.original.bytes), (media, bytes));
        assert!(raw.as_encoded);
    }
}

#[test]
fn a_png_of_one_bit_stays_bitonal() {
    let ink = canvas().ink();
    let raw = page(&ink.to_png().unwrap()).unwrap();
    assert_eq!(raw.pix.depth(), Depth::Bitonal);
    assert!(raw.pix.same_pixels(&ink));
}

#[test]
fn a_jpeg_keeps_grey_grey_and_colour_colour() {
    let raw = page(&encoded(&grey(), ImageFormat::Jpeg)).unwrap();
    assert_eq!(
        (raw.pix.depth(), raw.pix.width(), raw.pix.height()),
        (Depth::Grey, 240, 160)
    );
    let red = RgbImage::from_pixel(100, 80, image::Rgb([200, 10, 10])).into();
    assert_eq!(
        page(&encoded(&red, ImageFormat::Jpeg)).unwrap().pix.depth(),
        Depth::Colour
    );
}

#[test]
fn exif_says_how_to_hold_a_page() {
    let jpeg = encoded(&grey(), ImageFormat::Jpeg);
    let turn = |orientation| {
        let raw = page(&with_exif(&jpeg, orientation)).unwrap();
        (raw.turn, raw.as_encoded)
    };
    assert_eq!(turn(1), (Turn::None, true));
    assert_eq!(turn(3), (Turn::Half, true));
    assert_eq!(turn(6), (Turn::Quarter, true));
    assert_eq!(turn(8), (Turn::ThreeQuarter, true));
    assert_eq!(turn(5), (Turn::ThreeQuarter, false));
    assert_eq!(turn(99), (Turn::None, true));
}

#[test]
fn half_a_picture_is_never_a_page() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Bmp] {
        let bytes = encoded(&grey(), format);
        for part in [2, 3, 10] {
            let cut = bytes.len() - bytes.len() / part;
            assert_eq!(
                code(&bytes[..cut]),
                RejectionCode::Truncated,
                "{format:?} {cut}"
            );
        }
    }
}

#[test]
fn the_content_tells_the_kind_never_the_name() {
    let tiff = canvas().ink().to_tiff(TiffPacking::Group4).unwrap();
    assert_eq!(page(&tiff).unwrap().original.media, MediaType::Tiff);
    assert_eq!(code(b""), RejectionCode::Empty);
    assert_eq!(code(b"Dear Sir, "), RejectionCode::Unsupported);
    let gif = page(b"GIF89a...").unwrap_err();
    assert_eq!(gif.code, RejectionCode::Unsupported);
    assert!(gif.reason.contains("a GIF image"), "{gif}");
    assert_eq!(code(b"P5 10 10 255 "), RejectionCode::Unsupported);
}

#[test]
fn pictures_are_measured_before_they_are_unpacked() {
    let bytes = encoded(&grey(), ImageFormat::Png);
    let limits = Limits {
        page_pixels: 1_000,
        ..Limits::default()
    };
    let why = open(&bytes, &limits).unwrap().page(1).unwrap_err();
    assert_eq!(why.code, RejectionCode::TooLarge);
    let limits = Limits {
        scan_bytes: 10,
        ..Limits::default()
    };
    assert_eq!(
        open(&bytes, &limits).unwrap_err().code,
        RejectionCode::TooLarge
    );
}

#[test]
fn a_scrap_is_no_page() {
    let scrap = GrayImage::from_pixel(300, 40, image::Luma([255])).into();
    assert_eq!(
        code(&encoded(&scrap, ImageFormat::Png)),
        RejectionCode::Damaged
    );
}
