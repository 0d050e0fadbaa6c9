//! Real handwritten characters from a folder, instead of fonts. They are no part of the
//! project. Those to train with and those to measure with are never the same images.
//!
//! Read are, as far as they are there: `pen-characters.tar` (PNG files `cap_a_1.png`,
//! `small_a_1.png`, `digit_0_1.png`, dark ink on paper) and `mnist-train-images-idx3-ubyte.gz`
//! with its labels (28 x 28, bright ink; gzip must be installed), and the characters that
//! training cut out of real forms (`crops-train.bin`, `-check` and `-test`: for each its
//! character, width and height, a byte each, and its pixels, bright ink).

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use postroom::domain::geometry::Area;

use super::chance::Chance;
use super::ink::Spot;
use super::warp::{Point, Warp};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Digits that are kept of each kind; there are 6,000 in all.
const DIGITS: usize = 4_000;
/// Of the digits those from here on are to check with, and to measure with; of the pen
/// characters one in so many, each.
const CHECK_DIGITS: usize = 50_000;
const TEST_DIGITS: usize = 54_000;
const ONE_IN: usize = 10;
/// Of 255: what is brighter is ink.
const INK: f64 = 0.45;

/// Which of the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Those to train with.
    Train,
    /// Those to check training with, to calibrate and to choose thresholds by.
    Check,
    /// Those that nothing was ever trained with or chosen by.
    Test,
}

impl Part {
    /// Its name in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Check => "check",
            Self::Test => "test",
        }
    }
}

/// Characters that people wrote.
pub struct Real(HashMap<char, Vec<Image>>);

/// Ink is bright; cut to the ink.
struct Image {
    width: usize,
    height: usize,
    ink: Vec<u8>,
}

impl Real {
    /// Reads what is there of one part.
    pub fn load(folder: &Path, part: Part) -> Result<Self> {
        let mut all = Self(HashMap::new());
        let pen = folder.join("pen-characters.tar");
        if pen.exists() {
            all.pen(&fs::read(pen)?, part);
        }
        let images = folder.join("mnist-train-images-idx3-ubyte.gz");
        if images.exists() {
            let labels = folder.join("mnist-train-labels-idx1-ubyte.gz");
            all.digits(&unpacked(&images)?, &unpacked(&labels)?, part);
        }
        let crops = folder.join(format!("crops-{}.bin", part.name()));
        if crops.exists() {
            all.crops(&fs::read(crops)?);
        }
        if all.0.is_empty() {
            return Err(format!("{}: no handwritten characters there", folder.display()).into());
        }
        Ok(all)
    }

    fn pen(&mut self, tar: &[u8], part: Part) {
        let mut members = members(tar);
        // Numbered in an order that is the same everywhere.
        members.sort_by(|a, b| a.0.cmp(&b.0));
        for (number, (name, bytes)) in members.into_iter().enumerate() {
            let its = match number % ONE_IN {
                0 => Part::Test,
                1 => Part::Check,
                _ => Part::Train,
            };
            if its == part
                && let Some((sign, image)) = sign_of(&name).zip(photographed(bytes))
            {
                self.0.entry(sign).or_default().push(image);
            }
        }
    }

    fn digits(&mut self, images: &[u8], labels: &[u8], part: Part) {
        let pixels = images.get(16..).unwrap_or_default().chunks_exact(28 * 28);
        let labels = labels.get(8..).unwrap_or_default();
        for (number, (label, pixels)) in labels.iter().zip(pixels).enumerate() {
            let its = match number {
                TEST_DIGITS.. => Part::Test,
                CHECK_DIGITS.. => Part::Check,
                _ => Part::Train,
            };
            let known = self.0.entry(char::from(b'0' + label % 10)).or_default();
            if its == part && known.len() < DIGITS {
                known.extend(cut(28, 28, pixels.to_vec()));
            }
        }
    }

    fn crops(&mut self, mut records: &[u8]) {
        while let [sign, width, height, rest @ ..] = records {
            let (width, height) = (usize::from(*width), usize::from(*height));
            let Some((pixels, more)) = rest.split_at_checked(width * height) else {
                break;
            };
            let known = self.0.entry(char::from(*sign)).or_default();
            known.extend(cut(width, height, pixels.to_vec()));
            records = more;
        }
    }

    /// The ink of a character in its box, of a height (parts of the box's) and slant;
    /// none where nobody wrote this one.
    pub fn in_box(
        &self,
        sign: char,
        place: &Area,
        (size, slant): (f64, f64),
        warp: &Warp,
        chance: &mut Chance,
    ) -> Option<Spot> {
        let images = self.0.get(&sign)?;
        let image = &images[chance.below(images.len())];
        let (width, height) = (image.width as f64, image.height as f64);
        let mut scale = place.h * size / height.max(width * 0.8);
        scale = scale.min(place.w * 0.9 * (size / 0.65).max(1.0) / width);
        let off = |side: f64, chance: &mut Chance| chance.normal() * 0.05 * side;
        let middle = [
            place.x + place.w / 2.0 + off(place.w, chance),
            place.y + place.h / 2.0 + off(place.h, chance),
        ];
        let half = [width * scale / 2.0, height * scale / 2.0];
        let reach = half[0] + slant.abs() * half[1] + 0.3;
        let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[x, y]: Point| {
            warp.to_page([middle[0] + x * reach, middle[1] + y * (half[1] + 0.3)])
        });
        let least = |i: usize| corners.iter().fold(f64::MAX, |m, c| m.min(c[i])).floor() as i32;
        let most = |i: usize| corners.iter().fold(f64::MIN, |m, c| m.max(c[i])).ceil() as i32;
        let (left, top, w) = (least(0), least(1), (most(0) - least(0)).max(1) as usize);
        let h = (most(1) - top).max(1) as usize;
        // From bright to dark within about a pixel of the page.
        let steep = (scale * warp.scale).clamp(1.0, 6.0);
        let cover = (0..w * h).map(|at| {
            let (x, y) = (at % w, at / w);
            let page = [
                f64::from(left) + x as f64 + 0.5,
                f64::from(top) + y as f64 + 0.5,
            ];
            let mm = warp.to_sheet(page);
            let down = mm[1] - middle[1];
            let across = mm[0] - middle[0] + slant * down;
            let ink = image.at((across + half[0]) / scale, (down + half[1]) / scale);
            (((ink - INK) * steep * 2.0 + 0.5).clamp(0.0, 1.0) * 255.0) as u8
        });
        Some(Spot {
            x: left,
            y: top,
            w,
            cover: cover.collect(),
        })
    }
}

impl Image {
    /// Ink between pixels, of 1.
    fn at(&self, x: f64, y: f64) -> f64 {
        let (x, y) = (x - 0.5, y - 0.5);
        let pixel = |column: f64, row: f64| {
            let inside = column >= 0.0
                && row >= 0.0
                && (column as usize) < self.width
                && (row as usize) < self.height;
            if inside {
                f64::from(self.ink[row as usize * self.width + column as usize]) / 255.0
            } else {
                0.0
            }
        };
        let (left, top) = (x.floor(), y.floor());
        let (across, down) = (x - left, y - top);
        let upper = pixel(left, top) * (1.0 - across) + pixel(left + 1.0, top) * across;
        let lower = pixel(left, top + 1.0) * (1.0 - across) + pixel(left + 1.0, top + 1.0) * across;
        upper * (1.0 - down) + lower * down
    }
}

/// The files of a tar archive.
pub fn members(tar: &[u8]) -> Vec<(String, &[u8])> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(header) = tar.get(at..at + 512) {
        let text = |from: usize, to: usize| {
            let field = header[from..to].split(|byte| *byte == 0).next();
            String::from_utf8_lossy(field.unwrap_or_default())
                .trim()
                .to_owned()
        };
        let Ok(size) = usize::from_str_radix(&text(124, 136), 8) else {
            break;
        };
        if let Some(bytes) = tar.get(at + 512..at + 512 + size) {
            all.push((text(0, 100), bytes));
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    all
}

/// `cap_a_12.png` is an A.
fn sign_of(name: &str) -> Option<char> {
    let mut parts = name.rsplit('/').next()?.split('_');
    let (kind, mut signs) = (parts.next()?, parts.next()?.chars());
    let sign = signs.next().filter(|_| signs.next().is_none())?;
    Some(match kind {
        "cap" => sign.to_ascii_uppercase(),
        _ => sign,
    })
}

/// Dark ink on paper under some light becomes bright ink on nothing.
fn photographed(png: &[u8]) -> Option<Image> {
    let grey = image::load_from_memory(png).ok()?.to_luma8();
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let mut sorted = grey.as_raw().clone();
    sorted.sort_unstable();
    let paper = f64::from(sorted[sorted.len() * 3 / 4]);
    let dark = f64::from(sorted[sorted.len() / 100]);
    if paper - dark < 40.0 {
        return None;
    }
    let ink = grey.as_raw().iter().map(|pixel| {
        ((paper - f64::from(*pixel)) / (paper - dark) * 255.0).clamp(0.0, 255.0) as u8
    });
    cut(width, height, ink.collect())
}

/// Cut to where there is ink.
fn cut(width: usize, height: usize, ink: Vec<u8>) -> Option<Image> {
    let dark = |x: usize, y: usize| f64::from(ink[y * width + x]) > INK * 255.0;
    let columns = || (0..width).filter(|x| (0..height).any(|y| dark(*x, y)));
    let rows = || (0..height).filter(|y| (0..width).any(|x| dark(x, *y)));
    let (left, right) = (columns().next()?, columns().next_back()?);
    let (top, bottom) = (rows().next()?, rows().next_back()?);
    let part = (top..=bottom).flat_map(|y| ink[y * width..][left..=right].iter().copied());
    Some(Image {
        width: right + 1 - left,
        height: bottom + 1 - top,
        ink: part.collect(),
    })
}

fn unpacked(path: &Path) -> Result<Vec<u8>> {
    let output = Command::new("gzip").arg("-dc").arg(path).output()?;
    if !output.status.success() {
        return Err(format!("{}: gzip cannot unpack it", path.display()).into());
    }
    Ok(output.stdout)
}
