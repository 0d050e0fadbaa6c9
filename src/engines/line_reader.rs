//! The network that reads open lines, a whole line at a time. models/lines.md says what it
//! is, what it was trained on, and what it gets wrong.

use rten::Model;
use rten_tensor::NdTensor;
use rten_tensor::NdTensorView;
use rten_tensor::prelude::*;

use super::EngineError;
use crate::domain::handprint::{SIGNS, Step};
use crate::imaging::line_picture::{LinePicture, ROWS};

/// The weights that ship.
const MODEL: &[u8] = include_bytes!("../../models/lines.onnx");
const NAME: &str = "the network for lines";
/// Columns of the picture to a step.
pub const STEP: usize = 4;

/// The network, ready to run.
pub struct LineNetwork {
    model: Model,
}

impl std::fmt::Debug for LineNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LineNetwork")
    }
}

impl LineNetwork {
    /// The network that ships with the program.
    pub fn open() -> Result<Self, EngineError> {
        let model = Model::load_static_slice(MODEL).map_err(|error| EngineError::Unusable {
            engine: NAME,
            what: format!("its weights are damaged ({error}): install the program again"),
        })?;
        Ok(Self { model })
    }

    /// What may stand at each step along a line.
    pub fn read(&self, line: &LinePicture) -> Result<Vec<Step>, EngineError> {
        self.run(line).ok_or(EngineError::GaveUp { engine: NAME })
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
        let input = NdTensorView::try_from_data([1, 1, ROWS, width], ink.as_slice()).ok()?;
        let output = self.model.run_one(input.into(), None).ok()?;
        let output: NdTensor<f32, 4> = output.try_into().ok()?;
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
