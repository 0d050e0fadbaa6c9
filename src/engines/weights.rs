//! A network of ours, whatever it reads: weights that are part of the program, run by rten.

use rten::{Model, Value};
use rten_tensor::{NdTensor, NdTensorView};

use super::EngineError;

/// The weights of a network, ready to run.
pub(super) struct Weights {
    name: &'static str,
    model: Model,
}

impl std::fmt::Debug for Weights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Weights {
    /// Those that ship with the program, of a network that is called so where it fails.
    pub(super) fn shipped(name: &'static str, bytes: &'static [u8]) -> Result<Self, EngineError> {
        let model = Model::load_static_slice(bytes).map_err(|error| EngineError::Unusable {
            engine: name,
            what: format!("its weights are damaged ({error}): install the program again"),
        })?;
        Ok(Self { name, model })
    }

    /// Those of a file.
    pub(super) fn of_file(name: &'static str, bytes: Vec<u8>) -> Result<Self, EngineError> {
        let model = Model::load(bytes).map_err(|error| EngineError::Unusable {
            engine: name,
            what: format!(
                "its file is no network, or a damaged one ({error}): take the one that came with \
                 the program, or train it anew"
            ),
        })?;
        Ok(Self { name, model })
    }

    /// What comes out for pictures of this shape (how many, planes, rows, columns); none when
    /// the network takes no such pictures, or gives something of other dimensions.
    pub(super) fn run<const N: usize>(
        &self,
        shape: [usize; 4],
        pictures: &[f32],
    ) -> Option<NdTensor<f32, N>>
    where
        NdTensor<f32, N>: TryFrom<Value>,
    {
        let input = NdTensorView::try_from_data(shape, pictures).ok()?;
        let output = self.model.run_one(input.into(), None).ok()?;
        output.try_into().ok()
    }

    /// It gave nothing that could be used.
    pub(super) const fn gave_up(&self) -> EngineError {
        EngineError::GaveUp { engine: self.name }
    }
}
