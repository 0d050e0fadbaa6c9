//! Three boxes in a row, drawn pixel by pixel.

use super::*;

/// Three boxes of 5 x 6 mm, each with its frame, 1 mm apart.
fn boxes() -> Vec<Area> {
    (0..3)
        .map(|at| Area::new(2.0 + 6.0 * f64::from(at), 2.0, 5.0, 6.0))
        .collect()
}

fn fill(patch: &mut Patch, x: f64, y: f64, w: f64, h: f64) {
    let (columns, rows) = patch.pixels_of(&Area::new(x, y, w, h));
    for row in rows {
        let start = row * patch.width;
        patch.ink[start + columns.start..start + columns.end].fill(255);
    }
}

const THICK: f64 = 0.25;

/// The row with its frames printed, `off` mm to the right of where they should be.
fn printed(off: f64) -> Patch {
    let mut patch = Patch::blank(&Area::new(0.0, 0.0, 22.0, 10.0), DENSITY);
    for Area { x, y, w, h } in boxes() {
        let (left, wide) = (x + off - THICK, w + 2.0 * THICK);
        fill(&mut patch, left, y - THICK, wide, THICK);
        fill(&mut patch, left, y + h, wide, THICK);
        fill(&mut patch, left, y - THICK, THICK, h + 2.0 * THICK);
        fill(&mut patch, x + off + w, y - THICK, THICK, h + 2.0 * THICK);
    }
    patch
}

fn without_frames(mut patch: Patch) -> Patch {
    for place in boxes() {
        patch.drop_frame(&place, THICK);
    }
    patch
}

/// Ink of each box in squared mm.
fn inks(patch: Patch) -> Vec<f64> {
    let cuts = cut(&without_frames(patch), &boxes()).unwrap();
    cuts.iter().map(|cut| cut.ink).collect()
}

#[test]
fn frames_go_whole_even_a_little_out_of_place() {
    for off in [-0.25, 0.0, 0.25] {
        let patch = printed(off);
        assert!(patch.clone().has_frame(&boxes()[1], THICK));
        let left = without_frames(patch);
        assert!(left.ink.iter().all(|ink| *ink == 0), "{off}");
        assert!(!left.clone().has_frame(&boxes()[1], THICK));
    }
}

#[test]
fn a_stroke_across_a_frame_stays_whole_and_with_its_box() {
    let mut patch = printed(0.0);
    // From the middle of the first box up over its edge, and one down.
    fill(&mut patch, 4.0, 1.3, 0.5, 4.0);
    fill(&mut patch, 10.0, 6.0, 0.5, 2.6);
    let ink = inks(patch);
    assert!((ink[0] - 2.0).abs() < 0.1, "{ink:?}");
    assert!((ink[1] - 1.3).abs() < 0.1, "{ink:?}");
    assert!(ink[2] == 0.0);
}

#[test]
fn what_runs_over_to_the_neighbour_travels_with_its_character() {
    let mut patch = printed(0.0);
    // Mostly in the second box, with a tail in the third.
    fill(&mut patch, 9.0, 5.0, 5.8, 0.4);
    let cuts = cut(&without_frames(patch), &boxes()).unwrap();
    assert!(cuts[1].ink > 2.0 && cuts[2].ink == 0.0 && cuts[0].ink == 0.0);
    let seen = cuts[1].patch.ink.iter().filter(|ink| **ink > 0).count() as f64;
    assert!(
        seen / (DENSITY * DENSITY) > 1.9,
        "it is in the picture, to the margin"
    );
}

#[test]
fn characters_that_touch_are_divided() {
    let mut patch = printed(0.0);
    fill(&mut patch, 3.0, 5.0, 9.0, 0.5);
    let ink = inks(patch);
    assert!(ink[0] > 1.5 && ink[1] > 1.5, "{ink:?}");
}

#[test]
fn specks_streaks_and_strays_are_nobodys() {
    let mut patch = printed(0.0);
    fill(&mut patch, 5.0, 5.0, 0.25, 0.25);
    fill(&mut patch, 10.0, 0.0, 0.2, 10.0);
    fill(&mut patch, 0.0, 9.2, 5.0, 0.6);
    assert_eq!(inks(patch), [0.0; 3]);
}

#[test]
fn without_a_frame_strokes_in_its_place_stay() {
    let mut patch = Patch::blank(&Area::new(0.0, 0.0, 22.0, 10.0), DENSITY);
    fill(&mut patch, 1.6, 1.5, 0.5, 7.0);
    assert!(!patch.has_frame(&boxes()[0], THICK), "one line is no frame");
}
