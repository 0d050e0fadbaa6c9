//! Ink that reading by line would leave out, though it may be text.
//!
//! Whatever stands in no line is never drawn for the network, so its text would be lost
//! without a trace. Layout analysis may do better and can do no worse: a page with such
//! ink is left to it. A signature, a rule or a fold mark alone is no reason.

use super::plain::NotPlain;
use super::{Measure, TextLine};
use crate::imaging::components::{Component, Components};

/// A wide piece may be a rule with letters grown to it, in x-heights.
const WIDE: f32 = 8.0;

/// No letters grown together are wider or taller than what a line takes in; wider ones
/// are lost (x-heights, as in `Measure::letter_like`).
const MAX_WORD: (f32, f32) = (12.0, 3.6);

/// Runs of ink this long are a rule's, not a letter's or a pen's (x-heights).
const RULE_RUN: f32 = 3.0;

/// A rule's long runs together fill this share of its width at least.
const RULE_FILLED: f32 = 0.8;

/// A rule with more ink than this outside its long runs has letters (square x-heights;
/// a small l has 0.2). A guess, to the side of caution.
const LETTERS_ON_RULE: f32 = 0.25;

/// Ink of these heights outside lines may be letters of another size (x-heights): below
/// are dots and dashes, above are pictures.
const HEIGHTS: std::ops::Range<f32> = 0.3..15.0;

/// A row of this many such pieces is a word; a signature has fewer that are alike.
const WORD: usize = 4;

/// A letter with all it has above and below is 2 x-heights tall: a taller piece in a line
/// that reaches another is two lines grown together, of which one would lose its letter.
const ONE_LINE: f32 = 2.3;

/// A piece up to so tall that reaches no other line is a letter, say the Q of an old face
/// whose tail runs below the u; a taller one may be a pen's, which may have taken letters.
/// A guess, no Q was measured. With it the two of 44 letters that went to layout analysis,
/// both in such a face, are read by line: 7 wrong characters instead of 4, and 9 instead
/// of 24, in 0.6 s instead of 1.1 (November 2026).
const ONE_LETTER: f32 = 2.8;

/// In a word the tallest letter is at most so many times as tall as its neighbour.
const ALIKE: f32 = 1.7;

/// Letters of a word stand closer than this share of the taller one's height.
const LETTER_GAP: f32 = 0.6;

/// More unread pieces than these are not looked at one by one.
const MAX_UNREAD: usize = 2_000;

/// Finds rules with letters grown to them, and words grown together to one piece.
pub(super) fn underlined(ink: &Components, measure: &Measure) -> Result<(), NotPlain> {
    let x = measure.x_height;
    for (number, c) in ink.all.iter().enumerate() {
        if c.width() <= WIDE * x || c.height() >= 6.0 * x || ink.at_edge(c) {
            continue;
        }
        let rule = rule_ink(ink, number, x);
        let is_rule = rule >= RULE_FILLED * c.width();
        if is_rule && c.ink as f32 - rule > LETTERS_ON_RULE * x * x {
            return Err(NotPlain::Underlined);
        }
        if !is_rule && c.width() > MAX_WORD.0 * x && c.height() <= MAX_WORD.1 * x {
            return Err(NotPlain::Leftover);
        }
    }
    Ok(())
}

/// How much of a component's ink lies in long runs.
fn rule_ink(ink: &Components, number: usize, x: f32) -> f32 {
    let c = &ink.all[number];
    let runs = ink.rows(c.top, c.bottom).iter();
    let lengths = runs
        .filter(|run| run.component as usize == number)
        .map(|run| (run.to - run.from) as f32);
    lengths.filter(|length| *length > RULE_RUN * x).sum()
}

/// Finds words among the pieces that stand in no line.
pub(super) fn words(
    ink: &Components,
    measure: &Measure,
    lines: &[TextLine],
) -> Result<(), NotPlain> {
    if lines.iter().any(|line| has_tall(ink, measure, line, lines)) {
        return Err(NotPlain::Leftover);
    }
    let x = measure.x_height;
    let mut unread: Vec<bool> = ink.all.iter().map(|c| may_be_letter(c, x)).collect();
    for piece in lines.iter().flat_map(|line| &line.pieces) {
        unread[*piece] = false;
    }
    let pieces = ink.all.iter().zip(unread);
    let mut pieces: Vec<&Component> = pieces
        .filter(|(c, unread)| *unread && !ink.at_edge(c))
        .map(|(c, _)| c)
        .collect();
    let cuts = |c: &&Component| lines.iter().any(|line| cuts_through(c, line, measure));
    if pieces.len() > MAX_UNREAD || pieces.iter().any(cuts) {
        return Err(NotPlain::Leftover);
    }
    pieces.sort_by_key(|c| (c.left, c.top));
    if longest_word(&pieces) >= WORD {
        return Err(NotPlain::Leftover);
    }
    Ok(())
}

/// Whether a line has a piece that is no letter of this line alone.
fn has_tall(ink: &Components, measure: &Measure, line: &TextLine, lines: &[TextLine]) -> bool {
    let reaches = |c: &Component| {
        let others = lines.iter().filter(|other| *other != line);
        let mut shared = others.map(|other| shared_rows(c, other, measure));
        shared.any(|shared| shared > 0.0)
    };
    let pieces = line.pieces.iter().map(|i| &ink.all[*i]);
    let mut tall = pieces.filter(|c| c.height() > ONE_LINE * line.x_height);
    tall.any(|c| c.height() > ONE_LETTER * line.x_height || reaches(c))
}

/// Whether a tall piece stands among the small letters of a line: letters of this and
/// another line grown together, or a pen's stroke that may have taken some.
fn cuts_through(c: &Component, line: &TextLine, measure: &Measure) -> bool {
    let tall = c.height() > MAX_WORD.1 * measure.x_height;
    tall && shared_rows(c, line, measure) > 0.5 * line.x_height
}

/// How many rows of a line's small letters a piece in its span shares; below 0 none.
fn shared_rows(c: &Component, line: &TextLine, measure: &Measure) -> f32 {
    let (top, bottom) = measure.level(c);
    let reach = (LETTER_GAP * line.x_height) as i32;
    if c.right + reach < line.left || line.right + reach < c.left {
        return -1.0;
    }
    bottom.min(line.baseline) - top.max(line.baseline - line.x_height)
}

fn may_be_letter(c: &Component, x: f32) -> bool {
    let (w, h) = (c.width(), c.height());
    let sized = h >= 5.0 && HEIGHTS.contains(&(h / x));
    sized && w >= 0.1 * h && w <= 3.0 * h && c.ink as f32 >= 0.05 * w * h
}

/// The most pieces that follow each other as the letters of a word do; they come sorted
/// by their left edges.
fn longest_word(pieces: &[&Component]) -> usize {
    let mut lengths: Vec<usize> = Vec::with_capacity(pieces.len());
    for (number, c) in pieces.iter().enumerate() {
        let before = pieces[..number].iter().zip(&lengths);
        let before = before.filter(|(previous, _)| follows(previous, c));
        lengths.push(1 + before.map(|(_, length)| *length).max().unwrap_or(0));
    }
    lengths.into_iter().max().unwrap_or(0)
}

/// Whether a piece may be the letter after another.
fn follows(before: &Component, c: &Component) -> bool {
    let (low, high) = (
        before.height().min(c.height()),
        before.height().max(c.height()),
    );
    let gap = (c.left - before.right) as f32;
    let shared = (before.bottom.min(c.bottom) - before.top.max(c.top)) as f32;
    high <= ALIKE * low
        && c.left > before.left
        && (-0.25 * high..LETTER_GAP * high).contains(&gap)
        && shared >= 0.6 * low
}
