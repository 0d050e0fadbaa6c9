//! The network that judges boxes to tick. models/ticks.md says what it is, what it was
//! trained on, and what it gets wrong.

use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::EngineError;
use super::weights::Weights;
use crate::imaging::ticks::SIDE;

/// The weights that ship.
const MODEL: &[u8] = include_bytes!("../../models/ticks.onnx");
const NAME: &str = "the network for ticks";

/// How likely a box is each of these; together 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TickStates {
    /// Nothing of the customer's.
    pub empty: f64,
    /// A clean mark.
    pub marked: f64,
    /// A mark taken back.
    pub corrected: f64,
    /// Something that nobody can tell.
    pub ambiguous: f64,
}

/// The network, ready to run.
#[derive(Debug)]
pub struct TickNetwork(Weights);

impl TickNetwork {
    /// The network that ships with the program.
    pub fn open() -> Result<Self, EngineError> {
        Weights::shipped(NAME, MODEL).map(Self)
    }

    /// Judges pictures as [`crate::imaging::ticks::tick_picture`] makes them.
    pub fn judge(&self, pictures: &[Vec<u8>]) -> Result<Vec<TickStates>, EngineError> {
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let ink: Vec<f32> = pictures
            .iter()
            .flatten()
            .map(|ink| f32::from(*ink) / 255.0)
            .collect();
        self.run(&ink, pictures.len()).ok_or(self.0.gave_up())
    }

    fn run(&self, ink: &[f32], count: usize) -> Option<Vec<TickStates>> {
        let output: NdTensor<f32, 2> = self.0.run([count, 1, SIDE, SIDE], ink)?;
        let states = (0..count).map(|at| {
            let [empty, marked, corrected, ambiguous] =
                [0, 1, 2, 3].map(|state| f64::from(output[[at, state]]));
            TickStates {
                empty,
                marked,
                corrected,
                ambiguous,
            }
        });
        (output.shape() == [count, 4]).then(|| states.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What torch makes of the same weights, and this program.
    const SAME: f64 = 1e-4;

    /// A picture by its pixels' ink.
    fn picture(ink: impl Fn(i32, i32) -> u8) -> Vec<u8> {
        let side = SIDE as i32;
        let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        pixels.map(|(x, y)| ink(x, y)).collect()
    }

    fn tick(x: i32, y: i32) -> u8 {
        let down = (10..18).contains(&x) && (y - (2 + x)).abs() <= 1;
        let up = (18..=32).contains(&x) && (37 - x - y).abs() <= 1;
        if down || up { 230 } else { 0 }
    }

    fn stroke(x: i32, y: i32) -> u8 {
        let on = (3..37).contains(&x) && (y - 20 - (x - 20).div_euclid(8)).abs() <= 1;
        if on { 255 } else { 0 }
    }

    fn dot(x: i32, y: i32) -> u8 {
        let on = (22..25).contains(&x) && (25..29).contains(&y);
        if on { 140 } else { 0 }
    }

    #[test]
    fn it_gives_what_the_training_framework_gives() {
        let pictures = [
            picture(tick),
            picture(|x, y| tick(x, y).max(stroke(x, y))),
            picture(dot),
            picture(|_, _| 0),
        ];
        let judged = TickNetwork::open().unwrap().judge(&pictures).unwrap();
        // By torch 2.15 from the weights in models/ticks.onnx; `scripts/train/golden.py`
        // prints them.
        let expected = [
            [0.000002, 0.999927, 0.000025, 0.000047],
            [0.000000, 0.000000, 0.998081, 0.001918],
            [0.053667, 0.002214, 0.000250, 0.943868],
            [0.946502, 0.002617, 0.000739, 0.050142],
        ];
        for (number, (states, expected)) in judged.iter().zip(expected).enumerate() {
            let states = [
                states.empty,
                states.marked,
                states.corrected,
                states.ambiguous,
            ];
            for (is, should) in states.into_iter().zip(expected) {
                assert!((is - should).abs() < SAME, "picture {number}: {states:?}");
            }
        }
    }

    #[test]
    fn no_picture_is_judged_as_nothing() {
        assert_eq!(TickNetwork::open().unwrap().judge(&[]).unwrap(), []);
    }

    /// The model card is about these weights.
    #[test]
    fn the_model_card_names_these_weights() {
        let card = include_str!("../../models/ticks.md");
        let digest = blake3::hash(MODEL).to_hex();
        assert!(card.contains(digest.as_str()), "BLAKE3 is {digest}");
        let size = format!("{} bytes", MODEL.len());
        assert!(card.contains(&size), "{size}");
    }
}
