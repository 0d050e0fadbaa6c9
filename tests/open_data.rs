//! The fetching of open data, with a network that is made up: nothing is left half-written.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::support::Ran;

/// An empty zip archive: its end of central directory, in octal for printf.
const EMPTY_ZIP: &str =
    r"PK\005\006\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000";

/// Fetches Code-Point Open with a `curl` that does this with the file to be, `$out`.
fn fetch(curl: &str) -> Option<(Ran, Vec<PathBuf>)> {
    if Command::new("python3").arg("--version").output().is_err() {
        println!("fetch-open-data: skipped, no python3");
        return None;
    }
    let root = TempDir::new().unwrap();
    let bin = root.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let script = format!(
        "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = --output ] && out=$2; shift; done\n{curl}\n"
    );
    fs::write(bin.join("curl"), script).unwrap();
    fs::set_permissions(bin.join("curl"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let folder = root.path().join("data");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/fetch-open-data");
    let output = Command::new("python3")
        .args([program.as_os_str(), folder.as_os_str()])
        .args(["--only", "codepo"])
        .env("PATH", format!("{}:{path}", bin.display()))
        .output()
        .unwrap();
    let files = fs::read_dir(&folder).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into());
    Some((output.into(), files.collect()))
}

#[test]
fn a_file_that_came_whole_is_there() {
    let Some((ran, files)) = fetch(&format!("printf '{EMPTY_ZIP}' > \"$out\"")) else {
        return;
    };
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(files, [PathBuf::from("codepo_gb.zip")]);
    assert!(ran.stdout.contains("postroom postcodes build"), "{ran:?}");
}

#[test]
fn without_a_network_nothing_is_there_and_it_says_so() {
    for (curl, says) in [
        // No name server; broken off; a page to sign in instead of the file.
        ("exit 6", "is there a network?"),
        (
            "printf 'PK half' > \"$out\"; exit 18",
            "is there a network?",
        ),
        ("printf '<html>' > \"$out\"", "no zip archive"),
    ] {
        let Some((ran, files)) = fetch(curl) else {
            return;
        };
        assert_eq!(ran.code, Some(4), "{curl}: {ran:?}");
        assert!(files.is_empty(), "{curl}: {files:?}");
        assert!(ran.stderr.contains(says), "{curl}: {ran:?}");
        assert!(ran.stderr.contains("osdatahub.os.uk"), "{curl}: {ran:?}");
    }
}
