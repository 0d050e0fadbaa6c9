//! A corner of the sheet that is missing: cut off, torn off, or folded over.

use postroom::domain::geometry::Area;

use super::chance::Chance;
use super::warp::Point;

/// How a corner came to be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Cut,
    Torn,
    Folded,
}

/// A missing corner: what lies beyond a line across it.
#[derive(Debug, Clone, Copy)]
pub struct Corner {
    way: Way,
    size: Point,
    /// A point of the line, and the direction from it to the corner, of length 1.
    at: Point,
    out: Point,
    depth: f64,
    phase: f64,
}

/// The least distance of a missing corner from what is to be read, mm.
const CLEAR: f64 = 1.5;

impl Corner {
    /// Any corner, as large as leaves all these places on the sheet.
    pub fn draw(size: Point, kept: &[Area], chance: &mut Chance) -> Option<Self> {
        let way = *chance.one_of(&[Way::Cut, Way::Torn, Way::Folded]);
        let (right, low) = (chance.happens(0.5), chance.happens(0.5));
        let mut legs = [chance.between(8.0, 26.0), chance.between(8.0, 26.0)];
        let phase = chance.share();
        while legs[0].min(legs[1]) > 4.0 {
            let corner = Self::new(way, size, [right, low], legs, phase);
            let clear = |place: &Area| {
                let corners = [
                    [place.x, place.y],
                    [place.right(), place.y],
                    [place.x, place.bottom()],
                    [place.right(), place.bottom()],
                ];
                corners.iter().all(|point| {
                    corner.inside(*point) > CLEAR
                        && (way != Way::Folded || corner.inside(*point) > corner.depth + CLEAR)
                })
            };
            if kept.iter().all(clear) {
                return Some(corner);
            }
            legs = legs.map(|leg| leg * 0.85);
        }
        None
    }

    fn new(way: Way, size: Point, [right, low]: [bool; 2], legs: Point, phase: f64) -> Self {
        let corner = [
            if right { size[0] } else { 0.0 },
            if low { size[1] } else { 0.0 },
        ];
        let length = legs[0].hypot(legs[1]);
        // The line meets the edges a leg from the corner each.
        let out = [
            legs[1] / length * if right { 1.0 } else { -1.0 },
            legs[0] / length * if low { 1.0 } else { -1.0 },
        ];
        let depth = legs[0] * legs[1] / length;
        Self {
            way,
            size,
            at: [corner[0] - out[0] * depth, corner[1] - out[1] * depth],
            out,
            depth,
            phase,
        }
    }

    /// Whether a place is nearer than so many mm to what is missing or covered.
    pub fn near(&self, mm: Point, reach: f64) -> bool {
        self.inside(mm) < self.depth + reach
    }

    /// How far a place lies on the sheet's side of the line, mm.
    pub fn inside(&self, [x, y]: Point) -> f64 {
        let from = [x - self.at[0], y - self.at[1]];
        let beyond = from[0] * self.out[0] + from[1] * self.out[1];
        let ragged = if self.way == Way::Torn {
            let along = from[0] * self.out[1] - from[1] * self.out[0];
            let wave = |length: f64| (std::f64::consts::TAU * (along / length + self.phase)).sin();
            0.5 * wave(7.0) + 0.25 * wave(2.3) + 0.12 * wave(0.9)
        } else {
            0.0
        };
        ragged - beyond
    }

    /// The grey of the folded corner where it lies on the sheet.
    pub fn flap(&self, mm: Point) -> Option<f64> {
        let inside = self.inside(mm);
        if self.way != Way::Folded || !(0.0..=self.depth).contains(&inside) {
            return None;
        }
        let mirrored = [
            mm[0] + 2.0 * inside * self.out[0],
            mm[1] + 2.0 * inside * self.out[1],
        ];
        let sides = mirrored[0]
            .min(mirrored[1])
            .min(self.size[0] - mirrored[0])
            .min(self.size[1] - mirrored[1]);
        // Its edge throws a thin shadow.
        (sides > -0.15).then_some(if sides < 0.1 { 120.0 } else { 240.0 })
    }
}
