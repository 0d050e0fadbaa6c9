//! How often the joint decoder is wrong, and whether it knows: true addresses, written
//! in boxes, read by a made-up reader of known accuracy and decoded against a
//! gazetteer of full size.
//!
//! `cargo run --release --example simulate_decoding -- POSTCODES [--addresses 20000]
//! [--seed 1] [--accuracy 95,97,98.5,99.5] [--threads 2] [--made-up]
//! [--same-kind] [--replaced 0.002] [--gazetteer FILE] [--accept 0.99] [--threshold]
//! [--changes] [--by-outcode]`
//!
//! `POSTCODES` is a folder with `codepo_gb.zip` (OS Code-Point Open), `outcode-town.csv`
//! and `gb-places.csv`. Two in a hundred true postcodes are left out of the list; with
//! `--made-up` none is, and as many written ones do not exist at all. Two of a
//! thousand characters (`--replaced`) are replaced by any other, which the reader does
//! not know; with `--same-kind` by a letter or digit as they are. Streets are made up.
//! The list is built once into FILE; with `--by-outcode` it knows streets by outward code only. `--threshold` shows which posterior would keep the
//! accepted error at 0.1 %; `--changes` every right reading that was changed. Tables go to standard output, as Markdown.

#![expect(clippy::print_stdout, reason = "a measuring tool speaks on stdout")]
#![expect(
    unreachable_pub,
    reason = "modules that the simulator of cards has too"
)]
#![expect(
    clippy::redundant_pub_crate,
    reason = "of what a program's own modules share the compiler asks the opposite"
)]

mod address;
#[expect(dead_code, reason = "the cards use more of it")]
#[path = "../cards/sim/chance.rs"]
mod chance;
mod reader;
mod tally;
#[path = "../world/mod.rs"]
mod world;

use std::error::Error;
use std::path::PathBuf;

use address::Address;
use chance::Chance;
use postroom::domain::lattice::Lattice;
use postroom::gazetteer::Gazetteer;
use postroom::gazetteer::country::Country;
use postroom::gazetteer::decode::{ACCEPT, Query};
use reader::Reader;
use tally::{Outcome, Tally};
use world::{Streets, World};

/// What is read beside the postcode.
const FIELDS: [(&str, bool, bool); 3] = [
    ("list", false, false),
    ("+ town", true, false),
    ("+ town + street", true, true),
];

/// What addresses are written with.
const SIGNS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

struct Options {
    postcodes: PathBuf,
    gazetteer: PathBuf,
    addresses: usize,
    seed: u64,
    accuracies: Vec<f64>,
    threads: usize,
    accept: f64,
    made_up: bool,
    same_kind: bool,
    replaced: f64,
    threshold: bool,
    changes: bool,
    streets: Streets,
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let options = options()?;
    let world = World::open(&options.postcodes)?;
    if !options.gazetteer.exists() {
        std::fs::write(&options.gazetteer, world.build(options.streets)?)?;
    }
    let gazetteer = Gazetteer::open(std::fs::read(&options.gazetteer)?)?;
    println!("{:?}, seed {}\n", gazetteer.counts(), options.seed);
    println!(
        "| character accuracy | read | n | as read wrong | forced error | accepted error | \
         coverage | right readings changed | and accepted |\n|---|---|---|---|---|---|---|---|---|"
    );
    let mut notes = Vec::new();
    let before = peak_memory();
    for accuracy in &options.accuracies {
        let reader =
            Reader::of_accuracy(SIGNS, accuracy / 100.0, options.replaced, options.same_kind);
        let tallies = simulate(&options, &world, &gazetteer, &reader);
        for ((fields, ..), tally) in FIELDS.iter().zip(&tallies) {
            println!(
                "| {accuracy} % | {fields} | {} |",
                tally.row(options.accept)
            );
            notes.push((format!("{accuracy} %, {fields}"), note(tally, &options)));
        }
    }
    for (title, note) in notes {
        println!("\n{title}: {note}");
    }
    println!(
        "\npeak memory {before:.1} MiB before the first decode, {:.1} MiB after the last",
        peak_memory()
    );
    Ok(())
}

/// Calibration and speed of one row.
fn note(tally: &Tally, options: &Options) -> String {
    let (mean, late) = tally.cpu();
    let mut note = format!(
        "forced error {}; {mean:.2} ms a decode (median processor time), 95 % within \
         {late:.2} ms",
        tally.by_listing()
    );
    if options.threshold {
        note += &format!("; 0.1 % wrong from {:.5} on", tally.threshold(0.001));
    }
    note += "\n\n| posterior from | n | mean | right |\n|---|---|---|---|";
    for bin in tally.calibration() {
        note += &format!("\n| {bin} |");
    }
    note
}

/// The same addresses with each choice of fields; chance depends on the seed and the
/// number of the address only, not on the threads.
fn simulate(
    options: &Options,
    world: &World,
    gazetteer: &Gazetteer,
    reader: &Reader,
) -> [Tally; FIELDS.len()] {
    let share = |thread: usize| {
        let addresses = (thread..options.addresses).step_by(options.threads);
        let outcomes = addresses.map(|at| {
            // The addresses of the first measurements began one stream earlier.
            let mut chance = Chance::new(options.seed, (at as u64).wrapping_sub(1));
            let address = Address::draw(world, gazetteer, options.made_up, &mut chance);
            one(gazetteer, reader, &address, options.changes, &mut chance)
        });
        outcomes.collect::<Vec<_>>()
    };
    let mut tallies: [Tally; FIELDS.len()] = Default::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.threads)
            .map(|thread| scope.spawn(move || share(thread)))
            .collect();
        for worker in workers {
            for outcomes in worker.join().unwrap_or_default() {
                for (tally, outcome) in tallies.iter_mut().zip(outcomes) {
                    tally.extend([outcome]);
                }
            }
        }
    });
    tallies
}

fn one(
    gazetteer: &Gazetteer,
    reader: &Reader,
    address: &Address,
    changes: bool,
    chance: &mut Chance,
) -> [Outcome; FIELDS.len()] {
    let [postcode, town, street] =
        [&address.postcode, &address.town, &address.street].map(|text| reader.read(text, chance));
    FIELDS.map(|(fields, with_town, with_street)| {
        let query = Query {
            country: Country::united_kingdom(),
            postcode: &postcode,
            town: with_town.then_some(&town),
            street: with_street.then_some(&street),
            house: None,
            boxed: false,
        };
        let start = processor_time();
        let found = gazetteer.read(&query);
        let cpu = processor_time() - start;
        let best = found.postcodes.first();
        let read_right = as_read(&postcode) == address.code.compact();
        let right = best.is_some_and(|likely| likely.value == address.code);
        if changes && read_right && !right {
            let ranked = found.postcodes.iter().take(3);
            let ranked = ranked.map(|l| format!("{} {:.4}", l.value, l.probability.get()));
            println!(
                "{fields}: {} (listed: {}) beside {} became {}",
                address.code,
                address.listed,
                address.town,
                ranked.collect::<Vec<_>>().join(", ")
            );
        }
        Outcome {
            read_right,
            right,
            posterior: best.map_or(0.0, |likely| likely.probability.get()),
            listed: address.listed,
            cpu,
        }
    })
}

fn as_read(lattice: &Lattice) -> String {
    lattice.as_read().0.replace(' ', "")
}

/// Processor time of this thread so far, ms.
fn processor_time() -> f64 {
    let mut spent = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the call writes to the value that it is given, which outlives it.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut spent) };
    spent.tv_sec as f64 * 1e3 + spent.tv_nsec as f64 / 1e6
}

/// The most memory that was held at once, MiB, since it was last asked.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.trim().split(' ').next()?.parse::<f64>().ok());
    // From here on the peak is that of what follows.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    peak.unwrap_or(0.0) / 1024.0
}

fn options() -> Result<Options, Box<dyn Error + Send + Sync>> {
    let mut options = Options {
        postcodes: PathBuf::new(),
        gazetteer: std::env::temp_dir().join("simulation.gazetteer"),
        addresses: 20_000,
        seed: 1,
        accuracies: vec![95.0, 97.0, 98.5, 99.5],
        threads: 2,
        accept: ACCEPT,
        made_up: false,
        same_kind: false,
        replaced: reader::REPLACED,
        threshold: false,
        changes: false,
        streets: Streets::ByPostcode,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--addresses" => options.addresses = value()?.parse()?,
            "--seed" => options.seed = value()?.parse()?,
            "--accept" => options.accept = value()?.parse()?,
            "--threads" => options.threads = value()?.parse::<usize>()?.max(1),
            "--gazetteer" => options.gazetteer = value()?.into(),
            "--accuracy" => {
                let list = value()?;
                let each = list.split(',').map(str::parse);
                options.accuracies = each.collect::<Result<_, _>>()?;
            }
            "--same-kind" => options.same_kind = true,
            "--replaced" => options.replaced = value()?.parse()?,
            "--made-up" => options.made_up = true,
            "--changes" => options.changes = true,
            "--by-outcode" => options.streets = Streets::ByOutcode,
            "--threshold" => options.threshold = true,
            folder => options.postcodes = folder.into(),
        }
    }
    if options.postcodes.as_os_str().is_empty() {
        return Err("usage: simulate_decoding POSTCODES [--addresses N] [--seed N] ...".into());
    }
    Ok(options)
}
