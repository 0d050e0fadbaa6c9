//! The morning page: what the night took in and whether it balances, what was set aside and why, what
//! waits in review, who is late; and a running batch as it goes.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use crate::batch::summary::Sums;
use crate::store::aside::AsideRecord;
use crate::store::nights::{Night, TeamLoad};
use crate::store::replies::ReplyRecord;
use crate::store::scans::ScanState;

use super::access::Right;
use super::error::PageError;
use super::session::Person;
use super::state::App;
use super::view::{self, words};

/// Batches that are shown.
const NIGHTS: u32 = 14;
/// Reasons that are shown of what was set aside.
const REASONS: usize = 12;

/// A finished batch, as its summary has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ended {
    #[serde(flatten)]
    sums: Sums,
    letters: u64,
    cards: u64,
    new_cases: u64,
    expected: Option<u64>,
    found: u64,
    seconds: f64,
}

impl Ended {
    fn of(night: &Night) -> Option<Self> {
        serde_json::from_str(night.summary.as_ref()?).ok()
    }

    /// Whether the scanner counted as many as came.
    fn is_expected(&self) -> bool {
        self.expected.is_none_or(|expected| expected == self.found)
    }
}

/// `GET /morning`
pub(super) async fn morning(State(app): State<App>, person: Person) -> Result<Markup, PageError> {
    let store = app.store();
    let nights = store.nights(NIGHTS).await?;
    let asides = store.asides().await?;
    let (fields, referred) = store.waiting_fields().await?;
    let unread = store.count_unread().await?;
    let loads = store.team_loads(app.today()).await?;
    let troubled = store.replies_in_trouble().await?;
    let mail_aside = store.mail_aside().await?.len();
    let (running, ended): (Vec<&Night>, Vec<&Night>) =
        nights.iter().partition(|night| night.finished_at.is_none());
    Ok(view::page(
        &person,
        "Morning",
        html! {
            header.head { h1 { "This morning" } p.hint { (view::day(app.today())) } }
            div #running hx-get="/morning/running" hx-trigger="every 3s" hx-swap="innerHTML" aria-live="off" { (going_on(&app, &running)) }
            div.tiles {
                (tile("Last night", &last_night(ended.first().copied())))
                (tile("Set aside", &set_aside(&person, &asides, mail_aside)))
                (tile("Waiting for people", &waiting(&person, fields, referred, unread)))
                (tile("Replies", &replies(&troubled)))
            }
            (teams(&person, &loads))
            (reasons(&asides))
            (history(&app, &ended))
        },
    ))
}

/// `GET /morning/running`: what runs now, for htmx.
pub(super) async fn running(State(app): State<App>, _: Person) -> Result<Markup, PageError> {
    let nights = app.store().nights(3).await?;
    let running: Vec<&Night> = nights
        .iter()
        .filter(|night| night.finished_at.is_none())
        .collect();
    Ok(going_on(&app, &running))
}

fn going_on(app: &App, running: &[&Night]) -> Markup {
    html! {
        @for night in running {
            section.card.running aria-label="Running batch" {
                h2 { "Batch " (night.number) " has not ended" }
                @let filed = night.in_state(ScanState::Filed);
                @let now = night.in_state(ScanState::Claimed);
                p {
                    b.number { (filed) } " scans filed with " b.number { (night.pages) } " pages, "
                    (now) " being read, " (night.in_state(ScanState::Duplicate)) " duplicates, "
                    (night.in_state(ScanState::SetAside)) " set aside."
                }
                p.hint {
                    "Begun " (app.local(&night.begun_at))
                    @if let Some(at) = &night.last_at { "; last at work " (app.local(at)) ". If that is long ago it was cut off: the same command goes on with it." }
                }
            }
        }
    }
}

fn tile(title: &str, body: &Markup) -> Markup {
    html! { section.card.tile { h2 { (title) } (body) } }
}

fn last_night(night: Option<&Night>) -> Markup {
    let Some(night) = night else {
        return html! { p.hint { "No batch has ended yet." } };
    };
    let Some(ended) = Ended::of(night) else {
        return html! { p.alert { "Batch " (night.number) " left no summary." } };
    };
    let sums = ended.sums;
    let good = sums.balance().is_ok() && ended.is_expected();
    html! {
        p.figure { span.number { (ended.letters + ended.cards) } " letters and cards" }
        p { span class=(if good { "badge good" } else { "badge priority" }) { @if good { "every sheet accounted for" } @else { "does not balance: look" } } }
        dl.facts {
            dt { "Scans" } dd { (sums.scans) " = " (sums.filed) " filed + " (sums.already_filed) " already filed + " (sums.duplicates) " duplicates + " (sums.set_aside) " set aside" }
            dt { "Pages" } dd { (sums.pages) " = " (sums.letter_pages) " letter + " (sums.card_pages) " card + " (sums.other_pages) " other + " (sums.blank) " blank + " (sums.separators) " separators + " (sums.pages_aside) " set aside" }
            @if let Some(expected) = ended.expected { dt { "Scanner" } dd { "counted " (expected) ", found " (ended.found) } }
            dt { "Cases" } dd { (ended.new_cases) " new" }
        }
    }
}

fn set_aside(person: &Person, asides: &[AsideRecord], mail: usize) -> Markup {
    html! {
        p.figure { span.number { (asides.len()) } " scans or pages" }
        @if mail > 0 { p { (mail) " e-mails that could not be read: " code { "postroom mail aside" } } }
        @if !asides.is_empty() && person.has(Right::Sheets) { p { a href="/sheets" { "Settle them" } } }
        @if asides.is_empty() && mail == 0 { p.hint { "Nothing waits." } }
    }
}

fn waiting(person: &Person, fields: u64, referred: u64, unread: u64) -> Markup {
    html! {
        p.figure { span.number { (fields) } " doubtful fields" }
        @if referred > 0 { p { (referred) " left to a supervisor" @if person.has(Right::Supervise) { ": " a href="/review?referred=1" { "decide" } } } }
        @if unread > 0 { p { (unread) " documents that nobody could read" } }
        @if fields > 0 && person.has(Right::Settle) { p { a href="/review" { "To the review station" } } }
    }
}

fn replies(troubled: &[ReplyRecord]) -> Markup {
    html! {
        p.figure { span.number { (troubled.len()) } " not sent" }
        ul.plain { @for record in troubled.iter().take(5) {
            li { a href={ "/cases/" (record.reply.case) "?item=" (record.id) } { (record.reply.case) } " "
                span.hint { (record.trouble.as_deref().unwrap_or("waits for its turn")) } }
        } }
        @if troubled.is_empty() { p.hint { "Everything that was to leave has left, or waits for its time." } }
    }
}

fn teams(person: &Person, loads: &[TeamLoad]) -> Markup {
    let linked = person.has(Right::Work);
    html! {
        h2 { "Teams" }
        @if loads.is_empty() { p.hint { "No case is open." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Teams" { table {
                thead { tr { th scope="col" { "Team" } th.number scope="col" { "Open" } th.number scope="col" { "Late" } th.number scope="col" { "Due in two days" } th.number scope="col" { "With nobody" } } }
                tbody { @for load in loads { tr {
                    th scope="row" { @if linked { a href={ "/cases?team=" (load.team) } { (words(&load.team)) } } @else { (words(&load.team)) } }
                    td.number { (load.open) }
                    td.number { @if load.late > 0 { span.due.late { (load.late) } } @else { "0" } }
                    td.number { (load.near) }
                    td.number { (load.unowned) }
                } } }
            } }
        }
    }
}

fn reasons(asides: &[AsideRecord]) -> Markup {
    html! {
        @if !asides.is_empty() {
            h2 { "Why it was set aside" }
            div.scroll tabindex="0" role="region" aria-label="Set aside" { table {
                thead { tr { th scope="col" { "Scan" } th scope="col" { "Page" } th scope="col" { "Why" } } }
                tbody { @for aside in asides.iter().take(REASONS) { tr {
                    th scope="row" { (aside.path) }
                    td { @match aside.page { Some(page) => (page), None => "all" } }
                    td { (view::sentence(&aside.told())) }
                } } }
            } }
            @if asides.len() > REASONS { p.hint { "And " (asides.len() - REASONS) " more." } }
        }
    }
}

fn history(app: &App, nights: &[&Night]) -> Markup {
    html! {
        h2 { "The nights before" }
        @if nights.is_empty() { p.hint { "None." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Batches" { table {
                thead { tr { th scope="col" { "Batch" } th scope="col" { "Begun" } th.number scope="col" { "Scans" } th.number scope="col" { "Pages" } th.number scope="col" { "Set aside" } th.number scope="col" { "Pages a second" } th scope="col" { "Balance" } } }
                tbody { @for night in nights { (one_night(app, night)) } }
            } }
        }
    }
}

fn one_night(app: &App, night: &Night) -> Markup {
    let Ended { sums, seconds, .. } = Ended::of(night).unwrap_or_default();
    let speed = match seconds > 0.0 {
        true => format!("{:.2}", sums.pages as f64 / seconds),
        false => "–".to_owned(),
    };
    html! {
        tr {
            th scope="row" { (night.number) }
            td { (app.local(&night.begun_at)) }
            td.number { (sums.scans) }
            td.number { (sums.pages) }
            td.number { (sums.set_aside + sums.pages_aside) }
            td.number { (speed) }
            td { @if sums.balance().is_ok() { span.badge.good { "balances" } } @else { span.badge.priority { "does not" } } }
        }
    }
}

/// Pages a second of the newest batches, oldest first: for the chart.
pub(super) fn speeds(nights: &[Night]) -> Vec<(u64, f64)> {
    let ended = nights.iter().rev().filter_map(|night| {
        let ended = Ended::of(night).filter(|of| of.seconds > 0.0 && of.sums.pages > 0)?;
        Some((night.number, ended.sums.pages as f64 / ended.seconds))
    });
    ended.collect()
}
