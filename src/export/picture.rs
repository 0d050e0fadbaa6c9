//! Pictures for people: a page as they see it, and a field cut from it.

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageFormat, ImageReader};

use super::ExportError;
use crate::domain::field::Place;
use crate::domain::geometry::Rect;
use crate::domain::page::{EncodedImage, MediaType};
use crate::store::Store;
use crate::store::pages::{PageImage, PageRecord};

/// Paper shown around a field, in parts of its height: a line above and below
/// tells an address from a signature.
const MARGIN_HEIGHTS: u32 = 1;

/// The least of it, in pixels.
const LEAST_MARGIN: u32 = 30;

/// A page's image as it is kept for people.
pub async fn page(store: &Store, image: &PageImage) -> Result<EncodedImage, ExportError> {
    let (digest, media) = image
        .display
        .unwrap_or((image.original, image.original_media));
    let bytes = store.blob(digest).await?;
    Ok(EncodedImage { media, bytes })
}

/// The picture of a field with some paper around it, as a PNG; `None` when its
/// page is none of these or could not be read.
pub async fn field(
    store: &Store,
    pages: &[PageRecord],
    place: Place,
) -> Result<Option<EncodedImage>, ExportError> {
    let on = pages.iter().find(|page| page.sheet == place.page);
    let Some(image) = on.and_then(|page| page.result.as_ref().ok()) else {
        return Ok(None);
    };
    let whole = page(store, image).await?;
    // A page takes some milliseconds to decode: others are answered meanwhile.
    let cut = tokio::task::spawn_blocking(move || cut(&whole, place));
    let lost = |error: tokio::task::JoinError| ExportError::Image {
        page: place.page,
        why: error.to_string(),
    };
    cut.await.map_err(lost)?.map(Some)
}

fn cut(whole: &EncodedImage, place: Place) -> Result<EncodedImage, ExportError> {
    let whole = decode(whole, place.page)?;
    let Rect { x, y, w, h } = frame(place.bounds, whole.width(), whole.height());
    encode(&whole.crop_imm(x, y, w, h), MediaType::Png, place.page)
}

/// The image as the file's name asks for it; untouched when that is what it is,
/// or when the name has no ending.
pub fn for_file(
    image: EncodedImage,
    number: u32,
    file: &Path,
) -> Result<EncodedImage, ExportError> {
    let Some(ending) = file.extension() else {
        return Ok(image);
    };
    let wanted = match ending.to_string_lossy().to_lowercase().as_str() {
        "png" => MediaType::Png,
        "jpg" | "jpeg" => MediaType::Jpeg,
        "bmp" => MediaType::Bmp,
        other if other == image.media.extension() => image.media,
        _ => {
            return Err(ExportError::NoSuchFormat {
                place: file.display().to_string(),
            });
        }
    };
    if wanted == image.media {
        return Ok(image);
    }
    encode(&decode(&image, number)?, wanted, number)
}

fn decode(image: &EncodedImage, page: u32) -> Result<DynamicImage, ExportError> {
    let why = |why: String| ExportError::Image { page, why };
    let format = ImageFormat::from_mime_type(image.media.name())
        .ok_or_else(|| why(format!("it is {}", image.media.name())))?;
    ImageReader::with_format(Cursor::new(&image.bytes), format)
        .decode()
        .map_err(|error| why(error.to_string()))
}

fn encode(image: &DynamicImage, media: MediaType, page: u32) -> Result<EncodedImage, ExportError> {
    let mut bytes = Cursor::new(Vec::new());
    // JPEG and BMP know neither opacity nor 16 bits.
    let plain;
    let (image, format) = match media {
        MediaType::Png => (image, ImageFormat::Png),
        _ if image.color().has_color() => {
            plain = DynamicImage::from(image.to_rgb8());
            (&plain, format(media))
        }
        _ => {
            plain = DynamicImage::from(image.to_luma8());
            (&plain, format(media))
        }
    };
    image
        .write_to(&mut bytes, format)
        .map_err(|error| ExportError::Image {
            page,
            why: error.to_string(),
        })?;
    Ok(EncodedImage {
        media,
        bytes: bytes.into_inner(),
    })
}

fn format(media: MediaType) -> ImageFormat {
    match media {
        MediaType::Bmp => ImageFormat::Bmp,
        _ => ImageFormat::Jpeg,
    }
}

/// What a field's picture shows of a page of this size: its box with a margin, never empty.
pub fn frame(bounds: Rect, width: u32, height: u32) -> Rect {
    let margin = (bounds.h * MARGIN_HEIGHTS).max(LEAST_MARGIN);
    let x = bounds.x.saturating_sub(margin).min(width.saturating_sub(1));
    let y = bounds
        .y
        .saturating_sub(margin)
        .min(height.saturating_sub(1));
    let right = bounds.right().saturating_add(margin).min(width);
    let bottom = bounds.bottom().saturating_add(margin).min(height);
    Rect::new(x, y, right.max(x + 1) - x, bottom.max(y + 1) - y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_at_the_edge_is_cut_inside_the_page() {
        let cut = frame(Rect::new(5, 90, 40, 20), 100, 100);
        assert_eq!(cut, Rect::new(0, 60, 75, 40));
        let beyond = frame(Rect::new(500, 500, 1, 1), 100, 100);
        assert!(beyond.right() <= 100 && beyond.w > 0 && beyond.h > 0);
    }

    #[test]
    fn a_picture_becomes_what_its_file_is_called() {
        let grey = DynamicImage::new_luma8(8, 8);
        let jpeg = encode(&grey, MediaType::Jpeg, 1).unwrap();
        let same = for_file(jpeg.clone(), 1, Path::new("page.JPEG")).unwrap();
        assert_eq!(same, jpeg);
        let png = for_file(jpeg.clone(), 1, Path::new("page.png")).unwrap();
        assert!(png.bytes.starts_with(b"\x89PNG"));
        let error = for_file(jpeg, 1, Path::new("page.tif")).unwrap_err();
        assert!(error.to_string().contains("page.tif"), "{error}");
    }
}
