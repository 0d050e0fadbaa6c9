//! Whole letters: what is on their pages, and that they are PDFs.

use super::address::{CAPITAL, DESCENDER};
use super::sheet::{ADDRESS, CODE, MAY_SHOW, RETURN_FOOT};
use super::*;
use crate::domain::form::Text;
use crate::domain::geometry::Area;
use crate::forms::draw::{POINT, Shape};
use crate::forms::width::width;

/// What a line of print covers, from its capitals to its descenders.
pub(super) fn ink(text: &Text) -> Area {
    let size = text.size * POINT;
    let top = text.y - CAPITAL * size;
    Area::new(text.x, top, width(text), (CAPITAL + DESCENDER) * size)
}

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.to_owned()).collect()
}

/// A letter as an agent writes one.
fn reply() -> PostLetter {
    PostLetter {
        from: texts(&[
            "Hartwell & Finch Ltd",
            "Customer Care",
            "PO Box 88",
            "Norwich NR99 1AA",
        ]),
        contact: texts(&[
            "Telephone 01632 960 180",
            "care@hartwell-finch.example",
            "www.hartwell-finch.example",
        ]),
        to: texts(&[
            "Mrs J Harris",
            "14 Elm Road",
            "Thorpe St Andrew",
            "Norwich",
            "NR7 0XX",
        ]),
        reference: CaseReference::new(417).unwrap(),
        date: Date::constant(2026, 11, 30),
        subject: "Your letter of 24 November 2026 about a kettle".to_owned(),
        paragraphs: texts(&[
            "Dear Mrs Harris,",
            "Thank you for your letter, which reached us on 26 November 2026. I am sorry that the \
             kettle you bought from us in September leaks, and that nobody rang you back when you \
             first told us about it.",
            "We will refund the full price of £34.99. The money goes back to the card that you paid \
             with, and your bank usually shows it within five working days.",
            "There is no need to send the kettle back. Please do not use it again, and take it to \
             your nearest recycling point:\n- any Hartwell & Finch shop takes small appliances, \
             without a receipt and whether or not they were bought there;\n- so does every council \
             recycling centre.",
            "If anything in this letter is not as you expected, please write to us or ring the \
             number above and give the reference PR-0000417-11.",
        ]),
        signature: texts(&["Yours sincerely,", "Alex Morgan", "Customer Care"]),
        language: "en".to_owned(),
    }
}

fn long_reply() -> PostLetter {
    let mut letter = reply();
    let body = letter.paragraphs.clone();
    letter
        .paragraphs
        .extend(body[1..].iter().cloned().cycle().take(9));
    letter.to = texts(&[
        "Professor Dame Wilhelmina Featherstonehaugh-Cholmondeley-Warner",
        "Flat 14B, The Old Granary Apartments",
        "Kirkby-under-Knowle Industrial Estate",
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
        "Isle of Anglesey",
        "LL61 5UJ",
    ]);
    letter
}

fn words(drawing: &Drawing) -> Vec<&Text> {
    let shapes = drawing.shapes.iter();
    let words = shapes.filter_map(|shape| match shape {
        Shape::Words(text) => Some(text),
        Shape::Filled(..) => None,
    });
    words.collect()
}

#[test]
fn the_window_shows_the_address_alone() {
    for letter in [reply(), long_reply()] {
        let pages = print::pages(&letter).unwrap();
        let shown: Vec<&Text> = words(&pages[0])
            .into_iter()
            .filter(|text| ink(text).overlaps(&MAY_SHOW) && text.y != RETURN_FOOT)
            .collect();
        assert!(shown.len() >= 5);
        for text in shown {
            let place = ink(text);
            assert!(
                place.y >= ADDRESS.y && place.bottom() <= ADDRESS.bottom(),
                "{text:?}"
            );
            assert!(place.right() <= ADDRESS.right(), "{text:?}");
        }
    }
}

#[test]
fn every_page_says_whose_it_is() {
    let pages = print::pages(&long_reply()).unwrap();
    assert_eq!(pages.len(), 2);
    for (at, page) in pages.iter().enumerate() {
        let said: Vec<&str> = words(page).iter().map(|text| text.text.as_str()).collect();
        assert!(said.iter().any(|text| text.contains("PR-0000417-11")));
        assert!(said.contains(&format!("Page {} of 2", at + 1).as_str()));
    }
    let one = print::pages(&reply()).unwrap();
    assert!(
        words(&one[0])
            .iter()
            .all(|text| !text.text.starts_with("Page"))
    );
}

#[test]
fn nothing_runs_off_the_paper() {
    let mut wild = long_reply();
    wild.from = vec!["W".repeat(90); 20];
    wild.subject = "W".repeat(900);
    wild.paragraphs.push("W".repeat(900));
    wild.signature.extend(vec!["W".repeat(300); 70]);
    wild.contact = vec!["M".repeat(90); 9];
    for (at, page) in print::pages(&wild).unwrap().iter().enumerate() {
        let paper = Area::new(0.0, 0.0, page.width, page.height);
        for text in words(page) {
            let place = ink(text);
            assert!(place.x >= 4.0 && place.right() <= paper.w - 4.0, "{text:?}");
            assert!(
                place.y >= 4.0 && place.bottom() <= paper.h - 4.0,
                "{text:?}"
            );
            assert!(at > 0 || !place.overlaps(&CODE), "{text:?}");
        }
    }
}

#[test]
fn a_letter_needs_somebody_to_go_to() {
    let case = CaseReference::new(417).unwrap();
    let mut nowhere = reply();
    nowhere.to = texts(&["", " \t"]);
    assert_eq!(letter(&nowhere), Err(PostError::NoAddress { case }));
    nowhere.to = texts(&["Mrs J Harris", ""]);
    assert_eq!(letter(&nowhere), Err(PostError::NoAddress { case }));
    nowhere.to = texts(&["Mrs J Harris", &"Long Road ".repeat(99), "NR7 0XX"]);
    assert_eq!(letter(&nowhere), Err(PostError::AddressTooLong { case }));
    // No address stands in what is logged.
    assert!(
        !letter(&nowhere)
            .unwrap_err()
            .to_string()
            .contains("Long Road")
    );
}

#[test]
fn what_the_typeface_lacks_is_told() {
    let mut letter = reply();
    assert!(replaced(&letter).is_empty());
    letter.to[0] = "Nguyễn 王".to_owned();
    letter.signature.push("🙂".to_owned());
    assert_eq!(replaced(&letter), "ễ王🙂".chars().collect());
}

#[test]
fn letters_printed_together_begin_on_sheets_of_their_own() {
    let count = |bytes: &[u8]| lopdf::Document::load_mem(bytes).unwrap().get_pages().len();
    assert_eq!(count(&letter(&reply()).unwrap()), 1);
    assert_eq!(count(&letter(&long_reply()).unwrap()), 2);
    assert_eq!(count(&collected(&[]).unwrap()), 1);
    let many = collected(&[reply(), long_reply(), reply(), reply()]).unwrap();
    assert_eq!(count(&many), 2 + 2 + 2 + 1);
}

/// `POSTROOM_LETTERS=DIR cargo test --lib post::tests::for_the_eye` writes letters to
/// look at.
#[test]
fn for_the_eye() {
    let Some(folder) = std::env::var_os("POSTROOM_LETTERS") else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    for (name, bytes) in [
        ("short.pdf", letter(&reply())),
        ("long.pdf", letter(&long_reply())),
        ("all.pdf", collected(&[reply(), long_reply()])),
    ] {
        std::fs::write(folder.join(name), bytes.unwrap()).unwrap();
    }
}
