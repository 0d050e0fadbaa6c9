//! A file from the scanner: its kind, its pages, their pixels.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postroom::domain::limits::Limits;
use postroom::pipeline::open::open;

/// Small, so that what is merely large is refused at once.
const LIMITS: Limits = Limits {
    scan_bytes: 1 << 20,
    scan_pages: 8,
    page_pixels: 1 << 20,
    page_decoded_bytes: 8 << 20,
    page_seconds: 10,
    reader_memory: 512 << 20,
};

fuzz_target!(
    // A decoder's panic is a page set aside, not a find; what `open` does not catch
    // still ends the process.
    init: std::panic::set_hook(Box::new(|_| {})),
    |bytes: &[u8]| {
        if let Ok(scan) = open(bytes, &LIMITS) {
            for number in 1..=scan.page_count() {
                if let Ok(page) = scan.page(number) {
                    assert!(page.pix.width() > 0 && page.pix.height() > 0);
                }
            }
        }
    }
);
