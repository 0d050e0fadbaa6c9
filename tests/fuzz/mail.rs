//! A message, and the HTML in it.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use postroom::mail::{MailLimits, html, parse};

fuzz_target!(|bytes: &[u8]| {
    let Ok(message) = parse(bytes, &MailLimits::default()) else {
        return;
    };
    assert!(!message.text.contains(['\r', '\0']));
    assert!(message.text.is_empty() || !message.fresh.is_empty());
    for attachment in &message.attachments {
        assert!(!attachment.name.is_empty() && !attachment.name.contains(['/', '\\', '\0']));
    }
    if let Some(page) = message.html {
        let safe = html::safe(&page, &BTreeMap::new());
        assert!(!safe.html.contains("<script"));
    }
});
