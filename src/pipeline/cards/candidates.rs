//! How a form may lie on a page: which of the page's squares are its corner marks.

use crate::domain::form::Form;
use crate::domain::geometry::Turn;
use crate::imaging::marks::Mark;
use crate::imaging::warp::{Homography, Point, middle};

/// One way in which a form may lie on a page.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// From mm on the form to pixels of the plane.
    pub(super) map: Homography,
    /// The turn that brings the page upright.
    pub(super) turn: Turn,
    /// Which mark is in each corner, clockwise from the top left; one may be missing.
    corners: [Option<usize>; 4],
    /// How many of the marks that are there have a hole or none as they should.
    holes: usize,
}

/// The corner mark with a hole: the lower right one.
const HOLED: usize = 2;
/// Sides of the frame that the marks make may be wrong by this share: 2 % of stretch
/// in each direction, and a little perspective.
const STRETCH: f64 = 0.06;
/// The frame's corners are right angles to within this cosine: 4 degrees.
const SQUARE: f64 = 0.07;
/// The fourth mark lies this close, in widths of a mark, to where three put it.
const CLOSE: f64 = 0.8;
/// A mark's side against the frame's, measured to printed.
const SIZE: std::ops::RangeInclusive<f64> = 0.75..=1.3;

impl Candidate {
    /// How much speaks for it before anything else is looked at.
    pub(super) fn rank(&self) -> usize {
        10 * self.corners.iter().flatten().count() + self.holes
    }

    /// Whether every mark that is there has a hole or none as it should.
    pub(super) fn marks_agree(&self) -> bool {
        self.holes == self.corners.iter().flatten().count()
    }
}

/// All ways in which a form may lie on a page with these squares, the likeliest first.
pub(super) fn candidates(form: &Form, marks: &[Mark]) -> Vec<Candidate> {
    let printed = form.corner_marks().map(|area| middle(&area));
    let mut found: Vec<Candidate> = Vec::new();
    for here in 0..marks.len() {
        for next in 0..marks.len() {
            for before in 0..marks.len() {
                if here == next || here == before || next == before {
                    continue;
                }
                for corner in 0..4 {
                    let three = Three {
                        corner,
                        numbers: [here, next, before],
                    };
                    if let Some(candidate) = three.candidate(form, &printed, marks)
                        && !found.iter().any(|other| other.corners == candidate.corners)
                    {
                        found.push(candidate);
                    }
                }
            }
        }
    }
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.rank()));
    found
}

/// Three squares taken for three marks: one in a corner, the next clockwise, and the
/// one before.
struct Three {
    corner: usize,
    numbers: [usize; 3],
}

impl Three {
    fn candidate(&self, form: &Form, printed: &[Point; 4], marks: &[Mark]) -> Option<Candidate> {
        let places = [self.corner, (self.corner + 1) % 4, (self.corner + 3) % 4];
        let three = self.numbers.map(|number| marks[number]);
        fits(form, places.map(|place| printed[place]), &three)?;
        let pairs = std::array::from_fn(|at| (printed[places[at]], three[at].middle));
        let affine = Homography::of_three(&pairs)?;
        let opposite = (self.corner + 2) % 4;
        let expected = affine.map(printed[opposite]);
        let away = |mark: &Mark| mark.middle.distance(expected);
        let fourth = marks.iter().enumerate().filter(|(number, mark)| {
            !self.numbers.contains(number) && away(mark) < CLOSE * mark.side
        });
        let fourth = fourth.min_by(|a, b| away(a.1).total_cmp(&away(b.1)));
        let mut corners = [None; 4];
        for (place, number) in places.into_iter().zip(self.numbers) {
            corners[place] = Some(number);
        }
        corners[opposite] = fourth.map(|(number, _)| number);
        let map = match fourth {
            Some((_, mark)) => Homography::of_four(&[
                pairs[0],
                pairs[1],
                pairs[2],
                (printed[opposite], mark.middle),
            ])?,
            None => affine,
        };
        let right = |(place, number): (usize, &Option<usize>)| {
            number.is_some_and(|number| marks[number].hole == (place == HOLED))
        };
        let holes = corners
            .iter()
            .enumerate()
            .filter(|corner| right(*corner))
            .count();
        Some(Candidate {
            turn: turn(&map),
            map,
            corners,
            holes,
        })
    }
}

/// Whether three squares lie as three marks do: a right angle, clockwise, the sides as
/// printed, the squares as large as they should be.
fn fits(form: &Form, printed: [Point; 3], marks: &[Mark; 3]) -> Option<()> {
    let length = |vector: Point| vector.x.hypot(vector.y);
    let [here, next, before] = marks.map(|mark| mark.middle);
    let (next, before) = (next.from(here), before.from(here));
    let wanted = [printed[1].from(printed[0]), printed[2].from(printed[0])].map(length);
    let (across, down) = (length(next), length(before));
    let scales = [across / wanted[0], down / wanted[1]];
    let scale = (scales[0] + scales[1]) / 2.0;
    let clockwise = next.x * before.y - next.y * before.x > 0.0;
    let square = ((next.x * before.x + next.y * before.y) / (across * down)).abs() < SQUARE;
    let even = (scales[0] / scales[1] - 1.0).abs() < STRETCH;
    let sized = marks
        .iter()
        .all(|mark| SIZE.contains(&(mark.side / scale / form.marks.size)));
    (clockwise && square && even && sized).then_some(())
}

/// The quarter turn nearest to how the form lies.
fn turn(map: &Homography) -> Turn {
    let along = map
        .map(Point::new(1.0, 0.0))
        .from(map.map(Point::default()));
    let turned = if along.x.abs() > along.y.abs() {
        if along.x > 0.0 { 0 } else { 180 }
    } else if along.y > 0.0 {
        // What should run to the right runs down: three more quarters make it right.
        270
    } else {
        90
    };
    Turn::from_degrees(turned).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::parse;

    fn coupon() -> Form {
        parse(include_str!("../../../samples/forms/coupon-a6.toml")).unwrap()
    }

    /// The coupon's marks on a page: turned, 6 pixels to a mm, in any order.
    fn marks(degrees: f64) -> Vec<Mark> {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let place = |p: Point| {
            let (x, y) = (p.x * 6.1, p.y * 6.0);
            Point::new(700.0 + x * cos - y * sin, 900.0 + x * sin + y * cos)
        };
        let printed = coupon().corner_marks();
        let marks = printed.iter().enumerate().map(|(at, area)| Mark {
            middle: place(middle(area)),
            side: 24.0,
            hole: at == HOLED,
        });
        marks.rev().collect()
    }

    #[test]
    fn a_sheet_is_found_whichever_way_it_lies() {
        for (degrees, turn) in [
            (0.0, Turn::None),
            (4.8, Turn::None),
            (-3.0, Turn::None),
            (90.0, Turn::ThreeQuarter),
            (183.0, Turn::Half),
            (270.0, Turn::Quarter),
        ] {
            let found = candidates(&coupon(), &marks(degrees));
            let first = &found[0];
            assert_eq!((first.turn, first.rank()), (turn, 44), "{degrees}");
            assert!(first.marks_agree());
            let corner = first.map.map(middle(&coupon().corner_marks()[0]));
            assert!(corner.distance(marks(degrees)[3].middle) < 1e-6);
        }
    }

    #[test]
    fn any_three_marks_do_and_two_do_not() {
        for missing in 0..4 {
            let mut three = marks(2.0);
            three.remove(missing);
            let found = candidates(&coupon(), &three);
            assert_eq!(found[0].rank(), 33, "{missing}");
            assert_eq!(found[0].turn, Turn::None);
            three.remove(0);
            assert!(candidates(&coupon(), &three).is_empty());
        }
    }

    #[test]
    fn squares_of_another_frame_are_none() {
        let mut marks = marks(0.0);
        for mark in &mut marks {
            mark.middle.y *= 1.2;
        }
        assert!(candidates(&coupon(), &marks).is_empty());
    }
}
