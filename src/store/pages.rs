//! Pages as they are kept: images by their hash, words as compact JSON.

use sqlx::any::AnyRow;

use crate::domain::confidence::Probability;
use crate::domain::geometry::{PageSize, Rect};
use crate::domain::identity::Digest;
use crate::domain::page::{EncodedImage, MediaType, PageKind, PageOutcome, ReadPage};
use crate::domain::rejection::Rejection;
use crate::domain::text::{Line, PageText, Word};

use super::change::Change;
use super::error::{Doing, Result};
use super::ids::{DocumentId, ScanId};
use super::rows::{Columns, corrupt, storable};
use super::waiting::NewlyKept;
use super::{Store, scans};

/// A page whose images, if it was read, are durable in the blob store.
#[derive(Debug, Clone)]
pub struct KeptPage<'a> {
    outcome: &'a PageOutcome,
    images: Option<Images>,
}

#[derive(Debug, Clone, Copy)]
struct Images {
    original: Digest,
    display: Option<Digest>,
}

/// Where a page belongs in a document.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// The document.
    pub document: DocumentId,
    /// 1, 2, ... in it.
    pub position: u32,
    /// By which number the document names the page, where it began in an earlier scan:
    /// numbers count on from there. None where it is the page's own.
    pub sheet: Option<u32>,
}

/// A page that could be read after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MendedPage {
    /// Its number in the scan.
    pub number: u32,
    /// The document that missed it, if any did.
    pub document: Option<DocumentId>,
}

/// A page on record.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRecord {
    /// Its scan.
    pub scan: ScanId,
    /// Its number there, from 1.
    pub number: u32,
    /// By which number its document, and what is read off it, names the page: its own,
    /// unless the document began in an earlier scan.
    pub sheet: u32,
    /// What it is, or why it was set aside.
    pub result: Result<PageImage, Rejection>,
}

/// The images of a page that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct PageImage {
    /// What the page is.
    pub kind: PageKind,
    /// The size of the page image.
    pub size: PageSize,
    /// The page as the scanner encoded it.
    pub original: Digest,
    /// How that is encoded.
    pub original_media: MediaType,
    /// What people see, where it is not the original.
    pub display: Option<(Digest, MediaType)>,
}

impl Store {
    /// Makes the images of all pages durable: before any row names them.
    pub async fn keep_pages<'a>(
        &self,
        pages: impl IntoIterator<Item = &'a PageOutcome>,
    ) -> Result<Vec<KeptPage<'a>>> {
        let pages: Vec<&PageOutcome> = pages.into_iter().collect();
        let read = pages.iter().filter_map(|page| page.result.as_ref().ok());
        let images: Vec<&EncodedImage> = read
            .flat_map(|page| std::iter::once(&page.original).chain(&page.display))
            .collect();
        let mut digests = self.keep(&images).await?.into_iter();
        let mut images_of = |page: &ReadPage| {
            let original = digests.next()?;
            let display = page.display.as_ref().and_then(|_| digests.next());
            Some(Images { original, display })
        };
        Ok(pages
            .into_iter()
            .map(|outcome| KeptPage {
                outcome,
                images: outcome.result.as_ref().ok().and_then(&mut images_of),
            })
            .collect())
    }

    /// The pages of a document in their order there.
    pub async fn pages_of(&self, document: DocumentId) -> Result<Vec<PageRecord>> {
        let rows = sqlx::query(
            "select pages.scan_id, pages.number, coalesce(pages.sheet, pages.number) as sheet,
                    pages.kind, pages.aside_code, pages.aside_reason,
                    pages.width, pages.height, pages.dpi, pages.original, pages.display,
                    originals.media as original_media, displays.media as display_media
             from pages
             left join blobs as originals on originals.digest = pages.original
             left join blobs as displays on displays.digest = pages.display
             where pages.document_id = $1
             order by pages.position",
        )
        .bind(document.to_string())
        .fetch_all(&self.pool)
        .await
        .doing("reading pages")?;
        rows.iter().map(page).collect()
    }

    /// The words of a page that was read.
    pub async fn words_of(&self, scan: ScanId, page: u32) -> Result<Option<PageText>> {
        let row = sqlx::query("select words from pages where scan_id = $1 and number = $2")
            .bind(scan.to_string())
            .bind(i64::from(page))
            .fetch_optional(&self.pool)
            .await
            .doing("reading words")?;
        let words: Option<String> = row.map_or(Ok(None), |row| row.maybe_text("words"))?;
        words.map(|words| decode(&words)).transpose()
    }
}

impl Store {
    /// Whether a document of this scan has pages of other scans too.
    pub async fn shares_a_document(&self, scan: ScanId) -> Result<bool> {
        let other = sqlx::query(
            "select 1 as other from pages
             join pages as others on others.document_id = pages.document_id
             where pages.scan_id = $1 and others.scan_id <> $1 limit 1",
        )
        .bind(scan.to_string())
        .fetch_optional(&self.pool)
        .await
        .doing("looking at the documents of a scan")?;
        Ok(other.is_some())
    }
}

impl Change {
    /// Puts a page on record, with its place in a document if it has one.
    pub async fn page(
        &mut self,
        scan: ScanId,
        page: &KeptPage<'_>,
        place: Option<Position>,
    ) -> Result<()> {
        match (&page.outcome.result, page.images) {
            (Ok(read), Some(images)) => {
                self.refer_image(images.original, &read.original).await?;
                if let (Some(display), Some(image)) = (images.display, &read.display) {
                    self.refer_image(display, image).await?;
                }
                self.read_page(scan, page.outcome.number, read, images, place)
                    .await
            }
            (Err(rejection), _) => {
                self.aside_page(scan, page.outcome.number, rejection, place)
                    .await
            }
            // Kept pages are only made by `keep_pages`, which gives every page
            // that was read its images.
            (Ok(_), None) => Err(corrupt("pages.original", "nothing")),
        }
    }

    /// Puts a page that was set aside earlier and is read now in its place, if it
    /// waits there: one that a person put away for good stays away. Where it is set aside
    /// again, the reason is today's.
    pub async fn mend_page(
        &mut self,
        scan: ScanId,
        page: &KeptPage<'_>,
    ) -> Result<Option<MendedPage>> {
        if let Err(rejection) = &page.outcome.result {
            sqlx::query(
                "update pages set aside_code = $3, aside_reason = $4
                 where scan_id = $1 and number = $2
                   and aside_code is not null and aside_code <> 'discarded'",
            )
            .bind(scan.to_string())
            .bind(i64::from(page.outcome.number))
            .bind(rejection.code.name())
            .bind(storable(&rejection.reason))
            .execute(self.connection())
            .await
            .doing("noting why a page is set aside")?;
            return Ok(None);
        }
        let row = sqlx::query(
            "delete from pages where scan_id = $1 and number = $2
               and aside_code is not null and aside_code <> 'discarded'
             returning document_id, position",
        )
        .bind(scan.to_string())
        .bind(i64::from(page.outcome.number))
        .fetch_optional(self.connection())
        .await
        .doing("mending a page")?;
        let Some(row) = row else {
            return Ok(None);
        };
        let document = row.maybe_parsed("document_id")?;
        let place = document.zip(row.maybe_number("position")?);
        // Only scans that share no document with others are read again.
        let place = place.map(|(document, position)| Position {
            document,
            position,
            sheet: None,
        });
        self.page(scan, page, place).await?;
        let number = page.outcome.number;
        Ok(Some(MendedPage { number, document }))
    }

    /// Lays a page into a document of its scan, in the order of their numbers.
    pub async fn move_page(
        &mut self,
        scan: ScanId,
        number: u32,
        document: DocumentId,
    ) -> Result<()> {
        sqlx::query(
            "update pages set document_id = $3, position = 0 where scan_id = $1 and number = $2",
        )
        .bind(scan.to_string())
        .bind(i64::from(number))
        .bind(document.to_string())
        .execute(self.connection())
        .await
        .doing("moving a page")?;
        sqlx::query(
            "update pages set position = (
                 select count(*) from pages as before
                 where before.document_id = pages.document_id and before.number <= pages.number)
             where document_id = $1",
        )
        .bind(document.to_string())
        .execute(self.connection())
        .await
        .doing("moving a page")?;
        Ok(())
    }

    async fn refer_image(&mut self, digest: Digest, image: &EncodedImage) -> Result<()> {
        let bytes = image.bytes.len() as u64;
        self.refer(digest, image.media.name(), bytes).await
    }

    /// Counts one more reference to a blob.
    pub(super) async fn refer(
        &mut self,
        digest: Digest,
        media: &'static str,
        bytes: u64,
    ) -> Result<()> {
        let at = self.at.clone();
        sqlx::query(
            "insert into blobs (digest, media, bytes, refs, stored_at) values ($1, $2, $3, 1, $4)
             on conflict (digest) do update set refs = blobs.refs + 1",
        )
        .bind(digest.to_string())
        .bind(media)
        .bind(bytes as i64)
        .bind(at)
        .execute(self.connection())
        .await
        .doing("counting what is kept")?;
        Ok(())
    }

    /// The same at the end of the change: for what no row must find there before.
    pub(super) fn refer_at_end(&mut self, digest: Digest, media: &'static str, bytes: u64) {
        let new = NewlyKept {
            media,
            bytes,
            refs: 0,
        };
        self.waiting.kept.entry(digest).or_insert(new).refs += 1;
    }

    /// Something names these bytes no more.
    pub(super) async fn refer_no_more(&mut self, digest: Digest) -> Result<()> {
        sqlx::query("update blobs set refs = refs - 1 where digest = $1")
            .bind(digest.to_string())
            .execute(self.connection())
            .await
            .doing("counting what is kept")?;
        Ok(())
    }

    async fn read_page(
        &mut self,
        scan: ScanId,
        number: u32,
        page: &ReadPage,
        images: Images,
        place: Option<Position>,
    ) -> Result<()> {
        sqlx::query(
            "insert into pages (scan_id, number, document_id, position, kind, original, display,
                                width, height, dpi, turn, skew, words, sheet)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(scan.to_string())
        .bind(i64::from(number))
        .bind(place.map(|place| place.document.to_string()))
        .bind(place.map(|place| i64::from(place.position)))
        .bind(page.kind.name())
        .bind(images.original.to_string())
        .bind(images.display.map(|digest| digest.to_string()))
        .bind(i64::from(page.size.width))
        .bind(i64::from(page.size.height))
        .bind(i64::from(page.size.dpi))
        .bind(i64::from(page.turn.degrees()))
        .bind(page.skew)
        .bind(encode(&page.text))
        .bind(place.and_then(|place| place.sheet).map(i64::from))
        .execute(self.connection())
        .await
        .doing("filing a page")?;
        Ok(())
    }

    async fn aside_page(
        &mut self,
        scan: ScanId,
        number: u32,
        rejection: &Rejection,
        place: Option<Position>,
    ) -> Result<()> {
        sqlx::query(
            "insert into pages (scan_id, number, document_id, position, aside_code, aside_reason,
                                sheet)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(scan.to_string())
        .bind(i64::from(number))
        .bind(place.map(|place| place.document.to_string()))
        .bind(place.map(|place| i64::from(place.position)))
        .bind(rejection.code.name())
        .bind(storable(&rejection.reason))
        .bind(place.and_then(|place| place.sheet).map(i64::from))
        .execute(self.connection())
        .await
        .doing("setting a page aside")?;
        Ok(())
    }
}

fn page(row: &AnyRow) -> Result<PageRecord> {
    let result = match scans::rejection(row, "aside_code", "aside_reason")? {
        Some(rejection) => Err(rejection),
        None => Ok(image(row)?),
    };
    Ok(PageRecord {
        scan: row.parsed("scan_id")?,
        number: row.number("number")?,
        sheet: row.number("sheet")?,
        result,
    })
}

fn image(row: &AnyRow) -> Result<PageImage> {
    let display_media = row.maybe_named("display_media", MediaType::from_name)?;
    Ok(PageImage {
        kind: row.named("kind", PageKind::from_name)?,
        size: size(row)?,
        original: row.parsed("original")?,
        original_media: row.named("original_media", MediaType::from_name)?,
        display: row.maybe_parsed("display")?.zip(display_media),
    })
}

pub(super) fn size(row: &AnyRow) -> Result<PageSize> {
    Ok(PageSize {
        width: row.number("width")?,
        height: row.number("height")?,
        dpi: row.number("dpi")?,
    })
}

/// A word as `[text, confidence, x, y, w, h]`.
type WordRow = (String, f64, u32, u32, u32, u32);
/// A line as `[block, words]`.
type LineRow = (u32, Vec<WordRow>);

/// Confidences are kept to a thousandth: finer is noise, and a page of words
/// shrinks by a third.
const CONFIDENCE_STEPS: f64 = 1000.0;

fn encode(text: &PageText) -> String {
    let lines: Vec<LineRow> = text
        .lines
        .iter()
        .map(|line| (line.block, line.words().iter().map(word_row).collect()))
        .collect();
    // Tuples of text and finite numbers cannot fail to serialise.
    serde_json::to_string(&lines).unwrap_or_default()
}

fn word_row(word: &Word) -> WordRow {
    let confidence = (word.confidence.get() * CONFIDENCE_STEPS).round() / CONFIDENCE_STEPS;
    let Rect { x, y, w, h } = word.bounds;
    (word.text.clone(), confidence, x, y, w, h)
}

fn decode(words: &str) -> Result<PageText> {
    let lines: Vec<LineRow> =
        serde_json::from_str(words).map_err(|error| corrupt("pages.words", error))?;
    let word = |(text, confidence, x, y, w, h): WordRow| Word {
        text,
        confidence: Probability::clamped(confidence),
        bounds: Rect::new(x, y, w, h),
    };
    let lines = lines
        .into_iter()
        .filter_map(|(block, words)| Line::new(words.into_iter().map(word).collect(), block));
    Ok(PageText {
        lines: lines.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_survive(texts in prop::collection::vec(".{1,9}", 1..6), thousandths in 0u32..=1000, block: u32, x: u32) {
            let word = |text: String| Word {
                text,
                confidence: Probability::clamped(f64::from(thousandths) / 1000.0),
                bounds: Rect::new(x, 2, 3, 4),
            };
            let line = Line::new(texts.into_iter().map(word).collect(), block);
            let text = PageText { lines: line.into_iter().collect() };
            prop_assert_eq!(decode(&encode(&text)).unwrap(), text);
        }

        #[test]
        fn no_words_panic(text in ".{0,40}") {
            let _ = decode(&text);
        }
    }
}
