//! Cards made by the simulator (examples/cards), whose own tests run here as well.

#[expect(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "measuring uses more of it than the tests do"
)]
#[path = "../examples/cards/sim/mod.rs"]
mod sim;

use std::fs;
use std::path::Path;

use postroom::forms::{Weight, lint, parse};

/// A form for tests is one that a designer could have made: nothing of it is an error. (A
/// comb, an open line, small boxes and a bare consent, all advised against, are what it is for.)
#[test]
fn forms_for_tests_are_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms");
    for name in ["application-a4.toml", "voucher.toml"] {
        let form = parse(&fs::read_to_string(folder.join(name)).unwrap()).unwrap();
        for advice in lint(&form) {
            assert_eq!(advice.weight, Weight::Warning, "{name}: {advice:?}");
        }
    }
}
