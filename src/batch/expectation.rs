//! What the scanner's counter says, against what was found.

/// The count that a person read off the scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// Page images.
    Pages(u64),
    /// Sheets of paper; each gives one image, or two when both sides are scanned.
    Sheets(u64),
}

impl Expectation {
    /// Whether so many page images fit. Sheets fit simplex and duplex scanning
    /// alike, never a mixture.
    pub const fn fits(self, pages: u64) -> bool {
        match self {
            Self::Pages(expected) => pages == expected,
            Self::Sheets(expected) => pages == expected || pages == 2 * expected,
        }
    }

    /// The number that was expected.
    pub const fn count(self) -> u64 {
        match self {
            Self::Pages(count) | Self::Sheets(count) => count,
        }
    }

    /// What was counted, in a word.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Pages(_) => "page images",
            Self::Sheets(_) => "sheets",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_fit_both_ways_of_scanning() {
        assert!(Expectation::Sheets(10).fits(10) && Expectation::Sheets(10).fits(20));
        assert!(!Expectation::Sheets(10).fits(19));
        assert!(!Expectation::Pages(10).fits(20));
    }
}
