//! The one writer: takes what the readers hand on and commits it.

use std::sync::mpsc::Receiver;

use super::readers::Outcome;
use super::summary::Summary;
use crate::cases::{self, FiledScan};
use crate::store::{Store, StoreError};

/// Documents that may share a transaction: a commit costs a few flushes of the
/// disk, which 32 cards share and a lone letter does not wait for.
const DOCUMENTS_A_TRANSACTION: usize = 32;

/// Files everything that comes until the readers are done.
pub(super) fn write_all(
    incoming: Receiver<Outcome>,
    store: &Store,
    runtime: &tokio::runtime::Runtime,
    summary: &mut Summary,
) -> Result<(), StoreError> {
    while let Ok(first) = incoming.recv() {
        let mut waiting = Waiting::default();
        let mut next = Some(first);
        while let Some(outcome) = next {
            waiting.take(outcome, store, runtime, summary)?;
            if waiting.documents >= DOCUMENTS_A_TRANSACTION {
                break;
            }
            next = incoming.try_recv().ok();
        }
        waiting.commit(store, runtime, summary)?;
    }
    Ok(())
}

/// Scans that share the next transaction.
#[derive(Default)]
struct Waiting {
    scans: Vec<(String, FiledScan)>,
    documents: usize,
}

impl Waiting {
    fn take(
        &mut self,
        outcome: Outcome,
        store: &Store,
        runtime: &tokio::runtime::Runtime,
        summary: &mut Summary,
    ) -> Result<(), StoreError> {
        match outcome.result {
            Ok(filed) => {
                self.documents += filed.documents.len();
                self.scans.push((outcome.name, filed));
            }
            Err(rejection) => {
                runtime.block_on(store.set_aside(outcome.scan, &rejection))?;
                tracing::info!(scan = %outcome.scan, code = rejection.code.name(), "set aside");
                summary.set_aside(outcome.name, &rejection);
            }
        }
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
