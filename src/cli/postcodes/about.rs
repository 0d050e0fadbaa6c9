//! What a gazetteer says of itself, for people and for machines.

use serde_json::{Value, json};

use crate::cli::output::{count, plain};
use crate::cli::table::{Table, WIDTH, wrapped};
use crate::gazetteer::build::ROWS_TO_ONE_LEFT_OUT;
use crate::gazetteer::country::Country;
use crate::gazetteer::{Counts, Coverage, DatedBy, Gazetteer, SourceMeta};

/// A number with its thousands parted: 1,684,769.
pub(super) fn grouped(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How a source's day is known.
pub(super) const fn dated_by(source: &SourceMeta) -> &'static str {
    if source.date.is_none() {
        return "";
    }
    match source.dated_by {
        DatedBy::Notes => "its notes",
        DatedBy::Rows => "its newest row",
        DatedBy::Told => "as told",
        DatedBy::Name => "its name",
        DatedBy::FileTime => "the file's time",
    }
}

/// The sources as a table.
pub(super) fn sources<'s>(sources: impl Iterator<Item = &'s SourceMeta>) -> String {
    let header = [
        "source",
        "taken for",
        "date",
        "known by",
        "rows",
        "left out",
    ];
    let mut table = Table::new(header).yielding(&[0]).numbers(&[4, 5]);
    for source in sources {
        table.row([
            source.name.clone(),
            source.kind.clone(),
            source.date.clone().unwrap_or_default(),
            dated_by(source).to_owned(),
            grouped(source.rows),
            grouped(source.dirty),
        ]);
    }
    table.text()
}

/// A source for machines.
pub(super) fn source_json(source: &SourceMeta) -> Value {
    json!({
        "name": source.name,
        "kind": source.kind,
        "date": source.date,
        "dated_by": source.date.as_ref().map(|_| source.dated_by),
        "rows": source.rows,
        "postcodes": source.codes,
        "left_out": source.dirty,
        "complete": source.complete,
        "too_many_left_out": source.spoiled,
    })
}

/// How much it holds, in a line.
pub(super) fn held(counts: &Counts) -> String {
    format!(
        "{} postcodes, {} names of towns and villages, {} street names, {} streets of postcodes",
        grouped(counts.codes),
        grouped(counts.places),
        grouped(counts.streets),
        grouped(counts.code_streets),
    )
}

/// The same for machines.
pub(super) fn held_json(counts: &Counts) -> Value {
    json!({
        "postcodes": counts.codes,
        "districts": counts.heads,
        "places": counts.places,
        "streets": counts.streets,
        "streets_of_postcodes": counts.code_streets,
    })
}

/// What is listed completely, for machines: areas by country.
pub(super) fn complete_json(gazetteer: &Gazetteer) -> Value {
    let countries = Country::all().iter();
    let complete = countries.map(|country| (country.code.clone(), complete(gazetteer, country)));
    complete
        .filter(|(_, areas)| !areas.is_empty())
        .map(|(code, areas)| (code, json!(areas)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// What is listed completely, in a few lines.
pub(super) fn coverage(gazetteer: &Gazetteer) -> String {
    let mut text = String::new();
    for country in Country::all() {
        let complete = complete(gazetteer, country);
        if !complete.is_empty() {
            let line = covered(country, &complete, gazetteer);
            for line in wrapped(&line, WIDTH) {
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
    if text.is_empty() {
        text.push_str("Complete: nothing; a postcode that is missing may exist all the same\n");
    }
    for source in &gazetteer.about().sources {
        if let Some(line) = left_out(source) {
            for line in wrapped(&line, WIDTH) {
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
    text
}

/// What the rows that were left out of a source mean for what it lists completely.
fn left_out(source: &SourceMeta) -> Option<String> {
    let name = plain(&source.name);
    let left_out = grouped(source.dirty);
    if source.spoiled {
        let of = grouped(source.dirty + source.rows);
        Some(format!(
            "Not complete: {name}, for {left_out} of its {of} rows were left out, more than one in {}; \
             mend them and build again",
            grouped(ROWS_TO_ONE_LEFT_OUT)
        ))
    } else if source.complete && source.dirty > 0 {
        let rows = if source.dirty == 1 { "row" } else { "rows" };
        Some(format!(
            "Complete but for {left_out} {rows} left out of {name}"
        ))
    } else {
        None
    }
}

fn complete<'g>(gazetteer: &'g Gazetteer, country: &Country) -> Vec<&'g str> {
    let all = gazetteer.about().complete.iter();
    let of_country = all.filter(|(code, _)| *code == country.code);
    of_country.map(|(_, area)| area.as_str()).collect()
}

/// So many areas are named one by one; beyond that their number is enough.
const MOST_NAMED: usize = 40;

fn covered(country: &Country, complete: &[&str], gazetteer: &Gazetteer) -> String {
    let known = gazetteer.areas(country);
    let partial = |area: &&String| gazetteer.covers_area(country, area) == Coverage::Partial;
    let missing: Vec<&str> = known.iter().filter(partial).map(String::as_str).collect();
    let areas = match known.len() {
        0 => count(complete.len(), "area", "areas"),
        known => format!("{} of {known} areas", complete.len()),
    };
    let which = if !known.is_empty() && missing.is_empty() {
        String::new()
    } else if !known.is_empty() && missing.len() <= complete.len() {
        format!(", all but {}", missing.join(" "))
    } else if complete.len() <= MOST_NAMED {
        format!(": {}", complete.join(" "))
    } else {
        String::new()
    };
    format!("Complete: {} {areas}{which}", country.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        for (number, text) in [
            (0_u64, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_684_769, "1,684,769"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
