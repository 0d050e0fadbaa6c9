//! An open line as a picture of fixed height, whatever the size of its place: what the
//! network that reads lines is shown, and was trained on.

use super::warp::Patch;

/// Rows of the picture: 12 mm of the line, from its middle up and down, or of a higher one
/// those with the most ink.
pub const ROWS: usize = 48;
/// Pixels to a mm: a capital has 12 to 20 rows.
pub const DENSITY: f64 = 4.0;
/// Paper that is left on either side of the ink, in columns.
const MARGIN: usize = 8;
/// Ink from which a pixel counts when the extent of the writing is measured, of 255.
const INK: u8 = 60;

/// The ink of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePicture {
    /// Columns.
    pub width: usize,
    /// Ink from 0 to 255, row after row.
    pub ink: Vec<u8>,
}

/// The picture of what is written in a place, of which the patch holds nothing else; none
/// where no ink is.
pub fn line_picture(patch: &Patch) -> Option<LinePicture> {
    let reduction = patch.density / DENSITY;
    let width = (patch.width as f64 / reduction).ceil() as usize;
    let above = first_row(patch, reduction);
    let rows: Vec<Vec<u8>> = (0..ROWS)
        .map(|row| {
            let down = span(above + row as f64, reduction, patch.height);
            let column = |column: usize| {
                let across = span(column as f64, reduction, patch.width);
                mean(patch, &across, &down)
            };
            (0..width).map(column).collect()
        })
        .collect();
    let inked = |column: &usize| rows.iter().any(|row| row[*column] >= INK);
    let first = (0..width).find(inked)?.saturating_sub(MARGIN);
    let last = ((0..width).rfind(inked)? + 1 + MARGIN).min(width);
    let ink = rows.iter().flat_map(|row| row[first..last].to_vec());
    Some(LinePicture {
        width: last - first,
        ink: ink.collect(),
    })
}

/// The row of the patch, in pixels of the picture, that is the first of the picture.
fn first_row(patch: &Patch, reduction: f64) -> f64 {
    let spare = patch.height as f64 / reduction - ROWS as f64;
    if spare <= 0.0 {
        return spare / 2.0;
    }
    let rows = patch.ink.chunks(patch.width.max(1));
    let rows: Vec<u64> = rows
        .map(|row| row.iter().map(|ink| u64::from(*ink)).sum())
        .collect();
    let within = |first: usize| -> u64 {
        let from = (first as f64 * reduction) as usize;
        let to = from + (ROWS as f64 * reduction) as usize;
        rows[from..to.min(rows.len())].iter().sum()
    };
    // Of equals the one nearest to the middle.
    let firsts = 0..=spare as usize;
    let off = |first: usize| (first as f64 - spare / 2.0).abs();
    let best = firsts.min_by(|a, b| {
        within(*b)
            .cmp(&within(*a))
            .then(off(*a).total_cmp(&off(*b)))
    });
    best.unwrap_or_default() as f64
}

/// The pixels of the patch that a pixel of the picture covers, as far as they are there.
fn span(at: f64, reduction: f64, end: usize) -> std::ops::Range<usize> {
    let pixel = |at: f64| (at * reduction).round().clamp(0.0, end as f64) as usize;
    pixel(at)..pixel(at + 1.0)
}

fn mean(patch: &Patch, across: &std::ops::Range<usize>, down: &std::ops::Range<usize>) -> u8 {
    let pixels = down.clone().flat_map(|row| {
        let row = &patch.ink[row * patch.width..][..patch.width];
        row[across.clone()].iter()
    });
    let (sum, count) = pixels.fold((0_u32, 0_u32), |(sum, count), ink| {
        (sum + u32::from(*ink), count + 1)
    });
    sum.checked_div(count).unwrap_or_default() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::Area;

    fn patch(height: f64, ink: impl Fn(f64, f64) -> bool) -> Patch {
        let mut patch = Patch::blank(&Area::new(10.0, 20.0, 60.0, height), 8.0);
        for row in 0..patch.height {
            for column in 0..patch.width {
                let (x, y) = (column as f64 / 8.0, row as f64 / 8.0);
                patch.ink[row * patch.width + column] = if ink(x, y) { 255 } else { 0 };
            }
        }
        patch
    }

    #[test]
    fn a_stroke_stands_where_it_is_from_the_middle_of_the_line() {
        for height in [7.0, 12.0] {
            let middle = height / 2.0;
            let stroke =
                |x: f64, y: f64| (20.0..20.5).contains(&x) && (-2.0..2.0).contains(&(y - middle));
            let picture = line_picture(&patch(height, stroke)).unwrap();
            assert_eq!(picture.width, 2 + 2 * MARGIN, "{height}");
            let dark = picture
                .ink
                .chunks(picture.width)
                .map(|row| row[MARGIN] == 255);
            let dark: Vec<bool> = dark.collect();
            let expected: Vec<bool> = (0..ROWS).map(|row| (16..32).contains(&row)).collect();
            assert_eq!(dark, expected, "{height}");
        }
    }

    #[test]
    fn nothing_is_lost_at_the_foot_of_a_high_line() {
        let stroke = |x: f64, y: f64| (20.0..20.5).contains(&x) && (11.0..16.0).contains(&y);
        let picture = line_picture(&patch(16.0, stroke)).unwrap();
        let dark = picture
            .ink
            .chunks(picture.width)
            .filter(|row| row[MARGIN] == 255);
        assert_eq!(dark.count(), 20);
    }

    #[test]
    fn paper_has_no_picture() {
        assert_eq!(line_picture(&patch(9.0, |_, _| false)), None);
    }
}
