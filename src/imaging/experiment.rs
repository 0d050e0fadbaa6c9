//! Scratch.
use super::pix::*;
use crate::domain::geometry::Turn;
use crate::domain::limits::Limits;
use crate::pipeline::{open::open, prepare::prepare};
use std::time::Instant;

#[test]
#[ignore]
fn signals() {
    for dir in [
        "/tmp/d/letters/g4",
        "/tmp/d/letters-small-print/g4",
        "/tmp/d/letters/grey",
        "/tmp/d/letters-small-print/grey",
        "/tmp/d/printed-pages",
    ] {
        let mut names: Vec<_> = std::fs::read_dir(dir)
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| !p.to_string_lossy().ends_with("hocr"))
            .collect();
        names.sort();
        for name in names {
            let bytes = std::fs::read(&name).unwrap();
            let t = Instant::now();
            let scan = open(&bytes, &Limits::default()).unwrap();
            let raw = match scan.page(1) {
                Ok(r) => r,
                Err(e) => {
                    println!("{name:?} {e}");
                    continue;
                }
            };
            let to = t.elapsed().as_millis();
            let keep = raw.pix.clone();
            let dpi = raw.dpi.unwrap_or(300);
            let t = Instant::now();
            let blank = keep.is_blank(dpi).unwrap();
            let tb = t.elapsed().as_millis();
            let t = Instant::now();
            let ink = keep.ink_and_paper().unwrap();
            let tot = t.elapsed().as_millis();
            let x = ink.x_height().unwrap();
            let s = ink.skew();
            let t = Instant::now();
            let turns = [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarter].map(|turn| {
                let i = ink.clone().turned(turn).unwrap();
                let x = i.x_height().unwrap();
                i.turn_to_upright(x).unwrap().map_or(0, Turn::degrees)
            });
            let tt = t.elapsed().as_millis() / 4;
            let t = Instant::now();
            let p = prepare(raw).unwrap();
            let tp = t.elapsed().as_millis();
            let ok = turns == [0, 270, 180, 90];
            println!(
                "{} {}x{} {:?} dpi {dpi} open {to} prep {tp} blank {blank} {tb} otsu {tot} x {:?} skew {:.2}/{:.1} turns {turns:?} {ok} {tt} size {:?}",
                name.file_name().unwrap().to_string_lossy(),
                keep.width(),
                keep.height(),
                keep.depth(),
                x.map(|x| (x * 10.).round() / 10.),
                s.degrees,
                s.confidence,
                p.size
            );
        }
    }
}
