//! The templates that a command works with: the files of the folder that is named, else
//! the ones in the program.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cli::Place;
use crate::cli::exit::{Misused, Unusable};
use crate::cli::settings;
use crate::config::Config;
use crate::templates::{Template, TemplateError, Templates};

/// Templates, and where they were found.
pub(in crate::cli) struct Shelf {
    pub(in crate::cli) templates: Templates,
    /// Their folder; none when they are those in the program.
    pub(super) folder: Option<PathBuf>,
    pub(super) config: Config,
}

/// The ending of a template file.
const ENDING: &str = "txt";

/// No template is larger; what is larger is none. Those that ship have 1 KiB.
const MOST_BYTES: u64 = 1 << 18;

impl Shelf {
    /// The templates of the named folder, else of the configuration's, else the ones in
    /// the program.
    pub(in crate::cli) fn open(place: &Place, named: Option<&Path>) -> Result<Self> {
        let store = (!place.store.contains("://")).then(|| Path::new(&place.store));
        let config = Config::load(place.config.as_deref(), store)?;
        let folder = named.or(config.templates.as_deref()).map(Path::to_owned);
        let templates = match &folder {
            Some(folder) => Templates::parse(files(folder)?.into_iter()),
            None => Templates::embedded(),
        };
        Ok(Self {
            templates,
            folder,
            config,
        })
    }

    /// Everything that is wrong with them, topics that the rules do not know included.
    pub(super) fn mistakes(&self) -> Result<Vec<TemplateError>> {
        let rules = settings::rules(&self.config)?;
        let topics: Vec<&str> = rules.topics().collect();
        let mut mistakes = self.templates.check();
        mistakes.extend(self.templates.check_topics(&topics));
        mistakes.sort_by(|a, b| a.place().cmp(&b.place()));
        Ok(mistakes)
    }

    /// The template of a name; why it cannot be used, where its file is at fault.
    pub(super) fn find(&self, name: &str) -> Result<&Template> {
        if let Some(template) = self.templates.get(name) {
            return Ok(template);
        }
        let refused = self.templates.check();
        if let Some(mistake) = refused.iter().find(|mistake| mistake.place().0 == name) {
            return Err(Unusable(mistake.to_string()).into());
        }
        let names = self.templates.list().iter();
        let names: Vec<&str> = names.map(|template| template.name.as_str()).collect();
        let place = self.place();
        let names = names.join(", ");
        Err(Misused(format!("'{name}' is no template of {place} ({names})")).into())
    }

    /// Where they are, in words.
    pub(super) fn place(&self) -> String {
        match &self.folder {
            Some(folder) => folder.display().to_string(),
            None => "the program".to_owned(),
        }
    }
}

/// The files of a folder, by name; what begins with a dot is an editor's.
fn files(folder: &Path) -> Result<Vec<(String, String)>, Unusable> {
    let unreadable = |path: &Path, error: &io::Error| {
        Unusable(format!(
            "{}: the templates cannot be read: {error}; mend [templates] dir or --templates, or \
             leave both out for the templates in the program",
            path.display()
        ))
    };
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths = paths.collect::<io::Result<Vec<_>>>();
    let mut paths = paths.map_err(|error| unreadable(folder, &error))?;
    paths.retain(|path| path.extension() == Some(OsStr::new(ENDING)));
    let mut files = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with('.') {
            let text = text(&path).map_err(|error| unreadable(&path, &error))?;
            files.push((name.into_owned(), text));
        }
    }
    if files.is_empty() {
        return Err(Unusable(format!(
            "{}: the folder of templates holds no file that ends in .{ENDING}; put the templates \
             there, or leave [templates] dir and --templates out for those in the program",
            folder.display()
        )));
    }
    files.sort();
    Ok(files)
}

fn text(path: &Path) -> io::Result<String> {
    let about = fs::metadata(path)?;
    if !about.is_file() {
        return Err(io::Error::other("it is no ordinary file"));
    }
    if about.len() > MOST_BYTES {
        return Err(io::Error::other("it is larger than any template"));
    }
    fs::read_to_string(path)
}
