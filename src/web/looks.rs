//! Every look at a page's image is on record before the image is shown. Looks that come together
//! are committed together: a disk that flushes for each of fifty agents keeps all of them waiting.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use crate::store::events::{About, EventKind};
use crate::store::{Actor, DocumentId, Store};

use super::error::PageError;

/// Who looks at what.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Look {
    /// Who, as history calls them.
    pub(super) who: String,
    /// The document.
    pub(super) document: DocumentId,
    /// The page's number there.
    pub(super) sheet: u32,
}

/// Where looks are put on record.
#[derive(Debug)]
pub(super) struct Looks {
    waiting: mpsc::Sender<(Look, oneshot::Sender<bool>)>,
    /// What is on record already, and since when.
    seen: Mutex<HashMap<Look, Instant>>,
}

/// A look at the same page is the same look for so long: a browser asks for an image more than once.
const SAME_LOOK: Duration = Duration::from_secs(600);
/// Looks that may wait, and that are committed together.
const MOST_WAITING: usize = 256;

impl Looks {
    /// Begins to write; ends with the last clone of this.
    pub(super) fn new(store: Store) -> Self {
        let (waiting, coming) = mpsc::channel(MOST_WAITING);
        tokio::spawn(write(store, coming));
        Self {
            waiting,
            seen: Mutex::default(),
        }
    }

    /// Comes back when the look is on record.
    pub(super) async fn record(&self, look: Look) -> Result<(), PageError> {
        if self.is_on_record(&look) {
            return Ok(());
        }
        let lost = || PageError::broken("putting a look on record");
        let (answer, done) = oneshot::channel();
        self.waiting
            .send((look.clone(), answer))
            .await
            .map_err(|_| lost())?;
        if !done.await.map_err(|_| lost())? {
            return Err(lost());
        }
        self.seen().insert(look, Instant::now());
        Ok(())
    }

    fn is_on_record(&self, look: &Look) -> bool {
        let mut seen = self.seen();
        seen.retain(|_, at| at.elapsed() < SAME_LOOK);
        seen.contains_key(look)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, HashMap<Look, Instant>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write(store: Store, mut coming: mpsc::Receiver<(Look, oneshot::Sender<bool>)>) {
    let mut together = Vec::new();
    while coming.recv_many(&mut together, MOST_WAITING).await > 0 {
        let looks: Vec<&Look> = together.iter().map(|(look, _)| look).collect();
        let written = commit(&store, &looks).await;
        if let Err(error) = &written {
            tracing::error!(%error, "looks at pages could not be put on record");
        }
        for (_, answer) in together.drain(..) {
            // Who no longer waits for the image does not miss the answer.
            let _ = answer.send(written.is_ok());
        }
    }
}

async fn commit(store: &Store, looks: &[&Look]) -> crate::store::error::Result<()> {
    let mut change = store.change(&Actor::postroom()).await?;
    for look in looks {
        change.by(&Actor::person(&look.who));
        let about = About::document(look.document, None);
        let detail = json!({ "page": look.sheet });
        change.event(EventKind::PageSeen, about, detail).await?;
    }
    change.commit().await
}
