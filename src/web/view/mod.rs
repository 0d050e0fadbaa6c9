//! What all pages share: the frame, the bar, the small parts that many of them show.

pub(super) mod charts;

use axum::http::StatusCode;
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;

use super::assets;
use super::home::PLACES;
use super::session::Person;

/// A page for somebody who is signed in.
pub(super) fn page(person: &Person, title: &str, body: Markup) -> Markup {
    frame(title, Some(person), body)
}

/// A page for anybody.
pub(super) fn bare(title: &str, body: Markup) -> Markup {
    frame(title, None, body)
}

/// A page that says what went wrong.
pub(super) fn trouble(status: StatusCode, told: &str) -> Markup {
    let title = match status {
        StatusCode::NOT_FOUND => "Not here",
        StatusCode::FORBIDDEN => "Not for you",
        StatusCode::TOO_MANY_REQUESTS => "Too often",
        status if status.is_server_error() => "That did not work",
        _ => "Not so",
    };
    bare(
        title,
        html! {
            div.card.narrow role="alert" {
                h1 { (title) }
                p { (told) }
                p { a href="/" { "To the beginning" } }
            }
        },
    )
}

fn frame(title: &str, person: Option<&Person>, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // htmx makes no script out of text here, and no style of its own.
                meta name="htmx-config" content=r#"{"allowEval":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0}"#;
                title { (title) " · Postroom" }
                link rel="icon" href=(assets::path("mark.svg"));
                link rel="stylesheet" href=(assets::path("style.css"));
                script src=(assets::path("vendor/htmx.min.js")) defer {}
                script src=(assets::path("pages.js")) defer {}
            }
            body {
                a.skip href="#main" { "To the page" }
                @if let Some(person) = person { (bar(person, title)) }
                main #main tabindex="-1" { (body) }
            }
        }
    }
}

fn bar(person: &Person, title: &str) -> Markup {
    let places = PLACES.iter().filter(|(_, _, right)| person.has(*right));
    html! {
        header.bar {
            a.home href="/" { img src=(assets::path("mark.svg")) alt="" width="24" height="24"; "Postroom" }
            nav aria-label="Places" {
                @if !person.user.one_time {
                    @for (name, path, _) in places {
                        a href=(path) aria-current=[(*name == title).then_some("page")] { (name) }
                    }
                }
            }
            div.who {
                a href="/password" title="Change your password" { (person.user.display) }
                form method="post" action="/sign-out" { button.quiet { "Sign out" } }
            }
        }
    }
}

/// What the page viewer runs on; outside whatever htmx swaps, so that it is loaded once.
pub(super) fn viewer_scripts() -> Markup {
    html! {
        script src=(assets::path("vendor/openseadragon.min.js")) defer {}
        script src=(assets::path("viewer.js")) defer {}
    }
}

/// What went wrong, where something did.
pub(super) fn alert(told: Option<&str>) -> Markup {
    html! {
        @if let Some(told) = told {
            p.alert role="alert" { (sentence(told)) }
        }
    }
}

/// A list to choose from, the first of it all; each choice as its value and its name.
pub(super) fn choice(
    name: &str,
    label: &str,
    all: &str,
    choices: &[(String, String)],
    chosen: &str,
) -> Markup {
    let known = chosen.is_empty() || choices.iter().any(|(value, _)| value == chosen);
    html! {
        label.choice {
            span { (label) }
            select name=(name) {
                option value="" { (all) }
                @for (value, shown) in choices {
                    option value=(value) selected[value == chosen] { (shown) }
                }
                @if !known { option value=(chosen) selected { (words(chosen)) } }
            }
        }
    }
}

/// An address with what a list is narrowed to.
pub(super) fn address(path: &str, narrowed: &impl Serialize) -> String {
    // What is narrowed is a flat struct of texts, which always can be written so.
    let query = serde_urlencoded::to_string(narrowed).unwrap_or_default();
    match query.as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// A day as people write it: `Mon 30 Nov 2026`.
pub(super) fn day(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

/// The same beside today: the year only where it is another.
pub(super) fn day_near(day: Date, today: Date) -> String {
    match day.year() == today.year() {
        true => day.strftime("%a %-d %b").to_string(),
        false => self::day(day),
    }
}

/// `delivery_late` as `delivery late`.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// `delivery_late` as `Delivery late`.
pub(super) fn label(name: &str) -> String {
    let mut label = words(name);
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    label
}

/// With a great letter at its beginning and a full stop at its end.
pub(super) fn sentence(words: &str) -> String {
    let mut text = words.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}

/// Text with its line ends.
pub(super) fn lines(text: &str) -> Markup {
    html! { @for line in text.lines() { (line) br; } }
}

/// Markup that is ours and was made elsewhere: an SVG that a library drew.
pub(super) fn drawn(svg: String) -> Markup {
    PreEscaped(svg)
}
