//! Cuts one page out of a TIFF: a file of its own whose strips and tiles are the
//! very bytes of the original.

use std::collections::BTreeMap;
use std::ops::Range;

use super::directory::{Directory, Entry, Layout};
use super::tag;

const LONG: u16 = 4;
const LONG8: u16 = 16;

/// Which entries the new file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// Only those that decide the pixels: for the decoder.
    Pixels,
    /// All that mean something in a file of one page: for the archive.
    Everything,
}

/// The page as a TIFF of its own, in the same byte order. `chunks` are its strips or
/// tiles, already found to be inside the file.
pub(super) fn one_page(
    bytes: &[u8],
    layout: Layout,
    page: &Directory,
    chunks: &[Range<usize>],
    keep: Keep,
) -> Vec<u8> {
    let mut file = File::begin(bytes, layout);
    let offsets = file.copy_chunks(bytes, chunks);
    for entry in page.entries.iter().filter(|entry| kept(entry, keep)) {
        match entry.tag {
            tag::STRIP_OFFSETS | tag::TILE_OFFSETS => file.offsets(entry.tag, &offsets),
            _ => file.copy(bytes, entry),
        }
    }
    file.end()
}

/// One tile as a page of one strip, for a decoder that reads strips only.
pub(super) fn one_tile(
    bytes: &[u8],
    layout: Layout,
    page: &Directory,
    tile: &Range<usize>,
    size: (u32, u32),
) -> Vec<u8> {
    let mut file = File::begin(bytes, layout);
    let offsets = file.copy_chunks(bytes, std::slice::from_ref(tile));
    let of_the_page =
        |entry: &&Entry| kept(entry, Keep::Pixels) && !tag::PLACES.contains(&entry.tag);
    for entry in page.entries.iter().filter(of_the_page) {
        file.copy(bytes, entry);
    }
    file.number(tag::WIDTH, size.0.into());
    file.number(tag::HEIGHT, size.1.into());
    file.number(tag::ROWS_PER_STRIP, size.1.into());
    file.offsets(tag::STRIP_OFFSETS, &offsets);
    file.number(tag::STRIP_BYTE_COUNTS, tile.len() as u64);
    file.end()
}

fn kept(entry: &Entry, keep: Keep) -> bool {
    let pointer = tag::POINTERS.contains(&entry.tag) || matches!(entry.kind, 13 | 18);
    entry.value.is_some()
        && match keep {
            Keep::Pixels => tag::PIXELS.contains(&entry.tag),
            Keep::Everything => !pointer,
        }
}

/// A TIFF of one page being written: its bytes so far, and its entries by tag.
struct File {
    layout: Layout,
    out: Vec<u8>,
    fields: BTreeMap<u16, Vec<u8>>,
}

impl File {
    /// The header with an empty place for the directory's offset.
    fn begin(bytes: &[u8], layout: Layout) -> Self {
        let mut out = bytes[..layout.header_width() - layout.offset_width()].to_vec();
        out.resize(layout.header_width(), 0);
        Self {
            layout,
            out,
            fields: BTreeMap::new(),
        }
    }

    fn copy_chunks(&mut self, bytes: &[u8], chunks: &[Range<usize>]) -> Vec<u64> {
        let mut offsets = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            offsets.push(self.align());
            self.out.extend(&bytes[chunk.clone()]);
        }
        offsets
    }

    fn copy(&mut self, bytes: &[u8], entry: &Entry) {
        let value = entry.value.clone().map_or(&[][..], |value| &bytes[value]);
        self.field(entry.tag, entry.kind, entry.count, value);
    }

    fn offsets(&mut self, tag: u16, offsets: &[u64]) {
        let wide = self.layout.offset_width();
        let mut value = Vec::with_capacity(offsets.len() * wide);
        for offset in offsets {
            self.layout.write(&mut value, *offset, wide);
        }
        let kind = if self.layout.big { LONG8 } else { LONG };
        self.field(tag, kind, offsets.len() as u64, &value);
    }

    fn number(&mut self, tag: u16, number: u64) {
        let mut value = Vec::new();
        self.layout.write(&mut value, number, 4);
        self.field(tag, LONG, 1, &value);
    }

    /// One entry; a value that does not fit in it goes before the directory. Of two
    /// with the same tag the first counts, as when reading.
    fn field(&mut self, tag: u16, kind: u16, count: u64, value: &[u8]) {
        if self.fields.contains_key(&tag) {
            return;
        }
        let layout = self.layout;
        let mut field = Vec::with_capacity(layout.entry_width());
        layout.write(&mut field, u64::from(tag), 2);
        layout.write(&mut field, u64::from(kind), 2);
        layout.write(&mut field, count, layout.offset_width());
        if value.len() <= layout.offset_width() {
            field.extend(value);
            field.resize(layout.entry_width(), 0);
        } else {
            let at = self.align();
            layout.write(&mut field, at, layout.offset_width());
            self.out.extend(value);
        }
        self.fields.insert(tag, field);
    }

    /// Writes the directory, its end of the chain, and its place into the header.
    fn end(mut self) -> Vec<u8> {
        let layout = self.layout;
        let at = self.align();
        let count = self.fields.len() as u64;
        layout.write(&mut self.out, count, layout.entry_count_width());
        for field in self.fields.values() {
            self.out.extend(field);
        }
        layout.write(&mut self.out, 0, layout.offset_width());
        let mut first = Vec::new();
        layout.write(&mut first, at, layout.offset_width());
        let place = layout.header_width() - first.len();
        self.out[place..layout.header_width()].copy_from_slice(&first);
        self.out
    }

    /// Values and directories begin on a word; gives the place reached.
    fn align(&mut self) -> u64 {
        self.out.resize(self.out.len().next_multiple_of(2), 0);
        self.out.len() as u64
    }
}
