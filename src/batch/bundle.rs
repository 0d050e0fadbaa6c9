//! A bundle: files whose documents are drafted and filed together, because one of them
//! goes on from one file into the next. Without `--stack` every file is one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Night;
use super::plan::ToRead;
use crate::cases::{Draft, FiledScan};
use crate::domain::document::Document;
use crate::domain::page::PageOutcome;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::pipeline::{self, group};

/// Files that follow each other, and all that was read of them.
#[derive(Debug, Default)]
pub(super) struct Bundle<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// Their pages, numbered on from the first.
    pub(super) pages: Vec<PageOutcome>,
    /// Why its first document may lack its beginning.
    pub(super) begins: Option<String>,
    /// Why its last document may lack its end.
    pub(super) ends: Option<String>,
}

/// One file of a bundle.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) scan: &'a ToRead,
    /// How many pages the reader listed.
    pub(super) listed: u32,
    /// How many of the bundle's pages are its own.
    pub(super) pages: usize,
}

impl<'a> Bundle<'a> {
    /// How many pages its files have.
    pub(super) fn listed(&self) -> u32 {
        self.parts.iter().map(|part| part.listed).sum()
    }

    /// Lays a file behind the others.
    pub(super) fn lay(&mut self, scan: &'a ToRead, listed: u32, pages: Vec<PageOutcome>) {
        let before = self.listed();
        self.parts.push(Part {
            scan,
            listed,
            pages: pages.len(),
        });
        self.pages.extend(pages.into_iter().map(|mut page| {
            page.number += before;
            page
        }));
    }

    /// Takes the last file away again, as a bundle of its own.
    pub(super) fn part_last(&mut self) -> Self {
        let mut last = Self::default();
        if let Some(part) = self.parts.pop() {
            let before = self.listed();
            last.pages = self.pages.split_off(self.pages.len() - part.pages);
            for page in &mut last.pages {
                page.number -= before;
            }
            last.parts.push(part);
        }
        last
    }

    /// Whether a document goes on into the last file from those before it.
    pub(super) fn reaches_the_last(&self) -> bool {
        let last = self.parts.last().map_or(0, |part| part.listed);
        let before = self.listed() - last;
        group::group(&self.pages).iter().any(|document| {
            let (first, last) = (document.pages.first(), document.pages.last());
            first.is_some_and(|page| *page <= before) && last.is_some_and(|page| *page > before)
        })
    }

    /// Groups the pages into documents and drafts each, file by file. Drafting is our own
    /// code on text from anywhere: a fault in it costs the bundle.
    pub(super) fn draft(self, night: &Night) -> Vec<(&'a ToRead, Result<FiledScan, Rejection>)> {
        let Self {
            parts,
            mut pages,
            begins,
            ends,
        } = self;
        let drafted = catch_unwind(AssertUnwindSafe(|| {
            let torn = (begins.as_deref(), ends.as_deref());
            drafts(night, &parts, &mut pages, torn)
        }));
        let Ok(drafted) = drafted else {
            return parts.iter().map(|part| (part.scan, Err(fault()))).collect();
        };
        let mut pages = pages.into_iter();
        let filed = parts.into_iter().zip(drafted).map(|(part, documents)| {
            let scan = FiledScan {
                scan: part.scan.scan,
                listed: part.listed,
                pages: pages.by_ref().take(part.pages).collect(),
                documents,
                provenance: night.provenance.clone(),
                blind: night.blind,
                came_with: night.came_with.get(&part.scan.source.name).copied(),
            };
            (part.scan, Ok(scan))
        });
        filed.collect()
    }
}

/// The documents that begin in each file. Pages, numbered on from the first file, leave
/// with their numbers in their own.
fn drafts(
    night: &Night,
    parts: &[Part<'_>],
    pages: &mut [PageOutcome],
    (begins, ends): (Option<&str>, Option<&str>),
) -> Vec<Vec<Draft>> {
    let documents = group::group(pages);
    let first = documents
        .first()
        .filter(|document| lacks_a_front(document, pages));
    let begins = begins.filter(|_| first.is_some());
    let last = pages.last().map(|page| page.number);
    let (mut before, mut at) = (0, 0);
    let mut rest = documents.into_iter().peekable();
    let mut drafted = Vec::with_capacity(parts.len());
    for part in parts {
        let end = before + part.listed;
        let own = |document: &Document| document.pages.first().is_some_and(|page| *page <= end);
        let mut drafts = Vec::new();
        while let Some(mut document) = rest.next_if(own) {
            let torn = begins.filter(|_| drafted.is_empty() && drafts.is_empty());
            let torn = torn.or(ends.filter(|_| document.pages.last().copied() == last));
            document.ordinal = drafts.len() as u32 + 1;
            for page in &mut document.pages {
                *page -= before;
            }
            let mut draft =
                pipeline::draft(&document, &pages[at..], part.scan.receipt, &night.desk);
            draft.torn = torn.map(str::to_owned);
            drafts.push(Draft { document, draft });
        }
        drafted.push(drafts);
        (before, at) = (end, at + part.pages);
        for page in &mut pages[at..] {
            page.number -= part.listed;
        }
    }
    drafted
}

/// Whether a document that comes first may have begun before: it has the first page, and
/// that is no front of a card.
fn lacks_a_front(document: &Document, pages: &[PageOutcome]) -> bool {
    let first = pages
        .first()
        .filter(|page| document.pages.first() == Some(&page.number));
    first.is_some_and(|page| {
        let read = page.result.as_ref().ok();
        let side = read.and_then(|read| read.card.as_ref());
        side.is_none_or(|side| side.side > 1)
    })
}

pub(super) fn fault() -> Rejection {
    Rejection::new(
        RejectionCode::Fault,
        "the program failed on what it read; keep the paper and report this",
    )
}
