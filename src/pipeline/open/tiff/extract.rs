//! Cuts one page out of a TIFF: a file of its own whose strips and tiles are the
//! very bytes of the original.

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
    let mut out = header(bytes, layout);
    let offsets = copy_chunks(bytes, chunks, &mut out);
    let mut fields = Vec::new();
    let mut done = Vec::new();
    for entry in &page.entries {
        if done.contains(&entry.tag) || !kept(entry, keep) {
            continue;
        }
        done.push(entry.tag);
        fields.push(match entry.tag {
            tag::STRIP_OFFSETS | tag::TILE_OFFSETS => {
                offsets_field(layout, entry.tag, &offsets, &mut out)
            }
            _ => copied_field(bytes, layout, entry, &mut out),
        });
    }
    align(&mut out);
    let at = out.len() as u64;
    layout.write(&mut out, fields.len() as u64, layout.entry_count_width());
    for field in fields {
        out.extend(field);
    }
    layout.write(&mut out, 0, layout.offset_width());
    let mut first = Vec::new();
    layout.write(&mut first, at, layout.offset_width());
    let place = layout.header_width() - layout.offset_width();
    out[place..place + first.len()].copy_from_slice(&first);
    out
}

/// The header with an empty place for the directory's offset.
fn header(bytes: &[u8], layout: Layout) -> Vec<u8> {
    let mut out = bytes[..layout.header_width() - layout.offset_width()].to_vec();
    out.resize(layout.header_width(), 0);
    out
}

fn copy_chunks(bytes: &[u8], chunks: &[Range<usize>], out: &mut Vec<u8>) -> Vec<u64> {
    chunks
        .iter()
        .map(|chunk| {
            align(out);
            let at = out.len() as u64;
            out.extend(&bytes[chunk.clone()]);
            at
        })
        .collect()
}

fn kept(entry: &Entry, keep: Keep) -> bool {
    let pointer = tag::POINTERS.contains(&entry.tag) || matches!(entry.kind, 13 | 18);
    entry.value.is_some()
        && match keep {
            Keep::Pixels => tag::PIXELS.contains(&entry.tag),
            Keep::Everything => !pointer,
        }
}

fn offsets_field(layout: Layout, tag: u16, offsets: &[u64], out: &mut Vec<u8>) -> Vec<u8> {
    let mut value = Vec::new();
    for offset in offsets {
        layout.write(&mut value, *offset, layout.offset_width());
    }
    let kind = if layout.big { LONG8 } else { LONG };
    field(layout, tag, kind, offsets.len() as u64, &value, out)
}

fn copied_field(bytes: &[u8], layout: Layout, entry: &Entry, out: &mut Vec<u8>) -> Vec<u8> {
    let value = entry.value.clone().map_or(&[][..], |value| &bytes[value]);
    field(layout, entry.tag, entry.kind, entry.count, value, out)
}

/// One entry; a value that does not fit in it goes to the end of `out`.
fn field(
    layout: Layout,
    tag: u16,
    kind: u16,
    count: u64,
    value: &[u8],
    out: &mut Vec<u8>,
) -> Vec<u8> {
    let wide = layout.offset_width();
    let mut field = Vec::with_capacity(layout.entry_width());
    layout.write(&mut field, u64::from(tag), 2);
    layout.write(&mut field, u64::from(kind), 2);
    layout.write(&mut field, count, wide);
    if value.len() <= wide {
        field.extend(value);
        field.resize(layout.entry_width(), 0);
    } else {
        align(out);
        layout.write(&mut field, out.len() as u64, wide);
        out.extend(value);
    }
    field
}

/// Values and directories begin on a word.
fn align(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(2), 0);
}
