//! What a change only adds and never looks up: history, words to be found by, counts of what is
//! kept. It waits here until the change is committed and goes in then, many rows with a statement: on
//! PostgreSQL every statement is a round trip.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::identity::Digest;

use super::chain::Linked;
use super::change::Change;
use super::error::{Doing, Result};
use super::events::{About, EventKind};
use super::ids::EventId;
use super::rows::storable;

/// What waits for the end of a change.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// In their order.
    pub(super) events: Vec<NewEvent>,
    /// By the id of what they are of: what is indexed twice is so once.
    pub(super) words: BTreeMap<String, NewWords>,
    pub(super) kept: BTreeMap<Digest, NewlyKept>,
}

/// A row of history.
#[derive(Debug)]
pub(super) struct NewEvent {
    pub(super) id: EventId,
    pub(super) actor: String,
    pub(super) kind: EventKind,
    pub(super) about: About,
    pub(super) detail: String,
    /// What of it may be erased.
    pub(super) personal: Option<String>,
}

/// What something is found by, as the index learns it.
#[derive(Debug)]
pub(super) struct NewWords {
    pub(super) kind: &'static str,
    pub(super) case: Option<CaseReference>,
    pub(super) day: String,
    pub(super) words: String,
}

/// A blob, and how many times more it is referred to.
#[derive(Debug)]
pub(super) struct NewlyKept {
    pub(super) media: &'static str,
    pub(super) bytes: u64,
    pub(super) refs: u32,
}

/// As many rows as wait, and as many as go with one statement: few enough for the parameters
/// that both databases take of one, and for the memory.
const MOST_ROWS: usize = 250;

impl Waiting {
    fn is_much(&self) -> bool {
        self.events.len().max(self.words.len()).max(self.kept.len()) >= MOST_ROWS
    }
}

impl Change {
    /// Writes what waits, where that is much.
    pub(super) async fn write_if_much(&mut self) -> Result<()> {
        match self.waiting.is_much() {
            true => self.write_waiting().await,
            false => Ok(()),
        }
    }

    /// Writes what waits.
    pub(super) async fn write_waiting(&mut self) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        for some in waiting.events.chunks(MOST_ROWS) {
            self.write_events(some).await?;
        }
        let words: Vec<_> = waiting.words.into_iter().collect();
        for some in words.chunks(MOST_ROWS) {
            self.write_words(some).await?;
        }
        let kept: Vec<_> = waiting.kept.into_iter().collect();
        for some in kept.chunks(MOST_ROWS) {
            self.write_kept(some).await?;
        }
        Ok(())
    }

    async fn write_events(&mut self, events: &[NewEvent]) -> Result<()> {
        let doing = "writing history";
        let linked: Vec<Linked> = events
            .iter()
            .map(|event| Linked::new(event, &self.at))
            .collect();
        let heads = self.link(&linked).await?;
        let sql = for_rows(
            "insert into events (id, at, actor, kind, case_number, document_id, scan_id, detail,
                                 position, link)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            events.len(),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(events.len() == 1);
        for (event, head) in linked.into_iter().zip(heads) {
            query = query
                .bind(event.id)
                .bind(event.at)
                .bind(event.actor)
                .bind(event.kind)
                .bind(event.case)
                .bind(event.document)
                .bind(event.scan)
                .bind(event.detail)
                .bind(head.position as i64)
                .bind(head.link.to_string());
        }
        query.execute(self.connection()).await.doing(doing)?;
        let personal: Vec<_> = events
            .iter()
            .filter_map(|event| Some((event.id, event.personal.as_ref()?)))
            .collect();
        if personal.is_empty() {
            return Ok(());
        }
        let sql = for_rows(
            "insert into event_values (event_id, detail) values ($1, $2)",
            personal.len(),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(personal.len() == 1);
        for (id, detail) in personal {
            query = query.bind(id.to_string()).bind(storable(detail));
        }
        query.execute(self.connection()).await.doing(doing)?;
        Ok(())
    }

    async fn write_words(&mut self, words: &[(String, NewWords)]) -> Result<()> {
        let sql = for_rows(self.dialect.search().learn(), words.len());
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(words.len() == 1);
        for (id, new) in words {
            query = query
                .bind(new.kind)
                .bind(id.clone())
                .bind(new.case.map(|case| case.number() as i64))
                .bind(new.day.clone())
                .bind(new.words.clone());
        }
        query
            .execute(self.connection())
            .await
            .doing("indexing for the search")?;
        Ok(())
    }

    async fn write_kept(&mut self, kept: &[(Digest, NewlyKept)]) -> Result<()> {
        let sql = for_rows(
            "insert into blobs (digest, media, bytes, refs, stored_at) values ($1, $2, $3, $4, $5)
             on conflict (digest) do update set refs = blobs.refs + excluded.refs",
            kept.len(),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(kept.len() == 1);
        for (digest, new) in kept {
            query = query
                .bind(digest.to_string())
                .bind(new.media)
                .bind(new.bytes as i64)
                .bind(i64::from(new.refs))
                .bind(self.at.clone());
        }
        query
            .execute(self.connection())
            .await
            .doing("counting what is kept")?;
        Ok(())
    }
}

/// An insert of one row as an insert of so many: what follows `values` is written for each,
/// its parameters counted on. None may stand elsewhere, and each once, in order.
pub(super) fn for_rows(sql: &'static str, rows: usize) -> String {
    // Not the end of a table's name.
    const VALUES: &str = " values (";
    let Some(begin) = sql.find(VALUES).map(|at| at + VALUES.len() - 1) else {
        return sql.to_owned();
    };
    let end = begin + closing(&sql[begin..]);
    let (head, row, tail) = (&sql[..begin], &sql[begin..end], &sql[end..]);
    let parameters = row.matches('$').count();
    let shifted = |by: usize| {
        let mut parts = row.split('$');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (part, number) in parts.zip(1..) {
            let rest = part.trim_start_matches(|sign: char| sign.is_ascii_digit());
            text.push_str(&format!("${}{rest}", by * parameters + number));
        }
        text
    };
    let all: Vec<String> = (0..rows).map(shifted).collect();
    format!("{head}{}{tail}", all.join(", "))
}

/// Behind the bracket that closes the first one.
fn closing(text: &str) -> usize {
    let mut depth = 0_usize;
    for (place, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' if depth == 1 => return place + 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// So many parameters for a list in brackets, from `$first` on: `$2, $3, $4`.
pub(super) fn parameters(first: usize, count: usize) -> String {
    let each: Vec<String> = (first..first + count).map(|at| format!("${at}")).collect();
    each.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_insert_of_one_row_is_one_of_many() {
        let sql = "insert into of_values (a, b, c) values ($1, cast($2 as tsvector), 'x') \
                   on conflict (a) do update set b = excluded.b";
        assert_eq!(for_rows(sql, 1), sql);
        assert_eq!(
            for_rows(sql, 3),
            "insert into of_values (a, b, c) values ($1, cast($2 as tsvector), 'x'), \
             ($3, cast($4 as tsvector), 'x'), ($5, cast($6 as tsvector), 'x') \
             on conflict (a) do update set b = excluded.b"
        );
        assert_eq!(parameters(2, 3), "$2, $3, $4");
    }
}
