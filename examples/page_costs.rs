//! What each step of a page's way costs, in milliseconds of CPU.
//!
//! `OMP_THREAD_LIMIT=1 cargo run --release --example page_costs -- PAGE...`
//! Each page goes three times through; the least of the three counts.

#![expect(clippy::print_stdout, reason = "a measuring tool speaks on stdout")]

use std::error::Error;

use postroom::domain::limits::Limits;
use postroom::engines::{Engines, Networks};
use postroom::forms::samples;
use postroom::pipeline::cards::FormBook;
use postroom::pipeline::{open, prepare, transcribe};

/// The steps, in the order of [`costs`].
const STEPS: [&str; 5] = ["open", "look for a card", "prepare", "read", "display"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut engines = Engines::open(None)?;
    let forms = samples().into_iter().map(|sample| sample.form);
    let book = FormBook::new(forms.collect(), Networks::open()?);
    let mut sums = [0.0; STEPS.len()];
    let mut pages = 0;
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(&file)?;
        let mut least = [f64::MAX; STEPS.len()];
        for _ in 0..3 {
            let costs = costs(&bytes, &mut engines, &book)?;
            least = std::array::from_fn(|step| least[step].min(costs[step]));
        }
        println!("{file}: {}", told(&least));
        sums = std::array::from_fn(|step| sums[step] + least[step]);
        pages += 1;
    }
    println!(
        "mean: {}",
        told(&sums.map(|sum| sum / f64::from(pages.max(1))))
    );
    Ok(())
}

/// Milliseconds of each step for the first page of a file.
fn costs(
    bytes: &[u8],
    engines: &mut Engines,
    book: &FormBook,
) -> Result<[f64; STEPS.len()], Box<dyn Error>> {
    let told = |rejection| format!("{rejection:?}");
    let start = cpu_milliseconds();
    let raw = open::open(bytes, &Limits::default())
        .and_then(|scan| scan.page(1))
        .map_err(told)?;
    let opened = cpu_milliseconds();
    book.look(&raw)?;
    let looked = cpu_milliseconds();
    let page = prepare::prepare(raw).map_err(told)?;
    let prepared = cpu_milliseconds();
    transcribe::transcribe(&page, engines).map_err(told)?;
    let read = cpu_milliseconds();
    page.display().map_err(told)?;
    let end = cpu_milliseconds();
    Ok([
        opened - start,
        looked - opened,
        prepared - looked,
        read - prepared,
        end - read,
    ])
}

fn told(costs: &[f64]) -> String {
    let steps = STEPS.iter().zip(costs);
    let steps: Vec<String> = steps.map(|(step, ms)| format!("{step} {ms:.1}")).collect();
    format!("{} ms", steps.join(", "))
}

/// Milliseconds of CPU that this thread has had.
fn cpu_milliseconds() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the call fills the place that it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}
