//! Where a store lies: a database and a place for blobs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::error::StoreError;

/// Both halves of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreAddress {
    /// Where the records are.
    pub database: DatabaseAddress,
    /// Where the page images are.
    pub blobs: BlobAddress,
}

/// The database of a store.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// An SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL.
    Postgres(String),
}

/// The blobs of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobAddress {
    /// A local folder.
    Folder(PathBuf),
    /// `s3://bucket/prefix`; credentials and endpoint come from the `AWS_*`
    /// environment variables.
    S3(String),
}

impl StoreAddress {
    /// The embedded store in one folder: `postroom.sqlite` and `blobs/`.
    pub fn folder(folder: &Path) -> Self {
        Self {
            database: DatabaseAddress::Sqlite(folder.join("postroom.sqlite")),
            blobs: BlobAddress::Folder(folder.join("blobs")),
        }
    }
}

impl FromStr for DatabaseAddress {
    type Err = StoreError;

    /// A `postgres://` URL, a `sqlite:` path, or a plain path.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.contains("://") {
            return Err(StoreError::Address {
                given: without_password(text),
                why: "a store's database is postgres://... or the path of an SQLite file",
            });
        }
        Ok(Self::Sqlite(path.into()))
    }
}

impl FromStr for BlobAddress {
    type Err = StoreError;

    /// An `s3://bucket/prefix` URL or a plain path.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("s3://") {
            return Ok(Self::S3(text.to_owned()));
        }
        if text.is_empty() || text.contains("://") {
            return Err(StoreError::Address {
                given: without_password(text),
                why: "blobs lie in a folder or at s3://bucket/prefix",
            });
        }
        Ok(Self::Folder(text.into()))
    }
}

impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for BlobAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::S3(url) => f.write_str(url),
        }
    }
}

impl DatabaseAddress {
    /// The URL that sqlx connects by.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}?mode=rwc", escaped(&path.to_string_lossy())),
            Self::Postgres(url) => url.clone(),
        }
    }
}

/// A path as part of a URL: everything but the plainest characters by its bytes.
fn escaped(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// A URL as it may stand in a message: secrets never do, wherever in it they are.
fn without_password(url: &str) -> String {
    let url = url.split('?').next().unwrap_or(url);
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let Some((login, host)) = rest.rsplit_once('@') else {
        return url.to_owned();
    };
    let user = login.split(':').next().unwrap_or(login);
    format!("{scheme}://{user}@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let sqlite = |text: &str| DatabaseAddress::Sqlite(text.into());
        assert_eq!(
            "night/p.sqlite".parse::<DatabaseAddress>().unwrap(),
            sqlite("night/p.sqlite")
        );
        assert_eq!(
            "sqlite:///a/b".parse::<DatabaseAddress>().unwrap(),
            sqlite("/a/b")
        );
        assert!("mysql://a/b".parse::<DatabaseAddress>().is_err());
        assert!("".parse::<BlobAddress>().is_err());
        assert_eq!(
            "s3://post/x".parse::<BlobAddress>().unwrap(),
            BlobAddress::S3("s3://post/x".into())
        );
    }

    #[test]
    fn a_password_never_shows() {
        let address: DatabaseAddress = "postgres://me:sec@ret@host:5432/db?password=x"
            .parse()
            .unwrap();
        assert_eq!(address.to_string(), "postgres://me@host:5432/db");
        assert_eq!(format!("{address:?}"), "postgres://me@host:5432/db");
    }
}
