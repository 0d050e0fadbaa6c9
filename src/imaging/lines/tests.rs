//! Lines found on drawn pages.

use super::*;
use crate::imaging::drawing::Canvas;

/// The x-height of the drawn text.
const X: usize = 20;

/// The baselines of [`letter`].
const BASELINES: [usize; 3] = [80, 140, 200];

/// A page with three lines of twenty letters each, from column 40 to 492.
fn letter() -> Canvas {
    let mut page = Canvas::new(2_000, 1_200);
    for baseline in BASELINES {
        page.line(40, baseline, 20, X);
    }
    page
}

fn found(page: &Canvas) -> Result<Vec<TextLine>, NotPlain> {
    find(&Components::of(&page.pix()).unwrap().unwrap()).1
}

/// Pieces in each line, and whatever else makes them the lines of [`letter`].
fn pieces(page: &Canvas) -> Vec<usize> {
    let lines = found(page).unwrap();
    let baselines: Vec<f32> = lines.iter().map(|line| line.baseline).collect();
    assert_eq!(baselines, BASELINES.map(|row| row as f32));
    lines.iter().map(|line| line.pieces.len()).collect()
}

#[test]
fn three_lines_come_in_order() {
    let lines = found(&letter()).unwrap();
    assert_eq!(pieces(&letter()), [20, 20, 20]);
    for line in lines {
        assert_eq!((line.left, line.right, line.block), (40, 492, 0));
        assert_eq!(line.x_height, 20.0);
    }
}

#[test]
fn addresses_side_by_side_are_blocks_of_their_own() {
    let mut page = Canvas::new(2_000, 1_200);
    for row in [100, 150] {
        page.line(1_200, row, 10, X);
        page.line(40, row, 10, X);
    }
    for row in 0..10 {
        page.line(40, 300 + row * 50, 30, X);
    }
    let lines = found(&page).unwrap();
    let places: Vec<(u32, i32, f32)> = lines
        .iter()
        .map(|line| (line.block, line.left, line.baseline))
        .collect();
    assert_eq!(
        places[..5],
        [
            (0, 40, 100.0),
            (0, 40, 150.0),
            (1, 1_200, 100.0),
            (1, 1_200, 150.0),
            (2, 40, 300.0)
        ]
    );
    assert_eq!(places.len(), 14);
}

#[test]
fn columns_of_text_are_not_plain() {
    let mut page = Canvas::new(2_000, 1_200);
    for row in 0..10 {
        page.line(40, 100 + row * 50, 20, X);
        page.line(1_000, 100 + row * 50, 20, X);
    }
    assert_eq!(found(&page), Err(NotPlain::Columns));
}

#[test]
fn dots_and_stops_stay_and_specks_go() {
    let mut page = letter();
    // Over the first letter of the first line, behind the last of the second.
    page.fill(44, 50, 4, 4);
    page.fill(496, 136, 4, 4);
    // In the air between two words of the third, and far from any line.
    page.fill(165, 188, 2, 2);
    page.fill(900, 600, 2, 2);
    assert_eq!(pieces(&page), [21, 21, 20]);
}

#[test]
fn many_specks_are_the_pieces_of_broken_print() {
    let mut page = letter();
    for baseline in BASELINES {
        for word in 0..3 {
            page.fill(165 + word * 140, baseline - 12, 2, 2);
        }
    }
    assert_eq!(pieces(&page), [23, 23, 23]);
}

#[test]
fn a_signature_and_a_black_edge_are_no_lines() {
    let mut page = letter();
    for step in 0..300 {
        let wave = step * 4 % 200;
        page.fill(60 + step, 300 + wave.min(200 - wave), 3, 5);
    }
    page.fill(0, 0, 2_000, 12);
    page.fill(1_985, 0, 15, 1_200);
    assert_eq!(pieces(&page), [20, 20, 20]);
}

#[test]
fn a_rule_stays_out_and_an_underlined_line_falls_back() {
    let mut page = letter();
    page.fill(40, 260, 460, 3);
    assert_eq!(pieces(&page), [20, 20, 20]);
    page.fill(40, 140, 460, 3);
    assert_eq!(found(&page), Err(NotPlain::Underlined));
}

#[test]
fn a_form_has_rules() {
    let mut page = letter();
    for row in 0..3 {
        page.fill(40, 260 + row * 50, 600, 3);
    }
    assert_eq!(found(&page), Err(NotPlain::Rules));
}

#[test]
fn a_filled_box_is_a_picture() {
    let mut page = letter();
    page.fill(40, 400, 200, 200);
    assert_eq!(found(&page), Err(NotPlain::Picture));
}

#[test]
fn words_of_another_size_are_not_lost() {
    let mut letterhead = letter();
    for n in 0..5 {
        letterhead.fill(40 + n * 80, 400, 60, 100);
    }
    assert_eq!(found(&letterhead), Err(NotPlain::Leftover));
    let mut footnote = letter();
    for n in 0..10 {
        footnote.fill(40 + n * 7, 800, 4, 7);
    }
    assert_eq!(found(&footnote), Err(NotPlain::Leftover));
}

#[test]
fn letters_of_two_lines_grown_together_are_not_lost() {
    let mut page = letter();
    page.fill(40, 60, 12, 60);
    assert_eq!(found(&page), Err(NotPlain::Leftover));
}

#[test]
fn a_few_words_are_not_worth_the_search() {
    let mut page = Canvas::new(2_000, 1_200);
    page.line(40, 80, 20, X);
    assert_eq!(found(&page), Err(NotPlain::LittleText));
}

#[test]
fn a_page_full_of_blots_is_noise() {
    let mut page = Canvas::new(2_240, 2_240);
    for blot in 0..25_000 {
        page.fill(blot % 160 * 14, blot / 160 * 14, 10, 10);
    }
    assert_eq!(found(&page), Err(NotPlain::Noise));
}

#[test]
fn a_tall_letter_stays_and_a_taller_stroke_does_not() {
    let mut page = letter();
    // The tail of an old Q: 2.5 x-heights, with air below it.
    page.fill(40, 106, 12, 50);
    assert_eq!(pieces(&page), [20, 20, 20]);
    let mut signed = letter();
    signed.fill(40, 80, 12, 60);
    assert_eq!(found(&signed), Err(NotPlain::Leftover), "3 x-heights");
}

#[test]
fn rules_on_a_sloping_page_are_rules() {
    let mut page = letter();
    for row in 0..3 {
        for step in 0..100 {
            page.fill(40 + step * 10, 260 + row * 60 + step / 4, 10, 3);
        }
    }
    assert_eq!(found(&page), Err(NotPlain::Rules));
}
