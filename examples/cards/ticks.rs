//! Pictures of boxes to tick to train the network on, cut by the program's own path
//! from sheets that hold nothing else.
//!
//! The file has a record for each picture: one byte for what the customer meant (0
//! empty, 1 marked, 2 corrected, 3 ambiguous), one for the severity, then the picture.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};

use postroom::domain::form::{Channel, Consent, Form};
use postroom::domain::limits::Limits;
use postroom::engines::Networks;
use postroom::pipeline::cards::FormBook;
use postroom::pipeline::open::open;

use super::sim::{Intent, Simulator, Wanted};
use super::{Options, Result};

/// Sides of the boxes, mm, and whether they are printed in black.
const SHEETS: [(f64, bool); 8] = [
    (3.5, true),
    (4.0, true),
    (4.5, true),
    (6.0, true),
    (3.5, false),
    (4.0, false),
    (4.5, false),
    (6.0, false),
];
/// Each sheet is scanned at each of these.
const SEVERITIES: [usize; 5] = [0, 1, 2, 3, 4];
/// Enough of each kind.
const TICKS: [f64; 4] = [0.3, 0.3, 0.25, 0.15];

/// Sheets of boxes, each a consent of its own, and customers who do with them what is rare
/// on cards: to have many doubtful consents judged on few pages.
pub fn consents(simulator: Simulator) -> Result<(Simulator, Vec<Form>)> {
    let mut forms = SHEETS
        .iter()
        .map(|(side, black)| sheet(*side, *black))
        .collect::<Result<Vec<_>>>()?;
    let ticks = forms.iter_mut().flat_map(|form| &mut form.sides[0].ticks);
    for tick in ticks {
        tick.consent = Some(Consent {
            purpose: tick.name.clone(),
            channels: vec![Channel::Post],
            wording: tick.caption.clone(),
        });
    }
    Ok((simulator.with_ticks(TICKS), forms))
}

/// Writes the pictures of so many sheets.
pub fn pictures(simulator: Simulator, options: &Options) -> Result<()> {
    let out = options.out.as_ref().ok_or("--out names the file")?;
    let simulator = simulator.with_ticks(TICKS);
    let forms = SHEETS.iter().map(|(side, black)| sheet(*side, *black));
    let forms = forms.collect::<Result<Vec<_>>>()?;
    let books: Vec<FormBook> = forms
        .iter()
        .map(|form| Ok(FormBook::new(vec![form.clone()], Networks::open()?)))
        .collect::<Result<_>>()?;
    let mut file = BufWriter::new(File::create(out)?);
    let mut missed = 0;
    for number in 0..options.count {
        let at = number as usize % forms.len();
        let wanted = Wanted {
            severity: SEVERITIES[number as usize / forms.len() % SEVERITIES.len()],
            seed: options.seed,
            number,
        };
        let card = simulator.card(&forms[at], 0, wanted)?;
        let page = open(&card.file.bytes, &Limits::default())
            .and_then(|scan| scan.page(1))
            .map_err(|rejection| format!("{rejection:?}"))?;
        let Some(pictures) = books[at].tick_pictures(&page)? else {
            missed += 1;
            continue;
        };
        for (picture, tick) in pictures.iter().zip(&card.truth.ticks) {
            let meant = Intent::ALL.iter().position(|intent| *intent == tick.intent);
            file.write_all(&[meant.unwrap_or(0) as u8, wanted.severity as u8])?;
            file.write_all(picture)?;
        }
    }
    file.flush()?;
    println!("{} sheets, {missed} not recognised", options.count);
    Ok(())
}

/// A sheet of boxes with words beside them.
fn sheet(side: f64, black: bool) -> Result<Form> {
    let colour = if black { "black" } else { "#f5b8b0" };
    let mut text = format!(
        "id = \"ticks-{}{}\"\ntitle = \"Ticks\"\nversion = 1\n\
         page = {{ width = 148, height = 210 }}\ncolour = \"{colour}\"\n\
         [[side]]\ncode = {{ x = 120, y = 12, size = 14 }}\n",
        side * 10.0,
        if black { "b" } else { "c" },
    );
    let captions = ["by post", "Yes", "Garden", "A"];
    let mut number = 0;
    for row in 0..14 {
        for column in 0..6 {
            let (x, y) = (
                14.0 + 20.0 * f64::from(column),
                32.0 + 11.0 * f64::from(row),
            );
            write!(
                text,
                "[[side.tick]]\nname = \"t{number}\"\nchoice = \"single\"\n\
                 [[side.tick.option]]\nname = \"o\"\ncaption = \"{}\"\n\
                 x = {x}\ny = {y}\nsize = {side}\n",
                captions[number % captions.len()],
            )?;
            number += 1;
        }
    }
    postroom::forms::parse(&text).map_err(|error| error.to_string().into())
}
