//! Where the sheet lies on the scan: a smooth map from mm on the form to pixels of the
//! upright page, and back.

use super::chance::Chance;
use super::severity::Severity;

/// A point, in mm or in pixels.
pub type Point = [f64; 2];

/// A sheet that was folded: what lies beyond the fold is shifted.
#[derive(Debug, Clone, Copy)]
pub struct Fold {
    /// A point of the fold, mm.
    pub at: Point,
    /// The direction across it, of nearly length 1.
    pub across: Point,
    /// How far the sheet beyond is shifted, mm.
    pub shift: Point,
    /// How dark the fold is, of 1.
    pub dark: f64,
}

/// Over so many mm on either side of a fold the shift grows.
const FOLD_REACH: f64 = 2.5;

/// From mm on the sheet to pixels of the page.
#[derive(Debug, Clone)]
pub struct Warp {
    middle: Point,
    centre: Point,
    matrix: [Point; 2],
    inverse: [Point; 2],
    trapezoid: Point,
    half: Point,
    /// Amplitude (mm), waves to a mm, phase: of the feed, along and across it.
    wobble: [[f64; 3]; 2],
    /// The folds.
    pub folds: Vec<Fold>,
    /// Pixels to a mm of the scanner.
    pub scale: f64,
}

impl Warp {
    /// The sheet lies straight with its corner on the page's.
    pub fn straight(size: Point, dpi: f64) -> Self {
        let scale = dpi / 25.4;
        let half = [size[0] / 2.0, size[1] / 2.0];
        let mut warp = Self {
            middle: half,
            centre: half.map(|mm| mm * scale),
            matrix: [[scale, 0.0], [0.0, scale]],
            inverse: [[0.0; 2]; 2],
            trapezoid: [0.0; 2],
            half,
            wobble: [[0.0; 3]; 2],
            folds: Vec::new(),
            scale,
        };
        warp.invert();
        warp
    }

    /// As the severity has it; the middle of the sheet stays where it was.
    pub fn draw(severity: &Severity, size: Point, dpi: f64, chance: &mut Chance) -> Self {
        let mut warp = Self::straight(size, dpi);
        let skew = chance.either_way(severity.skew).to_radians();
        let [across, down] = [0, 1].map(|_| 1.0 + chance.either_way(severity.stretch));
        let (sin, cos) = skew.sin_cos();
        // The sheet is turned, then stretched along the scanner's axes.
        warp.matrix = [
            [cos * across * warp.scale, -sin * across * warp.scale],
            [sin * down * warp.scale, cos * down * warp.scale],
        ];
        warp.trapezoid = [0, 1].map(|_| chance.either_way(severity.trapezoid) / 2.0);
        warp.wobble = [0, 1].map(|_| {
            let amplitude = chance.share() * severity.wobble;
            let waves = 1.0 / chance.between(60.0, 250.0);
            [amplitude, waves, chance.share()]
        });
        for _ in 0..chance.count(severity.folds).min(3) {
            let fold = fold(size, chance);
            warp.folds.push(fold);
        }
        warp.invert();
        warp
    }

    /// Moves the sheet on the page by so many pixels.
    pub fn shift(&mut self, by: Point) {
        self.centre = [self.centre[0] + by[0], self.centre[1] + by[1]];
    }

    fn invert(&mut self) {
        let [[a, b], [c, d]] = self.matrix;
        let det = a * d - b * c;
        self.inverse = [[d / det, -b / det], [-c / det, a / det]];
    }

    /// A place on the sheet, mm, on the page, pixels.
    pub fn to_page(&self, sheet: Point) -> Point {
        let moved = self.moved(sheet);
        let from = [
            sheet[0] + moved[0] - self.middle[0],
            sheet[1] + moved[1] - self.middle[1],
        ];
        let turned = apply(&self.matrix, from);
        [turned[0] + self.centre[0], turned[1] + self.centre[1]]
    }

    /// A place on the page, pixels, on the sheet, mm.
    pub fn to_sheet(&self, page: Point) -> Point {
        let from = [page[0] - self.centre[0], page[1] - self.centre[1]];
        let turned = apply(&self.inverse, from);
        let rough = [turned[0] + self.middle[0], turned[1] + self.middle[1]];
        let mut sheet = rough;
        // What is moved is moved by little: three rounds leave no thousandth of a mm.
        for _ in 0..3 {
            let moved = self.moved(sheet);
            sheet = [rough[0] - moved[0], rough[1] - moved[1]];
        }
        sheet
    }

    /// How far a place is moved by what is not turning and stretching, mm.
    fn moved(&self, [x, y]: Point) -> Point {
        let across = (x - self.middle[0]) / self.half[0];
        let down = (y - self.middle[1]) / self.half[1];
        let mut moved = [
            self.trapezoid[0] * across * down,
            self.trapezoid[1] * across * down,
        ];
        for (part, [amplitude, waves, phase]) in moved.iter_mut().zip(self.wobble) {
            if amplitude > 0.0 {
                *part += amplitude * (std::f64::consts::TAU * (waves * y + phase)).sin();
            }
        }
        for fold in &self.folds {
            let beyond = fold.beyond([x, y]);
            let part = (beyond / FOLD_REACH / 2.0 + 0.5).clamp(0.0, 1.0);
            let part = part * part * (3.0 - 2.0 * part);
            moved[0] += fold.shift[0] * part;
            moved[1] += fold.shift[1] * part;
        }
        moved
    }
}

impl Fold {
    /// How far a place on the sheet lies beyond the fold, mm.
    pub fn beyond(&self, [x, y]: Point) -> f64 {
        (x - self.at[0]) * self.across[0] + (y - self.at[1]) * self.across[1]
    }
}

/// In the middle or at a third, nearly straight.
fn fold(size: Point, chance: &mut Chance) -> Fold {
    let part = *chance.one_of(&[0.5, 0.5, 1.0 / 3.0, 2.0 / 3.0]) + chance.either_way(0.03);
    let lean = chance.either_way(0.03);
    let across = if chance.happens(0.7) {
        [lean, 1.0]
    } else {
        [1.0, lean]
    };
    Fold {
        at: [size[0] * part, size[1] * part],
        across,
        shift: [chance.either_way(0.2), chance.either_way(0.22)],
        dark: chance.between(0.05, 0.5),
    }
}

fn apply(matrix: &[Point; 2], [x, y]: Point) -> Point {
    [
        matrix[0][0] * x + matrix[0][1] * y,
        matrix[1][0] * x + matrix[1][1] * y,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards::sim::severity;

    #[test]
    fn the_way_back_leads_to_where_one_came_from() {
        for (number, severity) in severity::table().unwrap().iter().enumerate() {
            for card in 0..20 {
                let chance = &mut Chance::new(7, card);
                let warp = Warp::draw(severity, [148.0, 210.0], 300.0, chance);
                for at in [[5.0, 5.0], [74.0, 100.0], [143.0, 205.0], [20.0, 180.0]] {
                    let back = warp.to_sheet(warp.to_page(at));
                    let off = (back[0] - at[0]).hypot(back[1] - at[1]);
                    assert!(off < 0.01, "severity {number}, card {card}: {off} mm");
                }
            }
        }
    }

    #[test]
    fn a_sheet_as_printed_lies_straight() {
        let severity = &severity::table().unwrap()[0];
        let warp = Warp::draw(severity, [100.0, 50.0], 254.0, &mut Chance::new(1, 1));
        assert_eq!(warp.to_page([20.0, 30.0]).map(f64::round), [200.0, 300.0]);
    }
}
