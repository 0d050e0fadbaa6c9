//! The forms that a command works with: the files of the folder that is named, else the
//! ones in the program.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cli::Place;
use crate::cli::exit::{Misused, Unusable};
use crate::config::Config;
use crate::forms::{self, FormSource, Refused};

/// Forms, and where they were found.
pub(in crate::cli) struct Shelf {
    pub(super) forms: Vec<Found>,
    /// Their folder; none when they are those in the program.
    pub(super) folder: Option<PathBuf>,
}

/// One form, and its file where it has one.
pub(super) struct Found {
    pub(super) source: FormSource,
    pub(super) file: Option<PathBuf>,
}

/// The ending of a form file.
const ENDING: &str = "toml";

/// No form file is larger; what is larger is none. The samples have 8 KiB.
const MOST_BYTES: u64 = 1 << 20;

impl Shelf {
    /// The forms of the named folder, else of the configuration's, else the ones in the
    /// program.
    pub(in crate::cli) fn open(named: Option<&Path>, config: &Config) -> Result<Self> {
        match named.or(config.forms.as_deref()) {
            Some(folder) => Ok(Self::of_folder(folder)?),
            None => Ok(Self {
                forms: forms::samples().into_iter().map(Found::embedded).collect(),
                folder: None,
            }),
        }
    }

    /// The same for a command that needs no store.
    pub(super) fn at(place: &Place, named: Option<&Path>) -> Result<Self> {
        let folder = (!place.store.contains("://")).then(|| Path::new(&place.store));
        Self::open(named, &Config::load(place.config.as_deref(), folder)?)
    }

    /// The forms themselves.
    pub(in crate::cli) fn into_sources(self) -> Vec<FormSource> {
        self.forms.into_iter().map(|found| found.source).collect()
    }

    fn of_folder(folder: &Path) -> Result<Self, Unusable> {
        let unreadable = |error: io::Error| {
            Unusable(format!(
                "{}: the folder of forms cannot be read: {error}; mend forms.dir or --forms, or \
                 leave both out for the forms in the program",
                folder.display()
            ))
        };
        let entries = fs::read_dir(folder).map_err(unreadable)?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths: Vec<PathBuf> = paths.collect::<io::Result<_>>().map_err(unreadable)?;
        paths.retain(|path| is_form_file(path));
        paths.sort();
        if paths.is_empty() {
            return Err(Unusable(format!(
                "{}: the folder of forms holds no file that ends in .{ENDING}; put the form files \
                 there, or leave forms.dir and --forms out for the forms in the program",
                folder.display()
            )));
        }
        let found = paths.into_iter().map(|path| Found::read(&path));
        let forms = found.collect::<Result<Vec<_>, _>>()?;
        all_different(&forms)?;
        Ok(Self {
            forms,
            folder: Some(folder.to_owned()),
        })
    }

    /// The form of this id, in its newest version, or in the one after an `@`.
    fn find(&self, name: &str) -> Option<&Found> {
        let (id, version) = match name.split_once('@') {
            Some((id, version)) => (id, Some(version.parse::<u32>().ok()?)),
            None => (name, None),
        };
        let forms = self.forms.iter().filter(|found| {
            let form = &found.source.form;
            form.id == id && version.is_none_or(|version| form.version == version)
        });
        forms.max_by_key(|found| found.source.form.version)
    }
}

impl Found {
    const fn embedded(source: FormSource) -> Self {
        Self { source, file: None }
    }

    fn read(path: &Path) -> Result<Self, Unusable> {
        let text = text(path)?;
        let source = FormSource::read(text).map_err(|error| refused(path, &error))?;
        Ok(Self {
            source,
            file: Some(path.to_owned()),
        })
    }

    /// What a person typed: a form file, or the id of a form on the shelf.
    pub(super) fn named(typed: &str, place: &Place, forms: Option<&Path>) -> Result<Self> {
        if let Some(path) = path(typed)? {
            return Ok(Self::read(path)?);
        }
        let shelf = Shelf::at(place, forms)?;
        match shelf.find(typed) {
            Some(found) => Ok(Self {
                source: found.source.clone(),
                file: found.file.clone(),
            }),
            None if Path::new(typed).is_dir() => Err(a_folder(typed).into()),
            None => Err(unknown(typed, &shelf).into()),
        }
    }
}

/// The file that a person means, if it is no id: no id has a dot or a stroke.
pub(super) fn path(typed: &str) -> Result<Option<&Path>, Misused> {
    let path = Path::new(typed);
    let is_path = typed.contains(['.', '/']);
    if is_path && path.is_dir() {
        return Err(a_folder(typed));
    }
    Ok((is_path || path.is_file()).then_some(path))
}

fn a_folder(typed: &str) -> Misused {
    Misused(format!(
        "{typed} is a folder; name a form file in it, or a form's id with --forms {typed}"
    ))
}

fn unknown(typed: &str, shelf: &Shelf) -> Misused {
    let forms = shelf.forms.iter();
    let known: Vec<&str> = forms.map(|found| found.source.form.id.as_str()).collect();
    let known = known.join(", ");
    let (place, hint) = match &shelf.folder {
        Some(folder) => (
            folder.display().to_string(),
            "--forms DIR looks into another folder",
        ),
        None => (
            "the program".to_owned(),
            "name the folder of your own forms with --forms DIR, or as forms.dir in postroom.toml",
        ),
    };
    Misused(format!(
        "'{typed}' is neither a form file nor the id of a form of {place} ({known}); {hint}"
    ))
}

/// The text of a form file.
pub(super) fn text(path: &Path) -> Result<String, Unusable> {
    let read = || {
        let about = fs::metadata(path)?;
        if !about.is_file() {
            return Err(io::Error::other("it is no ordinary file"));
        }
        if about.len() > MOST_BYTES {
            return Err(io::Error::other("it is larger than any form file"));
        }
        fs::read_to_string(path)
    };
    read().map_err(|error| {
        Unusable(format!(
            "{}: the form file cannot be read: {error}; mend its path or its contents",
            path.display()
        ))
    })
}

fn refused(path: &Path, error: &Refused) -> Unusable {
    Unusable(format!(
        "{}: {error}; mend the form file (docs/forms.md tells every key)",
        path.display()
    ))
}

/// Form files end in `.toml`; names that begin with a dot are an editor's.
fn is_form_file(path: &Path) -> bool {
    let hidden = path.file_name().and_then(OsStr::to_str);
    let hidden = hidden.is_some_and(|name| name.starts_with('.'));
    !hidden && path.extension() == Some(OsStr::new(ENDING))
}

/// A code names form and version: of each there may be one.
fn all_different(forms: &[Found]) -> Result<(), Unusable> {
    let mut seen = BTreeMap::new();
    for found in forms {
        let form = &found.source.form;
        let file = found.file.as_deref().unwrap_or(Path::new("the program"));
        if let Some(first) = seen.insert((&form.id, form.version), file) {
            return Err(Unusable(format!(
                "{} and {}: both are version {} of '{}', and cards would be read by either; count \
                 the version of one up, or remove it",
                first.display(),
                file.display(),
                form.version,
                form.id
            )));
        }
    }
    Ok(())
}
