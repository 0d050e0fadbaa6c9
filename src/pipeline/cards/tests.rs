//! Blank forms, drawn, laid crooked and looked at.

use super::*;
use crate::domain::card::{Ink, SerialSeen, TickState};
use crate::domain::confidence::Probability;
use crate::domain::geometry::{Area, Rect};
use crate::domain::limits::Limits;
use crate::domain::text::{Line, PageText, Word};
use crate::domain::verdict::Verdict;
use crate::engines::{Networks, Print};
use crate::forms::code::Modules;
use crate::forms::draw::{Shape, Tone, draw};
use crate::forms::parse;
use crate::forms::raster::{Layer, Printed, raster};
use crate::imaging::TiffPacking;
use crate::imaging::canvas::Canvas;
use crate::imaging::pix::Pix;
use crate::imaging::raster::{Raster, Samples};
use crate::pipeline::open::open;
use crate::post::{self, PostLetter};

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
    let book = FormBook::new(forms(), Networks::open().unwrap());
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
    let book = FormBook::new(forms(), Networks::open().unwrap());
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
    let book = FormBook::new(forms(), Networks::open().unwrap());
    let mut letter = Canvas::new((2480, 3508));
    for line in 0..30 {
        letter = letter.print(400, 500 + line * 60, 60, 20);
    }
    assert_eq!(
        book.look(&scanned(letter.ink(), 300)).unwrap(),
        Look::Neither(None)
    );
}

/// Why a page is set aside as a card.
fn unread(book: &FormBook, printed: &Printed) -> Rejection {
    match book.look(&scanned(pix(printed), 300)).unwrap() {
        Look::Unread(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_card_of_a_form_that_we_do_not_have_is_no_letter() {
    let book = FormBook::new(forms(), Networks::open().unwrap());
    let mut other = book.forms[1].clone();
    other.id = "coupon-a7".to_owned();
    let why = unread(&book, &drawn(&other, 0, 300.0));
    assert_eq!(why.code, RejectionCode::UnknownForm);
    assert!(
        why.reason.contains("side 1 of form 'coupon-a7' version"),
        "{why}"
    );
    let mut later = book.forms[1].clone();
    later.version += 1;
    let why = unread(&book, &drawn(&later, 0, 300.0));
    assert_eq!(why.code, RejectionCode::UnknownForm, "a later version");
}

#[test]
fn a_card_without_its_marks_is_no_letter() {
    let book = FormBook::new(forms(), Networks::open().unwrap());
    let form = &book.forms[1];
    let mut printed = drawn(form, 0, 300.0);
    for mark in form.corner_marks() {
        paint(&mut printed, 300.0, mark.grown(1.0), 255);
    }
    assert_eq!(unread(&book, &printed).code, RejectionCode::UnlaidCard);
}

#[test]
fn of_many_forms_that_lie_alike_a_later_version_is_none() {
    let coupon = forms().swap_remove(1);
    let many = (0..9).map(|number| Form {
        id: format!("{}{number}", coupon.id),
        ..coupon.clone()
    });
    let many: Vec<Form> = many.collect();
    let last = many[many.len() - 1].clone();
    let book = FormBook::new(many, Networks::open().unwrap());
    let later = Form {
        version: last.version + 1,
        ..last.clone()
    };
    // So dirty that its modules alone do not tell.
    let mut own = drawn(&last, 0, 300.0);
    let mut printed = drawn(&later, 0, 300.0);
    let Area { x, y, w, .. } = later.sides[0].code;
    let dirt = Area::new(x + w * 0.55, y + w * 0.45, w * 0.14, w * 0.2);
    paint(&mut printed, 300.0, dirt, 255);
    let why = unread(&book, &printed);
    assert_eq!(why.code, RejectionCode::UnknownForm, "{why}");
    // Its own is known by the same code, as dirty, though eight others stand before it.
    paint(&mut own, 300.0, dirt, 255);
    let (_, side) = card(book.look(&scanned(pix(&own), 300)).unwrap());
    assert_eq!((&side.form, side.version), (&last.id, last.version));
}

#[test]
fn the_smallest_code_is_found_anywhere_on_a_page_however_it_lies() {
    let book = FormBook::new(forms(), Networks::open().unwrap());
    let mut other = book.forms[1].clone();
    other.id = "a-form-with-a-long-name-".to_owned();
    let code = &mut other.sides[0].code;
    (code.w, code.h) = (8.0, 8.0);
    for turn in [Turn::None, Turn::Quarter, Turn::Half] {
        let page = pix(&drawn(&other, 0, 300.0)).turned(turn).unwrap();
        match book.look(&scanned(page, 300)).unwrap() {
            Look::Unread(why) => assert_eq!(why.code, RejectionCode::UnknownForm),
            other => panic!("{turn:?}: {other:?}"),
        }
    }
}

/// Paints a place of a drawn side, in mm.
fn paint(printed: &mut Printed, dpi: f64, area: Area, tone: u8) {
    let pixel = |mm: f64| (mm * dpi / 25.4).round() as usize;
    for y in pixel(area.y)..pixel(area.bottom()).min(printed.height as usize) {
        let row = y * printed.width as usize;
        let (from, to) = (
            pixel(area.x),
            pixel(area.right()).min(printed.width as usize),
        );
        printed.grey[row + from..row + to].fill(tone);
    }
}

/// A stroke of half a mm.
fn stroke(printed: &mut Printed, dpi: f64, from: (f64, f64), to: (f64, f64)) {
    for step in 0..=100 {
        let part = f64::from(step) / 100.0;
        let (x, y) = (
            from.0 + (to.0 - from.0) * part,
            from.1 + (to.1 - from.1) * part,
        );
        paint(printed, dpi, Area::new(x - 0.25, y - 0.25, 0.5, 0.5), 0);
    }
}

fn consent_box(form: &Form) -> Area {
    let mut ticks = form.sides[0].ticks.iter();
    ticks.find(|tick| tick.consent.is_some()).unwrap().options[0].place
}

fn consent(side: &CardSide) -> &crate::domain::card::Tick {
    side.ticks
        .iter()
        .find(|tick| tick.consent.is_some())
        .unwrap()
}

#[test]
fn a_cross_is_a_mark_and_a_scribble_is_none() {
    let book = FormBook::new(forms(), Networks::open().unwrap());
    let form = &book.forms[1];
    let Area { x, y, w, h } = consent_box(form);
    let mut crossed = drawn(form, 0, 300.0);
    stroke(
        &mut crossed,
        300.0,
        (x + 0.5, y + 0.6),
        (x + w - 0.4, y + h - 0.5),
    );
    stroke(
        &mut crossed,
        300.0,
        (x + w - 0.5, y + 0.5),
        (x + 0.5, y + h - 0.6),
    );
    let (_, read) = card(book.look(&scanned(pix(&crossed), 300)).unwrap());
    let tick = consent(&read);
    assert_eq!(
        (tick.state, tick.verdict),
        (TickState::Marked, Verdict::Accepted)
    );
    assert!(tick.consents());
    let mut taken_back = crossed;
    for line in 0..9 {
        let y = y - 0.3 + f64::from(line) * (h + 0.6) / 8.0;
        stroke(&mut taken_back, 300.0, (x - 0.8, y), (x + w + 0.9, y + 0.3));
    }
    let (_, read) = card(book.look(&scanned(pix(&taken_back), 300)).unwrap());
    let tick = consent(&read);
    assert_eq!(
        (tick.state, tick.verdict),
        (TickState::Corrected, Verdict::Review)
    );
    assert!(!tick.consents());
}

#[test]
fn without_its_code_a_form_is_known_by_its_print_and_takes_no_consent() {
    let book = FormBook::new(forms(), Networks::open().unwrap());
    let form = &book.forms[1];
    let code = form.sides[0].code;
    let Area { x, y, w, h } = consent_box(form);
    let mut torn = drawn(form, 0, 300.0);
    paint(&mut torn, 300.0, code, 255);
    stroke(&mut torn, 300.0, (x + 0.5, y + 2.0), (x + 1.8, y + h - 0.5));
    stroke(&mut torn, 300.0, (x + 1.8, y + h - 0.5), (x + w, y));
    let (_, read) = card(book.look(&scanned(pix(&torn), 300)).unwrap());
    assert_eq!(
        (&read.form, read.recognised),
        (&form.id, RecognisedBy::Marks)
    );
    assert_eq!(consent(&read).state, TickState::Marked);
    assert_eq!(consent(&read).verdict, Verdict::Review);
    assert!(!consent(&read).consents());
}

#[test]
fn a_code_that_lost_a_corner_is_decoded() {
    let book = FormBook::new(forms(), Networks::open().unwrap());
    let form = &book.forms[1];
    let code = form.sides[0].code;
    let mut torn = drawn(form, 0, 300.0);
    let lost = Area::new(
        code.x + code.w * 0.72,
        code.y + code.h * 0.72,
        code.w * 0.3,
        code.h * 0.3,
    );
    paint(&mut torn, 300.0, lost, 255);
    let (_, read) = card(book.look(&scanned(pix(&torn), 300)).unwrap());
    assert_eq!((&read.form, read.residual < 0.1), (&form.id, true));
}

#[test]
fn a_box_that_is_not_on_the_scan_is_nobodys_word() {
    let book = FormBook::new(forms(), Networks::open().unwrap());
    let form = &book.forms[0];
    let consents = consent_box(form);
    // Torn off across the consent boxes, three marks left; and cut off below them.
    for cut in [true, false] {
        let mut torn = drawn(form, 0, 300.0);
        let below = form.height - consents.y - 1.0;
        paint(
            &mut torn,
            300.0,
            Area::new(0.0, consents.y + 1.0, 90.0, below),
            255,
        );
        let mut page = pix(&torn);
        if cut {
            let pixels = (110.0 / 25.4 * 300.0) as u32;
            page = page
                .crop(Rect::new(0, 0, page.width(), page.height() - pixels))
                .unwrap();
        }
        match book.look(&scanned(page, 300)).unwrap() {
            Look::Card(_, side) => {
                assert!(side.residual > MAX_RESIDUAL, "{cut}");
                let accepted = side
                    .ticks
                    .iter()
                    .filter(|tick| tick.verdict == Verdict::Accepted);
                assert_eq!(accepted.count(), 0);
            }
            Look::Neither(_) | Look::Unread(_) => assert!(cut, "with three marks it is known"),
            Look::Separator => panic!("a separator"),
        }
    }
}

#[test]
fn forms_that_differ_in_one_letter_are_told_apart() {
    let book = FormBook::new(forms(), Networks::open().unwrap());
    for id in [
        "coupon-a7",
        "coupon-b6",
        "coupom-a6",
        "doupon-a6",
        "coupon-a8",
        "coupon-a5",
        "coupon-c6",
    ] {
        let mut other = book.forms[1].clone();
        other.id = id.to_owned();
        let why = unread(&book, &drawn(&other, 0, 200.0));
        assert_eq!(why.code, RejectionCode::UnknownForm, "{id}");
    }
}

#[test]
fn a_card_on_its_side_and_one_that_claims_72_dpi_are_found() {
    let book = FormBook::new(forms(), Networks::open().unwrap());
    let form = &book.forms[1];
    let flat = pix(&drawn(form, 0, 200.0));
    let (found, read) = card(
        book.look(&scanned(flat.turned(Turn::Quarter).unwrap(), 72))
            .unwrap(),
    );
    assert_eq!(found, Turn::ThreeQuarter);
    for (tick, field) in read
        .ticks
        .iter()
        .zip(form.sides[0].ticks.iter().flat_map(|t| &t.options))
    {
        let off = off(&tick.place, &field.place, 200.0, |x, y| (x, y));
        assert!(off < 0.15, "{}: {off}", tick.name);
    }
}

/// Reads other words each time, the last ones first.
struct Looks(Vec<&'static str>);

impl Ocr for Looks {
    fn read(&mut self, print: &Print<'_>) -> Result<PageText, EngineError> {
        Says(self.0.pop().unwrap()).read(print)
    }
}

/// Reads the same words on every page.
struct Says(&'static str);

impl Ocr for Says {
    fn read(&mut self, _: &Print<'_>) -> Result<PageText, EngineError> {
        let word = Word {
            text: self.0.to_owned(),
            confidence: Probability::clamped(0.95),
            bounds: Rect::default(),
        };
        Ok(PageText {
            lines: Line::new(vec![word], 0).into_iter().collect(),
        })
    }
}

/// What is seen of the number on a test form.
fn serial(form: &str, number: Option<&str>, print: Option<&mut dyn Ocr>) -> SerialSeen {
    let form = parse(form).unwrap();
    let mut drawing = draw(&form, 0);
    if let Some(number) = number {
        crate::forms::number(&mut drawing, &form.sides[0].serials[0], number).unwrap();
    }
    let printed = raster(&drawing, 300.0, Layer::Both).unwrap();
    let book = FormBook::new(vec![form], Networks::open().unwrap());
    let look = book.look_and_read(&scanned(pix(&printed), 300), print);
    let (_, mut side) = card(look.unwrap());
    side.serials.remove(0)
}

const VOUCHER: &str = include_str!("../../../tests/forms/voucher.toml");
const APPLICATION: &str = include_str!("../../../tests/forms/application-a4.toml");

#[test]
fn a_bar_code_is_decoded_and_held_to_its_check_digit() {
    let seen = serial(VOUCHER, Some("9434765919"), None);
    assert_eq!(
        (seen.number.as_deref(), seen.verdict),
        (Some("9434765919"), Verdict::Accepted)
    );
    let seen = serial(VOUCHER, Some("9434765918"), None);
    assert_eq!(seen.number.as_deref(), Some("9434765918"));
    assert_eq!(seen.verdict, Verdict::Review);
    assert!(seen.reason.contains("check digit"), "{}", seen.reason);
    let seen = serial(VOUCHER, None, None);
    assert_eq!((seen.number, seen.verdict), (None, Verdict::Review));
}

/// A Data Matrix code (ECC 200) of 9434765919, drawn by another program.
const MATRIX: [&str; 12] = [
    "#.#.#.#.#.#.",
    "##.##.######",
    "##..#.#.##..",
    "##...#.##..#",
    "#...#.#.#.#.",
    "#....#####.#",
    "###..#.##...",
    "#..##..#..##",
    "######..#.#.",
    "#####....#.#",
    "#..##.###.#.",
    "############",
];

#[test]
fn a_square_code_is_as_good_as_a_bar_code() {
    let matrix = Modules {
        side: MATRIX.len(),
        dark: MATRIX
            .concat()
            .chars()
            .map(|module| module == '#')
            .collect(),
    };
    let form = parse(VOUCHER).unwrap();
    let place = form.sides[0].serials[0].place;
    for (what, modules) in [
        ("QR", Modules::of("9434765919").unwrap()),
        ("matrix", matrix),
    ] {
        let mut drawing = draw(&form, 0);
        let module = (place.h - 2.0) / modules.side as f64;
        for (at, _) in modules.dark.iter().enumerate().filter(|(_, dark)| **dark) {
            let (column, row) = ((at % modules.side) as f64, (at / modules.side) as f64);
            let (x, y) = (
                place.x + 4.0 + column * module,
                place.y + 1.0 + row * module,
            );
            let area = Area::new(x, y, module, module);
            drawing.shapes.push(Shape::Filled(area, Tone::Black));
        }
        let printed = raster(&drawing, 300.0, Layer::Both).unwrap();
        let book = FormBook::new(vec![form.clone()], Networks::open().unwrap());
        let (_, side) = card(book.look(&scanned(pix(&printed), 300)).unwrap());
        let seen = &side.serials[0];
        assert_eq!(seen.number.as_deref(), Some("9434765919"), "{what}");
        assert_eq!(seen.verdict, Verdict::Accepted, "{what}");
    }
}

#[test]
fn figures_are_taken_when_their_check_digit_holds() {
    for (said, verdict) in [
        ("79927398713", Verdict::Accepted),
        ("7992 7398 713", Verdict::Accepted),
        ("79927398710", Verdict::Review),
        ("7992739871B", Verdict::Review),
    ] {
        let seen = serial(APPLICATION, Some("79927398713"), Some(&mut Says(said)));
        assert_eq!(seen.verdict, verdict, "{said}: {}", seen.reason);
        assert_eq!(seen.number.as_deref(), Some(said));
    }
    // A number that comes out otherwise at any later look is doubtful, whatever it says.
    for looks in [
        vec!["79927398713", "18", "79927398713"],
        vec!["18", "79927398713", "79927398713"],
    ] {
        let seen = serial(APPLICATION, Some("79927398713"), Some(&mut Looks(looks)));
        assert_eq!(seen.number.as_deref(), Some("79927398713"));
        assert_eq!(seen.verdict, Verdict::Review, "{}", seen.reason);
    }
    let unread = serial(APPLICATION, Some("79927398713"), None);
    assert_eq!((unread.number, unread.verdict), (None, Verdict::Review));
}

#[test]
fn a_letter_of_ours_that_comes_back_names_its_case() {
    let case = CaseReference::new(417).unwrap();
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let letter = PostLetter {
        from: lines(&["Hartwell & Finch Ltd", "PO Box 88", "Norwich NR99 1AA"]),
        contact: Vec::new(),
        to: lines(&["Mrs Jane Harris", "14 Elm Road", "Norwich", "NR7 0XX"]),
        reference: case,
        date: jiff::civil::date(2026, 11, 30),
        subject: "Your kettle".into(),
        paragraphs: lines(&["Dear Mrs Harris,", "Please tell us where you bought it."]),
        signature: lines(&["Yours sincerely,", "Alex Morgan"]),
        language: "en".into(),
    };
    let pdf = post::letter(&letter).unwrap();
    let page = open(&pdf, &Limits::default())
        .and_then(|scan| scan.page(1))
        .unwrap();
    let book = FormBook::new(forms(), Networks::open().unwrap());
    assert_eq!(book.look(&page), Ok(Look::Neither(Some(case))));
}
