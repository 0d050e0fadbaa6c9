//! What a reader that was taken over may send to its parent.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| postroom::reader::take_answers(bytes));
