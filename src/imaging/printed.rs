//! A page of print taken apart: its ink, its lines, and what is left when cleaned.

use super::components::{Component, Components};
use super::line_image::Strip;
use super::lines::{self, Measure, NotPlain, TextLine};
use super::pix::{Depth, Pix, PixError};
use super::threshold::InkLevels;
use crate::domain::geometry::Rect;

/// Specks are smaller than this on both sides: in x-heights, and at least in pixels.
const SPECK: (f32, f32) = (0.16, 2.0);

/// When this many pieces of ink are left without the specks, the page is noise: an A3
/// page full of 6 pt print has 40,000 letters and dots.
const NOISE: usize = 60_000;

/// A page of print, upright and level to within a few degrees.
#[derive(Debug)]
pub struct PrintedPage<'a> {
    page: &'a Pix,
    levels: Option<InkLevels>,
    ink: Components,
    measure: Measure,
    /// Its lines in reading order, or why it is no plain page.
    pub lines: Result<Vec<TextLine>, NotPlain>,
}

impl<'a> PrintedPage<'a> {
    /// Takes a bitonal or grey page apart; `None` when it is noise.
    pub fn of(page: &'a Pix) -> Result<Option<Self>, PixError> {
        let levels = (page.depth() != Depth::Bitonal).then(|| InkLevels::of(page));
        let ink = match &levels {
            None => Components::of(page)?,
            Some(levels) => Components::of(&page.clone().threshold(levels.threshold())?)?,
        };
        let Some(ink) = ink else { return Ok(None) };
        let (measure, lines) = lines::find(&ink);
        let printed = Self {
            page,
            levels,
            ink,
            measure,
            lines,
        };
        Ok((!printed.is_noise()).then_some(printed))
    }

    /// A line drawn for the network, its small letters `x_height` pixels high.
    pub fn strip(&self, line: &TextLine, x_height: f32) -> Strip {
        let grey = self.levels.as_ref().map(|levels| (self.page, levels));
        Strip::draw(&self.ink, &self.measure, line, x_height, grey)
    }

    /// The page without specks and without dark bands at its edges. A grey page comes
    /// back as it is: its own threshold sees no specks.
    pub fn cleaned(&self) -> Result<Pix, PixError> {
        let mut page = self.page.clone();
        if page.depth() == Depth::Bitonal {
            for run in &self.ink.runs {
                let component = &self.ink.all[run.component as usize];
                if self.is_speck(component) || self.is_edge(component) {
                    page.clear_run(run.y.unsigned_abs(), run.from, run.to);
                }
            }
        }
        Ok(page)
    }

    /// The boxes of words on the page: for each, the pieces of the line nearest to the
    /// columns that the network gave it; where it has none, the line's height.
    pub fn word_boxes(&self, line: &TextLine, words: &[(f32, f32)]) -> Vec<Rect> {
        let mut boxes: Vec<Option<Rect>> = vec![None; words.len()];
        for component in line.pieces.iter().map(|i| &self.ink.all[*i]) {
            let middle = component.middle();
            let distance = |(from, to): (f32, f32)| (from - middle).max(middle - to).max(0.0);
            let nearest =
                (0..words.len()).min_by(|a, b| distance(words[*a]).total_cmp(&distance(words[*b])));
            if let Some(word) = nearest {
                let part = component.bounds();
                boxes[word] = Some(boxes[word].map_or(part, |all| all.union(&part)));
            }
        }
        let boxes = boxes.into_iter().zip(words);
        boxes
            .map(|(found, word)| found.unwrap_or_else(|| self.line_box(line, *word)))
            .collect()
    }

    /// The columns given, from the line's ascenders to its descenders.
    fn line_box(&self, line: &TextLine, (from, to): (f32, f32)) -> Rect {
        let fall = self.measure.slope * ((from + to) * 0.5 - self.measure.middle);
        let top = (line.baseline + fall - 1.45 * line.x_height).max(0.0);
        let bottom = (line.baseline + fall + 0.35 * line.x_height).max(top + 1.0);
        let left = from.max(0.0);
        let right = to.max(left + 1.0);
        Rect::new(
            left as u32,
            top as u32,
            (right - left) as u32,
            (bottom - top) as u32,
        )
    }

    fn is_speck(&self, component: &Component) -> bool {
        component.extent() < SPECK.1.max(SPECK.0 * self.measure.x_height)
    }

    /// A long dark band along an edge of the page.
    fn is_edge(&self, component: &Component) -> bool {
        let (w, h) = (component.width(), component.height());
        let long = w.max(h) > 8.0 * self.measure.x_height;
        let thin = w < 0.06 * self.ink.width as f32 || h < 0.06 * self.ink.height as f32;
        long && thin && self.ink.at_edge(component)
    }

    fn is_noise(&self) -> bool {
        let solid = self.ink.all.iter().filter(|c| !self.is_speck(c));
        solid.count() > NOISE
    }
}

impl Component {
    fn bounds(&self) -> Rect {
        let [x, y, right, bottom] =
            [self.left, self.top, self.right, self.bottom].map(i32::unsigned_abs);
        Rect::new(x, y, right - x, bottom - y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::drawing::Canvas;

    /// Three lines of two words of six letters, 20 pixels high.
    fn letter() -> Canvas {
        let mut page = Canvas::new(1_200, 400);
        for baseline in [80, 140, 200] {
            page.line(40, baseline, 18, 20);
        }
        page
    }

    #[test]
    fn words_get_the_boxes_of_their_letters() {
        let page = letter().pix();
        let printed = PrintedPage::of(&page).unwrap().unwrap();
        let line = &printed.lines.as_ref().unwrap()[1];
        let boxes = printed.word_boxes(line, &[(45.0, 140.0), (185.0, 420.0), (900.0, 950.0)]);
        assert_eq!(boxes[0], Rect::new(40, 112, 112, 28));
        assert_eq!(boxes[1], Rect::new(180, 112, 252, 28));
        assert_eq!(
            boxes[2],
            Rect::new(900, 111, 50, 36),
            "no piece: the line's"
        );
    }

    #[test]
    fn a_grey_page_has_the_same_lines() {
        let (grey, bitonal) = (letter().grey(40, 220), letter().pix());
        let grey = PrintedPage::of(&grey).unwrap().unwrap();
        let bitonal = PrintedPage::of(&bitonal).unwrap().unwrap();
        assert_eq!(grey.lines, bitonal.lines);
    }

    #[test]
    fn half_a_million_specks_are_cleaned_away_unread() {
        let mut page = Canvas::new(2_000, 1_000);
        for speck in 0..500_000 {
            page.fill(speck % 1_000 * 2, speck / 1_000 * 2, 1, 1);
        }
        let page = page.pix();
        let printed = PrintedPage::of(&page).unwrap().unwrap();
        assert_eq!(printed.lines, Err(NotPlain::LittleText));
        let cleaned = Components::of(&printed.cleaned().unwrap()).unwrap();
        assert_eq!(cleaned.unwrap().all.len(), 0);
    }

    #[test]
    fn a_hundred_thousand_crumbs_are_noise() {
        let mut page = Canvas::new(2_000, 800);
        for crumb in 0..100_000 {
            page.fill(crumb % 500 * 4, crumb / 500 * 4, 3, 3);
        }
        assert!(PrintedPage::of(&page.pix()).unwrap().is_none());
    }
}
