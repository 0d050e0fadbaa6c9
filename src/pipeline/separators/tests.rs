//! Separator sheets as they come off the glass, and pages that are none.

use std::time::Instant;

use super::*;
use crate::domain::geometry::Turn;
use crate::domain::limits::Limits;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::engines::barcode::{Effort, ScriptedCodes, Zxing};
use crate::forms::raster::{Layer, Printed, raster};
use crate::forms::{draw, samples, separator};
use crate::imaging::raster::{Raster, Samples};
use crate::imaging::resolution;
use crate::pipeline::{open, shared_data};
use crate::store::testing::page;

fn printed(dpi: f64) -> Printed {
    raster(&separator(), dpi, Layer::Both).unwrap()
}

fn pix(printed: &Printed, dpi: u32) -> Pix {
    let raster = Raster::new(printed.width, printed.height, Samples::Grey, &printed.grey);
    let mut pix = Pix::from_raster(&raster.unwrap()).unwrap();
    pix.set_resolution(dpi);
    pix
}

fn found(pix: &Pix, dpi: u32) -> bool {
    is_separator(pix, dpi, &mut Zxing::new(Effort::TryHarder)).unwrap()
}

/// Whitens a part of the sheet, in mm.
fn tear(printed: &mut Printed, dpi: f64, x: (f64, f64), y: (f64, f64)) {
    let pixel = |at: f64, most: u32| ((at * dpi / INCH).max(0.0) as u32).min(most);
    let (left, right) = (pixel(x.0, printed.width), pixel(x.1, printed.width));
    for row in pixel(y.0, printed.height)..pixel(y.1, printed.height) {
        let start = (row * printed.width) as usize;
        printed.grey[start + left as usize..start + right as usize].fill(255);
    }
}

/// Specks of one pixel on so many of a hundred, and streaks of two from top to bottom.
fn dirty(printed: &mut Printed, specks: u32, streaks: u32, seed: u32) {
    let mut state = seed;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    for pixel in &mut printed.grey {
        if next(100) < specks {
            *pixel = 255 - *pixel;
        }
    }
    for _ in 0..streaks {
        let (x, tone) = (next(printed.width - 2), [0, 255][next(2) as usize]);
        for row in printed.grey.chunks_exact_mut(printed.width as usize) {
            row[x as usize..x as usize + 2].fill(tone);
        }
    }
}

#[test]
fn separators_are_found_however_they_lie() {
    for dpi in [150, 200, 300, 400] {
        let clean = pix(&printed(f64::from(dpi)), dpi);
        for skew in [0.0, 5.0, -5.0] {
            let crooked = clean.rotated(skew).unwrap();
            for turn in [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarter] {
                let turned = crooked.clone().turned(turn).unwrap();
                assert!(found(&turned, dpi), "{dpi} {skew} {turn:?}");
                let bitonal = turned.threshold(128).unwrap();
                assert!(found(&bitonal, dpi), "{dpi} {skew} {turn:?} bitonal");
            }
        }
    }
}

#[test]
fn a_torn_or_dirty_sheet_is_one_all_the_same() {
    let dpi = 200.0;
    // Copied to this part of its size, with this torn off, this dirty.
    type Tear = Option<((f64, f64), (f64, f64))>;
    let cases: [(&str, f64, Tear, u32, u32); 9] = [
        ("copied smaller", 0.85, None, 0, 0),
        ("copied larger", 1.15, None, 0, 0),
        (
            "the code is torn out",
            1.0,
            Some(((60.0, 120.0), (100.0, 200.0))),
            0,
            0,
        ),
        (
            "the lower half is gone",
            1.0,
            Some(((0.0, 210.0), (140.0, 297.0))),
            0,
            0,
        ),
        (
            "the upper end is gone",
            1.0,
            Some(((0.0, 210.0), (0.0, 60.0))),
            0,
            0,
        ),
        (
            "the left is gone",
            1.0,
            Some(((0.0, 100.0), (0.0, 297.0))),
            0,
            0,
        ),
        ("specks", 1.0, None, 3, 0),
        ("streaks", 1.0, None, 0, 25),
        (
            "all of it",
            0.95,
            Some(((130.0, 210.0), (0.0, 297.0))),
            2,
            10,
        ),
    ];
    for (what, scale, torn, specks, streaks) in cases {
        let mut sheet = printed(dpi * scale);
        if let Some((x, y)) = torn {
            tear(&mut sheet, dpi * scale, x, y);
        }
        dirty(&mut sheet, specks, streaks, 7);
        for skew in [0.0, 3.0] {
            let bitonal = pix(&sheet, 200).rotated(skew).unwrap();
            let bitonal = bitonal.threshold(128).unwrap();
            assert!(found(&bitonal, 200), "{what}, skewed {skew}");
        }
    }
}

#[test]
fn a_sheet_on_coloured_paper_is_one() {
    let sheet = printed(150.0);
    for paper in [[220, 60, 60], [250, 230, 90], [90, 140, 220]] {
        let rgb: Vec<u8> = sheet
            .grey
            .iter()
            .flat_map(|grey| paper.map(|part: u32| (part * u32::from(*grey) / 255) as u8))
            .collect();
        let raster = Raster::new(sheet.width, sheet.height, Samples::Rgb, &rgb).unwrap();
        let page = Pix::from_raster(&raster).unwrap();
        assert!(found(&page, 150), "{paper:?}");
        // And by its code alone.
        let mut torn = page.clone();
        let white = Pix::blank(1240, 350, Depth::Colour).unwrap();
        torn.paste(&white, 0, 0).unwrap();
        torn.paste(&white, 0, 1404).unwrap();
        assert!(found(&torn, 150), "{paper:?}");
    }
}

#[test]
fn without_its_patches_the_code_must_say_so() {
    let mut sheet = printed(200.0);
    tear(&mut sheet, 200.0, (0.0, 210.0), (0.0, 60.0));
    tear(&mut sheet, 200.0, (0.0, 210.0), (240.0, 297.0));
    let sheet = pix(&sheet, 200);
    assert!(found(&sheet, 200));
    let mut silent = ScriptedCodes::default();
    assert!(!is_separator(&sheet, 200, &mut silent).unwrap());
    assert_eq!(silent.asked, 1);
}

#[test]
fn cards_are_no_separators_and_cost_no_decoding() {
    for form in samples() {
        let drawing = draw::draw(&form.form, 0);
        let page = pix(&raster(&drawing, 300.0, Layer::Both).unwrap(), 300);
        let mut codes = ScriptedCodes::default();
        assert!(!is_separator(&page, 300, &mut codes).unwrap());
        assert_eq!(codes.asked, 0, "{}", form.form.id);
    }
}

/// Of every page of the files below a folder whose path has `kind`: how many there are, which are taken for separators, and
/// for how many the barcode reader was asked.
fn looked_through(folder: &std::path::Path, kind: &str) -> (u32, Vec<String>, usize) {
    let mut codes = ScriptedCodes::default();
    let (mut pages, mut wrong) = (0, Vec::new());
    let limits = Limits::default();
    let mut slowest = 0;
    for file in shared_data::files(folder) {
        if !file.display().to_string().contains(kind) {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        let Ok(scan) = open::open(&bytes, &limits) else {
            continue;
        };
        for number in 1..=scan.page_count().min(20) {
            let Ok(raw) = scan.page(number) else { continue };
            let dpi = resolution::settle(raw.dpi, raw.pix.width(), raw.pix.height());
            pages += 1;
            let began = Instant::now();
            if is_separator(&raw.pix, dpi, &mut codes).unwrap() {
                wrong.push(format!("{} page {number}", file.display()));
            }
            slowest = slowest.max(began.elapsed().as_micros());
        }
    }
    println!(
        "{pages} pages, the slowest {slowest} us, {} decoded",
        codes.asked
    );
    (pages, wrong, codes.asked)
}

#[test]
fn no_letter_is_a_separator() {
    for archive in [
        "letters/letters-rendered.tar",
        "letters/letters-small-print.tar",
    ] {
        none_is_a_separator(archive, "/g4/");
    }
}

#[test]
#[ignore = "1,300 files: a minute with --release, an hour without"]
fn nothing_else_is_a_separator() {
    for archive in [
        "letters/letters-rendered.tar",
        "letters/letters-small-print.tar",
        "letters/printed-pages.tar",
        "broken/scans-broken-and-odd.tar",
    ] {
        none_is_a_separator(archive, "");
    }
}

/// No page of the archive's files with such a name is one.
fn none_is_a_separator(archive: &str, kind: &str) {
    if let Some(folder) = shared_data::unpacked(archive) {
        let (pages, wrong, _) = looked_through(folder.path(), kind);
        assert!(pages > 0);
        assert_eq!(wrong, [""; 0]);
    }
}

fn pages(kinds: &str) -> Vec<PageOutcome> {
    let outcome = |(number, kind): (u32, char)| {
        let mut outcome = page(number, if kind == '_' { "" } else { "Dear Sirs" });
        match (kind, &mut outcome.result) {
            ('|', Ok(read)) => read.kind = PageKind::Separator,
            ('x', result) => *result = Err(Rejection::new(RejectionCode::Damaged, "torn")),
            _ => {}
        }
        outcome
    };
    (1..).zip(kinds.chars()).map(outcome).collect()
}

#[test]
fn pages_lie_between_separators() {
    for (kinds, runs) in [
        ("", ""),
        ("|", ""),
        ("LLL", "123"),
        ("|L|L|", "2 4"),
        ("||LL||L", "34 7"),
        ("Lx|xL", "12 45"),
        // One sheet's back, or a letter in faint pencil: a person looks.
        ("LL|_", "12 4"),
        // Scanned on both sides: backs of separators belong to nothing.
        ("|_LL|_", "34"),
        ("LL|_L_|_", "12 56"),
        // On one side only: no back stands before a letter.
        ("|_L|_L", "23 56"),
        ("|_|LL", "2 45"),
    ] {
        let pages = pages(kinds);
        let found = between(&pages).map(|run| {
            let numbers = run.iter().map(|page| page.number.to_string());
            numbers.collect::<String>()
        });
        let found: Vec<String> = found.collect();
        assert_eq!(found.join(" "), runs, "{kinds}");
    }
}
