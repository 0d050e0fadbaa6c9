//! What people do to a box to tick, stroke by stroke. Places are mm on the sheet.
//!
//! - **Empty**: nothing; or a stray mark beside the box; or a stroke that comes as far
//!   as the frame.
//! - **Marked**: a check mark (small, large, round, far beyond the box, in a corner), a
//!   cross (diagonal or upright, even or lopsided), a single slash, light hatching, a
//!   letter Y for yes.
//! - **Corrected**: a mark that is struck out by one line or more, or scribbled over; a
//!   box that is blacked out; a check mark or cross that was gone over by a wild zigzag.
//! - **Ambiguous**: a dot; a short stroke; a mark that is mostly beside the box; a stroke
//!   from elsewhere that passes through; a ring around the box; a smudge.

use postroom::domain::geometry::Area;

use super::chance::Chance;
use super::warp::Point;

/// What the customer meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Intent {
    Empty,
    Marked,
    Corrected,
    /// Nobody can tell.
    Ambiguous,
}

impl Intent {
    /// All of them, in the order of the severities' weights.
    pub const ALL: [Self; 4] = [Self::Empty, Self::Marked, Self::Corrected, Self::Ambiguous];

    /// Its name in truth files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Marked => "marked",
            Self::Corrected => "corrected",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// One movement of a pen.
#[derive(Debug, Clone)]
pub struct Stroke {
    /// Where it went.
    pub points: Vec<Point>,
    /// Of the pen's width, how wide.
    pub wide: f64,
    /// Of the pen's darkness, how dark.
    pub dark: f64,
}

/// Strokes and what they are, for truth files.
pub type Done = (Vec<Stroke>, &'static str);

/// Does to a box what the customer meant, with a pen so wide (mm).
pub fn tick(intent: Intent, place: &Area, pen: f64, chance: &mut Chance) -> Done {
    let hand = Hand { place: *place, pen };
    match intent {
        Intent::Empty => hand.empty(chance),
        Intent::Marked => hand.marked(chance),
        Intent::Corrected => hand.corrected(chance),
        Intent::Ambiguous => hand.ambiguous(chance),
    }
}

/// Takes back the character in a box: a line or several, a scribble, blacking it out.
pub fn strike_out(place: &Area, pen: f64, chance: &mut Chance) -> Vec<Stroke> {
    Hand { place: *place, pen }.over(chance).0
}

/// Leaves ink in a box that is no character.
pub fn dirt(place: &Area, pen: f64, chance: &mut Chance) -> Vec<Stroke> {
    let hand = Hand { place: *place, pen };
    match chance.weighted(&[0.35, 0.35, 0.1, 0.2]) {
        0 => vec![hand.through(chance)],
        1 => vec![hand.beside(chance)],
        2 => vec![hand.ring(chance)],
        _ => vec![hand.smudge(chance)],
    }
}

/// A stray mark somewhere around a point.
pub fn stray(around: Point, chance: &mut Chance) -> Stroke {
    let length = chance.between(0.3, 4.0);
    let angle = chance.between(0.0, std::f64::consts::TAU);
    let to = [
        around[0] + length * angle.cos(),
        around[1] + length * angle.sin(),
    ];
    curve(&[around, to], 0.15, chance)
}

/// A signature in its box, now and then beyond it.
pub fn signature(place: &Area, chance: &mut Chance) -> Vec<Stroke> {
    let height = place.h * chance.between(0.35, 0.8);
    let width = place.w * chance.between(0.4, 0.85);
    let left = place.x + chance.between(0.03, 0.12) * place.w;
    let foot = place.y + place.h * chance.between(0.55, 0.85);
    let loops = 5 + chance.below(9);
    let rise = chance.either_way(0.12);
    let mut points = vec![[left, foot - height * 0.4]];
    for at in 0..loops {
        let x = left + width * (at as f64 + 0.5) / loops as f64;
        let tall = if at == 0 || chance.happens(0.3) {
            1.0
        } else {
            0.35
        };
        let top = foot - height * tall * chance.between(0.7, 1.0) - rise * (x - left);
        let low = foot + height * if chance.happens(0.15) { 0.35 } else { 0.0 } - rise * (x - left);
        let step = width / loops as f64;
        points.push([x + chance.either_way(0.3) * step, top]);
        points.push([x + step * chance.between(0.1, 0.7), low]);
    }
    let mut strokes = vec![curve(&points, 0.1, chance)];
    if chance.happens(0.4) {
        let y = foot + height * 0.15;
        let line = [
            [left, y],
            [left + width * chance.between(0.5, 1.1), y - rise * width],
        ];
        strokes.push(curve(&line, 0.2, chance));
    }
    strokes
}

/// Pens from here on, mm, leave no paper between lines of hatching.
const HATCHING: f64 = 0.6;

struct Hand {
    place: Area,
    pen: f64,
}

impl Hand {
    /// A point in parts of the box: 0, 0 is its top left corner.
    fn at(&self, x: f64, y: f64) -> Point {
        [
            self.place.x + x * self.place.w,
            self.place.y + y * self.place.h,
        ]
    }

    fn near(&self, x: f64, y: f64, off: f64, chance: &mut Chance) -> Point {
        self.at(x + chance.normal() * off, y + chance.normal() * off)
    }

    fn empty(&self, chance: &mut Chance) -> Done {
        match chance.weighted(&[0.9, 0.06, 0.04]) {
            0 => (Vec::new(), "nothing"),
            1 => {
                // Beside the frame, whichever way it runs.
                let gap = (0.5 + self.pen / 2.0 + chance.share() * 2.0) / self.place.w;
                let side = if chance.happens(0.5) { -gap } else { 1.0 + gap };
                let [from, to] = [0, 1].map(|_| chance.between(-0.2, 1.2));
                let line = if chance.happens(0.5) {
                    [self.at(side, from), self.at(side, to)]
                } else {
                    [self.at(from, side), self.at(to, side)]
                };
                (vec![curve(&line, 0.02, chance)], "a mark beside it")
            }
            _ => {
                // From outside as far as the frame.
                let edge = 0.2 + self.pen / 2.0;
                let far = chance.between(1.0, 6.0);
                let (y, lean) = (chance.between(0.1, 0.9), chance.either_way(0.5));
                let height = self.place.y + y * self.place.h;
                let (frame, out) = if chance.happens(0.5) {
                    (self.place.x - edge, -far)
                } else {
                    (self.place.right() + edge, far)
                };
                let line = [[frame + out, height + lean * far], [frame, height]];
                (vec![straight(&line)], "a stroke as far as the frame")
            }
        }
    }

    fn marked(&self, chance: &mut Chance) -> Done {
        match chance.weighted(&[0.34, 0.12, 0.08, 0.24, 0.04, 0.10, 0.05, 0.03]) {
            0 => (vec![self.check(1.0, chance)], "a check mark"),
            1 => {
                let large = chance.between(1.5, 2.6);
                (vec![self.check(large, chance)], "a check mark far beyond")
            }
            2 => (vec![self.corner(chance)], "a small check mark"),
            3 => (self.cross(chance), "a cross"),
            4 => (self.plus(chance), "an upright cross"),
            5 => (vec![self.slash(chance)], "a slash"),
            // With a thick pen hatching is blackening, which means the opposite.
            6 if self.pen < HATCHING => (vec![self.hatch(chance)], "light hatching"),
            6 => (vec![self.check(1.0, chance)], "a check mark"),
            _ => (self.yes(chance), "a letter Y"),
        }
    }

    fn check(&self, size: f64, chance: &mut Chance) -> Stroke {
        let off = 0.07;
        let size = size * chance.between(0.85, 1.2);
        let reach = |part: f64| 0.5 + (part - 0.5) * size;
        // A large one grows to the upper right from about the same foot.
        let start = self.near(reach(0.12).max(-0.15), 0.5, off, chance);
        let foot = self.near(0.38, 0.88, off, chance);
        let end = self.near(0.45 + 0.5 * size, 0.85 - 0.8 * size, off * size, chance);
        if chance.happens(0.3) {
            // A round one: no corner at its foot.
            let before = [foot[0] - 0.1 * self.place.w, foot[1] - 0.03 * self.place.h];
            return curve(&[start, before, foot, end], 0.02, chance);
        }
        let first = curve(&[start, foot], 0.02, chance);
        let second = curve(&[foot, end], 0.03, chance);
        joined(first, second)
    }

    fn corner(&self, chance: &mut Chance) -> Stroke {
        // Smaller than this the pen makes a blot of it.
        let least = (3.0 * self.pen / self.place.w).min(0.8);
        let part = chance.between(0.4, 0.55).max(least);
        let small = Self {
            place: Area::new(
                self.place.x + self.place.w * chance.between(0.02, 0.98 - part),
                self.place.y + self.place.h * chance.between(0.02, 0.98 - part),
                self.place.w * part,
                self.place.h * part,
            ),
            pen: self.pen,
        };
        small.check(1.0, chance)
    }

    fn cross(&self, chance: &mut Chance) -> Vec<Stroke> {
        let size = chance.between(0.6, 1.5);
        let middle = [0, 1].map(|_| 0.5 + chance.normal() * 0.06);
        let mut end = |x: f64, y: f64| {
            let x = middle[0] + x * size * 0.45;
            let y = middle[1] + y * size * 0.45;
            self.near(x, y, 0.06, chance)
        };
        let ends = [
            end(-1.0, -1.0),
            end(1.0, 1.0),
            end(1.0, -1.0),
            end(-1.0, 1.0),
        ];
        vec![
            curve(&ends[..2], 0.03, chance),
            curve(&ends[2..], 0.03, chance),
        ]
    }

    fn plus(&self, chance: &mut Chance) -> Vec<Stroke> {
        let size = chance.between(0.35, 0.6);
        let lines = [
            [
                self.near(0.5 - size, 0.5, 0.06, chance),
                self.near(0.5 + size, 0.5, 0.06, chance),
            ],
            [
                self.near(0.5, 0.5 - size, 0.06, chance),
                self.near(0.5, 0.5 + size, 0.06, chance),
            ],
        ];
        lines.map(|line| curve(&line, 0.03, chance)).into()
    }

    fn slash(&self, chance: &mut Chance) -> Stroke {
        let size = chance.between(0.4, 0.9);
        let ends = [
            self.near(0.5 - size, 0.5 + size, 0.08, chance),
            self.near(0.5 + size, 0.5 - size, 0.08, chance),
        ];
        let backwards = chance.happens(0.25);
        let mirrored = ends.map(|[x, y]| [2.0 * self.place.x + self.place.w - x, y]);
        curve(if backwards { &mirrored } else { &ends }, 0.03, chance)
    }

    fn hatch(&self, chance: &mut Chance) -> Stroke {
        let most = self.place.w * 0.76 / (2.2 * self.pen);
        let lines = (4 + chance.below(4)).min(most as usize + 1).max(3);
        let points: Vec<Point> = (0..lines)
            .flat_map(|at| {
                let part = 0.12 + 0.76 * at as f64 / (lines - 1) as f64;
                let (top, low) = (chance.between(0.0, 0.2), chance.between(0.8, 1.0));
                [self.at(part + 0.1, top), self.at(part - 0.1, low)]
            })
            .collect();
        let mut stroke = straight(&points);
        stroke.wide = 0.8;
        stroke.dark = chance.between(0.85, 1.0);
        stroke
    }

    fn yes(&self, chance: &mut Chance) -> Vec<Stroke> {
        let fork = self.near(0.5, 0.5, 0.05, chance);
        let arms = [
            self.near(0.15, 0.08, 0.05, chance),
            self.near(0.88, 0.05, 0.05, chance),
        ];
        let foot = self.near(0.4, 1.0, 0.06, chance);
        vec![
            curve(&[arms[0], fork], 0.02, chance),
            curve(&[arms[1], fork, foot], 0.02, chance),
        ]
    }

    fn corrected(&self, chance: &mut Chance) -> Done {
        let mut strokes = if chance.happens(0.65) {
            vec![self.check(chance.between(0.9, 1.5), chance)]
        } else {
            self.cross(chance)
        };
        let (over, what) = self.over(chance);
        strokes.extend(over);
        (strokes, what)
    }

    /// What takes back the ink that is there.
    fn over(&self, chance: &mut Chance) -> Done {
        match chance.weighted(&[0.25, 0.25, 0.3, 0.2]) {
            0 => (vec![self.strike(0.5, chance)], "struck out once"),
            1 => {
                let lines = 2 + chance.below(3);
                let height = |line: usize| 0.25 + 0.5 * line as f64 / (lines - 1) as f64;
                let lines = (0..lines).map(|line| self.strike(height(line), chance));
                (lines.collect(), "struck out with lines")
            }
            2 => {
                let size = chance.between(0.9, 1.5);
                (vec![self.scribble(size, chance)], "scribbled over")
            }
            _ => (self.blacked(chance), "blacked out"),
        }
    }

    /// A line through the box and well beyond it on both sides.
    fn strike(&self, y: f64, chance: &mut Chance) -> Stroke {
        let lean = chance.normal() * 0.15;
        let (left, right) = (chance.between(0.2, 0.9), chance.between(0.2, 1.0));
        let ends = [
            self.at(-left, y + lean + chance.normal() * 0.05),
            self.at(1.0 + right, y - lean + chance.normal() * 0.05),
        ];
        curve(&ends, 0.04, chance)
    }

    /// There and back, about the box.
    fn scribble(&self, size: f64, chance: &mut Chance) -> Stroke {
        let turns = 7 + chance.below(8);
        let points: Vec<Point> = (0..turns)
            .map(|at| {
                let part = at as f64 / (turns - 1) as f64 - 0.5;
                let side = if at % 2 == 0 { -0.55 } else { 0.55 };
                let x = 0.5 + (side + chance.normal() * 0.12) * size;
                let y = 0.5 + (part + chance.normal() * 0.08) * size;
                self.at(x, y)
            })
            .collect();
        curve(&points, 0.05, chance)
    }

    /// Lines so near each other that hardly any paper is left.
    fn blacked(&self, chance: &mut Chance) -> Vec<Stroke> {
        let step = (self.pen * chance.between(0.6, 0.9)).max(0.2) / self.place.h;
        let (top, bottom) = (chance.between(-0.08, 0.08), chance.between(0.92, 1.08));
        let lines = ((bottom - top) / step).ceil() as usize;
        let points: Vec<Point> = (0..=lines)
            .map(|at| {
                let side = if at % 2 == 0 { 0.03 } else { 0.97 };
                self.at(side + chance.normal() * 0.06, top + at as f64 * step)
            })
            .collect();
        vec![straight(&points)]
    }

    fn ambiguous(&self, chance: &mut Chance) -> Done {
        match chance.weighted(&[0.22, 0.22, 0.2, 0.16, 0.08, 0.12]) {
            0 => {
                let at = self.at(chance.between(0.15, 0.85), chance.between(0.15, 0.85));
                let mut dot = straight(&[at, [at[0] + 0.05, at[1]]]);
                dot.wide = chance.between(1.0, 2.0).min((1.2 / self.pen).max(1.0));
                (vec![dot], "a dot")
            }
            1 => {
                let from = self.at(chance.between(0.15, 0.85), chance.between(0.15, 0.85));
                let length = chance.between(0.5, 1.3);
                let angle = chance.between(0.0, std::f64::consts::TAU);
                let to = [
                    from[0] + length * angle.cos(),
                    from[1] + length * angle.sin(),
                ];
                (vec![curve(&[from, to], 0.05, chance)], "a short stroke")
            }
            2 => (vec![self.beside(chance)], "mostly beside it"),
            3 => (vec![self.through(chance)], "a stroke that passes through"),
            4 => (vec![self.ring(chance)], "a ring around it"),
            _ => (vec![self.smudge(chance)], "a smudge"),
        }
    }

    fn through(&self, chance: &mut Chance) -> Stroke {
        let (from, to) = (chance.between(-0.1, 1.1), chance.between(-0.1, 1.1));
        let (left, right) = (chance.between(0.5, 2.5), chance.between(0.3, 1.5));
        let line = [self.at(-left, from), self.at(1.0 + right, to)];
        curve(&line, 0.04, chance)
    }

    fn smudge(&self, chance: &mut Chance) -> Stroke {
        let middle = [0, 1].map(|_| chance.between(0.25, 0.75));
        let mut smudge = straight(&[
            self.at(middle[0] - 0.15, middle[1]),
            self.at(middle[0] + 0.15, middle[1] + chance.either_way(0.1)),
        ]);
        smudge.wide = chance.between(2.0, 4.0);
        smudge.dark = chance.between(0.12, 0.35);
        smudge
    }

    /// A check mark of which only the end comes into the box.
    fn beside(&self, chance: &mut Chance) -> Stroke {
        let shift = chance.between(0.75, 0.95);
        let [x, y] = *chance.one_of(&[[-1.0, 0.2], [1.0, 0.2], [0.1, 1.0], [-0.1, -1.0]]);
        let moved = Self {
            place: Area::new(
                self.place.x + x * shift * self.place.w,
                self.place.y + y * shift * self.place.h,
                self.place.w,
                self.place.h,
            ),
            pen: self.pen,
        };
        moved.check(0.9, chance)
    }

    fn ring(&self, chance: &mut Chance) -> Stroke {
        let (wide, high) = (chance.between(0.8, 1.4), chance.between(0.75, 1.2));
        let start = chance.between(0.0, std::f64::consts::TAU);
        let points: Vec<Point> = (0..=14)
            .map(|at| {
                let angle = start + f64::from(at) * 0.48;
                self.at(0.5 + wide * angle.cos(), 0.5 + high * angle.sin())
            })
            .collect();
        curve(&points, 0.05, chance)
    }
}

/// A character in its box crossed out, by one line or two.
pub fn strike(place: &Area, chance: &mut Chance) -> Vec<Stroke> {
    let lines = 1 + usize::from(chance.happens(0.5));
    (0..lines)
        .map(|_| {
            let mut down = [0.35, 0.65].map(|at| at + chance.either_way(0.2));
            if chance.happens(0.5) {
                down.reverse();
            }
            straight(&[
                [
                    place.x + place.w * chance.between(0.0, 0.15),
                    place.y + place.h * down[0],
                ],
                [
                    place.right() - place.w * chance.between(0.0, 0.15),
                    place.y + place.h * down[1],
                ],
            ])
        })
        .collect()
}

fn straight(points: &[Point]) -> Stroke {
    Stroke {
        points: points.to_vec(),
        wide: 1.0,
        dark: 1.0,
    }
}

fn joined(mut first: Stroke, second: Stroke) -> Stroke {
    first.points.extend(second.points);
    first
}

/// A smooth way through points (Catmull and Rom 1974) with a bow of so many parts of its
/// length and the tremble of a hand.
fn curve(through: &[Point], bow: f64, chance: &mut Chance) -> Stroke {
    const PIECES: usize = 6;
    let mut knots = through.to_vec();
    if let [from, to] = *through {
        let bow = chance.normal() * bow;
        let middle = [
            (from[0] + to[0]) / 2.0 - (to[1] - from[1]) * bow,
            (from[1] + to[1]) / 2.0 + (to[0] - from[0]) * bow,
        ];
        knots = vec![from, middle, to];
    }
    let last = knots.len() - 1;
    let mut points = vec![knots[0]];
    for at in 0..last {
        let [p, a, b, q] = [
            knots[at.saturating_sub(1)],
            knots[at],
            knots[at + 1],
            knots[(at + 2).min(last)],
        ];
        for piece in 1..=PIECES {
            let t = piece as f64 / PIECES as f64;
            points.push([0, 1].map(|i| {
                let cubic = 3.0 * (a[i] - b[i]) + q[i] - p[i];
                let square = 2.0 * p[i] - 5.0 * a[i] + 4.0 * b[i] - q[i];
                let tremble = chance.normal() * 0.015;
                a[i] + 0.5 * t * (b[i] - p[i] + t * (square + t * cubic)) + tremble
            }));
        }
    }
    straight(&points)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Area = Area::new(50.0, 60.0, 4.0, 4.0);

    fn inside(stroke: &Stroke) -> usize {
        let within = |[x, y]: &&Point| {
            (PLACE.x..=PLACE.right()).contains(x) && (PLACE.y..=PLACE.bottom()).contains(y)
        };
        stroke.points.iter().filter(within).count()
    }

    #[test]
    fn nothing_of_an_empty_box_is_inside_and_something_of_any_other() {
        for number in 0..3_000 {
            for intent in Intent::ALL {
                let chance = &mut Chance::new(3, number);
                let (strokes, how) = tick(intent, &PLACE, 0.5, chance);
                let points: usize = strokes.iter().map(inside).sum();
                match intent {
                    Intent::Empty => assert_eq!(points, 0, "card {number}: {how}"),
                    Intent::Marked | Intent::Corrected => {
                        assert!(points > 2, "card {number}: {how}");
                    }
                    Intent::Ambiguous => assert!(!strokes.is_empty(), "card {number}: {how}"),
                }
            }
        }
    }
}
