//! How often the fields beside the address are decoded wrong, and whether the decoder
//! knows: made-up people, written in boxes, read by a made-up reader of known accuracy.
//!
//! `cargo run --release --example simulate_lexicon -- NAMES [--people 20000] [--seed 1]
//! [--accuracy 98.5] [--unlisted 0.05] [--replaced 0.002] [--fields surname,email] [--changes]`
//!
//! `NAMES` is a folder with `uk-first-names.csv`, `surnames-uk.txt` and `surnames-us.txt`.
//! First names are drawn by their births, surnames of the British list alike often. One in
//! twenty is drawn from names that the decoder's list lacks: first names and British surnames
//! that were taken out of it. Two of a thousand characters are replaced by any other, which
//! the reader does not know. E-mail addresses, telephone numbers, dates and numbers are made
//! up. Tables go to standard output, as Markdown.

#![expect(clippy::print_stdout, reason = "a measuring tool speaks on stdout")]
#![expect(
    clippy::redundant_pub_crate,
    reason = "of what a program's own modules share the compiler asks the opposite"
)]

#[path = "../cards/sim/chance.rs"]
mod chance;
mod people;
#[path = "../simulate_decoding/reader.rs"]
mod reader;
mod tally;

use std::error::Error;
use std::path::PathBuf;

use chance::Chance;
use jiff::civil::{Date, date};
use people::{People, Person};
use postroom::domain::form::FieldKind;
use postroom::domain::grammar::check_digit::CheckDigit;
use postroom::gazetteer::country::Country;
use postroom::lexicon::{self, Answer, Context, Lexicons};
use reader::Reader;
use tally::{Outcome, Tally};

/// What cards are written with.
const SIGNS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-'.@_";
/// The day of the simulation.
const TODAY: Date = date(2026, 11, 29);
const FIELDS: [FieldKind; 6] = [
    FieldKind::FirstName,
    FieldKind::Surname,
    FieldKind::Email,
    FieldKind::Phone,
    FieldKind::DateOfBirth,
    FieldKind::MemberNumber,
];

struct Options {
    names: PathBuf,
    people: usize,
    seed: u64,
    accuracy: f64,
    unlisted: f64,
    replaced: f64,
    fields: Vec<FieldKind>,
    changes: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let people = People::open(&options.names, options.unlisted)?;
    let start = processor_time();
    let (first_names, surnames) = people.tables()?;
    println!(
        "{} first names, {} surnames listed, seed {}",
        first_names.len(),
        surnames.len(),
        options.seed
    );
    let lexicons = Lexicons::with_tables(Some(first_names), Some(surnames));
    println!("lists made ready in {:.0} ms\n", processor_time() - start);
    let reader = Reader::of_accuracy(SIGNS, options.accuracy / 100.0, options.replaced, false);
    let mut tallies: [Tally; FIELDS.len()] = Default::default();
    for at in 0..options.people {
        let mut chance = Chance::new(options.seed, at as u64);
        let person = people.draw(&mut chance);
        card(
            &person,
            &reader,
            &lexicons,
            &options,
            &mut chance,
            &mut tallies,
        );
    }
    println!("{}", Tally::HEADER);
    for (kind, tally) in FIELDS
        .iter()
        .zip(&tallies)
        .filter(|(_, tally)| !tally.is_empty())
    {
        print!("{}", tally.rows(kind.name()));
    }
    for (kind, tally) in FIELDS
        .iter()
        .zip(&tallies)
        .filter(|(_, tally)| !tally.is_empty())
    {
        println!("\n{}: {}", kind.name(), tally.note());
    }
    Ok(())
}

/// All fields of a person's card.
fn card(
    person: &Person,
    reader: &Reader,
    lexicons: &Lexicons,
    options: &Options,
    chance: &mut Chance,
    tallies: &mut [Tally; FIELDS.len()],
) {
    let mut answers: [Answer; 2] = Default::default();
    for (at, kind) in FIELDS.into_iter().enumerate() {
        let (written, truth, listed) = person.field(kind);
        // All boxes are read whatever fields are looked at: chance stays the same.
        let lattice = reader.read(&written, chance);
        let named = options.fields.contains(&FieldKind::Email) && at < 2;
        if !options.fields.contains(&kind) && !named {
            continue;
        }
        let context = Context {
            today: TODAY,
            country: Country::united_kingdom(),
            check: (kind == FieldKind::MemberNumber).then_some(CheckDigit::Luhn),
            first_names: &answers[0].likely,
            surnames: &answers[1].likely,
        };
        let start = processor_time();
        let answer = lexicon::read(kind, &lattice, lexicons, &context);
        let cpu = processor_time() - start;
        let best = answer.likely.first();
        let outcome = Outcome {
            read_right: plain(&lattice.as_read().0) == plain(&written),
            right: best.is_some_and(|likely| likely.value == truth),
            posterior: best.map_or(0.0, |likely| likely.probability.get()),
            listed,
            cpu,
        };
        if options.changes && !outcome.right && outcome.posterior > 0.9 {
            let best = best.map_or("", |likely| &likely.value);
            println!(
                "{}: {truth} (listed: {listed}) read {} became {best} {:.4}",
                kind.name(),
                lattice.as_read().0,
                outcome.posterior
            );
        }
        tallies[at].push(outcome);
        if let Some(of_name) = answers.get_mut(at) {
            *of_name = answer;
        }
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Processor time of this thread so far, ms.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let spent = stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok());
    spent.unwrap_or(0.0) / 1e6
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        names: PathBuf::new(),
        people: 20_000,
        seed: 1,
        accuracy: 98.5,
        unlisted: 0.05,
        replaced: reader::REPLACED,
        fields: FIELDS.to_vec(),
        changes: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--people" => options.people = value()?.parse()?,
            "--seed" => options.seed = value()?.parse()?,
            "--accuracy" => options.accuracy = value()?.parse()?,
            "--unlisted" => options.unlisted = value()?.parse()?,
            "--replaced" => options.replaced = value()?.parse()?,
            "--changes" => options.changes = true,
            "--fields" => {
                let list = value()?;
                let each = list.split(',').map(FieldKind::from_name);
                options.fields = each.collect::<Option<_>>().ok_or("no such field")?;
            }
            folder => options.names = folder.into(),
        }
    }
    if options.names.as_os_str().is_empty() {
        return Err("usage: simulate_lexicon NAMES [--people N] [--seed N] ...".into());
    }
    Ok(options)
}
