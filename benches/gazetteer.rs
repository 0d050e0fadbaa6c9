//! What the gazetteer costs: opening it, an exact look-up, a joint reading.
//!
//! Over the file that POSTROOM_GAZETTEER names, else the small one in the program.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark ends at what it did not expect"
)]

use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;
use postroom::gazetteer::Gazetteer;
use postroom::gazetteer::country::{Code, Country};
use postroom::gazetteer::decode::{Query, printed};

fn main() {
    divan::main();
}

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| match path() {
    Some(path) => Gazetteer::open(std::fs::read(path).unwrap()).unwrap(),
    None => Gazetteer::embedded(),
});

fn path() -> Option<std::ffi::OsString> {
    std::env::var_os("POSTROOM_GAZETTEER")
}

/// Postcodes all over the country; which of them are listed depends on the file.
fn codes() -> Vec<Code> {
    let areas = ["AB10", "BS5", "CF10", "EH1", "LS6", "M1", "NR1", "SO14"];
    let tails = ["1AA", "1AB", "2HN", "3JQ", "4ST", "5XY", "6LP", "9ZZ"];
    let pairs = areas
        .iter()
        .flat_map(|head| tails.map(|tail| format!("{head} {tail}")));
    let codes = pairs.map(|text| Country::united_kingdom().parse(&text).unwrap());
    codes.collect()
}

/// As `run` does it: mapped, hashed, its own account read. With the page cache warm.
#[divan::bench]
fn open(bencher: Bencher<'_, '_>) {
    let Some(path) = path() else {
        return;
    };
    bencher.bench(|| {
        let file = std::fs::File::open(&path).unwrap();
        // SAFETY: nothing writes to the file while this benchmark runs.
        let map = unsafe { memmap2::Mmap::map(&file) }.unwrap();
        Gazetteer::open(map).unwrap()
    });
}

#[divan::bench]
fn look_up(bencher: Bencher<'_, '_>) {
    let codes = codes();
    bencher
        .counter(divan::counter::ItemsCount::new(codes.len()))
        .bench(|| {
            for code in &codes {
                black_box(GAZETTEER.listing(black_box(code)));
            }
        });
}

#[divan::bench(args = [("LS6 3HN", "Leeds"), ("L56 3HN", "Leeds"), ("AB10 1AA", "Aberdean")])]
fn read(bencher: Bencher<'_, '_>, (postcode, town): (&str, &str)) {
    let postcode = printed(postcode.chars());
    let town = printed(town.chars());
    let query = Query {
        country: Country::united_kingdom(),
        postcode: &postcode,
        town: Some(&town),
        street: None,
        house: None,
        boxed: false,
    };
    bencher.bench(|| GAZETTEER.read(black_box(&query)));
}
