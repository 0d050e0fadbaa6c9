//! Pages that are no cards of ours: files of a folder, and letters and foreign forms made
//! here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use postroom::domain::form::Form;
use postroom::domain::limits::Limits;
use postroom::engines::Networks;
use postroom::pipeline::cards::{FormBook, Look};
use postroom::pipeline::open::open;
use serde_json::json;

use super::foreign::{self, Likeness};
use super::sim::{Chance, Simulator, Wanted};
use super::tally::Share;
use super::{Options, Result};

/// Severities that foreign forms are scanned at, one after the other.
const SEVERITIES: u64 = 4;

/// Counts pages in which a card is seen, which is wrong of every one.
pub fn count(
    simulator: &Simulator,
    forms: &[Form],
    folder: &Path,
    options: &Options,
) -> Result<()> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    let files = &files;
    let share = |job: u64| -> Result<Counts> {
        let book = FormBook::new(forms.to_vec(), Networks::open()?);
        let mut counts = Counts::new();
        for file in files
            .iter()
            .skip(job as usize)
            .step_by(options.jobs as usize)
        {
            let name = file.display().to_string();
            let seen = pages(&book, &fs::read(file)?, &name, options)?;
            add(&mut counts, "files", &seen);
        }
        for number in (job..options.count).step_by(options.jobs as usize) {
            let (name, bytes) = foreign_card(simulator, forms, number, options)?;
            if let Some(out) = &options.out {
                fs::create_dir_all(out)?;
                fs::write(out.join(format!("{number:05} {name}.scan")), &bytes)?;
            }
            let seen = pages(&book, &bytes, &format!("{number} {name}"), options)?;
            add(&mut counts, name, &seen);
        }
        Ok(counts)
    };
    let mut counts = Counts::new();
    std::thread::scope(|scope| -> Result<()> {
        let share = &share;
        let workers: Vec<_> = (0..options.jobs)
            .map(|job| scope.spawn(move || share(job)))
            .collect();
        for worker in workers {
            let part = worker
                .join()
                .map_err(|_| "a page made the program panic")??;
            part.iter()
                .for_each(|(name, seen)| add(&mut counts, name, seen));
        }
        Ok(())
    })?;
    if options.json {
        let all: BTreeMap<_, _> = counts
            .iter()
            .map(|(name, share)| (name, share.to_json()))
            .collect();
        println!("{}", serde_json::to_string_pretty(&json!({ "none": all }))?);
    } else {
        println!("| pages of | taken for cards of ours |\n|---|---|");
        for (name, share) in counts {
            println!("| {name} | {share} |");
        }
    }
    Ok(())
}

/// Cards seen, of pages, by what the pages are.
type Counts = BTreeMap<&'static str, Share>;

fn add(counts: &mut Counts, name: &'static str, seen: &Share) {
    let share = counts.entry(name).or_insert(Share(0, 0));
    *share = Share(share.0 + seen.0, share.1 + seen.1);
}

/// The cards seen in a file, of its pages; what cannot be opened has none.
fn pages(book: &FormBook, bytes: &[u8], name: &str, options: &Options) -> Result<Share> {
    let limits = Limits::default();
    let Ok(scan) = open(bytes, &limits) else {
        return Ok(Share(0, 0));
    };
    let (mut cards, mut count) = (0, 0);
    for number in 1..=scan.page_count() {
        let Ok(page) = scan.page(number) else {
            continue;
        };
        count += 1;
        if let Look::Card(_, side) = book.look(&page)? {
            cards += 1;
            if let (Some(keep), true) = (&options.keep, cards == 1) {
                fs::create_dir_all(keep)?;
                let file: String = name
                    .chars()
                    .map(|c| if c.is_alphanumeric() { c } else { '-' })
                    .collect();
                fs::write(keep.join(format!("{file}-as-{}.scan", side.form)), bytes)?;
            }
        }
    }
    Ok(Share(cards, count))
}

/// A card of somebody else, filled in and scanned like ours.
fn foreign_card(
    simulator: &Simulator,
    forms: &[Form],
    number: u64,
    options: &Options,
) -> Result<(&'static str, Vec<u8>)> {
    let kinds = Likeness::ALL.len() as u64;
    let likeness = Likeness::ALL[(number % kinds) as usize];
    let mut chance = Chance::new(options.seed ^ 0xf0e1, number);
    let ours = chance.one_of(forms);
    let form = foreign::form(likeness, ours, &mut chance);
    let wanted = Wanted {
        severity: (number / kinds % SEVERITIES) as usize,
        seed: options.seed,
        number,
    };
    let card = simulator.card(&form, 0, wanted)?;
    simulator.forget(&form);
    Ok((likeness.name(), card.file.bytes))
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::result::Result<_, _>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
