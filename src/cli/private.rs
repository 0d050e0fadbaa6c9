//! What a letter says is for those who may read the store: the files that this
//! program makes are their owner's alone, and a panic quotes nothing.

use std::panic::{self, Location};

use super::output::tell;

/// Nobody but the owner may read or write what is made from here on: the store, its
/// images, exports, and what the readers could ever make.
pub(super) fn new_files_are_the_owners() {
    // SAFETY: sets a number of this process, and cannot fail; no other thread runs yet.
    unsafe { libc::umask(0o077) };
}

/// A fault of the program is told by its place. The usual text may quote what the
/// program was working on, and stderr goes to the journal.
pub(super) fn panics_tell_their_place_alone() {
    panic::set_hook(Box::new(|panic| tell!("{}", told(panic.location()))));
}

fn told(place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(
        || "an unknown place".to_owned(),
        |place| format!("{}:{}", place.file(), place.line()),
    );
    format!("postroom: a fault of the program at {place}; keep the paper and report this line")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_by_its_place() {
        let told = told(Some(Location::caller()));
        assert!(told.contains("src/cli/private.rs:"), "{told}");
        assert!(told.contains("report"), "{told}");
    }
}
