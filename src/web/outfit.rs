//! What this postroom works with: teams and topics, templates, forms, the age of the gazetteer, and
//! what is wrong with any of it. All of it is set in files; this page tells which and how.

use std::collections::BTreeSet;

use axum::extract::State;
use maud::{Markup, html};

use crate::domain::reply::Channel;
use crate::templates::Template;

use super::error::PageError;
use super::session::Person;
use super::state::App;
use super::view::{self, words};

/// `GET /setup`
pub(super) async fn show(State(app): State<App>, person: Person) -> Result<Markup, PageError> {
    Ok(view::page(
        &person,
        "Set-up",
        html! {
            header.head { h1 { "Set-up" } p.hint { "All of this is set in files; the server reads them when it starts." } }
            (gazetteer(&app))
            (forms(&app))
            (templates(&app))
            (rules(&app))
        },
    ))
}

fn gazetteer(app: &App) -> Markup {
    let gazetteer = &app.setup.gazetteer;
    let counts = gazetteer.counts();
    html! {
        section.card {
            h2 { "Gazetteer" }
            @if let Some(warning) = &app.setup.gazetteer_warning { (view::alert(Some(warning))) }
            dl.facts {
                dt { "Of" } dd { (gazetteer.date().unwrap_or("no date: the small one in the program")) }
                dt { "Postcodes" } dd.number { (counts.codes) }
                dt { "Towns and counties" } dd.number { (counts.places) }
                dt { "Streets" } dd.number { (counts.streets) }
            }
        }
    }
}

fn forms(app: &App) -> Markup {
    html! {
        section.card {
            h2 { "Forms" }
            @if app.setup.forms.is_empty() { p.hint { "No form is known: every page is read as a letter." } }
            ul { @for form in &app.setup.forms { li { b { (form.title) } " " span.hint { (form.id) ", version " (form.version) } } } }
        }
    }
}

fn templates(app: &App) -> Markup {
    let templates = &app.setup.correspondence.templates;
    let faults = templates.check();
    html! {
        section.card {
            h2 { "Reply templates" }
            @for fault in &faults { (view::alert(Some(&fault.to_string()))) }
            @if faults.is_empty() { p { span.badge.good { "nothing is wrong with them" } } }
            div.scroll tabindex="0" role="region" aria-label="Reply templates" { table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "For" } th scope="col" { "Topics" } th scope="col" { "By" } th scope="col" { "Language" } } }
                tbody { @for template in templates.list() { (one(template)) } }
            } }
        }
    }
}

fn one(template: &Template) -> Markup {
    let ways = template.channels.iter().map(|channel| match channel {
        Channel::Email => "e-mail",
        Channel::Post => "post",
    });
    let ways: Vec<&str> = ways.collect();
    let topics: Vec<String> = template.topics.iter().map(|topic| words(topic)).collect();
    html! {
        tr {
            th scope="row" { (words(&template.name)) }
            td { (words(template.kind.name())) }
            td { @if topics.is_empty() { "any" } @else { (topics.join(", ")) } }
            td { (ways.join(", ")) }
            td { (template.language) }
        }
    }
}

fn rules(app: &App) -> Markup {
    let rules = &app.setup.rules;
    let teams: BTreeSet<&str> = rules.teams().collect();
    let topics: BTreeSet<&str> = rules.topics().collect();
    let list = |names: &BTreeSet<&str>| {
        let names: Vec<String> = names.iter().map(|name| words(name)).collect();
        names.join(", ")
    };
    html! {
        section.card {
            h2 { "Rules" }
            @for warning in rules.warnings() { (view::alert(Some(&warning.to_string()))) }
            dl.facts {
                dt { "Teams" } dd { (list(&teams)) }
                dt { "Topics" } dd { (list(&topics)) }
            }
        }
    }
}
