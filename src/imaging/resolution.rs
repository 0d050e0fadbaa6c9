//! How many dots an inch of paper has, when the file does not say or says nonsense.

/// What scanners and faxes do.
const SANE_DPI: std::ops::RangeInclusive<u32> = 72..=1_200;

/// The resolutions that scanners offer.
const USUAL_DPI: [u32; 7] = [300, 200, 150, 400, 600, 100, 240];

/// Paper in inches, short side first, the commonest first: A4, Letter, A5, A3, Legal.
const PAPER: [(f64, f64); 5] = [
    (8.27, 11.69),
    (8.5, 11.0),
    (5.83, 8.27),
    (11.69, 16.54),
    (8.5, 14.0),
];

/// A side may differ from its paper by this much: margins cut by the scanner.
const TOLERANCE: f64 = 0.025;

/// No sheet read here is longer, in inches: A3 and a generous margin. A larger claim
/// is a program's default (72, 96), not a measure.
const LONGEST_SHEET: f64 = 19.0;

/// When nothing fits, the long side is taken for A4's, within what scanners do.
const A4_LONG_SIDE: f64 = 11.69;

/// The claimed resolution when it is sane, else the one at which the pixels make a
/// usual sheet of paper.
pub fn settle(claimed: Option<u32>, width: u32, height: u32) -> u32 {
    match claimed {
        Some(dpi) if SANE_DPI.contains(&dpi) && fits_the_glass(dpi, width.max(height)) => dpi,
        _ => infer(width, height),
    }
}

fn fits_the_glass(dpi: u32, long_side: u32) -> bool {
    f64::from(long_side) / f64::from(dpi) <= LONGEST_SHEET
}

fn infer(width: u32, height: u32) -> u32 {
    let (short, long) = (f64::from(width.min(height)), f64::from(width.max(height)));
    let fits = |dpi: u32, (a, b): (f64, f64)| {
        let near = |side: f64, paper: f64| (side / f64::from(dpi) / paper - 1.0).abs() < TOLERANCE;
        near(short, a) && near(long, b)
    };
    let known = PAPER
        .iter()
        .flat_map(|paper| USUAL_DPI.iter().map(move |dpi| (*dpi, *paper)))
        .find(|(dpi, paper)| fits(*dpi, *paper));
    match known {
        Some((dpi, _)) => dpi,
        None => ((long / A4_LONG_SIDE).round() as u32).clamp(*SANE_DPI.start(), *SANE_DPI.end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sane_claim_stands() {
        assert_eq!(settle(Some(240), 2480, 3508), 240);
        assert_eq!(settle(Some(72), 595, 842), 72);
    }

    #[test]
    fn paper_tells_what_the_file_does_not() {
        for (width, height, dpi) in [
            (2480, 3508, 300),
            (3508, 2480, 300),
            (1654, 2339, 200),
            (1240, 1754, 150),
            (4960, 7016, 600),
            (2550, 3300, 300),
            (1748, 2480, 300),
            (1728, 2292, 196),
        ] {
            assert_eq!(settle(None, width, height), dpi, "{width} x {height}");
            assert_eq!(settle(Some(1), width, height), dpi);
            assert_eq!(settle(Some(72), width, height), dpi);
            assert_eq!(settle(Some(90_000), width, height), dpi);
        }
    }
}
