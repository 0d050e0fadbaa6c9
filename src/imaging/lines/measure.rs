//! The height of the small letters and the slope of the lines.

use super::Measure;
use crate::imaging::components::{Component, Components};

/// Heights of letters in pixels, at any resolution read here.
const HEIGHTS: std::ops::Range<usize> = 8..199;

/// With fewer letters there is nothing to measure.
const MIN_LETTERS: u32 = 10;

/// Capitals and digits may make the biggest pile of heights; small letters then make
/// one at this share of it, at least half as big.
const SMALL_TO_CAPITAL: (f32, f32) = (0.6, 0.82);

/// Slopes are searched in steps, first of about a ninth of a degree up to 6.8 degrees,
/// then finer by the eighth around the best.
const COARSE: (i32, f32) = (60, 0.002);
const FINE: (i32, f32) = (8, 0.000_25);

/// Fewer letters than these have no slope.
const MIN_SLOPED: usize = 20;

/// More letters than these make the slope no better.
const MAX_SLOPED: usize = 20_000;

pub(super) fn measure(ink: &Components) -> Measure {
    let x_height = x_height(&ink.all);
    let middle = ink.width as f32 * 0.5;
    Measure {
        x_height,
        middle,
        slope: slope(ink, x_height, middle),
    }
}

/// The commonest height of letters, or that of the small ones when capitals are
/// commoner; 0 when there are no letters.
fn x_height(components: &[Component]) -> f32 {
    let mut counts = [0_u32; HEIGHTS.end + 1];
    for c in components {
        let (w, h) = (c.width(), c.height());
        let solid = c.ink as f32 * 8.0 > w * h;
        if w >= 3.0
            && w < 5.0 * h
            && h < 6.0 * w
            && solid
            && let Some(count) = counts.get_mut(h as usize).filter(|_| h >= 8.0)
        {
            *count += 1;
        }
    }
    if counts.iter().sum::<u32>() < MIN_LETTERS {
        return 0.0;
    }
    let pile = |h: usize| counts[h - 1] + 2 * counts[h] + counts[h + 1];
    // The first of equals, so that the answer does not depend on the search.
    let highest = |range: std::ops::Range<usize>| range.rev().max_by_key(|h| pile(*h));
    let Some(mut mode) = highest(HEIGHTS) else {
        return 0.0;
    };
    let lower = |share: f32| ((mode as f32 * share) as usize).max(HEIGHTS.start);
    let smaller = highest(lower(SMALL_TO_CAPITAL.0)..lower(SMALL_TO_CAPITAL.1) + 1);
    if let Some(smaller) = smaller.filter(|s| *s < mode && pile(*s) * 2 > pile(mode)) {
        mode = smaller;
    }
    let near = mode - 1..=mode + 1;
    let letters: u32 = near.clone().map(|h| counts[h]).sum();
    let heights: f32 = near.map(|h| counts[h] as f32 * h as f32).sum();
    heights / letters.max(1) as f32
}

/// The slope at which the bottoms of the letters fall on the fewest rows.
fn slope(ink: &Components, x: f32, middle: f32) -> f32 {
    let letter = |c: &&Component| {
        (0.75 * x..2.2 * x).contains(&c.height()) && (0.2 * x..6.0 * x).contains(&c.width())
    };
    let feet: Vec<(f32, f32)> = ink
        .all
        .iter()
        .filter(letter)
        .take(MAX_SLOPED)
        .map(|c| (c.middle() - middle, c.bottom as f32))
        .collect();
    if feet.len() < MIN_SLOPED {
        return 0.0;
    }
    let mut rows = Vec::new();
    let mut best = (-1.0, 0.0);
    let mut try_slope = |slope: f32, bias: f64, best: &mut (f64, f32)| {
        let score = sharpness(&feet, slope, ink.height, &mut rows) * bias;
        if score > best.0 {
            *best = (score, slope);
        }
    };
    for step in -COARSE.0..=COARSE.0 {
        // Level wins a tie.
        let bias = 1.0 - 1e-4 * f64::from(step.abs());
        try_slope(step as f32 * COARSE.1, bias, &mut best);
    }
    let coarse = best.1;
    for step in -FINE.0..=FINE.0 {
        try_slope(coarse + step as f32 * FINE.1, 1.0, &mut best);
    }
    best.1
}

/// The sum of squares of the feet on each pair of rows: large when they share rows.
fn sharpness(feet: &[(f32, f32)], slope: f32, height: i32, rows: &mut Vec<u32>) -> f64 {
    /// A sloped line may leave the page by this many rows.
    const MARGIN: usize = 400;
    rows.clear();
    rows.resize(height.unsigned_abs() as usize + 2 * MARGIN, 0);
    for (x, y) in feet {
        let row = y - slope * x + MARGIN as f32 + 0.5;
        if let Some(count) = rows.get_mut(row.max(0.0) as usize) {
            *count += 1;
        }
    }
    rows.windows(2)
        .map(|pair| f64::from(pair[0] + pair[1]).powi(2))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::drawing::Canvas;

    fn measured(canvas: &Canvas) -> Measure {
        measure(&Components::of(&canvas.pix()).unwrap().unwrap())
    }

    #[test]
    fn small_letters_set_the_measure_though_tall_ones_stand_between() {
        let mut page = Canvas::new(800, 300);
        for line in 0..5 {
            page.line(20, 50 + line * 50, 30, 20);
        }
        let found = measured(&page);
        assert!((found.x_height - 20.0).abs() < 0.1, "{found:?}");
        assert_eq!(found.slope, 0.0);
    }

    #[test]
    fn a_falling_line_has_its_slope() {
        let mut page = Canvas::new(1_200, 300);
        for letter in 0..40 {
            for line in 0..4 {
                // 1 row in 50 columns: 0.02.
                page.fill(30 + letter * 25, 40 + line * 50 + letter / 2, 12, 20);
            }
        }
        let found = measured(&page);
        assert!((found.slope - 0.02).abs() < 0.001, "{found:?}");
    }

    #[test]
    fn an_empty_page_measures_nothing() {
        assert_eq!(measured(&Canvas::new(400, 300)).x_height, 0.0);
    }
}
