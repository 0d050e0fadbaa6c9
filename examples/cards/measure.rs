//! Cards made here, looked at as in a night, and compared with what is on them.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use postroom::domain::card::{CardSide, Ink, MAX_RESIDUAL, TickState};
use postroom::domain::form::Form;
use postroom::domain::geometry::{Area, Rect, Turn};
use postroom::domain::limits::Limits;
use postroom::domain::verdict::Verdict;
use postroom::engines::handprint::HandprintNetwork;
use postroom::engines::{Engines, Networks};
use postroom::imaging::glyph::GlyphPicture;
use postroom::pipeline::cards::{FormBook, Look};
use postroom::pipeline::open::open;

use super::sim::{Card, Intent, Kind, Simulator, Truth, Wanted};
use super::tally::{Seen, SerialSeen, Tally, TickSeen, What};
use super::{Options, Result, none, oracle};

/// Makes and measures; prints tables, or JSON.
pub fn measure(simulator: &Simulator, forms: &[Form], options: &Options) -> Result<()> {
    if let Some(folder) = &options.none {
        return none::count(simulator, forms, folder, options);
    }
    let mut tables = Vec::new();
    for form in forms {
        let tally = cards_of(simulator, form, forms, options)?;
        if options.json {
            tables.push(tally.to_json(&form.id, options.severity));
        } else {
            println!(
                "\n## {}, severity {}\n\n{}",
                form.id,
                options.severity,
                tally.tables()
            );
        }
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&tables)?);
    }
    Ok(())
}

/// Cards are shared out to threads; which card it is depends on its number alone.
fn cards_of(
    simulator: &Simulator,
    form: &Form,
    forms: &[Form],
    options: &Options,
) -> Result<Tally> {
    let share = |job: u64| -> Result<Tally> {
        let networks = Networks {
            handprint: options.handprint()?,
            ..Networks::open()?
        };
        let book = FormBook::new(forms.to_vec(), networks);
        let network = options.handprint()?;
        let mut engines = Engines::open(None)?;
        let mut tally = Tally::default();
        for number in (job..options.count).step_by(options.jobs as usize) {
            let side = (number % form.sides.len() as u64) as usize;
            let wanted = Wanted {
                severity: options.severity,
                seed: options.seed,
                number,
            };
            let card = simulator.card(form, side, wanted)?;
            let mut seen = look(&book, &mut engines, &card, (number, options.oracle));
            if (card.truth.kind, card.truth.dpi) == (Kind::Bitonal, 300) && !options.oracle {
                let handprint = handprint_ms(&book, &network, &card)?;
                seen.boxes_ms = handprint.map(|handprint| seen.ms - handprint);
            }
            if let (Some(folder), Some(why)) = (&options.keep, seen.wrong()) {
                keep(folder, &card, number, &why)?;
            }
            tally.add(seen);
        }
        Ok(tally)
    };
    let mut all = Tally::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs)
            .map(|job| scope.spawn(move || share(job)))
            .collect();
        for worker in workers {
            all.join(
                worker
                    .join()
                    .map_err(|_| "a card made the program panic")??,
            );
        }
        Ok(all)
    })
}

/// From the file's bytes to what was seen, its processor time taken, and compared.
fn look(
    book: &FormBook,
    engines: &mut Engines,
    card: &Card,
    (number, oracle): (u64, bool),
) -> Seen {
    let began = processor_time();
    let looked = catch_unwind(AssertUnwindSafe(|| {
        let limits = Limits::default();
        let scan = open(&card.file.bytes, &limits).map_err(|error| error.to_string())?;
        let page = scan.page(1).map_err(|error| error.to_string())?;
        if oracle {
            return Ok(oracle::look(&card.truth));
        }
        book.look_and_read(&page, Some(&mut *engines.ocr))
            .map_err(|error| error.to_string())
    }));
    let ms = processor_time() - began;
    let mut seen = Seen::new(&card.truth, number, ms);
    seen.what = match looked {
        Err(_) => What::Failed("a panic".to_owned()),
        Ok(Err(error)) => What::Failed(error),
        Ok(Ok(Look::Neither(_))) => What::Missed,
        Ok(Ok(Look::Unread(_))) => What::Aside,
        Ok(Ok(Look::Separator)) => What::Wrong("a separator".to_owned()),
        Ok(Ok(Look::Card(turn, side))) => compare(&mut seen, &card.truth, turn, &side),
    };
    seen
}

/// What the network for handprint takes for a card's boxes, ms of the processor.
fn handprint_ms(book: &FormBook, network: &HandprintNetwork, card: &Card) -> Result<Option<f64>> {
    let scan = open(&card.file.bytes, &Limits::default())?;
    let Some(fields) = book.glyph_pictures(&scan.page(1)?)? else {
        return Ok(None);
    };
    let pictures: Vec<&GlyphPicture> = fields.iter().flatten().flatten().collect();
    let began = processor_time();
    network.read(&pictures)?;
    Ok(Some(processor_time() - began))
}

/// What this thread has used of a processor, ms.
pub fn processor_time() -> f64 {
    let mut spent = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the call writes to the value that it is given, which outlives it.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut spent) };
    spent.tv_sec as f64 * 1e3 + spent.tv_nsec as f64 / 1e6
}

fn compare(seen: &mut Seen, truth: &Truth, turn: Turn, side: &CardSide) -> What {
    let expected = if truth.upside_down {
        Turn::Half
    } else {
        Turn::None
    };
    if (side.form.as_str(), side.version, side.side) != (&truth.form, truth.version, truth.side) {
        return What::Wrong(format!("{} {} {}", side.form, side.version, side.side));
    }
    if turn != expected {
        return What::Wrong(format!("turned by {}", turn.degrees()));
    }
    seen.residual = Some(side.residual);
    seen.by = Some(side.recognised);
    for (written, field) in truth.fields.iter().zip(&side.fields) {
        for (at, (truly, found)) in written.boxes.iter().zip(&field.boxes).enumerate() {
            seen.errors
                .push(distance(truth, &truly.place, &found.place));
            seen.inks.push((truly.expected(), found.ink));
            if truly.expected() != Ink::Empty {
                let near = written.boxes.iter().enumerate();
                let near = near.filter(|(other, _)| other.abs_diff(at) == 1);
                let own: u64 = truly.ink.iter().map(|spot| within(spot, None)).sum();
                let cut: u64 = truly
                    .ink
                    .iter()
                    .map(|spot| within(spot, Some(&found.place)))
                    .sum();
                let foreign: u64 = near
                    .flat_map(|(_, one)| &one.ink)
                    .map(|spot| within(spot, Some(&found.place)))
                    .sum();
                let own = own.max(1) as f64;
                seen.cuts.push([cut as f64 / own, foreign as f64 / own]);
            }
        }
    }
    for (truly, found) in truth.ticks.iter().zip(&side.ticks) {
        seen.errors
            .push(distance(truth, &truly.place, &found.place));
        seen.ticks.push(TickSeen {
            name: truly.name.clone(),
            consent: truly.consent,
            intent: truly.intent,
            how: truly.how,
            state: found.state,
            accepted: matches!(found.verdict, Verdict::Accepted | Verdict::Empty),
        });
    }
    for (truly, found) in truth.signatures.iter().zip(&side.signatures) {
        seen.signature_offsets
            .push(distance(truth, &truly.place, &found.place));
        seen.signed.push((truly.signed, found.signed));
    }
    for (truly, found) in truth.serials.iter().zip(&side.serials) {
        seen.serials.push(SerialSeen {
            kind: truly.serial.kind,
            right: found.number.as_deref() == Some(truly.number.as_str()),
            read: found.number.is_some(),
            accepted: found.verdict == Verdict::Accepted,
        });
    }
    let names_agree = truth
        .fields
        .iter()
        .map(|f| &f.name)
        .eq(side.fields.iter().map(|f| &f.name))
        && truth
            .ticks
            .iter()
            .map(|t| &t.name)
            .eq(side.ticks.iter().map(|t| &t.name))
        && truth.signatures.len() == side.signatures.len()
        && truth.serials.len() == side.serials.len();
    if names_agree {
        What::Right
    } else {
        What::Wrong("other fields than the form has".to_owned())
    }
}

/// Between the middles of the boxes around the true place and the reported one, mm.
fn distance(truth: &Truth, place: &Area, found: &Rect) -> f64 {
    let [left, top, right, bottom] = truth.around(place);
    let across = f64::from(found.x) + f64::from(found.w) / 2.0 - (left + right) / 2.0;
    let down = f64::from(found.y) + f64::from(found.h) / 2.0 - (top + bottom) / 2.0;
    across.hypot(down) / truth.warp.scale
}

/// Ink in all, or in a place.
fn within(spot: &super::sim::Spot, place: Option<&Rect>) -> u64 {
    let inside = |x: i32, y: i32| {
        place.is_none_or(|place| {
            let (x, y) = (i64::from(x), i64::from(y));
            (i64::from(place.x)..i64::from(place.right())).contains(&x)
                && (i64::from(place.y)..i64::from(place.bottom())).contains(&y)
        })
    };
    let pixels = spot.pixels().filter(|(x, y, _)| inside(*x, *y));
    pixels.map(|(.., cover)| u64::from(cover)).sum()
}

fn keep(folder: &Path, card: &Card, number: u64, why: &str) -> Result<()> {
    fs::create_dir_all(folder)?;
    let truth = &card.truth;
    let name = format!("{}-{}-{number:05}", truth.form, truth.severity);
    let file = format!("{name}.{}", card.file.ending);
    fs::write(folder.join(&file), &card.file.bytes)?;
    let mut text = truth.to_json(&file);
    text["wrong"] = why.into();
    fs::write(
        folder.join(format!("{name}.json")),
        serde_json::to_string_pretty(&text)?,
    )?;
    Ok(())
}

impl Seen {
    /// What went wrong with a card, in words; nothing if all is well.
    fn wrong(&self) -> Option<String> {
        let mut all = Vec::new();
        match &self.what {
            What::Right => {}
            What::Missed => all.push("not recognised".to_owned()),
            What::Aside => all.push("set aside".to_owned()),
            What::Wrong(what) | What::Failed(what) => all.push(format!("taken for {what}")),
        }
        let worst = self.errors.iter().copied().fold(0.0, f64::max);
        if worst > MAX_RESIDUAL {
            all.push(format!("{worst:.2} mm off"));
        }
        for tick in &self.ticks {
            let unsure = tick.state == TickState::Unsure && tick.intent != Intent::Ambiguous;
            if tick.wrong() || unsure || tick.false_consent() {
                all.push(format!(
                    "{} ({}, {}) seen as {}",
                    tick.name,
                    tick.intent.name(),
                    tick.how,
                    tick.state.name()
                ));
            }
        }
        (!all.is_empty()).then(|| all.join("; "))
    }
}
