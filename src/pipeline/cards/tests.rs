//! Blank forms, drawn, laid crooked and looked at.

use super::*;
use crate::domain::card::{Ink, TickState};
use crate::domain::geometry::{Area, Rect};
use crate::domain::limits::Limits;
use crate::domain::verdict::Verdict;
use crate::engines::ticks::TickNetwork;
use crate::forms::draw::draw;
use crate::forms::parse;
use crate::forms::raster::{Layer, Printed, raster};
use crate::imaging::TiffPacking;
use crate::imaging::canvas::Canvas;
use crate::imaging::pix::Pix;
use crate::imaging::raster::{Raster, Samples};
use crate::pipeline::open::open;

fn forms() -> Vec<Form> {
    [
        include_str!("../../../samples/forms/loyalty-a5.toml"),
        include_str!("../../../samples/forms/coupon-a6.toml"),
    ]
    .map(|text| parse(text).unwrap())
    .to_vec()
}

/// A side as a scanner with a drop-out lamp sees it, in grey.
fn drawn(form: &Form, side: usize, dpi: f64) -> Printed {
    let layer = match form.colour {
        Colour::Black => Layer::Both,
        Colour::DropOut(_) => Layer::Black,
    };
    raster(&draw(form, side), dpi, layer).unwrap()
}

fn pix(printed: &Printed) -> Pix {
    let raster = Raster::new(printed.width, printed.height, Samples::Grey, &printed.grey);
    Pix::from_raster(&raster.unwrap())
        .unwrap()
        .threshold(128)
        .unwrap()
}

/// A page as it comes from the scanner.
fn scanned(mut page: Pix, dpi: u32) -> RawPage {
    page.set_resolution(dpi);
    let bytes = page.to_tiff(TiffPacking::Group4).unwrap();
    open(&bytes, &Limits::default()).unwrap().page(1).unwrap()
}

fn card(look: Look) -> (Turn, CardSide) {
    match look {
        Look::Card(turn, side) => (turn, *side),
        other => panic!("{other:?}"),
    }
}

/// How far the middle of a place on the page is from where it should be, in mm.
fn off(place: &Rect, area: &Area, dpi: f64, to_page: impl Fn(f64, f64) -> (f64, f64)) -> f64 {
    let middle = |from: u32, length: u32| f64::from(from) + f64::from(length) / 2.0;
    let (x, y) = (middle(place.x, place.w), middle(place.y, place.h));
    let per_mm = dpi / 25.4;
    let (right_x, right_y) = to_page(
        (area.x + area.w / 2.0) * per_mm,
        (area.y + area.h / 2.0) * per_mm,
    );
    (x - right_x).hypot(y - right_y) / per_mm
}

#[test]
fn a_blank_form_is_recognised_and_empty() {
    let book = FormBook::new(forms(), TickNetwork::open().unwrap());
    for (form, side, dpi) in [(0, 0, 300), (0, 1, 200), (1, 0, 150), (1, 0, 400)] {
        let form = &book.forms[form];
        let page = scanned(pix(&drawn(form, side, f64::from(dpi))), dpi);
        let (turn, read) = card(book.look(&page).unwrap());
        assert_eq!((turn, &read.form), (Turn::None, &form.id), "{dpi}");
        assert_eq!(
            (read.side, read.recognised),
            (side as u32 + 1, RecognisedBy::Code)
        );
        assert!(read.residual < 0.1, "{} {dpi}: {}", form.id, read.residual);
        let laid = &form.sides[side];
        for (field, written) in laid.fields.iter().zip(&read.fields) {
            for (area, written) in field.boxes.iter().zip(&written.boxes) {
                let off = off(&written.place, area, f64::from(dpi), |x, y| (x, y));
                assert!(off < 0.12, "{} {dpi}: {off}", field.name);
                assert_eq!(written.ink, Ink::Empty, "{} {} {dpi}", form.id, field.name);
            }
        }
        for tick in &read.ticks {
            assert_eq!(
                (tick.state, tick.verdict),
                (TickState::Empty, Verdict::Accepted)
            );
        }
        assert!(read.signatures.iter().all(|signature| !signature.signed));
    }
}

#[test]
fn a_crooked_form_is_laid_straight() {
    let book = FormBook::new(forms(), TickNetwork::open().unwrap());
    let form = &book.forms[0];
    for (skew, turn) in [(4.8, Turn::None), (-3.0, Turn::Half)] {
        let flat = pix(&drawn(form, 0, 300.0));
        let (width, height) = (f64::from(flat.width()), f64::from(flat.height()));
        let crooked = flat.rotated(skew).unwrap();
        let (wide, tall) = (f64::from(crooked.width()), f64::from(crooked.height()));
        let page = scanned(crooked.turned(turn).unwrap(), 300);
        let (found, read) = card(book.look(&page).unwrap());
        assert_eq!(found, turn);
        let (sin, cos) = f64::to_radians(skew).sin_cos();
        let to_page = |x: f64, y: f64| {
            let (x, y) = (x - width / 2.0, y - height / 2.0);
            (
                x * cos - y * sin + wide / 2.0,
                x * sin + y * cos + tall / 2.0,
            )
        };

        for (area, written) in form.sides[0].fields[4]
            .boxes
            .iter()
            .zip(&read.fields[4].boxes)
        {
            let off = off(&written.place, area, 300.0, to_page);
            assert!(off < 0.25, "{skew}: {off}");
            assert_eq!(written.ink, Ink::Empty);
        }
    }
}

#[test]
fn what_is_no_card_is_none() {
    let book = FormBook::new(forms(), TickNetwork::open().unwrap());
    let mut letter = Canvas::new((2480, 3508));
    for line in 0..30 {
        letter = letter.print(400, 500 + line * 60, 60, 20);
    }
    assert_eq!(
        book.look(&scanned(letter.ink(), 300)).unwrap(),
        Look::Neither
    );
    let mut other = book.forms[1].clone();
    other.id = "coupon-a7".to_owned();
    let page = scanned(pix(&drawn(&other, 0, 300.0)), 300);
    assert_eq!(
        book.look(&page).unwrap(),
        Look::Neither,
        "a form that we do not have"
    );
    let mut later = book.forms[1].clone();
    later.version += 1;
    let page = scanned(pix(&drawn(&later, 0, 300.0)), 300);
    assert_eq!(book.look(&page).unwrap(), Look::Neither, "a later version");
}

/// Writes the rows of boxes of the scans in a folder, before and after their frames are
/// dropped, for looking at: `POSTROOM_LOOK=DIR cargo test what_is_cut -- --ignored`.
#[test]
#[ignore = "a look"]
fn what_is_cut() {
    let folder = std::env::var("POSTROOM_LOOK").unwrap();
    let book = FormBook::new(forms(), TickNetwork::open().unwrap());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let Ok(page) = open(&bytes, &Limits::default()).and_then(|scan| scan.page(1)) else {
            continue;
        };
        let looked = book.laid(&page, |laid, _| Ok(laid.pictures())).unwrap();
        println!("{}: {}", path.display(), looked.is_some());
        for (name, picture) in looked.unwrap_or_default() {
            let stem = path.with_extension("");
            std::fs::write(format!("{}-{name}.pgm", stem.display()), picture).unwrap();
        }
    }
}
