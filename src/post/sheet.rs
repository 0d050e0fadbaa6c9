//! Where things stand on the paper. One table; docs/replies.md draws it.
//!
//! The paper is A4, folded twice for a British DL envelope (110 x 220 mm) whose window,
//! 35 x 90 mm, begins 20 mm from the left and 18 mm from the lower edge: the usual one of
//! BS 4264 and of Royal Mail's guide for window envelopes. A folded letter is smaller
//! than its envelope and slides about in it, so two areas count: what the window *always*
//! shows, where the address must be, and what it *may* show, where nothing else may be.

use crate::domain::geometry::Area;
use crate::forms::draw::Drawing;

/// A4, mm.
pub(super) const WIDTH: f64 = 210.0;
pub(super) const HEIGHT: f64 = 297.0;

/// The paper is folded here, mm from the top: in three for DL, within 1 mm.
pub(super) const FOLDS: [f64; 2] = [99.0, 198.0];
/// A fold mark: beside the text, outside the 4 mm that most printers cannot reach.
pub(super) const FOLD_MARK: (f64, f64) = (5.0, 4.0);

/// The envelope and its window, mm; the window counts from the envelope's upper left corner.
const ENVELOPE: (f64, f64) = (220.0, 110.0);
const WINDOW: Area = Area::new(20.0, 110.0 - 18.0 - 35.0, 90.0, 35.0);
/// How far the folded letter slides to the right and down.
const PLAY: (f64, f64) = (ENVELOPE.0 - WIDTH, ENVELOPE.1 - FOLDS[0]);

/// What the window shows of the letter wherever it lies.
pub(super) const ALWAYS_SHOWN: Area =
    Area::new(WINDOW.x, WINDOW.y, WINDOW.w - PLAY.0, WINDOW.h - PLAY.1);
/// What it may show. Only the return address stands here beside the address.
pub(super) const MAY_SHOW: Area = Area::new(
    WINDOW.x - PLAY.0,
    WINDOW.y - PLAY.1,
    WINDOW.w + PLAY.0,
    WINDOW.h + PLAY.1,
);

/// The left edge of everything that is written, and the right edge of the text.
pub(super) const LEFT: f64 = 22.0;
pub(super) const RIGHT: f64 = 187.0;

/// The address: what is always shown, less half a millimetre for a careless fold above and
/// below, from the left edge of the text on.
pub(super) const ADDRESS: Area = Area::new(
    LEFT,
    ALWAYS_SHOWN.y + 0.5,
    ALWAYS_SHOWN.x + ALWAYS_SHOWN.w - LEFT - 1.0,
    ALWAYS_SHOWN.h - 1.0,
);
/// The foot of the return address: above the address, shown when the letter lies at the
/// bottom of its envelope, as it mostly does.
pub(super) const RETURN_FOOT: f64 = 53.5;

/// The letterhead: the foot of the company's name, and its other lines beside it.
pub(super) const HEAD_FOOT: f64 = 24.0;
pub(super) const HEAD_COLUMN: f64 = 131.0;
pub(super) const HEAD_TOP: f64 = 19.0;
/// No line of the letterhead stands lower.
pub(super) const HEAD_BOTTOM: f64 = 52.0;

/// Date and reference, right of all that the window may show.
pub(super) const FACTS: (f64, f64) = (HEAD_COLUMN, 60.5);
/// The code: 29 modules of 0.66 mm, five pixels each at 200 dpi.
pub(super) const CODE: Area = Area::new(RIGHT - 19.0, 58.0, 19.0, 19.0);

/// The foot of the subject: below all that the window may show, and below the fold.
pub(super) const SUBJECT_FOOT: f64 = 107.0;
/// Text stands between these on a page that follows, and ends here on every page.
pub(super) const NEXT_TOP: f64 = 29.0;
pub(super) const BOTTOM: f64 = 272.0;
/// The foot of the line over a page that follows, and of the page number.
pub(super) const RUNNING_FOOT: f64 = 19.0;
pub(super) const PAGE_FOOT: f64 = 284.0;

/// A page with nothing on it.
pub(super) const fn empty() -> Drawing {
    Drawing {
        width: WIDTH,
        height: HEIGHT,
        shapes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_has_the_same_places() {
        let page = include_str!("../../docs/replies.md");
        for (name, place) in [
            ("always shown", ALWAYS_SHOWN),
            ("may be shown", MAY_SHOW),
            ("address", ADDRESS),
            ("code", CODE),
        ] {
            let Area { x, y, w, h } = place;
            let row = format!("| {name} | {x} | {y} | {w} | {h} |");
            assert!(page.contains(&row), "{row}");
        }
        assert!(page.contains(&format!("{} and {} mm", FOLDS[0], FOLDS[1])));
    }

    #[test]
    fn the_window_shows_the_address_and_nothing_else() {
        assert_eq!(ALWAYS_SHOWN, Area::new(20.0, 57.0, 80.0, 24.0));
        assert_eq!(MAY_SHOW, Area::new(10.0, 46.0, 100.0, 46.0));
        assert!(ADDRESS.x >= ALWAYS_SHOWN.x && ADDRESS.right() <= ALWAYS_SHOWN.right());
        assert!(ADDRESS.y >= ALWAYS_SHOWN.y && ADDRESS.bottom() <= ALWAYS_SHOWN.bottom());
        const { assert!(RETURN_FOOT > MAY_SHOW.y && RETURN_FOOT < ADDRESS.y) };
        assert!(HEAD_COLUMN > MAY_SHOW.right() && CODE.x > MAY_SHOW.right());
        assert!(FACTS.0 > MAY_SHOW.right() && HEAD_FOOT < MAY_SHOW.y);
        assert!(SUBJECT_FOOT > MAY_SHOW.bottom() && SUBJECT_FOOT > FOLDS[0]);
    }
}
