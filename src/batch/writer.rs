//! The one writer: takes what the readers hand on and commits it.

use std::sync::mpsc::Receiver;

use super::budget::Room;
use super::readers::Outcome;
use super::summary::Summary;
use crate::cases::filing::DOCUMENTS_A_CHANGE;
use crate::cases::{self, FiledScan};
use crate::store::{IntakeLock, Store, StoreError};

/// Files everything that comes until the readers are done, as long as the lock holds.
pub(super) fn write_all(
    incoming: Receiver<Outcome<'_>>,
    store: &Store,
    runtime: &tokio::runtime::Runtime,
    lock: &mut IntakeLock,
    summary: &mut Summary,
) -> Result<(), StoreError> {
    while let Ok(first) = incoming.recv() {
        runtime.block_on(lock.still_held())?;
        let mut together = Together::default();
        let mut next = Some(first);
        while let Some(outcome) = next {
            together.take(outcome, store, runtime, summary)?;
            if together.documents >= DOCUMENTS_A_CHANGE {
                break;
            }
            next = incoming.try_recv().ok();
        }
        runtime.block_on(lock.still_held())?;
        together.commit(store, runtime, summary)?;
    }
    Ok(())
}

/// Scans that share the next transaction.
#[derive(Default)]
struct Together<'a> {
    scans: Vec<(String, FiledScan)>,
    documents: usize,
    /// Given back when the scans are committed.
    rooms: Vec<Room<'a>>,
}

impl<'a> Together<'a> {
    fn take(
        &mut self,
        outcome: Outcome<'a>,
        store: &Store,
        runtime: &tokio::runtime::Runtime,
        summary: &mut Summary,
    ) -> Result<(), StoreError> {
        for (scan, result) in outcome.scans {
            let name = scan.source.name.clone();
            match result {
                Ok(filed) => {
                    self.documents += filed.documents.len();
                    self.scans.push((name, filed));
                }
                Err(rejection) => {
                    runtime.block_on(store.set_aside(scan.scan, &rejection))?;
                    tracing::info!(scan = %scan.scan, code = rejection.code.name(), "set aside");
                    summary.set_aside(name, &rejection);
                }
            }
        }
        self.rooms.push(outcome.room);
        Ok(())
    }

    fn commit(
        self,
        store: &Store,
        runtime: &tokio::runtime::Runtime,
        summary: &mut Summary,
    ) -> Result<(), StoreError> {
        if self.scans.is_empty() {
            return Ok(());
        }
        let (names, scans): (Vec<_>, Vec<_>) = self.scans.into_iter().unzip();
        let filed = runtime.block_on(cases::file(store, &scans))?;
        for (name, scan) in names.iter().zip(&scans) {
            summary.filed(name, scan);
        }
        summary.documents(&filed);
        Ok(())
    }
}
