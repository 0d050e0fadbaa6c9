//! A form file, and what is said of the form in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postroom::forms::{lint, parse};

fuzz_target!(|text: &str| {
    if let Ok(form) = parse(text) {
        let _ = lint(&form);
    }
});
