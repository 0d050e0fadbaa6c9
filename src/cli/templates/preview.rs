//! `postroom templates preview`: a template filled with made-up facts.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::shelf::Shelf;
use crate::cli::exit::{Exit, Misused, Unusable};
use crate::cli::output::{say, say_json, tell};
use crate::cli::{Place, reply};
use crate::export::whole;
use crate::post::{self, PostLetter};
use crate::templates::{Channel, Facts, Filled, Template};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom templates preview refund
  postroom templates preview refund --by post
  postroom templates preview acknowledgement_post --post letter.pdf

The customer, the case and the agent are made up; the company is the first [[company]] of \
postroom.toml, where there is one. The PDF is what the printer gets: A4, its address where the \
window of a DL envelope shows it. It appears whole or not at all.

Ends with 2 when there is no such template or it is not written for that way, with 3 when it cannot \
be filled, with 4 when the PDF cannot be written.")]
pub(super) struct PreviewArguments {
    /// Name of a template (`templates list`)
    name: String,
    /// The way the reply goes [default: the first that the template is written for]
    #[arg(long, value_name = "WAY")]
    by: Option<By>,
    /// Write the letter as a PDF
    #[arg(long, value_name = "FILE")]
    post: Option<PathBuf>,
    /// Folder of templates, in place of templates.dir
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Email,
    Post,
}

pub(super) fn preview(place: &Place, arguments: &PreviewArguments) -> Result<Exit> {
    let shelf = Shelf::open(place, arguments.templates.as_deref())?;
    let template = shelf.find(&arguments.name)?;
    let channel = channel(template, arguments)?;
    let mut facts = Facts::made_up(channel);
    if let Some(company) = reply::company(&shelf.config) {
        facts.company = company;
    }
    let filled = shelf.templates.fill(template, &facts);
    let filled = filled.map_err(|error| Unusable(error.to_string()))?;
    let letter = letter(template, &facts, &filled);
    if let Some(path) = &arguments.post {
        let pdf = post::letter(&letter).map_err(|error| Unusable(error.to_string()))?;
        whole::write(path, &pdf)?;
    }
    if place.json {
        say_json(&json!({
            "template": template.name,
            "channel": channel.name(),
            "subject": filled.subject,
            "body": filled.body,
            "signature": filled.signature,
            "file": arguments.post.as_ref().map(|path| path.display().to_string()),
        }))?;
        return Ok(Exit::Done);
    }
    match &arguments.post {
        Some(path) => tell!("{}: {}", path.display(), filled.subject),
        None => say(&format!("Subject: {}\n\n{}", filled.subject, filled.text()))?,
    }
    let lacking = post::replaced(&letter);
    if channel == Channel::Post && !lacking.is_empty() {
        let lacking: Vec<String> = lacking.iter().map(char::to_string).collect();
        tell!(
            "The typeface lacks {}: other signs are printed in their place.",
            lacking.join(" ")
        );
    }
    Ok(Exit::Done)
}

/// The way that is asked for, held to those that the template is written for.
fn channel(template: &Template, arguments: &PreviewArguments) -> Result<Channel> {
    let asked = match (arguments.by, &arguments.post) {
        (Some(By::Email), Some(_)) => {
            return Err(Misused("--post is a letter: leave --by email out".to_owned()).into());
        }
        (Some(By::Email), None) => Some(Channel::Email),
        (Some(By::Post), _) | (None, Some(_)) => Some(Channel::Post),
        (None, None) => None,
    };
    let first = template.channels.first().copied();
    let channel = asked
        .or(first)
        .context("the template is written for no way")?;
    if !template.channels.contains(&channel) {
        let way = channel.name();
        let what = format!(
            "'{}' is not written for {way}: add \"{way}\" to its channels, or take another template",
            template.name
        );
        return Err(Misused(what).into());
    }
    Ok(channel)
}

fn letter(template: &Template, facts: &Facts, filled: &Filled) -> PostLetter {
    let company = &facts.company;
    let name = facts
        .customer
        .name()
        .unwrap_or_else(|| "The Customer".to_owned());
    let reached = [
        company
            .phone
            .as_ref()
            .map(|phone| format!("Telephone {phone}")),
        company.email.clone(),
        company.web.clone(),
    ];
    PostLetter {
        from: [vec![company.name.clone()], company.address.clone()].concat(),
        contact: reached.into_iter().flatten().collect(),
        to: [vec![name], facts.customer.address.clone()].concat(),
        reference: facts.case.reference,
        date: facts.today,
        subject: filled.subject.clone(),
        paragraphs: filled.paragraphs(),
        signature: filled.signature.clone(),
        language: template.language.clone(),
    }
}
