//! Tesseract through leptess: the one place that names it.

use std::path::{Path, PathBuf};

use leptess::tesseract::TessApi;
use leptess::{Variable, capi};

use super::{EngineError, Ocr, Print};
use crate::domain::confidence::Probability;
use crate::domain::geometry::Rect;
use crate::domain::identity::Digest;
use crate::domain::text::{Line, PageText, Word};
