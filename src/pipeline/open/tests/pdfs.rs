//! PDFs as scanners, office programs and bad days make them.

use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use crate::domain::geometry::Turn;
use crate::domain::limits::Limits;
use crate::domain::page::MediaType;
use crate::domain::rejection::RejectionCode;
use crate::imaging::canvas::Canvas;
use crate::imaging::pix::{Depth, Pix};
use crate::pipeline::open::open;

pub(super) const SIZE: (u32, u32) = (600, 900);

pub(super) fn canvas() -> Canvas {
    Canvas::new(SIZE).print(60, 120, 12, 0).speckle(60, 5, 0)
}

/// Pages of 144 by 216 points, so that 600 by 900 pixels are 300 dpi.
pub(super) struct Maker {
    document: Document,
    kids: Vec<Object>,
    tree: lopdf::ObjectId,
}

impl Maker {
    pub(super) fn new() -> Self {
        let mut document = Document::with_version("1.5");
        let tree = document.new_object_id();
        Self {
            document,
            kids: Vec::new(),
            tree,
        }
    }

    pub(super) fn page(mut self, content: &str, image: Option<Stream>, rotate: i64) -> Self {
        let mut resources = Dictionary::new();
        if let Some(image) = image {
            let image = self.document.add_object(image);
            resources.set("XObject", dictionary! { "Im0" => image });
        }
        let font =
            dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
        let font = self.document.add_object(font);
        resources.set("Font", dictionary! { "F1" => font });
        let content = self
            .document
            .add_object(Stream::new(Dictionary::new(), content.into()));
        let page = self.document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => self.tree,
            "MediaBox" => vec![0.into(), 0.into(), 144.into(), 216.into()],
            "Rotate" => rotate,
            "Resources" => resources,
            "Contents" => content,
        });
        self.kids.push(page.into());
        self
    }

    pub(super) fn scan(self, image: Stream) -> Self {
        self.page("q 144 0 0 216 0 0 cm /Im0 Do Q", Some(image), 0)
    }

    fn document(mut self) -> Document {
        let count = self.kids.len() as i64;
        let tree = dictionary! { "Type" => "Pages", "Kids" => self.kids, "Count" => count };
        self.document.objects.insert(self.tree, tree.into());
        let root = self
            .document
            .add_object(dictionary! { "Type" => "Catalog", "Pages" => self.tree });
        self.document.trailer.set("Root", root);
        self.document
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.document().save_to(&mut bytes).unwrap();
        bytes
    }
}

pub(super) fn image(filter: Option<&str>, bits: i64, colours: &str, data: Vec<u8>) -> Stream {
    let mut dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image",
        "Width" => i64::from(SIZE.0), "Height" => i64::from(SIZE.1),
        "BitsPerComponent" => bits, "ColorSpace" => colours,
    };
    if let Some(filter) = filter {
        dict.set("Filter", filter);
    }
    Stream::new(dict, data)
}

/// Rows of bits, 1 is paper, as `DeviceGray` has it.
pub(super) fn bits(pix: &Pix) -> Vec<u8> {
    (0..pix.height())
        .flat_map(|y| {
            let row = pix.row(y).iter().flat_map(|word| (!word).to_be_bytes());
            row.take(SIZE.0 as usize / 8).collect::<Vec<_>>()
        })
        .collect()
}

/// A group 4 stream made by hand: every row codes its changes horizontally against a
/// white row above would need tables; Leptonica's writer has them.
pub(super) fn group4() -> Stream {
    let tiff = canvas()
        .ink()
        .to_tiff(crate::imaging::TiffPacking::Group4)
        .unwrap();
    let data = super::super::tiff::single_strip(&tiff);
    let mut stream = image(Some("CCITTFaxDecode"), 1, "DeviceGray", data);
    let parameters = dictionary! {
        "K" => -1, "Columns" => i64::from(SIZE.0), "Rows" => i64::from(SIZE.1),
    };
    stream.dict.set("DecodeParms", parameters);
    stream
}

#[test]
fn a_fax_scan_is_kept_as_a_tiff_of_the_same_stream() {
    let stream = group4();
    let coded = stream.content.clone();
    let file = Maker::new().scan(stream).bytes();
    let raw = open(&file, &Limits::default()).unwrap().page(1).unwrap();
    assert!(raw.pix.same_pixels(&canvas().ink()));
    assert_eq!(raw.dpi, Some(300));
    assert_eq!(raw.original.media, MediaType::Tiff);
    assert!(
        raw.original
            .bytes
            .windows(coded.len())
            .any(|window| window == coded)
    );
}

#[test]
fn a_jpeg_scan_is_kept_as_that_jpeg() {
    let jpeg = canvas().pix().to_jpeg().unwrap();
    let file = Maker::new()
        .scan(image(Some("DCTDecode"), 8, "DeviceGray", jpeg.clone()))
        .bytes();
    let raw = open(&file, &Limits::default()).unwrap().page(1).unwrap();
    assert_eq!((raw.pix.depth(), raw.pix.width()), (Depth::Grey, SIZE.0));
    assert_eq!(raw.original.bytes, jpeg);
}

#[test]
fn plain_samples_are_kept_as_a_page_of_their_own() {
    let ink = canvas().ink();
    let mut packed = image(None, 1, "DeviceGray", bits(&ink));
    packed.compress().unwrap();
    let grey = image(None, 8, "DeviceGray", canvas().grey);
    let file = Maker::new().scan(packed).scan(grey).bytes();
    let scan = open(&file, &Limits::default()).unwrap();
    assert_eq!(scan.page_count(), 2);
    let (first, second) = (scan.page(1).unwrap(), scan.page(2).unwrap());
    assert!(first.pix.same_pixels(&ink));
    assert!(second.pix.same_pixels(&canvas().pix()));
    for page in [first, second] {
        assert_eq!(page.original.media, MediaType::Pdf);
        let alone = open(&page.original.bytes, &Limits::default()).unwrap();
        assert_eq!(alone.page_count(), 1);
        assert!(alone.page(1).unwrap().pix.same_pixels(&page.pix));
        assert!(
            page.original.bytes.len() < file.len(),
            "it holds its own objects only"
        );
    }
}

#[test]
fn the_pages_turn_is_handed_on() {
    let scan = "q 144 0 0 216 0 0 cm /Im0 Do Q";
    let file = Maker::new()
        .page(scan, Some(group4()), 90)
        .page(scan, Some(group4()), -90)
        .bytes();
    let pages = open(&file, &Limits::default()).unwrap();
    assert_eq!(pages.page(1).unwrap().turn, Turn::Quarter);
    assert_eq!(pages.page(2).unwrap().turn, Turn::ThreeQuarter);
}

#[test]
fn an_invisible_text_layer_leaves_a_scan_a_scan() {
    let content = "q 144 0 0 216 0 0 cm /Im0 Do Q BT 3 Tr /F1 9 Tf 10 10 Td (as read) Tj ET";
    let file = Maker::new().page(content, Some(group4()), 0).bytes();
    let raw = open(&file, &Limits::default()).unwrap().page(1).unwrap();
    assert_eq!(raw.original.media, MediaType::Tiff);
}

#[test]
fn text_and_stamped_scans_are_rendered() {
    let text = "BT /F1 12 Tf 20 150 Td (Dear Sir) Tj ET";
    let stamped = format!("q 144 0 0 216 0 0 cm /Im0 Do Q {text}");
    let file = Maker::new()
        .page(text, None, 0)
        .page(&stamped, Some(group4()), 0)
        .bytes();
    let pages = open(&file, &Limits::default()).unwrap();
    for number in [1, 2] {
        let raw = pages.page(number).unwrap();
        assert_eq!(
            (raw.pix.width(), raw.pix.height(), raw.dpi),
            (600, 900, Some(300))
        );
        assert_eq!(raw.original.media, MediaType::Pdf);
        assert!(
            raw.pix.threshold(128).unwrap().ink() > 500,
            "page {number} shows its text"
        );
    }
}

#[test]
fn a_locked_pdf_is_encrypted_and_one_with_an_empty_password_opens() {
    let locked = |user: &str| {
        let mut document = Maker::new().scan(group4()).document();
        let id = Object::string_literal("0123456789abcdef");
        document.trailer.set("ID", vec![id.clone(), id]);
        let version = lopdf::EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password: user,
            key_length: 128,
            permissions: lopdf::Permissions::all(),
        };
        let state = lopdf::EncryptionState::try_from(version).unwrap();
        document.encrypt(&state).unwrap();
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    };
    let why = open(&locked("secret"), &Limits::default()).unwrap_err();
    assert_eq!(why.code, RejectionCode::Encrypted);
    let file = locked("");
    let raw = open(&file, &Limits::default()).unwrap().page(1).unwrap();
    assert!(raw.pix.same_pixels(&canvas().ink()));
}

#[test]
fn a_torn_pdf_is_truncated_not_shorter() {
    let file = Maker::new().scan(group4()).scan(group4()).bytes();
    for end in [file.len() - 60, file.len() / 2, 20] {
        let why = open(&file[..end], &Limits::default()).unwrap_err();
        assert_eq!(why.code, RejectionCode::Truncated, "{end}");
    }
}

#[test]
fn an_image_beyond_the_limit_is_not_unpacked() {
    let mut image = image(Some("FlateDecode"), 8, "DeviceRGB", vec![0; 10]);
    image.dict.set("Width", 60_000);
    image.dict.set("Height", 60_000);
    let file = Maker::new().scan(image).bytes();
    let why = open(&file, &Limits::default())
        .unwrap()
        .page(1)
        .unwrap_err();
    assert_eq!(why.code, RejectionCode::TooLarge);
}
