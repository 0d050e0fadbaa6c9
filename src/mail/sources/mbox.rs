//! Mailbox files: messages one after the other, parted by lines that begin with
//! `From `. Lines of a message that would look like one have `>` before them; both ways
//! to do that (mboxo, mboxrd) are read.

use std::io::{self, BufRead, Read};

use super::{Raw, SourceError};

/// Bytes of a line that parts messages: an address, a date, and what relays add.
pub(super) const LONGEST_PARTING: u64 = 1_000;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads a mailbox file; never more than one message is in memory.
#[derive(Debug)]
pub(super) struct Mbox<R> {
    reader: R,
    place: String,
    most: u64,
    /// The line that was read last.
    line: Vec<u8>,
    /// Its number in the file, from 1.
    number: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    New,
    /// The line that begins the next message was read.
    Begun,
    /// Nothing more can be.
    Ended,
}

impl<R: BufRead> Mbox<R> {
    /// A mailbox of this place whose messages may have `most` bytes.
    pub(super) const fn new(reader: R, place: String, most: u64) -> Self {
        Self {
            reader,
            place,
            most,
            line: Vec::new(),
            number: 0,
            state: State::New,
        }
    }

    /// The message whose first line was read, up to the next one's.
    fn message(&mut self) -> Result<Raw, SourceError> {
        let place = format!("{}: line {}", self.place, self.number);
        let mut bytes = Vec::new();
        let (mut too_large, mut after_empty) = (false, false);
        self.state = State::Ended;
        while self.read_line().map_err(|source| self.unreadable(source))? {
            if after_empty && is_parting(&self.line) {
                self.state = State::Begun;
                break;
            }
            after_empty = self.line.trim_ascii_end().is_empty();
            let line = unquoted(&self.line);
            too_large |= (bytes.len() + line.len()) as u64 > self.most;
            // The rest of one that is too large is only looked at, for where it ends.
            match too_large {
                true => bytes = Vec::new(),
                false => bytes.extend_from_slice(line),
            }
        }
        if too_large {
            let most = self.most;
            return Err(SourceError::TooLarge { place, most });
        }
        bytes.truncate(without_empty_line(&bytes).len());
        Ok(Raw { place, bytes })
    }

    /// Reads up to the first message.
    fn seek(&mut self) -> Result<(), SourceError> {
        self.state = State::Ended;
        while self.read_line().map_err(|source| self.unreadable(source))? {
            if is_parting(&self.line) {
                self.state = State::Begun;
                break;
            }
        }
        Ok(())
    }

    /// Reads a line, or as much of a very long one as says that it is too long; `false`
    /// at the end of the file.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        let mut some = self.reader.by_ref().take(self.most + 2);
        let read = some.read_until(b'\n', &mut self.line)?;
        self.number += u64::from(self.line.ends_with(b"\n"));
        Ok(read > 0)
    }

    fn unreadable(&self, source: io::Error) -> SourceError {
        let place = format!("{}: line {}", self.place, self.number);
        SourceError::Unreadable { place, source }
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = Result<Raw, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::New
            && let Err(error) = self.seek()
        {
            return Some(Err(error));
        }
        (self.state == State::Begun).then(|| self.message())
    }
}

/// Whether a line parts messages: after a word for the sender it has a day, a month, its
/// number and a time. Sentences begin with `From ` too.
pub(super) fn is_parting(line: &[u8]) -> bool {
    if !line.starts_with(b"From ") || line.len() as u64 > LONGEST_PARTING {
        return false;
    }
    let Ok(line) = std::str::from_utf8(line.trim_ascii_end()) else {
        return false;
    };
    let words: Vec<&str> = line.split_ascii_whitespace().skip(1).collect();
    words.windows(4).any(|words| {
        let is_day = DAYS.contains(&words[0].trim_end_matches(','));
        let is_number = words[2]
            .parse::<u8>()
            .is_ok_and(|day| (1..=31).contains(&day));
        is_day && MONTHS.contains(&words[1]) && is_number && words[3].contains(':')
    })
}

/// A line without the one `>` that was put before it.
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    match marks > 0 && line[marks..].starts_with(b"From ") {
        true => &line[1..],
        false => line,
    }
}

/// The empty line before a parting line belongs to the file, not to the message.
fn without_empty_line(bytes: &[u8]) -> &[u8] {
    for end in [&b"\r\n"[..], b"\n"] {
        if let Some(rest) = bytes.strip_suffix(end)
            && (rest.is_empty() || rest.ends_with(b"\n"))
        {
            return rest;
        }
    }
    bytes
}
