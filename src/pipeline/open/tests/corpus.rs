//! The whole corpus of broken, hostile and odd files, when it is there: every file
//! gives pages or reasons, and none takes the process with it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::domain::limits::Limits;
use crate::pipeline::open::open;
use crate::pipeline::prepare::prepare;

/// Opens, decodes and prepares every page of one file; a line for each.
fn take_in(name: &str, bytes: &[u8]) {
    let limits = Limits::default();
    let began = Instant::now();
    let scan = match open(bytes, &limits) {
        Ok(scan) => scan,
        Err(why) => return println!("{name}\t{}ms\tSCAN {why}", began.elapsed().as_millis()),
    };
    for number in 1..=scan.page_count() {
        let began = Instant::now();
        let outcome = match scan.page(number) {
            Err(why) => format!("PAGE {why}"),
            Ok(raw) => {
                let media = raw.original.media;
                let page = prepare(raw).unwrap();
                format!("OK {media:?} {:?} blank {}", page.size, page.blank)
            }
        };
        println!(
            "{name} {number}\t{}ms\t{outcome}",
            began.elapsed().as_millis()
        );
    }
}

/// Run it on the unpacked corpus: `POSTROOM_BROKEN=DIR cargo test --release broken_file -- --ignored`.
#[test]
#[ignore = "takes minutes, and an hour without optimisation"]
fn every_broken_file_gives_pages_or_reasons() {
    let Ok(root) = std::env::var("POSTROOM_BROKEN") else {
        println!("skipped: POSTROOM_BROKEN names no folder");
        return;
    };
    let only = std::env::var("POSTROOM_ONLY").unwrap_or_default();
    for path in files(Path::new(&root)) {
        let name = path
            .strip_prefix(&root)
            .unwrap_or(&path)
            .display()
            .to_string();
        if name.contains(&only) {
            eprintln!("> {name}");
            take_in(&name, &std::fs::read(&path).unwrap());
        }
    }
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut open = vec![root.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let list = if path.is_dir() { &mut open } else { &mut found };
            list.push(path);
        }
    }
    found.sort();
    found
}
