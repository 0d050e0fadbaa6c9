//! Open lines as pictures to train the network that reads lines on: written on simulated
//! sheets, or by people on real forms, cut by the program's own path.
//!
//! The file has for each line: its name and its text (each with a byte for its length
//! first; the text of real lines is not known here), the number of columns (two bytes,
//! the smaller first), and the ink, row after row.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use postroom::domain::form::Form;
use postroom::domain::limits::Limits;
use postroom::engines::Networks;
use postroom::imaging::line_picture::{LinePicture, line_picture};
use postroom::pipeline::cards::FormBook;
use postroom::pipeline::open::open;

use super::crops::patch;
use super::sim::{Simulator, Wanted, members};
use super::{Options, Result};

/// Heights of lines on the sheets, mm.
const HEIGHTS: [f64; 4] = [7.5, 8.5, 10.0, 11.0];
/// As boxes are scanned.
const SEVERITIES: [usize; 7] = [2, 3, 1, 2, 3, 0, 4];

/// Writes the lines of an archive of images, one to an image.
pub fn real(options: &Options) -> Result<()> {
    let out = options.out.as_ref().ok_or("--out names the file")?;
    let archive = options.real.as_ref().ok_or("--real names the archive")?;
    let mut file = BufWriter::new(fs::File::create(out)?);
    for (name, bytes) in members(&fs::read(archive)?) {
        let name = Path::new(&name).file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        if name.ends_with(".jpg")
            && let Some(picture) = line_picture(&patch(bytes)?)
        {
            write(&mut file, (&name, ""), &picture)?;
        }
    }
    Ok(file.flush()?)
}

/// Writes the lines of so many sheets.
pub fn simulated(simulator: Simulator, options: &Options) -> Result<()> {
    let out = options.out.as_ref().ok_or("--out names the file")?;
    let simulator = &simulator.with_practice();
    let forms = (0..2 * HEIGHTS.len()).map(form);
    let forms = forms.collect::<Result<Vec<_>>>()?;
    let book = |form: &Form| Ok(FormBook::new(vec![form.clone()], Networks::open()?));
    let books = forms.iter().map(book).collect::<Result<Vec<_>>>()?;
    let mut file = BufWriter::new(fs::File::create(out)?);
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
        let Some(lines) = books[at].line_pictures(&page)? else {
            missed += 1;
            continue;
        };
        for (picture, field) in lines.iter().zip(&card.truth.fields) {
            let text = field.boxes.iter().map(|one| one.text.as_str());
            if let Some(picture) = picture {
                write(&mut file, ("", &text.collect::<String>()), picture)?;
            }
        }
    }
    file.flush()?;
    println!("{} sheets, {missed} not recognised", options.count);
    Ok(())
}

fn write(
    file: &mut impl std::io::Write,
    (name, text): (&str, &str),
    picture: &LinePicture,
) -> Result<()> {
    for words in [name, text] {
        file.write_all(&[words.len() as u8])?;
        file.write_all(words.as_bytes())?;
    }
    file.write_all(&(picture.width as u16).to_le_bytes())?;
    Ok(file.write_all(&picture.ink)?)
}

/// A sheet full of lines.
fn form(number: usize) -> Result<Form> {
    let height = HEIGHTS[number % HEIGHTS.len()];
    let colour = if number < HEIGHTS.len() {
        "black"
    } else {
        "#f5b8b0"
    };
    let mut text = format!(
        "id = \"lines-{number}\"\ntitle = \"Practice\"\nversion = 1\n\
         page = {{ width = 148, height = 210 }}\ncolour = \"{colour}\"\n\
         [[side]]\ncode = {{ x = 120, y = 12, size = 14 }}\n"
    );
    for row in 0..(160.0 / (height + 4.0)) as u32 {
        let y = 34.0 + (height + 4.0) * f64::from(row);
        write!(
            text,
            "[[side.field]]\nname = \"f{row}\"\ntype = \"surname\"\ncaption = \"Words\"\n\
             style = \"line\"\nx = 14\ny = {y}\nwidth = 118\nheight = {height}\n"
        )?;
    }
    postroom::forms::parse(&text).map_err(|error| error.to_string().into())
}
