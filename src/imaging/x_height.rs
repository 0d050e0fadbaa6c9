//! How tall the small letters of a page are: what decides the scale at which it is read.
//!
//! Most letters of English text stand between baseline and x-height (a, c, e, m, n,
//! o, r, s, u, v, w, x, z), so the commonest height among the shapes of ink is theirs.

use super::pix::{Pix, PixError};
use crate::domain::geometry::Rect;

/// Shapes outside this range are specks, rules and pictures, at any resolution read here.
const HEIGHTS: std::ops::Range<u32> = 5..200;

/// Fewer letters than these say nothing about a page.
const MIN_LETTERS: u32 = 30;

impl Pix {
    /// The x-height of a bitonal page in pixels; `None` when there is too little print.
    pub fn x_height(&self) -> Result<Option<f64>, PixError> {
        Ok(commonest_height(&self.shapes()?))
    }
}

/// The mode of the letters' heights, each counted by its height (so that specks, which
/// can be many, weigh less), refined by its neighbours.
fn commonest_height(shapes: &[Rect]) -> Option<f64> {
    let mut counts = [0_u32; HEIGHTS.end as usize + 1];
    for shape in shapes {
        let letter_like = shape.w < 4 * shape.h && shape.h < 4 * shape.w;
        if HEIGHTS.contains(&shape.h) && letter_like {
            counts[shape.h as usize] += 1;
        }
    }
    if counts.iter().sum::<u32>() < MIN_LETTERS {
        return None;
    }
    let around = |h: usize| counts[h - 1] + counts[h] + counts[h + 1];
    let mode =
        (HEIGHTS.start as usize..HEIGHTS.end as usize).max_by_key(|h| around(*h) * *h as u32)?;
    let weighted: f64 = (mode - 1..=mode + 1)
        .map(|h| f64::from(counts[h]) * h as f64)
        .sum();
    Some(weighted / f64::from(around(mode)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_letters_decide_and_specks_do_not() {
        let mut shapes = vec![Rect::new(0, 0, 2, 2); 500];
        shapes.extend(vec![Rect::new(0, 0, 18, 20); 40]);
        shapes.extend(vec![Rect::new(0, 0, 18, 21); 40]);
        shapes.extend(vec![Rect::new(0, 0, 18, 29); 30]);
        let x = commonest_height(&shapes).unwrap();
        assert!((x - 20.5).abs() < 0.01, "{x}");
        assert_eq!(commonest_height(&shapes[..510]), None);
    }
}
