//! The formats as an operator meets them.

use super::*;
use crate::pipeline::prepare::prepare;

mod corpus {
    //! Broken, hostile and odd files, when they are there.

    use super::*;
    use std::path::{Path, PathBuf};

    fn files(below: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found)
            } else {
                found.push(path)
            }
        }
    }

    #[test]
    #[ignore = "slow without optimisation"]
    fn every_broken_file_gives_pages_or_reasons() {
        let root = std::env::var("POSTROOM_BROKEN").unwrap_or("/tmp/d/broken".into());
        let mut all = Vec::new();
        files(Path::new(&root), &mut all);
        all.sort();
        let filter = std::env::var("POSTROOM_ONLY").unwrap_or_default();
        let limits = Limits::default();
        for path in all.iter().filter(|p| p.to_string_lossy().contains(&filter)) {
            let name = path
                .strip_prefix(&root)
                .unwrap_or(path)
                .display()
                .to_string();
            eprintln!("> {name}");
            let bytes = std::fs::read(path).unwrap();
            let began = std::time::Instant::now();
            match open(&bytes, &limits) {
                Err(why) => println!("{name}\t{}ms\tSCAN {why}", began.elapsed().as_millis()),
                Ok(scan) => {
                    for number in 1..=scan.page_count() {
                        let began = std::time::Instant::now();
                        match scan.page(number) {
                            Err(why) => println!(
                                "{name} {number}\t{}ms\tPAGE {why}",
                                began.elapsed().as_millis()
                            ),
                            Ok(raw) => {
                                let what = format!(
                                    "{:?} {}x{} {:?} {:?} {:?}",
                                    raw.pix.depth(),
                                    raw.pix.width(),
                                    raw.pix.height(),
                                    raw.dpi,
                                    raw.turn,
                                    raw.original.media
                                );
                                let opened = began.elapsed().as_millis();
                                let page = prepare(raw).unwrap();
                                println!(
                                    "{name} {number}\t{}ms ({opened})\tOK {what} blank {} turn {:?} skew {:.2}",
                                    began.elapsed().as_millis(),
                                    page.blank,
                                    page.turn,
                                    page.skew
                                );
                            }
                        }
                    }
                }
            }
        }
        println!("{} files", all.len());
    }
}
