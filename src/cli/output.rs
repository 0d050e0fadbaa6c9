//! How results look to a person.

use std::fmt::Write as _;

use super::Place;
use crate::batch::summary::Summary;

/// Lines of the aside list that the summary shows before it points to the command.
const ASIDES_SHOWN: usize = 10;

/// The morning's page: the two sums, what a person must do next.
pub(super) fn summary(summary: &Summary, place: &Place) {
    print!("{}", summary_text(summary, &store_flag(place)));
}

/// `--store X` for commands that a person is told to type; nothing when it is the default.
pub(super) fn store_flag(place: &Place) -> String {
    if place.store == "./postroom-data" {
        String::new()
    } else {
        format!(" --store {}", place.store)
    }
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
    if s.fields_in_review > 0 {
        line(format_args!(
            "Settle the doubtful fields:  postroom review list{store}"
        ));
    }
    line(format_args!(
        "See the cases:               postroom cases{store}"
    ));
    text
}
