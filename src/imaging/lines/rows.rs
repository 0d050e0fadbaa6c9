//! Gathers letters that stand beside each other into lines.

use super::{Measure, TextLine, quantile};
use crate::imaging::components::Components;

/// A gap wider than this, in x-heights, ends a line: what follows is another column.
const COLUMN_GAP: f32 = 6.0;

/// More rows than these are no text: A3 in 6 pt has 200.
const MAX_ROWS: usize = 600;

/// The baseline of a growing row is judged by so many of its last letters.
const LAST_FEET: usize = 24;

/// Pieces of a row are one line when their baselines differ by less than this (x-heights).
const SAME_BASELINE: f32 = 0.45;

/// A row of up to this many letters inside another's span is a part of it when the
/// baselines differ by less than `LONE_BASELINE` (accents, raised figures).
const LONE_LETTERS: usize = 3;
const LONE_BASELINE: f32 = 0.9;
const LONE_REACH: f32 = 0.8;

/// Capitals stand this much higher than small letters.
const CAPITAL: f32 = 1.42;

/// A row that is still growing to the right.
struct Row {
    pieces: Vec<usize>,
    right: i32,
    baseline: f32,
    feet: Vec<f32>,
}

/// Lines of letters, unordered; `None` when there are too many to be lines.
pub(super) fn gather(ink: &Components, measure: &Measure) -> Option<Vec<TextLine>> {
    let all = &ink.all;
    let mut letters: Vec<usize> = (0..all.len())
        .filter(|i| measure.letter_like(&all[*i]))
        .collect();
    letters.sort_by_key(|i| (all[*i].left, *i));
    let mut rows: Vec<Row> = Vec::new();
    for letter in letters {
        match fitting_row(&rows, ink, letter, measure) {
            Some(row) => rows[row].push(ink, letter, measure),
            None => rows.push(Row::new(ink, letter, measure)),
        }
        if rows.len() > MAX_ROWS {
            return None;
        }
    }
    let lines = rows.iter().map(|row| row.line(ink, measure)).collect();
    Some(merged(lines, measure))
}

impl Row {
    fn new(ink: &Components, letter: usize, measure: &Measure) -> Self {
        let component = &ink.all[letter];
        let foot = measure.level(component).1;
        Self {
            pieces: vec![letter],
            right: component.right,
            baseline: foot,
            feet: vec![foot],
        }
    }

    fn push(&mut self, ink: &Components, letter: usize, measure: &Measure) {
        let component = &ink.all[letter];
        self.pieces.push(letter);
        self.right = self.right.max(component.right);
        if self.feet.len() >= LAST_FEET {
            self.feet.remove(0);
        }
        self.feet.push(measure.level(component).1);
        // A little above the median: descenders pull it down, nothing pulls it up.
        self.baseline = quantile(&mut self.feet.clone(), 0.4);
    }

    fn line(&self, ink: &Components, measure: &Measure) -> TextLine {
        let pieces = self.pieces.iter().map(|i| &ink.all[*i]);
        let mut feet: Vec<f32> = pieces.clone().map(|c| measure.level(c).1).collect();
        let mut heights: Vec<f32> = pieces.clone().map(|c| c.height()).collect();
        TextLine {
            left: pieces.clone().map(|c| c.left).min().unwrap_or(0),
            right: self.right,
            baseline: quantile(&mut feet, 0.45),
            x_height: line_x_height(&mut heights, measure.x_height),
            pieces: self.pieces.clone(),
            block: 0,
        }
    }
}

/// The page's x-height, unless the line's letters are clearly of another size.
fn line_x_height(heights: &mut [f32], page: f32) -> f32 {
    let tall = quantile(heights, 0.8);
    if tall > 2.0 * page {
        tall / CAPITAL
    } else if tall < 0.8 * page {
        tall.max(0.7 * page)
    } else {
        page
    }
}

/// The row that a letter continues: the one that it overlaps most in height.
fn fitting_row(rows: &[Row], ink: &Components, letter: usize, measure: &Measure) -> Option<usize> {
    let component = &ink.all[letter];
    let (top, bottom) = measure.level(component);
    let x = measure.x_height;
    let needed = 0.5 * x.min(bottom - top);
    let mut best: Option<(usize, f32)> = None;
    for (number, row) in rows.iter().enumerate() {
        let gap = (component.left - row.right) as f32;
        let overlap = bottom.min(row.baseline) - top.max(row.baseline - x);
        if gap > COLUMN_GAP * x || overlap < needed {
            continue;
        }
        let fit = overlap - 0.15 * (bottom - row.baseline).abs() - 0.02 * gap.max(0.0);
        if best.is_none_or(|(_, other)| fit > other) {
            best = Some((number, fit));
        }
    }
    best.map(|(row, _)| row)
}

/// Pieces of one line put together.
fn merged(mut lines: Vec<TextLine>, measure: &Measure) -> Vec<TextLine> {
    lines.sort_by_key(|line| line.left);
    let mut first = 0;
    while first < lines.len() {
        let mut second = first + 1;
        while second < lines.len() {
            if belong_together(&lines[first], &lines[second], measure.x_height) {
                let piece = lines.remove(second);
                lines[first].absorb(piece);
                second = first + 1;
            } else {
                second += 1;
            }
        }
        first += 1;
    }
    lines
}

fn belong_together(a: &TextLine, b: &TextLine, x: f32) -> bool {
    let apart = (a.baseline - b.baseline).abs();
    let within =
        |reach: f32| ((b.left - a.right) as f32) < reach && ((a.left - b.right) as f32) < reach;
    let lone = a.pieces.len().min(b.pieces.len()) <= LONE_LETTERS;
    (apart < SAME_BASELINE * x && within(COLUMN_GAP * x))
        || (lone && apart < LONE_BASELINE * x && within(LONE_REACH * x))
}

impl TextLine {
    fn absorb(&mut self, other: Self) {
        if self.pieces.len() < other.pieces.len() {
            self.baseline = other.baseline;
        }
        self.left = self.left.min(other.left);
        self.right = self.right.max(other.right);
        self.pieces.extend(other.pieces);
    }
}
