//! docs/errors.md names every reason for which something is set aside, and
//! nothing else.

use std::collections::BTreeSet;

use postroom::domain::rejection::RejectionCode;

#[test]
fn the_page_and_the_code_agree() {
    let page = include_str!("../docs/errors.md");
    let explained: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let known: BTreeSet<&str> = RejectionCode::ALL
        .into_iter()
        .map(RejectionCode::name)
        .collect();
    assert_eq!(explained, known);
}
