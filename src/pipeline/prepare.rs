//! Makes a page ready to be read: upright, measured, and straightened for the engine.
//!
//! Two images come of it. The *page image* is upright but as the scanner saw it;
//! every box that leaves the program lies on it. The *straightened* image is what
//! engines read; [`PreparedPage::to_page`] leads from its boxes back to the page.

use crate::domain::card::CardSide;
use crate::domain::geometry::{PageSize, Rect, Turn};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::page::{EncodedImage, MediaType, PageKind, ReadPage};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::domain::text::PageText;
use crate::imaging::pix::{Depth, Pix, PixError};
use crate::imaging::resolution;

use super::open::RawPage;

/// A page that is ready to be read.
#[derive(Debug)]
pub struct PreparedPage {
    /// The page image: upright, not straightened.
    pub image: Pix,
    /// Its size and resolution.
    pub size: PageSize,
    /// The turn, all told, that brought the scan upright.
    pub turn: Turn,
    /// The slope of its lines in degrees, clockwise to level; 0 when it was left alone.
    pub skew: f64,
    /// What engines read: level, in grey or bitonal.
    pub straightened: Pix,
    /// The height of its small letters on the straightened image, in pixels.
    pub x_height: Option<f64>,
    /// Whether there is nothing on it.
    pub blank: bool,
    /// The bytes that are kept.
    pub original: EncodedImage,
    /// Whether a browser shows the original just as the page image is.
    as_encoded: bool,
}

/// Turns, measures and straightens a page.
pub fn prepare(raw: RawPage) -> Result<PreparedPage, Rejection> {
    prepare_pixels(raw).map_err(|error| unprepared(&error))
}

/// What the machine lacked for the pixels of a page.
pub(super) fn unprepared(error: &impl std::fmt::Display) -> Rejection {
    Rejection::new(
        RejectionCode::TooMuchMemory,
        format!("the page could not be prepared for reading ({error}): run the batch again"),
    )
}

fn prepare_pixels(raw: RawPage) -> Result<PreparedPage, PixError> {
    let mut image = raw.pix.turned(raw.turn)?;
    let dpi = resolution::settle(raw.dpi, image.width(), image.height());
    let blank = image.is_blank(dpi)?;
    let mut turn = raw.turn;
    let mut lines = Lines::default();
    if !blank {
        let found;
        (lines, found) = measure(&image)?;
        image = image.turned(found)?;
        turn = then(turn, found);
    }
    image.set_resolution(dpi);
    let readable = match image.depth() {
        Depth::Colour => image.to_grey()?,
        Depth::Bitonal | Depth::Grey => image.clone(),
    };
    let straightened = match lines.skew {
        0.0 => readable,
        skew => readable.rotated(skew)?,
    };
    Ok(PreparedPage {
        size: PageSize {
            width: image.width(),
            height: image.height(),
            dpi,
        },
        as_encoded: raw.as_encoded && raw.turn == Turn::None && turn == Turn::None,
        original: raw.original,
        skew: lines.skew,
        image,
        turn,
        straightened,
        x_height: lines.x_height,
        blank,
    })
}

/// What is measured of a page's lines of print.
#[derive(Default)]
struct Lines {
    skew: f64,
    x_height: Option<f64>,
}

/// The slope and x-height of a page once it is upright, and the turn to that.
fn measure(page: &Pix) -> Result<(Lines, Turn), PixError> {
    let (mut ink, scale) = page.ink_and_paper()?;
    let mut x_height = ink.x_height()?;
    let turn = ink.turn_to_upright(x_height)?.unwrap_or_default();
    if matches!(turn, Turn::Quarter | Turn::ThreeQuarter) {
        ink = ink.turned(turn)?;
        x_height = ink.x_height()?;
    }
    let skew = ink.skew();
    let degrees = if skew.matters() { skew.degrees } else { 0.0 };
    let lines = Lines {
        skew: degrees,
        x_height: x_height.map(|x| x / scale),
    };
    Ok((lines, turn))
}

impl PreparedPage {
    /// Where a box on the straightened image, enlarged by `scale`, lies on the page
    /// image; always inside it and at least a pixel large.
    pub fn to_page(&self, part: Rect, scale: f64) -> Rect {
        let (sin, cos) = (-self.skew).to_radians().sin_cos();
        let middle = |w: u32, h: u32| (f64::from(w) / 2.0, f64::from(h) / 2.0);
        let (from_x, from_y) = middle(self.straightened.width(), self.straightened.height());
        let (to_x, to_y) = middle(self.size.width, self.size.height);
        let place = |x: f64, y: f64| {
            let (x, y) = (x / scale - from_x, y / scale - from_y);
            (x * cos - y * sin + to_x, x * sin + y * cos + to_y)
        };
        // The middle of the box, with its own width and height, hugs a word closer
        // than the box around four turned corners would.
        let (w, h) = (f64::from(part.w) / scale, f64::from(part.h) / scale);
        let (x, y) = place(
            f64::from(part.x) + f64::from(part.w) / 2.0,
            f64::from(part.y) + f64::from(part.h) / 2.0,
        );
        let (wide, tall) = (w * cos + h * sin.abs(), h * cos + w * sin.abs());
        let left = clamp(x - wide / 2.0, self.size.width - 1);
        let top = clamp(y - tall / 2.0, self.size.height - 1);
        let right = clamp((x + wide / 2.0).ceil(), self.size.width).max(left + 1);
        let bottom = clamp((y + tall / 2.0).ceil(), self.size.height).max(top + 1);
        Rect::new(left, top, right - left, bottom - top)
    }

    /// The page image that people see; `None` when the original serves as it is.
    pub fn display(&self) -> Result<Option<EncodedImage>, Rejection> {
        display(&self.image, &self.original, self.as_encoded)
    }
}

/// A page that is not read as print, a side of a card or a separator: turned upright by
/// all of `turn`, and kept as every page is.
pub fn keep(
    raw: RawPage,
    turn: Turn,
    kind: PageKind,
    card: Option<Box<CardSide>>,
) -> Result<ReadPage, Rejection> {
    let mut image = raw.pix.turned(turn).map_err(|error| unprepared(&error))?;
    let dpi = resolution::settle(raw.dpi, image.width(), image.height());
    image.set_resolution(dpi);
    let as_encoded = raw.as_encoded && raw.turn == Turn::None && turn == Turn::None;
    Ok(ReadPage {
        kind,
        size: PageSize {
            width: image.width(),
            height: image.height(),
            dpi,
        },
        turn,
        skew: 0.0,
        text: PageText::default(),
        card,
        case: None,
        display: display(&image, &raw.original, as_encoded)?,
        original: raw.original,
    })
}

fn display(
    image: &Pix,
    original: &EncodedImage,
    as_encoded: bool,
) -> Result<Option<EncodedImage>, Rejection> {
    let shown = matches!(original.media, MediaType::Png | MediaType::Jpeg);
    if shown && as_encoded {
        return Ok(None);
    }
    let (media, bytes) = match image.depth() {
        Depth::Bitonal => (MediaType::Png, image.to_png()),
        Depth::Grey | Depth::Colour => (MediaType::Jpeg, image.to_jpeg()),
    };
    let bytes = bytes.map_err(|error| {
        Rejection::new(
            RejectionCode::TooMuchMemory,
            format!("no display image could be made of the page ({error}): run the batch again"),
        )
    })?;
    Ok(Some(EncodedImage { media, bytes }))
}

impl PreparedPage {
    /// What leaves the reader: the page's kind and words, and both its images.
    pub fn into_read(
        self,
        kind: PageKind,
        text: PageText,
        case: Option<CaseReference>,
    ) -> Result<ReadPage, Rejection> {
        Ok(ReadPage {
            case,
            kind,
            text,
            card: None,
            display: self.display()?,
            size: self.size,
            turn: self.turn,
            skew: self.skew,
            original: self.original,
        })
    }
}

fn clamp(place: f64, end: u32) -> u32 {
    place.clamp(0.0, f64::from(end)) as u32
}

/// One turn after another.
fn then(first: Turn, second: Turn) -> Turn {
    Turn::from_degrees((first.degrees() + second.degrees()) % 360).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::domain::limits::Limits;
    use crate::imaging::TiffPacking;
    use crate::imaging::canvas::{A4, Canvas};
    use crate::pipeline::open::open;
    use crate::pipeline::shared_data::{files, unpacked};

    fn letter() -> Pix {
        let mut page = Canvas::new(A4);
        for line in 0..30 {
            page = page.print(400, 500 + line * 60, 60, 20);
        }
        page.ink()
    }

    fn raw(bytes: &[u8]) -> RawPage {
        open(bytes, &Limits::default()).unwrap().page(1).unwrap()
    }

    fn prepared(page: &Pix) -> PreparedPage {
        prepare(raw(&page.to_tiff(TiffPacking::Group4).unwrap())).unwrap()
    }

    #[test]
    fn boxes_on_the_straightened_page_lead_back_to_the_page() {
        for slope in [-4.0, -0.7, 0.0, 2.5] {
            let page = prepared(&letter().rotated(slope).unwrap());
            let turned: f64 = if slope == -0.7 { 0.0 } else { slope };
            assert!((page.skew + turned).abs() < 0.1, "{slope}: {}", page.skew);
            let letters = page.straightened.shapes().unwrap();
            for letter in letters.iter().filter(|shape| shape.h > 18) {
                for scale in [1.0, 0.5] {
                    let on = |side: u32| (f64::from(side) * scale) as u32;
                    let seen = Rect::new(on(letter.x), on(letter.y), on(letter.w), on(letter.h));
                    let found = page.image.crop(page.to_page(seen, scale)).unwrap().ink();
                    let all = page.straightened.crop(*letter).unwrap().ink();
                    assert!(
                        found * 10 >= all * 7,
                        "{slope} {scale} {letter:?}: {found} of {all}"
                    );
                }
            }
        }
    }

    #[test]
    fn no_box_leaves_the_page() {
        let page = prepared(&letter().rotated(3.0).unwrap());
        let (w, h) = (page.straightened.width(), page.straightened.height());
        for part in [
            Rect::new(0, 0, 1, 1),
            Rect::new(w, h, 0, 0),
            Rect::new(0, 0, w, h),
            Rect::new(w - 1, 0, 9_999, 9_999),
            Rect::new(u32::MAX, u32::MAX, u32::MAX, u32::MAX),
        ] {
            let on = page.to_page(part, 1.0);
            assert!(on.w > 0 && on.h > 0, "{part:?}");
            assert!(
                on.right() <= page.size.width && on.bottom() <= page.size.height,
                "{part:?}"
            );
        }
    }

    #[test]
    fn people_see_the_original_when_it_serves() {
        let png = letter().to_png().unwrap();
        assert_eq!(prepare(raw(&png)).unwrap().display().unwrap(), None);
        let shown = prepared(&letter()).display().unwrap().unwrap();
        assert_eq!(shown.media, MediaType::Png);
        let grey = letter()
            .to_grey()
            .unwrap()
            .to_tiff(TiffPacking::Deflate)
            .unwrap();
        let shown = prepare(raw(&grey)).unwrap().display().unwrap().unwrap();
        assert_eq!(shown.media, MediaType::Jpeg);
    }

    #[test]
    fn a_page_that_is_not_print_is_kept_upright() {
        let upside_down = letter().turned(Turn::Half).unwrap();
        let turned = raw(&upside_down.to_png().unwrap());
        let kept = keep(turned, Turn::Half, PageKind::Card, None).unwrap();
        assert_eq!((kept.kind, kept.turn), (PageKind::Card, Turn::Half));
        assert_eq!((kept.size.width, kept.size.height), A4);
        let shown = kept.display.unwrap();
        let mut upright = letter();
        upright.set_resolution(kept.size.dpi);
        assert!(shown.bytes == upright.to_png().unwrap(), "another image");
        assert_eq!(kept.original.bytes, upside_down.to_png().unwrap());
        let upright = raw(&letter().to_png().unwrap());
        let kept = keep(upright, Turn::None, PageKind::Separator, None).unwrap();
        assert_eq!((kept.display, kept.text), (None, PageText::default()));
    }

    #[test]
    fn a_blank_page_is_left_alone() {
        let page = prepared(&Canvas::new(A4).speckle(400, 2, 0).ink());
        assert!(page.blank);
        assert_eq!(
            (page.turn, page.skew, page.x_height),
            (Turn::None, 0.0, None)
        );
    }

    /// Calls `look` with every letter of the shared data whose name has `kind`.
    fn letters(kind: &str, look: impl Fn(&str, &[u8])) {
        for archive in [
            "letters/letters-rendered.tar",
            "letters/letters-small-print.tar",
        ] {
            let Some(folder) = unpacked(archive) else {
                continue;
            };
            for path in files(folder.path()) {
                let name = path.display().to_string();
                if name.contains(kind) {
                    look(&name, &std::fs::read(&path).unwrap());
                }
            }
        }
    }

    #[test]
    fn real_pages_are_turned_back_and_upright_ones_left() {
        letters("/g4/", |name, bytes| {
            let page = raw(bytes).pix;
            for degrees in [0, 90, 180, 270] {
                let turn = Turn::from_degrees(degrees).unwrap();
                let (lines, found) = measure(&page.clone().turned(turn).unwrap()).unwrap();
                assert_eq!((found.degrees() + degrees) % 360, 0, "{name} {degrees}");
                assert!(lines.x_height.is_some_and(|x| (12.0..30.0).contains(&x)));
            }
        });
    }

    /// Prints what each page costs: `cargo test --release what_a_page -- --ignored --nocapture`.
    #[test]
    #[ignore = "a measurement"]
    fn what_a_page_costs() {
        letters("/g", |name, bytes| {
            let once = || {
                let began = Instant::now();
                let page = raw(bytes);
                let opened = began.elapsed();
                let page = prepare(page).unwrap();
                let prepared = began.elapsed() - opened;
                page.display().unwrap();
                (opened, prepared, began.elapsed() - opened - prepared)
            };
            let (opened, prepared, displayed) = (0..5).map(|_| once()).min().unwrap();
            println!("{name}: open {opened:.1?} prepare {prepared:.1?} display {displayed:.1?}");
        });
    }

    /// Prints the peak memory of the largest page that is meant to pass, A3 in colour
    /// at 600 dpi. Run it alone, like the one above.
    #[test]
    #[ignore = "a measurement"]
    fn what_the_largest_page_needs() {
        let page = Pix::blank(7_016, 9_921, Depth::Colour).unwrap();
        let jpeg = page.to_jpeg().unwrap();
        drop(page);
        let page = prepare(raw(&jpeg)).unwrap();
        page.display().unwrap();
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        println!(
            "{}",
            status
                .lines()
                .find(|line| line.starts_with("VmHWM"))
                .unwrap()
        );
    }
}
