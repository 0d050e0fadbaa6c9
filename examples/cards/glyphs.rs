//! Pictures of what is written in boxes to train the network for handprint on, cut by the
//! program's own path from sheets that hold nothing else.
//!
//! The file has a record for each picture: one byte for its class (the number of the
//! character in `SIGNS`, then blank, struck out, junk), one for the severity, four for
//! where the box lies in the picture, then the picture.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};

use postroom::domain::form::Form;
use postroom::domain::handprint::SIGNS;
use postroom::domain::limits::Limits;
use postroom::engines::Networks;
use postroom::pipeline::cards::FormBook;
use postroom::pipeline::open::open;

use super::sim::{DIRT, Simulator, Wanted, WrittenBox};
use super::{Options, Result};

/// A sheet's boxes: width, height, the way from one to the next (mm), how they are drawn,
/// and whether that is in black.
struct Sheet {
    size: (f64, f64),
    pitch: f64,
    comb: bool,
    black: bool,
}

const SHEETS: [Sheet; 10] = [
    sheet((5.0, 6.5), 6.0, false, false),
    sheet((5.0, 6.5), 6.0, false, true),
    sheet((4.6, 6.5), 5.4, false, false),
    sheet((5.0, 7.0), 5.0, true, true),
    sheet((5.0, 6.5), 5.0, true, false),
    sheet((5.5, 7.5), 6.5, false, false),
    sheet((6.0, 8.0), 7.0, false, true),
    sheet((4.5, 6.0), 5.3, false, true),
    sheet((4.2, 5.5), 5.0, false, false),
    sheet((6.0, 7.0), 6.0, true, true),
];
/// Each sheet is scanned at these in turn: those that are promised, the poorer ones
/// oftener, and one beyond.
const SEVERITIES: [usize; 7] = [2, 3, 1, 2, 3, 0, 4];

const fn sheet(size: (f64, f64), pitch: f64, comb: bool, black: bool) -> Sheet {
    Sheet {
        size,
        pitch,
        comb,
        black,
    }
}

/// Writes the pictures of so many sheets.
pub fn pictures(simulator: Simulator, options: &Options) -> Result<()> {
    let out = options.out.as_ref().ok_or("--out names the file")?;
    let simulator = &simulator.with_practice();
    let forms = SHEETS.iter().enumerate().map(|(at, sheet)| sheet.form(at));
    let forms = &forms.collect::<Result<Vec<_>>>()?;
    let share = |job: u64| -> Result<(Vec<u8>, u64)> {
        let books = forms
            .iter()
            .map(|form| Ok(FormBook::new(vec![form.clone()], Networks::open()?)))
            .collect::<Result<Vec<FormBook>>>()?;
        let (mut records, mut missed) = (Vec::new(), 0);
        for number in (job..options.count).step_by(options.jobs as usize) {
            let at = number as usize % forms.len();
            let wanted = Wanted {
                severity: SEVERITIES[number as usize / forms.len() % SEVERITIES.len()],
                seed: options.seed,
                number,
            };
            if !add(&mut records, simulator, (&forms[at], &books[at]), wanted)? {
                missed += 1;
            }
        }
        Ok((records, missed))
    };
    let mut file = BufWriter::new(File::create(out)?);
    let mut missed = 0;
    std::thread::scope(|scope| -> Result<()> {
        let jobs: Vec<_> = (0..options.jobs)
            .map(|job| scope.spawn(move || share(job)))
            .collect();
        for job in jobs {
            let (records, none) = job.join().map_err(|_| "a sheet made the program panic")??;
            file.write_all(&records)?;
            missed += none;
        }
        Ok(())
    })?;
    file.flush()?;
    println!("{} sheets, {missed} not recognised", options.count);
    Ok(())
}

/// Adds the pictures of one sheet, unless it is not recognised.
fn add(
    records: &mut Vec<u8>,
    simulator: &Simulator,
    (form, book): (&Form, &FormBook),
    wanted: Wanted,
) -> Result<bool> {
    let card = simulator.card(form, 0, wanted)?;
    let page = open(&card.file.bytes, &Limits::default())
        .and_then(|scan| scan.page(1))
        .map_err(|rejection| format!("{rejection:?}"))?;
    let Some(fields) = book.glyph_pictures(&page)? else {
        return Ok(false);
    };
    for (pictures, truth) in fields.iter().zip(&card.truth.fields) {
        for (picture, written) in pictures.iter().zip(&truth.boxes) {
            if let Some(picture) = picture {
                records.extend([class(written), wanted.severity as u8]);
                records.extend(picture.place);
                records.extend(&picture.ink);
            }
        }
    }
    Ok(true)
}

fn class(written: &WrittenBox) -> u8 {
    let sign = written
        .text
        .chars()
        .next()
        .map(|sign| sign.to_ascii_uppercase());
    let sign = sign.and_then(|sign| SIGNS.iter().position(|one| *one == sign));
    let class = match (written.struck, sign) {
        (true, _) => SIGNS.len() + 1,
        (false, Some(sign)) => sign,
        (false, None) if written.text == DIRT => SIGNS.len() + 2,
        (false, None) => SIGNS.len(),
    };
    class as u8
}

impl Sheet {
    /// A sheet full of such boxes.
    fn form(&self, number: usize) -> Result<Form> {
        let colour = if self.black { "black" } else { "#f5b8b0" };
        let style = if self.comb { "comb" } else { "separate" };
        let mut text = format!(
            "id = \"practice-{number}\"\ntitle = \"Practice\"\nversion = 1\n\
             page = {{ width = 148, height = 210 }}\ncolour = \"{colour}\"\n\
             [[side]]\ncode = {{ x = 120, y = 12, size = 14 }}\n"
        );
        let (width, height) = self.size;
        let count = (118.0 / self.pitch) as u32;
        let rows = (160.0 / (height + 4.0)) as u32;
        for row in 0..rows {
            let y = 34.0 + (height + 4.0) * f64::from(row);
            write!(
                text,
                "[[side.field]]\nname = \"f{row}\"\ntype = \"free_text\"\ncaption = \"Words\"\nstyle = \"{style}\"\n\
                 x = 14\ny = {y}\nwidth = {width}\nheight = {height}\npitch = {}\ncount = {count}\n",
                self.pitch,
            )?;
        }
        postroom::forms::parse(&text).map_err(|error| error.to_string().into())
    }
}
