//! The search over letters, cards, e-mails, replies and notes; a hit leads to where it stands.

use axum::extract::{Query, State};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::reply::Channel;
use crate::store::search::{Found, Hit, SearchFilter};

use super::error::PageError;
use super::session::Person;
use super::state::App;
use super::view::{self, day, words};

/// What is searched, as the address says it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Searched {
    #[serde(skip_serializing_if = "String::is_empty")]
    q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    channel: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    team: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    topic: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    since: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    until: String,
}

/// `GET /search`
pub(super) async fn search(
    State(app): State<App>,
    person: Person,
    Query(searched): Query<Searched>,
) -> Result<Markup, PageError> {
    let filter = filter(&searched)?;
    let mut hits = app.store().search(&searched.q, &filter).await?;
    let cases: Vec<CaseReference> = hits.iter().filter_map(|hit| hit.case).collect();
    let user = &person.user;
    let seen = app
        .store()
        .within_reach(&cases, &user.reach, &user.name)
        .await?;
    hits.retain(|hit| hit.case.is_none_or(|case| seen.contains(&case)));
    let choices = app.store().inbox_words().await?;
    Ok(view::page(
        &person,
        "Search",
        html! {
            header.head { h1 { "Search" } }
            (asking(&searched, &choices.teams, &choices.topics))
            @if !searched.q.trim().is_empty() { (found(&hits, &searched.q)) }
            @else { p.empty { "Letters, cards, e-mails, replies and notes, by the words in them." } }
        },
    ))
}

fn filter(searched: &Searched) -> Result<SearchFilter, PageError> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let date = |text: &str| -> Result<Option<Date>, PageError> {
        match text {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| PageError::Wrong(format!("'{text}' is no day, as 2026-11-30"))),
        }
    };
    Ok(SearchFilter {
        kind: Found::from_name(&searched.kind),
        team: some(&searched.team),
        topic: some(&searched.topic),
        since: date(&searched.since)?,
        until: date(&searched.until)?,
        customer: None,
        channel: Channel::from_name(&searched.channel),
    })
}

fn asking(searched: &Searched, teams: &[String], topics: &[String]) -> Markup {
    let kinds = [
        Found::Letter,
        Found::Card,
        Found::Message,
        Found::Reply,
        Found::Note,
    ];
    let kinds: Vec<(String, String)> = kinds
        .map(|kind| (kind.name().to_owned(), name(kind).to_owned()))
        .to_vec();
    let listed = |names: &[String]| -> Vec<(String, String)> {
        let named = names.iter().map(|name| (name.clone(), words(name)));
        named.collect()
    };
    html! {
        form.narrowing method="get" action="/search" role="search" {
            label.choice.wide { span { "Words" } input type="search" name="q" value=(searched.q) autofocus[searched.q.is_empty()]; }
            (view::choice("kind", "Kind", "Everything", &kinds, &searched.kind))
            (view::choice("channel", "By", "Any way", &[("email".into(), "e-mail".into()), ("post".into(), "post".into())], &searched.channel))
            (view::choice("team", "Team", "All teams", &listed(teams), &searched.team))
            (view::choice("topic", "Topic", "All topics", &listed(topics), &searched.topic))
            label.choice { span { "From" } input type="date" name="since" value=(searched.since); }
            label.choice { span { "To" } input type="date" name="until" value=(searched.until); }
            button.primary { "Search" }
        }
    }
}

fn found(hits: &[Hit], typed: &str) -> Markup {
    html! {
        p.hint role="status" { @match hits.len() { 0 => "Nothing has all of these words.", 1 => "One has all of these words.", many => { (many) " have all of these words; the newest that fit best come first." } } }
        ol.hits { @for hit in hits { li { a href=(address(hit, typed)) { (one(hit)) } } } }
    }
}

fn one(hit: &Hit) -> Markup {
    html! {
        span.item-head {
            span.item-kind { (name(hit.kind)) @if let Some(case) = hit.case { " " span.reference { (case) } } }
            time.hint datetime=(hit.day) { (day(hit.day)) }
        }
        span.hit-line { (marked(hit)) }
    }
}

/// The line with its marks.
fn marked(hit: &Hit) -> Markup {
    let mut at = 0;
    let mut pieces = Vec::new();
    for mark in &hit.marks {
        pieces.push((hit.line.get(at..mark.start), hit.line.get(mark.clone())));
        at = mark.end;
    }
    html! {
        @for (before, marked) in pieces { (before.unwrap_or_default()) mark { (marked.unwrap_or_default()) } }
        (hit.line.get(at..).unwrap_or_default())
    }
}

fn name(kind: Found) -> &'static str {
    match kind {
        Found::Letter => "Letter",
        Found::Card => "Card",
        Found::Message => "E-mail",
        Found::Reply => "Reply",
        Found::Note => "Note",
    }
}

fn address(hit: &Hit, typed: &str) -> String {
    #[derive(Serialize)]
    struct At<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<&'a str>,
        q: &'a str,
    }
    let at = |item| At { item, q: typed };
    match hit.case {
        Some(case) => view::address(&format!("/cases/{case}"), &at(Some(&hit.id))),
        None => view::address(&format!("/documents/{}", hit.id), &at(None)),
    }
}
