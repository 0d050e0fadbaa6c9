//! The committed table of severities, and what one card draws from its row.

use serde::Deserialize;

use super::chance::Chance;

/// The table in samples/severities.toml.
const TABLE: &str = include_str!("../../../samples/severities.toml");

#[derive(Deserialize)]
struct Table {
    severity: Vec<Severity>,
}

/// One row; the table itself says what each key means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Severity {
    pub skew: f64,
    pub stretch: f64,
    pub trapezoid: f64,
    pub wobble: f64,
    pub off_centre: f64,
    pub dpi: Vec<u32>,
    pub kinds: [f64; 3],
    pub upside_down: f64,
    pub border: f64,
    pub black_border: f64,
    pub blur: [f64; 2],
    pub threshold: f64,
    pub noise: f64,
    pub speckle: f64,
    pub streaks: f64,
    pub folds: f64,
    pub corner: f64,
    pub stain: f64,
    pub drop_out: f64,
    pub pen: [f64; 2],
    pub pencil: f64,
    pub felt: f64,
    pub tidy: f64,
    pub run_over: f64,
    pub stray: f64,
    pub unfilled: f64,
    pub ticks: [f64; 4],
}

/// What a scanner makes of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Bitonal,
    Grey,
    Colour,
}

impl Kind {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bitonal => "bitonal",
            Self::Grey => "grey",
            Self::Colour => "colour",
        }
    }
}

/// All rows, 0 first.
pub fn table() -> Result<Vec<Severity>, toml::de::Error> {
    toml::from_str::<Table>(TABLE).map(|table| table.severity)
}

impl Severity {
    /// The kind of one scan.
    pub fn kind(&self, chance: &mut Chance) -> Kind {
        [Kind::Bitonal, Kind::Grey, Kind::Colour][chance.weighted(&self.kinds)]
    }
}

/// What a customer writes with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pen {
    /// Width of a stroke in mm.
    pub width: f64,
    /// Red, green and blue of its ink.
    pub rgb: [u8; 3],
    /// How much of the paper shows through, unevenly: 0 for ink, more for pencil.
    pub thin: f64,
    /// It is a pencil.
    pub pencil: bool,
}

impl Pen {
    /// The pen of one card.
    pub fn draw(severity: &Severity, chance: &mut Chance) -> Self {
        let pick = chance.share();
        if pick < severity.pencil {
            let grey = chance.between(55.0, 90.0) as u8;
            return Self {
                width: chance.between(0.35, 0.7),
                rgb: [grey; 3],
                thin: chance.between(0.05, 0.18),
                pencil: true,
            };
        }
        let felt = pick < severity.pencil + severity.felt;
        let width = if felt {
            chance.between(0.8, 1.1)
        } else {
            chance.between(severity.pen[0], severity.pen[1])
        };
        let rgb = *chance.one_of(&[[20, 20, 24], [35, 35, 40], [25, 35, 110], [45, 60, 150]]);
        Self {
            width,
            rgb,
            thin: if felt { 0.0 } else { chance.between(0.0, 0.08) },
            pencil: false,
        }
    }
}
