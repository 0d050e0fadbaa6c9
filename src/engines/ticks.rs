//! The network that judges boxes to tick. models/ticks.md says what it is, what it was
//! trained on, and what it gets wrong.

use rten::Model;
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

use super::EngineError;
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
pub struct TickNetwork {
    model: Model,
}

impl std::fmt::Debug for TickNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TickNetwork")
    }
}

impl TickNetwork {
    /// The network that ships with the program.
    pub fn open() -> Result<Self, EngineError> {
        let model = Model::load_static_slice(MODEL).map_err(|error| EngineError::Unusable {
            engine: NAME,
            what: format!("its weights are damaged ({error}): install the program again"),
        })?;
        Ok(Self { model })
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
        self.run(&ink, pictures.len())
            .ok_or(EngineError::GaveUp { engine: NAME })
    }

    fn run(&self, ink: &[f32], count: usize) -> Option<Vec<TickStates>> {
        let input = NdTensorView::try_from_data([count, 1, SIDE, SIDE], ink).ok()?;
        let output = self.model.run_one(input.into(), None).ok()?;
        let output: NdTensor<f32, 2> = output.try_into().ok()?;
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
