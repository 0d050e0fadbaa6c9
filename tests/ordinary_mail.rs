//! Five hundred messages that people wrote to each other and to lists, before the program ever saw one:
//! none may lie with another exchange. Skipped where that data is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use postroom::domain::case::AttachedBy;
use postroom::store::messages::MailRecord;

use crate::mailroom::{import, on_record};
use crate::support::Post;

/// Of a thousand messages so many at most may lie with another exchange.
const MOST_WRONG: usize = 5;

/// A message as its header has it.
#[derive(Debug)]
struct Header {
    id: String,
    answers: Vec<String>,
    subject: String,
    is_answer: bool,
    /// Sender and addressees: of whom one at least is the same in one exchange.
    list: BTreeSet<String>,
}

#[test]
fn ordinary_messages_lie_with_no_other_exchange() {
    if let Some(post) = unpacked() {
        hold(post);
    }
}

/// Three in four came by lists. Without the marks of lists all rules for people are tried on them.
#[test]
fn nor_do_they_where_nothing_says_that_they_are_of_lists() {
    let Some(post) = unpacked() else {
        return;
    };
    for file in files(&post) {
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, without_lists(&bytes)).unwrap();
    }
    hold(post);
}

/// A message without the header lines by which machines and lists are told.
fn without_lists(bytes: &[u8]) -> Vec<u8> {
    const MARKS: [&str; 8] = [
        "list-",
        "precedence",
        "mailing-list",
        "x-mailing-list",
        "return-path",
        "auto-submitted",
        "x-auto",
        "x-beenthere",
    ];
    let (mut kept, mut in_header, mut dropping) = (Vec::new(), true, false);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        in_header &= !line.trim_ascii().is_empty();
        let goes_on = line.starts_with(b" ") || line.starts_with(b"\t");
        let name = String::from_utf8_lossy(line).to_lowercase();
        dropping =
            in_header && (goes_on && dropping || MARKS.iter().any(|mark| name.starts_with(mark)));
        if !dropping {
            kept.extend_from_slice(line);
        }
    }
    kept
}

fn hold(mut post: Post) {
    // Nobody gets an answer to these.
    post.configure("[reply]\nacknowledge_mail = false\n");
    let ran = import(&post, &post.path("ham"));
    let taken = ran.json();
    println!("{taken}");
    assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
    let threads = threads(&headers(&post));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut wrong, mut doubted) = (Vec::new(), 0);
    for case in on_record(&post) {
        let Some(first) = case
            .iter()
            .find(|mail| mail.attachment.by == AttachedBy::Opened)
        else {
            panic!("nothing opened the case of {case:#?}");
        };
        for mail in &case {
            let by = mail.attachment.by;
            *counts.entry(by.name()).or_default() += 1;
            let is_wrong = exchange(&threads, mail) != exchange(&threads, first);
            let line = format!("{} by {}: {}", told(mail), by.name(), mail.attachment.why);
            let line = format!("{line}\n    on the case of {}", told(first));
            let differ = bare(&mail.subject).0 != bare(&first.subject).0;
            if by == AttachedBy::Customer || by == AttachedBy::Thread && differ {
                doubted += 1;
                println!("{line}");
            }
            if is_wrong {
                wrong.push(line);
            }
        }
    }
    let of: usize = counts.values().sum();
    println!("{of} messages; by rule {counts:?}; {doubted} to look at");
    println!("{} with another exchange: {wrong:#?}", wrong.len());
    assert!(of >= 400, "{of}");
    assert!(
        wrong.len() * 1000 <= of * MOST_WRONG,
        "{} of {of}",
        wrong.len()
    );
    post.assert_verified();
}

fn exchange(threads: &BTreeMap<String, usize>, mail: &MailRecord) -> Option<usize> {
    threads.get(mail.message_id.as_ref()?.as_str()).copied()
}

fn told(mail: &MailRecord) -> String {
    let from = mail.from.as_ref().map_or("nobody", |from| &from.address);
    format!("{:?} from {from}", mail.subject)
}

/// The exchange of each message: what answers what, all the way, or the same subject within the
/// same list, of one that answers something: some lists take the `Re:` away.
fn threads(headers: &[Header]) -> BTreeMap<String, usize> {
    let mut leader: Vec<usize> = (0..headers.len()).collect();
    let at: BTreeMap<&str, usize> = headers
        .iter()
        .zip(0..)
        .map(|(h, at)| (h.id.as_str(), at))
        .collect();
    for (one, header) in headers.iter().enumerate() {
        for answered in header.answers.iter().filter_map(|id| at.get(id.as_str())) {
            join(&mut leader, one, *answered);
        }
        for (other, earlier) in headers.iter().enumerate() {
            let same = header.subject == earlier.subject && !header.list.is_disjoint(&earlier.list);
            if one != other && header.is_answer && same {
                join(&mut leader, one, other);
            }
        }
    }
    let ids = headers.iter().enumerate();
    ids.map(|(at, header)| (header.id.clone(), led(&leader, at)))
        .collect()
}

fn join(leader: &mut [usize], one: usize, other: usize) {
    let (one, other) = (led(leader, one), led(leader, other));
    leader[one] = other;
}

fn led(leader: &[usize], mut at: usize) -> usize {
    while leader[at] != at {
        at = leader[at];
    }
    at
}

/// The headers by a reading of our own: the program must not be held against itself.
fn headers(post: &Post) -> Vec<Header> {
    let files = files(post).into_iter();
    files.map(|file| header(&fs::read(file).unwrap())).collect()
}

fn files(post: &Post) -> Vec<PathBuf> {
    let folder = fs::read_dir(post.path("ham")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn header(bytes: &[u8]) -> Header {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let head = text.split("\n\n").next().unwrap();
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let field = |name: &str| {
        let start = format!("{name}:");
        let line = head
            .lines()
            .find(|line| line.to_lowercase().starts_with(&start.to_lowercase()));
        line.map(|line| line[start.len()..].trim().to_owned())
            .unwrap_or_default()
    };
    let (subject, is_answer) = bare(&field("Subject"));
    let answers = [ids(&field("References")), ids(&field("In-Reply-To"))].concat();
    let list = ["To", "Cc", "From", "Sender", "List-Id"].map(field);
    let list = list.join(" ");
    Header {
        id: ids(&field("Message-ID")).pop().unwrap_or_default(),
        is_answer: is_answer || !answers.is_empty(),
        answers,
        subject,
        list: addresses(&list),
    }
}

fn ids(field: &str) -> Vec<String> {
    let pieces = field.split('<').skip(1);
    pieces
        .filter_map(|piece| Some(piece.split_once('>')?.0.trim().to_owned()))
        .collect()
}

fn addresses(field: &str) -> BTreeSet<String> {
    let words = field.split(|sign: char| sign.is_whitespace() || "<>,;()\"".contains(sign));
    words
        .filter(|word| word.contains('@') || word.contains('.'))
        .map(str::to_lowercase)
        .collect()
}

/// A subject without `Re:` and a list's name, and whether it had `Re:`.
fn bare(subject: &str) -> (String, bool) {
    let folded = subject.to_lowercase();
    let mut rest = folded.trim();
    let mut is_answer = false;
    loop {
        // "Re[2]:" too.
        let (head, tail) = rest.split_once(':').unwrap_or(("", rest));
        if head.split('[').next() == Some("re") {
            (rest, is_answer) = (tail.trim(), true);
        } else if let Some((_, tail)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        {
            rest = tail.trim();
        } else {
            break;
        }
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    (words.join(" "), is_answer)
}

/// The messages in a folder of a mailroom, in the order of their names.
fn unpacked() -> Option<Post> {
    let root = match std::env::var_os("POSTROOM_SHARED_DATA") {
        Some(root) => PathBuf::from(root),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    let archive = root.join("mail/ham-500.tar");
    if !archive.exists() {
        println!("ordinary mail: skipped, there is no {}", archive.display());
        return None;
    }
    let post = Post::new();
    let status = Command::new("tar")
        .args([
            "-xf",
            archive.to_str().unwrap(),
            "-C",
            post.path("").to_str().unwrap(),
        ])
        .status()
        .unwrap();
    assert!(status.success());
    Some(post)
}
