//! `postroom show CASE`: one case with its letters and cards, one document by itself, or
//! the image of a page.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::cases::{case_json, reference};
use super::exit::{Exit, Misused};
use super::output::{lying_on, say, say_json, short, store_flag, tell};
use super::{Opened, Place, timeline, work};
use crate::cases::{self, Timeline, TimelineDocument};
use crate::config::Links;
use crate::domain::letter::LetterField;
use crate::domain::page::EncodedImage;
use crate::domain::verdict::Verdict;
use crate::export::card::Card;
use crate::export::letter::Letter;
use crate::export::{picture, whole};
use crate::store::documents::DocumentKind;
use crate::store::events::EventRecord;
use crate::store::export::ExportedDocument;
use crate::store::pages::PageRecord;
use crate::store::{DocumentId, StoreError};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom show PR-0000417-11
  postroom show PR-0000417-11 --image letter.png
  postroom show PR-0000417-11 --document 9d04ab12c7e1 --page 2 --image back.jpg
  postroom show 7c31d90ab2f4 --image card.png        a card that lies on no case

A field marked with ? is doubtful: settle it with `postroom review settle`. Pages are counted \
as in the scan, from 1.")]
pub(super) struct ShowArguments {
    /// The case, as PR-0000417-11, or a document, as listed
    #[arg(value_name = "CASE|DOCUMENT")]
    case: String,
    /// Write a page's image to this .png, .jpg or .bmp
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// Which page of the scan [default: the document's first that could be read]
    #[arg(long, value_name = "N", requires = "image")]
    page: Option<u32>,
    /// Only this document [default: all; for --image the first]
    #[arg(long, value_name = "DOCUMENT")]
    document: Option<String>,
}

pub(super) fn show(place: &Place, arguments: &ShowArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let case = match reference(&arguments.case) {
        Ok(case) => case,
        Err(no_case) => {
            let document = opened.store.document_with(arguments.case.trim());
            let document = opened.wait(document)?;
            if document.is_none()
                && let Some(message) = opened.wait(opened.store.mail_with(&arguments.case))?
            {
                let mail = opened.wait(opened.store.mail(message))?;
                let zone = &opened.settings.config.time_zone;
                say(&work::message(&mail, zone))?;
                return Ok(Exit::Done);
            }
            let document = document.ok_or_else(|| unknown(place, &arguments.case, &no_case))?;
            return show_document(&opened, place, document, arguments);
        }
    };
    let timeline = opened.wait(cases::timeline(&opened.store, case));
    let mut timeline = timeline.map_err(|error| match error {
        StoreError::Unknown { what: "case", .. } => anyhow::Error::from(Misused(format!(
            "there is no case {case} in this store; `postroom cases --all{}` lists them",
            store_flag(place)
        ))),
        other => other.into(),
    })?;
    if let Some(typed) = &arguments.document {
        let wanted = opened.document(typed)?;
        timeline.documents.retain(|on| on.document.id == wanted);
        if timeline.documents.is_empty() {
            let lies = opened.wait(opened.store.document(wanted))?;
            let lies = lying_on(lies.attachment.map(|lies| lies.case));
            return Err(Misused(format!(
                "document {} lies on {lies}, not on {case}",
                short(wanted)
            ))
            .into());
        }
    }
    if let Some(file) = &arguments.image {
        let Some(first) = timeline.documents.first() else {
            return Err(Misused(format!("{case} has no document")).into());
        };
        return write_page(&opened, place, first, arguments.page, file);
    }
    if place.json {
        say_json(&timeline_json(&timeline))?;
    } else {
        let config = &opened.settings.config;
        let mut text = timeline::text(&timeline, &config.time_zone);
        text.push_str(&links(&timeline, &config.links));
        say(&text)?;
    }
    Ok(Exit::Done)
}

/// The company's own pages of the orders that the letters on a case name for certain.
fn links(timeline: &Timeline, links: &Links) -> String {
    let mut text = String::new();
    let Some(link) = &links.order else {
        return text;
    };
    for on in &timeline.documents {
        let field = on.fields.get(&LetterField::OrderNumber);
        let number = field.filter(|field| field.verdict == Verdict::Accepted);
        if let Some(number) = number.and_then(|field| field.value.as_deref()) {
            if text.is_empty() {
                text.push_str("\nOur own pages\n");
            }
            timeline::entry(&mut text, number, &Links::page(link, number));
        }
    }
    text
}

/// What was typed is neither a case nor a document. Who typed most of a reference hears
/// what is wrong with it.
fn unknown(place: &Place, typed: &str, no_case: &anyhow::Error) -> Misused {
    if typed.to_uppercase().starts_with("PR") {
        return Misused(no_case.to_string());
    }
    let store = store_flag(place);
    Misused(format!(
        "'{typed}' is neither a case, as PR-0000417-11, nor the id of one document, of which at \
         least four characters in a row are enough; find it with `postroom cases --all{store}`, \
         `postroom search WORDS{store}` or, for a card, `postroom review list{store}`"
    ))
}

/// A document by itself, on a case or on none.
fn show_document(
    opened: &Opened,
    place: &Place,
    document: DocumentId,
    arguments: &ShowArguments,
) -> Result<Exit> {
    let alone = opened.wait(cases::alone(&opened.store, document))?;
    if let Some(file) = &arguments.image {
        return write_page(opened, place, &alone.on, arguments.page, file);
    }
    if place.json {
        let mut value = document_json(&alone.on);
        value["events"] = events_json(&alone.events);
        say_json(&value)?;
    } else {
        let zone = &opened.settings.config.time_zone;
        say(&timeline::document_text(&alone, zone))?;
    }
    Ok(Exit::Done)
}

fn write_page(
    opened: &Opened,
    place: &Place,
    on: &TimelineDocument,
    number: Option<u32>,
    file: &Path,
) -> Result<Exit> {
    let page = wanted_page(on, number)?;
    let image = page.result.as_ref().map_err(|rejection| {
        Misused(format!(
            "page {} of {} has no image: {}",
            page.sheet, on.document.path, rejection.reason
        ))
    })?;
    let kept = opened.wait(picture::page(&opened.store, image))?;
    let written = write_picture(kept, page.sheet, file)?;
    if place.json {
        say_json(&json!({
            "file": file.display().to_string(),
            "media": written.media.name(),
            "scan": on.document.path,
            "document": on.document.id.to_string(),
            "page": page.sheet,
            "width": image.size.width,
            "height": image.size.height,
            "dpi": image.size.dpi,
        }))?;
    } else {
        tell!(
            "Page {} of {} ({} x {} pixels, {} dpi) written to {} as {}",
            page.sheet,
            on.document.path,
            image.size.width,
            image.size.height,
            image.size.dpi,
            file.display(),
            written.media.name(),
        );
    }
    Ok(Exit::Done)
}

/// Writes a picture as the file's name asks for it.
pub(super) fn write_picture(kept: EncodedImage, page: u32, file: &Path) -> Result<EncodedImage> {
    let picture = picture::for_file(kept, page, file)?;
    whole::write(file, &picture.bytes)?;
    Ok(picture)
}

/// The page of that number, else the first that could be read.
fn wanted_page(first: &TimelineDocument, number: Option<u32>) -> Result<&PageRecord> {
    let mut pages = first.pages.iter();
    let page = match number {
        Some(number) => pages.find(|page| page.sheet == number),
        None => pages
            .clone()
            .find(|page| page.result.is_ok())
            .or(pages.next()),
    };
    page.ok_or_else(|| {
        let has: Vec<String> = first.pages.iter().map(|p| p.sheet.to_string()).collect();
        Misused(format!(
            "document {} of {} has no such page; it has: {}",
            short(first.document.id),
            first.document.path,
            has.join(", ")
        ))
        .into()
    })
}

fn timeline_json(timeline: &Timeline) -> Value {
    let mut value = case_json(&timeline.case);
    value["documents"] = timeline.documents.iter().map(document_json).collect();
    work::add_json(&mut value, timeline);
    value["events"] = events_json(&timeline.events);
    value
}

fn events_json(events: &[EventRecord]) -> Value {
    let events = events.iter().map(|event| {
        json!({
            "at": event.at,
            "actor": event.actor,
            "kind": event.kind.name(),
            "document": event.document.map(|id| id.to_string()),
            "detail": event.detail,
        })
    });
    events.collect()
}

/// A document as `export letters` or `export cards` has it.
fn document_json(on: &TimelineDocument) -> Value {
    let pages = on.pages.iter();
    let pages = pages.map(|page| {
        let size = page.result.as_ref().ok().map(|image| image.size);
        (page.sheet, size)
    });
    let exported = ExportedDocument {
        document: on.document.clone(),
        pages: pages.collect(),
        fields: on.fields.clone(),
        card: on.card.clone(),
    };
    match on.document.kind {
        DocumentKind::Letter => json!(Letter::from(&exported)),
        DocumentKind::Card => json!(Card::from(&exported)),
    }
}
