//! The house stands: imports go down only, each outside thing has one owner, I/O
//! stays at the rim, files stay readable, the map is complete.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module of `src/` and its floor; a module imports from lower floors only.
const FLOORS: [(&str, u8); 21] = [
    ("domain", 0),
    ("acceptance", 1),
    ("imaging", 1),
    ("rules", 1),
    ("gazetteer", 1),
    ("forms", 1),
    ("templates", 1),
    ("engines", 2),
    ("store", 2),
    ("lexicon", 2),
    ("post", 2),
    ("pipeline", 3),
    ("reader", 4),
    ("cases", 4),
    ("batch", 5),
    ("export", 5),
    ("mail", 5),
    ("config", 6),
    ("web", 7),
    ("cli", 8),
    ("lib", 9),
];

/// Outside things and the modules that may name them.
const OWNERS: [(&str, &[&str]); 27] = [
    ("leptess", &["engines"]),
    ("tesseract_plumbing", &["engines"]),
    ("leptonica_sys", &["imaging"]),
    ("leptonica_plumbing", &["imaging", "engines"]),
    ("sqlx", &["store"]),
    ("object_store", &["store"]),
    ("rayon", &["batch", "reader"]),
    ("clap", &["cli"]),
    ("memmap2", &["cli"]),
    ("krilla", &["forms"]),
    ("qrcodegen", &["forms"]),
    ("ttf_parser", &["forms"]),
    ("minijinja", &["templates"]),
    ("lettre", &["mail"]),
    ("hayro", &["pipeline", "forms"]),
    ("rten", &["engines"]),
    ("rten_tensor", &["engines"]),
    ("zxingcpp", &["engines"]),
    ("indicatif", &["cli"]),
    ("mail_parser", &["mail"]),
    ("ammonia", &["mail"]),
    ("async_imap", &["mail"]),
    ("axum", &["web"]),
    ("maud", &["web"]),
    ("argon2", &["web"]),
    ("parquet", &["export"]),
    ("rust_xlsxwriter", &["export"]),
];

/// Modules that open no file, socket or clock.
const PURE: [&str; 10] = [
    "domain",
    "acceptance",
    "imaging",
    "rules",
    "forms",
    "templates",
    "post",
    "gazetteer",
    "lexicon",
    "pipeline",
];

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
    /// Every path that it imports, braces taken apart, `super` and aliases resolved.
    imports: Vec<String>,
    lines: usize,
}

impl Source {
    /// `below` is the file's path below `src/`.
    fn new(below: &Path, text: &str) -> Self {
        let first = below.iter().next().unwrap().to_str().unwrap();
        let code = code_of(text);
        Self {
            module: first.trim_end_matches(".rs").to_owned(),
            path: below.to_owned(),
            imports: imports_of(below, &code),
            code,
            lines: text.lines().count(),
        }
    }

    /// The modules of this crate that it names.
    fn modules(&self) -> BTreeSet<&str> {
        let named = self.code.split("crate::").skip(1).map(first_name);
        let imported = self
            .imports
            .iter()
            .filter_map(|path| path.strip_prefix("crate::"));
        named.chain(imported.map(first_name)).collect()
    }

    fn names_crate(&self, thing: &str) -> bool {
        let imported = self.imports.iter().any(|path| first_name(path) == thing);
        imported || self.code.contains(&format!("{thing}::"))
    }

    fn names(&self, sign: &str) -> bool {
        let imported = self.imports.iter().any(|path| path.contains(sign));
        imported || self.code.contains(sign)
    }
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
                found.push(Source::new(path.strip_prefix(&root).unwrap(), &text));
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

/// The paths of every `use` in the code.
fn imports_of(below: &Path, code: &str) -> Vec<String> {
    let mut imports = Vec::new();
    for (at, word) in code.match_indices("use") {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let starts = before.is_none_or(|c| c.is_whitespace() || "{};".contains(c));
        if starts && after.is_some_and(char::is_whitespace) {
            let tree = code[at + word.len()..].split(';').next().unwrap_or("");
            imports.extend(leaves(tree).iter().map(|path| resolve(below, path)));
        }
    }
    imports
}

/// The paths in a tree of imports, without their aliases.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((stem, rest)) = tree.split_once('{') else {
        let path = tree.split_whitespace().next().unwrap_or("");
        return vec![path.trim_start_matches("::").to_owned()];
    };
    let stem = stem.trim().trim_start_matches("::");
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let mut depth = 0;
    let branches = inner.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let branches = branches.filter(|branch| !branch.trim().is_empty());
    branches
        .flat_map(leaves)
        .map(|leaf| match leaf.as_str() {
            "self" => stem.trim_end_matches("::").to_owned(),
            leaf => format!("{stem}{leaf}"),
        })
        .collect()
}

/// A path from the crate's root, for one that begins with `self` or `super`.
fn resolve(below: &Path, path: &str) -> String {
    let mut here: Vec<&str> = below.iter().map(|part| part.to_str().unwrap()).collect();
    let file = here.pop().unwrap().trim_end_matches(".rs");
    if !matches!(file, "mod" | "lib" | "main") {
        here.push(file);
    }
    let mut rest = path;
    while let Some((first, further)) = rest.split_once("::") {
        match first {
            "super" => drop(here.pop()),
            "self" => {}
            _ => break,
        }
        rest = further;
    }
    if rest == path {
        return path.to_owned();
    }
    here.insert(0, "crate");
    here.push(rest);
    here.join("::")
}

fn first_name(path: &str) -> &str {
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_');
    &path[..end.unwrap_or(path.len())]
}

fn is_test_file(path: &Path) -> bool {
    path.iter()
        .any(|part| part == "tests" || part == "tests.rs" || part == "shared_data.rs")
}

#[test]
fn imports_go_down_only() {
    let wrong: Vec<_> = sources().iter().flat_map(upward).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a source imports from its own floor or from above.
fn upward(source: &Source) -> Vec<String> {
    let floors: BTreeMap<&str, u8> = FLOORS.into_iter().collect();
    if source.module == "main" || source.module == "lib" {
        return Vec::new();
    }
    let own = *floors
        .get(source.module.as_str())
        .unwrap_or_else(|| panic!("{} has no floor", source.module));
    let above = |name: &&str| floors.get(name).is_some_and(|floor| *floor >= own);
    let mut wrong: Vec<_> = source
        .modules()
        .into_iter()
        .filter(|name| *name != source.module && above(name))
        .map(|name| format!("{} imports {name}", source.path.display()))
        .collect();
    // Another name for the whole crate would hide what is imported through it.
    if source.imports.iter().any(|path| path == "crate") {
        wrong.push(format!("{} renames the crate", source.path.display()));
    }
    wrong
}

#[test]
fn every_outside_thing_has_one_owner() {
    let wrong: Vec<_> = sources().iter().flat_map(owned_by_others).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn owned_by_others(source: &Source) -> Vec<String> {
    OWNERS
        .iter()
        .filter(|(_, owners)| !owners.contains(&source.module.as_str()))
        .filter(|(thing, _)| source.names_crate(thing))
        .map(|(thing, _)| format!("{} names {thing}", source.path.display()))
        .collect()
}

#[test]
fn input_and_output_stay_at_the_rim() {
    let wrong: Vec<_> = sources().iter().flat_map(at_the_rim).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn at_the_rim(source: &Source) -> Vec<String> {
    if !PURE.contains(&source.module.as_str()) || is_test_file(&source.path) {
        return Vec::new();
    }
    let mut wrong: Vec<_> = RIM
        .iter()
        .filter(|sign| source.names(sign))
        .map(|sign| format!("{} has {sign}", source.path.display()))
        .collect();
    if source.imports.iter().any(|path| path == "std") {
        wrong.push(format!("{} renames std", source.path.display()));
    }
    wrong
}

#[test]
fn the_checks_see_through_every_way_to_import() {
    let at = |path: &str, text: &str| Source::new(Path::new(path), text);
    let wrong = [
        "use crate::store;",
        "use crate::{domain, store};",
        "use crate::{\n    domain::{page, text},\n    store::{self, Store},\n};",
        "use crate::store as shelf;",
        "use crate as all;",
        "use super::store::Store;",
        "use super::{domain, store::Store};",
        "pub(crate) use super::store;",
        "mod a { use crate::{store}; }",
        "fn f() { crate::store::open(); }",
    ];
    for text in wrong {
        assert_eq!(upward(&at("imaging/mod.rs", text)).len(), 1, "{text}");
    }
    for text in [
        "use super::super::store;",
        "use super::{super::store, pix};",
    ] {
        assert_eq!(upward(&at("imaging/pix.rs", text)).len(), 1, "{text}");
    }
    for text in [
        "use super::store;",
        "use crate::{domain, imaging::store};",
        "// crate::store",
    ] {
        assert_eq!(upward(&at("imaging/pix.rs", text)), [""; 0], "{text}");
    }
    for text in [
        "use sqlx;",
        "use sqlx as x;",
        "use ::sqlx::Row;",
        "use {csv, sqlx::{Row}};",
    ] {
        assert_eq!(
            owned_by_others(&at("batch/plan.rs", text)).len(),
            1,
            "{text}"
        );
        assert_eq!(
            owned_by_others(&at("store/rows.rs", text)),
            [""; 0],
            "{text}"
        );
    }
    for text in [
        "use std::{fs, io};",
        "use std::{collections::BTreeMap, fs as files};",
        "use std as s;",
        "use std::{self};",
        "use std::{time::{Duration, SystemTime as Clock}};",
        "fn f() { std::fs::read(p); }",
    ] {
        assert_eq!(
            at_the_rim(&at("pipeline/draft.rs", text)).len(),
            1,
            "{text}"
        );
        assert_eq!(at_the_rim(&at("batch/plan.rs", text)), [""; 0], "{text}");
    }
    assert_eq!(
        at_the_rim(&at("pipeline/draft.rs", "use std::{fmt, io};")),
        [""; 0]
    );
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
