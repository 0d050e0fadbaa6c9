//! What lies below the scanner's folder: every regular file is a scan, whatever
//! its name, but for the few that are known not to be.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The name of the scanner's own list, when it lies in the folder.
pub const INDEX_NAME: &str = "index.csv";

/// A folder or file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot be read: {source}; check the path and its permissions", path.display())]
pub struct ListingError {
    path: PathBuf,
    source: io::Error,
}

/// One file to account for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Below the folder, as text; bytes that are no UTF-8 stand as `\xNN`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size when it was listed.
    pub bytes: u64,
}

/// What lies below a folder.
#[derive(Debug)]
pub struct Listing {
    /// The folder's absolute path as text.
    pub folder: String,
    /// Whether it is all that lies there, and not only the files whose turn it was.
    pub whole: bool,
    /// The scans, in the order of their names.
    pub scans: Vec<Listed>,
    /// The folders below it that could be looked into, by name.
    pub opened: Vec<String>,
    /// How many files were passed over: ignored names, dot-files, the index, links.
    pub ignored: u64,
}

/// Which file names are not scans: exact names, or `*.ending`; letter case never counts.
#[derive(Debug, Clone)]
pub struct Ignore {
    patterns: Vec<String>,
    /// The only files whose turn it is; none when it is everybody's.
    only: Option<BTreeSet<PathBuf>>,
    /// The store's own folder, should it lie below the scanner's.
    store: Option<PathBuf>,
}

impl Ignore {
    /// From the configured patterns.
    pub fn new(patterns: &[String]) -> Self {
        Self {
            patterns: patterns.iter().map(|p| p.to_lowercase()).collect(),
            only: None,
            store: None,
        }
    }

    /// Never takes the store's own files for post.
    #[must_use]
    pub fn but_store(mut self, store: Option<&Path>) -> Self {
        self.store = store.and_then(|folder| fs::canonicalize(folder).ok());
        self
    }

    /// Takes these files alone, by their path as listed. Whatever else lies there is
    /// neither a scan nor ignored: its turn comes.
    #[must_use]
    pub fn taking_only(mut self, files: BTreeSet<PathBuf>) -> Self {
        self.only = Some(files);
        self
    }

    fn in_turn(&self, path: &Path) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(path))
    }

    fn is_store(&self, folder: &Path) -> bool {
        self.store.as_deref() == Some(folder)
    }

    fn matches(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().to_lowercase();
        name.starts_with('.')
            || self
                .patterns
                .iter()
                .any(|pattern| match pattern.strip_prefix('*') {
                    Some(ending) => name.ends_with(ending),
                    None => name == *pattern,
                })
    }
}

/// Lists every scan below `folder`. Links are not followed and count as ignored.
pub fn list(folder: &Path, ignore: &Ignore, index: Option<&Path>) -> Result<Listing, ListingError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| ListingError { path, source }
    };
    let folder = fs::canonicalize(folder).map_err(at(folder))?;
    let index = index.and_then(|path| fs::canonicalize(path).ok());
    let index = index.unwrap_or_else(|| folder.join(INDEX_NAME));
    let mut listing = Listing {
        folder: text_of(folder.as_os_str()),
        whole: ignore.only.is_none(),
        scans: Vec::new(),
        opened: Vec::new(),
        ignored: 0,
    };
    let mut folders = vec![folder.clone()];
    while let Some(current) = folders.pop() {
        let entries = match fs::read_dir(&current) {
            Ok(entries) => entries,
            Err(error) if current == folder => return Err(at(&current)(error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            // A closed subfolder is set aside like a file that cannot be read.
            Err(_) => {
                listing.add_in_turn(&folder, current, 0, ignore);
                continue;
            }
        };
        if current != folder {
            listing.opened.push(name_below(&folder, &current));
        }
        for entry in entries {
            let path = entry.map_err(at(&current))?.path();
            let metadata = match fs::symlink_metadata(&path) {
                Ok(metadata) => metadata,
                // The scanner has renamed it: it has another name now.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                // It may be a scan, which must not go unseen.
                Err(_) => {
                    if !ignore.matches(&path) {
                        listing.add_in_turn(&folder, path, 0, ignore);
                    }
                    continue;
                }
            };
            if metadata.is_dir() {
                folders.extend(Some(path).filter(|path| !ignore.is_store(path)));
            } else if metadata.is_file() && path != index && !ignore.matches(&path) {
                listing.add_in_turn(&folder, path, metadata.len(), ignore);
            } else if listing.whole {
                listing.ignored += 1;
            }
        }
    }
    listing.scans.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listing)
}

impl Listing {
    fn add_in_turn(&mut self, folder: &Path, path: PathBuf, bytes: u64, ignore: &Ignore) {
        if ignore.in_turn(&path) {
            let name = name_below(folder, &path);
            self.scans.push(Listed { name, path, bytes });
        }
    }
}

fn name_below(folder: &Path, path: &Path) -> String {
    text_of(path.strip_prefix(folder).unwrap_or(path).as_os_str())
}

/// A path as text that keeps different paths different: what is no UTF-8, a
/// control character or a backslash stands as `\xNN`.
fn text_of(path: &OsStr) -> String {
    let mut text = String::new();
    for chunk in path.as_bytes().utf8_chunks() {
        for sign in chunk.valid().chars() {
            if sign.is_control() || sign == '\\' {
                text.push_str(&format!("\\x{:02x}", u32::from(sign)));
            } else {
                text.push(sign);
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(listing: &Listing) -> Vec<&str> {
        listing
            .scans
            .iter()
            .map(|scan| scan.name.as_str())
            .collect()
    }

    #[test]
    fn every_regular_file_is_a_scan_but_the_known_few() {
        let folder = tempfile::tempdir().unwrap();
        let bag = folder.path().join("bag 2");
        fs::create_dir(&bag).unwrap();
        for hidden in [".bag", "evening.tmp", "store"] {
            fs::create_dir(folder.path().join(hidden)).unwrap();
            fs::write(folder.path().join(hidden).join("c.tif"), "x").unwrap();
        }
        for name in [
            "a.tif",
            "noname",
            "THUMBS.DB",
            "x.part",
            ".hidden",
            "index.csv",
            "b.exe",
        ] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::write(bag.join("index.csv"), "x").unwrap();
        fs::write(bag.join(OsStr::from_bytes(b"caf\xe9.tif")), "x").unwrap();
        std::os::unix::fs::symlink("a.tif", folder.path().join("link.tif")).unwrap();
        let ignore = Ignore::new(&["Thumbs.db".into(), "*.part".into(), "*.tmp".into()]);
        let ignore = ignore.but_store(Some(&folder.path().join("store")));
        let listing = list(folder.path(), &ignore, None).unwrap();
        assert_eq!(
            names(&listing),
            [
                ".bag/c.tif",
                "a.tif",
                "b.exe",
                "bag 2/caf\\xe9.tif",
                "bag 2/index.csv",
                "evening.tmp/c.tif",
                "noname"
            ]
        );
        assert_eq!(listing.ignored, 5);
    }

    #[test]
    fn a_file_whose_turn_it_is_not_is_not_even_counted() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bag")).unwrap();
        for name in ["a.tif", "b.tif", "bag/c.tif", ".hidden"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let all = list(folder.path(), &Ignore::new(&[]), None).unwrap();
        assert_eq!(names(&all), ["a.tif", "b.tif", "bag/c.tif"]);
        assert_eq!((all.ignored, &*all.opened), (1, &["bag".to_owned()][..]));
        let only = BTreeSet::from([all.scans[2].path.clone()]);
        let one = list(folder.path(), &Ignore::new(&[]).taking_only(only), None).unwrap();
        assert_eq!((names(&one), one.ignored), (vec!["bag/c.tif"], 0));
    }

    #[test]
    fn a_missing_folder_says_so() {
        let error = list(Path::new("/nowhere/at/all"), &Ignore::new(&[]), None).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("/nowhere/at/all: cannot be read")
        );
    }
}
