//! Sheets that could not be taken in, and letters that no program can read: each waits here until a
//! person has done something about it, with a reason that stays.

mod keying;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::cases::review::{self, UnreadItem};
use crate::store::aside::AsideRecord;

use super::error::PageError;
use super::session::Person;
use super::state::App;
use super::view::{self, words};

pub(super) use keying::{form as key_form, key, note};

/// More on one page is more than a morning's work.
const ON_A_PAGE: usize = 200;
/// Signs of a reason.
const LONGEST_REASON: usize = 300;

/// What was done a moment ago.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Done {
    #[serde(skip_serializing_if = "String::is_empty")]
    done: String,
}

/// Back to the list, which says what was done.
fn back(done: &str) -> Redirect {
    let done = Done {
        done: done.to_owned(),
    };
    Redirect::to(&view::address("/sheets", &done))
}

/// `GET /sheets`
pub(super) async fn sheets(
    State(app): State<App>,
    person: Person,
    Query(done): Query<Done>,
) -> Result<Markup, PageError> {
    let asides = app.store().asides().await?;
    let unread = review::unread(app.store(), None, ON_A_PAGE as u32).await?;
    Ok(view::page(
        &person,
        "Sheets",
        html! {
            header.head {
                h1 { "Sheets" }
                p.hint { "What could not be taken in, or not be read: nothing here is lost, and nothing leaves this list by itself." }
            }
            @match done.done.as_str() {
                "discarded" => p.said role="status" { "Put away, with your reason. To take it back: " code { "postroom aside retry SCAN" } },
                "keyed" => p.said role="status" { "What you keyed is on record." },
                "noted" => p.said role="status" { "Your note is on its case." },
                _ => {}
            }
            section aria-labelledby="to-key" {
                h2 #to-key { "To be read by a person" }
                @if unread.is_empty() { p.hint { "No letter waits to be keyed." } } @else { (unread_table(&unread)) }
            }
            section aria-labelledby="aside" {
                h2 #aside { "Set aside" }
                @if asides.is_empty() { p.hint { "Nothing is set aside: every sheet was taken in." } } @else { (aside_part(&asides)) }
            }
        },
    ))
}

fn unread_table(unread: &[UnreadItem]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="To be read by a person" { table.cases {
            thead { tr { th scope="col" { "Scan" } th scope="col" { "Why" } th scope="col" { "Case" } th scope="col" { "What to do" } } }
            tbody { @for item in unread { tr {
                th scope="row" { (item.path) }
                td { (item.torn.as_deref().unwrap_or("It cannot be read as print: handwriting, a drawing, a photograph.")) }
                td { @match item.case { Some(case) => (case), None => span.hint { "none" } } }
                td { a href={ "/sheets/documents/" (item.document) } { "Look at it and key it" } }
            } } }
        } }
    }
}

fn aside_part(asides: &[AsideRecord]) -> Markup {
    html! {
        p.hint {
            "A program that reads scans does not run inside these pages. Once a file is mended or replaced in its folder, the operator tries all of it again with "
            code { "postroom aside retry" } ", or one with " code { "postroom aside retry SCAN" } ". Where the paper is scanned again as a new file, put the old one away here."
        }
        @if asides.len() > ON_A_PAGE { p.alert { "The first " (ON_A_PAGE) " of " (asides.len()) ". All of them: " code { "postroom aside list" } } }
        ul.asides { @for aside in asides.iter().take(ON_A_PAGE) { (one_aside(aside)) } }
    }
}

fn one_aside(aside: &AsideRecord) -> Markup {
    html! {
        li.card {
            h3 { (aside.path) @if let Some(page) = aside.page { ", page " (page) } " " span.badge.review { (words(aside.rejection.code.name())) } }
            p { (view::sentence(&aside.told())) }
            dl.facts {
                dt { "Folder" } dd { (aside.folder) }
                @if let Some(receipt) = aside.receipt { dt { "Came in" } dd { (view::day(receipt.day)) } }
                dt { "Try it again" } dd { code { "postroom aside retry " (shell_word(&aside.path)) } }
            }
            @if let Some(document) = aside.document {
                p { a href={ "/sheets/documents/" (document) } { "Look at the pages beside it, and key what is missing" } }
            }
            details {
                summary { "Put it away for good" }
                form method="post" action="/sheets/discard" {
                    input type="hidden" name="scan" value=(aside.scan);
                    @if let Some(page) = aside.page { input type="hidden" name="page" value=(page); }
                    label for={ "reason-" (aside.scan) "-" (aside.page.unwrap_or(0)) } { "Why: it stays in the history" }
                    input id={ "reason-" (aside.scan) "-" (aside.page.unwrap_or(0)) } name="reason" required maxlength=(LONGEST_REASON) placeholder="scanned again as SCN_0099.tif" list="reasons";
                    div.row { button { "Put it away" } }
                }
            }
        }
    }
}

/// A name as a shell takes it.
fn shell_word(name: &str) -> String {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "_-./".contains(sign);
    match name.chars().all(plain) && !name.starts_with('-') {
        true => name.to_owned(),
        false => format!("'{}'", name.replace('\'', r"'\''")),
    }
}

/// What is put away, and why.
#[derive(Debug, Deserialize)]
pub(super) struct Discard {
    scan: String,
    page: Option<u32>,
    reason: String,
}

/// `POST /sheets/discard`
pub(super) async fn discard(
    State(app): State<App>,
    person: Person,
    Form(asked): Form<Discard>,
) -> Result<Redirect, PageError> {
    let scan = asked.scan.parse().map_err(|_| PageError::Missing("scan"))?;
    let reason = reason(&asked.reason)?;
    app.store()
        .discard(scan, asked.page, reason, &person.actor())
        .await?;
    Ok(back("discarded"))
}

/// A reason that says something.
fn reason(typed: &str) -> Result<&str, PageError> {
    let reason = typed.trim();
    match reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        true => Err(PageError::Wrong(format!(
            "say why in a few words, at most {LONGEST_REASON} signs"
        ))),
        false => Ok(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_of_a_shell() {
        assert_eq!(shell_word("bag-2/SCN_0031.tif"), "bag-2/SCN_0031.tif");
        assert_eq!(shell_word("it's $(odd).tif"), r"'it'\''s $(odd).tif'");
        assert_eq!(shell_word("--all"), "'--all'");
    }
}
