//! `postroom forms print`: a blank form for the printer, or for the screen.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;

use super::shelf::Found;
use crate::cli::Place;
use crate::cli::exit::{Exit, Misused};
use crate::cli::output::{say_json, tell};
use crate::domain::form::{Colour, FieldKind, Form};
use crate::export::whole;
use crate::forms::draw::{Drawing, draw};
use crate::forms::{self, raster};
use crate::imaging::pix::Pix;
use crate::imaging::raster::{Raster, Samples};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom forms print loyalty-a5 --out card.pdf
  postroom forms print our-card.toml --out front.png --side 1 --dpi 150
  postroom forms print our-card.toml --out card-17.pdf --number card=79927398713

The PDF is for the printer: print it at 100 %, never \"fit to page\", or no scan lies on the form. \
The PNG is for the screen, and for trying a reader. A file appears whole or not at all.

Ends with 2 when the form, the side or a number is not there, with 3 when the form cannot be used, \
with 4 when the file cannot be written.")]
pub(super) struct PrintArguments {
    /// Form file, or the id of a form (`forms list`); id@2 is its version 2
    form: String,
    #[command(flatten)]
    out: Out,
    /// The side to draw, 1 or 2 [default: a PDF has both]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=2))]
    side: Option<u8>,
    /// Prints a serial number in its place; may be repeated
    #[arg(long, value_name = "NAME=NUMBER")]
    number: Vec<String>,
    /// Folder of form files, in place of forms.dir
    #[arg(long, value_name = "DIR")]
    forms: Option<PathBuf>,
}

/// Where a drawing goes, and how.
#[derive(Debug, Args)]
pub(super) struct Out {
    /// File to write: what ends in .pdf is for the printer, in .png for the screen
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Dots an inch of a PNG, 72 to 1200 [default: 300]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(72..=1200))]
    dpi: Option<u32>,
}

/// Dots an inch of a PNG when none are asked for.
const DPI: u32 = 300;

pub(super) fn print(place: &Place, arguments: &PrintArguments) -> Result<Exit> {
    let found = Found::named(&arguments.form, place, arguments.forms.as_deref())?;
    let form = &found.source.form;
    let kind = arguments.out.kind()?;
    let sides = sides(form, arguments.side, kind)?;
    let numbers = numbers(form, &arguments.number)?;
    let mut drawings = Vec::new();
    let mut white = Vec::new();
    for side in &sides {
        let mut drawing = draw(form, *side);
        for serial in &form.sides[*side].serials {
            let Some((_, number)) = numbers.iter().find(|(name, _)| *name == serial.name) else {
                white.push(serial.name.as_str());
                continue;
            };
            forms::number(&mut drawing, serial, number).ok_or_else(|| {
                Misused(format!(
                    "--number {}: only letters, figures and signs of ASCII can be printed so",
                    serial.name
                ))
            })?;
        }
        drawings.push(drawing);
    }
    arguments.out.write(drawings, form.colour, kind)?;
    let file = arguments.out.out.display().to_string();
    if place.json {
        say_json(&json!({
            "file": file,
            "form": form.id,
            "version": form.version,
            "sides": sides.iter().map(|side| side + 1).collect::<Vec<_>>(),
        }))?;
    } else {
        tell!("{file}: {}, version {}", form.title, form.version);
    }
    for name in white {
        tell!("The place of '{name}' is white: --number {name}=... prints a number there.");
    }
    Ok(Exit::Done)
}

/// How a file is drawn, by its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Pdf,
    /// At so many dots an inch.
    Png(u32),
}

impl Out {
    pub(super) fn kind(&self) -> Result<Kind, Misused> {
        let ending = self.out.extension().and_then(|ending| ending.to_str());
        match (ending.map(str::to_lowercase).as_deref(), self.dpi) {
            (Some("pdf"), None) => Ok(Kind::Pdf),
            (Some("pdf"), Some(_)) => Err(Misused(
                "a PDF is sharp at every size: leave --dpi out, or name a .png".to_owned(),
            )),
            (Some("png"), dpi) => Ok(Kind::Png(dpi.unwrap_or(DPI))),
            _ => Err(Misused(format!(
                "--out {}: name a file that ends in .pdf or .png",
                self.out.display()
            ))),
        }
    }

    /// Draws and writes the file; of a PNG there is one drawing.
    pub(super) fn write(&self, drawings: Vec<Drawing>, colour: Colour, kind: Kind) -> Result<()> {
        let mut drawings = drawings.into_iter();
        let bytes = match (kind, drawings.as_slice()) {
            (Kind::Png(dpi), [only]) => png(only, dpi, colour)?,
            _ => forms::write(&mut drawings, colour)?,
        };
        Ok(whole::write(Path::new(&self.out), &bytes)?)
    }
}

/// The sides to draw, from 0.
fn sides(form: &Form, asked: Option<u8>, kind: Kind) -> Result<Vec<usize>, Misused> {
    let count = form.sides.len();
    match asked.map(usize::from) {
        Some(side) if side > count => Err(Misused(format!(
            "'{}' has one side; leave --side out",
            form.id
        ))),
        Some(side) => Ok(vec![side - 1]),
        None if kind != Kind::Pdf && count > 1 => Err(Misused(format!(
            "'{}' has two sides and a PNG holds one: say --side 1 or --side 2",
            form.id
        ))),
        None => Ok((0..count).collect()),
    }
}

/// The numbers to print, each held to its serial.
fn numbers<'a>(form: &Form, typed: &'a [String]) -> Result<Vec<(&'a str, &'a str)>, Misused> {
    let serials = || form.sides.iter().flat_map(|side| &side.serials);
    let number = |typed: &'a String| {
        let (name, number) = typed
            .split_once('=')
            .ok_or_else(|| Misused(format!("--number {typed}: give it as NAME=NUMBER")))?;
        let serial = serials()
            .find(|serial| serial.name == name)
            .ok_or_else(|| {
                let known: Vec<&str> = serials().map(|serial| serial.name.as_str()).collect();
                let known = if known.is_empty() {
                    "it has none".to_owned()
                } else {
                    known.join(", ")
                };
                Misused(format!(
                    "'{}' has no serial called '{name}' ({known})",
                    form.id
                ))
            })?;
        let figures = |sign: char| sign.is_ascii_digit() || sign == ' ' || sign == '-';
        let of_figures = serial.check.is_some() || serial.says == FieldKind::MemberNumber;
        if of_figures
            && !(number.contains(|sign: char| sign.is_ascii_digit()) && number.chars().all(figures))
        {
            return Err(Misused(format!(
                "--number {typed}: '{name}' is a number: figures, with spaces or dashes between them"
            )));
        }
        match serial.check {
            Some(check) if !check.holds(number) => Err(Misused(format!(
                "--number {typed}: its last digit is no {} check digit; such a card would be \
                 taken for misread",
                check.name()
            ))),
            _ => Ok((name, number)),
        }
    };
    typed.iter().map(number).collect()
}

fn png(drawing: &Drawing, dpi: u32, colour: Colour) -> Result<Vec<u8>> {
    let picture = raster::picture(drawing, f64::from(dpi), colour)?;
    let raster = Raster::new(picture.width, picture.height, Samples::Rgb, &picture.rgb);
    let mut pix = Pix::from_raster(&raster.context("the picture has too few pixels")?)?;
    if colour == Colour::Black {
        pix = pix.to_grey()?;
    }
    pix.set_resolution(dpi);
    Ok(pix.to_png()?)
}
