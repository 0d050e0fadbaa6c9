//! A rules file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postroom::rules::Rules;

fuzz_target!(|text: &str| {
    let _ = Rules::parse(text);
});
