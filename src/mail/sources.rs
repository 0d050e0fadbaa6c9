//! Where messages lie in files: one by itself, a folder of them, a mailbox file, a
//! Maildir. Nothing is moved or changed there, and never more than one message is in
//! memory.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::MailLimits;
use mbox::Mbox;

mod mbox;
#[cfg(test)]
mod tests;

/// A message as it lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// Where it lies, for people: a file, or a file and the line where it begins.
    pub place: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why messages, or one of them, could not be taken from where they lie.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It is not there, or must not be read, or the disk failed.
    #[error("{place}: {source}; mend its permissions or the disk and run it again")]
    Unreadable {
        /// Where.
        place: String,
        /// What the system says.
        source: io::Error,
    },
    /// One message is larger than the limit. It was not taken into memory.
    #[error("{place}: the message has over {most} bytes; look at it in a mail program")]
    TooLarge {
        /// Where.
        place: String,
        /// The limit.
        most: u64,
    },
    /// The path is neither a file nor a folder.
    #[error(
        "{place}: is neither a file nor a folder; name a message, a mailbox file, a Maildir or a folder of messages"
    )]
    NoSource {
        /// Where.
        place: String,
    },
}

impl SourceError {
    /// Where it happened.
    pub fn place(&self) -> &str {
        match self {
            Self::Unreadable { place, .. }
            | Self::TooLarge { place, .. }
            | Self::NoSource { place } => place,
        }
    }
}

/// Messages one after the other; one that cannot be had does not stop the others.
pub type Messages = Box<dyn Iterator<Item = Result<Raw, SourceError>> + Send>;

/// The messages at a path: of a Maildir (`cur` and `new` in it) those in both, of
/// another folder every file below it that ends in `.eml`, by name; of a file that
/// begins with a `From ` line all that it holds, of any other the one that it is.
pub fn open(path: &Path, limits: &MailLimits) -> Result<Messages, SourceError> {
    let most = limits.message_bytes;
    let there = fs::metadata(path).map_err(|source| unreadable(path, source))?;
    if there.is_dir() {
        let files = match is_maildir(path) {
            true => maildir(path)?,
            false => listed(path, &|path| is_eml(path)),
        };
        let read = move |file: Result<PathBuf, SourceError>| message(&file?, most);
        return Ok(Box::new(files.into_iter().map(read)));
    }
    if !there.is_file() {
        let place = path.display().to_string();
        return Err(SourceError::NoSource { place });
    }
    // A mailbox file from which all was taken away has no bytes left.
    if there.len() == 0 && !is_eml(path) {
        return Ok(Box::new(std::iter::empty()));
    }
    if begins_mailbox(path).map_err(|source| unreadable(path, source))? {
        let file = File::open(path).map_err(|source| unreadable(path, source))?;
        let place = path.display().to_string();
        return Ok(Box::new(Mbox::new(BufReader::new(file), place, most)));
    }
    let path = path.to_owned();
    Ok(Box::new(std::iter::once_with(move || message(&path, most))))
}

/// Whether a folder is a Maildir: deliveries appear in `new`, and are in `cur` once a
/// program saw them.
fn is_maildir(path: &Path) -> bool {
    path.join("new").is_dir() && path.join("cur").is_dir()
}

type Listed = Vec<Result<PathBuf, SourceError>>;

/// The files of a Maildir by their names, which begin with the time of delivery. A
/// message may go from `new` to `cur` while they are listed, so `new` comes first: then
/// it is listed twice at worst, and the store knows it again.
fn maildir(path: &Path) -> Result<Listed, SourceError> {
    let mut files = Vec::new();
    for folder in ["new", "cur"] {
        let folder = path.join(folder);
        let entries = fs::read_dir(&folder).map_err(|source| unreadable(&folder, source))?;
        for entry in entries {
            files.push(match entry {
                Ok(entry) => Ok(entry.path()),
                Err(source) => Err(unreadable(&folder, source)),
            });
        }
    }
    files.retain(|file| {
        file.as_ref()
            .map_or(true, |path| !is_hidden(path) && path.is_file())
    });
    files.sort_by_key(|file| {
        file.as_ref()
            .ok()
            .and_then(|path| path.file_name().map(ToOwned::to_owned))
    });
    Ok(files)
}

/// Every file below a folder that is wanted, by its path. A folder that cannot be
/// listed is an error among them. Links to folders are not followed: they may lead in a
/// circle.
fn listed(root: &Path, wanted: &dyn Fn(&Path) -> bool) -> Listed {
    let mut files = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = match entries {
            Ok(entries) => entries,
            Err(source) => {
                files.push(Err(unreadable(&folder, source)));
                continue;
            }
        };
        for entry in entries {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            } else if wanted(&path) && path.is_file() {
                files.push(Ok(path));
            }
        }
    }
    files.sort_by_key(|file| {
        file.as_ref()
            .map_or_else(|e| e.place().into(), |path| path.clone())
    });
    files
}

fn is_eml(path: &Path) -> bool {
    let ending = path.extension();
    !is_hidden(path) && ending.is_some_and(|ending| ending.eq_ignore_ascii_case("eml"))
}

/// Files that are being written, and those of desktops, begin with a dot.
fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

/// A file that is one message.
fn message(path: &Path, most: u64) -> Result<Raw, SourceError> {
    let place = path.display().to_string();
    let mut bytes = Vec::new();
    // What a file says of its size may be wrong by the time that it is read.
    let read = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|source| unreadable(path, source))?;
    if bytes.len() as u64 > most {
        return Err(SourceError::TooLarge { place, most });
    }
    Ok(Raw { place, bytes })
}

/// Whether a file's first line parts messages.
fn begins_mailbox(path: &Path) -> io::Result<bool> {
    let mut line = Vec::new();
    let file = File::open(path)?;
    BufReader::new(file.take(mbox::LONGEST_PARTING)).read_until(b'\n', &mut line)?;
    Ok(mbox::is_parting(&line))
}

fn unreadable(path: &Path, source: io::Error) -> SourceError {
    SourceError::Unreadable {
        place: path.display().to_string(),
        source,
    }
}
