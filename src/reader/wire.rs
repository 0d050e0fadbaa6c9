//! What parent and reader say to each other: length-prefixed postcard frames.
//!
//! Wire types stand here alone; the domain does not serialise. Both ends are the
//! same binary, so the format needs no versions.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::sandbox::Walls;
use super::wire_card::WireSide;
use crate::domain::confidence::Probability;
use crate::domain::geometry::{PageSize, Rect, Turn};
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::page::{EncodedImage, MediaType, PageKind, PageOutcome, ReadPage};
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::domain::text::{Line, PageText, Word};

/// Frames beyond this are a broken reader, not a page: 1 GiB.
const MAX_FRAME: usize = 1 << 30;

/// Parent to reader.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// What to know before the first scan: form files, as TOML.
    Begin { forms: Vec<String> },
    /// Read a scan's pages from this one on. The scan's bytes follow as a raw frame.
    Scan { first_page: u32 },
}

/// Reader to parent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// Models are open and the walls are up.
    Ready(Walls),
    /// An engine or model cannot be used; the reader ends.
    Unusable { what: String },
    /// The scan's pages are listed.
    Opened { pages: u32 },
    /// The scan's pages cannot be listed.
    Refused(WireRejection),
    /// The next page in order.
    Page(Box<WirePage>),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireRejection {
    code: String,
    reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WirePage {
    number: u32,
    result: Result<WireReadPage, WireRejection>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireReadPage {
    kind: String,
    size: (u32, u32, u32),
    turn: u16,
    skew: f64,
    lines: Vec<(u32, Vec<WireWord>)>,
    card: Option<Box<WireSide>>,
    case: Option<u64>,
    original: WireImage,
    display: Option<WireImage>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireWord {
    text: String,
    confidence: f64,
    bounds: (u32, u32, u32, u32),
}

#[derive(Debug, Serialize, Deserialize)]
struct WireImage {
    media: String,
    bytes: Vec<u8>,
}

/// Sends one message.
pub(super) fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    send_raw(to, &bytes)
}

/// Sends raw bytes as one frame.
pub(super) fn send_raw(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

/// Receives one message; `UnexpectedEof` when the other end is gone.
pub(super) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let bytes = receive_raw(from)?;
    postcard::from_bytes(&bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

/// Receives one raw frame.
pub(super) fn receive_raw(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_FRAME {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "frame too large",
        ));
    }
    // Grown as bytes arrive, so that a lying length costs nothing.
    let mut bytes = Vec::new();
    from.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

impl From<Rejection> for WireRejection {
    fn from(rejection: Rejection) -> Self {
        Self {
            code: rejection.code.name().to_owned(),
            reason: rejection.reason,
        }
    }
}

impl From<WireRejection> for Rejection {
    fn from(wire: WireRejection) -> Self {
        let code = RejectionCode::from_name(&wire.code).unwrap_or(RejectionCode::Damaged);
        Self::new(code, wire.reason)
    }
}

impl From<PageOutcome> for WirePage {
    fn from(page: PageOutcome) -> Self {
        Self {
            number: page.number,
            result: page.result.map(Into::into).map_err(Into::into),
        }
    }
}

impl TryFrom<WirePage> for PageOutcome {
    type Error = io::Error;

    fn try_from(wire: WirePage) -> io::Result<Self> {
        let result = match wire.result {
            Ok(page) => Ok(page.try_into()?),
            Err(rejection) => Err(rejection.into()),
        };
        Ok(Self {
            number: wire.number,
            result,
        })
    }
}

impl From<ReadPage> for WireReadPage {
    fn from(page: ReadPage) -> Self {
        let lines = page.text.lines.iter();
        Self {
            kind: page.kind.name().to_owned(),
            size: (page.size.width, page.size.height, page.size.dpi),
            turn: page.turn.degrees(),
            skew: page.skew,
            lines: lines
                .map(|line| {
                    (
                        line.block,
                        line.words().iter().map(WireWord::from).collect(),
                    )
                })
                .collect(),
            card: page.card.map(|side| Box::new((*side).into())),
            case: page.case.map(CaseReference::number),
            original: page.original.into(),
            display: page.display.map(Into::into),
        }
    }
}

impl TryFrom<WireReadPage> for ReadPage {
    type Error = io::Error;

    fn try_from(wire: WireReadPage) -> io::Result<Self> {
        let (width, height, dpi) = wire.size;
        let lines = wire.lines.into_iter();
        Ok(Self {
            kind: PageKind::from_name(&wire.kind).ok_or_else(|| unknown("page kind"))?,
            size: PageSize { width, height, dpi },
            turn: Turn::from_degrees(wire.turn).ok_or_else(|| unknown("turn"))?,
            skew: wire.skew,
            text: PageText {
                lines: lines
                    .filter_map(|(block, words)| {
                        Line::new(words.into_iter().map(Word::from).collect(), block)
                    })
                    .collect(),
            },
            card: match wire.card {
                Some(side) => Some(Box::new((*side).try_into()?)),
                None => None,
            },
            case: wire.case.and_then(CaseReference::new),
            original: wire.original.try_into()?,
            display: wire.display.map(TryInto::try_into).transpose()?,
        })
    }
}

impl From<&Word> for WireWord {
    fn from(word: &Word) -> Self {
        let Rect { x, y, w, h } = word.bounds;
        Self {
            text: word.text.clone(),
            confidence: word.confidence.get(),
            bounds: (x, y, w, h),
        }
    }
}

impl From<WireWord> for Word {
    fn from(wire: WireWord) -> Self {
        let (x, y, w, h) = wire.bounds;
        Self {
            text: wire.text,
            confidence: Probability::clamped(wire.confidence),
            bounds: Rect::new(x, y, w, h),
        }
    }
}

impl From<EncodedImage> for WireImage {
    fn from(image: EncodedImage) -> Self {
        Self {
            media: image.media.name().to_owned(),
            bytes: image.bytes,
        }
    }
}

impl TryFrom<WireImage> for EncodedImage {
    type Error = io::Error;

    fn try_from(wire: WireImage) -> io::Result<Self> {
        Ok(Self {
            media: MediaType::from_name(&wire.media).ok_or_else(|| unknown("media type"))?,
            bytes: wire.bytes,
        })
    }
}

pub(super) fn unknown(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("unknown {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> PageOutcome {
        let word = Word {
            text: "Leeds".into(),
            confidence: Probability::clamped(0.5),
            bounds: Rect::new(1, 2, 3, 4),
        };
        PageOutcome {
            number: 37,
            result: Ok(ReadPage {
                case: None,
                kind: PageKind::Letter,
                size: PageSize {
                    width: 10,
                    height: 20,
                    dpi: 300,
                },
                turn: Turn::Half,
                skew: -1.25,
                text: PageText {
                    lines: Line::new(vec![word], 2).into_iter().collect(),
                },
                card: None,
                original: EncodedImage {
                    media: MediaType::Tiff,
                    bytes: vec![1, 2, 3],
                },
                display: None,
            }),
        }
    }

    /// What a reader sends of a scan of one page.
    fn conversation() -> Vec<u8> {
        let mut pipe = Vec::new();
        send(&mut pipe, &Answer::Opened { pages: 37 }).unwrap();
        send(&mut pipe, &Answer::Page(Box::new(page().into()))).unwrap();
        pipe
    }

    #[test]
    fn a_page_survives_the_wire() {
        let pipe = conversation();
        let mut pipe = pipe.as_slice();
        let Answer::Opened { pages: 37 } = receive(&mut pipe).unwrap() else {
            panic!("another answer");
        };
        let Answer::Page(back) = receive(&mut pipe).unwrap() else {
            panic!("another answer");
        };
        assert_eq!(PageOutcome::try_from(*back).unwrap(), page());
    }

    #[test]
    #[ignore = "writes a file; scripts/fuzz calls it"]
    fn writes_seeds() {
        let Some(folder) = std::env::var_os("POSTROOM_FUZZ_SEEDS") else {
            return println!("skipped: POSTROOM_FUZZ_SEEDS names no folder");
        };
        let folder = std::path::PathBuf::from(folder).join("answers");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("seed"), conversation()).unwrap();
    }

    #[test]
    fn a_torn_frame_is_an_error() {
        let mut pipe = Vec::new();
        send_raw(&mut pipe, b"abcdef").unwrap();
        pipe.truncate(7);
        let error = receive_raw(&mut pipe.as_slice()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        let lie = u32::MAX.to_le_bytes();
        assert!(receive_raw(&mut lie.as_slice()).is_err());
    }
}
