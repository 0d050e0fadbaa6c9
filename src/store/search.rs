//! Finding letters, cards, messages, replies and notes by their words: the one thing that SQLite and PostgreSQL
//! do each in their own way, behind one small trait.

use std::ops::Range;

use jiff::civil::Date;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, Row};

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::reply::Channel;

use super::Store;
use super::change::Change;
use super::documents;
use super::error::{Doing, Result};
use super::events::Actor;
use super::ids::CustomerId;
use super::rows::{Columns, storable};
use super::waiting::NewWords;

/// How one database indexes words: its SQL, and how it wants words written. Both
/// get the same [`words`], so that both find the same.
pub(super) trait SearchIndex: Sync {
    /// Learns something, over what it knew of it: `$1` is its kind, `$2` its id, `$3` its
    /// case or null, `$4` its day, `$5` its words.
    fn learn(&self) -> &'static str;

    /// What has all words of `$1`, best first of the newest `$8`, at most `$11`; nothing from place
    /// `$9` or before. The rest are those of a [`SearchFilter`]. The newest is what was taken in
    /// last: places count up.
    fn find(&self) -> &'static str;

    /// How a store of any size is looked through from its newest place, where the database does
    /// not do so by itself.
    fn walk(&self) -> Option<&'static Walk>;

    /// The words of a text, as this index learns them.
    fn learnt(&self, text: &str) -> String;

    /// The words that a person typed, as this index looks for them.
    fn query(&self, typed: &str) -> String;
}

/// Some of the newest places are looked through first, then more, at last all: of a word that a
/// hundred thousand have, the newest lie in the first few thousand.
pub(super) struct Walk {
    /// The place of the newest of all.
    last_place: &'static str,
    /// What the planner must know from then on.
    hint: &'static str,
    /// So many places are looked through, then so many, then all.
    windows: &'static [i64],
    /// How many there are of those of `find`, counted up to `$8`.
    count: &'static str,
}

/// An empty text asks for all: parameters without a type of their own are refused by PostgreSQL.
macro_rules! filters {
    () => {
        "   and ($2 = '' or searchable.kind = $2)
            and ($3 = '' or cases.team = $3) and ($4 = '' or cases.topic = $4)
            and ($5 = '' or searchable.day >= $5) and ($6 = '' or searchable.day <= $6)
            and ($7 = '' or cases.customer_id = $7)
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

macro_rules! with_words {
    () => {
        "from searchable left join cases on cases.number = searchable.case_number
         where searchable.words @@ cast($1 as tsquery) and searchable.place > $9 "
    };
}

/// What fits best with the text that it was found in: no more texts are read than are shown.
macro_rules! found {
    () => {
        "select best.kind, best.subject, best.case_number, best.day,
                coalesce(documents.text, messages.subject || '\n' || messages.text,
                         replies.subject || '\n' || replies.body, notes.text) as text
         from best
         left join documents on documents.id = best.subject
         left join messages on messages.id = best.subject
         left join replies on replies.id = best.subject
         left join notes on notes.id = best.subject
         order by best.score desc, best.place desc"
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

    fn find(&self) -> &'static str {
        concat!(
            "with newest as (
                 select searchable.kind, searchable.subject, searchable.case_number,
                        searchable.day, -search.rank as score, searchable.id as place
                 from search
                 join searchable on searchable.id = search.rowid
                 left join cases on cases.number = searchable.case_number
                 where search.words match $1 and search.rowid > $9 ",
            filters!(),
            "    order by search.rowid desc limit $8
             ), best as (
                 select * from newest order by score desc, place desc limit $11
             ) ",
            found!()
        )
    }

    /// FTS5 walks backwards through its rows by itself, and stops at the limit.
    fn walk(&self) -> Option<&'static Walk> {
        None
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

    /// Ranked by how often the words stand in it, over its length, as FTS5 does.
    fn find(&self) -> &'static str {
        concat!(
            "with newest as (select searchable.* ",
            with_words!(),
            filters!(),
            "    order by searchable.place desc limit $8
             ), best as (
                 select newest.kind, newest.subject, newest.case_number, newest.day,
                        newest.place, ts_rank(newest.words, cast($1 as tsquery), 1) as score
                 from newest order by score desc, place desc limit $11
             ) ",
            found!()
        )
    }

    fn walk(&self) -> Option<&'static Walk> {
        Some(&Walk {
            last_place: "select coalesce(max(place), 0) from searchable",
            // Its planner takes a look into a vector for as cheap as one at a number, and reads
            // every vector of a window; both indexes laid together read none.
            hint: "set local enable_indexscan = off",
            windows: &[4_000, 20_000],
            count: concat!(
                "select count(*) from (select 1 as one ",
                with_words!(),
                filters!(),
                " limit $8) as these"
            ),
        })
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
        let rows = self.found(index, query, filter).await?;
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

impl Store {
    async fn found(
        &self,
        index: &dyn SearchIndex,
        query: String,
        filter: &SearchFilter,
    ) -> Result<Vec<AnyRow>> {
        let doing = "searching";
        let mut reading = self.pool.begin().await.doing(doing)?;
        let mut before = 0;
        if let Some(walk) = index.walk() {
            let last: i64 = sqlx::query_scalar(walk.last_place)
                .fetch_one(&mut *reading)
                .await
                .doing(doing)?;
            sqlx::query(walk.hint)
                .execute(&mut *reading)
                .await
                .doing(doing)?;
            for window in walk.windows.iter().filter(|window| **window < last) {
                let there = filtered(walk.count, &query, filter, last - window)
                    .fetch_one(&mut *reading)
                    .await
                    .doing(doing)?;
                if there.try_get::<i64, _>(0).doing(doing)? >= MOST_WEIGHED {
                    before = last - window;
                    break;
                }
            }
        }
        filtered(index.find(), &query, filter, before)
            .bind(MOST_HITS)
            .fetch_all(&mut *reading)
            .await
            .doing(doing)
    }
}

/// A query with its words, filters and bounds. It is planned anew for these words each time: a
/// rare one and a common one are found by different ways.
fn filtered<'q>(
    sql: &'static str,
    query: &str,
    filter: &SearchFilter,
    before: i64,
) -> Query<'q, Any, AnyArguments> {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    sqlx::query(sql)
        .persistent(false)
        .bind(query.to_owned())
        .bind(filter.kind.map_or("", Found::name))
        .bind(storable(filter.team.as_deref().unwrap_or_default()))
        .bind(storable(filter.topic.as_deref().unwrap_or_default()))
        .bind(day(filter.since))
        .bind(day(filter.until))
        .bind(filter.customer.map(|id| id.to_string()).unwrap_or_default())
        .bind(MOST_WEIGHED)
        .bind(before)
        .bind(filter.channel.map_or("", Channel::name))
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
        let new = NewWords {
            kind: what.kind.name(),
            case: what.case,
            day: what.day.to_string(),
            words: self.dialect.search().learnt(&storable(what.words)),
        };
        self.waiting.words.insert(what.id.to_owned(), new);
        self.write_if_much().await
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
        if let Some(new) = self.waiting.words.get_mut(id) {
            new.case = Some(case);
        }
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
