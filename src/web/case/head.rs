//! The top of a case: whose it is, what it is about, by when, and with whom it lies.

use maud::{Markup, html};

use crate::cases::Timeline;
use crate::config::Links;
use crate::domain::case::Priority;
use crate::domain::letter::LetterField;
use crate::domain::verdict::Verdict;
use crate::store::cases::CaseState;

use super::super::session::Person;
use super::super::state::App;
use super::super::view::{day, words};

pub(super) fn head(app: &App, person: &Person, timeline: &Timeline) -> Markup {
    let case = &timeline.case;
    let status = timeline.progress.status(case.state);
    let open = case.state == CaseState::Open;
    let late = open && timeline.progress.answered_at.is_none() && case.deadline < app.today();
    html! {
        header.case-head {
            div {
                p.hint { a href="/cases" { "Cases" } }
                h1 { (case.name.as_deref().unwrap_or("Nobody known")) " " small.reference { (case.reference) } }
                p.facts-line {
                    span.badge { (words(status.name())) }
                    @if case.priority != Priority::Normal { span.badge.priority { (words(case.priority.name())) } }
                    span { (words(&case.topic)) }
                    span class=[late.then_some("due late")] {
                        "answer due " time datetime=(case.deadline) { (day(case.deadline)) } @if late { " (late)" }
                    }
                    span { "team " (words(&case.team)) }
                    span {
                        @match &timeline.progress.owner {
                            Some(owner) if *owner == person.user.name => "with you",
                            Some(owner) => { "with " (owner) },
                            None => "with nobody yet",
                        }
                    }
                }
                (customer(app, timeline))
            }
            div.row {
                @if open { a.button.primary href={ "/cases/" (case.reference) "/reply" } { "Reply" } }
                @if timeline.progress.owner.as_deref() != Some(person.user.name.as_str()) && open {
                    form method="post" action={ "/cases/" (case.reference) "/give" } {
                        input type="hidden" name="owner" value=(person.user.name);
                        button { "Take it" }
                    }
                }
            }
        }
    }
}

/// Who they are, and where the company itself knows more of them and of what they bought.
fn customer(app: &App, timeline: &Timeline) -> Markup {
    let links = &app.setup.links;
    html! {
        @if let Some(known) = &timeline.customer {
            @let address = [&known.street, &known.town, &known.postcode].into_iter().flatten();
            @let ways = [&known.email, &known.phone].into_iter().flatten();
            p.hint {
                @if let Some(id) = timeline.case.customer { a href={ "/customers/" (id) } { "Their page" } }
                @for (part, at) in address.zip(0..) { @if at == 0 { " · " } @else { ", " } (part) }
                @for way in ways { " · " (way) }
            }
        }
        @for (name, link, number) in numbers(links, timeline) {
            p.hint { (name) " " a href=(link) rel="noreferrer" target="_blank" { (number) } }
        }
    }
}

/// Accepted numbers of orders and of the customer with the company's own pages for them.
fn numbers(links: &Links, timeline: &Timeline) -> Vec<(&'static str, String, String)> {
    let kinds = [
        ("Order", &links.order, LetterField::OrderNumber),
        ("Account", &links.customer, LetterField::MemberNumber),
    ];
    let mut found = Vec::new();
    for (name, link, field) in kinds {
        let Some(link) = link else { continue };
        for on in &timeline.documents {
            let sure = on
                .fields
                .get(&field)
                .filter(|field| field.verdict == Verdict::Accepted);
            if let Some(number) = sure.and_then(|field| field.value.clone()) {
                found.push((name, Links::page(link, &number), number));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}
