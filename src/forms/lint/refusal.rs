//! Whether words refuse something. A tick under them would be a refusal, and no consent.
//!
//! Every word that says no counts, for nobody can list the sentences that say it. What is
//! let through is how a form says that a consent can be taken back ("I can stop this at
//! any time"): there, a word for stopping stands after one for being free to.

/// Words that say no by themselves.
const NO: [&str; 26] = [
    "not",
    "cannot",
    "dont",
    "wont",
    "never",
    "no",
    "none",
    "neither",
    "nor",
    "unless",
    "except",
    "unwilling",
    "unwelcome",
    "objection",
    "avoid",
    "refrain",
    "prevent",
    "without",
    "spare",
    "spared",
    "alone",
    "skip",
    "unwanted",
    "away",
    "forget",
    "instead",
];
/// After these a "no" refuses nothing.
const AT_NO: [&str; 6] = ["cost", "charge", "fee", "obligation", "purchase", "matter"];
/// Words that end something, and may also say that it can be ended; with their endings.
const STOP: [&str; 14] = [
    "stop",
    "cease",
    "cancel",
    "object",
    "refuse",
    "reject",
    "decline",
    "withdraw",
    "unsubscribe",
    "opt-out",
    "remove",
    "exclude",
    "omit",
    "delete",
];
const ENDINGS: [&str; 10] = [
    "", "e", "ed", "ing", "ped", "ping", "led", "ling", "ted", "ting",
];
/// So they say that it can be ended, with few words between.
const FREE_TO: [&str; 6] = ["can", "may", "could", "free", "able", "right"];
const BETWEEN: [&str; 10] = [
    "to", "at", "any", "time", "later", "always", "also", "still", "easily", "then",
];
/// What a sender does: who is free to stop that is no customer.
const SENDER_DOES: [&str; 9] = [
    "sending",
    "writing",
    "calling",
    "phoning",
    "ringing",
    "texting",
    "mailing",
    "contacting",
    "e-mailing",
];
/// A clause with one of these says what a mark in the box means.
const MARKS: [&str; 6] = ["tick", "ticking", "box", "cross", "crossing", "mark"];

/// The words around what refuses, when the text does.
pub(super) fn refusal(text: &str) -> Option<String> {
    clauses(text).iter().find_map(|clause| in_clause(clause))
}

/// Whether a printed line leads on to a box: it goes on there, or says when to tick.
pub(super) fn leads(text: &str) -> bool {
    let open = [':', '\u{2026}'];
    let text = text.trim();
    let mut clauses = clauses(text).into_iter();
    text.ends_with(open)
        || text.ends_with("...")
        || clauses.any(|clause| {
            let has = |word: &str| clause.iter().any(|other| other == word);
            (has("tick") || has("box")) && (has("if") || has("to"))
        })
}

/// The words of each clause, small.
fn clauses(text: &str) -> Vec<Vec<String>> {
    let apostrophes = ['\u{2019}', '\u{2018}', '\u{2bc}', '\u{b4}', '`'];
    let text = text.to_lowercase().replace(apostrophes, "'");
    let text = text.replace(" - ", ".").replace("...", ".");
    let ends = [
        '.', ',', ';', ':', '!', '?', '(', ')', '\u{2013}', '\u{2014}', '\u{2026}',
    ];
    let clauses = text.split(ends).map(|clause| {
        let words = clause.split(|c: char| c.is_whitespace() || c == '/');
        let words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
        let words = words.filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    });
    clauses.collect()
}

fn in_clause(clause: &[String]) -> Option<String> {
    let at = (0..clause.len()).find(|at| refuses(clause, *at))?;
    let around = at.saturating_sub(1)..(at + 2).min(clause.len());
    Some(clause[around].join(" "))
}

fn refuses(clause: &[String], at: usize) -> bool {
    let word = clause[at].as_str();
    let next = clause.get(at + 1).map_or("", String::as_str);
    let after_next = clause.get(at + 2).map_or("", String::as_str);
    if ["no", "without"].contains(&word) && AT_NO.contains(&next) {
        return false;
    }
    let in_one_word = word
        .split('-')
        .any(|part| part != "no" && NO.contains(&part));
    if NO.contains(&word) || in_one_word || word.ends_with("n't") {
        return true;
    }
    let me = ["me", "us", "my"].contains(&word);
    if me && ["off", "out"].contains(&next) {
        return true;
    }
    let opts_out =
        ["opt", "opts", "opting"].contains(&word) && (next == "out" || after_next == "out");
    (opts_out || stops(word)) && !is_free_to(clause, at)
}

/// "stop", "stopping"; "objects" are things, and nothing that anybody does.
fn stops(word: &str) -> bool {
    let mut verbs = STOP.iter();
    verbs.any(|verb| {
        let stem = verb.strip_suffix('e').unwrap_or(verb);
        let ending = word.strip_prefix(stem);
        ending.is_some_and(|ending| ENDINGS.contains(&ending))
    })
}

/// Whether the customer can do what stands there: "you can at any time stop".
fn is_free_to(clause: &[String], at: usize) -> bool {
    let is_mark = |word: &String| MARKS.contains(&word.as_str());
    let next = clause.get(at + 1).map_or("", String::as_str);
    if clause.iter().any(is_mark) || SENDER_DOES.contains(&next) {
        return false;
    }
    let mut before = clause[..at].iter().rev().map(String::as_str);
    let word = before.find(|word| FREE_TO.contains(word) || !BETWEEN.contains(word));
    word.is_some_and(|word| FREE_TO.contains(&word))
}
