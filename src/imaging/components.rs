//! The connected pieces of ink on a page, with every run of ink that belongs to them.
//!
//! [`Pix::shapes`] gives boxes only. Reading line by line also asks which pixels a
//! letter is made of, so that a line can be drawn without what stands around it.

use super::pix::{Depth, Pix, PixError};

/// No page of text has more runs of ink: a dense A4 page at 600 dpi has some 800,000,
/// a page of pure noise at 300 dpi two million.
const MAX_RUNS: usize = 1_500_000;

/// A stretch of ink within one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// The row.
    pub(super) y: i32,
    /// Its first column.
    pub(super) from: i32,
    /// The first column after it.
    pub(super) to: i32,
    /// The component that it belongs to.
    pub(super) component: u32,
}

/// A connected piece of ink; neighbours by a corner belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    /// Its first column.
    pub(super) left: i32,
    /// Its first row.
    pub(super) top: i32,
    /// The first column after it.
    pub(super) right: i32,
    /// The first row after it.
    pub(super) bottom: i32,
    /// Pixels of ink.
    pub(super) ink: u32,
}

impl Component {
    /// Width in pixels.
    pub(super) const fn width(&self) -> f32 {
        (self.right - self.left) as f32
    }

    /// Height in pixels.
    pub(super) const fn height(&self) -> f32 {
        (self.bottom - self.top) as f32
    }

    /// The longer side in pixels.
    pub(super) const fn extent(&self) -> f32 {
        self.width().max(self.height())
    }

    /// The middle between left and right.
    pub(super) const fn middle(&self) -> f32 {
        (self.left + self.right) as f32 * 0.5
    }

    fn grow(&mut self, run: &Run) {
        self.left = self.left.min(run.from);
        self.right = self.right.max(run.to);
        self.bottom = run.y + 1;
        self.ink += (run.to - run.from).unsigned_abs();
    }
}

/// All the ink of a page.
#[derive(Debug)]
pub(super) struct Components {
    /// Width of the page in pixels.
    pub(super) width: i32,
    /// Height of the page in pixels.
    pub(super) height: i32,
    /// The runs, row by row, left to right.
    pub(super) runs: Vec<Run>,
    /// Where each row's runs begin; one more than there are rows.
    row_starts: Vec<usize>,
    /// The components, in the order of their first run.
    pub(super) all: Vec<Component>,
}

impl Components {
    /// The ink of a bitonal page; `None` when it is a tangle that no text makes.
    pub(super) fn of(page: &Pix) -> Result<Option<Self>, PixError> {
        if page.depth() != Depth::Bitonal {
            return Err(PixError("components of a page that is not bitonal"));
        }
        let width = super::pix::signed(page.width())?;
        let height = super::pix::signed(page.height())?;
        let mut runs = Vec::new();
        let mut row_starts = vec![0];
        let mut links = Links::default();
        let mut above = 0;
        for y in 0..height {
            let here = runs.len();
            runs_of(page.row(y.unsigned_abs()), y, width, &mut runs);
            if runs.len() > MAX_RUNS {
                return Ok(None);
            }
            let (before, row) = runs.split_at_mut(here);
            links.join(&before[above..], row);
            above = here;
            row_starts.push(runs.len());
        }
        let all = links.components(&mut runs);
        Ok(Some(Self {
            width,
            height,
            runs,
            row_starts,
            all,
        }))
    }

    /// The runs of these rows; rows off the page have none.
    pub(super) fn rows(&self, from: i32, to: i32) -> &[Run] {
        let place = |row: i32| self.row_starts[row.clamp(0, self.height).unsigned_abs() as usize];
        &self.runs[place(from)..place(to.max(from))]
    }
}

/// Finds the runs of one row of 32-bit words, the first pixel in the highest bit.
fn runs_of(words: &[u32], y: i32, width: i32, runs: &mut Vec<Run>) {
    let mut open = None;
    let mut end = |open: &mut Option<i32>, to: i32| {
        if let Some(from) = open.take().filter(|from| *from < width) {
            let to = to.min(width);
            let component = 0;
            runs.push(Run {
                y,
                from,
                to,
                component,
            });
        }
    };
    for (first, word) in (0..).step_by(32).zip(words) {
        let mut bit = 0;
        while bit < 32 {
            let ahead = match open {
                None => word << bit,
                Some(_) => !word << bit,
            };
            if ahead == 0 {
                break;
            }
            bit += ahead.leading_zeros();
            let x = first + bit.cast_signed();
            match open {
                None => open = Some(x),
                Some(_) => end(&mut open, x),
            }
        }
    }
    end(&mut open, width);
}

/// Which labels turned out to be the same component: a forest, each root its own parent.
#[derive(Debug, Default)]
struct Links(Vec<u32>);

impl Links {
    fn root(&mut self, mut label: u32) -> u32 {
        while self.0[label as usize] != label {
            let grandparent = self.0[self.0[label as usize] as usize];
            self.0[label as usize] = grandparent;
            label = grandparent;
        }
        label
    }

    /// Labels the runs of a row by those of the row above that they touch.
    fn join(&mut self, above: &[Run], row: &mut [Run]) {
        let mut first = 0;
        for run in row {
            while above.get(first).is_some_and(|up| up.to < run.from) {
                first += 1;
            }
            let mut label = None;
            for up in above[first..].iter().take_while(|up| up.from <= run.to) {
                let other = self.root(up.component);
                let lower = label.map_or(other, |label: u32| label.min(other));
                let higher = label.map_or(other, |label: u32| label.max(other));
                self.0[higher as usize] = lower;
                label = Some(lower);
            }
            run.component = label.unwrap_or_else(|| {
                let new = self.0.len() as u32;
                self.0.push(new);
                new
            });
        }
    }

    /// Numbers the components from 0 and measures them.
    fn components(mut self, runs: &mut [Run]) -> Vec<Component> {
        let mut numbers = vec![u32::MAX; self.0.len()];
        let mut all: Vec<Component> = Vec::new();
        for run in runs {
            let root = self.root(run.component) as usize;
            if numbers[root] == u32::MAX {
                numbers[root] = all.len() as u32;
                all.push(Component {
                    left: run.from,
                    top: run.y,
                    right: run.to,
                    bottom: run.y + 1,
                    ink: 0,
                });
            }
            run.component = numbers[root];
            all[run.component as usize].grow(run);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::drawing::drawn;

    #[test]
    fn a_ring_a_bar_and_a_corner_are_three_pieces() {
        let page = drawn(&["####....#.", "#..#.....#", "####......", "......####"]);
        let ink = Components::of(&page).unwrap().unwrap();
        let boxes: Vec<_> = ink
            .all
            .iter()
            .map(|c| (c.left, c.top, c.right, c.bottom, c.ink))
            .collect();
        assert_eq!(
            boxes,
            [(0, 0, 4, 3, 10), (8, 0, 10, 2, 2), (6, 3, 10, 4, 4)]
        );
        assert_eq!(ink.rows(1, 2).len(), 3);
        assert_eq!(ink.rows(-5, 99).len(), ink.runs.len());
    }

    #[test]
    fn two_arms_that_meet_below_are_one_piece() {
        let ink = Components::of(&drawn(&["#...#", "#...#", "#####"])).unwrap();
        assert_eq!(ink.unwrap().all.len(), 1);
    }

    #[test]
    fn runs_cross_words_and_stop_at_the_edge() {
        let mut runs = Vec::new();
        runs_of(&[0x0000_0001, u32::MAX, 0xf000_0000], 7, 66, &mut runs);
        assert_eq!(runs.len(), 1);
        assert_eq!((runs[0].from, runs[0].to), (31, 66));
        runs.clear();
        runs_of(&[0, 0x0000_0001], 0, 60, &mut runs);
        assert_eq!(runs, [], "padding is no ink");
    }

    #[test]
    fn a_tangle_is_given_up() {
        // A chessboard has a run for every second pixel.
        let row = "#.".repeat(1_000);
        let other = ".#".repeat(1_000);
        let rows: Vec<&str> = (0..1_700)
            .map(|y| if y % 2 == 0 { &*row } else { &*other })
            .collect();
        assert!(Components::of(&drawn(&rows)).unwrap().is_none());
    }
}
