//! Cards for tests and benchmarks: made, with the truth about them, or measured.
//!
//! `cargo run --release --example cards -- draw --out DIR [--form FILE]... [--severity N]
//! [--count N] [--seed N] [--from N] [--kind bitonal|grey|colour] [--real DIR]` writes
//! filled and scanned cards, from this number of the seed on, and `truth.json`.
//!
//! `cargo run --release --example cards -- measure [--form FILE]... [--severity N]
//! [--count N] [--seed N] [--jobs N] [--json] [--keep DIR] [--real DIR] [--none DIR]`
//! makes cards, has them looked at as in a night, and compares. `--keep` keeps the scans
//! that went wrong. `--none` counts cards seen in files of a folder, of which none is one,
//! and in as many pages made here, which `--out` keeps: letters, and forms of others.
//!
//! `consents`, with the options of `measure`, measures sheets of nothing but consents (`ticks`).
//!
//! `--oracle` gives the right answers instead, which shows what measuring itself gets wrong.
//! `--real` takes characters that people wrote from a folder (sim/real.rs), with `--check` those
//! to calibrate by instead of those to measure with; `--world` takes names
//! and addresses (sim/people.rs) from one with `postcodes`, `names` and `handprint`.
//!
//! Without `--form`, the two sample forms and the two of tests/forms. The table of
//! severities is samples/severities.toml.

#![expect(clippy::print_stdout, reason = "a measuring tool speaks on stdout")]
#![expect(
    unreachable_pub,
    reason = "a program's own modules; the tests have them as modules of theirs"
)]
//!
//! `cargo run --release --example cards -- read [--form FILE]... [--severity N] [--count N]
//! [--seed N] [--jobs N] [--world DIR] [--real DIR] [--gazetteer FILE] [--lexicons DIR]` has
//! cards read to the end, and writes what was read and what is true, a line of JSON a card.
//! `--evidence FILE` is a form's own (`certify --own FORM`); `--peers` has others read the same boxes; `--without town` reads no such field, so that it
//! helps no other.
//!
//! `cargo run --release --example cards -- world --world DIR --out FILE --lexicon-out DIR`
//! writes what a reader may know of that world: the gazetteer, which lacks some postcodes
//! and streets, and lexicons of first names and surnames, which lack some names.
//!
//! `cargo run --release --example cards -- ticks --out FILE [--count N] [--seed N]` writes
//! pictures of boxes to tick, cut from simulated sheets, for training; see `ticks`.
//!
//! `cargo run --release --example cards -- glyphs --out FILE [--count N] [--seed N] [--jobs N]
//! [--real DIR] [--check]` does the same for boxes with characters; see `glyphs`; `crops --real TAR --out FILE` for lines
//! that people wrote on real forms; see `crops`. `lines --out FILE [--count N] [--seed N]
//! --real DIR|TAR` does the same for whole open lines; see `lines`.

mod certify;
mod crops;
mod foreign;
mod glyphs;
mod lines;
mod measure;
mod names;
mod none;
mod oracle;
mod peers;
mod read;
mod sim;
mod tally;
mod ticks;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use postroom::domain::form::{FieldKind, Form};
use postroom::engines::handprint::HandprintNetwork;
use sim::{Part, People, Real, Simulator, Wanted};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The forms that are measured unless others are named.
const FORMS: [&str; 4] = [
    "samples/forms/loyalty-a5.toml",
    "samples/forms/coupon-a6.toml",
    "tests/forms/application-a4.toml",
    "tests/forms/voucher.toml",
];

struct Options {
    forms: Vec<PathBuf>,
    severity: usize,
    count: u64,
    seed: u64,
    from: u64,
    jobs: u64,
    json: bool,
    oracle: bool,
    out: Option<PathBuf>,
    keep: Option<PathBuf>,
    none: Option<PathBuf>,
    real: Option<PathBuf>,
    world: Option<PathBuf>,
    lexicon_out: Option<PathBuf>,
    gazetteer: Option<PathBuf>,
    lexicons: Option<PathBuf>,
    kind: Option<String>,
    readings: Option<PathBuf>,
    model: Option<PathBuf>,
    own: Option<PathBuf>,
    evidence: Vec<PathBuf>,
    sample: String,
    day: Date,
    check: bool,
    peers: bool,
    without: Vec<FieldKind>,
}

impl Options {
    /// The network that reads handprint: of a file, or the program's.
    fn handprint(&self) -> Result<HandprintNetwork> {
        Ok(match &self.model {
            Some(path) => HandprintNetwork::from_bytes(fs::read(path)?)?,
            None => HandprintNetwork::open()?,
        })
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let options = options(arguments)?;
    match command.as_str() {
        "crops" => return crops::pieces(&options),
        "names" => return names::read(&options),
        "lines" if options.real.as_ref().is_some_and(|real| real.is_file()) => {
            return lines::real(&options);
        }
        "certify" => return certify::thresholds(&options),
        "digest" => {
            println!("{}", postroom::engines::handprint_digest());
            return Ok(());
        }
        _ => {}
    }
    let people = options.world.as_deref().map(People::load).transpose()?;
    if command == "world" {
        return known(&people.ok_or("--world names the folder")?, &options);
    }
    // What a network learns from is never what it is measured with.
    let part = match (options.check, command.as_str()) {
        (true, _) => Part::Check,
        (false, "glyphs" | "lines") => Part::Train,
        (false, _) => Part::Test,
    };
    let real = options.real.as_deref();
    let real = real.map(|folder| Real::load(folder, part)).transpose()?;
    let simulator = Simulator::new()?.with_real(real).with_people(people);
    let forms = options
        .forms
        .iter()
        .map(|path| read_form(path))
        .collect::<Result<Vec<_>>>()?;
    match command.as_str() {
        "draw" => draw(&simulator, &forms, &options),
        "ticks" => ticks::pictures(simulator, &options),
        "glyphs" => glyphs::pictures(simulator, &options),
        "lines" => lines::simulated(simulator, &options),
        "read" => read::cards(&simulator, &forms, &options),
        "measure" => measure::measure(&simulator, &forms, &options),
        "consents" => {
            let (simulator, sheets) = ticks::consents(simulator)?;
            measure::measure(&simulator, &sheets, &options)
        }
        _ => Err("say draw, measure, consents, read, world, ticks, glyphs, lines or crops".into()),
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options {
        forms: Vec::new(),
        severity: 1,
        count: 20,
        seed: 1,
        from: 0,
        jobs: 1,
        json: false,
        oracle: false,
        out: None,
        keep: None,
        none: None,
        real: None,
        world: None,
        lexicon_out: None,
        gazetteer: None,
        lexicons: None,
        kind: None,
        readings: None,
        model: None,
        own: None,
        evidence: Vec::new(),
        sample: String::new(),
        day: Date::default(),
        check: false,
        peers: false,
        without: Vec::new(),
    };
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{name} wants a value"));
        match name.as_str() {
            "--json" => options.json = true,
            "--oracle" => options.oracle = true,
            "--model" => options.model = Some(value()?.into()),
            "--own" => options.own = Some(value()?.into()),
            "--evidence" => options.evidence.push(value()?.into()),
            "--readings" => options.readings = Some(value()?.into()),
            "--sample" => options.sample = value()?,
            "--day" => options.day = value()?.parse()?,
            "--check" => options.check = true,
            "--peers" => options.peers = true,
            "--without" => {
                let name = value()?;
                let kind =
                    FieldKind::from_name(&name).ok_or(format!("no kind of field is {name}"))?;
                options.without.push(kind);
            }
            "--form" => options.forms.push(value()?.into()),
            "--severity" => options.severity = value()?.parse()?,
            "--count" => options.count = value()?.parse()?,
            "--seed" => options.seed = value()?.parse()?,
            "--from" => options.from = value()?.parse()?,
            "--jobs" => options.jobs = value()?.parse::<u64>()?.max(1),
            "--out" => options.out = Some(value()?.into()),
            "--keep" => options.keep = Some(value()?.into()),
            "--none" => options.none = Some(value()?.into()),
            "--kind" => options.kind = Some(value()?),
            "--real" => options.real = Some(value()?.into()),
            "--gazetteer" => options.gazetteer = Some(value()?.into()),
            "--lexicons" => options.lexicons = Some(value()?.into()),
            "--world" => options.world = Some(value()?.into()),
            "--lexicon-out" => options.lexicon_out = Some(value()?.into()),
            _ => return Err(format!("{name} is no option").into()),
        }
    }
    if options.forms.is_empty() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        options.forms = FORMS.map(|form| root.join(form)).into();
    }
    Ok(options)
}

fn read_form(path: &Path) -> Result<Form> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    postroom::forms::parse(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes what a reader may know of these people.
fn known(people: &People, options: &Options) -> Result<()> {
    let (gazetteer, lexicons) = people.known()?;
    let out = options.out.as_ref().ok_or("--out names the file")?;
    fs::write(out, gazetteer)?;
    if let Some(folder) = &options.lexicon_out {
        fs::create_dir_all(folder)?;
        for (name, lexicon) in ["first-names.csv", "surnames.csv"].iter().zip(lexicons) {
            fs::write(folder.join(name), lexicon)?;
        }
    }
    let [first, last] = people.unknown().map(|share| 100.0 * share);
    println!("in no lexicon: {first:.1} % of first names, {last:.1} % of surnames");
    Ok(())
}

/// Writes cards of every form in turn, all sides, and what is on them.
fn draw(simulator: &Simulator, forms: &[Form], options: &Options) -> Result<()> {
    let out = options.out.as_ref().ok_or("--out names the folder")?;
    fs::create_dir_all(out)?;
    let mut truths = Vec::new();
    for form in forms {
        let cards = (options.from..).map(|number| {
            let side = (number % form.sides.len() as u64) as usize;
            let wanted = Wanted {
                severity: options.severity,
                seed: options.seed,
                number,
            };
            simulator
                .card(form, side, wanted)
                .map(|card| (number, card))
        });
        let of_kind = cards.filter(|card| match (card, &options.kind) {
            (Ok((_, card)), Some(kind)) => card.truth.kind.name() == kind,
            _ => true,
        });
        for card in of_kind.take(options.count as usize) {
            let (number, card) = card?;
            let ending = card.file.ending;
            let name = format!("{}-{}-{number:04}.{ending}", form.id, options.severity);
            fs::write(out.join(&name), &card.file.bytes)?;
            truths.push(serde_json::to_string(&card.truth.to_json(&name))?);
        }
    }
    // A card to a line: small, and still to be read by a person.
    fs::write(
        out.join("truth.json"),
        format!("[\n{}\n]\n", truths.join(",\n")),
    )?;
    Ok(())
}
