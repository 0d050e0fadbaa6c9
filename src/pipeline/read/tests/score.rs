//! Real pages judged by score. Their text comes from Tesseract's TSV in the
//! folder that `POSTROOM_LETTER_TSV` names, one file `NAME.tsv` a page with its
//! truth in `NAME.json`; without it the test says that it was skipped.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::civil::date;

use super::super::{Company, Known, default_references, is_enclosure, read_letter};
use super::pages::from_tsv;
use crate::domain::letter::{CheckedLetter, LetterField};
use crate::domain::verdict::Verdict;
use crate::gazetteer::Gazetteer;
use crate::pipeline::check::check;

#[derive(Default)]
struct Tally {
    right: usize,
    wrong: usize,
    empty: usize,
    surplus: usize,
    accepted: usize,
    accepted_wrong: usize,
}

#[test]
fn real_pages() {
    let Ok(folder) = std::env::var("POSTROOM_LETTER_TSV") else {
        println!("skipped: POSTROOM_LETTER_TSV names no folder of TSV files");
        return;
    };
    let gazetteer = Gazetteer::embedded();
    let references = default_references();
    let own = own();
    let known = Known {
        companies: own.as_slice(),
        references: &references,
        gazetteer: &gazetteer,
    };
    let mut sets: BTreeMap<String, (usize, BTreeMap<LetterField, Tally>)> = BTreeMap::new();
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    names.retain(|path| path.extension().is_some_and(|e| e == "tsv"));
    names.sort();
    for path in names {
        let page = from_tsv(&fs::read_to_string(&path).unwrap());
        let enclosure = is_enclosure(&page);
        let reading = read_letter(&[page], &known);
        let Some(truth) = truth(&path) else {
            println!(
                "{}: {:?}, enclosure {enclosure}",
                path.display(),
                reading.legibility
            );
            continue;
        };
        let checked = check(reading, &gazetteer, date(2026, 1, 5));
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let set = name.rsplit_once('-').unwrap().0.to_owned();
        let (pages, tallies) = sets.entry(set).or_default();
        *pages += 1;
        tally(tallies, &name, &checked, &truth);
    }
    let mut accepted_wrong = 0;
    for (set, (pages, tallies)) in &sets {
        println!("{set}: {pages} pages");
        for (field, t) in tallies {
            println!(
                "  {:14} right {:3} wrong {:2} empty {:2} surplus {:2} accepted {:3} accepted wrong {}",
                field.name(),
                t.right,
                t.wrong,
                t.empty,
                t.surplus,
                t.accepted,
                t.accepted_wrong
            );
            accepted_wrong += t.accepted_wrong;
        }
    }
    assert_eq!(accepted_wrong, 0, "an accepted field is wrong");
}

/// Our own address, if `POSTROOM_COMPANY` gives it as `NAME;POSTCODE`.
fn own() -> Option<Company> {
    let text = std::env::var("POSTROOM_COMPANY").ok()?;
    let (name, postcode) = text.split_once(';')?;
    Some(Company {
        name: name.to_owned(),
        address: String::new(),
        postcode: postcode.parse().ok(),
    })
}

fn truth(path: &Path) -> Option<BTreeMap<String, String>> {
    serde_json::from_str(&fs::read_to_string(path.with_extension("json")).ok()?).ok()
}

fn tally(
    tallies: &mut BTreeMap<LetterField, Tally>,
    name: &str,
    checked: &CheckedLetter,
    truth: &BTreeMap<String, String>,
) {
    for (field, read) in &checked.fields {
        let tally = tallies.entry(*field).or_default();
        let accepted = read.verdict == Verdict::Accepted;
        tally.accepted += usize::from(accepted);
        let expected = truth.get(field.name());
        let judged = truth.contains_key("sender_name");
        match (expected, &read.value) {
            (Some(expected), Some(value)) if expected == value => {
                tally.right += 1;
                if !accepted && std::env::var("POSTROOM_SHOW").is_ok() {
                    println!(
                        "{name} {}: right but in review: '{value}' {:.3} {}",
                        field.name(),
                        read.probability.get(),
                        read.reason
                    );
                }
            }
            (Some(expected), Some(value)) => {
                tally.wrong += 1;
                tally.accepted_wrong += usize::from(accepted);
                println!(
                    "{name} {}: '{value}' for '{expected}' {:?} {:.3} {}",
                    field.name(),
                    read.verdict,
                    read.probability.get(),
                    read.reason
                );
            }
            (Some(expected), None) => {
                tally.empty += 1;
                println!("{name} {}: nothing for '{expected}'", field.name());
            }
            (None, Some(value)) => {
                tally.surplus += 1;
                if accepted && judged && *field == LetterField::Reference {
                    tally.accepted_wrong += 1;
                }
                if std::env::var("POSTROOM_SHOW").is_ok() {
                    println!(
                        "{name} {}: surplus '{value}' {:?} {:.3}",
                        field.name(),
                        read.verdict,
                        read.probability.get()
                    );
                }
            }
            (None, None) => {}
        }
    }
}
