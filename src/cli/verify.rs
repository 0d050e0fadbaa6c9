//! `postroom verify`: the proof that nothing in the store is lost or torn.

use std::time::Duration;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use super::exit::Exit;
use super::output::{count, say, say_json};
use super::{Opened, Place};
use crate::store::verify::{Fault, Findings, Verified};

pub(super) const EXAMPLES: &str = "\
Examples:
  postroom verify
  postroom verify --json > verified.json

Everything that is kept - page images, messages, letters as they were sent - is read and hashed again, and \
every reference followed both ways. It can run beside a run.

Ends with 0 when everything is as it must be, with 5 when there are faults.";

/// Notes of one kind that are listed before they are only counted.
const NOTES_SHOWN: usize = 5;

pub(super) fn verify(place: &Place) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let bar = bar();
    let mut kept = 0;
    let progress = |verified: Verified| {
        kept = verified.of;
        bar.set_length(verified.of);
        bar.set_position(verified.done);
    };
    let found = opened.wait(opened.store.verify(progress));
    bar.finish_and_clear();
    let Findings { faults, head } = found?;
    let (notes, faults): (Vec<Fault>, Vec<Fault>) = faults.into_iter().partition(Fault::is_note);
    if place.json {
        say_json(&json!({
            "kept_files": kept,
            "faults": faults.iter().map(fault_json).collect::<Value>(),
            "notes": notes.iter().map(fault_json).collect::<Value>(),
            "history": head.map(|head| head.to_string()),
        }))?;
    } else {
        say(&report(kept, &faults, &notes))?;
        if let Some(head) = head {
            say(&format!(
                "History ends with {head}\n(note that elsewhere: its end cannot be cut off unseen then).\n"
            ))?;
        }
    }
    Ok(if faults.is_empty() {
        Exit::Done
    } else {
        Exit::Store
    })
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
    let style = "{bar:30} {percent:>3} %  {pos} of {len} kept files  {eta} left";
    // The template is a constant and well formed.
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn report(kept: u64, faults: &[Fault], notes: &[Fault]) -> String {
    let mut text = String::new();
    for fault in faults {
        text.push_str(&format!("fault: {fault}\n"));
    }
    for note in notes.iter().take(NOTES_SHOWN) {
        text.push_str(&format!("note:  {note}\n"));
    }
    if notes.len() > NOTES_SHOWN {
        let more = notes.len() - NOTES_SHOWN;
        text.push_str(&format!("note:  ... and {more} more of this kind\n"));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let kept = count(kept as usize, "kept file", "kept files");
    if faults.is_empty() {
        text.push_str(&format!(
            "{kept} hashed, every reference followed, history whole: all is as it must be.\n"
        ));
    } else {
        let faults = count(faults.len(), "fault", "faults");
        text.push_str(&format!(
            "{kept} hashed, {faults}. Keep the store as it is and restore a backup beside it;\n\
             a missing or damaged file can be copied from its blobs folder into this one's.\n"
        ));
    }
    text
}

fn fault_json(fault: &Fault) -> Value {
    let (kind, which) = match fault {
        Fault::BlobMissing { digest, .. } => ("image_missing", digest.to_string()),
        Fault::BlobDamaged { digest } => ("image_damaged", digest.to_string()),
        Fault::BlobUnused { digest } => ("image_unused", digest.to_string()),
        Fault::Chain(broken) => ("history", broken.event.clone()),
        Fault::Row { which, .. } => ("row", which.clone()),
    };
    json!({ "kind": kind, "which": which, "message": fault.to_string() })
}
