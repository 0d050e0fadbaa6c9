//! Messages as files of a folder: each whole or not at all, and once.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::send::{Envelope, SendError};

/// A folder that messages are written to.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// A file's name is at most this long without its ending; what is longer is a digest.
const LONGEST_NAME: usize = 200;

impl Folder {
    /// The folder at `path`; it is made when it is not there.
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) async fn deliver(&self, envelope: &Envelope, raw: &[u8]) -> Result<(), SendError> {
        let file = self.path.join(file_name(&envelope.id));
        let (folder, raw) = (self.path.clone(), raw.to_vec());
        let written = tokio::task::spawn_blocking(move || write(&folder, &file, &raw)).await;
        let written = written.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
        written.map_err(|source| SendError::Folder {
            path: self.path.clone(),
            source,
        })
    }
}

/// Under another name, made durable, then named; a file of that name is the same message.
fn write(folder: &Path, file: &Path, raw: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    if !file.exists() {
        let mut whole = NamedTempFile::with_prefix_in(".postroom-", folder)?;
        whole.write_all(raw)?;
        whole.as_file().sync_all()?;
        match whole.persist_noclobber(file) {
            Ok(_) => {}
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.error),
        }
    }
    // Also for a file that is there: its name may not have reached the disk.
    File::open(folder)?.sync_all()
}

/// A file's name for each id, different for different ones; nothing of it leaves the folder.
fn file_name(id: &str) -> String {
    let mut name = String::new();
    for (at, byte) in id.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'@');
        if plain || byte == b'.' && at > 0 {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    if name.len() > LONGEST_NAME || name.is_empty() {
        name = format!("%{}", blake3::hash(id.as_bytes()).to_hex());
    }
    name + ".eml"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn deliver(folder: &Path, id: &str, raw: &[u8]) -> Result<(), SendError> {
        let envelope = Envelope {
            id: id.to_owned(),
            from: "us@x.example".to_owned(),
            to: "them@x.example".to_owned(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let folder = Folder::new(folder.to_owned());
        runtime.block_on(folder.deliver(&envelope, raw))
    }

    #[test]
    fn the_same_message_is_one_file() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("out");
        for raw in [&b"first"[..], b"again"] {
            deliver(&folder, "17.a@x.example", raw).unwrap();
        }
        deliver(&folder, "../17", b"other").unwrap();
        let mut names: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["%2E.%2F17.eml", "17.a@x.example.eml"]);
        assert_eq!(fs::read(folder.join(&names[1])).unwrap(), b"first");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = deliver(&file, "1@x", b"raw").unwrap_err();
        assert!(error.may_pass());
        assert!(
            error.to_string().starts_with(&file.display().to_string()),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn every_id_has_a_name_of_its_own(a in "\\PC{0,300}", b in "\\PC{0,300}") {
            let names = [&a, &b].map(|id| file_name(id));
            for name in &names {
                prop_assert!(name.len() <= LONGEST_NAME + 4 && !name.contains('/'));
                prop_assert!(!name.starts_with('.'));
            }
            prop_assert_eq!(a == b, names[0] == names[1]);
        }
    }
}
