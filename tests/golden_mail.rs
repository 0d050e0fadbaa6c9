//! Forty e-mails and letters of fifteen cases, taken in one after the other as they came: each must
//! lie with its own, and none with another's.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::mailroom::{cases, header, lying, shown, take_in, text, writing};
use crate::support::{Post, databases};

/// Of a hundred messages and letters so many at least must lie with their own. That none lies with
/// another's has no limit but nought: it would show one customer another's letters.
const LEAST_RIGHT: usize = 95;

/// A line of the truth.
#[derive(Debug)]
struct Piece {
    file: String,
    case: String,
    kind: String,
}

#[test]
fn each_lies_with_its_own_and_none_with_anothers() {
    for database in databases("each_lies_with_its_own_and_none_with_anothers") {
        let mut room = Room {
            post: writing(Post::on(&database)),
            opened: BTreeMap::new(),
        };
        let truth = truth();
        let names: Vec<String> = truth.iter().map(|piece| room.take(piece)).collect();
        let lies = room.lying();
        let placed: Vec<_> = names.iter().map(|name| lies.get(name).cloned()).collect();
        judge(&truth, &placed);
        room.post.assert_verified();
    }
}

/// Prints what lies wrong, and demands that little does.
fn judge(truth: &[Piece], placed: &[Option<(String, String)>]) {
    // The first of a case says which it is.
    let mut own: BTreeMap<&str, &str> = BTreeMap::new();
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut right, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for (piece, lies) in truth.iter().zip(placed) {
        let (case, by) = match lies {
            Some((case, by)) => (case.as_str(), by.as_str()),
            None => ("", "copy"),
        };
        *by_rule.entry(by).or_default() += 1;
        let whose = own.iter().find(|(_, lies)| **lies == case);
        let whose = whose.map(|(name, _)| (*name).to_owned());
        let expected = own.get(piece.case.as_str()).copied();
        let is_right = match (expected, &whose) {
            (_, Some(whose)) => *whose == piece.case,
            (None, None) => by == "opened",
            (Some(_), None) => piece.kind == "copy" && by == "copy",
        };
        let line = format!("{} of {}: by {by}, with {whose:?}", piece.file, piece.case);
        match (is_right, &whose) {
            (true, _) => right += 1,
            (false, Some(_)) => wrong.push(line),
            (false, None) => missed.push(line),
        }
        if expected.is_none() {
            own.insert(&piece.case, case);
        }
    }
    println!(
        "{right} of {} right; by rule {by_rule:?}\nmissed: {missed:#?}",
        truth.len()
    );
    assert!(wrong.is_empty(), "with another's: {wrong:#?}");
    assert!(
        right * 100 >= truth.len() * LEAST_RIGHT,
        "{right} of {}",
        truth.len()
    );
}

struct Room {
    post: Post,
    /// The reference of each case that was opened, by its name in the truth.
    opened: BTreeMap<String, String>,
}

impl Room {
    /// Takes one in; by which name it is found again: a copy by none.
    fn take(&mut self, piece: &Piece) -> String {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/mail");
        let content = fs::read_to_string(samples.join(&piece.file)).unwrap();
        let content = self.filled(&content);
        let name = match piece.kind.as_str() {
            "letter" => self.scan(&piece.file, &content),
            _ => {
                let taken = take_in(&self.post, &piece.file, &content);
                let id = header(&content, "Message-ID").unwrap();
                let is_copy = taken["copies"] == 1;
                if is_copy { String::new() } else { id }
            }
        };
        if !self.opened.contains_key(&piece.case) {
            let lies = self.lying().remove(&name).unwrap();
            self.opened.insert(piece.case.clone(), lies.0);
        }
        name
    }

    fn scan(&mut self, file: &str, lines: &str) -> String {
        let lines: Vec<String> = serde_json::from_str(lines).unwrap();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let name = file.replace("json", "tif");
        self.post.letter(&name, &lines);
        let ran = self.post.run(&[]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        name
    }

    /// Where everything lies and by which rule.
    fn lying(&self) -> BTreeMap<String, (String, String)> {
        let mut lies = lying(&cases(&self.post));
        for letter in self.post.letters() {
            let place = (text(&letter["case"]), text(&letter["attached_by"]));
            lies.insert(text(&letter["scan"]), place);
        }
        lies
    }

    /// The sample with what only this store knows.
    fn filled(&self, content: &str) -> String {
        let mut filled = content.to_owned();
        for (name, case) in &self.opened {
            filled = filled.replace(&format!("{{case:{name}}}"), case);
            let loose = case.replace('-', " ").to_lowercase();
            filled = filled.replace(&format!("{{loose:{name}}}"), &loose);
            let told = format!("{{told:{name}}}");
            if filled.contains(&told) {
                let replies = shown(&self.post, case)["replies"].clone();
                let told_as = text(&replies[0]["message_id"]);
                filled = filled.replace(&told, &told_as);
            }
        }
        let left = ["{case:", "{loose:", "{told:"];
        assert!(!left.iter().any(|mark| filled.contains(mark)), "{filled}");
        filled
    }
}

fn truth() -> Vec<Piece> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/truth/mail.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let pieces = reader.records().map(|row| {
        let row = row.unwrap();
        let [file, case, kind] = [0, 1, 2].map(|at| row[at].to_owned());
        Piece { file, case, kind }
    });
    let pieces: Vec<Piece> = pieces.collect();
    assert_eq!(pieces.len(), 40);
    pieces
}

/// The samples hold what they are for.
#[test]
fn the_samples_are_of_fifteen_cases() {
    let truth = truth();
    let mut names: Vec<&str> = truth.iter().map(|piece| piece.case.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 15, "{names:?}");
    for kind in ["mail", "letter", "copy", "out-of-office", "list", "bounce"] {
        assert!(truth.iter().any(|piece| piece.kind == kind), "{kind}");
    }
}
