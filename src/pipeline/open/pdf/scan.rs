//! Tells whether a page is a plain scan: one image that fills it, with nothing else
//! to be seen (an invisible text layer is nothing to be seen).

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::domain::geometry::Turn;
use crate::domain::limits::Limits;

/// Bytes of a page's drawing instructions; a scan needs a hundred, with text under it
/// some 100 kB.
const CONTENT_BYTES: usize = 16 * 1024 * 1024;

/// How much of the page the image covers, and of the image the page shows, at least.
const COVER: f64 = 0.9;

/// Points in an inch.
const POINTS: f64 = 72.0;

/// The image of a plain scan and how it lies on its page.
pub(super) struct Scan<'a> {
    pub(super) image: &'a Stream,
    pub(super) dpi: (f64, f64),
    pub(super) turn: Turn,
}

/// `a b c d e f` as in PDF.
type Matrix = [f64; 6];

const UNIT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// The one page-filling image; `None` when the page must be rendered.
pub(super) fn find<'a>(
    document: &'a Document,
    page: ObjectId,
    _limits: &Limits,
) -> Option<Scan<'a>> {
    let attributes = |key: &[u8]| inherited(document, page, key);
    let (name, matrix) = only_image(document, page)?;
    let resources = attributes(b"Resources")?.as_dict().ok()?;
    let images = resources
        .get_deref(b"XObject", document)
        .ok()?
        .as_dict()
        .ok()?;
    let image = images.get_deref(&name, document).ok()?.as_stream().ok()?;
    let upright = matrix[1].abs() + matrix[2].abs() < 0.01 && matrix[0] > 0.0 && matrix[3] > 0.0;
    if !upright || image.dict.has(b"SMask") || is_stencil_mask(document, &image.dict) {
        return None;
    }
    let shown = rectangle(
        document,
        attributes(b"CropBox").or_else(|| attributes(b"MediaBox"))?,
    )?;
    let placed = [
        matrix[4],
        matrix[5],
        matrix[4] + matrix[0],
        matrix[5] + matrix[3],
    ];
    let common = area(overlap(shown, placed));
    if common < COVER * area(shown)
        || common < COVER * area(placed)
        || has_annotations(document, page)
    {
        return None;
    }
    let pixels = |key: &[u8]| {
        let number = image.dict.get_deref(key, document).ok()?.as_i64().ok()?;
        (number > 0).then_some(number as f64)
    };
    Some(Scan {
        image,
        dpi: (
            pixels(b"Width")? / matrix[0] * POINTS,
            pixels(b"Height")? / matrix[3] * POINTS,
        ),
        turn: rotation(document, page),
    })
}

/// An attribute of the page or of the nearest branch above that has it.
pub(super) fn inherited<'a>(
    document: &'a Document,
    page: ObjectId,
    key: &[u8],
) -> Option<&'a Object> {
    let mut branch = document.get_dictionary(page).ok()?;
    for _ in 0..32 {
        if let Ok(found) = branch.get_deref(key, document) {
            return Some(found);
        }
        branch = branch.get_deref(b"Parent", document).ok()?.as_dict().ok()?;
    }
    None
}

/// The page's turn, clockwise.
fn rotation(document: &Document, page: ObjectId) -> Turn {
    inherited(document, page, b"Rotate")
        .and_then(|degrees| degrees.as_i64().ok())
        .and_then(|degrees| Turn::from_degrees(degrees.rem_euclid(360) as u16))
        .unwrap_or_default()
}

/// The name and place of the image when drawing it is all that the page does.
fn only_image(document: &Document, page: ObjectId) -> Option<(Vec<u8>, Matrix)> {
    let content = document
        .get_page_content_with_limit(page, CONTENT_BYTES)
        .ok()?;
    let mut drawing = Drawing::default();
    for operation in Content::decode(&content).ok()?.operations {
        drawing.step(&operation)?;
    }
    drawing.image
}

/// The graphics state, as far as it matters here.
struct Drawing {
    matrix: Matrix,
    text_invisible: bool,
    kept: Vec<(Matrix, bool)>,
    image: Option<(Vec<u8>, Matrix)>,
}

impl Default for Drawing {
    fn default() -> Self {
        Self {
            matrix: UNIT,
            text_invisible: false,
            kept: Vec::new(),
            image: None,
        }
    }
}

impl Drawing {
    /// One instruction; `None` when it shows anything but the one image.
    fn step(&mut self, operation: &Operation) -> Option<()> {
        match operation.operator.as_str() {
            "q" => self.kept.push((self.matrix, self.text_invisible)),
            "Q" => (self.matrix, self.text_invisible) = self.kept.pop().unwrap_or((UNIT, false)),
            "cm" => self.matrix = times(numbers(&operation.operands)?, self.matrix),
            "Tr" => self.text_invisible = operation.operands.first()?.as_i64().ok()? == 3,
            "Tj" | "TJ" | "'" | "\"" if !self.text_invisible => return None,
            "Do" if self.image.is_none() => {
                let name = operation.operands.first()?.as_name().ok()?.to_vec();
                self.image = Some((name, self.matrix));
            }
            "Do" | "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" | "S" | "s" | "sh" | "BI" | "W"
            | "W*" => {
                return None;
            }
            _ => {}
        }
        Some(())
    }
}

fn numbers(operands: &[Object]) -> Option<Matrix> {
    let numbers: Vec<f64> = operands
        .iter()
        .map_while(|o| o.as_float().ok().map(f64::from))
        .collect();
    numbers.try_into().ok()
}

fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// Left, bottom, right, top, in order whatever the file's order.
pub(super) fn rectangle(document: &Document, object: &Object) -> Option<[f64; 4]> {
    let corner = |o: &Object| {
        let (_, number) = document.dereference(o).ok()?;
        number.as_float().ok().map(f64::from)
    };
    let corners: Vec<f64> = object.as_array().ok()?.iter().map_while(corner).collect();
    let [a, b, c, d] = <[f64; 4]>::try_from(corners).ok()?;
    Some([a.min(c), b.min(d), a.max(c), b.max(d)])
}

fn overlap(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0].max(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].min(b[3]),
    ]
}

fn area([left, bottom, right, top]: [f64; 4]) -> f64 {
    (right - left).max(0.0) * (top - bottom).max(0.0)
}

/// A stencil paints the current colour through the image; `/Mask` hides parts of it.
fn is_stencil_mask(document: &Document, image: &Dictionary) -> bool {
    image.has(b"Mask")
        || image
            .get_deref(b"ImageMask", document)
            .and_then(Object::as_bool)
            .unwrap_or(false)
}

/// Stamps and filled forms lie in annotations: they must be seen, hence rendered.
fn has_annotations(document: &Document, page: ObjectId) -> bool {
    document
        .get_dictionary(page)
        .and_then(|page| page.get_deref(b"Annots", document))
        .and_then(Object::as_array)
        .is_ok_and(|annotations| !annotations.is_empty())
}
