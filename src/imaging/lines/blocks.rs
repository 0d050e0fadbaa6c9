//! Blocks of lines, and the order in which people read them.

use super::{Measure, TextLine, quantile};

/// A line further below its block's last than this many usual line pitches begins
/// another block.
const BLOCK_GAP: f32 = 1.45;

/// A line belongs to the block above when this share of the narrower one's width lies
/// under the other.
const SHARED_WIDTH: f32 = 0.3;

/// Lines that stand under each other.
struct Block {
    left: i32,
    right: i32,
    top: f32,
    bottom: f32,
    lines: Vec<TextLine>,
}

/// The lines in reading order, their blocks numbered from 0.
pub(super) fn order(mut lines: Vec<TextLine>, measure: &Measure) -> Vec<TextLine> {
    lines.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let pitch = usual_pitch(&lines, measure.x_height);
    let mut blocks: Vec<Block> = Vec::new();
    for line in lines {
        match fitting_block(&blocks, &line, pitch * BLOCK_GAP) {
            Some(block) => blocks[block].push(line),
            None => blocks.push(Block::new(line, measure.x_height)),
        }
    }
    let mut ordered = Vec::new();
    for (number, block) in (0..).zip(read_in_order(blocks)) {
        ordered.extend(block.lines.into_iter().map(|line| TextLine {
            block: number,
            ..line
        }));
    }
    ordered
}

/// The commonest distance of a line to the one below, in pixels.
fn usual_pitch(lines: &[TextLine], x: f32) -> f32 {
    let mut pitches: Vec<f32> = lines
        .windows(2)
        .map(|two| two[1].baseline - two[0].baseline)
        .filter(|pitch| *pitch > x)
        .collect();
    // Paragraph gaps are fewer than lines, but make the larger half longer.
    quantile(&mut pitches, 0.4).max(2.0 * x)
}

/// The one block that a line continues; two candidates are none.
fn fitting_block(blocks: &[Block], line: &TextLine, reach: f32) -> Option<usize> {
    let continues = |block: &Block| {
        let shared = line.right.min(block.right) - line.left.max(block.left);
        let narrower = (line.right - line.left).min(block.right - block.left);
        line.baseline - block.bottom <= reach && shared as f32 >= SHARED_WIDTH * narrower as f32
    };
    let mut fitting = (0..blocks.len()).filter(|block| continues(&blocks[*block]));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

impl Block {
    fn new(line: TextLine, x: f32) -> Self {
        Self {
            left: line.left,
            right: line.right,
            top: line.baseline - x,
            bottom: line.baseline,
            lines: vec![line],
        }
    }

    fn push(&mut self, line: TextLine) {
        self.left = self.left.min(line.left);
        self.right = self.right.max(line.right);
        self.bottom = line.baseline;
        self.lines.push(line);
    }

    /// Whether this block is read before the other: further left when they stand side
    /// by side, else further up.
    fn precedes(&self, other: &Self) -> bool {
        let beside = self.top < other.bottom && other.top < self.bottom;
        if beside {
            self.left < other.left
        } else {
            self.top < other.top
        }
    }
}

/// Takes, again and again, a block that no other must precede; where blocks precede each
/// other in a ring, the topmost.
fn read_in_order(mut blocks: Vec<Block>) -> Vec<Block> {
    let mut ordered = Vec::with_capacity(blocks.len());
    while !blocks.is_empty() {
        let free = (0..blocks.len()).find(|b| !blocks.iter().any(|o| o.precedes(&blocks[*b])));
        let topmost = || (0..blocks.len()).min_by(|a, b| blocks[*a].top.total_cmp(&blocks[*b].top));
        let next = free.or_else(topmost).unwrap_or(0);
        ordered.push(blocks.remove(next));
    }
    ordered
}
