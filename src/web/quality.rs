//! How good the readings are: the measured error of what was accepted with its interval, how much
//! needed no person, how fast the nights were. The same numbers as `postroom report quality`.

use axum::extract::{Query, State};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::acceptance::{confidence, percent};
use crate::domain::guarantee::Standing;
use crate::store::quality::{Cards, KindQuality, Scope};
use crate::store::station::ClerkQuality;

use super::access::Right;
use super::error::PageError;
use super::session::Person;
use super::state::App;
use super::view::{self, charts, words};
use super::{morning, view::charts::Bar};

/// Weeks on the chart.
const WEEKS: i64 = 12;
/// Nights on the chart.
const NIGHTS: u32 = 20;

/// What is asked for, as the address says it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    form: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    since: String,
}

/// `GET /quality`
pub(super) async fn quality(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Markup, PageError> {
    let scope = scope(&app, &asked)?;
    let store = app.store();
    let cards = store.cards_counted(&scope).await?;
    let kinds = store.quality(&scope).await?;
    let forms = store.forms_seen().await?;
    let weeks = weeks(&app, &scope).await?;
    let nights = store.nights(NIGHTS).await?;
    // How well somebody works is for who answers for them.
    let clerks = match person.has(Right::Supervise) {
        true => store.clerks(scope.since).await?,
        false => Vec::new(),
    };
    let forms: Vec<(String, String)> = forms
        .iter()
        .map(|form| (form.clone(), form.clone()))
        .collect();
    Ok(view::page(
        &person,
        "Quality",
        html! {
            header.head { h1 { "Quality" } }
            form.narrowing method="get" action="/quality" data-asks-itself="" {
                (view::choice("form", "Form", "All forms", &forms, &asked.form))
                label.choice { span { "Filed since" } input type="date" name="since" value=(asked.since); }
                button { "Show" }
            }
            (straight(&cards))
            (errors(&app, &kinds))
            (of_clerks(&clerks))
            div.charts {
                (chart("Measured error of what was accepted, in per cent, with its 95 % interval; the red line is the target", charts::intervals(&bars(&app, &kinds)), kinds.iter().any(|of| of.rekeyed.of > 0)))
                (chart("Cards that needed no person, in per cent, by week", charts::line(&weeks, 100.0), weeks.len() > 1))
                (chart("Pages a second, by batch", charts::line(&speeds(&nights), 0.0), !nights.is_empty()))
            }
        },
    ))
}

fn scope(app: &App, asked: &Asked) -> Result<Scope, PageError> {
    let since = match asked.since.as_str() {
        "" => None,
        text => {
            let wrong = || PageError::Wrong(format!("'{text}' is no day, as 2026-11-30"));
            let day: Date = text.parse().map_err(|_| wrong())?;
            let begins = day
                .to_zoned(app.setup.time_zone.clone())
                .map_err(|_| wrong())?;
            Some(begins.timestamp())
        }
    };
    let form = Some(asked.form.clone()).filter(|form| !form.is_empty());
    Ok(Scope {
        since,
        until: None,
        form,
    })
}

/// The share of cards that needed no person, week by week, oldest first.
async fn weeks(app: &App, scope: &Scope) -> Result<Vec<(String, f64)>, PageError> {
    let now = Timestamp::now();
    let mut weeks = Vec::new();
    for week in 1..=WEEKS {
        let ago = |weeks: i64| now - (24 * 7 * weeks).hours();
        let since = ago(week);
        let week = Scope {
            since: Some(since),
            until: Some(ago(week - 1)),
            form: scope.form.clone(),
        };
        let counted = app.store().cards_counted(&week).await?;
        if counted.cards > 0 {
            let begins = since.to_zoned(app.setup.time_zone.clone());
            let name = begins.strftime("%-d %b").to_string();
            let share = counted.straight_through as f64 / counted.cards as f64;
            weeks.push((name, share * 100.0));
        }
    }
    weeks.reverse();
    Ok(weeks)
}

fn speeds(nights: &[crate::store::nights::Night]) -> Vec<(String, f64)> {
    let speeds = morning::speeds(nights).into_iter();
    speeds
        .map(|(number, speed)| (number.to_string(), speed))
        .collect()
}

fn straight(cards: &Cards) -> Markup {
    html! {
        @if cards.cards == 0 { p.empty { "No card is filed, so there is nothing to say of how well cards are read." } } @else {
            p { b.number { (cards.cards) } " cards; " b.number { (cards.straight_through) } " (" (percent(cards.straight_through as f64 / cards.cards as f64)) ") needed no person." }
        }
    }
}

fn errors(app: &App, kinds: &[KindQuality]) -> Markup {
    html! {
        @if kinds.iter().any(|of| of.accepted + of.in_review > 0) {
            div.scroll tabindex="0" role="region" aria-label="Fields" { table {
                thead { tr {
                    th scope="col" { "Field" } th.number scope="col" { "Accepted" } th.number scope="col" { "Keyed again" } th.number scope="col" { "Wrong" }
                    th.number scope="col" { "95 % interval" } th.number scope="col" { "Target" } th scope="col" { "Says" } th.number scope="col" { "To people" } th.number scope="col" { "Changed by them" }
                } }
                tbody { @for of in kinds { (one_kind(app, of)) } }
            } }
            p.hint { "Of a share of the cards, drawn by lot, every accepted field is keyed again by somebody who does not see its value; the interval is exact (Clopper and Pearson)." }
        }
    }
}

fn one_kind(app: &App, of: &KindQuality) -> Markup {
    let (least, most) = of.rekeyed.interval();
    let target = app.setup.targets.of(of.kind);
    let (class, says) = match of.rekeyed.against(target, confidence()) {
        Standing::Holds => ("badge good", "it holds".to_owned()),
        Standing::Broken => ("badge priority", "too many wrong".to_owned()),
        Standing::Open => ("badge", "cannot tell yet".to_owned()),
        Standing::TooFew { missing } => ("badge", format!("needs {missing} more")),
    };
    html! {
        tr {
            th scope="row" { (words(of.kind.name())) }
            td.number { (of.accepted) }
            td.number { (of.rekeyed.of) @if of.waiting > 0 { span.hint { " (" (of.waiting) " wait)" } } }
            td.number { (of.rekeyed.wrong) }
            td.number { @if of.rekeyed.of > 0 { (percent(least)) " to " (percent(most)) } @else { "–" } }
            td.number { (percent(target.get())) }
            td { span class=(class) { (says) } }
            td.number { (of.in_review) }
            td.number { @if of.decided > 0 { (of.changed) " of " (of.decided) } @else { "–" } }
        }
    }
}

fn of_clerks(clerks: &[ClerkQuality]) -> Markup {
    html! {
        @if !clerks.is_empty() {
            h2 { "Clerks" }
            div.scroll tabindex="0" role="region" aria-label="Clerks" { table {
                thead { tr { th scope="col" { "Who" } th.number scope="col" { "Answered" } th.number scope="col" { "Left to a supervisor" } th.number scope="col" { "Seconds an answer" } th.number scope="col" { "Golden fields right" } } }
                tbody { @for clerk in clerks { tr {
                    th scope="row" { (clerk.display) }
                    td.number { (clerk.answered) }
                    td.number { (clerk.referred) }
                    td.number { (format!("{:.1}", clerk.seconds)) }
                    td.number { @if clerk.golden > 0 { (clerk.agreed) " of " (clerk.golden) } @else { "–" } }
                } } }
            } }
            p.hint { "Golden fields are those whose value is certain: they look like any other, and change nothing." }
        }
    }
}

fn bars(app: &App, kinds: &[KindQuality]) -> Vec<Bar> {
    let measured = kinds.iter().filter(|of| of.rekeyed.of > 0);
    let bars = measured.map(|of| {
        let (least, most) = of.rekeyed.interval();
        Bar {
            name: words(of.kind.name()),
            at: of.rekeyed.wrong as f64 * 100.0 / of.rekeyed.of as f64,
            least: least * 100.0,
            most: most * 100.0,
            target: app.setup.targets.of(of.kind).get() * 100.0,
        }
    });
    bars.collect()
}

fn chart(title: &str, drawn: Option<Markup>, any: bool) -> Markup {
    html! {
        @if let Some(drawn) = drawn.filter(|_| any) {
            figure.card.chart { figcaption { (title) } (drawn) }
        }
    }
}
