//! Places and sizes: on a page image in whole pixels, on a form in millimetres.

/// An inch in mm.
pub const INCH: f64 = 25.4;

/// A box on a page image: pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rect {
    /// Pixels from the left edge.
    pub x: u32,
    /// Pixels from the top edge.
    pub y: u32,
    /// Width in pixels.
    pub w: u32,
    /// Height in pixels.
    pub h: u32,
}

impl Rect {
    /// A box from its corner and its size.
    pub const fn new(x: u32, y: u32, w: u32, h: u32) -> Self {
        Self { x, y, w, h }
    }

    /// The first column to the right of the box.
    pub const fn right(&self) -> u32 {
        self.x.saturating_add(self.w)
    }

    /// The first row below the box.
    pub const fn bottom(&self) -> u32 {
        self.y.saturating_add(self.h)
    }

    /// The smallest box that holds both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let x = self.x.min(other.x);
        let y = self.y.min(other.y);
        Self {
            x,
            y,
            w: self.right().max(other.right()) - x,
            h: self.bottom().max(other.bottom()) - y,
        }
    }

    /// The smallest box that holds all of them; `None` when there are none.
    pub fn around(boxes: impl IntoIterator<Item = Self>) -> Option<Self> {
        boxes.into_iter().reduce(|all, one| all.union(&one))
    }
}

/// A place on a sheet of paper: millimetres from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Area {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Area {
    /// A place from its corner and its size.
    pub const fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// Its right edge.
    pub const fn right(&self) -> f64 {
        self.x + self.w
    }

    /// Its lower edge.
    pub const fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// The area with this much more on every side.
    #[must_use]
    pub const fn grown(&self, by: f64) -> Self {
        Self::new(
            self.x - by,
            self.y - by,
            self.w + 2.0 * by,
            self.h + 2.0 * by,
        )
    }

    /// Whether the two share more than an edge; a thousandth of a mm is rounding.
    pub const fn overlaps(&self, other: &Self) -> bool {
        const ROUNDING: f64 = 0.001;
        self.x + ROUNDING < other.right()
            && other.x + ROUNDING < self.right()
            && self.y + ROUNDING < other.bottom()
            && other.y + ROUNDING < self.bottom()
    }
}

/// The size of a page image and its resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Dots per inch, measured or inferred, never absurd.
    pub dpi: u32,
}

/// A clockwise turn that brings a scanned page upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Turn {
    /// Scanned upright.
    #[default]
    None,
    /// 90 degrees clockwise.
    Quarter,
    /// Upside down.
    Half,
    /// 270 degrees clockwise.
    ThreeQuarter,
}

impl Turn {
    /// The turn in degrees, clockwise.
    pub const fn degrees(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarter => 270,
        }
    }

    /// The turn of so many degrees clockwise; other angles are no turn of ours.
    pub const fn from_degrees(degrees: u16) -> Option<Self> {
        match degrees {
            0 => Some(Self::None),
            90 => Some(Self::Quarter),
            180 => Some(Self::Half),
            270 => Some(Self::ThreeQuarter),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_holds_every_box() {
        let all = Rect::around([Rect::new(10, 20, 5, 5), Rect::new(2, 40, 3, 10)]);
        assert_eq!(all, Some(Rect::new(2, 20, 13, 30)));
        assert_eq!(Rect::around([]), None);
    }
}
