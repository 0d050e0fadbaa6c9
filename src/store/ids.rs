//! Record ids and times: made here, sortable as text.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::domain::identity::Digest;

use super::error::StoreError;

/// Makes an id type of its own, so that a scan's id is never taken for a document's.
macro_rules! id {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type(Uuid);

        impl $type {
            /// An id that sorts after every id made before it.
            pub(super) fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $type {
            type Err = StoreError;

            fn from_str(text: &str) -> Result<Self, StoreError> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| StoreError::unknown($what, text))
            }
        }
    };
}

id!(
    /// One nightly run over one folder.
    BatchId, "batch"
);
id!(
    /// One file from the scanner.
    ScanId, "scan"
);
id!(
    /// One letter or card.
    DocumentId, "document"
);
id!(
    /// One person who writes.
    CustomerId, "customer"
);
id!(
    /// One e-mail that came in.
    MailId, "message"
);
id!(
    /// One reply of ours.
    ReplyId, "reply"
);
id!(
    /// One thing to be done on a case.
    TaskId, "task"
);
id!(
    /// One note on a case.
    NoteId, "note"
);
id!(
    /// One joining of two customers' records.
    MergeId, "merge"
);
id!(
    /// One person who signs in.
    UserId, "user"
);
id!(
    /// One row of history.
    EventId, "event"
);

/// A word that nobody can guess: the random bits of two new ids, hashed.
pub(super) fn secret() -> String {
    let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
    Digest::of(format!("{one}{two}").as_bytes()).to_string()
}

/// This moment in UTC, as text of one length that sorts by time.
pub fn now() -> String {
    moment(jiff::Timestamp::now())
}

/// A moment as the same.
pub fn moment(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_age_and_survive_their_text() {
        let ids: Vec<ScanId> = (0..1000).map(|_| ScanId::new()).collect();
        assert!(ids.is_sorted_by(|a, b| a.to_string() < b.to_string()));
        assert_eq!(ids[7].to_string().parse::<ScanId>().unwrap(), ids[7]);
        assert!("7".parse::<ScanId>().is_err());
    }

    #[test]
    fn times_have_one_length() {
        assert_eq!(now().len(), "2026-11-22T01:02:03.000004Z".len());
    }
}
