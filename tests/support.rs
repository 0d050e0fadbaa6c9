//! A scanner's folder, a store and the program itself, for tests of the whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use postroom::store::{DatabaseAddress, StoreAddress};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The program under test.
pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_postroom");

/// Every database to test on: SQLite always, PostgreSQL when there is one.
pub(super) fn databases(test: &str) -> Vec<Database> {
    let mut databases = vec![Database::Sqlite];
    match std::env::var("POSTROOM_TEST_POSTGRES") {
        Ok(url) => databases.push(Database::Postgres(url)),
        Err(_) => println!("{test}: PostgreSQL skipped (POSTROOM_TEST_POSTGRES)"),
    }
    databases
}

#[derive(Debug, Clone)]
pub(super) enum Database {
    Sqlite,
    /// The URL of a server on which databases may be made.
    Postgres(String),
}

/// The day on which every run of the tests takes place, two days after most of their
/// letters came in.
pub(super) const TODAY: &str = "2026-11-22";

/// A folder of scans, a store, and a script for the fake engine.
pub(super) struct Post {
    root: TempDir,
    script: BTreeMap<String, Value>,
    next_height: u32,
    config: Vec<String>,
    /// The URL of the database, where it is not in the store's folder.
    database: Option<String>,
}

/// What the program printed and how it ended.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ran {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Post {
    pub(super) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("scans")).unwrap();
        Self {
            root,
            script: BTreeMap::new(),
            next_height: 1700,
            config: Vec::new(),
            database: None,
        }
    }

    /// The same over another database.
    pub(super) fn on(database: &Database) -> Self {
        let mut post = Self::new();
        if let Database::Postgres(server) = database {
            let name = format!("postroom_it_{}", uuid_like());
            psql(server, &format!("create database {name}"));
            let (base, options) = server.split_once('?').unwrap_or((server, ""));
            let base = base.rsplit_once('/').unwrap().0;
            let url = format!("{base}/{name}?{options}");
            post.configure(&format!("[store]\ndatabase = \"{url}\"\n"));
            post.database = Some(url);
        }
        post
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(super) fn scans(&self) -> PathBuf {
        self.path("scans")
    }

    /// Where its store lies, for who looks into it without the program.
    pub(super) fn address(&self) -> StoreAddress {
        let mut address = StoreAddress::folder(&self.path("store"));
        if let Some(url) = &self.database {
            address.database = DatabaseAddress::Postgres(url.clone());
        }
        address
    }

    /// Adds a table to the configuration.
    pub(super) fn configure(&mut self, table: &str) {
        self.config.push(table.to_owned());
    }

    /// The same in place of the table that was added last.
    pub(super) fn configure_anew(&mut self, table: &str) {
        self.config.pop();
        self.configure(table);
    }

    /// A page on which the fake engine does this: lines of text, or a misfortune.
    pub(super) fn page(&mut self, act: Value) -> u32 {
        let height = self.next_height;
        self.next_height += 1;
        self.script.insert(height.to_string(), act);
        height
    }

    /// Gives a page of that height another act.
    pub(super) fn mend(&mut self, page: u32, act: Value) {
        self.script.insert(page.to_string(), act);
    }

    /// Puts a scan of these pages into the folder, as a multi-page TIFF.
    pub(super) fn scan(&self, name: &str, pages: &[u32]) {
        let path = self.scans().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, tiff(pages)).unwrap();
    }

    /// A sheet with these lines in front and nothing on its back.
    pub(super) fn sheet(&mut self, name: &str, lines: &[&str]) {
        let (front, back) = (self.page(json!(lines)), self.page(json!([])));
        let front_alone = |row, column, height| match height {
            height if height == front => ink(row, column, height),
            _ => 0,
        };
        fs::write(
            self.scans().join(name),
            tiff_inked(&[front, back], front_alone),
        )
        .unwrap();
    }

    /// A scan of one page with these lines.
    pub(super) fn letter(&mut self, name: &str, lines: &[&str]) {
        let page = self.page(json!(lines));
        self.scan(name, &[page]);
    }

    /// The program with the store named.
    fn plain(&self, arguments: &[&str]) -> Command {
        let config = self.path("config.toml");
        fs::write(&config, self.config.concat()).unwrap();
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .arg("--store")
            .arg(self.path("store"))
            .arg("--config")
            .arg(config)
            .stdin(Stdio::null());
        command
    }

    /// The program with the store named, and the fake engine for runs.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.plain(arguments);
        if matches!(
            arguments,
            ["run" | "watch", ..] | ["aside", "retry", ..] | ["mail", "import" | "fetch", ..]
        ) {
            let script = self.path("script.json");
            fs::write(&script, serde_json::to_string(&self.script).unwrap()).unwrap();
            command.arg("--fake-script").arg(script);
            command.args(["--today", TODAY]);
        }
        command
    }

    pub(super) fn postroom(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    /// `postroom run` over the folder with the real engines, `--json` and more arguments.
    pub(super) fn run_for_real(&self, more: &[&str]) -> Ran {
        let scans = self.scans();
        let mut arguments = vec!["run", scans.to_str().unwrap(), "--json"];
        arguments.extend(more);
        self.plain(&arguments).output().unwrap().into()
    }

    /// `postroom run` over the folder with `--json` and more arguments.
    pub(super) fn run(&self, more: &[&str]) -> Ran {
        let scans = self.scans();
        let mut arguments = vec!["run", scans.to_str().unwrap(), "--json"];
        arguments.extend(more);
        self.postroom(&arguments)
    }

    /// Everything that `export letters` gives.
    pub(super) fn letters(&self) -> Vec<Value> {
        let ran = self.postroom(&["export", "letters", "--format", "json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json().as_array().unwrap().clone()
    }

    /// The store holds together.
    pub(super) fn assert_verified(&self) {
        let ran = self.postroom(&["verify"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
}

/// The two sums of a run's summary.
pub(super) fn assert_balanced(summary: &Value) {
    let number = |key: &str| {
        summary[key]
            .as_u64()
            .unwrap_or_else(|| panic!("{key}: {summary}"))
    };
    let sum = |keys: &[&str]| keys.iter().map(|key| number(key)).sum::<u64>();
    assert_eq!(
        number("scans"),
        sum(&["filed", "already_filed", "duplicates", "set_aside"]),
        "{summary}"
    );
    let pages = [
        "letter_pages",
        "card_pages",
        "other_pages",
        "blank",
        "separators",
        "pages_aside",
    ];
    assert_eq!(number("pages"), sum(&pages), "{summary}");
}

/// A letter that reads cleanly, from a sender of this name.
pub(super) fn plain_letter(name: &str, postcode: &str) -> Vec<String> {
    [
        "12 Orchard Drive",
        "Leeds",
        postcode,
        "",
        "4 November 2026",
        "",
        "Customer Care",
        "Hartwell & Finch Ltd",
        "PO Box 88",
        "Norwich NR99 1AA",
        "",
        "Dear Sir or Madam,",
        "I am writing to complain about a cordless kettle which I purchased from your",
        "Harrogate branch on 2 October 2026. It stopped working after a week and your",
        "assistant told me that nothing could be done without the original packaging.",
        "I should be grateful for a full refund within fourteen days of this letter.",
        "Yours faithfully,",
        name,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Width of every test page in pixels; 150 dpi A4.
const WIDTH: u32 = 1240;

/// A multi-page bilevel TIFF, uncompressed, with ink like lines of print on every
/// page so that none is blank.
pub(super) fn tiff(heights: &[u32]) -> Vec<u8> {
    tiff_inked(heights, ink)
}

/// The same with ink, eight pixels to a byte, where this says so of row, column and
/// height.
fn tiff_inked(heights: &[u32], ink: impl Fn(u32, u32, u32) -> u8) -> Vec<u8> {
    const ENTRIES: u32 = 11;
    let stride = WIDTH.div_ceil(8);
    let mut file = b"II*\0".to_vec();
    let directory = |height: u32, at: u32, last: bool| {
        let data = at + 2 + ENTRIES * 12 + 4 + 16;
        let next = if last { 0 } else { data + stride * height };
        let resolution = data - 16;
        let tags: [(u16, u16, u32); ENTRIES as usize] = [
            (256, 4, WIDTH),
            (257, 4, height),
            (258, 3, 1),
            (259, 3, 1),
            (262, 3, 0),
            (273, 4, data),
            (277, 3, 1),
            (278, 4, height),
            (279, 4, stride * height),
            (282, 5, resolution),
            (283, 5, resolution + 8),
        ];
        let mut bytes = (ENTRIES as u16).to_le_bytes().to_vec();
        for (tag, kind, value) in tags {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(1u32.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(next.to_le_bytes());
        for number in [150u32, 1, 150, 1] {
            bytes.extend(number.to_le_bytes());
        }
        bytes
    };
    file.extend(8u32.to_le_bytes());
    for (index, height) in heights.iter().enumerate() {
        let at = u32::try_from(file.len()).unwrap();
        file.extend(directory(*height, at, index + 1 == heights.len()));
        for row in 0..*height {
            file.extend((0..stride).map(|column| ink(row, column, *height)));
        }
    }
    file
}

/// Rows of blots of a letter's size inside the margins.
fn ink(row: u32, column: u32, height: u32) -> u8 {
    let inside = (150..height - 150).contains(&row) && (15..140).contains(&column);
    let line = row % 40 < 14;
    let gap = (column * 7 + row / 40 * 3).is_multiple_of(6);
    if inside && line && !gap {
        0b0111_1110
    } else {
        0
    }
}

/// Runs SQL on a PostgreSQL server.
pub(super) fn psql(url: &str, sql: &str) {
    let status = Command::new("psql")
        .args([url, "-q", "-c", sql])
        .status()
        .unwrap();
    assert!(status.success(), "{sql}");
}

fn uuid_like() -> String {
    let time = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    format!("{}_{time}", std::process::id())
}
