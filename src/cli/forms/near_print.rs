//! Whether the reader can tell how each place of a form lies on a scan: it goes by pieces of
//! black print around it, and a place without any sends every card to a person.
//!
//! Here and not with the other advice, for the pieces are those that the reader looks for,
//! and `forms` stands below it.

use crate::domain::form::{Form, Side};
use crate::domain::geometry::Area;
use crate::forms::draw::option_name;
use crate::forms::{Advice, Weight, place_of};
use crate::imaging::register::{FEWEST, NEAR, distance};
use crate::pipeline::cards::pieces_of_print;

/// So many should be near a place: of a single one a coffee stain takes the half that is
/// needed.
const ENOUGH: usize = 2;

/// Advice on every place of a form with too little black print near it.
pub(super) fn near_print(form: &Form) -> Vec<Advice> {
    let sides = form.sides.iter().enumerate();
    let advice = sides.flat_map(|(at, side)| {
        let pieces = pieces_of_print(form, at);
        if pieces.len() < FEWEST {
            return vec![too_few(at, pieces.len())];
        }
        let places = places(side).into_iter();
        let badly = places.filter_map(|(name, places)| {
            let near = |place: &Area| {
                pieces
                    .iter()
                    .filter(|piece| distance(place, **piece) < NEAR)
                    .count()
            };
            let fewest = places.iter().map(near).min()?;
            (fewest < ENOUGH).then(|| on(place_of(at, &name), fewest))
        });
        badly.collect()
    });
    advice.collect()
}

/// What is read on a side: fields with their boxes, boxes to tick, boxes to sign in, numbers.
fn places(side: &Side) -> Vec<(String, Vec<Area>)> {
    let fields = side.fields.iter();
    let fields = fields.map(|field| (field.name.clone(), field.boxes.clone()));
    let ticks = side.ticks.iter().flat_map(|tick| {
        let options = tick.options.iter();
        options.map(move |option| (option_name(tick, option), vec![option.place]))
    });
    let signatures = side.signatures.iter();
    let signatures = signatures.map(|sign| (sign.name.clone(), vec![sign.place]));
    let serials = side.serials.iter();
    let serials = serials.map(|serial| (serial.name.clone(), vec![serial.place]));
    fields
        .chain(ticks)
        .chain(signatures)
        .chain(serials)
        .collect()
}

fn on(place: String, near: usize) -> Advice {
    let text = if near == 0 {
        format!(
            "no black print within {NEAR} mm: how this place lies cannot be told, and every card \
             goes to review; put a caption or a line of black text near it"
        )
    } else {
        format!(
            "a single piece of black print within {NEAR} mm: where a stain hides it, how this \
             place lies cannot be told, and the card goes to review; put another caption or line \
             of black text near it"
        )
    };
    Advice {
        weight: Weight::Warning,
        place,
        text,
    }
}

fn too_few(side: usize, pieces: usize) -> Advice {
    Advice {
        weight: Weight::Warning,
        place: format!("side {}", side + 1),
        text: format!(
            "{pieces} pieces of black print: with fewer than {FEWEST} a card is never known to \
             lie right, and all go to review; spread captions and lines of black text over the \
             side"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::{parse, samples};

    #[test]
    fn the_forms_in_the_program_and_in_the_tests_have_print_everywhere() {
        let forms = samples().into_iter().map(|sample| sample.form);
        let more = [
            include_str!("../../../tests/forms/application-a4.toml"),
            include_str!("../../../tests/forms/voucher.toml"),
        ];
        for form in forms.chain(more.map(|text| parse(text).unwrap())) {
            assert_eq!(near_print(&form), [], "{}", form.id);
        }
    }

    /// Coordinates of a large sheet with little print, and a box to tick far from all of it.
    fn card(extra: &str, colour: &str) -> Form {
        let text = format!(
            r##"
id = "bare"
title = "A card with little print"
version = 1
page = {{ width = 210, height = 297 }}
colour = "{colour}"
marks = {{ size = 4, inset = 5 }}

[[side]]
code = {{ x = 180, y = 12, size = 14 }}

[[side.text]]
text = "A club that likes cards, and says so in a line of words here"
x = 14
y = 18

[[side.text]]
text = "Another line of words, so that there is something to go by"
x = 14
y = 26

[[side.tick]]
name = "alone"
choice = "single"
[[side.tick.option]]
name = "yes"
x = 100
y = 150
{extra}
"##
        );
        parse(&text).unwrap()
    }

    #[test]
    fn a_place_far_from_print_is_told() {
        let advice = near_print(&card("", "#f5b8b0"));
        assert_eq!(advice.len(), 1, "{advice:?}");
        assert_eq!(advice[0].place, "side 1: alone.yes");
        assert!(advice[0].text.starts_with("no black print within 35 mm"));
        let line = "[[side.text]]\ntext = \"Tick here if you like this card\"\nx = 106\ny = 153\n";
        assert_eq!(near_print(&card(line, "#f5b8b0")), []);
    }

    #[test]
    fn black_boxes_are_print_and_coloured_ones_are_not() {
        let boxes = "[[side.field]]\nname = \"number\"\ntype = \"number\"\nx = 60\ny = 160\n\
                     width = 5\nheight = 6.5\npitch = 6\ncount = 14\n";
        assert_eq!(near_print(&card(boxes, "black")), []);
        let places: Vec<String> = near_print(&card(boxes, "#f5b8b0"))
            .into_iter()
            .map(|advice| advice.place)
            .collect();
        assert_eq!(places, ["side 1: number", "side 1: alone.yes"]);
    }
}
