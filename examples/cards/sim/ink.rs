//! Ink on paper: outlines and pen strokes as spots of coverage, and their blending.

use super::chance::Chance;
use super::warp::Point;

/// How much of each pixel of a small part of the page something covers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spot {
    /// The left column on the page.
    pub x: i32,
    /// The top row on the page.
    pub y: i32,
    /// Width in pixels.
    pub w: usize,
    /// Coverage of 255, row after row.
    pub cover: Vec<u8>,
}

/// A pen's way over the page, in pixels: where it was and half its width there.
pub type Way = Vec<(Point, f64)>;

impl Spot {
    /// What closed outlines enclose, points in pixels. Area is covered exactly (the
    /// accumulation of signed areas of Raph Levien's font-rs); where outlines overlap
    /// in one direction, it is covered once.
    pub fn enclosed(outlines: &[Vec<Point>]) -> Self {
        let Some([left, top, right, bottom]) = around(outlines.iter().flatten().copied(), 1.0)
        else {
            return Self::default();
        };
        let (w, h) = ((right - left) as usize + 2, (bottom - top) as usize + 1);
        let mut areas = vec![0.0_f32; w * h + 2];
        for outline in outlines {
            let shifted = |point: &Point| {
                [
                    (point[0] - f64::from(left)) as f32,
                    (point[1] - f64::from(top)) as f32,
                ]
            };
            let next = outline.iter().cycle().skip(1);
            for (from, to) in outline.iter().zip(next) {
                edge(&mut areas, w, shifted(from), shifted(to));
            }
        }
        let mut sum = 0.0;
        let mut cover = Vec::with_capacity(w * h);
        for (at, area) in areas[..w * h].iter().enumerate() {
            if at % w == 0 {
                sum = 0.0;
            }
            sum += area;
            cover.push((sum.abs().min(1.0) * 255.0) as u8);
        }
        Self {
            x: left,
            y: top,
            w,
            cover,
        }
    }

    /// What a round pen covers on its way.
    pub fn drawn(way: &Way) -> Self {
        let widest = way.iter().map(|(_, half)| *half).fold(0.0, f64::max);
        let points = way.iter().map(|(point, _)| *point);
        let Some([left, top, right, bottom]) = around(points, widest + 1.0) else {
            return Self::default();
        };
        let (w, h) = ((right - left) as usize + 1, (bottom - top) as usize + 1);
        let mut cover = vec![0; w * h];
        let single = [way[0], way[0]];
        let pairs = way
            .windows(2)
            .chain((way.len() == 1).then_some(&single[..]));
        for pair in pairs {
            capsule(
                &mut cover,
                w,
                [f64::from(left), f64::from(top)],
                pair[0],
                pair[1],
            );
        }
        Self {
            x: left,
            y: top,
            w,
            cover,
        }
    }

    /// Takes ink away unevenly, as paper takes it from a dry pen or a pencil.
    pub fn thinned(&mut self, thin: f64, chance: &mut Chance) {
        if thin <= 0.0 {
            return;
        }
        let most = (thin * 2.0 * 256.0) as u64;
        for cover in &mut self.cover {
            if *cover > 0 {
                let kept = 256 - (((chance.bits() >> 56) * most) >> 8).min(256);
                *cover = ((u64::from(*cover) * kept) >> 8) as u8;
            }
        }
    }

    /// Every pixel that is covered: column, row and how much.
    pub fn pixels(&self) -> impl Iterator<Item = (i32, i32, u8)> + '_ {
        let covered = self
            .cover
            .iter()
            .enumerate()
            .filter(|(_, cover)| **cover > 0);
        covered.map(|(at, cover)| {
            let (x, y) = (at % self.w, at / self.w);
            (self.x + x as i32, self.y + y as i32, *cover)
        })
    }
}

/// The whole pixels around points, so much wider on all sides.
fn around(points: impl Iterator<Item = Point>, wider: f64) -> Option<[i32; 4]> {
    let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    for [x, y] in points {
        bounds = [
            bounds[0].min(x),
            bounds[1].min(y),
            bounds[2].max(x),
            bounds[3].max(y),
        ];
    }
    let [left, top, right, bottom] = bounds;
    (left <= right && right - left < 20_000.0 && bottom - top < 20_000.0).then(|| {
        [
            (left - wider).floor() as i32,
            (top - wider).floor() as i32,
            (right + wider).ceil() as i32,
            (bottom + wider).ceil() as i32,
        ]
    })
}

/// Adds the signed area to the right of an edge, pixel by pixel.
fn edge(areas: &mut [f32], w: usize, from: [f32; 2], to: [f32; 2]) {
    if from[1] == to[1] {
        return;
    }
    let (sign, from, to) = if from[1] < to[1] {
        (1.0, from, to)
    } else {
        (-1.0, to, from)
    };
    let slope = (to[0] - from[0]) / (to[1] - from[1]);
    let mut x = from[0];
    for row in from[1] as usize..to[1].ceil() as usize {
        let first = row * w;
        let height = (row as f32 + 1.0).min(to[1]) - (row as f32).max(from[1]);
        let next = x + slope * height;
        let part = sign * height;
        let (left, right) = if x < next { (x, next) } else { (next, x) };
        let column = left.floor();
        let at = first + column as usize;
        let columns = right.ceil() - column;
        if columns <= 1.0 {
            let middle = 0.5 * (left + right) - column;
            areas[at] += part * (1.0 - middle);
            areas[at + 1] += part * middle;
        } else {
            let step = 1.0 / (right - left);
            let before = 1.0 - (left - column);
            let start = 0.5 * step * before * before;
            let after = right - right.ceil() + 1.0;
            let end = 0.5 * step * after * after;
            let columns = columns as usize;
            areas[at] += part * start;
            if columns == 2 {
                areas[at + 1] += part * (1.0 - start - end);
            } else {
                let second = step * (1.5 - (left - column));
                areas[at + 1] += part * (second - start);
                for middle in 2..columns - 1 {
                    areas[at + middle] += part * step;
                }
                let last = second + (columns - 3) as f32 * step;
                areas[at + columns - 1] += part * (1.0 - last - end);
            }
            areas[at + columns] += part * end;
        }
        x = next;
    }
}

/// Covers what lies within the pen's width of a straight piece of its way.
fn capsule(cover: &mut [u8], w: usize, corner: Point, from: (Point, f64), to: (Point, f64)) {
    let [a, b] = [from.0, to.0].map(|p| [p[0] - corner[0] - 0.5, p[1] - corner[1] - 0.5]);
    let reach = from.1.max(to.1) + 0.5;
    let along = [b[0] - a[0], b[1] - a[1]];
    let length = (along[0] * along[0] + along[1] * along[1]).max(1e-9);
    let columns = |y: f64| (a[0].min(b[0]) - reach, a[0].max(b[0]) + reach, y);
    let h = cover.len() / w;
    let top = (a[1].min(b[1]) - reach).floor().max(0.0) as usize;
    let bottom = ((a[1].max(b[1]) + reach).ceil().max(0.0) as usize).min(h - 1);
    for row in top..=bottom {
        let (left, right, y) = columns(row as f64);
        let right = (right.ceil().max(0.0) as usize).min(w - 1);
        for column in left.floor().max(0.0) as usize..=right {
            let (px, py) = (column as f64 - a[0], y - a[1]);
            let part = ((px * along[0] + py * along[1]) / length).clamp(0.0, 1.0);
            let (dx, dy) = (px - along[0] * part, py - along[1] * part);
            let half = from.1 + (to.1 - from.1) * part;
            let within = half + 0.5 - (dx * dx + dy * dy).sqrt();
            if within > 0.0 {
                // A pen thinner than a pixel covers no more than its width.
                let most = (2.0 * half).min(1.0);
                let covered = (within.min(most) * 255.0) as u8;
                let pixel = &mut cover[row * w + column];
                *pixel = (*pixel).max(covered);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(spot: &Spot) -> f64 {
        spot.cover
            .iter()
            .map(|cover| f64::from(*cover) / 255.0)
            .sum()
    }

    #[test]
    fn an_outline_covers_its_area() {
        let square = vec![[10.25, 20.5], [14.75, 20.5], [14.75, 23.0], [10.25, 23.0]];
        let hole = vec![[12.0, 21.0], [12.0, 22.0], [13.0, 22.0], [13.0, 21.0]];
        let whole = Spot::enclosed(std::slice::from_ref(&square));
        assert!((total(&whole) - 4.5 * 2.5).abs() < 0.1, "{}", total(&whole));
        let ring = Spot::enclosed(&[square, hole]);
        assert!(
            (total(&ring) - (4.5 * 2.5 - 1.0)).abs() < 0.1,
            "{}",
            total(&ring)
        );
        let pixel = |x: i32, y: i32| whole.pixels().find(|p| (p.0, p.1) == (x, y)).map(|p| p.2);
        assert_eq!(pixel(12, 21), Some(255));
        assert_eq!(pixel(12, 24), None);
    }

    #[test]
    fn a_pen_covers_its_width() {
        let spot = Spot::drawn(&vec![([10.0, 10.0], 2.0), ([50.0, 10.0], 2.0)]);
        let expected = 40.0 * 4.0 + std::f64::consts::PI * 4.0;
        assert!(
            (total(&spot) - expected).abs() < expected * 0.05,
            "{}",
            total(&spot)
        );
    }
}
