//! Every letter, or every card, with everything on it, in scan order, a few at a time.

use std::collections::{BTreeSet, VecDeque};

use crate::domain::card_draft::CardDraft;
use crate::domain::geometry::PageSize;

use super::Store;
use super::documents::{self, DocumentKind, DocumentRecord};
use super::error::{Doing, Result};
use super::fields::Fields;
use super::ids::BatchId;
use super::pages;
use super::rows::Columns;

/// A letter or a card as it leaves the store.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedDocument {
    /// The document: scan's path, ordinal, case, judgement, legibility, text.
    pub document: DocumentRecord,
    /// Its pages' numbers in the scan, and the size of each page image; no size
    /// for a page that could not be read.
    pub pages: Vec<(u32, Option<PageSize>)>,
    /// Every field of a letter.
    pub fields: Fields,
    /// What is on a card; nothing for a letter.
    pub card: CardDraft,
}

/// What stands on the cards of an export, by the names that their forms give it: the
/// columns of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardNames {
    /// The fields.
    pub fields: Vec<String>,
    /// The boxes to tick.
    pub ticks: Vec<String>,
    /// The boxes to sign in.
    pub signatures: Vec<String>,
}

/// All letters or all cards, one after the other. What is filed meanwhile comes last.
#[derive(Debug)]
pub struct Documents<'a> {
    store: &'a Store,
    kind: DocumentKind,
    folder: String,
    batch: String,
    waiting: VecDeque<DocumentRecord>,
    last: (String, i64),
}

/// Documents fetched at once: some 100 KiB of text.
const AT_ONCE: i64 = 50;

impl Store {
    /// Letters in scan order: all, or those of one scanner's folder.
    pub fn letters(&self, folder: Option<&str>) -> Documents<'_> {
        self.documents(DocumentKind::Letter, folder)
    }

    /// Cards in scan order: all, or those of one scanner's folder.
    pub fn cards(&self, folder: Option<&str>) -> Documents<'_> {
        self.documents(DocumentKind::Card, folder)
    }

    fn documents(&self, kind: DocumentKind, folder: Option<&str>) -> Documents<'_> {
        Documents {
            store: self,
            kind,
            folder: folder.unwrap_or_default().to_owned(),
            batch: String::new(),
            waiting: VecDeque::new(),
            last: (String::new(), 0),
        }
    }
}

impl Documents<'_> {
    /// Only those that this batch took in.
    #[must_use]
    pub fn of_batch(mut self, batch: BatchId) -> Self {
        self.batch = batch.to_string();
        self
    }

    /// What stands on all of them that are cards.
    pub async fn card_names(&self) -> Result<CardNames> {
        Ok(CardNames {
            fields: self
                .names("select distinct card_fields.name from card_fields")
                .await?,
            ticks: self.names("select distinct ticks.name from ticks").await?,
            signatures: self
                .names("select distinct signatures.name from signatures")
                .await?,
        })
    }

    async fn names(&self, distinct: &'static str) -> Result<Vec<String>> {
        // Only constant text is put together here.
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{distinct}
             join documents on documents.id = document_id
             join scans on scans.id = documents.scan_id
             where ($1 = '' or scans.folder = $1) and ($2 = '' or scans.batch_id = $2)"
        )))
        .bind(self.folder.clone())
        .bind(self.batch.clone())
        .fetch_all(&self.store.pool)
        .await
        .doing("looking at the forms of cards")?;
        // Sorted here, for databases differ about dots.
        let names: Result<BTreeSet<String>> = rows.iter().map(|row| row.text("name")).collect();
        Ok(names?.into_iter().collect())
    }

    /// The next one; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<ExportedDocument>> {
        if self.waiting.is_empty() {
            self.fetch().await?;
        }
        let Some(document) = self.waiting.pop_front() else {
            return Ok(None);
        };
        self.last = (document.scan.to_string(), i64::from(document.ordinal));
        Ok(Some(ExportedDocument {
            pages: self.pages(&document).await?,
            card: match document.kind {
                DocumentKind::Letter => CardDraft::default(),
                DocumentKind::Card => self.store.card_of(document.id).await?,
            },
            fields: self.store.fields_of(document.id).await?,
            document,
        }))
    }

    async fn fetch(&mut self) -> Result<()> {
        // Scan ids sort by the order in which scans were taken in.
        let rows = sqlx::query(
            "select documents.*, scans.path from documents
             join scans on scans.id = documents.scan_id
             where documents.kind = $6
               and ($1 = '' or scans.folder = $1) and ($5 = '' or scans.batch_id = $5)
               and (documents.scan_id > $2
                    or (documents.scan_id = $2 and documents.ordinal > $3))
             order by documents.scan_id, documents.ordinal limit $4",
        )
        .bind(self.folder.clone())
        .bind(self.last.0.clone())
        .bind(self.last.1)
        .bind(AT_ONCE)
        .bind(self.batch.clone())
        .bind(self.kind.name())
        .fetch_all(&self.store.pool)
        .await
        .doing("exporting documents")?;
        for row in &rows {
            self.waiting.push_back(documents::document(row)?);
        }
        Ok(())
    }

    async fn pages(&self, document: &DocumentRecord) -> Result<Vec<(u32, Option<PageSize>)>> {
        let rows = sqlx::query(
            "select coalesce(sheet, number) as number, kind, width, height, dpi from pages
             where document_id = $1 order by position",
        )
        .bind(document.id.to_string())
        .fetch_all(&self.store.pool)
        .await
        .doing("exporting pages")?;
        let page = |row| {
            let read = Columns::maybe_text(row, "kind")?.is_some();
            let size = read.then(|| pages::size(row)).transpose()?;
            Ok((row.number("number")?, size))
        };
        rows.iter().map(page).collect()
    }
}
