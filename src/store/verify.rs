//! The proof: every blob hashed again, every reference followed both ways.

use std::fmt;

use sqlx::any::AnyRow;

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;

use super::Store;
use super::chain::{Broken, Head};
use super::documents::in_review;
use super::error::{Doing, Result, StoreError};
use super::rows::Columns;

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A page image, a message or a letter is gone.
    BlobMissing {
        /// Its name.
        digest: Digest,
        /// What the blob store says.
        why: String,
    },
    /// Its bytes are not those that were kept.
    BlobDamaged {
        /// Its name.
        digest: Digest,
    },
    /// Bytes that nothing names: left by a run that was cut off between writing
    /// and committing. They cost room and are no fault.
    BlobUnused {
        /// Its name.
        digest: Digest,
    },
    /// History is not what was written.
    Chain(Broken),
    /// A row that contradicts others.
    Row {
        /// What is wrong with it.
        what: &'static str,
        /// Which row.
        which: String,
    },
}

impl Fault {
    /// Whether it is only worth knowing: nothing is lost or wrong.
    pub const fn is_note(&self) -> bool {
        matches!(self, Self::BlobUnused { .. })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlobMissing { digest, why } => {
                write!(
                    f,
                    "kept file {digest} is missing ({why}); restore it from a backup"
                )
            }
            Self::BlobDamaged { digest } => {
                write!(f, "kept file {digest} is damaged; restore it from a backup")
            }
            Self::BlobUnused { digest } => {
                write!(
                    f,
                    "kept file {digest} belongs to nothing; it only takes room"
                )
            }
            Self::Chain(broken) => {
                write!(
                    f,
                    "history was altered at event {} (place {} in its chain), or one before it was taken \
                     out; compare it with a backup",
                    broken.event, broken.position
                )
            }
            Self::Row { what, which } => write!(f, "{what}: {which}"),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// What is not as it must be, and what is only worth knowing.
    pub faults: Vec<Fault>,
    /// Where the chain of history ends; none where it is broken.
    pub head: Option<Head>,
}

/// How many blobs were hashed, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// So many are done.
    pub done: u64,
    /// So many there are.
    pub of: u64,
}

/// Rows that contradict others: what is wrong, and a query whose column `which`
/// names each. A constraint can be gone from a database that was restored or
/// edited by hand, so what they promise is asked here too.
const CONTRADICTIONS: &[(&str, &str)] = &[
    (
        "a filed scan has not as many pages as it says",
        "select scans.id as which from scans where scans.state = 'filed' and scans.pages <>
             (select count(*) from pages where pages.scan_id = scans.id)",
    ),
    (
        "pages of a scan are not numbered 1, 2, ...",
        "select scan_id as which from pages group by scan_id
         having min(number) <> 1 or max(number) <> count(*)",
    ),
    (
        "a scan that is not filed has pages or documents",
        "select scans.id as which from scans where scans.state <> 'filed' and (
             exists (select 1 from pages where pages.scan_id = scans.id)
             or exists (select 1 from documents where documents.scan_id = scans.id))",
    ),
    (
        "a finished batch left a scan unsettled",
        "select scans.id as which from scans join batches on batches.id = scans.batch_id
         where scans.state = 'claimed' and scans.claimed_at <= batches.finished_at",
    ),
    (
        "the same bytes are filed twice",
        "select min(id) as which from scans where state = 'filed'
         group by digest having count(*) > 1",
    ),
    (
        "a duplicate is a copy of no scan with the same bytes",
        "select scans.id as which from scans
         left join scans as twin on twin.id = scans.duplicate_of
         where scans.state = 'duplicate' and (twin.id is null or twin.digest <> scans.digest)",
    ),
    (
        "a document has no page",
        "select documents.id as which from documents where not exists
             (select 1 from pages where pages.document_id = documents.id)",
    ),
    (
        "a document's pages are of another scan, and do not say so",
        "select documents.id as which from documents
         join pages on pages.document_id = documents.id
         where (pages.scan_id <> documents.scan_id) <> (pages.sheet is not null)",
    ),
    (
        "a document has two pages of one number",
        "select document_id as which from pages where document_id is not null
         group by document_id, coalesce(sheet, number) having count(*) > 1",
    ),
    (
        "a document has no reading",
        "select documents.id as which from documents where not exists
             (select 1 from readings where readings.document_id = documents.id)",
    ),
    (
        "a document's review flag is wrong",
        concat!(
            "select documents.id as which from documents where documents.in_review <> ",
            in_review!()
        ),
    ),
    (
        "a document cannot be searched for",
        "select documents.id as which from documents
         left join searchable on searchable.subject = documents.id
         where searchable.subject is null",
    ),
    (
        "a document lies on no case",
        "select documents.id as which from documents
         left join cases on cases.number = documents.case_number
         where cases.number is null
           and (documents.kind = 'letter' or documents.case_number is not null)",
    ),
    (
        "a card is of no customer that exists",
        "select documents.id as which from documents
         left join customers on customers.id = documents.customer_id
         where documents.customer_id is not null and customers.id is null",
    ),
    (
        "a card has no side",
        "select documents.id as which from documents where documents.kind = 'card'
             and not exists (select 1 from card_sides where document_id = documents.id)",
    ),
    (
        "a side of a card is no page of its document",
        "select card_sides.document_id as which from card_sides
         left join pages on pages.document_id = card_sides.document_id
             and pages.kind = 'card'
             and coalesce(pages.sheet, pages.number) = card_sides.page
         where pages.number is null",
    ),
    (
        "what stands on a card is on none of its sides",
        "select placed.document_id as which from (
             select document_id, page from card_fields
             union all select document_id, page from ticks
             union all select document_id, page from signatures
         ) as placed
         left join card_sides on card_sides.document_id = placed.document_id
             and card_sides.page = placed.page
         where card_sides.page is null",
    ),
    (
        "a page of a card is of no document",
        "select pages.scan_id as which from pages
         where pages.kind = 'card' and not exists (
             select 1 from card_sides
             where document_id = pages.document_id
               and page = coalesce(pages.sheet, pages.number))",
    ),
    (
        "a consent that was struck out was put to nobody",
        "select document_id as which from ticks where consent_purpose is not null
             and verdict = 'accepted' and state = 'corrected' and settled_by is null",
    ),
    (
        "what was keyed again differs and was put to nobody",
        "select rekeyings.document_id as which from rekeyings
         join card_fields on card_fields.document_id = rekeyings.document_id
              and card_fields.name = rekeyings.name
         where rekeyings.agrees = 0 and card_fields.verdict <> 'review'
           and card_fields.settled_by is null",
    ),
    (
        "what was keyed again is no field of a card",
        "select rekeyings.document_id as which from rekeyings
         left join card_fields on card_fields.document_id = rekeyings.document_id
              and card_fields.name = rekeyings.name
         where card_fields.name is null",
    ),
    (
        "a document belongs to no scan",
        "select documents.id as which from documents
         left join scans on scans.id = documents.scan_id where scans.id is null",
    ),
    (
        "a page belongs to no scan",
        "select pages.scan_id as which from pages
         left join scans on scans.id = pages.scan_id where scans.id is null",
    ),
    (
        "a page belongs to no document that exists",
        "select pages.scan_id as which from pages
         left join documents on documents.id = pages.document_id
         where pages.document_id is not null and documents.id is null",
    ),
    (
        "a field belongs to no document",
        "select fields.document_id as which from fields
         left join documents on documents.id = fields.document_id where documents.id is null",
    ),
    (
        "values lie beside no event",
        "select event_values.event_id as which from event_values
         left join events on events.id = event_values.event_id where events.id is null",
    ),
    (
        "a case belongs to no customer that exists",
        "select cases.reference as which from cases
         left join customers on customers.id = cases.customer_id
         where cases.customer_id is not null and customers.id is null",
    ),
    (
        "a case lies with another person than its record",
        "select cases.reference as which from cases
         left join customers on customers.id = cases.record_id
         where coalesce(cases.customer_id, '') <> coalesce(customers.person_id, '')",
    ),
    (
        "a card lies with another person than its record",
        "select documents.id as which from documents
         left join customers on customers.id = documents.record_id
         where coalesce(documents.customer_id, '') <> coalesce(customers.person_id, '')",
    ),
    (
        "a customer is joined to a record that is another person",
        "select customers.id as which from customers
         left join customers as kept on kept.id = coalesce(customers.same_as, customers.id)
         where coalesce(customers.person_id, '') <> coalesce(kept.person_id, '')
            or (customers.same_as is null and customers.person_id <> customers.id)",
    ),
    (
        "an open case has nothing on it",
        "select cases.reference as which from cases where cases.state = 'open' and not exists
             (select 1 from documents where documents.case_number = cases.number)
             and not exists (select 1 from messages where messages.case_number = cases.number)",
    ),
    (
        "what is kept is not counted as often as it is named",
        "select blobs.digest as which from blobs where blobs.refs <>
             (select count(*) from pages where pages.original = blobs.digest)
             + (select count(*) from pages where pages.display = blobs.digest)
             + (select count(*) from messages where messages.digest = blobs.digest)
             + (select count(*) from replies where replies.digest = blobs.digest)",
    ),
    (
        "a message or reply names bytes that are not on record",
        "select kept.id as which from (
             select id, digest from messages union all select id, digest from replies
         ) as kept
         left join blobs on blobs.digest = kept.digest
         where kept.digest is not null and blobs.digest is null",
    ),
    (
        "a message or a reply cannot be searched for",
        "select found.id as which from (
             select id from messages where state = 'filed'
             union all select id from replies
             union all select id from notes where removed_at is null
         ) as found
         left join searchable on searchable.subject = found.id
         where searchable.subject is null",
    ),
    (
        "the search knows something on another case than it lies on",
        "select searchable.subject as which from searchable
         join (select id, case_number from documents
               union all select id, case_number from messages where state = 'filed'
               union all select id, case_number from replies
               union all select id, case_number from notes) as found
              on found.id = searchable.subject
         where coalesce(found.case_number, 0) <> coalesce(searchable.case_number, 0)",
    ),
    (
        "a message was left half filed",
        "select id as which from messages where code = 'interrupted' and reason = ''",
    ),
    (
        "an attachment was read as a scan that does not exist",
        "select attachments.message as which from attachments
         left join scans on scans.id = attachments.scan_id
         where attachments.scan_id is not null and scans.id is null",
    ),
    (
        "a page names an image that is not on record",
        "select pages.scan_id as which from pages
         left join blobs as originals on originals.digest = pages.original
         left join blobs as displays on displays.digest = pages.display
         where (pages.original is not null and originals.digest is null)
            or (pages.display is not null and displays.digest is null)",
    ),
    (
        "a case number was not given out by the counter",
        "select cases.reference as which from cases
         where cases.number > (select value from counters where name = 'case')",
    ),
];

/// Rows fetched at once.
const AT_ONCE: i64 = 500;

impl Store {
    /// Checks everything and says what is wrong; `progress` hears of every blob.
    pub async fn verify(&self, mut progress: impl FnMut(Verified)) -> Result<Findings> {
        let mut faults = Vec::new();
        for (what, contradiction) in CONTRADICTIONS {
            self.look_for(what, contradiction, &mut faults).await?;
        }
        self.check_references(&mut faults).await?;
        let chain = self.check_chain().await?;
        self.hash_blobs(&mut faults, &mut progress).await?;
        self.find_unused(&mut faults).await?;
        let head = chain
            .map_err(|broken| faults.push(Fault::Chain(broken)))
            .ok();
        Ok(Findings { faults, head })
    }

    async fn look_for(
        &self,
        what: &'static str,
        contradiction: &'static str,
        faults: &mut Vec<Fault>,
    ) -> Result<()> {
        let rows = sqlx::query(contradiction)
            .fetch_all(&self.pool)
            .await
            .doing("verifying rows")?;
        for row in &rows {
            let which = row.text("which")?;
            faults.push(Fault::Row { what, which });
        }
        Ok(())
    }

    async fn check_references(&self, faults: &mut Vec<Fault>) -> Result<()> {
        let mut last = -1;
        loop {
            let rows = sqlx::query(
                "select number, reference from cases where number > $1 order by number limit $2",
            )
            .bind(last)
            .bind(AT_ONCE)
            .fetch_all(&self.pool)
            .await
            .doing("verifying case references")?;
            let Some(row) = rows.last() else {
                return Ok(());
            };
            last = row.int("number")?;
            for row in &rows {
                if let Some(which) = wrong_reference(row)? {
                    let what = "a case's reference is not that of its number";
                    faults.push(Fault::Row { what, which });
                }
            }
        }
    }

    async fn hash_blobs(
        &self,
        faults: &mut Vec<Fault>,
        progress: &mut impl FnMut(Verified),
    ) -> Result<()> {
        let doing = "verifying what is kept";
        let of: i64 = sqlx::query_scalar("select count(*) from blobs")
            .fetch_one(&self.pool)
            .await
            .doing(doing)?;
        let mut verified = Verified {
            done: 0,
            of: of.unsigned_abs(),
        };
        let mut last = String::new();
        loop {
            let rows =
                sqlx::query("select digest from blobs where digest > $1 order by digest limit $2")
                    .bind(last.clone())
                    .bind(AT_ONCE)
                    .fetch_all(&self.pool)
                    .await
                    .doing(doing)?;
            let Some(row) = rows.last() else {
                return Ok(());
            };
            last = row.text("digest")?;
            for row in &rows {
                let digest = row.parsed("digest")?;
                match self.blob(digest).await {
                    Ok(_) => {}
                    Err(StoreError::BlobDamaged { .. }) => {
                        faults.push(Fault::BlobDamaged { digest })
                    }
                    Err(error) if error.is_missing_blob() => faults.push(Fault::BlobMissing {
                        digest,
                        why: error.to_string(),
                    }),
                    // A blob store that cannot be asked says nothing about its blobs.
                    Err(error) => return Err(error),
                }
                verified.done += 1;
                progress(verified);
            }
        }
    }

    async fn find_unused(&self, faults: &mut Vec<Fault>) -> Result<()> {
        let unused = async |digest: Digest| {
            let row = sqlx::query("select 1 as known from blobs where digest = $1")
                .bind(digest.to_string())
                .fetch_optional(&self.pool)
                .await
                .doing("verifying what is kept")?;
            if row.is_none() {
                faults.push(Fault::BlobUnused { digest });
            }
            Ok(())
        };
        self.blobs.names(unused).await
    }
}

fn wrong_reference(row: &AnyRow) -> Result<Option<String>> {
    let reference = row.text("reference")?;
    let right = CaseReference::new(row.number("number")?).map(|case| case.to_string());
    Ok((right.as_ref() != Some(&reference)).then_some(reference))
}
