//! Real material for tests, when it lies beside the checkout; it is never part of it.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// One archive of the shared data unpacked into a folder that lives as long as the
/// result; `None`, saying so, when it is not there.
pub fn unpacked(archive: &str) -> Option<TempDir> {
    let root = match std::env::var_os("POSTROOM_SHARED_DATA") {
        Some(root) => PathBuf::from(root),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    let archive = root.join(archive);
    if !archive.exists() {
        println!("skipped: {} is not there", archive.display());
        return None;
    }
    let folder = TempDir::new().unwrap();
    let status = Command::new("tar")
        .arg("-xf")
        .arg(&archive)
        .arg("-C")
        .arg(folder.path())
        .status();
    assert!(
        status.unwrap().success(),
        "{} cannot be unpacked",
        archive.display()
    );
    Some(folder)
}

/// Every file below a folder, in order.
pub fn files(root: &std::path::Path) -> Vec<PathBuf> {
    let mut open = vec![root.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let list = if path.is_dir() { &mut open } else { &mut found };
            list.push(path);
        }
    }
    found.sort();
    found
}
