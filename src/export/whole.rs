//! A file that appears whole or not at all: written beside its place under
//! another name, made durable, then renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::ExportError;

/// A file in the making. Dropped before [`WholeFile::finish`], it never was.
#[derive(Debug)]
pub struct WholeFile {
    path: PathBuf,
    out: BufWriter<NamedTempFile>,
}

/// A new file is read by its owner and group alone: letters are personal.
const MODE: u32 = 0o640;

impl WholeFile {
    /// Begins the file at `path`; what lies there stays until the new one is whole.
    pub fn begin(path: &Path) -> Result<Self, ExportError> {
        let begin = || {
            let path = real(path)?;
            let file = NamedTempFile::with_prefix_in(".postroom-", folder(&path))?;
            let out = BufWriter::new(file);
            Ok(Self { path, out })
        };
        begin().map_err(|source| failed(path, source))
    }

    /// Makes it durable and puts it in its place.
    pub fn finish(self) -> Result<(), ExportError> {
        let Self { path, out } = self;
        put(&path, out).map_err(|source| failed(&path, source))
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a whole file of these bytes.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let mut file = WholeFile::begin(path)?;
    file.write_all(bytes)
        .map_err(|source| failed(path, source))?;
    file.finish()
}

/// Where the file really lies. A device must never be renamed away, and a link is
/// kept.
fn real(path: &Path) -> io::Result<PathBuf> {
    match fs::metadata(path) {
        Ok(there) if there.is_file() => fs::canonicalize(path),
        Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => Err(io::Error::other("it is no ordinary file")),
        Err(_) => Ok(path.to_owned()),
    }
}

fn put(path: &Path, out: BufWriter<NamedTempFile>) -> io::Result<()> {
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    // A file that is replaced keeps who may read it.
    let mode = fs::metadata(path).map_or(MODE, |there| there.permissions().mode());
    file.as_file()
        .set_permissions(fs::Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn failed(path: &Path, source: io::Error) -> ExportError {
    ExportError::Files {
        place: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn what_was_there_stays_until_the_new_file_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letters.json");
        write(&path, b"old").unwrap();
        let mut file = WholeFile::begin(&path).unwrap();
        file.write_all(b"ne").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["letters.json"]);
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["letters.json"]);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let error = write(Path::new("/nowhere/at/all.json"), b"x").unwrap_err();
        assert!(
            error.to_string().starts_with("/nowhere/at/all.json"),
            "{error}"
        );
    }

    #[test]
    fn a_link_is_kept_and_a_device_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.csv"), folder.path().join("link.csv"));
        write(&path, b"old").unwrap();
        std::os::unix::fs::symlink("a.csv", &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(write(Path::new("/dev/null"), b"x").is_err());
        assert!(write(folder.path(), b"x").is_err());
    }
}
