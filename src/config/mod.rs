//! What a postroom is set to: `--config FILE`, else `postroom.toml` in the store,
//! else the defaults here.
//!
//! The file is parsed once; what comes out is settled. Unknown keys are errors
//! that name the line. Relative paths count from the file. Secrets never stand in
//! it.

mod company;
mod mail;
mod retention;
mod web;

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;

use crate::acceptance::Targets;
use crate::domain::form::FieldKind;
use crate::domain::grammar::postcode::NotAPostcode;
use crate::domain::guarantee::Rate;
use crate::domain::limits::Limits;
use crate::domain::retention::RetentionRule;
use crate::pipeline::read::Company;
use company::CompanyTable;
use mail::{MailTable, ReplyTable};
use retention::RetentionTable;
use web::WebTable;

pub use company::{Links, Own};
pub use mail::{InboxConfig, OutboxConfig, ReplyConfig};
pub use web::WebConfig;

/// The file's name in a store.
pub const FILE_NAME: &str = "postroom.toml";

/// The commented file that `postroom init` writes: every default, visible.
pub const TEMPLATE: &str = include_str!("postroom.toml");

/// Settled settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// A database URL in place of the store's own SQLite file.
    pub database: Option<String>,
    /// Where page images lie, in place of the store's own folder.
    pub blobs: Option<String>,
    /// The gazetteer file; none means the small embedded one, several are refused.
    pub gazetteers: Vec<PathBuf>,
    /// Lists of first names; none means the short one in the program.
    pub first_names: Vec<PathBuf>,
    /// Lists of surnames, likewise.
    pub surnames: Vec<PathBuf>,
    /// A folder of form files; none means the forms in the program.
    pub forms: Option<PathBuf>,
    /// A folder with `eng.traineddata` in place of the system's.
    pub models: Option<PathBuf>,
    /// The company's own names and addresses: never the sender's.
    pub companies: Vec<Company>,
    /// A rules file in place of the embedded rules.
    pub rules: Option<PathBuf>,
    /// A model that helps the rules with topics; none means that they decide alone.
    pub classifier: Option<PathBuf>,
    /// A folder of reply templates; none means the templates in the program.
    pub templates: Option<PathBuf>,
    /// How long closed cases stay before they are put away.
    pub retention: Vec<RetentionRule>,
    /// Who answers, and what is acknowledged.
    pub reply: ReplyConfig,
    /// A mailbox to fetch from.
    pub inbox: Option<InboxConfig>,
    /// Where e-mails go.
    pub outbox: OutboxConfig,
    /// The e-mail addresses of all companies of ours.
    pub emails: Vec<String>,
    /// The company's own pages by number: `{number}` stands for it.
    pub links: Links,
    /// Where the web pages are served.
    pub web: WebConfig,
    /// Who we are to customers: the first of the companies.
    pub own: Option<Own>,
    /// Where "today" is.
    pub time_zone: TimeZone,
    /// File names that are no scans.
    pub ignore: Vec<String>,
    /// Whether the files of one folder are one stack.
    pub stack: bool,
    /// How many of the accepted fields of cards may be wrong.
    pub targets: Targets,
    /// A folder of thresholds files in place of the store's own.
    pub evidence: Option<PathBuf>,
    /// Of so many cards the accepted fields are keyed again, blind.
    pub blind: Rate,
    /// How many readers; `None` is one for each core.
    pub readers: Option<usize>,
    /// What a page and a scan may cost.
    pub limits: Limits,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}; check --config", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file says something that cannot be meant.
    #[error("{}: {what}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        what: String,
    },
}

impl Config {
    /// The built-in defaults.
    pub fn built_in() -> Self {
        // The template is part of the program and held to its parser by a test.
        Self::parse(TEMPLATE, Path::new(FILE_NAME))
            .expect("the built-in configuration is well formed")
    }

    /// Every e-mail address that is ours, in small letters: what comes from one is no customer's.
    pub fn own_addresses(&self) -> Vec<String> {
        let from = self.reply.from.as_ref().map(|from| from.address.clone());
        let user = self.inbox.as_ref().map(|inbox| inbox.user.clone());
        let all = from
            .into_iter()
            .chain(user)
            .chain(self.emails.iter().cloned());
        all.map(|address| address.to_lowercase()).collect()
    }

    /// The named file, else the store's own, else the built-in defaults.
    pub fn load(named: Option<&Path>, store: Option<&Path>) -> Result<Self, ConfigError> {
        let of_store = store.map(|folder| folder.join(FILE_NAME));
        let path = match (named, of_store) {
            (Some(named), _) => named.to_owned(),
            (None, Some(path)) if path.is_file() => path,
            _ => return Ok(Self::built_in()),
        };
        let text = std::fs::read_to_string(&path).map_err(|source| ConfigError::Unreadable {
            path: path.clone(),
            source,
        })?;
        Self::parse(&text, &path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let wrong = |what: String| ConfigError::Wrong {
            path: path.to_owned(),
            what,
        };
        let file: File = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let base = path.parent().unwrap_or(Path::new("."));
        let from_file = |relative: PathBuf| base.join(relative);
        let time_zone = TimeZone::get(&file.timezone)
            .map_err(|error| wrong(format!("timezone '{}': {error}", file.timezone)))?;
        if file.readers == Some(0) {
            return Err(wrong(
                "readers = 0 reads nothing; leave it out for one a core".into(),
            ));
        }
        let own = file.company.first().map(CompanyTable::own);
        let emails = file
            .company
            .iter()
            .filter_map(|company| company.email.clone());
        let emails = emails.collect();
        let companies = file.company.into_iter().map(|company| {
            let postcode = company.postcode.as_deref().map(str::parse).transpose();
            Ok(Company {
                name: company.name,
                address: company.address,
                postcode: postcode.map_err(|error: NotAPostcode| {
                    wrong(format!("[[company]] postcode: {error}"))
                })?,
            })
        });
        Ok(Self {
            database: file.store.database.map(|place| place_from(base, place)),
            blobs: file.store.blobs.map(|place| place_from(base, place)),
            gazetteers: file.gazetteer.files.into_iter().map(from_file).collect(),
            first_names: file
                .lexicons
                .first_names
                .into_iter()
                .map(from_file)
                .collect(),
            surnames: file.lexicons.surnames.into_iter().map(from_file).collect(),
            forms: file.forms.dir.map(from_file),
            models: file.models.dir.map(from_file),
            companies: companies.collect::<Result<_, _>>()?,
            rules: file.rules.file.map(from_file),
            classifier: file.rules.classifier.map(from_file),
            templates: file.templates.dir.map(from_file),
            retention: retention::settle(text, file.retention).map_err(wrong)?,
            reply: file.reply.settle().map_err(wrong)?,
            inbox: match file.mail.inbox {
                Some(inbox) => Some(inbox.settle(base).map_err(wrong)?),
                None => None,
            },
            outbox: match file.mail.outbox {
                Some(outbox) => outbox.settle(base).map_err(wrong)?,
                None => OutboxConfig::Folder(None),
            },
            own,
            emails,
            links: file.links.settle().map_err(wrong)?,
            web: file.web.settle().map_err(wrong)?,
            time_zone,
            ignore: ignored(file.ignore).map_err(wrong)?,
            stack: file.stack,
            targets: targets(&file.accept).map_err(wrong)?,
            evidence: file.evidence.dir.map(from_file),
            blind: share("[review] blind", file.review.blind).map_err(wrong)?,
            readers: file.readers,
            limits: file.limits.settle().map_err(wrong)?,
        })
    }
}

/// A database or a folder, a path of which counts from the file; a URL stays.
fn place_from(base: &Path, place: String) -> String {
    let path = match place.strip_prefix("sqlite:") {
        Some(path) => path.strip_prefix("//").unwrap_or(path),
        None => &place,
    };
    if path.is_empty() || path.contains("://") {
        return place;
    }
    base.join(path).to_string_lossy().into_owned()
}

/// Patterns of names that are no scans. One that matched by accident would swallow post
/// without a word, so they are only of the two kinds that are plain.
fn ignored(patterns: Vec<String>) -> Result<Vec<String>, String> {
    let odd = |text: &str| text.is_empty() || text.contains(['*', '?', '[', '/', '\\']);
    let wrong = patterns.iter().find(|pattern| {
        let ending = pattern.strip_prefix("*.");
        odd(ending.unwrap_or(pattern))
    });
    match wrong {
        None => Ok(patterns),
        Some(pattern) => Err(format!(
            "ignore: '{pattern}' is neither a whole file name, as Thumbs.db, nor *.ending, as *.tmp"
        )),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "london")]
    timezone: String,
    #[serde(default = "never_scans")]
    ignore: Vec<String>,
    #[serde(default)]
    stack: bool,
    #[serde(default)]
    readers: Option<usize>,
    #[serde(default)]
    store: StoreTable,
    #[serde(default)]
    gazetteer: GazetteerTable,
    #[serde(default)]
    lexicons: LexiconsTable,
    #[serde(default)]
    forms: FolderTable,
    #[serde(default)]
    models: FolderTable,
    #[serde(default)]
    rules: RulesTable,
    #[serde(default)]
    accept: AcceptTable,
    #[serde(default)]
    evidence: FolderTable,
    #[serde(default)]
    review: ReviewTable,
    #[serde(default)]
    templates: FolderTable,
    #[serde(default)]
    reply: ReplyTable,
    #[serde(default)]
    mail: MailTable,
    #[serde(default)]
    links: Links,
    #[serde(default)]
    web: WebTable,
    #[serde(default)]
    limits: LimitsTable,
    #[serde(default)]
    retention: Vec<Spanned<RetentionTable>>,
    #[serde(default)]
    company: Vec<CompanyTable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    scan_mebibytes: Option<u32>,
    scan_pages: Option<u32>,
    page_megapixels: Option<u32>,
    page_seconds: Option<u32>,
    reader_mebibytes: Option<u32>,
}

/// A scan travels to its reader as one message, which has room for no more.
const MOST_SCAN_MEBIBYTES: u32 = 1023;

impl LimitsTable {
    fn settle(&self) -> Result<Limits, String> {
        let all = [
            self.scan_mebibytes,
            self.scan_pages,
            self.page_megapixels,
            self.page_seconds,
            self.reader_mebibytes,
        ];
        if all.contains(&Some(0)) {
            return Err("a limit of 0 in [limits] would set every scan aside".to_owned());
        }
        if self
            .scan_mebibytes
            .is_some_and(|count| count > MOST_SCAN_MEBIBYTES)
        {
            return Err(format!("scan_mebibytes is at most {MOST_SCAN_MEBIBYTES}"));
        }
        let mut limits = Limits::default();
        let mebibytes = |count: u32| u64::from(count) << 20;
        if let Some(count) = self.scan_mebibytes {
            limits.scan_bytes = mebibytes(count);
        }
        if let Some(count) = self.scan_pages {
            limits.scan_pages = count;
        }
        if let Some(count) = self.page_megapixels {
            limits.page_pixels = u64::from(count) * 1_000_000;
            // Colour has three bytes a pixel; a little is for palettes.
            limits.page_decoded_bytes = limits.page_decoded_bytes.max(limits.page_pixels * 7 / 2);
        }
        if let Some(seconds) = self.page_seconds {
            limits.page_seconds = seconds;
        }
        if let Some(count) = self.reader_mebibytes {
            limits.reader_memory = mebibytes(count);
        }
        Ok(limits)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoreTable {
    database: Option<String>,
    blobs: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct GazetteerTable {
    #[serde(default)]
    files: Vec<PathBuf>,
}

/// A target for each kind that can be accepted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptTable {
    title: Option<f64>,
    first_name: Option<f64>,
    surname: Option<f64>,
    house: Option<f64>,
    street: Option<f64>,
    town: Option<f64>,
    county: Option<f64>,
    postcode: Option<f64>,
    email: Option<f64>,
    phone: Option<f64>,
    date_of_birth: Option<f64>,
    member_number: Option<f64>,
    number: Option<f64>,
}

fn targets(table: &AcceptTable) -> Result<Targets, String> {
    let mut targets = Targets::default();
    for kind in FieldKind::ALL {
        let wanted = match kind {
            FieldKind::Title => table.title,
            FieldKind::FirstName => table.first_name,
            FieldKind::Surname => table.surname,
            FieldKind::House => table.house,
            FieldKind::Street => table.street,
            FieldKind::Town => table.town,
            FieldKind::County => table.county,
            FieldKind::Postcode => table.postcode,
            FieldKind::Email => table.email,
            FieldKind::Phone => table.phone,
            FieldKind::DateOfBirth => table.date_of_birth,
            FieldKind::MemberNumber => table.member_number,
            FieldKind::Number => table.number,
            // What customers say in their own words is always for a person.
            FieldKind::FreeText => None,
        };
        if let Some(wanted) = wanted {
            targets.set(kind, share(&format!("[accept] {}", kind.name()), wanted)?);
        }
    }
    Ok(targets)
}

fn share(key: &str, value: f64) -> Result<Rate, String> {
    Rate::new(value).ok_or_else(|| {
        format!("{key} = {value} is no share; it is a number from 0 to 1, as 0.002 for 0.2 %")
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ReviewTable {
    blind: f64,
}

impl Default for ReviewTable {
    /// 300 of 15,000 cards a night: in a week enough to see one error in a thousand
    /// postcodes, and some minutes of a person's day.
    fn default() -> Self {
        Self { blind: 0.02 }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LexiconsTable {
    #[serde(default)]
    first_names: Vec<PathBuf>,
    #[serde(default)]
    surnames: Vec<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FolderTable {
    dir: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesTable {
    file: Option<PathBuf>,
    classifier: Option<PathBuf>,
}

fn london() -> String {
    "Europe/London".to_owned()
}

fn never_scans() -> Vec<String> {
    ["Thumbs.db", "desktop.ini", "*.part", "*.tmp"]
        .map(str::to_owned)
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Config::parse(text, Path::new("/etc/postroom.toml"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_template_says_what_the_defaults_are() {
        let written = Config::built_in();
        let silent = Config::parse("", Path::new(FILE_NAME)).unwrap();
        assert_eq!(format!("{written:?}"), format!("{silent:?}"));
    }

    #[test]
    fn unknown_keys_name_their_line() {
        let message = error("timezone = \"Europe/London\"\n\n[store]\ndatabse = \"x\"\n");
        assert!(
            message.contains("line 4") && message.contains("databse"),
            "{message}"
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        assert!(error("timezone = \"Mars/Olympus\"").contains("Mars/Olympus"));
        assert!(error("readers = 0").contains("readers"));
        for pattern in [
            "*",
            "",
            "*.",
            "*scan*",
            "SCN_????.tif",
            "[ab].tif",
            "bag/*.tif",
            "a*b",
        ] {
            let message = error(&format!("ignore = ['*.tmp', '{pattern}']"));
            let named = format!("'{pattern}' is neither");
            assert!(message.contains(&named), "{message}");
        }
        assert!(error("[limits]\npage_seconds = 0").contains("limit of 0"));
        assert!(error("[accept]\npostcode = 2").contains("[accept] postcode = 2 is no share"));
        assert!(error("[accept]\nfree_text = 0.1").contains("line 2"));
        assert!(error("[reply]\nlanguage = \"English!\"").contains("[reply] language"));
        assert!(error("[review]\nblind = -0.1").contains("[review] blind"));
        assert!(error("[[company]]\nname = \"X\"\npostcode = \"NOWHERE\"").contains("NOWHERE"));
    }

    #[test]
    fn relative_paths_count_from_the_file() {
        let text = "[rules]\nfile = \"our-rules.toml\"\nclassifier = \"topics.model\"\n[store]\nblobs = \"s3://bucket/post\"\n";
        let config = Config::parse(text, Path::new("/etc/postroom/postroom.toml")).unwrap();
        assert_eq!(
            config.rules,
            Some(PathBuf::from("/etc/postroom/our-rules.toml"))
        );
        assert_eq!(
            config.classifier,
            Some(PathBuf::from("/etc/postroom/topics.model"))
        );
        assert_eq!(config.blobs.as_deref(), Some("s3://bucket/post"));
        for (database, settled) in [
            ("night.sqlite", "/etc/postroom/night.sqlite"),
            ("sqlite:night.sqlite", "/etc/postroom/night.sqlite"),
            ("sqlite://night.sqlite", "/etc/postroom/night.sqlite"),
            ("sqlite:///srv/night.sqlite", "/srv/night.sqlite"),
            ("/srv/night.sqlite", "/srv/night.sqlite"),
            ("postgres://me@host/post", "postgres://me@host/post"),
            ("mysql://me@host/post", "mysql://me@host/post"),
        ] {
            let text = format!("[store]\ndatabase = \"{database}\"\nblobs = \"pages\"\n");
            let config = Config::parse(&text, Path::new("/etc/postroom/postroom.toml")).unwrap();
            assert_eq!(config.database.as_deref(), Some(settled), "{database}");
            assert_eq!(config.blobs.as_deref(), Some("/etc/postroom/pages"));
        }
    }
}
