//! The network that reads handprint, a box at a time. models/handprint.md says what it is,
//! what it was trained on, and what it gets wrong.

use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::EngineError;
use super::weights::Weights;
use crate::domain::handprint::{CLASSES, Glyph, SIGNS};
use crate::domain::identity::Digest;
use crate::imaging::glyph::{GlyphPicture, SIDE};

/// The weights that ship.
const MODEL: &[u8] = include_bytes!("../../models/handprint.onnx");
const NAME: &str = "the network for handprint";
/// Pictures that go through it together: more make it no faster, but need more memory.
const BATCH: usize = 64;

/// The hash of the weights.
pub fn digest() -> Digest {
    Digest::of(MODEL)
}

/// The network, ready to run.
#[derive(Debug)]
pub struct HandprintNetwork(Weights);

impl HandprintNetwork {
    /// The network that ships with the program.
    pub fn open() -> Result<Self, EngineError> {
        Weights::shipped(NAME, MODEL).map(Self)
    }

    /// Another network of the same shape, from the bytes of its file.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, EngineError> {
        let network = Self(Weights::of_file(NAME, bytes)?);
        let nothing = GlyphPicture {
            ink: vec![0; SIDE * SIDE],
            place: [0, 0, SIDE as u8, SIDE as u8],
        };
        match network.run(&[&nothing]) {
            Some(_) => Ok(network),
            None => Err(EngineError::Unusable {
                engine: NAME,
                what: format!(
                    "its file is another network: {CLASSES} classes of pictures of 2 x {SIDE} x \
                     {SIDE} are wanted"
                ),
            }),
        }
    }

    /// What each picture shows.
    pub fn read(&self, pictures: &[&GlyphPicture]) -> Result<Vec<Glyph>, EngineError> {
        let mut glyphs = Vec::with_capacity(pictures.len());
        for batch in pictures.chunks(BATCH) {
            let read = self.run(batch);
            glyphs.extend(read.ok_or(self.0.gave_up())?);
        }
        Ok(glyphs)
    }

    fn run(&self, batch: &[&GlyphPicture]) -> Option<Vec<Glyph>> {
        let planes: Vec<f32> = batch.iter().flat_map(|picture| planes(picture)).collect();
        let output: NdTensor<f32, 2> = self.0.run([batch.len(), 2, SIDE, SIDE], &planes)?;
        if output.shape() != [batch.len(), CLASSES] {
            return None;
        }
        let glyph = |at: usize| {
            let share = |class: usize| f64::from(output[[at, class]]);
            Glyph {
                signs: std::array::from_fn(share),
                blank: share(SIGNS.len()),
                struck: share(SIGNS.len() + 1),
                junk: share(SIGNS.len() + 2),
            }
        };
        Some((0..batch.len()).map(glyph).collect())
    }
}

/// The ink of 1, then 1 where the box is.
fn planes(picture: &GlyphPicture) -> impl Iterator<Item = f32> {
    let [left, top, right, bottom] = picture.place.map(usize::from);
    let ink = picture.ink.iter().map(|ink| f32::from(*ink) / 255.0);
    let pixels = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    let inside = move |(x, y): (usize, usize)| {
        f32::from(u8::from(
            (left..right).contains(&x) && (top..bottom).contains(&y),
        ))
    };
    ink.chain(pixels.map(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What torch makes of the same weights, and this program.
    const SAME: f64 = 1e-4;

    /// A picture by its pixels' ink, and its box.
    fn picture(ink: impl Fn(i32, i32) -> u8, place: [u8; 4]) -> GlyphPicture {
        let side = SIDE as i32;
        let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        GlyphPicture {
            ink: pixels.map(|(x, y)| ink(x, y)).collect(),
            place,
        }
    }

    /// Paper but for where something was drawn.
    fn inked(drawn: bool, ink: u8) -> u8 {
        if drawn { ink } else { 0 }
    }

    fn letter_l(x: i32, y: i32) -> u8 {
        let stem = (8..11).contains(&x) && (4..28).contains(&y);
        inked(stem || ((25..28).contains(&y) && (8..24).contains(&x)), 230)
    }

    fn letter_t(x: i32, y: i32) -> u8 {
        let bar = (4..7).contains(&y) && (5..27).contains(&x);
        inked(bar || ((15..18).contains(&x) && (4..28).contains(&y)), 255)
    }

    fn letter_x(x: i32, y: i32) -> u8 {
        let lines = (x - y).abs() <= 1 || (31 - x - y).abs() <= 1;
        inked((4..28).contains(&y) && lines, 200)
    }

    fn dot(x: i32, y: i32) -> u8 {
        inked((14..18).contains(&x) && (14..18).contains(&y), 240)
    }

    fn share(glyph: &Glyph, name: &str) -> f64 {
        match name {
            "blank" => glyph.blank,
            "struck" => glyph.struck,
            "junk" => glyph.junk,
            sign => {
                let at = SIGNS.iter().position(|one| sign.starts_with(*one));
                glyph.signs[at.unwrap()]
            }
        }
    }

    #[test]
    fn it_gives_what_the_training_framework_gives() {
        let whole = [0, 0, 32, 32];
        let pictures = [
            picture(letter_l, whole),
            picture(letter_t, whole),
            picture(letter_x, whole),
            picture(dot, [2, 0, 30, 20]),
        ];
        let pictures: Vec<&GlyphPicture> = pictures.iter().collect();
        let read = HandprintNetwork::open().unwrap().read(&pictures).unwrap();
        // By torch 2.15 from the weights in models/handprint.onnx;
        // `scripts/train/golden_handprint.py` prints them.
        let expected: [[(&str, f64); 4]; 4] = [
            [
                ("L", 0.998198),
                ("2", 0.000235),
                ("_", 0.000228),
                ("K", 0.000169),
            ],
            [
                ("T", 0.994693),
                ("1", 0.001120),
                ("7", 0.000499),
                ("/", 0.000496),
            ],
            [
                ("X", 0.988054),
                ("Y", 0.004179),
                ("_", 0.001083),
                ("L", 0.000834),
            ],
            [
                (".", 0.890949),
                ("blank", 0.050000),
                ("junk", 0.016060),
                ("_", 0.005157),
            ],
        ];
        for (glyph, expected) in read.iter().zip(expected) {
            assert_eq!(glyph.best().0.to_string(), expected[0].0);
            for (name, should) in expected {
                let is = share(glyph, name);
                assert!((is - should).abs() < SAME, "{name}: {is}, not {should}");
            }
        }
    }

    #[test]
    fn another_file_is_a_clear_error() {
        let ticks = include_bytes!("../../models/ticks.onnx").to_vec();
        for (bytes, says) in [
            (b"no network".to_vec(), "no network"),
            (MODEL[..MODEL.len() / 2].to_vec(), "damaged"),
            (ticks, "another network"),
        ] {
            let error = HandprintNetwork::from_bytes(bytes).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        assert!(HandprintNetwork::from_bytes(MODEL.to_vec()).is_ok());
    }

    #[test]
    fn what_it_says_of_a_box_adds_up_to_1_however_many_there_are() {
        let network = HandprintNetwork::open().unwrap();
        assert_eq!(network.read(&[]).unwrap(), []);
        let one = picture(letter_t, [0, 0, 32, 32]);
        let read = network.read(&vec![&one; BATCH + 1]).unwrap();
        assert_eq!(read.len(), BATCH + 1);
        for glyph in &read {
            let signs: f64 = glyph.signs.iter().sum();
            let all = signs + glyph.blank + glyph.struck + glyph.junk;
            assert!((all - 1.0).abs() < 1e-5, "{all}");
        }
    }

    /// The model card is about these weights.
    #[test]
    fn the_model_card_names_these_weights() {
        let card = include_str!("../../models/handprint.md");
        let digest = blake3::hash(MODEL).to_hex();
        assert!(card.contains(digest.as_str()), "BLAKE3 is {digest}");
        let size = format!("{} bytes", MODEL.len());
        assert!(card.contains(&size), "{size}");
    }
}
