//! What earlier runs left for a person, so that no later run is silent about it.
//!
//! Other bytes under a name are no evidence that what lay there before was mended:
//! scanners use their names again. So paper that was set aside waits until its own
//! bytes are filed, or a person says what became of it.

use std::collections::BTreeSet;

use super::listing::Listing;
use crate::store::aside::AsideRecord;
use crate::store::{Batch, ScanId, Store, StoreError};

/// What a run found of its folder.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) listing: &'a Listing,
    /// The records of the files that lie there, bytes and all.
    pub(super) scans: BTreeSet<ScanId>,
    /// The names of what could not be read: nobody knows what lies there.
    pub(super) unread: BTreeSet<&'a str>,
    /// The files that a person says to have mended.
    pub(super) mended: BTreeSet<&'a str>,
}

/// What waits from earlier runs over the folder.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Pages of scans filed before.
    pub(super) pages: Vec<AsideRecord>,
    /// What was set aside and is gone from the folder.
    pub(super) gone: Vec<AsideRecord>,
    /// Claimed by a run that was cut off, and gone since.
    pub(super) claims: Vec<String>,
}

/// Looks for it, and notes what is gone from the folder or has come back.
pub(super) async fn waiting(
    seen: &Seen<'_>,
    batch: &Batch,
    store: &Store,
) -> Result<Waiting, StoreError> {
    let mut waiting = Waiting::default();
    let asides = store.asides().await?.into_iter();
    for mut aside in asides.filter(|aside| aside.folder == seen.listing.folder) {
        let gone = !seen.scans.contains(&aside.scan);
        if gone && !seen.would_have_found(&aside.path) {
            continue;
        }
        if gone != aside.gone {
            store.note_gone(aside.scan, gone).await?;
            aside.gone = gone;
        }
        match aside.page {
            // What is settled when the mended file is filed.
            None if gone && seen.mended.contains(&*aside.path) => {}
            _ if gone => waiting.gone.push(aside),
            _ if aside.page.is_some() => waiting.pages.push(aside),
            _ => {}
        }
    }
    let claimed = store.claimed(batch).await?.into_iter();
    waiting.claims = claimed
        .filter(|(scan, path)| !seen.scans.contains(scan) && seen.would_have_found(path))
        .map(|(_, path)| path)
        .collect();
    Ok(waiting)
}

impl Seen<'_> {
    /// Whether a file of this name would have been found and read, if it were there.
    fn would_have_found(&self, name: &str) -> bool {
        let within = |folder: &&str| {
            let below = name.strip_prefix(folder);
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let looked = || self.listing.scans.iter().any(|scan| scan.name == name);
        !self.unread.iter().any(within) && (self.listing.whole || looked())
    }
}
