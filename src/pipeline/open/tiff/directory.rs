//! The chain of image file directories in a TIFF: one directory is one page.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::domain::limits::Limits;
use crate::domain::rejection::{Rejection, RejectionCode};

use super::super::{damaged, truncated};
use super::tag;

/// More entries than any scanner writes; real directories have 10 to 40.
const MAX_ENTRIES: u64 = 4_096;

/// The order of bytes and the width of offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) big_endian: bool,
    /// BigTIFF: 64-bit offsets and counts.
    pub(super) big: bool,
}

/// One page's entries, in the order of the file.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    pub(super) entries: Vec<Entry>,
    layout: Layout,
}

/// One entry: what it is and where its value lies in the file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) tag: u16,
    pub(super) kind: u16,
    pub(super) count: u64,
    /// The bytes of the value, inside the file; `None` when they lie beyond its end.
    pub(super) value: Option<Range<usize>>,
}

impl Layout {
    /// Reads the first four bytes.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, Rejection> {
        let (big_endian, big) = match bytes.get(..4) {
            Some(b"II\x2a\0") => (false, false),
            Some(b"MM\0\x2a") => (true, false),
            Some(b"II\x2b\0") => (false, true),
            Some(b"MM\0\x2b") => (true, true),
            _ => return Err(damaged("this is no TIFF file")),
        };
        Ok(Self { big_endian, big })
    }

    /// An unsigned number of 1, 2, 4 or 8 bytes.
    pub(super) fn number(self, bytes: &[u8]) -> u64 {
        let fold = |all: u64, byte: &u8| (all << 8) | u64::from(*byte);
        if self.big_endian {
            bytes.iter().fold(0, fold)
        } else {
            bytes.iter().rev().fold(0, fold)
        }
    }

    /// The same number back as bytes.
    pub(super) fn write(self, out: &mut Vec<u8>, number: u64, width: usize) {
        let bytes = number.to_be_bytes();
        let bytes = &bytes[8 - width..];
        if self.big_endian {
            out.extend(bytes);
        } else {
            out.extend(bytes.iter().rev());
        }
    }

    /// Bytes of an offset.
    pub(super) const fn offset_width(self) -> usize {
        if self.big { 8 } else { 4 }
    }

    /// Bytes of the number of entries at a directory's beginning.
    pub(super) const fn entry_count_width(self) -> usize {
        if self.big { 8 } else { 2 }
    }

    /// Bytes of one entry.
    pub(super) const fn entry_width(self) -> usize {
        if self.big { 20 } else { 12 }
    }

    /// Bytes before the first directory.
    pub(super) const fn header_width(self) -> usize {
        if self.big { 16 } else { 8 }
    }

    fn read(self, bytes: &[u8], at: usize, width: usize) -> Option<u64> {
        Some(self.number(bytes.get(at..at.checked_add(width)?)?))
    }
}

impl Directory {
    pub(super) fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// All numbers of an entry; `None` when it is absent, no list of whole numbers, or
    /// lies beyond the file's end.
    pub(super) fn numbers(&self, bytes: &[u8], tag: u16) -> Option<Vec<u64>> {
        let entry = self.entry(tag)?;
        let width = match entry.kind {
            1 | 7 => 1,
            3 => 2,
            4 | 13 => 4,
            16 | 18 => 8,
            _ => return None,
        };
        let value = bytes.get(entry.value.clone()?)?;
        Some(
            value
                .chunks_exact(width)
                .map(|n| self.layout.number(n))
                .collect(),
        )
    }

    /// The first number of an entry.
    pub(super) fn number(&self, bytes: &[u8], tag: u16) -> Option<u64> {
        self.numbers(bytes, tag)?.first().copied()
    }

    /// A rational number.
    pub(super) fn ratio(&self, bytes: &[u8], tag: u16) -> Option<f64> {
        let entry = self.entry(tag).filter(|entry| entry.kind == 5)?;
        let value = bytes.get(entry.value.clone()?)?;
        let (above, below) = (value.get(..4)?, value.get(4..8)?);
        let below = self.layout.number(below) as f64;
        (below > 0.0).then(|| self.layout.number(above) as f64 / below)
    }

    /// Whether it is a smaller copy of the page before it: it says so, and it is at
    /// most half as wide. Some scanners set the mark on every page, hence the size.
    pub(super) fn is_thumbnail_of(&self, before: &Self, bytes: &[u8]) -> bool {
        let marked = self.number(bytes, tag::NEW_SUBFILE_TYPE).unwrap_or(0) & 1 == 1;
        let width = |page: &Self| page.number(bytes, tag::WIDTH).unwrap_or(0);
        marked && width(self) * 2 <= width(before)
    }
}

/// Follows the chain from the header to its end.
pub(super) fn walk(
    bytes: &[u8],
    layout: Layout,
    limits: &Limits,
) -> Result<Vec<Directory>, Rejection> {
    if layout.big && (layout.read(bytes, 4, 2), layout.read(bytes, 6, 2)) != (Some(8), Some(0)) {
        return Err(damaged("the header of this BigTIFF contradicts itself"));
    }
    let first = layout.header_width() - layout.offset_width();
    let mut next = layout
        .read(bytes, first, layout.offset_width())
        .ok_or_else(|| truncated("the file ends within its header: scan it again"))?;
    let mut seen = BTreeSet::new();
    let mut pages = Vec::new();
    while next != 0 {
        if !seen.insert(next) {
            return Err(damaged(
                "the list of pages in this TIFF runs in a circle: scan it again",
            ));
        }
        if pages.len() >= limits.scan_pages as usize {
            return Err(Rejection::new(
                RejectionCode::TooLarge,
                format!(
                    "the file has more than {} pages: scan it in smaller stacks",
                    limits.scan_pages
                ),
            ));
        }
        let (directory, after) = read_directory(bytes, layout, next).ok_or_else(|| {
            truncated(format!(
                "the file ends before its content does (the list of pages breaks off after page {}): scan it again",
                pages.len()
            ))
        })?;
        pages.push(directory);
        next = after;
    }
    Ok(pages)
}

/// One directory and the offset of the next; `None` when it is not inside the file.
fn read_directory(bytes: &[u8], layout: Layout, at: u64) -> Option<(Directory, u64)> {
    let at = usize::try_from(at).ok()?;
    let count = layout.read(bytes, at, layout.entry_count_width())?;
    if count > MAX_ENTRIES {
        return None;
    }
    let mut at = at + layout.entry_count_width();
    let mut directory = Directory {
        entries: Vec::with_capacity(count as usize),
        layout,
    };
    for _ in 0..count {
        directory.entries.push(read_entry(bytes, layout, at)?);
        at += layout.entry_width();
    }
    let next = layout.read(bytes, at, layout.offset_width())?;
    Some((directory, next))
}

fn read_entry(bytes: &[u8], layout: Layout, at: usize) -> Option<Entry> {
    let wide = layout.offset_width();
    let tag = layout.read(bytes, at, 2)? as u16;
    let kind = layout.read(bytes, at + 2, 2)? as u16;
    let count = layout.read(bytes, at + 4, wide)?;
    let place = at + 4 + wide;
    let field = layout.read(bytes, place, wide)?;
    let value = size_of_kind(kind)
        .and_then(|size| usize::try_from(count.checked_mul(size)?).ok())
        .and_then(|size| {
            let start = if size <= wide {
                place
            } else {
                usize::try_from(field).ok()?
            };
            let end = start.checked_add(size)?;
            (end <= bytes.len()).then_some(start..end)
        });
    Some(Entry {
        tag,
        kind,
        count,
        value,
    })
}

/// Bytes of one value of a kind.
const fn size_of_kind(kind: u16) -> Option<u64> {
    match kind {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 | 16 | 17 | 18 => Some(8),
        _ => None,
    }
}
