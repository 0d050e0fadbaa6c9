//! The file of the network that reads English.

use std::path::{Path, PathBuf};

use super::{LANGUAGE, unusable};
use crate::domain::identity::Digest;
use crate::engines::EngineError;

/// Where Debian, Ubuntu and most others keep Tesseract's data.
const DATA_FOLDERS: [&str; 4] = [
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
];

/// The hash of the model's file.
pub(in crate::engines) fn model_digest(tessdata: Option<&Path>) -> Result<Digest, EngineError> {
    let file = model_file(&data_folder(tessdata)?);
    let bytes =
        std::fs::read(&file).map_err(|error| unusable(format!("{}: {error}", file.display())))?;
    Ok(Digest::of(&bytes))
}

fn model_file(folder: &Path) -> PathBuf {
    folder.join(format!("{LANGUAGE}.traineddata"))
}

/// The folder that holds the model: the named one, TESSDATA_PREFIX, or a usual one.
pub(super) fn data_folder(named: Option<&Path>) -> Result<PathBuf, EngineError> {
    let prefix = std::env::var_os("TESSDATA_PREFIX").map(PathBuf::from);
    let places: Vec<PathBuf> = match (named, prefix) {
        (Some(named), _) => vec![named.to_owned()],
        (None, Some(prefix)) => vec![prefix],
        (None, None) => DATA_FOLDERS.map(PathBuf::from).to_vec(),
    };
    let found = places.iter().find(|folder| model_file(folder).is_file());
    found.cloned().ok_or_else(|| {
        let first = places.first().map(|folder| model_file(folder));
        unusable(format!(
            "{} is missing; install tesseract-ocr-eng or mend models.dir",
            first.unwrap_or_default().display()
        ))
    })
}
