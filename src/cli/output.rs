//! How results look to a person.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde_json::Value;

use super::Place;
use crate::batch::summary::Summary;
use crate::store::DocumentId;

/// Lines of the aside list that the summary shows before it points to the command.
const ASIDES_SHOWN: usize = 10;

/// The morning's page: the two sums, what a person must do next.
pub(super) fn summary(summary: &Summary, place: &Place) -> io::Result<()> {
    say(&summary_text(summary, &store_flag(place)))
}

/// ` --store X --config Y` for commands that a person is told to type; nothing where
/// they were left out.
pub(super) fn store_flag(place: &Place) -> String {
    let mut flags = String::new();
    if place.store != "./postroom-data" {
        flags.push_str(&format!(" --store {}", quoted(&place.store)));
    }
    if let Some(config) = &place.config {
        flags.push_str(&format!(" --config {}", quoted(&config.to_string_lossy())));
    }
    flags
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let bare = |sign: char| sign.is_alphanumeric() || "/._-:@%+=,~".contains(sign);
    if !word.is_empty() && word.chars().all(bare) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Prints on stdout. A reader that has seen enough, as `head` has, is no error.
pub(super) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said,
    }
}

/// Prints a result for machines.
pub(super) fn say_json(value: &Value) -> io::Result<()> {
    say(&format!("{value:#}\n"))
}

/// Text off paper as a terminal may show it: no control character, which could
/// move the cursor or rename the window, and nothing that turns the line round.
pub(super) fn plain(text: &str) -> String {
    let turns = |sign| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|sign| match sign {
            sign if sign.is_control() || turns(sign) => ' ',
            sign => sign,
        })
        .collect()
}

/// The end of a document's id: short enough to type, and every command takes it.
pub(super) fn short(document: DocumentId) -> String {
    let id = document.to_string();
    id.rsplit('-').next().unwrap_or(&id).to_owned()
}

/// `1 letter`, `2 letters`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What only a person can read or find.
fn for_a_person(s: &Summary) -> Vec<String> {
    let mut waits = Vec::new();
    if s.unreadable > 0 {
        waits.push(format!(
            "{:>12} documents cannot be read as print: read them",
            s.unreadable
        ));
    }
    if s.gone > 0 {
        waits.push(format!(
            "{:>12} set aside earlier are gone from the folder",
            s.gone
        ));
    }
    waits
}

fn summary_text(s: &Summary, store: &str) -> String {
    let mut text = String::new();
    let mut line = |arguments: std::fmt::Arguments<'_>| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{arguments}");
    };
    let resumed = if s.resumed {
        ", going on where the last run stopped"
    } else {
        ""
    };
    line(format_args!("Batch {}{resumed}", s.batch));
    line(format_args!(
        "  scans {:>6} = {} filed + {} already filed + {} duplicates + {} set aside   ({} ignored)",
        s.scans, s.filed, s.already_filed, s.duplicates, s.set_aside, s.ignored
    ));
    line(format_args!(
        "  pages {:>6} = {} letter + {} card + {} other + {} blank + {} separators + {} set aside",
        s.pages, s.letter_pages, s.card_pages, s.other_pages, s.blank, s.separators, s.pages_aside
    ));
    line(format_args!(
        "  letters {:>4}   cards {}   new cases {}   joined a case {}",
        s.letters, s.cards, s.new_cases, s.attached
    ));
    line(format_args!(
        "  fields {:>5} accepted, {} in review on {} documents",
        s.fields_accepted, s.fields_in_review, s.in_review
    ));
    for waits in for_a_person(s) {
        line(format_args!("  {waits}"));
    }
    if s.pages > 0 && s.seconds > 0.0 {
        line(format_args!(
            "  took {:>7.1} s, {:.2} pages/s",
            s.seconds,
            s.pages as f64 / s.seconds
        ));
    }
    for difference in &s.missing {
        line(format_args!("  missing: {difference}"));
    }
    for difference in &s.surplus {
        line(format_args!("  not expected: {difference}"));
    }
    for aside in s.aside.iter().take(ASIDES_SHOWN) {
        let page = aside
            .page
            .map(|page| format!(", page {page}"))
            .unwrap_or_default();
        line(format_args!(
            "  set aside: {}{page}: {} ({})",
            aside.scan, aside.reason, aside.code
        ));
    }
    if s.aside.len() > ASIDES_SHOWN {
        line(format_args!(
            "  ... and {} more",
            s.aside.len() - ASIDES_SHOWN
        ));
    }
    line(format_args!(""));
    if !s.aside.is_empty() {
        line(format_args!(
            "Look at what was set aside:  postroom aside list{store}"
        ));
    }
    if s.in_review > 0 {
        line(format_args!(
            "Settle what is doubtful:     postroom review list{store}"
        ));
    }
    line(format_args!(
        "See the cases:               postroom cases{store}"
    ));
    text
}
