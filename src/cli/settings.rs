//! From typed arguments to settled things: the store, the configuration, the desk.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use super::Place;
use super::exit::{Misused, Unusable};
use super::forms::Shelf;
use super::gazetteer::Found;
use crate::acceptance::{Acceptance, Evidence};
use crate::batch::listing::Ignore;
use crate::config::{Config, FILE_NAME, TEMPLATE};
use crate::engines;
use crate::forms::FormSource;
use crate::pipeline::Desk;
use crate::rules::{Classifier, Rules};
use crate::store::{Store, StoreAddress};

/// Where everything is, once arguments and configuration agree.
pub(super) struct Settings {
    pub(super) config: Config,
    address: StoreAddress,
    /// The store's folder; none when `--store` is a database URL.
    folder: Option<PathBuf>,
}

impl Settings {
    pub(super) fn settle(place: &Place) -> Result<Self> {
        let folder = (!place.store.contains("://")).then(|| PathBuf::from(&place.store));
        let config = Config::load(place.config.as_deref(), folder.as_deref())?;
        let address = address(place, &config, folder.as_deref())?;
        Ok(Self {
            config,
            address,
            folder,
        })
    }

    /// Today where the post comes in.
    pub(super) fn today(&self) -> jiff::civil::Date {
        jiff::Timestamp::now()
            .to_zoned(self.config.time_zone.clone())
            .date()
    }

    /// Which files of a scanner's folder are no scans.
    pub(super) fn ignore(&self) -> Ignore {
        Ignore::new(&self.config.ignore).but_store(self.folder.as_deref())
    }

    /// Opens the store; one that is not there is an error.
    pub(super) fn open(&self, runtime: &Runtime) -> Result<Store> {
        Ok(runtime.block_on(Store::open(&self.address))?)
    }

    /// Opens the store, or writes a new one with its commented configuration.
    pub(super) fn create_or_open(&self, runtime: &Runtime) -> Result<(Store, bool)> {
        if let Some(folder) = &self.folder {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{}: cannot be made", folder.display()))?;
            let file = folder.join(FILE_NAME);
            if !file.exists() {
                std::fs::write(&file, TEMPLATE)
                    .with_context(|| format!("{}: cannot be written", file.display()))?;
            }
        }
        Ok(runtime.block_on(Store::create_or_open(&self.address))?)
    }

    /// The forms that a page may be: of the named folder, else of forms.dir, else the ones
    /// in the program.
    pub(super) fn forms(&self, named: Option<&Path>) -> Result<Vec<FormSource>> {
        Ok(Shelf::open(named, &self.config)?.into_sources())
    }

    /// What letters and messages are judged by.
    pub(super) fn rules(&self) -> Result<Rules> {
        rules(&self.config)
    }

    /// Where attached scans lie while they are read.
    pub(super) fn attachments_folder(&self) -> PathBuf {
        self.folder_of_store("attachments")
    }

    /// A folder beside the database, or where there is none.
    pub(super) fn folder_of_store(&self, name: &str) -> PathBuf {
        let of_store = self.folder.as_ref().map(|folder| folder.join(name));
        of_store.unwrap_or_else(|| std::env::temp_dir().join(format!("postroom-{name}")))
    }

    /// What documents are read against.
    pub(super) fn desk(&self, gazetteer: Option<&Path>) -> Result<Desk> {
        let rules = self.rules()?;
        let found = Found::open(gazetteer, &self.config)?;
        found.warn_once(self.today());
        Ok(Desk {
            companies: self.config.companies.clone(),
            gazetteer: found.gazetteer,
            lexicons: super::lexicons::open(&self.config)?,
            rules,
            forms: Vec::new(),
            acceptance: self.acceptance()?,
        })
    }

    /// Where `forms certify` leaves its files, and a run looks for them; nowhere, when
    /// `--store` is a database URL and no folder is named.
    pub(super) fn evidence_folder(&self) -> Option<PathBuf> {
        let own = || Some(self.folder.as_ref()?.join(EVIDENCE));
        self.config.evidence.clone().or_else(own)
    }

    /// What is accepted of what is read off cards.
    fn acceptance(&self) -> Result<Acceptance> {
        let own = match self.evidence_folder() {
            Some(folder) => evidence_in(&folder, self.config.evidence.is_some())?,
            None => Vec::new(),
        };
        Ok(Acceptance::new(
            Some(engines::handprint_digest()),
            self.config.targets,
            Evidence::embedded(),
            own,
        ))
    }
}

/// The rules of the file that is named, else those in the program; with the classifier that is
/// named to help them.
pub(super) fn rules(config: &Config) -> Result<Rules> {
    let rules = match &config.rules {
        None => Rules::embedded(),
        Some(path) => {
            let text = std::fs::read_to_string(path);
            let text = text.map_err(|error| unusable("rules file", path, &error))?;
            Rules::parse(&text).with_context(|| format!("{}", path.display()))?
        }
    };
    let Some(path) = &config.classifier else {
        return Ok(rules);
    };
    let bytes = std::fs::read(path);
    let bytes = bytes.map_err(|error| unusable("classifier", path, &error))?;
    let helped = Classifier::parse(&bytes).and_then(|model| rules.helped_by(model));
    helped.with_context(|| format!("classifier {}", path.display()))
}

/// The folder of thresholds files in a store.
const EVIDENCE: &str = "evidence";

/// The thresholds files of a folder, by name; a folder that is `named` must be there.
fn evidence_in(folder: &Path, named: bool) -> Result<Vec<Evidence>> {
    let unusable = |path: &Path, what: &dyn std::fmt::Display| {
        Unusable(format!(
            "{}: {what}; write thresholds with `postroom forms certify`, or mend [evidence] dir",
            path.display()
        ))
    };
    if !named && !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).map_err(|error| unusable(folder, &error))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths = paths.collect::<std::io::Result<Vec<_>>>();
    let mut paths = paths.map_err(|error| unusable(folder, &error))?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    let mut files: Vec<Evidence> = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).map_err(|error| unusable(path, &error))?;
        let file = Evidence::parse(&text).map_err(|error| unusable(path, &error))?;
        let Some(form) = &file.form else {
            let what = "it names no form and version, so nobody knows whose cards were checked";
            return Err(unusable(path, &what).into());
        };
        if files
            .iter()
            .any(|other| other.is_of(&form.id, form.version))
        {
            let what = format!("another file there is of {form} too");
            return Err(unusable(path, &what).into());
        }
        files.push(file);
    }
    Ok(files)
}

fn unusable(what: &str, path: &Path, error: &std::io::Error) -> Unusable {
    Unusable(format!(
        "{what} {}: {error}; mend its path in the configuration",
        path.display()
    ))
}

/// `--store` beats the configuration's database; images lie where `store.blobs`
/// says, else beside the SQLite file.
fn address(place: &Place, config: &Config, folder: Option<&Path>) -> Result<StoreAddress> {
    let mut address = match folder {
        Some(folder) => StoreAddress::folder(folder),
        None if config.blobs.is_none() => {
            return Err(Misused(
                "--store is a database URL: say where page images lie with store.blobs in a \
                 configuration file, and name that file with --config"
                    .to_owned(),
            )
            .into());
        }
        None => StoreAddress::folder(Path::new(".")),
    };
    let database = match folder {
        Some(_) => config.database.as_deref(),
        None => Some(place.store.as_str()),
    };
    if let Some(database) = database {
        address.database = database.parse()?;
    }
    if let Some(blobs) = &config.blobs {
        address.blobs = blobs.parse()?;
    }
    Ok(address)
}
