//! The inbox: open cases of a person's teams, nearest deadline first, paper and e-mail alike.
//! What it is narrowed to stands in the address, so that it can be kept and passed on.

use axum::extract::{Query, State};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::domain::case::Priority;
use crate::store::cases::CaseState;
use crate::store::inbox::{InboxCase, InboxCursor, InboxFilter, InboxWords};

use super::error::PageError;
use super::session::Person;
use super::state::App;
use super::view::{self, day_near, words};

/// Cases on a page.
const ON_A_PAGE: usize = 50;

/// What the inbox is narrowed to, as the address says it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Narrowed {
    #[serde(skip_serializing_if = "String::is_empty")]
    team: String,
    /// `me`, `nobody`, or a name.
    #[serde(skip_serializing_if = "String::is_empty")]
    owner: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    topic: String,
    /// `late`, `today`, `week`.
    #[serde(skip_serializing_if = "String::is_empty")]
    due: String,
    /// `unanswered`, `review`, `machines`, `closed`; all open ones where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    show: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    after: String,
}

/// `GET /cases`
pub(super) async fn inbox(
    State(app): State<App>,
    person: Person,
    Query(narrowed): Query<Narrowed>,
) -> Result<Markup, PageError> {
    let today = app.today();
    let filter = filter(&narrowed, &person, today);
    let after = cursor(&narrowed.after)?;
    let asked = ON_A_PAGE as u32 + 1;
    let mut cases = app.store().inbox(&filter, after, asked).await?;
    let more = cases.len() > ON_A_PAGE;
    cases.truncate(ON_A_PAGE);
    let mut choices = app.store().inbox_words().await?;
    choices.teams.retain(|team| person.user.reach.has(team));
    let next = more
        .then(|| cases.last().map(|case| next_page(&narrowed, case)))
        .flatten();
    Ok(view::page(
        &person,
        "Cases",
        html! {
            header.head {
                h1 { "Cases" }
                p.hint { "Nearest deadline first" @if after.is_some() { " · " a href=(address(&first_page(&narrowed))) { "from the beginning" } } }
            }
            (narrowing(&narrowed, &choices))
            @if cases.is_empty() {
                p.empty { "No case is like that. " a href="/cases" { "Show all open cases" } }
            } @else {
                (table(&cases, today))
            }
            @if let Some(next) = next {
                nav.more aria-label="Pages" { a.button href=(next) rel="next" { "More cases" } }
            }
        },
    ))
}

fn filter(narrowed: &Narrowed, person: &Person, today: Date) -> InboxFilter {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let owner = match narrowed.owner.as_str() {
        "" => None,
        "me" => Some(person.user.name.clone()),
        "nobody" => Some(String::new()),
        name => Some(name.to_owned()),
    };
    let days = |days: i64| today.saturating_add(jiff::Span::new().days(days));
    InboxFilter {
        reach: person.user.reach.clone(),
        own: person.user.name.clone(),
        state: match narrowed.show.as_str() {
            "closed" => CaseState::Closed,
            _ => CaseState::Open,
        },
        team: some(&narrowed.team),
        owner,
        topic: some(&narrowed.topic),
        due_by: match narrowed.due.as_str() {
            "late" => Some(days(-1)),
            "today" => Some(today),
            "week" => Some(days(7)),
            _ => None,
        },
        in_review: narrowed.show == "review",
        unanswered: narrowed.show == "unanswered",
        machines: narrowed.show == "machines",
    }
}

fn cursor(after: &str) -> Result<Option<InboxCursor>, PageError> {
    if after.is_empty() {
        return Ok(None);
    }
    let (deadline, number) = after.split_once('~').unwrap_or_default();
    match (deadline.parse(), number.parse()) {
        (Ok(deadline), Ok(number)) => Ok(Some(InboxCursor { deadline, number })),
        _ => Err(PageError::Missing("page of the list")),
    }
}

fn first_page(narrowed: &Narrowed) -> Narrowed {
    Narrowed {
        after: String::new(),
        ..narrowed.clone()
    }
}

fn next_page(narrowed: &Narrowed, last: &InboxCase) -> String {
    address(&Narrowed {
        after: format!("{}~{}", last.case.deadline, last.case.reference.number()),
        ..narrowed.clone()
    })
}

fn address(narrowed: &Narrowed) -> String {
    view::address("/cases", narrowed)
}

/// The form that narrows the list; it asks anew by itself, and works without script by its button.
fn narrowing(narrowed: &Narrowed, choices: &InboxWords) -> Markup {
    let listed = |names: &[String]| -> Vec<(String, String)> {
        let named = names.iter().map(|name| (name.clone(), words(name)));
        named.collect()
    };
    let mut owners: Vec<(String, String)> = vec![
        ("me".into(), "Me".into()),
        ("nobody".into(), "Nobody yet".into()),
    ];
    owners.extend(
        choices
            .owners
            .iter()
            .map(|name| (name.clone(), name.clone())),
    );
    let due = fixed(&[
        ("late", "Late"),
        ("today", "Today"),
        ("week", "Within a week"),
    ]);
    let show = fixed(&[
        ("unanswered", "Unanswered"),
        ("review", "With doubtful fields"),
        ("machines", "Written by machines"),
        ("closed", "Closed"),
    ]);
    html! {
        form.narrowing method="get" action="/cases" data-asks-itself="" {
            (view::choice("show", "Show", "All open", &show, &narrowed.show))
            (view::choice("team", "Team", "All teams", &listed(&choices.teams), &narrowed.team))
            (view::choice("owner", "Owner", "Everybody", &owners, &narrowed.owner))
            (view::choice("topic", "Topic", "All topics", &listed(&choices.topics), &narrowed.topic))
            (view::choice("due", "Due", "Whenever", &due, &narrowed.due))
            button { "Show" }
        }
    }
}

fn fixed(choices: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = choices
        .iter()
        .map(|(value, name)| ((*value).to_owned(), (*name).to_owned()));
    owned.collect()
}

fn table(cases: &[InboxCase], today: Date) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Cases" {
            table.cases {
                thead { tr {
                    th scope="col" { "Due" } th scope="col" { "Case" } th scope="col" { "Who" }
                    th scope="col" { "About" } th scope="col" { "On it" } th scope="col" { "Team" } th scope="col" { "Owner" }
                } }
                tbody { @for case in cases { (line(case, today)) } }
            }
        }
    }
}

fn line(on: &InboxCase, today: Date) -> Markup {
    let case = &on.case;
    let reference = case.reference.to_string();
    html! {
        tr {
            td { (due(on, today)) }
            th scope="row" { a href={ "/cases/" (reference) } { (reference) } }
            td { (case.name.as_deref().unwrap_or("Nobody known")) }
            td.about {
                (words(&case.topic))
                @if case.priority != Priority::Normal { " " span.badge.priority { (words(case.priority.name())) } }
                @if let Some(says) = &on.says { span.says { (says) } }
            }
            td.kinds { (kinds(on)) }
            td { (words(&case.team)) }
            td { @match &on.owner { Some(owner) => (owner), None => span.hint { "nobody" } } }
        }
    }
}

/// By when, in a word and a colour: the word alone says it too.
fn due(on: &InboxCase, today: Date) -> Markup {
    let deadline = on.case.deadline;
    let (class, word) = match (on.case.state, &on.answered_at, deadline.cmp(&today)) {
        (CaseState::Closed, _, _) => ("done", "closed"),
        (CaseState::Open, Some(_), _) => ("done", "answered"),
        (CaseState::Open, None, std::cmp::Ordering::Less) => ("late", "late"),
        (CaseState::Open, None, std::cmp::Ordering::Equal) => ("near", "today"),
        (CaseState::Open, None, std::cmp::Ordering::Greater) => {
            match (deadline - today).get_days() {
                ..=2 => ("near", "soon"),
                _ => ("far", ""),
            }
        }
    };
    html! {
        span class={ "due " (class) } {
            time datetime=(deadline) { (day_near(deadline, today)) }
            @if !word.is_empty() { " " span.badge { (word) } }
        }
    }
}

fn kinds(on: &InboxCase) -> Markup {
    html! {
        @if on.paper > 0 { span.kind.paper { (on.paper) " on paper" } }
        @if on.mail > 0 { span.kind.mail { (on.mail) " by e-mail" } }
        @if on.case.in_review > 0 { span.badge.review { "to check" } }
    }
}
