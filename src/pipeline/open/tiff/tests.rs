//! TIFFs written by hand, page by page, in every byte order.

use super::*;
use crate::domain::geometry::Turn;
use crate::domain::rejection::RejectionCode;
use crate::imaging::TiffPacking;
use crate::imaging::canvas::Canvas;
use crate::pipeline::open::open;
use directory::Layout;
use proptest::prelude::*;

const ORDERS: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];

/// One page: fields of short or long numbers, and its chunks.
#[derive(Clone)]
struct Page {
    fields: Vec<(u16, Vec<u64>)>,
    chunks: Vec<Vec<u8>>,
}

fn layout(big_endian: bool, big: bool) -> Layout {
    Layout { big_endian, big }
}

/// Writes a TIFF of these pages; the last one's successor is `after`.
fn write(layout: Layout, pages: &[Page], after: u64) -> Vec<u8> {
    let mut out = match (layout.big_endian, layout.big) {
        (false, false) => b"II\x2a\0".to_vec(),
        (true, false) => b"MM\0\x2a".to_vec(),
        (false, true) => b"II\x2b\0\x08\0\0\0".to_vec(),
        (true, true) => b"MM\0\x2b\0\x08\0\0".to_vec(),
    };
    let wide = layout.offset_width();
    let mut link = out.len();
    out.resize(link + wide, 0);
    for page in pages {
        let offsets: Vec<u64> = page
            .chunks
            .iter()
            .map(|chunk| {
                let at = out.len() as u64;
                out.extend(chunk);
                at
            })
            .collect();
        let counts: Vec<u64> = page.chunks.iter().map(|chunk| chunk.len() as u64).collect();
        let tiled = page.fields.iter().any(|(tag, _)| *tag == tag::TILE_WIDTH);
        let (o, c) = if tiled { (324, 325) } else { (273, 279) };
        let mut fields = page.fields.clone();
        fields.extend([(o, offsets), (c, counts)]);
        fields.sort();
        let mut entries = Vec::new();
        for (tag, values) in &fields {
            let mut value = Vec::new();
            values.iter().for_each(|v| layout.write(&mut value, *v, 4));
            layout.write(&mut entries, u64::from(*tag), 2);
            layout.write(&mut entries, 4, 2);
            layout.write(&mut entries, values.len() as u64, wide);
            if value.len() <= wide {
                value.resize(wide, 0);
                entries.extend(value);
            } else {
                layout.write(&mut entries, out.len() as u64, wide);
                out.extend(value);
            }
        }
        let mut place = Vec::new();
        layout.write(&mut place, out.len() as u64, wide);
        out[link..link + wide].copy_from_slice(&place);
        layout.write(&mut out, fields.len() as u64, layout.entry_count_width());
        out.extend(entries);
        link = out.len();
        out.resize(link + wide, 0);
    }
    let mut place = Vec::new();
    layout.write(&mut place, after, wide);
    out[link..link + wide].copy_from_slice(&place);
    out
}

fn drawing(seed: u32) -> Canvas {
    Canvas::new((256, 192))
        .speckle(200 + seed, 6, 0)
        .print(20, 40, 6, 0)
}

fn bits(pix: &Pix) -> Vec<u8> {
    (0..pix.height())
        .flat_map(|y| {
            pix.row(y)
                .iter()
                .flat_map(|word| word.to_be_bytes())
                .take(pix.width() as usize / 8)
        })
        .collect()
}

/// An uncompressed bitonal page in strips of 64 rows.
fn plain(seed: u32) -> Page {
    let bits = bits(&drawing(seed).ink());
    Page {
        fields: vec![
            (256, vec![256]),
            (257, vec![192]),
            (258, vec![1]),
            (259, vec![1]),
            (262, vec![0]),
            (278, vec![64]),
        ],
        chunks: bits.chunks(64 * 32).map(<[u8]>::to_vec).collect(),
    }
}

/// A group 4 page, its coded rows taken from Leptonica's writer.
fn group4(seed: u32) -> Page {
    let file = drawing(seed).ink().to_tiff(TiffPacking::Group4).unwrap();
    let layout = Layout::of(&file).unwrap();
    let pages = directory::walk(&file, layout, &Limits::default()).unwrap();
    let chunks = pixels::chunks(&file, &pages[0], 1).unwrap();
    let value = |tag| pages[0].number(&file, tag).unwrap_or(0);
    Page {
        fields: vec![
            (256, vec![256]),
            (257, vec![192]),
            (258, vec![1]),
            (259, vec![4]),
            (262, vec![value(262)]),
            (278, vec![value(278)]),
        ],
        chunks: chunks
            .into_iter()
            .map(|chunk| file[chunk].to_vec())
            .collect(),
    }
}

fn tiled() -> Page {
    let bits = bits(&drawing(1).ink());
    let tile = |x: usize, y: usize| {
        (0..64)
            .flat_map(|row| bits[(y * 64 + row) * 32 + x * 8..][..8].to_vec())
            .collect()
    };
    Page {
        fields: vec![
            (256, vec![256]),
            (257, vec![192]),
            (258, vec![1]),
            (259, vec![1]),
            (262, vec![0]),
            (322, vec![64]),
            (323, vec![64]),
        ],
        chunks: (0..3)
            .flat_map(|y| (0..4).map(move |x| (x, y)))
            .map(|(x, y)| tile(x, y))
            .collect(),
    }
}

/// One file of each way to write a page, for the fuzzer to begin with.
pub(in super::super) fn seeds() -> Vec<Vec<u8>> {
    let pages = [plain(1), group4(2), tiled()];
    let in_order = |(big_endian, big)| write(layout(big_endian, big), &pages, 0);
    ORDERS.into_iter().map(in_order).collect()
}

fn with(mut page: Page, tag: u16, value: u64) -> Page {
    page.fields.retain(|(other, _)| *other != tag);
    page.fields.push((tag, vec![value]));
    page
}

#[test]
fn pages_come_apart_in_every_byte_order_with_their_bytes_untouched() {
    for (big_endian, big) in ORDERS {
        let layout = layout(big_endian, big);
        let pages = [plain(1), group4(2), plain(3)];
        let file = write(layout, &pages, 0);
        let scan = open(&file, &Limits::default()).unwrap();
        assert_eq!(scan.page_count(), 3);
        for (number, page) in (1..).zip(&pages) {
            let raw = scan.page(number).unwrap();
            assert!(
                raw.pix.same_pixels(&drawing(number).ink()),
                "{number} {layout:?}"
            );
            let kept = &raw.original.bytes;
            let alone = directory::walk(kept, layout, &Limits::default()).unwrap();
            assert_eq!(alone.len(), 1);
            let chunks = pixels::chunks(kept, &alone[0], 1).unwrap();
            let chunks: Vec<Vec<u8>> = chunks
                .into_iter()
                .map(|chunk| kept[chunk].to_vec())
                .collect();
            assert_eq!(chunks, page.chunks);
            let again = open(kept, &Limits::default()).unwrap().page(1).unwrap();
            assert!(again.pix.same_pixels(&raw.pix));
            assert_eq!(
                again.original.bytes, *kept,
                "a file of one page is kept as it is"
            );
        }
    }
}

#[test]
fn tiles_read_like_strips() {
    for (big_endian, big) in ORDERS {
        let file = write(layout(big_endian, big), &[tiled()], 0);
        let raw = open(&file, &Limits::default()).unwrap().page(1).unwrap();
        assert!(raw.pix.same_pixels(&drawing(1).ink()));
    }
}

#[test]
fn orientation_is_a_turn_and_a_mirror() {
    let turn = |number| {
        let file = write(layout(false, false), &[with(plain(1), 274, number)], 0);
        open(&file, &Limits::default()).unwrap().page(1).unwrap()
    };
    assert_eq!(turn(1).turn, Turn::None);
    assert_eq!(turn(3).turn, Turn::Half);
    assert_eq!(turn(6).turn, Turn::Quarter);
    assert_eq!(turn(8).turn, Turn::ThreeQuarter);
    let mirrored = turn(2);
    assert!(!mirrored.as_encoded);
    assert!(
        mirrored
            .pix
            .mirrored()
            .unwrap()
            .same_pixels(&drawing(1).ink())
    );
}

#[test]
fn a_torn_file_says_how_much_is_missing() {
    let whole = write(layout(false, false), &[plain(1)], 0);
    let mut torn = plain(1);
    torn.fields.push((33_000, vec![7; 900]));
    let file = write(layout(false, false), &[torn], 0);
    assert!(open(&whole, &Limits::default()).unwrap().page(1).is_ok());
    let cut = &file[..file.len() - 40];
    assert_eq!(
        open(cut, &Limits::default()).unwrap_err().code,
        RejectionCode::Truncated
    );

    let mut short = plain(1);
    short.chunks[2].truncate(48);
    let why = open(
        &write(layout(false, false), &[short], 0),
        &Limits::default(),
    )
    .unwrap()
    .page(1)
    .unwrap_err();
    assert_eq!(why.code, RejectionCode::Truncated);
    assert!(why.reason.contains("page 1 needs 2 kB more"), "{why}");
}

#[test]
fn a_circle_of_pages_is_damaged() {
    let file = write(layout(false, false), &[plain(1)], 0);
    let first = Layout::of(&file).unwrap().number(&file[4..8]);
    let circle = write(layout(false, false), &[plain(1)], first);
    assert_eq!(
        open(&circle, &Limits::default()).unwrap_err().code,
        RejectionCode::Damaged
    );
}

#[test]
fn limits_hold_before_decoding() {
    let huge = with(with(plain(1), 256, 60_000), 257, 60_000);
    let file = write(layout(false, false), &[huge, plain(1)], 0);
    let scan = open(&file, &Limits::default()).unwrap();
    assert_eq!(scan.page(1).unwrap_err().code, RejectionCode::TooLarge);
    assert!(scan.page(2).is_ok(), "only the page is lost");
    let few = Limits {
        scan_pages: 1,
        ..Limits::default()
    };
    assert_eq!(open(&file, &few).unwrap_err().code, RejectionCode::TooLarge);
}

#[test]
fn a_group_4_page_that_is_damaged_in_the_middle_is_no_page() {
    let whole = group4(1);
    let file = |page: Page| write(layout(false, false), &[page], 0);
    let read = |page| {
        open(&file(page), &Limits::default())
            .unwrap()
            .page(1)
            .map(|_| ())
    };
    assert_eq!(read(whole.clone()), Ok(()));
    let backwards = |byte: &u8| byte.reverse_bits();
    let mut turned = with(whole.clone(), tag::FILL_ORDER, 2);
    turned.chunks[0] = whole.chunks[0].iter().map(backwards).collect();
    assert_eq!(read(turned), Ok(()));
    let mut damaged = whole.clone();
    let middle = damaged.chunks[0].len() / 2;
    damaged.chunks[0][middle..middle + 8].fill(0);
    let why = read(damaged).unwrap_err();
    assert_eq!(why.code, RejectionCode::Damaged);
    assert!(why.reason.contains("damaged from row"), "{why}");
    let mut short = whole;
    short.chunks[0].truncate(middle);
    assert_eq!(read(short).unwrap_err().code, RejectionCode::Damaged);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_damaged_byte_breaks_the_walker(at in 0_usize..400, value: u8, cut in 0_usize..8_000) {
        let mut file = write(layout(false, false), &[group4(1), tiled()], 0);
        let place = file.len() - 1 - at % file.len();
        file[place] = value;
        let end = file.len() - cut % file.len();
        if let Ok(scan) = open(&file[..end], &Limits::default()) {
            for number in 1..=scan.page_count() {
                let _ = scan.page(number);
            }
        }
    }
}
