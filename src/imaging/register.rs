//! Lays a scan over its sheet: from the corner marks to the whole, from the whole to
//! each place.
//!
//! Method: pieces of print are looked for around where the marks put them; one bilinear
//! correction for all of them together; then each piece once more, and between them a
//! weighted mean of their shifts (Nadaraya and Watson 1964), which follows stretch,
//! uneven feeding and folds.

use super::anchors::{Anchor, Sighting};
use super::plane::Plane;
use super::warp::{Homography, Point, Warp, middle, solve};
use crate::domain::card::UNKNOWN_RESIDUAL;
use crate::domain::geometry::Area;

/// How far from the marks' word a piece is looked for, mm: three marks alone err by so
/// much at the fourth corner of a sheet that is stretched and curled.
const FIRST_REACH: f64 = 1.5;
/// So many pieces settle how the whole lies: the first ones, which stand all over it.
const ENOUGH: usize = 45;
/// How far once the whole lies right: half a fold's step and uneven feeding.
const SECOND_REACH: f64 = 0.7;
/// A piece further than this from what its neighbours say is another piece, mm.
const STRAY: f64 = 0.35;
/// Pieces within about this distance have a say in a place, mm: along the way of the
/// sheet through the feeder, and across it, for whatever the feeder and a fold do, they
/// do to a whole row.
const ALONG_FEED: f64 = 10.0;
const ACROSS_FEED: f64 = 45.0;
/// How much a place stays where the whole puts it, in pieces.
const INERTIA: f64 = 0.3;
/// With fewer pieces, or a smaller share of all, a sheet is not known to lie right, nor a
/// place with a smaller share of the six around it: fewer than six do not settle a bilinear
/// correction, and of 15,926 cards at severities 2 and 3 none lay wrong by what this lets pass
/// (November 2026).
pub const FEWEST: usize = 6;
const LEAST_SHARE: f64 = 0.3;
/// This share of the pieces lies within the residual.
const WITHIN: f64 = 0.8;

/// A scan laid over its sheet.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Where the sheet's points lie on the plane.
    pub warp: Warp,
    /// How far four fifths of the pieces of print lie at most from where their
    /// neighbours put them, mm.
    pub residual: f64,
    /// The share of the pieces that were found.
    pub found: f64,
    /// Every piece of print that was looked for.
    pieces: Vec<Piece>,
    feed: Feed,
}

/// A piece of print that was looked for.
#[derive(Debug, Clone, Copy)]
struct Piece {
    middle: Point,
    /// How far it was found from where the others put it, mm; `None` when it was not.
    error: Option<f64>,
    /// How much it says in its own place; nothing when it was astray or not found.
    score: f64,
}

/// The pieces that say how well a place lies: so many.
const NEAREST: usize = 6;
/// And none that is further away than this, mm.
pub const NEAR: f64 = 35.0;
/// A place that is wider than this, mm, is looked at in its middle and at both ends.
const WIDE: f64 = 20.0;

impl Registration {
    /// How well a place lies, in mm: what four fifths of the pieces of print around it
    /// keep to. A piece that stands far from others is badly foretold by them, but it is
    /// heard itself: its error counts less where it has the say, and in full where its
    /// word does not reach. Where fewer than a third of the pieces were found, because the
    /// sheet is torn, folded over or cut off there, or none is near, it is not known.
    pub fn residual_at(&self, place: &Area) -> f64 {
        let middle = middle(place);
        let ends = [place.x, place.right()].map(|x| Point::new(x, middle.y));
        let ends = ends.into_iter().filter(|_| place.w > WIDE);
        let points = ends.chain([middle]);
        points
            .map(|point| self.residual_of(place, point))
            .fold(0.0, f64::max)
    }

    fn residual_of(&self, place: &Area, point: Point) -> f64 {
        let says = |piece: &Piece| {
            let near = self.feed.nearness(piece.middle, point);
            piece.score * near.unwrap_or_default()
        };
        let all = INERTIA + self.pieces.iter().map(says).sum::<f64>();
        let mut near: Vec<(f64, Option<f64>)> = self
            .pieces
            .iter()
            .map(|piece| {
                let left = |error: f64| error * (1.0 - says(piece) / all);
                (distance(place, piece.middle), piece.error.map(left))
            })
            .filter(|(distance, _)| *distance < NEAR)
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        near.truncate(NEAREST);
        let mut errors: Vec<f64> = near.iter().filter_map(|(_, error)| *error).collect();
        errors.sort_by(f64::total_cmp);
        if (errors.len() as f64) < LEAST_SHARE * near.len() as f64 {
            return UNKNOWN_RESIDUAL;
        }
        let at = (errors.len() as f64 * WITHIN) as usize;
        errors
            .get(at)
            .or(errors.last())
            .copied()
            .unwrap_or(UNKNOWN_RESIDUAL)
    }
}

/// How far a piece of print stands from a place, mm.
pub fn distance(place: &Area, piece: Point) -> f64 {
    let beyond = |at: f64, from: f64, to: f64| (from - at).max(at - to).max(0.0);
    let across = beyond(piece.x, place.x, place.right());
    across.hypot(beyond(piece.y, place.y, place.bottom()))
}

/// Lays a plane over a sheet of this size in mm, beginning with what the marks say. The
/// pieces are in the order in which [`super::anchors::anchors`] gives them.
pub fn register(
    plane: &Plane,
    marks: &Homography,
    (width, height): (f64, f64),
    anchors: &[Anchor],
) -> Registration {
    let first = Warp::new(width, height, |point| marks.map(point));
    let sightings = sight(plane, &first, anchors.iter().take(ENOUGH), FIRST_REACH);
    let whole = Whole::of(&sightings);
    let corrected = Warp::new(width, height, |point| marks.map(whole.correct(point)));
    let all = sight(plane, &corrected, anchors, SECOND_REACH);
    let feed = Feed::of(&corrected);
    let sightings = feed.consistent(all.clone());
    let warp = Warp::new(width, height, |point| {
        corrected.place(point.moved(feed.shift_at(point, &sightings)))
    });
    let found = sightings.len() as f64 / anchors.len().max(1) as f64;
    let known = sightings.len() >= FEWEST && found >= LEAST_SHARE;
    let of = |sightings: &[Sighting], anchor: &Anchor| {
        let mut own = sightings.iter();
        own.find(|one| one.middle == anchor.middle).copied()
    };
    let pieces = anchors.iter().map(|anchor| Piece {
        middle: anchor.middle,
        error: of(&all, anchor).map(|seen| feed.error(&seen, &sightings)),
        score: of(&sightings, anchor).map_or(0.0, |seen| seen.score),
    });
    Registration {
        pieces: pieces.collect(),
        warp,
        residual: if known {
            feed.residual(&all, &sightings)
        } else {
            UNKNOWN_RESIDUAL
        },
        found,
        feed,
    }
}

fn sight<'a>(
    plane: &Plane,
    warp: &Warp,
    anchors: impl IntoIterator<Item = &'a Anchor>,
    reach: f64,
) -> Vec<Sighting> {
    let found = anchors
        .into_iter()
        .map(|anchor| anchor.find(plane, warp, reach));
    found.flatten().collect()
}

/// A correction of a whole sheet, straight along every edge: what is left when a mark
/// was found a little off.
struct Whole([[f64; TERMS]; 2]);

/// Across, down, both together, and everywhere.
const TERMS: usize = 4;

fn terms(point: Point) -> [f64; TERMS] {
    const SHEET: f64 = 100.0;
    let (x, y) = (point.x / SHEET, point.y / SHEET);
    [x, y, x * y, 1.0]
}

impl Whole {
    /// The correction that most sightings agree on: least squares, the strays weighing
    /// less and less (Tukey's biweight).
    fn of(sightings: &[Sighting]) -> Self {
        const ROUNDS: usize = 6;
        let mut whole = Self([[0.0; TERMS]; 2]);
        let mut reach = FIRST_REACH * 2.0;
        for _ in 0..ROUNDS {
            let weigh = |sighting: &Sighting| {
                let off = whole.shift(sighting.middle).distance(sighting.shift) / reach;
                if off < 1.0 {
                    sighting.score * (1.0 - off * off).powi(2)
                } else {
                    0.0
                }
            };
            let weights: Vec<f64> = sightings.iter().map(weigh).collect();
            let Some(next) = Self::weighted(sightings, &weights) else {
                return whole;
            };
            whole = next;
            reach = (reach * 0.6).max(STRAY);
        }
        whole
    }

    fn weighted(sightings: &[Sighting], weights: &[f64]) -> Option<Self> {
        const FEWEST_FOR_SLOPES: usize = 8;
        if weights.iter().filter(|weight| **weight > 0.0).count() < FEWEST_FOR_SLOPES {
            return None;
        }
        let mut rows = [[[0.0; TERMS + 1]; TERMS]; 2];
        for (Sighting { middle, shift, .. }, weight) in sightings.iter().zip(weights) {
            let terms = terms(*middle);
            for (rows, value) in rows.iter_mut().zip([shift.x, shift.y]) {
                for (row, term) in rows.iter_mut().zip(terms) {
                    for (cell, other) in row.iter_mut().zip(terms.into_iter().chain([value])) {
                        *cell += weight * term * other;
                    }
                }
            }
        }
        let [across, down] = &mut rows;
        Some(Self([solve(across)?, solve(down)?]))
    }

    fn shift(&self, point: Point) -> Point {
        let terms = terms(point);
        let [x, y] = self.0.map(|factors| {
            factors
                .iter()
                .zip(terms)
                .map(|(factor, term)| factor * term)
                .sum()
        });
        Point::new(x, y)
    }

    fn correct(&self, point: Point) -> Point {
        point.moved(self.shift(point))
    }
}

/// How far sightings reach, in mm along and down the sheet.
#[derive(Debug, Clone, Copy)]
struct Feed {
    x: f64,
    y: f64,
}

impl Feed {
    /// Sheets go through a feeder down the scan: along their own height, or along their
    /// width when they lie on their side.
    fn of(warp: &Warp) -> Self {
        let along = warp
            .place(Point::new(10.0, 0.0))
            .from(warp.place(Point::default()));
        if along.x.abs() > along.y.abs() {
            Self {
                x: ACROSS_FEED,
                y: ALONG_FEED,
            }
        } else {
            Self {
                x: ALONG_FEED,
                y: ACROSS_FEED,
            }
        }
    }

    /// How much a piece says of another place, of 1; `None` when it is too far.
    fn nearness(&self, piece: Point, point: Point) -> Option<f64> {
        const FAR: f64 = 6.0;
        let apart = piece.from(point);
        let distance = (apart.x / self.x).powi(2) + (apart.y / self.y).powi(2);
        (distance < FAR).then(|| (-distance).exp())
    }

    /// The shift of a place: the mean of the sightings around it, but for one just there.
    fn shift_at(&self, point: Point, sightings: &[Sighting]) -> Point {
        let (mut sum, mut weights) = (Point::default(), INERTIA);
        for sighting in sightings.iter().filter(|one| one.middle != point) {
            if let Some(near) = self.nearness(sighting.middle, point) {
                let weight = sighting.score * near;
                sum.x += weight * sighting.shift.x;
                sum.y += weight * sighting.shift.y;
                weights += weight;
            }
        }
        Point::new(sum.x / weights, sum.y / weights)
    }

    /// How far a sighting is from what others say of its place.
    fn error(&self, sighting: &Sighting, others: &[Sighting]) -> f64 {
        self.shift_at(sighting.middle, others)
            .distance(sighting.shift)
    }

    /// Whether half of the sightings near this one, if there are any, say what it says:
    /// then it is none astray, whatever those further away foretell.
    fn is_confirmed(sighting: &Sighting, all: &[Sighting]) -> bool {
        let near = all.iter().filter(|other| {
            let apart = other.middle.distance(sighting.middle);
            apart > 0.0 && apart < NEAR
        });
        let (mut count, mut alike) = (0, 0);
        for other in near {
            count += 1;
            alike += usize::from(other.shift.distance(sighting.shift) <= STRAY);
        }
        count > 0 && 2 * alike >= count
    }

    /// The sightings without the strays; the worst first, for one stray makes its
    /// neighbours look astray.
    fn consistent(&self, mut sightings: Vec<Sighting>) -> Vec<Sighting> {
        for limit in [2.0 * STRAY, 1.4 * STRAY, STRAY] {
            let before = sightings.clone();
            sightings.retain(|sighting| {
                self.error(sighting, &before) <= limit || Self::is_confirmed(sighting, &before)
            });
        }
        sightings
    }

    /// The error that [`WITHIN`] of all sightings, strays too, do not exceed.
    fn residual(&self, all: &[Sighting], consistent: &[Sighting]) -> f64 {
        let mut errors: Vec<f64> = all.iter().map(|one| self.error(one, consistent)).collect();
        errors.sort_by(f64::total_cmp);
        let at = (errors.len() as f64 * WITHIN) as usize;
        errors
            .get(at)
            .or(errors.last())
            .copied()
            .unwrap_or(UNKNOWN_RESIDUAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPRIGHT: Feed = Feed {
        x: ACROSS_FEED,
        y: ALONG_FEED,
    };

    /// Sightings all over an A5 sheet, shifted by this rule; every `stray`th is wrong.
    fn sightings(stray: usize, rule: impl Fn(Point) -> Point) -> Vec<Sighting> {
        let places = (0..20).flat_map(|y| (0..14).map(move |x| (x, y)));
        let seen = places.enumerate().map(|(number, (x, y))| {
            let middle = Point::new(f64::from(x) * 10.0 + 5.0, f64::from(y) * 10.0 + 5.0);
            let wrong = number % stray == 0;
            let shift = if wrong {
                Point::new(0.9, -0.8)
            } else {
                rule(middle)
            };
            Sighting {
                middle,
                shift,
                score: 0.9,
            }
        });
        seen.collect()
    }

    #[test]
    fn a_sheet_is_corrected_whatever_the_strays_say() {
        let rule =
            |p: Point| Point::new(0.3 + 0.002 * p.x - 0.000_02 * p.x * p.y, 0.001 * p.y - 0.2);
        let whole = Whole::of(&sightings(6, rule));
        for (x, y) in [(0.0, 0.0), (148.0, 0.0), (148.0, 210.0), (70.0, 100.0)] {
            let point = Point::new(x, y);
            assert!(whole.shift(point).distance(rule(point)) < 0.01, "{point:?}");
        }
        let few = Whole::of(&sightings(6, rule)[..5]);
        assert_eq!(few.shift(Point::new(50.0, 50.0)), Point::default());
    }

    #[test]
    fn a_fold_is_followed_and_strays_are_dropped() {
        let fold = |p: Point| Point::new(0.0, if p.y > 100.0 { 0.3 } else { 0.0 });
        let all = sightings(11, fold);
        let consistent = UPRIGHT.consistent(all.clone());
        assert!(consistent.iter().all(|one| one.shift.x == 0.0));
        assert!(consistent.len() * 12 >= all.len() * 10);
        for (y, shift) in [(60.0, 0.0), (140.0, 0.3)] {
            let found = UPRIGHT.shift_at(Point::new(71.0, y), &consistent);
            assert!((found.y - shift).abs() < 0.05, "{y}: {found:?}");
        }
        assert!(UPRIGHT.residual(&all, &consistent) < 0.2);
    }

    /// The upper half of a sheet, where nothing is shifted, and these places below it,
    /// which are.
    fn with_apart(apart: &[(f64, f64)]) -> Vec<Sighting> {
        let mut all = sightings(1_000, |_| Point::default());
        all.retain(|one| one.middle.y < 100.0 && one.shift.x == 0.0);
        all.extend(apart.iter().map(|(x, y)| Sighting {
            middle: Point::new(*x, *y),
            shift: Point::new(0.0, 0.6),
            score: 0.9,
        }));
        all
    }

    #[test]
    fn pieces_apart_from_all_others_confirm_each_other() {
        let two = with_apart(&[(40.0, 180.0), (40.0, 196.0)]);
        assert_eq!(UPRIGHT.consistent(two.clone()).len(), two.len());
        let alone = with_apart(&[(40.0, 180.0)]);
        assert_eq!(UPRIGHT.consistent(alone.clone()).len(), alone.len() - 1);
        // Among many that say otherwise two prove nothing.
        let among = with_apart(&[(42.0, 50.0), (52.0, 52.0)]);
        assert_eq!(UPRIGHT.consistent(among.clone()).len(), among.len() - 2);
    }

    #[test]
    fn a_lone_piece_is_heard_in_its_own_place_and_not_far_from_it() {
        let piece = |x: f64, y: f64, error: f64| Piece {
            middle: Point::new(x, y),
            error: Some(error),
            score: 0.9,
        };
        let registration = Registration {
            warp: Warp::new(148.0, 210.0, |point| point),
            residual: 0.1,
            found: 1.0,
            pieces: vec![piece(40.0, 180.0, 0.5)],
            feed: UPRIGHT,
        };
        let at = |y: f64| registration.residual_at(&Area::new(38.0, y, 4.0, 4.0));
        assert!(at(178.0) < 0.15, "{}", at(178.0));
        assert!(at(195.0) > 0.4, "{}", at(195.0));
        assert!(at(205.0) > 0.45, "{}", at(205.0));
        assert_eq!(at(100.0), UNKNOWN_RESIDUAL, "nothing is near");
    }

    #[test]
    fn a_sheet_on_which_print_lies_anyhow_is_not_known_to_lie_right() {
        let anyhow = |p: Point| Point::new((p.x * 7.3).sin() * 0.7, (p.y * 5.1 + p.x).cos() * 0.7);
        let all = sightings(1_000, anyhow);
        let residual = UPRIGHT.residual(&all, &UPRIGHT.consistent(all.clone()));
        assert!(residual > crate::domain::card::MAX_RESIDUAL, "{residual}");
    }
}
