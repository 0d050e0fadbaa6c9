//! The rarer ways to pack a page: group 3 and JBIG2 in a PDF, JPEG 2000, CMYK.
//!
//! The three small files beside this one show a dark block of 16 by 24 pixels on 64 by
//! 80 of paper. Pillow 13 wrote them; nothing here can.

use lopdf::{Stream, dictionary};

use super::pdfs::{Maker, SIZE, canvas, group4, image};
use crate::domain::limits::Limits;
use crate::domain::page::MediaType;
use crate::domain::rejection::RejectionCode;
use crate::imaging::TiffPacking;
use crate::imaging::pix::{Depth, Pix};
use crate::pipeline::open::{RawPage, open, tiff};

const GREY_JP2: &[u8] = include_bytes!("grey.jp2");
const COLOUR_J2K: &[u8] = include_bytes!("colour.j2k");
const CMYK_JPEG: &[u8] = include_bytes!("cmyk.jpg");

/// The dark block's part of the page, in thousandths.
const BLOCK: u64 = 16 * 24 * 1_000 / (64 * 80);

fn page(bytes: &[u8]) -> RawPage {
    open(bytes, &Limits::default()).unwrap().page(1).unwrap()
}

/// Thousandths of the page that are dark.
fn dark(pix: &Pix) -> u64 {
    let all = u64::from(pix.width()) * u64::from(pix.height());
    pix.to_grey().unwrap().threshold(128).unwrap().ink() * 1_000 / all
}

/// The page image in a PDF, in this packing.
fn packed(filter: &str, colours: &str, data: &[u8]) -> Stream {
    let mut image = image(Some(filter), 8, colours, data.to_vec());
    image.dict.set("Width", 64);
    image.dict.set("Height", 80);
    image
}

#[test]
fn group_3_in_a_pdf() {
    let file = canvas().ink().to_tiff(TiffPacking::Group3).unwrap();
    let mut stream = image(
        Some("CCITTFaxDecode"),
        1,
        "DeviceGray",
        tiff::single_strip(&file),
    );
    let parameters = dictionary! {
        "K" => 0, "EndOfLine" => true,
        "Columns" => i64::from(SIZE.0), "Rows" => i64::from(SIZE.1),
    };
    stream.dict.set("DecodeParms", parameters);
    let whole = Maker::new().scan(stream.clone()).bytes();
    let raw = page(&whole);
    assert!(raw.pix.same_pixels(&canvas().ink()));
    assert_eq!(
        raw.original.media,
        MediaType::Pdf,
        "group 3 is no file of its own"
    );
    stream.content.truncate(stream.content.len() / 2);
    let torn = Maker::new().scan(stream).bytes();
    let why = open(&torn, &Limits::default())
        .unwrap()
        .page(1)
        .unwrap_err();
    assert_eq!(why.code, RejectionCode::Truncated);
}

/// An embedded JBIG2 stream (ITU-T T.88, annex D.3): the page's size, and one generic
/// region in MMR, which is what group 4 is called there.
fn jbig2(coded: &[u8]) -> Vec<u8> {
    let segment = |number: u8, kind: u8, body: &[u8]| {
        let mut segment = vec![0, 0, 0, number, kind, 0, 1];
        segment.extend((body.len() as u32).to_be_bytes());
        segment.extend(body);
        segment
    };
    let size = [SIZE.0.to_be_bytes(), SIZE.1.to_be_bytes()].concat();
    let page = [&size[..], &[0; 8], &[0], &[0; 2]].concat();
    let region = [&size[..], &[0; 8], &[0], &[1], coded].concat();
    [segment(0, 48, &page), segment(1, 38, &region)].concat()
}

#[test]
fn jbig2_in_a_pdf() {
    let data = jbig2(&group4().content);
    let with = |data| {
        let stream = image(Some("JBIG2Decode"), 1, "DeviceGray", data);
        Maker::new().scan(stream).bytes()
    };
    let raw = page(&with(data.clone()));
    assert!(raw.pix.same_pixels(&canvas().ink()));
    assert_eq!((raw.dpi, raw.original.media), (Some(300), MediaType::Pdf));
    let torn = with(data[..data.len() / 2].to_vec());
    let why = open(&torn, &Limits::default())
        .unwrap()
        .page(1)
        .unwrap_err();
    assert_eq!(why.code, RejectionCode::Damaged);
}

#[test]
fn a_damaged_fax_in_a_pdf_is_no_page() {
    let mut stream = group4();
    let middle = stream.content.len() / 2;
    stream.content[middle..middle + 8].fill(0);
    let file = Maker::new().scan(stream).bytes();
    let why = open(&file, &Limits::default())
        .unwrap()
        .page(1)
        .unwrap_err();
    assert_eq!(why.code, RejectionCode::Damaged);
    assert!(why.reason.contains("damaged from row"), "{why}");
}

#[test]
fn jpeg_2000_alone() {
    for (bytes, depth) in [(GREY_JP2, Depth::Grey), (COLOUR_J2K, Depth::Colour)] {
        let raw = page(bytes);
        assert_eq!(
            (raw.pix.width(), raw.pix.height(), raw.pix.depth()),
            (64, 80, depth)
        );
        assert_eq!(dark(&raw.pix), BLOCK);
        assert_eq!(
            (raw.original.media, &*raw.original.bytes),
            (MediaType::Jpeg2000, bytes)
        );
        let torn = open(&bytes[..bytes.len() / 2], &Limits::default());
        let why = torn.and_then(|scan| scan.page(1)).unwrap_err();
        assert_eq!(why.code, RejectionCode::Damaged);
    }
}

#[test]
fn jpeg_2000_in_a_pdf() {
    let file = Maker::new()
        .scan(packed("JPXDecode", "DeviceGray", GREY_JP2))
        .bytes();
    let raw = page(&file);
    assert_eq!(dark(&raw.pix), BLOCK);
    assert_eq!(
        (raw.original.media, &*raw.original.bytes),
        (MediaType::Jpeg2000, GREY_JP2)
    );
    let file = Maker::new()
        .scan(packed("JPXDecode", "DeviceRGB", COLOUR_J2K))
        .bytes();
    let raw = page(&file);
    assert_eq!(dark(&raw.pix), BLOCK);
    assert_eq!(
        raw.original.media,
        MediaType::Pdf,
        "a bare stream is no file"
    );
}

#[test]
fn a_cmyk_jpeg_is_dark_where_its_ink_is() {
    let raw = page(CMYK_JPEG);
    assert_eq!(raw.original.bytes, CMYK_JPEG);
    assert!(dark(&raw.pix).abs_diff(BLOCK) <= 5, "{}", dark(&raw.pix));
    let mut image = packed("DCTDecode", "DeviceCMYK", CMYK_JPEG);
    // As Adobe's programs write it: paper is 255.
    let inverted = [1, 0, 1, 0, 1, 0, 1, 0].map(lopdf::Object::from);
    image.dict.set("Decode", inverted.to_vec());
    let raw = page(&Maker::new().scan(image).bytes());
    assert!(dark(&raw.pix).abs_diff(BLOCK) <= 10, "{}", dark(&raw.pix));
}
