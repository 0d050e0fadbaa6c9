//! A person over all channels, and records that turn out to be of one person.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

use crate::cases::people;
use crate::config::Links;
use crate::store::CustomerId;
use crate::store::cases::CaseState;
use crate::store::customers::Customer;
use crate::store::people::{LikelyTwins, Profile, Standing};
use crate::store::view::CaseRecord;

use super::error::PageError;
use super::session::Person;
use super::state::App;
use super::view::{self, day, words};

/// Whom somebody looks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sought {
    q: String,
}

/// `GET /customers`
pub(super) async fn list(
    State(app): State<App>,
    person: Person,
    Query(sought): Query<Sought>,
) -> Result<Markup, PageError> {
    let found = match sought.q.trim() {
        "" => Vec::new(),
        text => app.store().customers(text).await?,
    };
    let twins = match sought.q.trim() {
        "" => app.store().likely_twins().await?,
        _ => Vec::new(),
    };
    Ok(view::page(
        &person,
        "Customers",
        html! {
            header.head { h1 { "Customers" } }
            form.narrowing method="get" action="/customers" role="search" {
                label.choice.wide { span { "Name, street, postcode, e-mail address or number" } input type="search" name="q" value=(sought.q) autofocus[sought.q.is_empty()]; }
                button.primary { "Look" }
            }
            @if !sought.q.trim().is_empty() { (people_found(&found)) }
            @else if twins.is_empty() { p.empty { "No two records seem to be of one person." } }
            @else { (likely(&twins)) }
        },
    ))
}

fn people_found(found: &[(CustomerId, Customer, Standing)]) -> Markup {
    html! {
        @if found.is_empty() { p.empty { "Nobody is like that." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Customers" { table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Address" } th scope="col" { "E-mail" } th scope="col" { "Number" } th scope="col" { "Tier" } } }
                tbody { @for (id, known, standing) in found { tr {
                    th scope="row" { a href={ "/customers/" (id) } { (known.name) } }
                    td { (address(known)) }
                    td { (known.email.as_deref().unwrap_or_default()) }
                    td { (standing.number.as_deref().unwrap_or_default()) }
                    td { (standing.tier.as_deref().unwrap_or_default()) }
                } } }
            } }
        }
    }
}

fn address(known: &Customer) -> String {
    let parts = [&known.street, &known.town, &known.postcode];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(", ")
}

fn likely(twins: &[LikelyTwins]) -> Markup {
    html! {
        h2 { "Perhaps one person" }
        p.hint { "Look at both before you join them; what is joined can be parted again." }
        div.scroll tabindex="0" role="region" aria-label="Perhaps one person" { table {
            thead { tr { th scope="col" { "One" } th scope="col" { "The other" } th scope="col" { "Why" } th scope="col" { "Join" } } }
            tbody { @for pair in twins { tr {
                td { a href={ "/customers/" (pair.one) } { (pair.names.0) } }
                td { a href={ "/customers/" (pair.other) } { (pair.names.1) } }
                td { (pair.why) }
                td { (join(pair.one, pair.other, &pair.why)) }
            } } }
        } }
    }
}

fn join(kept: CustomerId, gone: CustomerId, why: &str) -> Markup {
    html! {
        form.row method="post" action={ "/customers/" (kept) "/merge" } data-ask="Join the two records? It can be taken back." {
            input type="hidden" name="gone" value=(gone);
            input type="hidden" name="reason" value=(why);
            button { "They are one" }
        }
    }
}

/// `GET /customers/{id}`
pub(super) async fn show(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Markup, PageError> {
    let missing = || PageError::Missing("customer");
    let id: CustomerId = id.parse().map_err(|_| missing())?;
    let profile = app.store().profile(id).await?;
    let user = &person.user;
    let seen = app
        .store()
        .within_reach(&profile.cases, &user.reach, &user.name)
        .await?;
    let mut cases = Vec::new();
    for case in seen.iter().rev() {
        cases.push(app.store().case(*case).await?);
    }
    let hidden = profile.cases.len() - cases.len();
    let joined = app.store().joined_to(id).await?;
    let cards = app.store().cards_of(id).await?;
    Ok(view::page(
        &person,
        &profile.customer.name,
        html! {
            p.hint { a href="/customers" { "Customers" } }
            header.head { h1 { (profile.customer.title.as_deref().unwrap_or_default()) " " (profile.customer.name) } }
            @if let Some(other) = profile.same_as { p.said { "This record was joined to " a href={ "/customers/" (other) } { "another" } "." } }
            div.reply {
                section.card aria-label="Who they are" { (who(&app.setup.links, &profile)) }
                section.card aria-label="Joined records" { (records(&joined, &profile)) }
            }
            h2 { "Their cases" }
            (cases_table(&cases))
            @if hidden > 0 { p.hint { "And " (hidden) " of teams whose cases you do not see." } }
            @if !cards.is_empty() {
                h2 { "Their cards" }
                ul { @for (card, received) in &cards { li { a href={ "/documents/" (card) } { "Card of " (day(*received)) } } } }
            }
        },
    ))
}

fn who(links: &Links, profile: &Profile) -> Markup {
    let known = &profile.customer;
    let number = profile.standing.number.as_deref();
    html! {
        h2 { "Who they are" }
        dl.facts {
            dt { "Address" } dd { @if address(known).is_empty() { span.hint { "not known" } } @else { (address(known)) } }
            dt { "E-mail" } dd { @for address in &profile.addresses { (address) br; } @if profile.addresses.is_empty() { span.hint { "none: they write on paper" } } }
            @if let Some(phone) = &known.phone { dt { "Telephone" } dd { (phone) } }
            @if let Some(number) = number {
                dt { "Number" }
                dd { @match &links.customer {
                    Some(link) => a href=(Links::page(link, number)) rel="noreferrer" target="_blank" { (number) },
                    None => (number),
                } }
            }
            @if let Some(tier) = &profile.standing.tier { dt { "Tier" } dd { (tier) } }
        }
    }
}

fn records(joined: &[(CustomerId, Customer)], profile: &Profile) -> Markup {
    html! {
        h2 { "Joined records" }
        @if joined.is_empty() { p.hint { "None was joined to this one." } }
        @for (gone, known) in joined {
            div.row {
                span { (known.name) ", " (address(known)) }
                form.row method="post" action={ "/customers/" (gone) "/unmerge" } {
                    label { "Why they are two" input name="reason" required; }
                    button { "Part them" }
                }
            }
        }
        @if profile.same_as.is_none() {
            details { summary { "Join another record to this one" }
                form method="post" action={ "/customers/" (profile.id) "/merge" } {
                    label { "The other's address on this site" input name="gone" placeholder="/customers/…" required; }
                    label { "Why they are one" input name="reason" required; }
                    button { "Join it" }
                }
            }
        }
    }
}

fn cases_table(cases: &[CaseRecord]) -> Markup {
    html! {
        @if cases.is_empty() { p.hint { "None." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Their cases" { table {
                thead { tr { th scope="col" { "Case" } th scope="col" { "About" } th scope="col" { "Opened" } th scope="col" { "Answer due" } th scope="col" { "Team" } } }
                tbody { @for case in cases { tr {
                    th scope="row" { a href={ "/cases/" (case.reference) } { (case.reference) } }
                    td { (words(&case.topic)) }
                    td { (case.opened_at.get(..10).unwrap_or_default()) }
                    td { (day(case.deadline)) @if case.state == CaseState::Closed { " " span.badge { "closed" } } }
                    td { (words(&case.team)) }
                } } }
            } }
        }
    }
}

/// Which record, and why.
#[derive(Debug, Deserialize)]
pub(super) struct Merge {
    gone: String,
    reason: String,
}

/// `POST /customers/{id}/merge`
pub(super) async fn merge(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    Form(asked): Form<Merge>,
) -> Result<Redirect, PageError> {
    let missing = || PageError::Missing("customer");
    let kept: CustomerId = id.parse().map_err(|_| missing())?;
    let gone = asked.gone.rsplit('/').next().unwrap_or_default();
    let gone: CustomerId = gone.parse().map_err(|_| missing())?;
    if kept == gone {
        return Err(PageError::Wrong("both are the same record".to_owned()));
    }
    people::merge(app.store(), kept, gone, &asked.reason, &person.actor()).await?;
    Ok(Redirect::to(&format!("/customers/{kept}")))
}

/// Why.
#[derive(Debug, Deserialize)]
pub(super) struct Unmerge {
    reason: String,
}

/// `POST /customers/{id}/unmerge`
pub(super) async fn unmerge(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    Form(asked): Form<Unmerge>,
) -> Result<Redirect, PageError> {
    let gone: CustomerId = id.parse().map_err(|_| PageError::Missing("customer"))?;
    people::unmerge(app.store(), gone, &asked.reason, &person.actor()).await?;
    Ok(Redirect::to(&format!("/customers/{gone}")))
}
