//! Style sheets, scripts and pictures, all in the program. Each has its hash in its name, so that a
//! browser keeps it for good and has the new one with a new program.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::domain::identity::Digest;

use super::error::PageError;

/// A file in the program.
struct Asset {
    name: &'static str,
    media: &'static str,
    bytes: &'static [u8],
}

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! asset {
    ($name:literal, $media:expr) => {
        Asset {
            name: $name,
            media: $media,
            bytes: include_bytes!(concat!("assets/", $name)),
        }
    };
}

static ASSETS: [Asset; 9] = [
    asset!("style.css", STYLE),
    asset!("mail.css", STYLE),
    asset!("pages.js", SCRIPT),
    asset!("viewer.js", SCRIPT),
    asset!("review.css", STYLE),
    asset!("review.js", SCRIPT),
    asset!("vendor/openseadragon.min.js", SCRIPT),
    asset!("vendor/htmx.min.js", SCRIPT),
    asset!("mark.svg", "image/svg+xml"),
];

/// Hex digits of a hash that stand in a name.
const HASH: usize = 16;

static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let paths = ASSETS.iter().map(|asset| {
        let mut hash = Digest::of(asset.bytes).to_string();
        hash.truncate(HASH);
        let name = asset.name.trim_start_matches("vendor/");
        let mut path = String::from("/assets/");
        // Writing to a string never fails.
        let _ = write!(path, "{hash}-{name}");
        path
    });
    paths.collect()
});

/// Where a browser finds one, by its name in `assets/`; a name that is not there is a mistake
/// of ours, and a test finds it.
pub(super) fn path(name: &str) -> &'static str {
    let mut named = ASSETS.iter().zip(PATHS.iter());
    let found = named.find(|(asset, _)| asset.name == name);
    found.map_or("/assets/missing", |(_, path)| path.as_str())
}

/// `GET /assets/{name}`
pub(super) async fn serve(Path(name): Path<String>) -> Result<Response, PageError> {
    let mut all = ASSETS.iter().zip(PATHS.iter());
    let found = all.find(|(_, path)| path.strip_prefix("/assets/") == Some(name.as_str()));
    let (asset, _) = found.ok_or(PageError::Missing("file"))?;
    let headers = [
        (CONTENT_TYPE, asset.media),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        // The frame around a stranger's HTML has no origin, and takes its style from here.
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    Ok((headers, asset.bytes).into_response())
}
