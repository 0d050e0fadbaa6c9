//! Notes at the command line: on a case, on a document, on a box of a page's image; and as other programs
//! write them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;

use super::on_case::note;
use crate::cases;
use crate::cli::cases::reference;
use crate::cli::exit::{Exit, Misused};
use crate::cli::mail::short_id;
use crate::cli::output::{say, say_json, store_flag, tell};
use crate::cli::{By, Opened, Place};
use crate::domain::geometry::Rect;
use crate::domain::grammar::case_reference::CaseReference;
use crate::export::annotation::{annotated, annotation};
use crate::store::ids::NoteId;
use crate::store::notes::NotePlace;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases note PR-0000417-11 \"rang her, no answer\"
  postroom cases note PR-0000417-11 \"the serial number\" \\
      --document 9d04ab12c7e1 --page 1 \\
      --box 400,1200,300,60
  postroom cases note PR-0000417-11 --annotation note.json
  postroom cases note PR-0000417-11 \"rang her, call back on Monday\" \\
      --change 3f04ab12c7e1
  postroom cases note PR-0000417-11 --remove 3f04ab12c7e1

What a note said before stays in the history. A note on a document goes with it to another case. An annotation is \
one of the W3C Web Annotation Data Model, with one text and one box, as `cases notes --json` writes them.")]
pub(in crate::cli) struct NoteArguments {
    /// The case
    case: String,
    /// What to note
    #[arg(required_unless_present_any = ["annotation", "remove"])]
    text: Option<String>,
    /// About this document
    #[arg(long, value_name = "DOCUMENT")]
    document: Option<String>,
    /// On this page of it
    #[arg(long, value_name = "N", requires = "place")]
    page: Option<u32>,
    /// On this box of the page's image, pixels from its top left corner
    #[arg(long = "box", value_name = "X,Y,W,H", requires = "page", value_parser = rect)]
    place: Option<Rect>,
    /// What to note and where, as a Web Annotation in JSON; `-` reads it from stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["text", "document", "page", "remove"])]
    annotation: Option<PathBuf>,
    /// Let this note say so, in place of what it says
    #[arg(long, value_name = "NOTE", conflicts_with = "document")]
    change: Option<String>,
    /// Take this note away
    #[arg(long, value_name = "NOTE", conflicts_with_all = ["text", "change", "document", "page"])]
    remove: Option<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom cases notes PR-0000417-11
  postroom cases notes PR-0000417-11 --json      as W3C Web Annotations")]
pub(in crate::cli) struct NotesArguments {
    /// The case
    case: String,
}

fn rect(typed: &str) -> Result<Rect, String> {
    let numbers: Vec<u32> = typed
        .split(',')
        .map(|part| {
            part.trim()
                .parse()
                .map_err(|_| "four numbers, as 400,1200,300,60".to_owned())
        })
        .collect::<Result<_, _>>()?;
    match numbers.as_slice() {
        [x, y, w, h] if *w > 0 && *h > 0 => Ok(Rect::new(*x, *y, *w, *h)),
        _ => Err("four numbers, as 400,1200,300,60; width and height above 0".to_owned()),
    }
}

/// `postroom cases notes`.
pub(in crate::cli) fn list_notes(place: &Place, arguments: &NotesArguments) -> Result<Exit> {
    let case = reference(&arguments.case)?;
    let opened = Opened::at(place)?;
    opened.wait(opened.store.case(case))?;
    let notes = opened.wait(opened.store.notes_of(case))?;
    if place.json {
        say_json(&notes.iter().map(annotation).collect())?;
    } else if notes.is_empty() {
        tell!("Nothing is noted on {case}.");
    } else {
        let zone = &opened.settings.config.time_zone;
        let notes: Vec<String> = notes.iter().map(|one| note(one, zone)).collect();
        say(&notes.join("\n"))?;
    }
    Ok(Exit::Done)
}

/// What a person wants noted, and where.
struct Wanted {
    text: String,
    place: Option<NotePlace>,
}

/// `postroom cases note`.
pub(in crate::cli) fn write_note(place: &Place, arguments: &NoteArguments) -> Result<Exit> {
    let case = reference(&arguments.case)?;
    let actor = arguments.by.actor()?;
    let opened = Opened::at(place)?;
    if let Some(typed) = &arguments.remove {
        let id = known(&opened, case, typed)?;
        opened.wait(cases::work::remove_note(&opened.store, id, &actor))?;
        tell!("Note {} is taken away.", short_id(&id));
        return Ok(Exit::Done);
    }
    let Wanted { text, place: on } = wanted(&opened, arguments)?;
    let (id, done) = match &arguments.change {
        Some(typed) => {
            let id = known(&opened, case, typed)?;
            let on = on
                .and_then(|on| on.on)
                .or(arguments.page.zip(arguments.place));
            let changed = cases::work::change_note(&opened.store, id, &text, on, &actor);
            opened.wait(changed)?;
            (id, "changed")
        }
        None => {
            let written = cases::work::note(&opened.store, case, on, &text, &actor);
            (opened.wait(written)?, "noted")
        }
    };
    if place.json {
        say_json(&json!({ "case": case.to_string(), "note": id.to_string() }))?;
    } else {
        tell!(
            "{} is {done} on {case}: postroom cases notes {case}{}",
            short_id(&id),
            store_flag(place)
        );
    }
    Ok(Exit::Done)
}

/// What was typed, else what an annotation says.
fn wanted(opened: &Opened, arguments: &NoteArguments) -> Result<Wanted> {
    if let Some(file) = &arguments.annotation {
        let said = annotated(&contents(file)?);
        let said = said.map_err(|error| Misused(format!("{}: {error}", file.display())))?;
        return Ok(Wanted {
            text: said.text,
            place: said.place,
        });
    }
    let text = arguments.text.as_deref().unwrap_or_default().trim();
    if text.is_empty() {
        return Err(Misused("there is nothing to note: the text is empty".to_owned()).into());
    }
    if arguments.page.is_some() && arguments.document.is_none() && arguments.change.is_none() {
        let what = "--page is of a document: say which with --document";
        return Err(Misused(what.to_owned()).into());
    }
    let place = match &arguments.document {
        Some(typed) => Some(NotePlace {
            document: opened.document(typed)?,
            on: arguments.page.zip(arguments.place),
        }),
        None => None,
    };
    Ok(Wanted {
        text: text.to_owned(),
        place,
    })
}

/// Larger files are no annotation of one text and one box.
const MOST_BYTES: u64 = 1 << 20;

fn contents(file: &Path) -> Result<String> {
    let cannot = || format!("{}: cannot be read", file.display());
    let mut text = String::new();
    match file.as_os_str() == "-" {
        true => std::io::stdin().take(MOST_BYTES).read_to_string(&mut text),
        false => std::fs::File::open(file)
            .with_context(cannot)?
            .take(MOST_BYTES)
            .read_to_string(&mut text),
    }
    .with_context(cannot)?;
    Ok(text)
}

/// The note of this case whose id, or a part of it, a person typed.
fn known(opened: &Opened, case: CaseReference, typed: &str) -> Result<NoteId> {
    let id = opened.wait(opened.store.note_with(typed))?;
    let of_case = match id {
        Some(id) => opened.wait(opened.store.note(id))?.case == case,
        None => false,
    };
    id.filter(|_| of_case).ok_or_else(|| {
        Misused(format!(
            "'{typed}' is not the id of one note on {case}; `postroom cases notes {case}` shows them"
        ))
        .into()
    })
}
