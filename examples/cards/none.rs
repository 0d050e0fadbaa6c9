//! Pages that are no cards: files of a folder, and forms of others made here.

use std::fs;
use std::path::{Path, PathBuf};

use postroom::domain::form::Form;
use postroom::domain::limits::Limits;
use postroom::pipeline::cards::{FormBook, Look};
use postroom::pipeline::open::open;

use super::{Options, Result};

/// Counts pages in which a card is seen, which is wrong of every one.
pub fn count(forms: &[Form], folder: &Path, _options: &Options) -> Result<()> {
    let book = FormBook::new(forms.to_vec());
    let (mut pages, mut cards, mut unread) = (0, 0, 0);
    let mut files = Vec::new();
    list(folder, &mut files)?;
    for file in files {
        let bytes = fs::read(&file)?;
        let limits = Limits::default();
        let Ok(scan) = open(&bytes, &limits) else {
            unread += 1;
            continue;
        };
        for number in 1..=scan.page_count() {
            let Ok(page) = scan.page(number) else {
                unread += 1;
                continue;
            };
            pages += 1;
            if let Look::Card(_, side) = book.look(&page)? {
                cards += 1;
                println!(
                    "{} page {number}: taken for {} side {}",
                    file.display(),
                    side.form,
                    side.side
                );
            }
        }
    }
    println!(
        "{pages} pages that are no cards: {cards} taken for one; {unread} could not be opened"
    );
    Ok(())
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
