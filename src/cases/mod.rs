//! Cases: what becomes of a document once it is read.
//!
//! [`file()`] takes what the readers made of whole scans and files it: every
//! document on a case, each with the reason why there. The decision itself is
//! [`matching::decide`], a function of values: the case that the letter quotes
//! ([`quoted`]), else an open case of the same [`sender`], else a new case.
//!
//! E-mail goes the same way: [`mail`] files messages, [`threading`] decides where they belong.
//!
//! What people do afterwards: [`move_document`] when a letter lies on the wrong
//! case, [`work`] until the customer has an answer, [`review`] for doubtful fields, [`reread`] when a page that had been set
//! aside can be read after all, [`list`] and [`timeline`] to look. Every change
//! leaves a row in the store's history.

pub mod answering;
mod came_back;
mod card_review;
pub mod correcting;
mod elsewhere;
pub mod exchange;
pub mod filing;
pub mod going_on;
mod importing;
pub mod keying;
pub mod mail;
pub mod matching;
pub mod moving;
pub mod people;
pub mod quoted;
mod regrouping;
mod rekeying;
mod reply_to;
pub mod rereading;
pub mod retention;
pub mod review;
pub mod sender;
pub mod station;
#[cfg(test)]
mod tests;
pub mod threading;
pub mod work;

use crate::domain::card_draft::CardDraft;
use crate::domain::grammar::case_reference::CaseReference;
use crate::store::Store;
use crate::store::customers::Customer;
use crate::store::documents::{DocumentKind, DocumentRecord};
use crate::store::error::Result;
use crate::store::events::EventRecord;
use crate::store::fields::Fields;
use crate::store::ids::DocumentId;
use crate::store::messages::MailRecord;
use crate::store::notes::NoteRecord;
use crate::store::pages::PageRecord;
use crate::store::replies::ReplyRecord;
use crate::store::tasks::TaskRecord;
use crate::store::work::Progress;

pub use crate::store::cases::CaseState;
pub use crate::store::view::{CaseFilter, CaseRecord};
pub use filing::{Draft, FiledDocument, FiledScan, file};
pub use moving::{Destination, move_document};
pub use rereading::reread;

/// A case with all that lies on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The case.
    pub case: CaseRecord,
    /// Whose it is, if that is known.
    pub customer: Option<Customer>,
    /// How far the work on it is.
    pub progress: Progress,
    /// Its documents, first received first.
    pub documents: Vec<TimelineDocument>,
    /// Its e-mails, first received first.
    pub mail: Vec<MailRecord>,
    /// What we wrote, oldest first.
    pub replies: Vec<ReplyRecord>,
    /// What people noted, oldest first.
    pub notes: Vec<NoteRecord>,
    /// What is to be done, nearest deadline first.
    pub tasks: Vec<TaskRecord>,
    /// Its history, oldest first.
    pub events: Vec<EventRecord>,
}

/// A document with its fields and pages.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineDocument {
    /// The document.
    pub document: DocumentRecord,
    /// Its fields.
    pub fields: Fields,
    /// What is on it where it is a card.
    pub card: CardDraft,
    /// Its pages in order.
    pub pages: Vec<PageRecord>,
}

/// The cases that a filter asks for, the most urgent deadline first.
pub async fn list(store: &Store, filter: &CaseFilter) -> Result<Vec<CaseRecord>> {
    store.cases(filter).await
}

/// A document by itself, with everything on it and its history.
#[derive(Debug, Clone, PartialEq)]
pub struct Alone {
    /// The document.
    pub on: TimelineDocument,
    /// Whose card it is, if that is known.
    pub customer: Option<Customer>,
    /// Its history, oldest first.
    pub events: Vec<EventRecord>,
}

/// A document by itself, on a case or on none.
pub async fn alone(store: &Store, id: DocumentId) -> Result<Alone> {
    let document = store.document(id).await?;
    Ok(Alone {
        customer: match document.customer {
            Some(id) => Some(store.customer(id).await?),
            None => None,
        },
        on: with_all(store, document).await?,
        events: store.history_of(id).await?,
    })
}

async fn with_all(store: &Store, document: DocumentRecord) -> Result<TimelineDocument> {
    Ok(TimelineDocument {
        fields: store.fields_of(document.id).await?,
        card: match document.kind {
            DocumentKind::Letter => CardDraft::default(),
            DocumentKind::Card => store.card_of(document.id).await?,
        },
        pages: store.pages_of(document.id).await?,
        document,
    })
}

/// A case with all that lies on it.
pub async fn timeline(store: &Store, reference: CaseReference) -> Result<Timeline> {
    let case = store.case(reference).await?;
    let customer = match case.customer {
        Some(id) => Some(store.customer(id).await?),
        None => None,
    };
    let mut documents = Vec::new();
    for document in store.documents_of(reference).await? {
        documents.push(with_all(store, document).await?);
    }
    Ok(Timeline {
        case,
        customer,
        documents,
        progress: store.progress(reference).await?,
        mail: store.mail_of(reference).await?,
        replies: store.replies_of(reference).await?,
        notes: store.notes_of(reference).await?,
        tasks: store.tasks_of(reference).await?,
        events: store.history(reference).await?,
    })
}
