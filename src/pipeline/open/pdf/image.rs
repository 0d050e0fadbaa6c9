//! Decodes the image of a plain scan from its own stream, and says whether that
//! stream is a file of its own.

use lopdf::{Dictionary, Document, Object, Stream};

use crate::domain::limits::Limits;
use crate::domain::page::{EncodedImage, MediaType};
use crate::domain::rejection::Rejection;
use crate::imaging::pix::Pix;
use crate::imaging::raster::Samples;

use super::super::picture::{jpeg, jpeg2000, pix};
use super::super::{damaged, too_many_pixels};
use super::bits;
use super::scan::Scan;

/// An image taken out of a page.
pub(super) struct Taken {
    pub(super) pix: Pix,
    /// Its stream as a file, when it is one.
    pub(super) file: Option<EncodedImage>,
}

/// What the image's dictionary says.
pub(super) struct Shape {
    pub(super) width: u32,
    pub(super) height: u32,
    /// The number that means ink in a bitonal image is 1.
    pub(super) inverted: bool,
}

/// Takes the image out; `None` when only rendering shows it right.
pub(super) fn take(
    document: &Document,
    scan: &Scan<'_>,
    number: usize,
    limits: &Limits,
) -> Result<Option<Taken>, Rejection> {
    let dict = &scan.image.dict;
    let Some(shape) = shape(document, dict, number, limits)? else {
        return Ok(None);
    };
    let Some((data, last, parameters)) = up_to_image_filter(document, scan.image, limits) else {
        return Ok(None);
    };
    match last.as_deref() {
        Some(b"CCITTFaxDecode" | b"CCF") => {
            bits::fax(document, &data, parameters.as_ref(), &shape, number)
        }
        Some(b"JBIG2Decode") => bits::jbig2(document, &data, parameters.as_ref(), &shape, number),
        Some(b"DCTDecode" | b"DCT") => dct(document, dict, data, limits),
        Some(b"JPXDecode") => jpx(document, dict, data, limits),
        None => raw(document, dict, &data, &shape),
        Some(_) => Ok(None),
    }
}

fn shape(
    document: &Document,
    dict: &Dictionary,
    number: usize,
    limits: &Limits,
) -> Result<Option<Shape>, Rejection> {
    let side = |key: &[u8]| dict.get_deref(key, document).and_then(Object::as_i64).ok();
    let (Some(width), Some(height)) = (side(b"Width"), side(b"Height")) else {
        return Ok(None);
    };
    let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else {
        return Ok(None);
    };
    if u64::from(width) * u64::from(height) > limits.page_pixels {
        return Err(too_many_pixels(number, width.into(), height.into(), limits));
    }
    let inverted = match decode_array(document, dict).as_deref() {
        None | Some([0.0, 1.0]) => false,
        Some([1.0, 0.0]) => true,
        Some(_) => return Ok(None),
    };
    Ok(Some(Shape {
        width,
        height,
        inverted,
    }))
}

/// `/Decode`, with the plain one of three channels taken for none.
fn decode_array(document: &Document, dict: &Dictionary) -> Option<Vec<f32>> {
    let array = dict.get_deref(b"Decode", document).ok()?.as_array().ok()?;
    let numbers: Vec<f32> = array.iter().map_while(|n| n.as_float().ok()).collect();
    let plain = numbers.len() != 2 && numbers.chunks(2).all(|pair| pair == [0.0, 1.0]);
    (!plain).then_some(numbers)
}

/// A stream's data before the filter of its image, that filter (none when the data is
/// plain) and its parameters.
type BeforeImageFilter = (Vec<u8>, Option<Vec<u8>>, Option<Dictionary>);

/// Undoes what lies around an image's own coding.
fn up_to_image_filter(
    document: &Document,
    stream: &Stream,
    limits: &Limits,
) -> Option<BeforeImageFilter> {
    let filters = filters(document, stream)?;
    let parameters = parameters(document, stream);
    let image_filter = filters.last().filter(|name| {
        matches!(
            name.as_slice(),
            b"CCITTFaxDecode" | b"CCF" | b"JBIG2Decode" | b"DCTDecode" | b"DCT" | b"JPXDecode"
        )
    });
    let around = filters.len() - usize::from(image_filter.is_some());
    let last = parameters.get(around).cloned().flatten();
    if around == 0 {
        return Some((stream.content.clone(), image_filter.cloned(), last));
    }
    let names = filters[..around].iter().cloned().map(Object::Name);
    let of_filter = |index: usize| {
        let own = parameters.get(index).cloned().flatten();
        own.map_or(Object::Null, Object::Dictionary)
    };
    let mut dict = Dictionary::new();
    dict.set("Filter", Object::Array(names.collect()));
    dict.set(
        "DecodeParms",
        Object::Array((0..around).map(of_filter).collect()),
    );
    let limit = usize::try_from(limits.page_decoded_bytes).unwrap_or(usize::MAX);
    let data = Stream::new(dict, stream.content.clone())
        .decompressed_content_with_limit(limit)
        .ok()?;
    Some((data, image_filter.cloned(), last))
}

/// The names of a stream's filters, the outermost first; `None` when they are no names.
fn filters(document: &Document, stream: &Stream) -> Option<Vec<Vec<u8>>> {
    let named = |object: &Object| {
        let (_, object) = document.dereference(object).ok()?;
        object.as_name().ok().map(<[u8]>::to_vec)
    };
    match stream.dict.get_deref(b"Filter", document) {
        Ok(Object::Name(name)) => Some(vec![name.clone()]),
        Ok(Object::Array(names)) => names.iter().map(named).collect(),
        Ok(_) => None,
        Err(_) => Some(Vec::new()),
    }
}

/// The parameters of each filter that has some.
fn parameters(document: &Document, stream: &Stream) -> Vec<Option<Dictionary>> {
    let dictionary = |object: &Object| {
        let (_, object) = document.dereference(object).ok()?;
        object.as_dict().ok().cloned()
    };
    match stream.dict.get_deref(b"DecodeParms", document) {
        Ok(Object::Dictionary(one)) => vec![Some(one.clone())],
        Ok(Object::Array(many)) => many.iter().map(dictionary).collect(),
        _ => Vec::new(),
    }
}

/// A JPEG is a file of its own; its colours are the page's when nothing bends them.
fn dct(
    document: &Document,
    dict: &Dictionary,
    data: Vec<u8>,
    limits: &Limits,
) -> Result<Option<Taken>, Rejection> {
    let plain =
        matches!(colours(document, dict), Some(1 | 3)) && decode_array(document, dict).is_none();
    if !plain {
        return Ok(None);
    }
    // A viewer of the PDF does not see the EXIF turn of a JPEG within it.
    let (pix, _, orientation) = jpeg::decode(&data, limits)?;
    if orientation != super::Orientation::default() {
        return Ok(None);
    }
    Ok(Some(Taken {
        pix,
        file: Some(EncodedImage {
            media: MediaType::Jpeg,
            bytes: data,
        }),
    }))
}

/// A boxed JPEG 2000 is a file of its own; a bare one stays in its PDF.
fn jpx(
    document: &Document,
    dict: &Dictionary,
    data: Vec<u8>,
    limits: &Limits,
) -> Result<Option<Taken>, Rejection> {
    if decode_array(document, dict).is_some() {
        return Ok(None);
    }
    let pix = jpeg2000::decode(&data, limits)?;
    let file = jpeg2000::is_boxed(&data).then_some(EncodedImage {
        media: MediaType::Jpeg2000,
        bytes: data,
    });
    Ok(Some(Taken { pix, file }))
}

/// Plain samples of 1 or 8 bits in grey, RGB or with a palette.
fn raw(
    document: &Document,
    dict: &Dictionary,
    data: &[u8],
    shape: &Shape,
) -> Result<Option<Taken>, Rejection> {
    let bits = dict
        .get_deref(b"BitsPerComponent", document)
        .and_then(Object::as_i64)
        .ok();
    let (w, h) = (shape.width, shape.height);
    let pix = match (bits, colours(document, dict)) {
        (Some(1), Some(1)) if shape.inverted => pix(w, h, Samples::Ink, data),
        (Some(1), Some(1)) => pix(w, h, Samples::Paper, data),
        (Some(8), Some(1)) if !shape.inverted => pix(w, h, Samples::Grey, data),
        (Some(8), Some(3)) if !shape.inverted => pix(w, h, Samples::Rgb, data),
        _ => return Ok(None),
    };
    let pix =
        pix.map_err(|_| damaged("the page's image is shorter than it claims: scan it again"))?;
    Ok(Some(Taken { pix, file: None }))
}

/// How many channels the colour space has, when it is one that needs no conversion.
fn colours(document: &Document, dict: &Dictionary) -> Option<i64> {
    let space = dict.get_deref(b"ColorSpace", document).ok()?;
    let family = match space {
        Object::Name(name) => name.as_slice(),
        Object::Array(parts) => parts.first()?.as_name().ok()?,
        _ => return None,
    };
    match family {
        b"DeviceGray" | b"CalGray" | b"G" => Some(1),
        b"DeviceRGB" | b"CalRGB" | b"RGB" => Some(3),
        b"ICCBased" => {
            let (_, profile) = document.dereference(space.as_array().ok()?.get(1)?).ok()?;
            profile
                .as_stream()
                .ok()?
                .dict
                .get_deref(b"N", document)
                .ok()?
                .as_i64()
                .ok()
        }
        _ => None,
    }
}
