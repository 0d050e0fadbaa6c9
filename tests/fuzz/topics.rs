//! A model of topics: as it comes, and with a checksum that fits, so that what lies behind it is
//! reached.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postroom::domain::identity::Digest;
use postroom::rules::Classifier;

fuzz_target!(|bytes: &[u8]| {
    let _ = Classifier::parse(bytes);
    let body = match bytes.iter().position(|&byte| byte == b'\n') {
        Some(end) => &bytes[end + 1..],
        None => bytes,
    };
    let head = format!("postroom-topics\t1\t{}\n", Digest::of(body));
    if let Ok(model) = Classifier::parse(&[head.as_bytes(), body].concat()) {
        let text = String::from_utf8_lossy(body);
        if let Some(opinion) = model.opinion(&text) {
            assert!(opinion.first().1.get() > 0.0);
        }
    }
});
