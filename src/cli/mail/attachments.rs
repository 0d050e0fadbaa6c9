//! Scans and photographs that came with messages go through the same readers as a night's scans. They
//! lie in a folder of the store while they are read; those that cannot be stay there, where
//! `postroom aside` finds them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use super::super::Place;
use super::super::run::{self, Extra, ReadingOptions, RunOptions, Stop};
use super::super::settings::Settings;
use crate::domain::identity::Digest;
use crate::mail::{MailLimits, parse};
use crate::store::messages::WaitingAttachment;
use crate::store::scans::{ScanRecord, ScanState};
use crate::store::{Actor, Store};

/// How many were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Read {
    /// Read, or the same as a scan that was.
    pub(super) scans: usize,
    /// Of the others, set aside.
    pub(super) aside: usize,
}

/// An attachment that lies in the folder now.
struct Laid {
    waiting: WaitingAttachment,
    file: PathBuf,
    digest: Digest,
}

/// Reads every attachment that waits.
pub(super) fn read(
    place: &Place,
    settings: &Settings,
    runtime: &Runtime,
    store: &Store,
    reading: &ReadingOptions,
    stop: &Stop,
) -> Result<Read> {
    let waiting = runtime.block_on(store.attachments_waiting())?;
    if waiting.is_empty() || stop.asked() {
        return Ok(Read::default());
    }
    let folder = settings.attachments_folder();
    let doing = || format!("{}: cannot be written", folder.display());
    std::fs::create_dir_all(&folder).with_context(doing)?;
    let mut laid = Vec::new();
    for one in waiting {
        laid.push(lay(runtime, store, &folder, one)?);
    }
    let name = |laid: &Laid| {
        laid.file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let extra = Extra {
        came_with: laid
            .iter()
            .map(|laid| (name(laid), laid.waiting.case))
            .collect(),
        only: Some(laid.iter().map(|laid| laid.file.clone()).collect()),
        ..Extra::default()
    };
    run::run_once(
        place,
        &folder,
        &RunOptions::from(reading.clone()),
        extra,
        &stop.run,
    )?;
    settle(runtime, store, &laid)
}

/// Takes an attachment out of its message and lays it in the folder, whole or not at all.
fn lay(runtime: &Runtime, store: &Store, folder: &Path, one: WaitingAttachment) -> Result<Laid> {
    let raw = runtime.block_on(store.blob(one.digest))?;
    let message = parse(&raw, &MailLimits::default()).map_err(|why| {
        anyhow::anyhow!(
            "message {} could be read once and cannot now: {}",
            one.message,
            why.reason
        )
    })?;
    let at = one.number.saturating_sub(1) as usize;
    let bytes = message
        .attachments
        .into_iter()
        .nth(at)
        .map(|file| file.bytes)
        .unwrap_or_default();
    let file = folder.join(format!("{}-{}.{}", one.message, one.number, ending(&bytes)));
    let doing = || format!("{}: cannot be written", file.display());
    let part = file.with_extension("part");
    std::fs::write(&part, &bytes).with_context(doing)?;
    std::fs::rename(&part, &file).with_context(doing)?;
    Ok(Laid {
        waiting: one,
        digest: Digest::of(&bytes),
        file,
    })
}

/// What a scanner would have called it; readers go by the bytes.
fn ending(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'%', b'P', b'D', b'F', ..] => "pdf",
        [0xff, 0xd8, ..] => "jpg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'B', b'M', ..] => "bmp",
        _ => "tif",
    }
}

/// Notes what became of each, and takes away the files that are on record.
fn settle(runtime: &Runtime, store: &Store, laid: &[Laid]) -> Result<Read> {
    let digests: Vec<Digest> = laid.iter().map(|laid| laid.digest).collect();
    let scans = runtime.block_on(store.scans_by_digest(&digests))?;
    let mut by_digest: BTreeMap<Digest, &ScanRecord> = BTreeMap::new();
    for scan in &scans {
        let known = by_digest.entry(scan.digest).or_insert(scan);
        if scan.state == ScanState::Filed {
            *known = scan;
        }
    }
    let mut read = Read::default();
    let mut change = runtime.block_on(store.change(&Actor::postroom()))?;
    for Laid {
        waiting, digest, ..
    } in laid
    {
        let became = match by_digest.get(digest) {
            // A run that was stopped left it for the next.
            None => continue,
            Some(scan) => match (scan.state, &scan.rejection) {
                (ScanState::Filed, _) => Ok(scan.id),
                (ScanState::SetAside | ScanState::Discarded, Some(why)) => Err(why.clone()),
                _ => continue,
            },
        };
        match became {
            Ok(_) => read.scans += 1,
            Err(_) => read.aside += 1,
        }
        runtime.block_on(change.attachment_settled(
            waiting.message,
            waiting.number,
            became.as_ref().copied(),
        ))?;
    }
    runtime.block_on(change.commit())?;
    for Laid { file, digest, .. } in laid {
        if by_digest
            .get(digest)
            .is_some_and(|scan| scan.state == ScanState::Filed)
        {
            // It is on record: a file that stays takes room, no more.
            let _ = std::fs::remove_file(file);
        }
    }
    Ok(read)
}
