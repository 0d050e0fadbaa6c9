//! Finding letters, cards, messages, replies and notes by their words: the one thing that SQLite and PostgreSQL
//! do each in their own way, behind one small trait.

use std::ops::Range;

use jiff::civil::Date;

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::reply::Channel;

use super::Store;
use super::change::Change;
use super::documents;
use super::error::{Doing, Result};
use super::events::Actor;
use super::ids::CustomerId;
use super::rows::{Columns, storable};

/// How one database indexes words: its SQL, and how it wants words written. Both
/// get the same [`words`], so that both find the same.
pub(super) trait SearchIndex: Sync {
    /// Learns something, over what it knew of it: `$1` is its kind, `$2` its id, `$3` its
    /// case or null, `$4` its day, `$5` its words.
    fn learn(&self) -> &'static str;

    /// What has all words of `$1`, best first of the newest `$9`, at most `$2`; the rest are
    /// those of a [`SearchFilter`].
    fn find(&self) -> &'static str;

    /// The words of a text, as this index learns them.
    fn learnt(&self, text: &str) -> String;

    /// The words that a person typed, as this index looks for them.
    fn query(&self, typed: &str) -> String;
}

/// An empty text asks for all: parameters without a type of their own are refused by PostgreSQL.
macro_rules! filters {
    () => {
        "   and ($3 = '' or searchable.kind = $3)
            and ($4 = '' or cases.team = $4) and ($5 = '' or cases.topic = $5)
            and ($6 = '' or searchable.day >= $6) and ($7 = '' or searchable.day <= $7)
            and ($8 = '' or cases.customer_id = $8)
            and ($10 = '' or $10 = case searchable.kind
                 when 'message' then 'email'
                 when 'reply' then (select replies.channel from replies
                                    where replies.id = searchable.subject)
                 when 'note' then 'none'
                 -- A photograph that came with an e-mail is part of that.
                 else (select case documents.attached_by when 'message' then 'email' else 'post' end
                       from documents where documents.id = searchable.subject) end) "
    };
}

/// What was found with the text that it was found in.
macro_rules! found {
    () => {
        "select newest.kind, newest.subject, newest.case_number, newest.day,
                coalesce(documents.text, messages.subject || '\n' || messages.text,
                         replies.subject || '\n' || replies.body, notes.text) as text
         from newest
         left join documents on documents.id = newest.subject
         left join messages on messages.id = newest.subject
         left join replies on replies.id = newest.subject
         left join notes on notes.id = newest.subject "
    };
}

/// SQLite's full text search.
pub(super) struct Fts5;

impl SearchIndex for Fts5 {
    fn learn(&self) -> &'static str {
        "insert into searchable (kind, subject, case_number, day, words)
         values ($1, $2, $3, $4, $5)
         on conflict (subject) do update
         set case_number = excluded.case_number, words = excluded.words"
    }

    /// FTS5 walks backwards through its rows by itself, and stops at the limit.
    fn find(&self) -> &'static str {
        concat!(
            "with newest as (
                 select searchable.kind, searchable.subject, searchable.case_number,
                        searchable.day, search.rank as score, searchable.id as place
                 from search
                 join searchable on searchable.id = search.rowid
                 left join cases on cases.number = searchable.case_number
                 where search.words match $1 ",
            filters!(),
            "    order by search.rowid desc limit $9
             ) ",
            found!(),
            "order by newest.score, newest.place desc limit $2"
        )
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
        "insert into searchable (kind, subject, case_number, day, words)
         values ($1, $2, $3, $4, cast($5 as tsvector))
         on conflict (subject) do update
         set case_number = excluded.case_number, words = excluded.words"
    }

    fn find(&self) -> &'static str {
        concat!(
            "with newest as (
                 select searchable.* from searchable
                 left join cases on cases.number = searchable.case_number
                 where searchable.words @@ cast($1 as tsquery) ",
            filters!(),
            "    order by searchable.day desc, searchable.subject desc limit $9
             ) ",
            found!(),
            "order by ts_rank(newest.words, cast($1 as tsquery)) desc, newest.subject desc
             limit $2"
        )
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

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// A letter.
    Letter,
    /// A card.
    Card,
    /// An e-mail that came in.
    Message,
    /// What we wrote.
    Reply,
    /// What somebody noted on a case.
    Note,
}

crate::domain::named!(Found {
    Letter => "letter",
    Card => "card",
    Message => "message",
    Reply => "reply",
    Note => "note",
});

/// Which of them; everything that is `None` asks for all.
#[derive(Debug, Clone, Default)]
pub struct SearchFilter {
    /// Only of this kind.
    pub kind: Option<Found>,
    /// Only what came or went by this way.
    pub channel: Option<Channel>,
    /// Only on cases of this team.
    pub team: Option<String>,
    /// Only on cases about this topic.
    pub topic: Option<String>,
    /// Only from this day on.
    pub since: Option<Date>,
    /// Only up to this day.
    pub until: Option<Date>,
    /// Only on cases of this customer.
    pub customer: Option<CustomerId>,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Found,
    /// Its id, of whatever it is.
    pub id: String,
    /// The case that it lies on; none for a card without one.
    pub case: Option<CaseReference>,
    /// Its day of receipt, or the one on which it was written.
    pub day: Date,
    /// The first line with one of the words, else the first line.
    pub line: String,
    /// Where in that line the words stand, in bytes.
    pub marks: Vec<Range<usize>>,
}

/// As many as a person looks at.
const MOST_HITS: i64 = 200;
/// The newest so many are put in order of how well they fit: to weigh the hundred thousand that a
/// common word finds would take a second.
const MOST_WEIGHED: i64 = 2_000;

impl Store {
    /// What has all of these words, best first.
    pub async fn search(&self, words: &str, filter: &SearchFilter) -> Result<Vec<Hit>> {
        let index = self.dialect.search();
        let query = index.query(&storable(words));
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let rows = sqlx::query(index.find())
            .bind(query)
            .bind(MOST_HITS)
            .bind(filter.kind.map_or("", Found::name).to_owned())
            .bind(storable(filter.team.as_deref().unwrap_or_default()))
            .bind(storable(filter.topic.as_deref().unwrap_or_default()))
            .bind(day(filter.since))
            .bind(day(filter.until))
            .bind(filter.customer.map(|id| id.to_string()).unwrap_or_default())
            .bind(MOST_WEIGHED)
            .bind(filter.channel.map_or("", Channel::name).to_owned())
            .fetch_all(&self.pool)
            .await
            .doing("searching")?;
        let found = rows.iter().map(|row| {
            let (line, marks) = line_with(&row.text("text")?, words);
            Ok(Hit {
                kind: row.named("kind", Found::from_name)?,
                id: row.text("subject")?,
                case: documents::maybe_case(row)?,
                day: row.parsed("day")?,
                line,
                marks,
            })
        });
        found.collect()
    }
}

/// Something to be found by its words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Searchable<'a> {
    pub(super) kind: Found,
    pub(super) id: &'a str,
    pub(super) case: Option<CaseReference>,
    pub(super) day: Date,
    pub(super) words: &'a str,
}

impl Change {
    /// What something is found by, in place of what it was.
    pub(super) async fn index(&mut self, what: Searchable<'_>) -> Result<()> {
        let index = self.dialect.search();
        sqlx::query(index.learn())
            .bind(what.kind.name())
            .bind(what.id.to_owned())
            .bind(what.case.map(|case| case.number() as i64))
            .bind(what.day.to_string())
            .bind(index.learnt(&storable(what.words)))
            .execute(self.connection())
            .await
            .doing("indexing for the search")?;
        Ok(())
    }

    /// Something is found no more.
    pub(super) async fn forget(&mut self, id: &str) -> Result<()> {
        sqlx::query("delete from searchable where subject = $1")
            .bind(id.to_owned())
            .execute(self.connection())
            .await
            .doing("taking something out of the search")?;
        Ok(())
    }

    /// Something lies on another case now.
    pub(super) async fn index_case(&mut self, id: &str, case: CaseReference) -> Result<()> {
        sqlx::query("update searchable set case_number = $2 where subject = $1")
            .bind(id.to_owned())
            .bind(case.number() as i64)
            .execute(self.connection())
            .await
            .doing("indexing for the search")?;
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

/// The first line that has one of the words, else the first line, and where the words are.
fn line_with(text: &str, typed: &str) -> (String, Vec<Range<usize>>) {
    let wanted: Vec<String> = words(typed).collect();
    let has = |line: &&str| words(line).any(|word| wanted.contains(&word));
    let line = text.lines().find(has).or_else(|| text.lines().next());
    let line = line.unwrap_or_default().trim();
    let marks = split(line).filter(|word| wanted.contains(&word.to_lowercase()));
    let place = |word: &str| {
        let start = word.as_ptr() as usize - line.as_ptr() as usize;
        start..start + word.len()
    };
    (line.to_owned(), marks.map(place).collect())
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
        assert_eq!(
            line_with(text, "kettle"),
            (
                "my Kettle broke.".to_owned(),
                std::iter::once(3..9).collect()
            )
        );
        assert_eq!(
            line_with(text, "toaster"),
            ("Dear Sirs,".to_owned(), Vec::new())
        );
    }
}
