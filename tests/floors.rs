//! The house stands: imports go down only, each outside thing has one owner, I/O
//! stays at the rim, files stay readable, the map is complete.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module of `src/` and its floor; a module imports from lower floors only.
const FLOORS: [(&str, u8); 14] = [
    ("domain", 0),
    ("imaging", 1),
    ("rules", 1),
    ("gazetteer", 1),
    ("engines", 2),
    ("store", 2),
    ("pipeline", 3),
    ("reader", 4),
    ("cases", 4),
    ("batch", 5),
    ("export", 5),
    ("config", 6),
    ("cli", 7),
    ("lib", 8),
];

/// Outside things and the modules that may name them.
const OWNERS: [(&str, &[&str]); 9] = [
    ("leptess", &["engines"]),
    ("tesseract_plumbing", &["engines"]),
    ("leptonica_sys", &["imaging"]),
    ("leptonica_plumbing", &["imaging", "engines"]),
    ("sqlx", &["store"]),
    ("object_store", &["store"]),
    ("rayon", &["batch", "reader"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
];

/// Modules that open no file, socket or clock.
const PURE: [&str; 5] = ["domain", "imaging", "rules", "gazetteer", "pipeline"];

/// What opening one looks like.
const RIM: [&str; 8] = [
    "std::fs",
    "std::net",
    "std::process",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "tokio",
];

/// Lines that a file may have; a longer one wants a second room.
const LONGEST: usize = 600;

struct Source {
    module: String,
    path: PathBuf,
    /// Without comments and without tests.
    code: String,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let below = path.strip_prefix(&root).unwrap();
                let first = below.iter().next().unwrap().to_str().unwrap();
                found.push(Source {
                    module: first.trim_end_matches(".rs").to_owned(),
                    code: code_of(&text),
                    lines: text.lines().count(),
                    path: below.to_owned(),
                });
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn code_of(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_test_file(path: &Path) -> bool {
    path.iter()
        .any(|part| part == "tests" || part == "tests.rs" || part == "shared_data.rs")
}

#[test]
fn imports_go_down_only() {
    let floors: BTreeMap<&str, u8> = FLOORS.into_iter().collect();
    let mut wrong = Vec::new();
    for source in sources()
        .iter()
        .filter(|s| s.module != "main" && s.module != "lib")
    {
        let own = *floors
            .get(source.module.as_str())
            .unwrap_or_else(|| panic!("{} has no floor", source.module));
        for part in source.code.split("crate::").skip(1) {
            let name: String = part
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let above = floors.get(name.as_str()).is_some_and(|floor| *floor >= own);
            if name != source.module && above {
                wrong.push(format!("{} imports {name}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_outside_thing_has_one_owner() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (thing, owners) in OWNERS {
            let named = source.code.contains(&format!("{thing}::"));
            if named && !owners.contains(&source.module.as_str()) {
                wrong.push(format!("{} names {thing}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn input_and_output_stay_at_the_rim() {
    let mut wrong = Vec::new();
    for source in sources() {
        let pure = PURE.contains(&source.module.as_str()) && !is_test_file(&source.path);
        for sign in RIM
            .iter()
            .filter(|sign| pure && source.code.contains(*sign))
        {
            wrong.push(format!("{} has {sign}", source.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_stay_readable() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.lines > LONGEST)
        .map(|source| format!("{}: {} lines", source.path.display(), source.lines))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_file_says_why_it_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for source in sources() {
        let text = fs::read_to_string(root.join(&source.path)).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} has no opening",
            source.path.display()
        );
    }
}

#[test]
fn the_map_names_every_module() {
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let map = fs::read_to_string(map).unwrap();
    for source in sources() {
        let module = &source.module;
        assert!(
            map.contains(&format!("`{module}")),
            "{module} is not on the map"
        );
    }
}
