//! The whole corpus of broken, hostile and odd files, when it is there: every file
//! gives pages or reasons, and none takes the process with it.

use std::time::Instant;

use crate::domain::limits::Limits;
use crate::pipeline::open::open;
use crate::pipeline::prepare::prepare;
use crate::pipeline::shared_data::{files, unpacked};

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

/// `POSTROOM_ONLY` picks the files whose name has it.
#[test]
#[ignore = "1,201 files: a minute with --release, an hour without"]
fn every_broken_file_gives_pages_or_reasons() {
    let Some(root) = unpacked("broken/scans-broken-and-odd.tar") else {
        return;
    };
    let only = std::env::var("POSTROOM_ONLY").unwrap_or_default();
    for path in files(root.path()) {
        let name = path
            .strip_prefix(root.path())
            .unwrap_or(&path)
            .display()
            .to_string();
        if name.contains(&only) {
            eprintln!("> {name}");
            take_in(&name, &std::fs::read(&path).unwrap());
        }
    }
}
