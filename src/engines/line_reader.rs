//! The network that reads open lines, a whole line at a time. models/lines.md says what it
//! is, what it was trained on, and what it gets wrong.

use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::EngineError;
use super::weights::Weights;
use crate::domain::handprint::{SIGNS, Step};
use crate::imaging::line_picture::{LinePicture, ROWS};

/// The weights that ship.
const MODEL: &[u8] = include_bytes!("../../models/lines.onnx");
/// What it is called where it fails.
pub const NAME: &str = "the network for lines";
/// Columns of the picture to a step.
pub const STEP: usize = 4;

/// The network, ready to run.
#[derive(Debug)]
pub struct LineNetwork(Weights);

impl LineNetwork {
    /// The network that ships with the program.
    pub fn open() -> Result<Self, EngineError> {
        Weights::shipped(NAME, MODEL).map(Self)
    }

    /// What may stand at each step along a line.
    pub fn read(&self, line: &LinePicture) -> Result<Vec<Step>, EngineError> {
        self.run(line).ok_or(self.0.gave_up())
    }

    fn run(&self, line: &LinePicture) -> Option<Vec<Step>> {
        // Paper on the right, to whole steps.
        let width = line.width.next_multiple_of(STEP);
        let mut ink = vec![0.0; ROWS * width];
        for (to, from) in ink
            .chunks_mut(width)
            .zip(line.ink.chunks(line.width.max(1)))
        {
            for (to, from) in to.iter_mut().zip(from) {
                *to = f32::from(*from) / 255.0;
            }
        }
        let output: NdTensor<f32, 4> = self.0.run([1, 1, ROWS, width], &ink)?;
        let steps = width / STEP;
        if output.shape() != [1, SIGNS.len() + 1, 1, steps] {
            return None;
        }
        let share = |class: usize, step: usize| f64::from(output[[0, class, 0, step]]);
        let step = |at: usize| Step {
            signs: std::array::from_fn(|sign| share(sign + 1, at)),
            none: share(0, at),
        };
        Some((0..steps).map(step).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What torch makes of the same weights, and this program.
    const SAME: f64 = 1e-4;
    const WIDTH: usize = 64;

    /// An L and a T of 16 rows.
    fn line() -> LinePicture {
        let l = |x: usize, y: usize| {
            (12..14).contains(&x) && (16..32).contains(&y)
                || (30..32).contains(&y) && (12..22).contains(&x)
        };
        let t = |x: usize, y: usize| {
            (16..18).contains(&y) && (36..48).contains(&x)
                || (41..43).contains(&x) && (16..32).contains(&y)
        };
        let pixels = (0..ROWS).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
        LinePicture {
            width: WIDTH,
            ink: pixels
                .map(|(x, y)| if l(x, y) || t(x, y) { 255 } else { 0 })
                .collect(),
        }
    }

    #[test]
    fn it_gives_what_the_training_framework_gives() {
        // By torch 2.15 from the weights in models/lines.onnx: the likeliest of these steps;
        // `scripts/train/golden_lines.py` prints them.
        let expected = [
            (3, 'L', 0.997560),
            (8, 'T', 0.178874),
            (9, 'T', 0.992091),
            (12, ' ', 0.999999),
        ];
        let steps = LineNetwork::open().unwrap().read(&line()).unwrap();
        assert_eq!(steps.len(), WIDTH / STEP);
        for (at, sign, should) in expected {
            let number = SIGNS.iter().position(|one| *one == sign);
            let is = number.map_or(steps[at].none, |number| steps[at].signs[number]);
            assert!(
                (is - should).abs() < SAME,
                "{at}: {sign} {is}, not {should}"
            );
        }
    }

    #[test]
    fn what_it_says_of_a_step_adds_up_to_1_however_wide_the_line() {
        let network = LineNetwork::open().unwrap();
        for width in [1, 5, 63] {
            let line = LinePicture {
                width,
                ink: vec![120; width * ROWS],
            };
            let steps = network.read(&line).unwrap();
            assert_eq!(steps.len(), width.div_ceil(STEP));
            for step in &steps {
                let all = step.none + step.signs.iter().sum::<f64>();
                assert!((all - 1.0).abs() < 1e-5, "{all}");
            }
        }
    }

    /// The model card is about these weights.
    #[test]
    fn the_model_card_names_these_weights() {
        let card = include_str!("../../models/lines.md");
        let digest = blake3::hash(MODEL).to_hex();
        assert!(card.contains(digest.as_str()), "BLAKE3 is {digest}");
        let size = format!("{} bytes", MODEL.len());
        assert!(card.contains(&size), "{size}");
    }
}
