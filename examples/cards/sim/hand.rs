//! Handwriting: the shapes of characters from handwriting fonts, made a person's own by
//! a slant, a size and a width of stroke, and different each time by a little chance.

use std::collections::HashMap;

use postroom::domain::geometry::Area;
use ttf_parser::{Face, OutlineBuilder};

use super::chance::Chance;
use super::warp::Point;

/// The faces in samples/fonts.
const FACES: [&[u8]; 10] = [
    include_bytes!("../../../samples/fonts/hand01.ttf"),
    include_bytes!("../../../samples/fonts/hand02.ttf"),
    include_bytes!("../../../samples/fonts/hand03.ttf"),
    include_bytes!("../../../samples/fonts/hand04.ttf"),
    include_bytes!("../../../samples/fonts/hand05.ttf"),
    include_bytes!("../../../samples/fonts/hand06.ttf"),
    include_bytes!("../../../samples/fonts/hand07.ttf"),
    include_bytes!("../../../samples/fonts/hand08.ttf"),
    include_bytes!("../../../samples/fonts/hand09.ttf"),
    include_bytes!("../../../samples/fonts/hand10.ttf"),
];

/// Straight pieces that a curve of an outline becomes.
const PIECES: usize = 4;

/// A font is damaged or lacks a capital H.
#[derive(Debug)]
pub struct NoFace(usize);

impl std::fmt::Display for NoFace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "handwriting font {} cannot be read", self.0 + 1)
    }
}

impl std::error::Error for NoFace {}

/// All faces, their characters ready as outlines.
pub struct Faces(Vec<HashMap<char, Glyph>>);

/// A character: a capital of the face is 1 high, its foot at 0, down is positive.
#[derive(Debug, Clone, Default)]
struct Glyph {
    outlines: Vec<Vec<Point>>,
    /// Left and right end, top and bottom.
    bounds: [f64; 4],
    /// To the next character.
    advance: f64,
    /// Mean width of its strokes.
    stroke: f64,
}

/// One person's way of writing.
#[derive(Debug, Clone)]
pub struct Writer {
    face: usize,
    /// Height of a capital against that of its box.
    pub size: f64,
    /// To the right, mm for each mm up.
    pub slant: f64,
    narrow: f64,
    /// How unsteady, of 1.
    unsteady: f64,
    /// From the foot of the box, of its height.
    lift: f64,
    drift: f64,
}

impl Faces {
    /// Reads the fonts.
    pub fn load() -> Result<Self, NoFace> {
        let faces = FACES.iter().enumerate();
        faces
            .map(|(at, bytes)| read(bytes).ok_or(NoFace(at)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Somebody; tidy from 0 to 1.
    pub fn writer(&self, tidy: f64, chance: &mut Chance) -> Writer {
        let loose = 1.0 - tidy;
        Writer {
            face: chance.below(self.0.len()),
            size: chance.between(0.55, 0.72) + loose * chance.either_way(0.12),
            slant: chance.either_way(0.05 + 0.2 * loose),
            narrow: 1.0 + chance.either_way(0.15),
            unsteady: 0.3 + 0.7 * loose * chance.share(),
            lift: chance.between(0.12, 0.2) + loose * chance.either_way(0.1),
            drift: loose * chance.either_way(0.012),
        }
    }

    /// The outlines, in mm, of a character in its box, `larger` than usual, with strokes
    /// of this width (mm); none for a space or a character that the face lacks.
    pub fn in_box(
        &self,
        writer: &Writer,
        sign: char,
        place: &Area,
        (pen, larger): (f64, f64),
        chance: &mut Chance,
    ) -> Vec<Vec<Point>> {
        let Some(glyph) = self.0[writer.face].get(&sign) else {
            return Vec::new();
        };
        let loose = writer.unsteady;
        let size = place.h * writer.size * larger * (1.0 + chance.normal() * 0.05 * loose);
        let [left, right, ..] = glyph.bounds;
        let wide = (right - left) * writer.narrow;
        // Nobody writes an M so wide that it does not fit, unless he runs over anyway.
        let fit = (place.w * 0.86 * larger / (wide * size).max(1e-6)).min(1.0);
        let lean = writer.slant + chance.normal() * 0.05 * loose;
        let turn = chance.normal() * 0.04 * loose;
        let middle = (left + right) / 2.0;
        let off = |side: f64, chance: &mut Chance| chance.normal() * 0.06 * loose * side;
        let foot = place.bottom() - place.h * (writer.lift - (larger - 1.0) * 0.3);
        let across = place.x + place.w / 2.0 + off(place.w, chance) * larger;
        let down = foot + off(place.h, chance) * 0.7;
        let bend = Bend::draw(loose, chance);
        let stretch = [size * writer.narrow * fit, size];
        let grow = (pen - glyph.stroke * size * fit.sqrt()) / 2.0;
        glyph
            .outlines
            .iter()
            .map(|outline| {
                let shaped = outline.iter().map(|point| {
                    let [x, y] = bend.apply(*point);
                    let [x, y] = [(x - middle - lean * y) * stretch[0], y * stretch[1]];
                    [across + x - turn * y, down + y + turn * x]
                });
                grown(&shaped.collect::<Vec<_>>(), grow)
            })
            .collect()
    }

    /// The outlines, in mm, of words on an open line from a point on its base line, for
    /// each character, as far as they fit in the width.
    pub fn on_line(
        &self,
        writer: &Writer,
        text: &str,
        place: &Area,
        pen: f64,
        chance: &mut Chance,
    ) -> Vec<(char, Vec<Vec<Point>>)> {
        let size = (place.h * 0.42).min(3.6) * (0.8 + writer.size * 0.4);
        let mut x = place.x + chance.between(1.0, 4.0);
        let mut written = Vec::new();
        let start = x;
        for sign in text.chars() {
            let Some(glyph) = self.0[writer.face].get(&sign) else {
                x += size * 0.5;
                continue;
            };
            let advance = (glyph.advance.max(0.25) + 0.04) * size * writer.narrow;
            if x + advance > place.right() - 0.5 {
                break;
            }
            let foot = place.bottom() - place.h * 0.14 + (x - start) * writer.drift;
            let down = foot + chance.normal() * 0.1 * writer.unsteady;
            let bend = Bend::draw(writer.unsteady * 0.6, chance);
            let grow = (pen - glyph.stroke * size) / 2.0;
            let outlines = glyph.outlines.iter().map(|outline| {
                let shaped = outline.iter().map(|point| {
                    let [px, py] = bend.apply(*point);
                    [
                        x + (px - writer.slant * py) * size * writer.narrow,
                        down + py * size,
                    ]
                });
                grown(&shaped.collect::<Vec<_>>(), grow)
            });
            written.push((sign, outlines.collect()));
            x += advance;
        }
        written
    }
}

/// A smooth bending of a character, so that no two are the same.
struct Bend {
    waves: [[f64; 3]; 2],
}

impl Bend {
    fn draw(loose: f64, chance: &mut Chance) -> Self {
        let waves = [0, 1].map(|_| {
            [
                chance.normal() * 0.03 * loose,
                chance.between(2.0, 6.0),
                chance.between(0.0, std::f64::consts::TAU),
            ]
        });
        Self { waves }
    }

    fn apply(&self, [x, y]: Point) -> Point {
        let [[a, b, c], [d, e, f]] = self.waves;
        [x + a * (b * y + c).sin(), y + d * (e * x + f).sin()]
    }
}

/// An outline moved outwards by so many mm (inwards when negative), the filled side
/// being on the right of its way as drawn with y downwards.
fn grown(outline: &[Point], by: f64) -> Vec<Point> {
    let by = by.clamp(-0.25, 0.4);
    let count = outline.len();
    let direction = |from: Point, to: Point| {
        let along = [to[0] - from[0], to[1] - from[1]];
        let length = along[0].hypot(along[1]).max(1e-9);
        [along[0] / length, along[1] / length]
    };
    (0..count)
        .map(|at| {
            let point = outline[at];
            let before = direction(outline[(at + count - 1) % count], point);
            let after = direction(point, outline[(at + 1) % count]);
            let normal = [before[1] + after[1], -before[0] - after[0]];
            let length = normal[0].hypot(normal[1]);
            // At a sharp corner the middle normal is short: no spike of more than twice.
            let reach = by * 2.0 / (length * length).max(1.0);
            [point[0] + normal[0] * reach, point[1] + normal[1] * reach]
        })
        .collect()
}

fn read(bytes: &[u8]) -> Option<HashMap<char, Glyph>> {
    let face = Face::parse(bytes, 0).ok()?;
    let capital = face.glyph_bounding_box(face.glyph_index('H')?)?;
    let unit = f64::from(capital.y_max);
    let signs = ('!'..='~').filter_map(|sign| {
        let id = face.glyph_index(sign)?;
        let mut pen = Outline {
            unit,
            ..Outline::default()
        };
        face.outline_glyph(id, &mut pen)?;
        let advance = f64::from(face.glyph_hor_advance(id)?) / unit;
        Some((sign, glyph(pen.outlines, advance)))
    });
    Some(signs.collect())
}

fn glyph(mut outlines: Vec<Vec<Point>>, advance: f64) -> Glyph {
    for outline in &mut outlines {
        outline.dedup();
        if outline.first() == outline.last() {
            outline.pop();
        }
    }
    outlines.retain(|outline| outline.len() > 2);
    let mut bounds = [f64::MAX, f64::MIN, f64::MAX, f64::MIN];
    let (mut area, mut edge) = (0.0, 0.0);
    for outline in &outlines {
        let next = outline.iter().cycle().skip(1);
        for ([x, y], [to_x, to_y]) in outline.iter().zip(next) {
            bounds = [
                bounds[0].min(*x),
                bounds[1].max(*x),
                bounds[2].min(*y),
                bounds[3].max(*y),
            ];
            area += (x * to_y - to_x * y) / 2.0;
            edge += (to_x - x).hypot(to_y - y);
        }
    }
    if area < 0.0 {
        // Drawn the other way round.
        outlines.iter_mut().for_each(|outline| outline.reverse());
    }
    Glyph {
        outlines,
        bounds,
        advance,
        // A stroke's two edges are nearly all of its outline.
        stroke: 2.0 * area.abs() / f64::max(edge, 1e-9),
    }
}

#[derive(Default)]
struct Outline {
    unit: f64,
    outlines: Vec<Vec<Point>>,
}

impl Outline {
    fn point(&self, x: f32, y: f32) -> Point {
        [f64::from(x) / self.unit, -f64::from(y) / self.unit]
    }

    fn last(&self) -> Point {
        self.outlines
            .last()
            .and_then(|outline| outline.last())
            .copied()
            .unwrap_or_default()
    }

    fn push(&mut self, point: Point) {
        if let Some(outline) = self.outlines.last_mut() {
            outline.push(point);
        }
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let point = self.point(x, y);
        self.outlines.push(vec![point]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let point = self.point(x, y);
        self.push(point);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from, by, to) = (self.last(), self.point(x1, y1), self.point(x, y));
        for piece in 1..=PIECES {
            let t = piece as f64 / PIECES as f64;
            let s = 1.0 - t;
            self.push([0, 1].map(|i| s * s * from[i] + 2.0 * s * t * by[i] + t * t * to[i]));
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (from, to) = (self.last(), self.point(x, y));
        let (first, second) = (self.point(x1, y1), self.point(x2, y2));
        for piece in 1..=PIECES {
            let t = piece as f64 / PIECES as f64;
            let s = 1.0 - t;
            self.push([0, 1].map(|i| {
                s * s * s * from[i]
                    + 3.0 * s * s * t * first[i]
                    + 3.0 * s * t * t * second[i]
                    + t * t * t * to[i]
            }));
        }
    }

    fn close(&mut self) {}
}
