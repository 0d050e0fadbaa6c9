//! What a night came to, and the proof that every sheet is accounted for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::expectation::Expectation;
use super::index::Index;
use super::listing::Listing;
use super::plan::{Plan, Twin};
use crate::cases::{FiledDocument, FiledScan};
use crate::domain::document::Legibility;
use crate::domain::page::PageKind;
use crate::domain::rejection::{Rejection, RejectionCode};
use crate::domain::verdict::Verdict;
use crate::reader::sandbox::Walls;
use crate::store::{Batch, OnRecord};

/// One line of the aside list.
#[derive(Debug, Clone, Serialize)]
pub struct Aside {
    /// The scan's name below the folder.
    pub scan: String,
    /// The page, when only that page was set aside.
    pub page: Option<u32>,
    /// The reason's word.
    pub code: &'static str,
    /// The reason for a person.
    pub reason: String,
}

/// The two sums of a night, which hold whenever the program is right: also of one that ended long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Sums {
    /// Scans below the folder.
    pub scans: u64,
    /// Those that were filed.
    pub filed: u64,
    /// Those that had been before.
    pub already_filed: u64,
    /// Those with the bytes of another.
    pub duplicates: u64,
    /// Those that could not be taken in.
    pub set_aside: u64,
    /// Pages of filed scans.
    pub pages: u64,
    /// Those of letters.
    pub letter_pages: u64,
    /// Those of cards.
    pub card_pages: u64,
    /// Those of neither.
    pub other_pages: u64,
    /// Those with nothing on them.
    pub blank: u64,
    /// Separator sheets.
    pub separators: u64,
    /// Those that were set aside.
    pub pages_aside: u64,
}

impl Sums {
    /// Holds them. An error here is a fault of the program.
    pub fn balance(&self) -> Result<(), String> {
        let scans = self.filed + self.already_filed + self.duplicates + self.set_aside;
        if scans != self.scans {
            return Err(format!("{} scans, but {scans} accounted for", self.scans));
        }
        let pages = self.letter_pages
            + self.card_pages
            + self.other_pages
            + self.blank
            + self.separators
            + self.pages_aside;
        if pages != self.pages {
            return Err(format!("{} pages, but {pages} accounted for", self.pages));
        }
        Ok(())
    }
}

/// The night in numbers: the object that `--json` prints.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// The batch's id.
    pub batch: String,
    /// Whether it goes on with a run that was cut off.
    pub resumed: bool,
    /// Scans below the folder.
    pub scans: u64,
    /// Filed by this run.
    pub filed: u64,
    /// Same path, same bytes, filed before.
    pub already_filed: u64,
    /// Same bytes as another scan.
    pub duplicates: u64,
    /// Waiting for a person, with the reason in `aside`.
    pub set_aside: u64,
    /// Files that are no scans.
    pub ignored: u64,
    /// Set aside by earlier runs over the folder, waiting still, and gone from it;
    /// they are in `aside` too, and no part of `scans`.
    pub gone: u64,
    /// Every scan and page that was set aside.
    pub aside: Vec<Aside>,
    /// Pages of the scans filed by this run.
    pub pages: u64,
    /// Pages of letters.
    pub letter_pages: u64,
    /// Sides of cards.
    pub card_pages: u64,
    /// Enclosures.
    pub other_pages: u64,
    /// Blank sides.
    pub blank: u64,
    /// Separator sheets.
    pub separators: u64,
    /// Pages that could not be read; their document is filed and in review.
    pub pages_aside: u64,
    /// Letters filed by this run.
    pub letters: u64,
    /// Cards filed by this run.
    pub cards: u64,
    /// Cases opened.
    pub new_cases: u64,
    /// Documents that joined a case.
    pub attached: u64,
    /// Documents with a doubtful field; they are filed too.
    pub in_review: u64,
    /// Of these, the ones that cannot be read as print.
    pub unreadable: u64,
    /// Fields and boxes to tick that were sure.
    pub fields_accepted: u64,
    /// Fields and boxes to tick that a person must look at.
    pub fields_in_review: u64,
    /// By what evidence fields of cards were accepted.
    pub evidence: Vec<String>,
    /// The number that the scanner's counter gave.
    pub expected: Option<u64>,
    /// Page images counted in every scan of the folder, where they can be counted.
    pub found: u64,
    /// What the index or the counter has and the folder lacks.
    pub missing: Vec<String>,
    /// What the folder has and the index or the counter lacks.
    pub surplus: Vec<String>,
    /// The walls around the readers; `null` when nothing was read.
    pub sandbox: Option<Walls>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Pages of each scan, for the index.
    #[serde(skip)]
    pages_of: BTreeMap<String, Option<u64>>,
    /// Copies of scans of this night, with the name of the first: as many pages
    /// as that, once it is read.
    #[serde(skip)]
    copies: Vec<(String, String)>,
    /// How much of `aside` still waits for a person.
    #[serde(skip)]
    open_asides: u64,
}

impl Summary {
    pub(super) fn begin(batch: &Batch, listing: &Listing, plan: &Plan) -> Self {
        let mut summary = Self {
            batch: batch.id.to_string(),
            resumed: batch.resumed,
            scans: listing.scans.len() as u64,
            ignored: listing.ignored,
            already_filed: plan.already_filed.len() as u64,
            duplicates: plan.duplicates.len() as u64,
            ..Self::default()
        };
        for scan in &listing.scans {
            summary.pages_of.insert(scan.name.clone(), None);
        }
        for (name, pages) in &plan.already_filed {
            summary.count_pages(name, *pages);
        }
        for (name, twin) in &plan.duplicates {
            match twin {
                Twin::Filed { pages } => summary.count_pages(name, *pages),
                Twin::Listed(first) => summary.copies.push((name.clone(), first.clone())),
            }
        }
        for waits in &plan.waiting.gone {
            summary.gone += 1;
            summary.open_asides += 1;
            let told = Rejection::new(waits.rejection.code, waits.told());
            summary
                .aside
                .push(aside(waits.path.clone(), waits.page, &told));
        }
        for waits in &plan.waiting.pages {
            summary.open_asides += 1;
            summary
                .aside
                .push(aside(waits.path.clone(), waits.page, &waits.rejection));
        }
        for name in &plan.waiting.claims {
            summary.missing.push(format!(
                "{name}: the run that was cut off had begun it, and it is gone from the folder"
            ));
        }
        for (name, rejection) in &plan.aside {
            summary.set_aside(name.clone(), rejection);
        }
        summary
    }

    pub(super) fn set_aside(&mut self, scan: String, rejection: &Rejection) {
        self.set_aside += 1;
        if rejection.code != RejectionCode::Discarded {
            self.open_asides += 1;
        }
        self.aside.push(aside(scan, None, rejection));
    }

    pub(super) fn filed(&mut self, name: &str, scan: &FiledScan) {
        self.filed += 1;
        // As the reader listed them; the kinds below count what came through.
        self.pages += u64::from(scan.listed);
        self.count_pages(name, u64::from(scan.listed));
        for page in &scan.pages {
            match &page.result {
                Ok(read) => *self.pages_as(read.kind) += 1,
                Err(rejection) => {
                    self.pages_aside += 1;
                    self.open_asides += 1;
                    self.aside
                        .push(aside(name.to_owned(), Some(page.number), rejection));
                }
            }
        }
        for document in &scan.documents {
            match document.draft.card {
                Some(_) => self.cards += 1,
                None => self.letters += 1,
            }
            self.unreadable += u64::from(document.draft.legibility == Legibility::Unreadable);
            for verdict in document.draft.verdicts() {
                match verdict {
                    Verdict::Accepted => self.fields_accepted += 1,
                    Verdict::Review => self.fields_in_review += 1,
                    Verdict::Rejected | Verdict::Empty => {}
                }
            }
        }
    }

    pub(super) fn documents(&mut self, filed: &[FiledDocument]) {
        for document in filed {
            self.new_cases += u64::from(document.new_case);
            self.attached += u64::from(document.attachment.is_some() && !document.new_case);
            self.in_review += u64::from(document.in_review);
        }
    }

    /// Compares what was found with what the scanner says, when all is read.
    pub(super) fn compare(&mut self, index: Option<&Index>, expectation: Option<&Expectation>) {
        for (copy, first) in std::mem::take(&mut self.copies) {
            if let Some(Some(pages)) = self.pages_of.get(&first) {
                self.count_pages(&copy, *pages);
            }
        }
        if let Some(index) = index {
            self.compare_index(index);
        }
        if let Some(expectation) = expectation {
            self.compare_count(expectation);
        }
    }

    fn compare_count(&mut self, expectation: &Expectation) {
        self.expected = Some(expectation.count());
        if expectation.fits(self.found) {
            return;
        }
        let unknown = self
            .pages_of
            .values()
            .filter(|pages| pages.is_none())
            .count();
        let mut difference = format!(
            "{} {} expected, {} page images found",
            expectation.count(),
            expectation.unit(),
            self.found
        );
        if unknown > 0 {
            difference.push_str(&format!(
                " ({unknown} scans are set aside, whose pages cannot be counted)"
            ));
        }
        if self.found < expectation.count() {
            self.missing.push(difference);
        } else {
            self.surplus.push(difference);
        }
    }

    fn compare_index(&mut self, index: &Index) {
        let listed: BTreeSet<&String> = index.entries.keys().collect();
        let present: BTreeSet<&String> = self.pages_of.keys().collect();
        let missing = listed.difference(&present).map(|name| (*name).clone());
        let surplus = present.difference(&listed).map(|name| (*name).clone());
        let (mut missing, mut surplus): (Vec<_>, Vec<_>) = (missing.collect(), surplus.collect());
        for (name, entry) in &index.entries {
            let (Some(Some(found)), Some(expected)) = (self.pages_of.get(name), entry.pages) else {
                continue;
            };
            let difference = format!("{name}: {expected} pages expected, {found} found");
            match found.cmp(&u64::from(expected)) {
                std::cmp::Ordering::Less => missing.push(difference),
                std::cmp::Ordering::Greater => surplus.push(difference),
                std::cmp::Ordering::Equal => {}
            }
        }
        self.missing.append(&mut missing);
        self.surplus.append(&mut surplus);
    }

    /// The two sums. An error here is a fault of the program.
    pub fn balance(&self) -> Result<(), String> {
        let sums = Sums {
            scans: self.scans,
            filed: self.filed,
            already_filed: self.already_filed,
            duplicates: self.duplicates,
            set_aside: self.set_aside,
            pages: self.pages,
            letter_pages: self.letter_pages,
            card_pages: self.card_pages,
            other_pages: self.other_pages,
            blank: self.blank,
            separators: self.separators,
            pages_aside: self.pages_aside,
        };
        sums.balance()
    }

    /// What this run counted, against the rows that the store holds of it. An error
    /// here is a fault of the program too.
    pub(super) fn prove(&self, stored: &OnRecord) -> Result<(), String> {
        let same = |what: &str, counted: u64, stored: u64| {
            if counted == stored {
                return Ok(());
            }
            Err(format!("{counted} {what} counted, but {stored} on record"))
        };
        same("filed scans", self.filed, stored.scans)?;
        same("pages set aside", self.pages_aside, stored.pages_aside)?;
        let kinds = [
            (PageKind::Letter, self.letter_pages),
            (PageKind::Card, self.card_pages),
            (PageKind::Other, self.other_pages),
            (PageKind::Blank, self.blank),
            (PageKind::Separator, self.separators),
        ];
        for (kind, counted) in kinds {
            let stored = stored.pages.get(&kind).copied().unwrap_or(0);
            same(&format!("{} pages", kind.name()), counted, stored)?;
        }
        Ok(())
    }

    /// Whether a person must look: something was set aside, or the expected count
    /// or the index differs.
    pub const fn needs_a_person(&self) -> bool {
        self.open_asides > 0 || !self.missing.is_empty() || !self.surplus.is_empty()
    }

    /// The object that `--json` prints.
    pub fn to_json(&self) -> String {
        // Maps with text keys and plain numbers cannot fail to serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn count_pages(&mut self, scan: &str, pages: u64) {
        self.found += pages;
        self.pages_of.insert(scan.to_owned(), Some(pages));
    }

    const fn pages_as(&mut self, kind: PageKind) -> &mut u64 {
        match kind {
            PageKind::Letter => &mut self.letter_pages,
            PageKind::Card => &mut self.card_pages,
            PageKind::Other => &mut self.other_pages,
            PageKind::Blank => &mut self.blank,
            PageKind::Separator => &mut self.separators,
        }
    }
}

fn aside(scan: String, page: Option<u32>, rejection: &Rejection) -> Aside {
    Aside {
        scan,
        page,
        code: rejection.code.name(),
        reason: rejection.reason.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::index::Entry;
    use crate::domain::guarantee::Rate;
    use crate::store::testing::{lost_page, page, provenance};

    fn three_pages() -> FiledScan {
        FiledScan {
            scan: "01900000-0000-7000-8000-000000000001".parse().unwrap(),
            listed: 3,
            pages: vec![page(1, "Dear Sirs,"), page(2, ""), lost_page(3)],
            documents: Vec::new(),
            provenance: provenance(),
            blind: Rate::NONE,
            came_with: None,
        }
    }

    #[test]
    fn a_page_lost_between_the_reader_and_the_store_is_noticed() {
        let mut summary = Summary {
            scans: 1,
            ..Summary::default()
        };
        summary.filed("a.tif", &three_pages());
        assert_eq!(summary.balance(), Ok(()));
        let mut stored = OnRecord {
            scans: 1,
            pages: [(PageKind::Letter, 1), (PageKind::Blank, 1)].into(),
            pages_aside: 1,
        };
        assert_eq!(summary.prove(&stored), Ok(()));
        // Lost by the store,
        stored.pages.remove(&PageKind::Blank);
        let error = summary.prove(&stored).unwrap_err();
        assert!(error.contains("1 blank pages counted, but 0"), "{error}");
        // and on the way to it.
        let mut summary = Summary {
            scans: 1,
            ..Summary::default()
        };
        let mut scan = three_pages();
        scan.pages.remove(1);
        summary.filed("a.tif", &scan);
        let error = summary.balance().unwrap_err();
        assert!(error.contains("3 pages, but 2"), "{error}");
    }

    #[test]
    fn a_lost_scan_or_page_is_noticed() {
        let mut summary = Summary {
            scans: 3,
            filed: 1,
            duplicates: 1,
            ..Summary::default()
        };
        assert!(summary.balance().unwrap_err().contains("3 scans, but 2"));
        summary.set_aside = 1;
        assert_eq!(summary.balance(), Ok(()));
        summary.pages = 2;
        summary.blank = 1;
        assert!(summary.balance().unwrap_err().contains("2 pages, but 1"));
    }

    #[test]
    fn an_index_that_differs_is_named() {
        let pages = |(name, pages): (&str, u32)| {
            let pages = Some(pages);
            (
                name.to_owned(),
                Entry {
                    pages,
                    received: None,
                },
            )
        };
        let listed = [("a.tif", 2), ("b.tif", 1), ("c.tif", 1)];
        let index = Index {
            entries: listed.map(pages).into(),
        };
        let mut summary = Summary::default();
        summary.count_pages("a.tif", 1);
        summary.count_pages("c.tif", 1);
        summary.count_pages("d.tif", 1);
        summary.compare_index(&index);
        assert_eq!(
            summary.missing,
            ["b.tif", "a.tif: 2 pages expected, 1 found"]
        );
        assert_eq!(summary.surplus, ["d.tif"]);
        assert!(summary.needs_a_person());
    }
}
