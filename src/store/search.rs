//! Finding documents by their words: the one thing that SQLite and PostgreSQL
//! do each in their own way, behind one small trait.

use jiff::civil::Date;

use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::change::Change;
use super::documents;
use super::error::{Doing, Result};
use super::events::Actor;
use super::ids::DocumentId;
use super::rows::{Columns, storable};

/// How one database indexes words: its SQL, and how it wants words written. Both
/// get the same [`words`], so that both find the same.
pub(super) trait SearchIndex: Sync {
    /// Learns a document, over what it knew of it: `$1` is its id, `$2` its words.
    fn learn(&self) -> &'static str;

    /// The documents that have all words of `$1`, best first, at most `$2`.
    fn find(&self) -> &'static str;

    /// The words of a text, as this index learns them.
    fn learnt(&self, text: &str) -> String;

    /// The words that a person typed, as this index looks for them.
    fn query(&self, typed: &str) -> String;
}

/// SQLite's full text search.
pub(super) struct Fts5;

impl SearchIndex for Fts5 {
    fn learn(&self) -> &'static str {
        "insert into searchable (document_id, words) values ($1, $2)
         on conflict (document_id) do update set words = excluded.words"
    }

    fn find(&self) -> &'static str {
        "select documents.id, documents.case_number, documents.received, documents.text
         from search
         join searchable on searchable.id = search.rowid
         join documents on documents.id = searchable.document_id
         where search.words match $1
         order by search.rank, documents.id desc limit $2"
    }

    fn learnt(&self, text: &str) -> String {
        words(text).collect::<Vec<_>>().join(" ")
    }

    /// Every word in quotes: nothing that a person types is an operator.
    fn query(&self, typed: &str) -> String {
        let quoted: Vec<String> = words(typed).map(|word| format!("\"{word}\"")).collect();
        quoted.join(" ")
    }
}

/// PostgreSQL's text search. Its own parser is left out, which keeps `jo@example.com`
/// and `KH/43749/25` whole: vectors and queries are written out.
pub(super) struct TsVector;

/// A tsvector holds at most 1 MiB; a word and its positions take up to twice
/// the bytes of its text, so text up to this length always fits.
const TSVECTOR_TEXT: usize = 256 * 1024;

impl SearchIndex for TsVector {
    fn learn(&self) -> &'static str {
        "insert into searchable (document_id, words) values ($1, cast($2 as tsvector))
         on conflict (document_id) do update set words = excluded.words"
    }

    fn find(&self) -> &'static str {
        "select documents.id, documents.case_number, documents.received, documents.text
         from searchable
         join documents on documents.id = searchable.document_id
         where searchable.words @@ cast($1 as tsquery)
         order by ts_rank(searchable.words, cast($1 as tsquery)) desc, documents.id desc
         limit $2"
    }

    /// `'word':1 'other':2`, by their places in the text.
    fn learnt(&self, text: &str) -> String {
        let fits = &text[..text.floor_char_boundary(TSVECTOR_TEXT)];
        let placed = words(fits)
            .zip(1..)
            .map(|(word, place): (_, usize)| format!("'{word}':{place}"));
        placed.collect::<Vec<_>>().join(" ")
    }

    fn query(&self, typed: &str) -> String {
        let quoted: Vec<String> = words(typed).map(|word| format!("'{word}'")).collect();
        quoted.join(" & ")
    }
}

/// Bytes of one word that count; PostgreSQL takes up to 2 KiB of one.
const MOST_OF_A_WORD: usize = 256;

/// The words of a text, in small letters: letters and digits, whatever stands
/// between them.
fn words(text: &str) -> impl Iterator<Item = String> {
    split(text).map(|word| {
        let word = word.to_lowercase();
        word[..word.floor_char_boundary(MOST_OF_A_WORD)].to_owned()
    })
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The document.
    pub document: DocumentId,
    /// The case that it lies on; none for a card without one.
    pub case: Option<CaseReference>,
    /// Its day of receipt.
    pub received: Date,
    /// The first line with one of the words, else the first line.
    pub line: String,
}

/// As many as a person looks at.
const MOST_HITS: i64 = 200;

impl Store {
    /// The documents that have all of these words, best first.
    pub async fn search(&self, words: &str) -> Result<Vec<Hit>> {
        let index = self.dialect.search();
        let query = index.query(&storable(words));
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(index.find())
            .bind(query)
            .bind(MOST_HITS)
            .fetch_all(&self.pool)
            .await
            .doing("searching")?;
        let found = rows.iter().map(|row| {
            Ok(Hit {
                document: row.parsed("id")?,
                case: documents::maybe_case(row)?,
                received: row.parsed("received")?,
                line: line_with(&row.text("text")?, words),
            })
        });
        found.collect()
    }
}

impl Change {
    /// What a document is found by, in place of what it was.
    pub(super) async fn index(&mut self, document: DocumentId, text: &str) -> Result<()> {
        let index = self.dialect.search();
        sqlx::query(index.learn())
            .bind(document.to_string())
            .bind(index.learnt(&storable(text)))
            .execute(self.connection())
            .await
            .doing("indexing a document")?;
        Ok(())
    }
}

/// Documents that are indexed anew in one change.
const INDEXED_AT_ONCE: i64 = 100;

impl Store {
    /// Indexes what an older program had indexed in its own way.
    pub(super) async fn index_anew(&self) -> Result<()> {
        let doing = "indexing documents anew";
        loop {
            let left: i64 = sqlx::query_scalar("select count(*) from to_index")
                .fetch_one(&self.pool)
                .await
                .doing(doing)?;
            if left == 0 {
                return Ok(());
            }
            let mut change = self.change(&Actor::postroom()).await?;
            let rows = sqlx::query(
                "delete from to_index where document_id in
                     (select document_id from to_index order by document_id limit $1)
                 returning document_id",
            )
            .bind(INDEXED_AT_ONCE)
            .fetch_all(change.connection())
            .await
            .doing(doing)?;
            for row in &rows {
                change.index_document(row.parsed("document_id")?).await?;
            }
            change.commit().await?;
        }
    }
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// The first line that has one of the words, else the first line.
fn line_with(text: &str, typed: &str) -> String {
    let wanted: Vec<String> = words(typed).collect();
    let has = |line: &&str| words(line).any(|word| wanted.contains(&word));
    let line = text.lines().find(has).or_else(|| text.lines().next());
    line.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_is_never_an_operator() {
        assert_eq!(
            Fts5.query("kettle OR \"not\" x*"),
            r#""kettle" "or" "not" "x""#
        );
        assert_eq!(
            TsVector.query("kettle | !'no' x:*"),
            "'kettle' & 'no' & 'x'"
        );
        assert_eq!(
            (Fts5.query("  -- "), TsVector.query("&")),
            (String::new(), String::new())
        );
    }

    #[test]
    fn a_vector_has_every_word_in_its_place() {
        assert_eq!(
            TsVector.learnt("Jo@example.com, KH/43749/25"),
            "'jo':1 'example':2 'com':3 'kh':4 '43749':5 '25':6"
        );
        let long = TsVector.learnt(&"x".repeat(3_000));
        assert_eq!(long.len(), MOST_OF_A_WORD + "'':1".len());
    }

    #[test]
    fn the_line_with_a_word_is_shown() {
        let text = "Dear Sirs,\nmy Kettle broke.\n";
        assert_eq!(line_with(text, "kettle"), "my Kettle broke.");
        assert_eq!(line_with(text, "toaster"), "Dear Sirs,");
    }
}
