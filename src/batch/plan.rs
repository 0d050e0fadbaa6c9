//! What is to be done with each listed scan, decided before anything is read.
//!
//! Every file is hashed first: only its bytes say whether it is new, the same
//! file as last night, or a second copy of another.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::index::Index;
use super::listing::{Listed, Listing};
use super::waiting::{Seen, Waiting, waiting};
use super::{Night, Progress, Retry};
use crate::domain::case::Receipt;
use crate::domain::identity::Digest;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::reader::pool::ReaderError;
use crate::store::{Batch, NewScan, ScanId, ScanRecord, ScanState, Store, StoreError};

/// A scan that a reader must look at.
#[derive(Debug)]
pub(super) struct ToRead {
    /// Its claim in the store.
    pub(super) scan: ScanId,
    pub(super) source: Source,
    pub(super) receipt: Receipt,
    /// Whether it had been set aside before.
    pub(super) late: bool,
}

/// A file as it was planned.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) digest: Digest,
    pub(super) bytes: u64,
}

/// Scans by name, and why each is set aside.
type Asides = Vec<(String, Rejection)>;

/// The fate of every listed scan.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) to_read: Vec<ToRead>,
    /// Names, and their pages as counted when they were filed.
    pub(super) already_filed: Vec<(String, u64)>,
    /// Names, and what is known of the scan whose bytes they repeat.
    pub(super) duplicates: Vec<(String, Twin)>,
    /// The files of those: in a stack they may separate documents.
    pub(super) copies: Vec<Source>,
    /// Set aside earlier, or not readable at all now.
    pub(super) aside: Asides,
    /// What earlier runs left for a person.
    pub(super) waiting: Waiting,
}

/// The scan that a duplicate repeats.
#[derive(Debug)]
pub(super) enum Twin {
    /// Filed before, with so many pages.
    Filed { pages: u64 },
    /// Of this night; its name.
    Listed(String),
}

impl Plan {
    pub(super) fn bytes(&self) -> u64 {
        self.to_read.iter().map(|scan| scan.source.bytes).sum()
    }
}

/// A listed file, and its bytes' hash, or why they cannot be read.
type Hashed<'a> = (&'a Listed, io::Result<Digest>);

/// Hashes every listed file on all cores.
pub(super) fn hash_all<'a>(
    listing: &'a Listing,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Vec<Hashed<'a>>, ReaderError> {
    progress.found(listing.scans.iter().map(|scan| scan.bytes).sum());
    let hashed = listing.scans.par_iter().map(|scan| {
        let digest = hash(&scan.path, stop)?;
        progress.hashed(scan.bytes);
        Ok((scan, digest))
    });
    hashed.collect()
}

/// Plans the night and claims what is to be read.
pub(super) async fn plan(
    night: &Night,
    index: Option<&Index>,
    listing: &Listing,
    hashed: Vec<Hashed<'_>>,
    batch: &Batch,
    store: &Store,
) -> Result<Plan, StoreError> {
    let before = store.unreadable(&listing.folder).await?;
    let (readable, unread) = sort_out(hashed, &before);
    let mut plan = Plan {
        aside: unread.clone(),
        ..Plan::default()
    };
    let digests: Vec<Digest> = readable.iter().map(|(_, digest)| *digest).collect();
    let mut known = Known::new(store.scans_by_digest(&digests).await?);
    let (retry, mended) = night
        .retry
        .as_ref()
        .map_or_else(Default::default, Retry::names);
    let days = first_days(listing, &mended, store).await?;
    let mut to_claim = Vec::new();
    let mut copies = Vec::new();
    let mut seen = BTreeSet::new();
    for (scan, digest) in readable {
        let own = known.own(&listing.folder, scan, digest);
        seen.extend(own.map(|own| own.id));
        let again = retry.contains(scan.name.as_str());
        let waits =
            |own: &ScanRecord| matches!(own.state, ScanState::SetAside | ScanState::Discarded);
        let late = again || own.is_some_and(waits);
        let first = own.and_then(|own| own.receipt);
        let first = first.or_else(|| days.get(scan.name.as_str()).copied());
        let new = NewScan {
            folder: listing.folder.clone(),
            path: scan.name.clone(),
            digest,
            bytes: scan.bytes,
            receipt: night.receipt(&scan.name, index, first),
        };
        match known.fate(&listing.folder, scan, digest, again) {
            Fate::Read => to_claim.push((scan, new, late)),
            Fate::AlreadyFiled { pages } => plan.already_filed.push((scan.name.clone(), pages)),
            Fate::Duplicate { of, recorded } => {
                plan.duplicates.push((scan.name.clone(), of));
                plan.copies.push(Source::of(scan, digest));
                if !recorded {
                    copies.push(new);
                }
            }
            Fate::Aside(rejection) => plan.aside.push((scan.name.clone(), rejection)),
        }
    }
    plan.to_read = claim(batch, store, to_claim).await?;
    store.record_duplicates(batch, &copies).await?;
    // Only now, when what can be read again has its row among the scans.
    let forget = no_longer_unreadable(listing, &before, &unread);
    store
        .note_unreadable(&listing.folder, &unread, &forget)
        .await?;
    seen.extend(plan.to_read.iter().map(|scan| scan.scan));
    let seen = Seen {
        listing,
        scans: seen,
        unread: unread.iter().map(|(name, _)| name.as_str()).collect(),
        mended,
    };
    plan.waiting = waiting(&seen, batch, store).await?;
    Ok(plan)
}

/// When the paper of mended files came in first, by their names: other bytes of it
/// were set aside then.
async fn first_days<'a>(
    listing: &Listing,
    mended: &BTreeSet<&'a str>,
    store: &Store,
) -> Result<BTreeMap<&'a str, Receipt>, StoreError> {
    let mut days = BTreeMap::new();
    if mended.is_empty() {
        return Ok(days);
    }
    for aside in store.asides().await? {
        let name = mended.get(&*aside.path).copied();
        let name = name.filter(|_| aside.folder == listing.folder && aside.page.is_none());
        if let (Some(name), Some(receipt)) = (name, aside.receipt) {
            days.entry(name).or_insert(receipt);
        }
    }
    Ok(days)
}

/// Files with their hashes, and those that cannot be read, with the reason: a new
/// one, unless a person put the file away.
fn sort_out<'a>(
    hashed: Vec<Hashed<'a>>,
    before: &BTreeMap<String, Rejection>,
) -> (Vec<(&'a Listed, Digest)>, Asides) {
    let (mut readable, mut unread) = (Vec::new(), Vec::new());
    for (scan, digest) in hashed {
        match digest {
            Ok(digest) => readable.push((scan, digest)),
            Err(error) => {
                let put_away = before.get(&scan.name).filter(|why| is_discarded(why));
                let why = put_away.cloned().unwrap_or_else(|| unreadable(&error));
                unread.push((scan.name.clone(), why));
            }
        }
    }
    (readable, unread)
}

/// Of the files that could not be read before: those that are read now, and those
/// that a person put away and that are gone, so that another of the name is new.
fn no_longer_unreadable<'a>(
    listing: &Listing,
    before: &'a BTreeMap<String, Rejection>,
    unread: &[(String, Rejection)],
) -> Vec<&'a str> {
    let unread: BTreeSet<&String> = unread.iter().map(|(name, _)| name).collect();
    let files = listing.scans.iter().map(|scan| &scan.name);
    let here: BTreeSet<&String> = files.chain(&listing.opened).collect();
    before
        .iter()
        .filter(|(name, _)| !unread.contains(name))
        .filter(|(name, why)| here.contains(name) || (listing.whole && is_discarded(why)))
        .map(|(name, _)| name.as_str())
        .collect()
}

fn is_discarded(why: &Rejection) -> bool {
    why.code == RejectionCode::Discarded
}

async fn claim(
    batch: &Batch,
    store: &Store,
    scans: Vec<(&Listed, NewScan, bool)>,
) -> Result<Vec<ToRead>, StoreError> {
    let new: Vec<NewScan> = scans.iter().map(|(_, new, _)| new.clone()).collect();
    let claimed = store.claim(batch, &new).await?;
    let claimed = claimed.into_iter().zip(scans);
    Ok(claimed
        .map(|(id, (listed, new, late))| ToRead {
            scan: id,
            source: Source::of(listed, new.digest),
            receipt: new.receipt,
            late,
        })
        .collect())
}

impl Source {
    fn of(listed: &Listed, digest: Digest) -> Self {
        Self {
            name: listed.name.clone(),
            path: listed.path.clone(),
            digest,
            bytes: listed.bytes,
        }
    }
}

enum Fate {
    Read,
    AlreadyFiled { pages: u64 },
    Duplicate { of: Twin, recorded: bool },
    Aside(Rejection),
}

/// What the store and this listing so far know of each content.
struct Known {
    records: BTreeMap<Digest, Vec<ScanRecord>>,
    /// The first scan of this listing with each content.
    listed: BTreeMap<Digest, String>,
}

impl Known {
    fn new(records: Vec<ScanRecord>) -> Self {
        let mut by_digest: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for record in records {
            by_digest.entry(record.digest).or_default().push(record);
        }
        Self {
            records: by_digest,
            listed: BTreeMap::new(),
        }
    }

    /// What the store knows of this very file, bytes and all.
    fn own(&self, folder: &str, scan: &Listed, digest: Digest) -> Option<&ScanRecord> {
        let mut records = self.records.get(&digest)?.iter();
        records.find(|record| record.folder == folder && record.path == scan.name)
    }

    fn fate(&mut self, folder: &str, scan: &Listed, digest: Digest, again: bool) -> Fate {
        let first = self
            .listed
            .entry(digest)
            .or_insert_with(|| scan.name.clone())
            .clone();
        let records = self.records.get(&digest).map_or(&[][..], Vec::as_slice);
        let filed = records.iter().find(|r| r.state == ScanState::Filed);
        let own = self.own(folder, scan, digest);
        // A file without bytes is a failed scan, not a copy of another one.
        let is_copy = scan.bytes > 0 && (filed.is_some() || first != scan.name);
        match own.map(|own| (own.state, own)) {
            Some((ScanState::Filed, own)) => return Fate::AlreadyFiled { pages: own.pages },
            Some((ScanState::SetAside | ScanState::Discarded, own)) if !again => {
                // What was set aside and is filed from elsewhere waits no longer.
                let settled = own.state == ScanState::SetAside && filed.is_some();
                let why = own.rejection.as_ref().filter(|_| !settled);
                if let Some(why) = why.filter(|why| !why.code.is_want_of_resources()) {
                    return Fate::Aside(why.clone());
                }
            }
            _ => {}
        }
        // Whatever became of it before: the same bytes are never filed twice. A copy
        // of what was never filed, and is gone, is read in its place.
        if !is_copy {
            return Fate::Read;
        }
        Fate::Duplicate {
            of: match filed {
                Some(record) => Twin::Filed {
                    pages: record.pages,
                },
                None => Twin::Listed(first),
            },
            recorded: own.is_some_and(|own| own.state == ScanState::Duplicate),
        }
    }
}

/// Bytes that are hashed between two looks at Ctrl-C: 64 KiB, which is what blake3
/// itself takes off a file at a time.
const CHUNK: usize = 64 << 10;

/// The hash of a file's bytes; the inner error is the file's.
pub(super) fn hash(path: &Path, stop: &AtomicBool) -> Result<io::Result<Digest>, ReaderError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return Ok(Err(error)),
    };
    let mut hasher = blake3::Hasher::new();
    let mut chunk = vec![0; CHUNK];
    while !stop.load(Ordering::Relaxed) {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(Ok(hasher.finalize().into())),
            Ok(read) => _ = hasher.update(&chunk[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(Err(error)),
        }
    }
    Err(ReaderError::Interrupted)
}

pub(super) fn unreadable(error: &io::Error) -> Rejection {
    Rejection::new(
        RejectionCode::Unreadable,
        format!("the file cannot be read from its folder: {error}; check it and run again"),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;
    use crate::batch::listing::{self, Ignore};

    /// Counts the bytes that it hears of, and may ask to stop at the first.
    #[derive(Default)]
    struct Heard {
        found: AtomicU64,
        hashed: AtomicU64,
        stop: AtomicBool,
        impatient: bool,
    }

    impl Progress for Heard {
        fn found(&self, bytes: u64) {
            self.found.fetch_add(bytes, Ordering::Relaxed);
        }
        fn hashed(&self, bytes: u64) {
            self.hashed.fetch_add(bytes, Ordering::Relaxed);
            self.stop.store(self.impatient, Ordering::Relaxed);
        }
        fn planned(&self, _: u64, _: u64) {}
        fn page(&self, _: bool) {}
        fn scan(&self, _: u64, _: bool) {}
    }

    #[test]
    fn hashing_is_told_of_and_can_be_ended() {
        let folder = tempfile::tempdir().unwrap();
        // One more than there are threads, so that one is begun after the first.
        for name in 0..=rayon::current_num_threads() {
            let bytes = vec![name as u8; 3 * CHUNK / 2];
            std::fs::write(folder.path().join(name.to_string()), bytes).unwrap();
        }
        let listing = listing::list(folder.path(), &Ignore::new(&[]), None).unwrap();
        let patient = Heard::default();
        let hashed = hash_all(&listing, &patient, &patient.stop).unwrap();
        for (scan, digest) in hashed {
            let bytes = std::fs::read(&scan.path).unwrap();
            assert_eq!(digest.unwrap(), Digest::of(&bytes));
        }
        let found = patient.found.into_inner();
        assert_eq!(patient.hashed.into_inner(), found);
        let impatient = Heard {
            impatient: true,
            ..Heard::default()
        };
        let ended = hash_all(&listing, &impatient, &impatient.stop);
        assert!(matches!(ended, Err(ReaderError::Interrupted)));
        assert!(impatient.hashed.into_inner() < found);
    }
}
