//! Separator sheets: told from every other page in a moment, whatever way up, crooked,
//! copied and torn they are.
//!
//! A separator has a QR code of modules so large that no letter has one, and a patch T
//! (Kodak, *Patch Code Information*, A-61599) at either end. Lines across the page, a few
//! mm apart, are cut into dark and light runs; what is thinner than any bar of ours, as
//! print is, does not count. Only a page on which finders of a large code stand is looked
//! at by the barcode reader; a patch T in one piece needs none.

use crate::domain::geometry::INCH;
use crate::domain::page::{PageKind, PageOutcome};
use crate::engines::barcode::Barcodes;
use crate::forms::SEPARATOR_CODE;
use crate::imaging::pix::{Depth, Pix, PixError};

/// Whether the page is a separator sheet. `dpi` is its resolution as far as it is known.
pub fn is_separator(page: &Pix, dpi: u32, codes: &mut dyn Barcodes) -> Result<bool, PixError> {
    if !(LOWEST_DPI..=HIGHEST_DPI).contains(&dpi) {
        return Ok(false);
    }
    let signs = Signs::of(page, f64::from(dpi) / INCH);
    if signs.patch {
        return Ok(true);
    }
    if !signs.finders {
        return Ok(false);
    }
    // Its modules are still 12 pixels large there, and a page is read in a few ms.
    let scale = (READ_AT / f64::from(dpi)).min(1.0);
    let small = page.to_grey()?.scaled(scale, scale)?;
    let found = codes.read(&small, None)?;
    Ok(found.iter().any(|code| code.text == SEPARATOR_CODE))
}

/// Resolutions that a scanner has; a page of another claims nonsense.
const LOWEST_DPI: u32 = 72;
const HIGHEST_DPI: u32 = 1_200;
/// The resolution at which a large code is read, dots an inch.
const READ_AT: f64 = 75.0;

/// Between two lines across the page, mm: four of them cross the 12 mm heart of a finder.
const STEP: f64 = 3.0;
/// Runs below this are print, dirt and holes, mm; the thinnest bar of ours has 2.03.
const THIN: f64 = 0.8;
/// A module of the code, mm: 4 as printed, copied down to 80 % or up to 120 %. Those of
/// codes on letters, parcels and posters have at most 2.
const MODULE: (f64, f64) = (3.2, 4.8);
/// By so much of a module a run of a finder may be longer or shorter.
const SLACK: f64 = 0.35;
/// So many lines must cross hearts of finders.
const FINDER_LINES: usize = 3;

/// Bars and spaces of a patch T: narrow ones of one unit, wide bars of two and a half.
const PATCH: [f64; 7] = [1.0, 1.0, 2.5, 1.0, 1.0, 1.0, 2.5];
/// The unit, mm: 2.03 as printed, copied down to 80 % or up to 120 %.
const UNIT: (f64, f64) = (1.62, 2.44);
/// By so much of a unit a bar or space may be longer or shorter: ink spreads, and a
/// threshold takes it back.
const PATCH_SLACK: f64 = 0.4;
/// So many lines in a row must cross a patch, 48 mm of the 170 that it is long; the
/// specification asks for 50.8 in all.
const PATCH_LINES: usize = 16;
/// From one line to the next a patch moves by at most this, mm: 9 degrees.
const DRIFT: f64 = 0.5;

/// What lines across a page found.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Signs {
    /// Finders of a large code.
    finders: bool,
    /// A patch T in one piece.
    patch: bool,
}

impl Signs {
    fn of(page: &Pix, scale: f64) -> Self {
        let mut signs = Self::default();
        for lines in [columns(page, scale), rows(page, scale)] {
            let mut hearts = 0;
            let mut patches = Chains::default();
            for (at, runs) in lines.iter().enumerate() {
                let bars = runs.windows(PATCH.len());
                patches.line(at, bars.filter_map(patch).collect());
                hearts += usize::from(runs.windows(5).any(is_finder));
            }
            signs.finders |= hearts >= FINDER_LINES;
            signs.patch |= patches.longest >= PATCH_LINES;
        }
        signs
    }
}

/// A dark or light stretch of a line, in mm.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Run {
    dark: bool,
    start: f64,
    length: f64,
}

/// Dark, light, dark three times as long, light, dark.
fn is_finder(runs: &[Run]) -> bool {
    let whole: f64 = runs.iter().map(|run| run.length).sum();
    let module = whole / 7.0;
    let fits = |(run, modules): (&Run, f64)| {
        let slack = SLACK * modules.max(1.0).sqrt();
        (run.length / module - modules).abs() <= slack
    };
    runs[0].dark
        && (MODULE.0..=MODULE.1).contains(&module)
        && runs.iter().zip([1.0, 1.0, 3.0, 1.0, 1.0]).all(fits)
}

/// Where a patch T begins, read in either direction.
fn patch(runs: &[Run]) -> Option<f64> {
    let whole: f64 = runs.iter().map(|run| run.length).sum();
    let unit = whole / PATCH.iter().sum::<f64>();
    let fits = |(run, units): (&Run, &f64)| (run.length / unit - units).abs() <= PATCH_SLACK;
    let is_patch = runs[0].dark
        && (UNIT.0..=UNIT.1).contains(&unit)
        && (runs.iter().zip(&PATCH).all(fits) || runs.iter().rev().zip(&PATCH).all(fits));
    is_patch.then(|| runs[0].start)
}

/// Patches that go on from line to line.
#[derive(Debug, Default)]
struct Chains {
    /// Where each stood on its last line, which line that was, and its length.
    open: Vec<(f64, usize, usize)>,
    longest: usize,
}

impl Chains {
    fn line(&mut self, at: usize, found: Vec<f64>) {
        // One line may miss it: a streak, a fold, a speck.
        self.open.retain(|(_, last, _)| at - last <= 2);
        for place in found {
            let near = |(before, last, _): &&mut (f64, usize, usize)| {
                (place - *before).abs() <= DRIFT * (at - last) as f64
            };
            let length = match self.open.iter_mut().find(near) {
                Some(chain) => {
                    *chain = (place, at, chain.2 + 1);
                    chain.2
                }
                None => {
                    self.open.push((place, at, 1));
                    1
                }
            };
            self.longest = self.longest.max(length);
        }
    }
}

/// Lines from top to bottom.
fn columns(page: &Pix, scale: f64) -> Vec<Vec<Run>> {
    let places = places(page.width(), scale);
    let mut cutters = vec![Cutter::default(); places.len()];
    for y in 0..page.height() {
        let row = Row::of(page, y);
        for (cutter, x) in cutters.iter_mut().zip(&places) {
            cutter.pixel(row.is_dark(*x));
        }
    }
    cutters
        .into_iter()
        .map(|cutter| cutter.runs(scale))
        .collect()
}

/// Lines from left to right.
fn rows(page: &Pix, scale: f64) -> Vec<Vec<Run>> {
    let rows = places(page.height(), scale).into_iter().map(|y| {
        let row = Row::of(page, y);
        let mut cutter = Cutter::default();
        for x in 0..page.width() {
            cutter.pixel(row.is_dark(x));
        }
        cutter.runs(scale)
    });
    rows.collect()
}

fn places(side: u32, scale: f64) -> Vec<u32> {
    let lines = (f64::from(side) / scale / STEP) as u32;
    let place = |line: u32| ((f64::from(line) + 0.5) * STEP * scale) as u32;
    (0..lines).map(place).filter(|at| *at < side).collect()
}

/// One row of a page, of any depth.
struct Row<'p> {
    words: &'p [u32],
    depth: Depth,
}

/// Darker than this is ink, of 255.
const DARK: u32 = 128;

impl<'p> Row<'p> {
    fn of(page: &'p Pix, y: u32) -> Self {
        Self {
            words: page.row(y),
            depth: page.depth(),
        }
    }

    fn is_dark(&self, x: u32) -> bool {
        let word = |at: u32| self.words[at as usize];
        match self.depth {
            Depth::Bitonal => word(x / 32) << (x % 32) >> 31 == 1,
            Depth::Grey => word(x / 4) << (8 * (x % 4)) >> 24 < DARK,
            // Separators are copied on coloured paper: only ink is dark in every colour.
            Depth::Colour => word(x).to_be_bytes()[..3]
                .iter()
                .all(|part| u32::from(*part) < DARK),
        }
    }
}

/// Cuts a line into runs, in pixels first.
#[derive(Debug, Clone, Default)]
struct Cutter {
    runs: Vec<(bool, u32)>,
}

impl Cutter {
    fn pixel(&mut self, dark: bool) {
        match self.runs.last_mut() {
            Some((shade, length)) if *shade == dark => *length += 1,
            _ => self.runs.push((dark, 1)),
        }
    }

    /// The runs in mm; a thin one goes to the run before it, which goes on behind it.
    fn runs(self, scale: f64) -> Vec<Run> {
        let mut laid: Vec<Run> = Vec::new();
        let mut start = 0.0;
        for (dark, pixels) in self.runs {
            let length = f64::from(pixels) / scale;
            match laid.last_mut() {
                Some(last) if length < THIN || last.dark == dark => last.length += length,
                _ => laid.push(Run {
                    dark,
                    start,
                    length,
                }),
            }
            start += length;
        }
        laid
    }
}

/// The pages between separators, in runs; none is empty. The blank back of a separator
/// lies in none of them.
pub fn between(pages: &[PageOutcome]) -> impl Iterator<Item = &[PageOutcome]> {
    let both_sides = are_on_both_sides(pages);
    let is_between = move |at: usize| match &pages[at].result {
        Ok(read) if read.kind == PageKind::Blank => {
            !(both_sides && at > 0 && is_separator_page(&pages[at - 1]))
        }
        Ok(read) => read.kind != PageKind::Separator,
        Err(_) => true,
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < pages.len() && !is_between(at) {
            at += 1;
        }
        let start = at;
        while at < pages.len() && is_between(at) {
            at += 1;
        }
        (start < at).then(|| &pages[start..at])
    })
}

/// Whether the sheets were scanned on both sides, as far as their separators tell: two or
/// more, each the front of a sheet whose back is blank. One alone may have been laid
/// before a letter in faint pencil, which a person must see.
fn are_on_both_sides(pages: &[PageOutcome]) -> bool {
    let mut separators = 0;
    for (at, page) in pages.iter().enumerate() {
        if !is_separator_page(page) {
            continue;
        }
        let back = pages.get(at + 1).and_then(|back| back.result.as_ref().ok());
        if at % 2 == 1 || back.is_none_or(|back| back.kind != PageKind::Blank) {
            return false;
        }
        separators += 1;
    }
    separators >= 2 && pages.len().is_multiple_of(2)
}

/// Whether a page that was read is a separator sheet.
pub fn is_separator_page(page: &PageOutcome) -> bool {
    let read = page.result.as_ref();
    read.is_ok_and(|read| read.kind == PageKind::Separator)
}

#[cfg(test)]
mod tests;
