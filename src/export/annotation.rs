//! Notes as other programs know them: the Web Annotation Data Model (W3C Recommendation, 23 February 2017),
//! a text on a box of a page's image, in and out.

use serde_json::{Value, json};

use crate::domain::geometry::Rect;
use crate::store::ids::DocumentId;
use crate::store::notes::{NotePlace, NoteRecord};

/// What an annotation begins with.
const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";
/// How the box is written (Media Fragments URI 1.0).
const FRAGMENTS: &str = "http://www.w3.org/TR/media-frags/";
/// What stands before the id of a note and of a document.
const URN: &str = "urn:uuid:";

/// A note as an annotation. Its target is the box on a page's image, else the document, else the case.
pub fn annotation(note: &NoteRecord) -> Value {
    let target = match note.place {
        None => json!(format!("postroom:case:{}", note.case)),
        Some(NotePlace { document, on: None }) => json!(format!("{URN}{document}")),
        Some(NotePlace {
            document,
            on: Some((page, rect)),
        }) => json!({
            "source": format!("{URN}{document}#page={page}"),
            "selector": {
                "type": "FragmentSelector",
                "conformsTo": FRAGMENTS,
                "value": format!("xywh=pixel:{},{},{},{}", rect.x, rect.y, rect.w, rect.h),
            },
        }),
    };
    let mut annotation = json!({
        "@context": CONTEXT,
        "id": format!("{URN}{}", note.id),
        "type": "Annotation",
        "motivation": "commenting",
        "creator": { "type": "Person", "name": note.made_by },
        "created": note.made_at,
        "body": { "type": "TextualBody", "value": note.text, "format": "text/plain" },
        "target": target,
    });
    if let Some((at, _)) = &note.changed {
        annotation["modified"] = json!(at);
    }
    annotation
}

/// What somebody's annotation says, and of which place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated {
    /// The text.
    pub text: String,
    /// The document and the box; nothing where it is about a whole case.
    pub place: Option<NotePlace>,
}

/// An annotation that says nothing, or not where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is no annotation that can be taken in: {0}")]
pub struct NotAnAnnotation(String);

/// Reads an annotation with one text and one box, as [`annotation`] writes them.
pub fn annotated(text: &str) -> Result<Annotated, NotAnAnnotation> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| refused(&format!("it is not JSON ({error})")))?;
    if !names(&value["@context"], CONTEXT) {
        return Err(refused(&format!("\"@context\" is not \"{CONTEXT}\"")));
    }
    if !names(&value["type"], "Annotation") {
        return Err(refused("\"type\" is not \"Annotation\""));
    }
    let body = only(&value["body"]);
    let says = body["value"].as_str().or_else(|| body.as_str());
    let says = says.or_else(|| value["bodyValue"].as_str());
    let text = says.unwrap_or_default().trim();
    if text.is_empty() {
        return Err(refused("its \"body\" has no text in \"value\""));
    }
    Ok(Annotated {
        text: text.to_owned(),
        place: place(only(&value["target"]))?,
    })
}

fn refused(why: &str) -> NotAnAnnotation {
    NotAnAnnotation(why.to_owned())
}

/// Whether a value is this word, or a list with it.
fn names(value: &Value, word: &str) -> bool {
    value == word
        || value
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == word))
}

/// The one thing of a list of one.
fn only(value: &Value) -> &Value {
    match value.as_array().map(Vec::as_slice) {
        Some([one]) => one,
        _ => value,
    }
}

fn place(target: &Value) -> Result<Option<NotePlace>, NotAnAnnotation> {
    let source = target.as_str().or_else(|| target["source"].as_str());
    let source = source.ok_or_else(|| refused("its \"target\" has no \"source\""))?;
    let selector = only(&target["selector"]);
    if source.starts_with("postroom:case:") && selector.is_null() {
        return Ok(None);
    }
    let (document, page) = match source.split_once("#page=") {
        Some((document, page)) => (document, page.parse::<u32>().ok()),
        None => (source, None),
    };
    let document = document.strip_prefix(URN).unwrap_or(document);
    let document: DocumentId = document.parse().map_err(|_| {
        refused("its \"source\" is no document: urn:uuid:DOCUMENT#page=N, by the whole id")
    })?;
    let on = match (page, selector.is_null()) {
        (Some(page), false) => Some((page, fragment(selector)?)),
        (None, true) => None,
        (Some(_), true) => return Err(refused("its \"target\" has no \"selector\" with a box")),
        (None, false) => return Err(refused("its \"source\" says no page: ...#page=1")),
    };
    Ok(Some(NotePlace { document, on }))
}

/// The box of a selector, in whole pixels around it: `xywh=pixel:400,1200,300,60`.
fn fragment(selector: &Value) -> Result<Rect, NotAnAnnotation> {
    let wanted = || {
        refused(
            "its \"selector\" is no FragmentSelector with a \"value\" as xywh=pixel:400,1200,300,60",
        )
    };
    let value = selector["value"].as_str().ok_or_else(wanted)?;
    let sides = value.strip_prefix("xywh=").ok_or_else(wanted)?;
    let sides = sides.strip_prefix("pixel:").unwrap_or(sides);
    let sides: Vec<f64> = sides
        .split(',')
        .map(|side| side.trim().parse().map_err(|_| wanted()))
        .collect::<Result<_, _>>()?;
    let [x, y, w, h] = sides.as_slice() else {
        return Err(wanted());
    };
    // No page has sides of more pixels, and every such number is a whole one.
    let fits = |side: &f64| (0.0..=f64::from(u16::MAX)).contains(side);
    let is_box = selector["type"] == "FragmentSelector" && *w > 0.0 && *h > 0.0;
    if !is_box || !sides.iter().all(fits) {
        return Err(wanted());
    }
    let (left, top) = (x.floor(), y.floor());
    let (right, bottom) = ((x + w).ceil(), (y + h).ceil());
    let whole = |side: f64| side as u32;
    Ok(Rect::new(
        whole(left),
        whole(top),
        whole(right - left),
        whole(bottom - top),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::grammar::case_reference::CaseReference;
    use proptest::prelude::*;

    const DOCUMENT: &str = "01900000-0000-7000-8000-00000000000a";

    fn note(place: Option<NotePlace>, text: &str) -> NoteRecord {
        NoteRecord {
            id: "01900000-0000-7000-8000-00000000000b".parse().unwrap(),
            case: CaseReference::new(417).unwrap(),
            place,
            text: text.into(),
            made_at: "2026-11-20T09:00:00.000000Z".into(),
            made_by: "ann".into(),
            changed: None,
        }
    }

    fn on(on: Option<(u32, Rect)>) -> Option<NotePlace> {
        let document = DOCUMENT.parse().unwrap();
        Some(NotePlace { document, on })
    }

    #[test]
    fn a_note_on_a_box_is_a_web_annotation() {
        let place = on(Some((2, Rect::new(400, 1200, 300, 60))));
        let expected = json!({
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "id": "urn:uuid:01900000-0000-7000-8000-00000000000b",
            "type": "Annotation",
            "motivation": "commenting",
            "creator": { "type": "Person", "name": "ann" },
            "created": "2026-11-20T09:00:00.000000Z",
            "body": { "type": "TextualBody", "value": "the serial number", "format": "text/plain" },
            "target": {
                "source": "urn:uuid:01900000-0000-7000-8000-00000000000a#page=2",
                "selector": {
                    "type": "FragmentSelector",
                    "conformsTo": "http://www.w3.org/TR/media-frags/",
                    "value": "xywh=pixel:400,1200,300,60",
                },
            },
        });
        assert_eq!(annotation(&note(place, "the serial number")), expected);
    }

    #[test]
    fn what_other_programs_write_is_read_too() {
        let said = annotated(&format!(
            r#"{{ "@context": ["http://www.w3.org/ns/anno.jsonld"], "type": ["Annotation"],
                  "body": [{{ "type": "TextualBody", "value": " torn " }}],
                  "target": {{ "source": "{DOCUMENT}#page=1",
                               "selector": {{ "type": "FragmentSelector",
                                              "value": "xywh=10.5,20.25,3,4.5" }} }} }}"#
        ));
        let place = on(Some((1, Rect::new(10, 20, 4, 5))));
        let expected = Annotated {
            text: "torn".into(),
            place,
        };
        assert_eq!(said, Ok(expected));
    }

    #[test]
    fn what_says_nothing_or_not_where_is_refused() {
        let place = on(Some((2, Rect::new(4, 5, 6, 7))));
        let whole = annotation(&note(place, "torn"));
        for (pointer, value, words) in [
            ("/@context", json!("http://example.org"), "@context"),
            ("/type", json!("Note"), "\"type\""),
            ("/body/value", json!("  "), "no text"),
            ("/target", json!({}), "no \"source\""),
            ("/target/source", json!("urn:uuid:7#page=1"), "no document"),
            ("/target/source", json!(DOCUMENT), "no page"),
            ("/target/selector", Value::Null, "no \"selector\""),
            (
                "/target/selector/type",
                json!("SvgSelector"),
                "FragmentSelector",
            ),
            (
                "/target/selector/value",
                json!("xywh=percent:1,2,3,4"),
                "pixel",
            ),
            ("/target/selector/value", json!("xywh=1,2,0,4"), "pixel"),
            ("/target/selector/value", json!("xywh=1,2,3"), "pixel"),
            ("/target/selector/value", json!("xywh=1,2,3,1e9"), "pixel"),
        ] {
            let mut broken = whole.clone();
            *broken.pointer_mut(pointer).unwrap() = value;
            let refused = annotated(&broken.to_string()).unwrap_err().to_string();
            assert!(refused.contains(words), "{pointer}: {refused}");
        }
        assert!(annotated("torn").is_err());
    }

    proptest! {
        #[test]
        fn what_goes_out_comes_in_again(
            text in "\\S(.{0,40}\\S)?",
            (x, y, w, h) in (0_u32..30_000, 0_u32..30_000, 1_u32..30_000, 1_u32..30_000),
            (page, kind) in (1_u32..900, 0..3),
        ) {
            let place = match kind {
                0 => None,
                1 => on(None),
                _ => on(Some((page, Rect::new(x, y, w, h)))),
            };
            let said = annotated(&annotation(&note(place, &text)).to_string());
            prop_assert_eq!(said, Ok(Annotated { text: text.trim().to_owned(), place }));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,80}", value in "(xywh=(pixel:)?)?[-0-9.,e]{0,20}") {
            let _ = annotated(&text);
            let selector = json!({ "type": "FragmentSelector", "value": value });
            let _ = fragment(&selector);
        }
    }
}
