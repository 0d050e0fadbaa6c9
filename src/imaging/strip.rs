//! An open line, or a comb whose lines the scanner dropped, cut where characters may
//! begin and end: rather too often than too seldom. What belongs together is decided
//! later, by how well each run of pieces reads.
//!
//! Method: over-segmentation, as in Casey and Lecolinet, *A survey of methods and
//! strategies in character segmentation*, 1996: connected pieces that stand above each
//! other are one, wide ones are cut where their ink is thinnest.

use std::ops::Range;

use super::components::{Component, Components};
use super::glyph::{GlyphPicture, glyph_picture};
use super::pix::PixError;
use super::plane::packed;
use super::warp::Patch;
use crate::domain::geometry::Area;

/// Ink from which a pixel belongs to a piece, of 255.
const INK: u8 = 80;
/// Smaller components are specks, in squared mm.
const SPECK: f64 = 0.15;
/// Components that share this much of the narrower one's width stand above each other.
const ABOVE: f64 = 0.45;
/// Components whose middle is further from the line's, in heights of a capital, are of
/// another line, or a printed caption; an accent is nearer.
const OFF_LINE: f64 = 0.85;
/// A component that is cut off by the left or right edge of the patch, and whose middle is so
/// near to it in mm, stands beside the line: it does not merely run over its end.
const BESIDE: f64 = 1.5;
/// Components of less than this share of the tallest one's height are no characters of
/// their own, and tell nothing of a line's rows.
const TALL: f32 = 0.4;
/// A row of writing has at least this share of the inkiest row's ink.
const FAIR: f64 = 0.3;
/// Wider pieces, in heights of a capital, may be two characters.
const WIDE: f64 = 0.8;
/// Cuts are this far from each other and from the ends, in heights of a capital, and go
/// through no more ink than this, in the same measure.
const APART: f64 = 0.22;
const THIN: f64 = 0.42;
/// The widest character, in heights of a capital, and the most pieces it has.
const WIDEST: f64 = 1.7;
const MOST_PIECES: usize = 4;
/// A capital fills this share of the height of the box that it would stand in.
const FILLS: f64 = 0.65;
/// A line of more pieces is no line of characters.
const MOST: usize = 160;

/// A line of writing in pieces.
#[derive(Debug)]
pub struct Strip {
    patch: Patch,
    /// The columns of each piece, left to right.
    pieces: Vec<Range<usize>>,
    /// The number of each pixel's piece, from 1; 0 is none.
    owner: Vec<u16>,
    /// Height of a capital in pixels, and the middle of the line, a row.
    capital: f64,
    middle: f64,
}

/// A run of pieces that may be one character.
#[derive(Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its pieces.
    pub pieces: Range<usize>,
    /// What it looks like.
    pub picture: GlyphPicture,
}

impl Strip {
    /// Cuts a line; none when there is nothing on it, or a tangle.
    pub fn of(patch: &Patch) -> Result<Option<Self>, PixError> {
        let Some(components) = Components::of(&packed(&patch.ink, patch.width, INK)?)? else {
            return Ok(None);
        };
        let mut kept = kept(&components.all, patch);
        let row = row(&components.all, &kept);
        let Some((capital, middle)) = measured(&components.all, &row) else {
            return Ok(None);
        };
        kept.retain(|at| {
            let piece = &components.all[*at];
            let off = f64::from(piece.top + piece.bottom) / 2.0 - middle;
            off.abs() <= OFF_LINE * capital
        });
        let groups = grouped(&components.all, &kept);
        if groups.len() > MOST {
            return Ok(None);
        }
        let mut group_of = vec![None; components.all.len()];
        for (number, group) in groups.iter().enumerate() {
            group.iter().for_each(|at| group_of[*at] = Some(number));
        }
        let mut strip = Self {
            patch: patch.clone(),
            pieces: Vec::new(),
            owner: vec![0; patch.ink.len()],
            capital,
            middle,
        };
        let mut runs: Vec<Vec<_>> = vec![Vec::new(); groups.len()];
        for run in &components.runs {
            if let Some(group) = group_of[run.component as usize] {
                runs[group].push((run.y.unsigned_abs() as usize, run.from..run.to));
            }
        }
        for runs in &runs {
            strip.cut(runs);
        }
        Ok(Some(strip))
    }

    /// How many pieces there are.
    pub fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// The paper between a piece and the next, in heights of a capital; less than
    /// nothing where one hangs over the other.
    pub fn gap_after(&self, piece: usize) -> f64 {
        match (self.pieces.get(piece), self.pieces.get(piece + 1)) {
            (Some(here), Some(next)) => (next.start as f64 - here.end as f64) / self.capital,
            _ => f64::INFINITY,
        }
    }

    /// Every run of pieces that may be a character.
    pub fn candidates(&self) -> Vec<Candidate> {
        let starts = 0..self.pieces.len();
        let runs = starts.flat_map(|from| (from + 1..=from + MOST_PIECES).map(move |to| from..to));
        runs.filter(|run| run.end <= self.pieces.len())
            .filter_map(|run| self.candidate(run))
            .collect()
    }

    fn candidate(&self, run: Range<usize>) -> Option<Candidate> {
        let members = &self.pieces[run.clone()];
        let left = members.iter().map(|piece| piece.start).min()?;
        let right = members.iter().map(|piece| piece.end).max()?;
        if run.len() > 1 && (right - left) as f64 > WIDEST * self.capital {
            return None;
        }
        let density = self.patch.density;
        let mm = |pixels: f64| pixels / density;
        let columns = left.saturating_sub(2)..(right + 2).min(self.patch.width);
        let area = Area::new(
            self.patch.corner.x + mm(columns.start as f64),
            self.patch.corner.y,
            mm(columns.len() as f64),
            mm(self.patch.height as f64),
        );
        let mut patch = Patch::blank(&area, density);
        let mine = run.start as u16 + 1..run.end as u16 + 1;
        for row in 0..patch.height.min(self.patch.height) {
            for column in 0..patch.width.min(columns.len()) {
                let at = row * self.patch.width + columns.start + column;
                if mine.contains(&self.owner[at]) {
                    patch.ink[row * patch.width + column] = self.patch.ink[at];
                }
            }
        }
        let height = self.capital / FILLS;
        let place = Area::new(
            area.x,
            self.patch.corner.y + mm(self.middle - height / 2.0),
            area.w,
            mm(height),
        );
        let picture = glyph_picture(&patch, &place)?;
        Some(Candidate {
            pieces: run,
            picture,
        })
    }

    /// Adds a group of components as one piece, or as several when it is wide.
    fn cut(&mut self, runs: &[(usize, Range<i32>)]) {
        let Some(left) = runs.iter().map(|(_, run)| run.start).min() else {
            return;
        };
        let right = runs.iter().map(|(_, run)| run.end).max().unwrap_or(left);
        let mut ink = vec![0_u32; (right - left).unsigned_abs() as usize];
        for (_, run) in runs {
            for column in run.clone() {
                ink[(column - left).unsigned_abs() as usize] += 1;
            }
        }
        let left = left.unsigned_abs() as usize;
        let mut bounds = vec![left];
        bounds.extend(self.cuts(&ink).into_iter().map(|cut| left + cut));
        bounds.push(left + ink.len());
        let first = self.pieces.len() as u16;
        for (row, run) in runs {
            for column in run.clone() {
                let column = column.unsigned_abs() as usize;
                let piece = bounds.partition_point(|bound| *bound <= column) as u16;
                self.owner[row * self.patch.width + column] = first + piece;
            }
        }
        let pieces = bounds.windows(2).map(|two| two[0]..two[1]);
        self.pieces.extend(pieces);
    }

    /// Where a group of this ink by column may be cut, thinnest places first.
    fn cuts(&self, ink: &[u32]) -> Vec<usize> {
        let apart = (APART * self.capital).max(2.0) as usize;
        if (ink.len() as f64) < WIDE * self.capital {
            return Vec::new();
        }
        let inner = apart..ink.len().saturating_sub(apart);
        let mut places: Vec<usize> = inner
            .filter(|at| f64::from(ink[*at]) <= THIN * self.capital)
            .collect();
        // Of equally thin places the one nearest to the middle of its gap.
        places.sort_by_key(|at| {
            let around = ink[at.saturating_sub(1)..(at + 2).min(ink.len())].iter();
            (ink[*at], around.sum::<u32>(), *at)
        });
        let mut cuts: Vec<usize> = Vec::new();
        for place in places {
            if cuts.iter().all(|cut| cut.abs_diff(place) >= apart) {
                cuts.push(place);
            }
        }
        cuts.sort_unstable();
        cuts
    }
}

/// The components that are writing of this line: no specks, nothing that is cut off by
/// an edge of the patch and belongs to another line, or to what stands beside this one.
fn kept(all: &[Component], patch: &Patch) -> Vec<usize> {
    let speck = SPECK * patch.density * patch.density;
    let (width, height) = (patch.width as i32, patch.height as i32);
    let beside = BESIDE * patch.density;
    let numbered = all.iter().enumerate();
    let ours = numbered.filter(|(_, piece)| {
        let third = height / 3;
        let above = piece.top <= 0 && piece.bottom < third;
        let below = piece.bottom >= height && piece.top > height - third;
        let middle = f64::from(piece.middle());
        let beside = piece.left <= 0 && middle < beside
            || piece.right >= width && f64::from(width) - middle < beside;
        f64::from(piece.ink) >= speck && !above && !below && !beside
    });
    ours.map(|(at, _)| at).collect()
}

/// Of components in several rows those of the lowest row with a fair share of the ink: a
/// prompt or the feet of another line stand above what is written.
fn row(all: &[Component], kept: &[usize]) -> Vec<usize> {
    let tallest = kept.iter().map(|at| all[*at].height()).fold(0.0, f32::max);
    let mut tall: Vec<usize> = kept.to_vec();
    tall.retain(|at| all[*at].height() > TALL * tallest);
    // What a component reaches over without its outermost quarters.
    let core = |at: usize| {
        let quarter = (all[at].bottom - all[at].top) / 4;
        (all[at].top + quarter, all[at].bottom - quarter)
    };
    tall.sort_by_key(|at| core(*at).0);
    let mut rows: Vec<(Vec<usize>, i32, u32)> = Vec::new();
    for at in tall {
        let (top, bottom) = core(at);
        match rows.last_mut() {
            Some((members, reach, ink)) if top < *reach => {
                members.push(at);
                *reach = bottom.max(*reach);
                *ink += all[at].ink;
            }
            _ => rows.push((vec![at], bottom, all[at].ink)),
        }
    }
    let most = rows.iter().map(|(.., ink)| *ink).max().unwrap_or_default();
    let fair = |(_, _, ink): &(Vec<usize>, i32, u32)| f64::from(*ink) >= FAIR * f64::from(most);
    let lowest = rows.into_iter().rev().find(fair);
    lowest.map(|(members, ..)| members).unwrap_or_default()
}

/// The height of a capital and the middle row of the line, as most of the ink has it.
fn measured(all: &[Component], row: &[usize]) -> Option<(f64, f64)> {
    let mut tall: Vec<&Component> = row.iter().map(|at| &all[*at]).collect();
    if tall.is_empty() {
        return None;
    }
    let all: u32 = tall.iter().map(|piece| piece.ink).sum();
    // The piece up to which so large a share of the ink lies.
    let at_share = |ordered: &[&Component], share: f64| {
        let mut ink = 0;
        let at = ordered.iter().position(|piece| {
            ink += piece.ink;
            f64::from(ink) >= share * f64::from(all)
        });
        *ordered[at.unwrap_or(ordered.len() - 1)]
    };
    tall.sort_by(|a, b| a.height().total_cmp(&b.height()));
    let capital = f64::from(at_share(&tall, 0.55).height());
    tall.sort_by_key(|piece| piece.top + piece.bottom);
    let middle = at_share(&tall, 0.5);
    Some((capital, f64::from(middle.top + middle.bottom) / 2.0))
}

/// Components that stand above each other, left to right.
fn grouped(all: &[Component], kept: &[usize]) -> Vec<Vec<usize>> {
    let mut ordered = kept.to_vec();
    ordered.sort_by(|a, b| all[*a].middle().total_cmp(&all[*b].middle()));
    let mut groups: Vec<(Vec<usize>, i32, i32)> = Vec::new();
    for at in ordered {
        let piece = &all[at];
        if let Some((members, left, right)) = groups.last_mut() {
            let shared = (*right).min(piece.right) - (*left).max(piece.left);
            let narrower = (*right - *left).min(piece.right - piece.left);
            if f64::from(shared) >= ABOVE * f64::from(narrower) {
                members.push(at);
                (*left, *right) = ((*left).min(piece.left), (*right).max(piece.right));
                continue;
            }
        }
        groups.push((vec![at], piece.left, piece.right));
    }
    groups.into_iter().map(|(members, ..)| members).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels of bars: left, top, width, height; a capital is 32 high.
    fn line(bars: &[(usize, usize, usize, usize)]) -> Strip {
        let mut patch = Patch::blank(&Area::new(0.0, 0.0, 30.0, 8.0), 8.0);
        for (left, top, width, height) in bars {
            for row in *top..top + height {
                patch.ink[row * patch.width + left..][..*width].fill(255);
            }
        }
        Strip::of(&patch).unwrap().unwrap()
    }

    #[test]
    fn a_dot_belongs_to_its_stem_and_a_speck_to_nobody() {
        let strip = line(&[
            (10, 16, 4, 32),
            (30, 24, 4, 24),
            (30, 14, 4, 5),
            (60, 30, 2, 2),
        ]);
        assert_eq!(strip.pieces(), 2);
        assert!((strip.gap_after(0) - 0.5).abs() < 0.01);
        let runs: Vec<_> = strip
            .candidates()
            .into_iter()
            .map(|one| one.pieces)
            .collect();
        assert_eq!(runs, [0..1, 0..2, 1..2]);
    }

    #[test]
    fn what_touches_is_cut_where_it_is_thin() {
        // Two stems joined by a thin bar, as in an H, or in two letters that touch.
        let strip = line(&[(10, 16, 5, 32), (40, 16, 5, 32), (15, 30, 25, 3)]);
        assert!(strip.pieces() >= 2, "{}", strip.pieces());
        let whole = 0..strip.pieces();
        assert!(strip.candidates().iter().any(|one| one.pieces == whole));
    }

    #[test]
    fn the_feet_of_the_line_above_are_no_writing_of_this_one() {
        let strip = line(&[
            (10, 16, 4, 32),
            (50, 0, 4, 6),
            (90, 16, 4, 32),
            (120, 60, 4, 4),
        ]);
        assert_eq!(strip.pieces(), 2);
    }

    #[test]
    fn a_prompt_above_the_line_and_what_stands_beside_it_are_no_writing() {
        let prompt = [(20, 6, 5, 12), (28, 6, 5, 12), (36, 6, 5, 12)];
        let written = [(30, 26, 4, 24), (60, 27, 4, 24), (90, 26, 4, 24)];
        let beside = [(0, 12, 6, 40)];
        let strip = line(&[&prompt[..], &written, &beside].concat());
        assert_eq!(strip.pieces(), 3);
        // What runs over the end of the line is written on it.
        let over = [(212, 26, 28, 24)];
        assert_eq!(line(&[&written[..], &over].concat()).pieces(), 4);
        assert!((strip.capital - 24.0).abs() < 0.5 && (strip.middle - 38.0).abs() < 1.0);
    }

    #[test]
    fn an_empty_line_is_no_strip() {
        let patch = Patch::blank(&Area::new(0.0, 0.0, 30.0, 8.0), 8.0);
        assert!(Strip::of(&patch).unwrap().is_none());
    }
}
