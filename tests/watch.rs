//! A hot folder: what arrives is filed once and whole, and only Ctrl-C or a wrong
//! setting ends the watch.

use std::fs;
use std::io::Write as _;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{Post, assert_balanced, plain_letter, tiff};

/// Longer than any of these watches takes for anything, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

/// A watch at work; its output lies in files, to be read meanwhile.
struct Watch<'a> {
    post: &'a Post,
    child: Child,
}

impl<'a> Watch<'a> {
    fn over(post: &'a Post) -> Self {
        let scans = post.scans();
        let mut command =
            post.command(&["watch", scans.to_str().unwrap(), "--settle", "1", "--json"]);
        command.stdout(fs::File::create(post.path("stdout")).unwrap());
        command.stderr(fs::File::create(post.path("stderr")).unwrap());
        let child = command.spawn().unwrap();
        let watch = Self { post, child };
        watch.until("it watches", |watch| watch.stderr().contains("Watching"));
        watch
    }

    fn stderr(&self) -> String {
        fs::read_to_string(self.post.path("stderr")).unwrap()
    }

    /// The summaries printed so far; a line that is not whole yet is none.
    fn summaries(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.post.path("stdout")).unwrap();
        text.split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn filed(&self) -> u64 {
        let counts = self.summaries().into_iter();
        counts.map(|one| one["filed"].as_u64().unwrap()).sum()
    }

    fn until(&self, what: &str, comes: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !comes(self) {
            assert!(begun.elapsed() < PATIENCE, "{what}: {}", self.stderr());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ctrl-C.
    fn end(mut self) -> ExitStatus {
        let watch = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(watch, Signal::INT).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_growing_file_is_filed_once_and_whole_and_then_left_alone() {
    let mut post = Post::new();
    let first = post.page(json!(plain_letter("Ada Mason", "LS6 3HN")));
    let second = post.page(json!(["I enclose the receipt."]));
    let (left, right) = (post.page(json!(["Left,"])), post.page(json!(["Right,"])));
    // What the index has beside the new files is not missing: it may come yet.
    let index = "file,received\nslow.tif,2026-11-19\nlater.tif,\n";
    fs::write(post.scans().join("index.csv"), index).unwrap();
    let watch = Watch::over(&post);
    let bytes = tiff(&[first, second]);
    let mut file = fs::File::create(post.scans().join("slow.tif")).unwrap();
    for part in bytes.chunks(bytes.len() / 16 + 1) {
        file.write_all(part).unwrap();
        thread::sleep(Duration::from_millis(200));
    }
    drop(file);
    watch.until("the slow file", |watch| watch.filed() == 1);
    // Two at once, beside a file that is there already.
    post.scan("left.tif", &[left]);
    post.scan("bag/right.tif", &[right]);
    watch.until("two at once", |watch| watch.filed() == 3);
    for summary in watch.summaries() {
        assert_balanced(&summary);
        assert_eq!(summary["set_aside"], 0, "{summary}");
        assert_eq!(summary["missing"], json!([]), "{summary}");
        assert_eq!(summary["already_filed"], 0, "only what is new is looked at");
    }
    assert_eq!(watch.end().code(), Some(0));
    let letters = post.letters();
    assert_eq!(letters.len(), 3);
    let slow = letters.iter().find(|letter| letter["scan"] == "slow.tif");
    assert_eq!(slow.unwrap()["pages"], json!([1, 2]));
    assert_eq!(slow.unwrap()["received"], "2026-11-19");
    let again = post.run(&[]).json();
    assert_eq!(
        (&again["scans"], &again["already_filed"]),
        (&json!(3), &json!(3))
    );
    post.assert_verified();
}

#[test]
fn a_run_beside_it_makes_it_wait() {
    let mut post = Post::new();
    post.configure("[limits]\npage_seconds = 4\n");
    let page = post.page(json!("hang"));
    let other = post.path("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("hang.tif"), tiff(&[page])).unwrap();
    post.letter("a.tif", &["Dear Sirs,"]);
    let mut run = post.command(&["run", other.to_str().unwrap()]);
    let mut run = run.stdout(Stdio::null()).spawn().unwrap();
    thread::sleep(Duration::from_millis(500));
    let watch = Watch::over(&post);
    watch.until("its letter", |watch| watch.filed() == 1);
    assert_eq!(run.wait().unwrap().code(), Some(1));
    // It says so after it has told what was filed.
    let goes_on = |watch: &Watch<'_>| watch.stderr().contains("The watch goes on.");
    watch.until("it goes on", goes_on);
    let said = watch.stderr();
    assert_eq!(
        said.matches("another run is taking in scans").count(),
        1,
        "{said}"
    );
    assert_eq!(watch.end().code(), Some(0));
}

#[test]
fn a_store_that_fails_for_a_while_is_waited_for() {
    let mut post = Post::new();
    post.letter("a.tif", &["Dear Sirs,"]);
    post.postroom(&["init"]);
    let blobs = post.path("store/blobs");
    fs::create_dir_all(&blobs).unwrap();
    // No image can be written: the run fails when it is at work.
    let in_the_way: Vec<_> = (0..=255).map(|n| blobs.join(format!("{n:02x}"))).collect();
    for path in &in_the_way {
        fs::write(path, "in the way").unwrap();
    }
    let watch = Watch::over(&post);
    watch.until("it says so", |watch| watch.stderr().contains("waits"));
    assert_eq!(watch.summaries(), [] as [Value; 0]);
    for path in &in_the_way {
        fs::remove_file(path).unwrap();
    }
    watch.until("its letter", |watch| watch.filed() == 1);
    assert_balanced(&watch.summaries()[0]);
    assert_eq!(watch.end().code(), Some(0));
    post.assert_verified();
}

#[test]
fn ctrl_c_in_a_run_is_130_and_loses_no_page() {
    let mut post = Post::new();
    let page = post.page(json!("hang"));
    post.scan("hang.tif", &[page]);
    let watch = Watch::over(&post);
    // The lock names its holder.
    let lock = post.path("store/postroom.intake");
    watch.until("a run", |_| {
        fs::metadata(&lock).is_ok_and(|file| file.len() > 0)
    });
    assert_eq!(watch.end().code(), Some(130));
    let asides = post.postroom(&["aside", "list", "--json"]);
    assert_eq!(asides.json(), json!([]), "{asides:?}");
}

#[test]
fn what_is_wrong_from_the_beginning_ends_it() {
    let mut post = Post::new();
    let missing = post.path("nowhere");
    let ran = post.postroom(&["watch", missing.to_str().unwrap()]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    let scans = post.scans();
    let scans = scans.to_str().unwrap();
    // Each arrival is a run of its own, which no counter counts.
    assert_eq!(
        post.postroom(&["watch", scans, "--expect", "3"]).code,
        Some(2)
    );
    post.configure("[rules]\nfile = \"nowhere.toml\"\n");
    let ran = post.postroom(&["watch", scans]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
}
