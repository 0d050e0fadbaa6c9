//! A fake engine that reads what a script says, and misbehaves on command.
//!
//! The script is a JSON object from a page image's height in pixels to what
//! happens: `{"3001": ["Dear Sirs,"], "3002": "crash", "3003": "hang",
//! "3004": "grow", "3005": "grab"}`. Pages are told apart by their height because that survives
//! every format, depth and straightening. `"separator"` and `{"form": "coupon-a6", "ticks":
//! {"offer.kettle": "marked"}}` make a page a separator sheet or a side of a card
//! ([`super::scripted_cards`]).

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::scripted_cards::{ScriptedCards, ScriptedSide, Sheet};
use super::{EngineError, Ocr, Print};
use crate::domain::confidence::Probability;
use crate::domain::geometry::Rect;
use crate::domain::text::{Line, PageText, Word};

/// The fake.
#[derive(Debug)]
pub struct Scripted {
    pages: BTreeMap<u32, Act>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Act {
    Lines(Vec<String>),
    Misfortune(Misfortune),
    Sheet(Separator),
    Card(Box<ScriptedSide>),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Separator {
    Separator,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Misfortune {
    /// The process dies.
    Crash,
    /// It never answers.
    Hang,
    /// It takes memory without end.
    Grow,
    /// It asks at once for more memory than there is.
    Grab,
}

impl Scripted {
    /// Reads the script.
    pub fn open(script: &Path) -> Result<Self, EngineError> {
        let unusable = |what: String| EngineError::Unusable {
            engine: "the scripted engine",
            what,
        };
        let text = std::fs::read_to_string(script).map_err(|e| unusable(e.to_string()))?;
        let pages = serde_json::from_str(&text).map_err(|e| unusable(e.to_string()))?;
        Ok(Self { pages })
    }

    /// Which of the script's pages are separators or cards.
    pub fn cards(&self) -> ScriptedCards {
        let sheets = self.pages.iter().filter_map(|(height, act)| match act {
            Act::Sheet(Separator::Separator) => Some((*height, Sheet::Separator)),
            Act::Card(side) => Some((*height, Sheet::Card(side.turn(), side.side()))),
            Act::Lines(_) | Act::Misfortune(_) => None,
        });
        ScriptedCards::new(sheets.collect())
    }
}

impl Ocr for Scripted {
    fn read(&mut self, page: &Print<'_>) -> Result<PageText, EngineError> {
        match self.pages.get(&page.pix.height()) {
            Some(Act::Lines(lines)) => Ok(typeset(lines)),
            Some(Act::Misfortune(misfortune)) => misfortune.happen(),
            Some(Act::Sheet(_) | Act::Card(_)) | None => Ok(PageText::default()),
        }
    }
}

impl Misfortune {
    fn happen(self) -> ! {
        match self {
            Self::Crash => std::process::abort(),
            Self::Hang => loop {
                std::thread::park();
            },
            Self::Grab => {
                let grabbed = Vec::<u8>::with_capacity(1 << 46);
                panic!("{} bytes were to be had", grabbed.capacity())
            }
            Self::Grow => {
                let mut hoard = Vec::new();
                loop {
                    hoard.push(vec![1u8; 16 << 20]);
                }
            }
        }
    }
}

/// The lines as a sure reading: letters of 20 by 40 pixels, set solid.
fn typeset(lines: &[String]) -> PageText {
    const ADVANCE: usize = 20;
    const LINE: usize = 50;
    let place = |column: usize, row: usize, length: usize| {
        let sizes = [
            100 + column * ADVANCE,
            100 + row * LINE,
            length * ADVANCE,
            40,
        ];
        let [x, y, w, h] = sizes.map(|size| u32::try_from(size).unwrap_or(u32::MAX));
        Rect::new(x, y, w, h)
    };
    let lines = lines.iter().enumerate().filter_map(|(row, line)| {
        let mut column = 0;
        let mut words = Vec::new();
        for text in line.split(' ') {
            let length = text.chars().count();
            if length > 0 {
                words.push(Word {
                    text: text.to_owned(),
                    confidence: Probability::clamped(0.96),
                    bounds: place(column, row, length),
                });
            }
            column += length + 1;
        }
        Line::new(words, 0)
    });
    PageText {
        lines: lines.collect(),
    }
}
