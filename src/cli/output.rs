//! What is said to a person, and how results look to one.
//!
//! Names of files, lists and letters come from anywhere. Everything that a person is
//! told goes through [`say`] or [`tell!`], and what a terminal would obey is gone.

use std::fmt;
use std::io::{self, Write as _};

use serde_json::Value;

use super::Place;
use crate::batch::summary::Summary;
use crate::config::Config;
use crate::domain::grammar::case_reference::CaseReference;
use crate::store::{DatabaseAddress, DocumentId};

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
        flags.push_str(&format!(" --store {}", quoted(&store_name(place))));
    }
    if let Some(config) = &place.config {
        flags.push_str(&format!(" --config {}", quoted(&config.to_string_lossy())));
    }
    flags
}

/// The store as it may be shown: its folder, or its URL without the password.
pub(super) fn store_name(place: &Place) -> String {
    match place.store.parse::<DatabaseAddress>() {
        Ok(database @ DatabaseAddress::Postgres(_)) => database.to_string(),
        _ => place.store.clone(),
    }
}

/// A new store, and where its two halves lie when they do not lie in it.
pub(super) fn new_store(place: &Place, config: &Config) -> String {
    let mut told = format!("New store in {}", store_name(place));
    let database = config.database.as_ref();
    if let Some(Ok(database)) = database.map(|place| place.parse::<DatabaseAddress>()) {
        told.push_str(&format!("; its records are in {database}"));
    }
    if let Some(blobs) = &config.blobs {
        told.push_str(&format!("; its page images are in {blobs}"));
    }
    told
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

/// Prints for a person on stdout.
pub(super) fn say(text: &str) -> io::Result<()> {
    say_exact(&lines(text))
}

/// Prints a result for machines.
pub(super) fn say_json(value: &Value) -> io::Result<()> {
    say_exact(&format!("{value:#}\n"))
}

/// Prints data on stdout as it is. A reader that has seen enough, as `head` has, is
/// no error.
pub(super) fn say_exact(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said,
    }
}

/// Prints a line for a person on stderr, whatever stands in it.
macro_rules! tell {
    ($($words:tt)*) => {
        $crate::cli::output::tell_line(format_args!($($words)*))
    };
}
pub(super) use tell;

/// What [`tell!`] calls.
pub(super) fn tell_line(words: fmt::Arguments<'_>) {
    // Who closed stderr does not want to be told.
    let _ = writeln!(io::stderr().lock(), "{}", lines(&words.to_string()));
}

/// One line of text from anywhere as a terminal may show it: no control character,
/// which could move the cursor or rename the window, and nothing that turns the line
/// round.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(harmless).collect()
}

/// The same of text that has lines of its own.
fn lines(text: &str) -> String {
    let harmless = |sign| if sign == '\n' { sign } else { harmless(sign) };
    text.chars().map(harmless).collect()
}

fn harmless(sign: char) -> char {
    let obeyed = sign.is_control()
        || matches!(
            sign,
            // Line and paragraph separators, then what changes the writing direction.
            '\u{2028}' | '\u{2029}'
                | '\u{61c}' | '\u{200e}' | '\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        );
    if obeyed { ' ' } else { sign }
}

/// The end of a document's id: short enough to type, and every command takes it.
pub(super) fn short(document: DocumentId) -> String {
    let id = document.to_string();
    id.rsplit('-').next().unwrap_or(&id).to_owned()
}

/// The case of a document, or that it has none.
pub(super) fn lying_on(case: Option<CaseReference>) -> String {
    case.map_or_else(|| "no case".to_owned(), |case| case.to_string())
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
    let mut text = sums(s);
    for difference in &s.missing {
        text.push(format!("  missing: {}", plain(difference)));
    }
    for difference in &s.surplus {
        text.push(format!("  not expected: {}", plain(difference)));
    }
    text.extend(asides(s));
    text.push(String::new());
    text.extend(next_steps(s, store));
    text.join("\n") + "\n"
}

/// The two sums and what else was counted.
fn sums(s: &Summary) -> Vec<String> {
    let resumed = if s.resumed {
        ", going on where the last run stopped"
    } else {
        ""
    };
    let mut lines = vec![
        format!("Batch {}{resumed}", s.batch),
        format!(
            "  scans {:>6} = {} filed + {} already filed + {} duplicates + {} set aside   ({} ignored)",
            s.scans, s.filed, s.already_filed, s.duplicates, s.set_aside, s.ignored
        ),
        format!(
            "  pages {:>6} = {} letter + {} card + {} other + {} blank + {} separators + {} set aside",
            s.pages,
            s.letter_pages,
            s.card_pages,
            s.other_pages,
            s.blank,
            s.separators,
            s.pages_aside
        ),
        format!(
            "  letters {:>4}   cards {}   new cases {}   joined a case {}",
            s.letters, s.cards, s.new_cases, s.attached
        ),
        format!(
            "  fields {:>5} accepted, {} in review on {} documents",
            s.fields_accepted, s.fields_in_review, s.in_review
        ),
    ];
    if s.cards > 0 {
        let evidence = s.evidence.iter();
        lines.extend(evidence.map(|evidence| format!("  certified for {}", plain(evidence))));
    }
    lines.extend(
        for_a_person(s)
            .into_iter()
            .map(|waits| format!("  {waits}")),
    );
    if s.pages > 0 && s.seconds > 0.0 {
        let rate = s.pages as f64 / s.seconds;
        lines.push(format!("  took {:>7.1} s, {rate:.2} pages/s", s.seconds));
    }
    lines
}

/// The first of what was set aside.
fn asides(s: &Summary) -> Vec<String> {
    let shown = s.aside.iter().take(ASIDES_SHOWN);
    let mut lines: Vec<String> = shown
        .map(|aside| {
            let page = aside.page.map(|page| format!(", page {page}"));
            format!(
                "  set aside: {}{}: {} ({})",
                plain(&aside.scan),
                page.unwrap_or_default(),
                plain(&aside.reason),
                aside.code
            )
        })
        .collect();
    if s.aside.len() > ASIDES_SHOWN {
        lines.push(format!("  ... and {} more", s.aside.len() - ASIDES_SHOWN));
    }
    lines
}

/// What a person types next.
fn next_steps(s: &Summary, store: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if !s.aside.is_empty() {
        lines.push(format!(
            "Look at what was set aside:  postroom aside list{store}"
        ));
    }
    if s.in_review > 0 {
        lines.push(format!(
            "Settle what is doubtful:     postroom review list{store}"
        ));
    }
    lines.push(format!(
        "See the cases:               postroom cases{store}"
    ));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::summary::Aside;

    #[test]
    fn a_new_store_names_its_halves_and_no_password() {
        let place = Place {
            store: "postgres://me:secret@host/post".to_owned(),
            config: None,
            json: false,
        };
        let mut config = Config::built_in();
        assert_eq!(
            new_store(&place, &config),
            "New store in postgres://me@host/post"
        );
        assert_eq!(store_flag(&place), " --store postgres://me@host/post");
        config.blobs = Some("s3://post/pages".to_owned());
        config.database = Some("postgres://me:secret@host/other".to_owned());
        let told = new_store(&place, &config);
        assert!(
            told.contains("records are in postgres://me@host/other"),
            "{told}"
        );
        assert!(
            told.ends_with("page images are in s3://post/pages"),
            "{told}"
        );
    }

    #[test]
    fn a_terminal_obeys_nothing_that_a_scanner_says() {
        let evil = "\u{1b}]0;gone\u{7} \u{9b}2J \u{202e}fit.a\u{2029}b\rc\nd\u{200f}";
        let mut summary = Summary::default();
        summary.missing.push(evil.to_owned());
        summary.surplus.push(evil.to_owned());
        summary.aside.push(Aside {
            scan: evil.to_owned(),
            page: None,
            code: "empty",
            reason: evil.to_owned(),
        });
        let text = summary_text(&summary, "");
        assert_eq!(text.matches("gone").count(), 4);
        for line in text.lines() {
            assert!(line.chars().all(|sign| sign == harmless(sign)), "{line:?}");
        }
        assert!(!text.lines().any(|line| line.starts_with('d')), "{text}");
        assert_eq!(lines("a\nb\u{1b}c\u{202e}\r"), "a\nb c  ");
    }
}
