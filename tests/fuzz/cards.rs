//! A page that is, or was, a card of one of the sample forms: looked at to the end.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use postroom::domain::limits::Limits;
use postroom::engines::Networks;
use postroom::forms::parse;
use postroom::pipeline::cards::FormBook;
use postroom::pipeline::open::open;

/// A page of more pixels than an A5 at 300 dpi teaches nothing more.
const LIMITS: Limits = Limits {
    scan_bytes: 1 << 20,
    scan_pages: 2,
    page_pixels: 5 << 20,
    page_decoded_bytes: 16 << 20,
    page_seconds: 10,
    reader_memory: 512 << 20,
};

static BOOK: LazyLock<FormBook> = LazyLock::new(|| {
    let forms = [
        include_str!("../../samples/forms/loyalty-a5.toml"),
        include_str!("../../samples/forms/coupon-a6.toml"),
        include_str!("../forms/voucher.toml"),
        include_str!("../forms/application-a4.toml"),
    ];
    let forms = forms.map(|text| parse(text).unwrap());
    FormBook::new(forms.to_vec(), Networks::open().unwrap())
});

fuzz_target!(
    // A decoder's panic is a page set aside; one in `look` is a find.
    init: std::panic::set_hook(Box::new(|_| {})),
    |bytes: &[u8]| {
        if let Ok(scan) = open(bytes, &LIMITS) {
            for number in 1..=scan.page_count() {
                if let Ok(page) = scan.page(number) {
                    BOOK.look(&page).unwrap();
                }
            }
        }
    }
);
