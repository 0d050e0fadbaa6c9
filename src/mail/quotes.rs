//! What is new in a message: its text without the earlier messages that it quotes.
//! Topics are judged on it, or an answer would be about whatever the first letter was.
//! Where it is not certain that lines are quoted, they stay; forwarded messages stay
//! too, for whoever forwards one wants it to be read.

/// Lines that an introduction may be wrapped over (`On ... \n ... wrote:`).
const INTRODUCTION_LINES: usize = 3;

/// Bytes of an introduction: a date, a name and an address.
const INTRODUCTION_BYTES: usize = 300;

/// Lines in which a header that was copied into the text says when and to whom.
const COPIED_HEADER_LINES: usize = 8;

/// How an introduction starts and what it says, in languages of neighbours.
const INTRODUCTIONS: [(&str, &str); 9] = [
    ("on ", "wrote"),
    ("on ", "writes"),
    ("am ", "schrieb"),
    ("le ", "a écrit"),
    ("el ", "escribió"),
    ("il ", "ha scritto"),
    ("op ", "schreef"),
    ("em ", "escreveu"),
    ("den ", "skrev"),
];

/// What stands between dashes above a message that is answered.
const ORIGINALS: [&str; 6] = [
    "original message",
    "ursprüngliche nachricht",
    "message d'origine",
    "mensaje original",
    "messaggio originale",
    "oorspronkelijk bericht",
];

/// What stands above a message that is passed on.
const FORWARDED: [&str; 4] = [
    "forwarded message",
    "weitergeleitete nachricht",
    "message transféré",
    "doorgestuurd bericht",
];

/// How a subject starts whose message is passed on.
const FORWARDING: [&str; 6] = ["fw:", "fwd:", "wg:", "tr:", "rv:", "doorst:"];

/// How the subject of an answer starts.
const ANSWERING: [&str; 9] = [
    "re:", "re[", "aw:", "sv:", "vs:", "antw:", "rif:", "odp:", "res:",
];

/// The lines of a header that programs copy above what is answered.
const FROM: [&str; 5] = ["from", "von", "de", "da", "van"];
const SENT: [&str; 9] = [
    "sent",
    "date",
    "gesendet",
    "datum",
    "envoyé",
    "enviado",
    "inviato",
    "verzonden",
    "data",
];
const TO: [&str; 12] = [
    "to",
    "an",
    "à",
    "para",
    "aan",
    "a",
    "subject",
    "betreff",
    "objet",
    "asunto",
    "oggetto",
    "onderwerp",
];

/// The text without what it quotes; all of it where nothing would be left, or where
/// the subject says that it is passed on. `answers` is whether the message names one
/// that it answers: only in an answer is what comes behind a copied header quoted.
pub(super) fn fresh(text: &str, subject: &str, answers: bool) -> String {
    let subject = without_list(subject).to_lowercase();
    if FORWARDING.iter().any(|mark| subject.starts_with(mark)) {
        return text.to_owned();
    }
    let answers = answers || ANSWERING.iter().any(|mark| subject.starts_with(mark));
    let lines: Vec<&str> = text.lines().collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += match what(&lines[at..]) {
            Line::Fresh => {
                kept.push(*line);
                1
            }
            Line::Quoted(lines) => lines,
            Line::AllQuoted if answers => break,
            Line::AllQuoted | Line::AllFresh => {
                kept.extend(&lines[at..]);
                break;
            }
        };
    }
    let left = joined(&kept);
    match left.chars().any(char::is_alphanumeric) {
        true => left,
        false => text.to_owned(),
    }
}

/// A subject without what lists and ticket systems put before it, as `[shop #12]`.
fn without_list(subject: &str) -> &str {
    let mut rest = subject.trim_start();
    while let Some((_, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        rest = behind.trim_start();
    }
    rest
}

/// What a line, and those behind it, are.
enum Line {
    Fresh,
    /// This many lines are not the writer's own.
    Quoted(usize),
    /// From here on nothing is the writer's own.
    AllQuoted,
    /// From here on all is to be read.
    AllFresh,
}

fn what(lines: &[&str]) -> Line {
    if is_marked(lines[0]) {
        return Line::Quoted(1);
    }
    if lines[0].contains("--") {
        let title = lines[0].trim_matches([' ', '-', '\t']).to_lowercase();
        if ORIGINALS.contains(&title.as_str()) {
            return Line::AllQuoted;
        }
        if FORWARDED.iter().any(|mark| title.starts_with(mark)) {
            return Line::AllFresh;
        }
    }
    if is_copied_header(lines) {
        return Line::AllQuoted;
    }
    match introduction(lines) {
        Some((length, certain)) => {
            let mut behind = lines[length..].iter();
            let behind = behind.find(|line| !line.trim().is_empty());
            match behind {
                Some(line) if is_marked(line) => Line::Quoted(length),
                _ if certain => Line::AllQuoted,
                _ => Line::Fresh,
            }
        }
        None => Line::Fresh,
    }
}

/// Whether each line of a quotation is marked, as most programs do it.
fn is_marked(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// Over how many lines somebody is said to have written, and whether that is certain
/// without a marked line behind it: it has a date, and a time or an address.
fn introduction(lines: &[&str]) -> Option<(usize, bool)> {
    let (mut joined, mut length) = (String::new(), 0);
    for line in lines.iter().take(INTRODUCTION_LINES) {
        joined.push_str(line.trim());
        joined.push(' ');
        length += 1;
        if joined.len() > INTRODUCTION_BYTES || line.trim().is_empty() {
            return None;
        }
        if line.trim_end().ends_with(':') {
            break;
        }
    }
    let joined = joined.trim_end().to_lowercase();
    let said = joined.strip_suffix(':')?.trim_end();
    let dated = INTRODUCTIONS
        .iter()
        .any(|(start, verb)| said.starts_with(start) && said.contains(verb));
    if dated && said.contains(|c: char| c.is_ascii_digit()) {
        return Some((length, said.contains('@') || has_time(said)));
    }
    let short = length == 1 && INTRODUCTIONS.iter().any(|(_, verb)| said.ends_with(verb));
    short.then_some((1, false))
}

fn has_time(text: &str) -> bool {
    let is_time = |window: &[u8]| {
        window[0].is_ascii_digit() && window[1] == b':' && window[2].is_ascii_digit()
    };
    text.as_bytes().windows(3).any(is_time)
}

/// Whether a sender, a date and a recipient or subject are named in lines one after
/// the other, as Outlook does it.
fn is_copied_header(lines: &[&str]) -> bool {
    if !is_named(lines[0], &FROM) {
        return false;
    }
    let behind = lines[1..].iter().take(COPIED_HEADER_LINES);
    let behind: Vec<_> = behind.take_while(|line| !line.trim().is_empty()).collect();
    let has = |names: &[&str]| behind.iter().any(|line| is_named(line, names));
    has(&SENT) && has(&TO)
}

/// Whether a line is a header of one of these names. Some programs print it in bold,
/// which becomes asterisks.
fn is_named(line: &str, names: &[&str]) -> bool {
    let Some((name, value)) = line.split_once(':') else {
        return false;
    };
    let name = name.trim_matches(|c: char| c == '*' || c.is_whitespace());
    // No name is that long, and lines may be.
    name.len() < 20 && !value.trim().is_empty() && names.contains(&name.to_lowercase().as_str())
}

/// Lines as text: a rule above what was left out is left out too, and empty lines are
/// not heaped up where it stood.
fn joined(lines: &[&str]) -> String {
    let is_rule = |line: &&str| line.chars().all(|c| c == '_' || c.is_whitespace());
    let bare = lines.iter().rev().take_while(|line| is_rule(line)).count();
    let mut text = String::new();
    let mut empty = true;
    for line in &lines[..lines.len() - bare] {
        let line = line.trim_end();
        if line.is_empty() && empty {
            continue;
        }
        empty = line.is_empty();
        text.push_str(line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_left_out() {
        for text in [
            "New.\n\n> old\n> older\n",
            "New.\n\nOn 20 Nov 2026, Ann Day wrote:\n> old\n",
            "New.\n\nOn Fri, 20 Nov 2026 at 10:02, Ann Day\n<ann@example.org> wrote:\n\nold\n",
            "New.\n\nAm 20.11.2026 um 10:02 schrieb Ann Day:\n> old",
            "New.\n\nLe ven. 20 nov. 2026 à 10:02, Ann <a@b.org> a écrit :\n\nold",
            "New.\n\nAnn Day wrote:\n\n> old\n> older",
            "> old\n\nNew.",
            "New.\n\n-----Original Message-----\nFrom: Ann\nold",
            "New.\n\n----- Ursprüngliche Nachricht -----\nalt",
            "New.\n________________________________\nFrom: Ann Day\nSent: Friday 10:02\nTo: Us\nSubject: x\n\nold",
            "New.\n\nVon: Ann Day\nGesendet: Freitag\nAn: Uns\nBetreff: x\n\nalt",
            "New.\n\n*De :* Ann\n*Envoyé :* vendredi\n*À :* nous\n\nvieux",
            "New.\n\nFrom: Ann\nDate: Friday\nSubject: x\n\nold",
        ] {
            assert_eq!(fresh(text, "Re: x", false), "New.", "{text}");
        }
    }

    #[test]
    fn answers_between_quoted_lines_stay() {
        let text = "Ann wrote:\n> one?\n\nYes.\n\n> two?\n\nNo.\n";
        assert_eq!(fresh(text, "", false), "Yes.\n\nNo.");
    }

    #[test]
    fn what_is_not_certain_stays() {
        for text in [
            "On Monday your driver wrote:\nnothing.",
            "On 3 May your driver wrote:\n\"not at home\"",
            "From: the beginning I was unhappy.\n\nTo: nobody",
            "The card says -- original message -- on it",
            "I wrote:\nplease call",
            "a > b",
            "",
        ] {
            assert_eq!(fresh(text, "", true), text, "{text}");
        }
    }

    #[test]
    fn all_stays_where_nothing_would_be_left() {
        for text in [
            "> only\n> quoted",
            "On 1 May 2026 10:00 Ann wrote:\nold",
            "--\n> x",
        ] {
            assert_eq!(fresh(text, "Re: x", true), text, "{text}");
        }
    }

    #[test]
    fn what_is_passed_on_stays() {
        let text = "See below.\n\nFrom: Shop\nSent: Friday\nTo: Me\nSubject: order\n\nIt is late.";
        for subject in ["FW: order", "[shop #1] Fwd: order", "order"] {
            assert_eq!(fresh(text, subject, false), text);
        }
        assert_eq!(fresh(text, "[shop #1] Re: order", false), "See below.");
        let text = "See below.\n\n---------- Forwarded message ---------\nFrom: Shop\nDate: x\nTo: y\n\nIt is late.";
        assert_eq!(fresh(text, "order", true), text);
    }
}
