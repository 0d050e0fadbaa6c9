//! Finding documents by their words: the one thing that SQLite and PostgreSQL
//! do each in their own way, behind one small trait.

use jiff::civil::Date;

use crate::domain::grammar::case_reference::CaseReference;

use super::Store;
use super::change::Change;
use super::documents;
use super::error::{Doing, Result};
use super::ids::DocumentId;
use super::rows::{Columns, storable};

/// How one database indexes words: its SQL, and how it wants a query written.
pub(super) trait SearchIndex: Sync {
    /// Learns a document, over what it knew of it: `$1` is its id, `$2` its words.
    fn learn(&self) -> &'static str;

    /// The documents that have all words of `$1`, best first, at most `$2`.
    fn find(&self) -> &'static str;

    /// The words that a person typed, as this index takes them.
    fn query(&self, words: &str) -> String;

    /// The bytes of text that it can take.
    fn most(&self) -> usize;
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

    /// Every word in quotes: nothing that a person types is an operator.
    fn query(&self, words: &str) -> String {
        let quoted: Vec<String> = typed(words).map(|word| format!("\"{word}\"")).collect();
        quoted.join(" ")
    }

    fn most(&self) -> usize {
        usize::MAX
    }
}

/// PostgreSQL's text search, in its plain configuration: words as they are.
pub(super) struct TsVector;

/// A tsvector holds at most 1 MiB; a word and its positions take up to twice
/// the bytes of its text, so text up to this length always fits.
const TSVECTOR_TEXT: usize = 256 * 1024;

impl SearchIndex for TsVector {
    fn learn(&self) -> &'static str {
        "insert into searchable (document_id, words) values ($1, to_tsvector('simple', $2))
         on conflict (document_id) do update set words = excluded.words"
    }

    fn find(&self) -> &'static str {
        "select documents.id, documents.case_number, documents.received, documents.text
         from searchable
         join documents on documents.id = searchable.document_id
         where searchable.words @@ plainto_tsquery('simple', $1)
         order by ts_rank(searchable.words, plainto_tsquery('simple', $1)) desc, documents.id desc
         limit $2"
    }

    fn query(&self, words: &str) -> String {
        typed(words).collect::<Vec<_>>().join(" ")
    }

    fn most(&self) -> usize {
        TSVECTOR_TEXT
    }
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The document.
    pub document: DocumentId,
    /// The case that it lies on.
    pub case: CaseReference,
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
                case: documents::case_number(row, "case_number")?,
                received: row.parsed("received")?,
                line: line_with(&row.text("text")?, words),
            })
        });
        found.collect()
    }
}

impl Change {
    /// What a document is found by, in place of what it was.
    pub(super) async fn index(&mut self, document: DocumentId, words: &str) -> Result<()> {
        let index = self.dialect.search();
        let words = storable(words);
        let fits = words.floor_char_boundary(index.most());
        sqlx::query(index.learn())
            .bind(document.to_string())
            .bind(words[..fits].to_owned())
            .execute(self.connection())
            .await
            .doing("indexing a document")?;
        Ok(())
    }
}

/// The words that a person typed, without signs.
fn typed(words: &str) -> impl Iterator<Item = &str> {
    words
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

fn line_with(text: &str, words: &str) -> String {
    let wanted: Vec<String> = typed(words).map(str::to_lowercase).collect();
    let has = |line: &&str| {
        let line = line.to_lowercase();
        typed(&line).any(|word| wanted.iter().any(|wanted| wanted == word))
    };
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
            r#""kettle" "OR" "not" "x""#
        );
        assert_eq!(Fts5.query("  -- "), "");
    }

    #[test]
    fn the_line_with_a_word_is_shown() {
        let text = "Dear Sirs,\nmy Kettle broke.\n";
        assert_eq!(line_with(text, "kettle"), "my Kettle broke.");
        assert_eq!(line_with(text, "toaster"), "Dear Sirs,");
    }
}
