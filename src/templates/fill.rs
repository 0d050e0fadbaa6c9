//! Filling a template, and finding what is wrong with it before there is a customer.
//!
//! The one place that knows the template engine. What a customer or an agent wrote is a
//! value and never a template: braces in a letter do nothing.

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::facts::{one_line, paragraphs};
use super::salutation::closing;
use super::{Channel, Facts, Part, Template, TemplateError, VARIABLES};

/// A reply, filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// One line, without anything that a header would obey.
    pub subject: String,
    /// The text from the salutation to the last paragraph, an empty line between two.
    pub body: String,
    /// The close, then who signs, line by line.
    pub signature: Vec<String>,
}

impl Filled {
    /// The whole as plain text, for an e-mail.
    pub fn text(&self) -> String {
        let Some((close, signed)) = self.signature.split_first() else {
            return format!("{}\n", self.body);
        };
        format!("{}\n\n{close}\n\n{}\n", self.body, signed.join("\n"))
    }

    /// The body's paragraphs, for a letter.
    pub fn paragraphs(&self) -> Vec<String> {
        self.body.split("\n\n").map(str::to_owned).collect()
    }
}

/// A reply of more characters is a mistake of its template: some forty pages.
const LONGEST: usize = 100_000;
/// A subject of more characters is cut by those who show it.
const LONGEST_SUBJECT: usize = 250;

/// Nothing of what is known is left out.
const ALL: fn(&str) -> bool = |_| true;

pub(super) fn fill(template: &Template, facts: &Facts) -> Result<Filled, TemplateError> {
    let engine = engine();
    for part in [&template.subject, &template.body] {
        if let Some(mistake) = unknown_variables(&engine, template, part)?
            .into_iter()
            .next()
        {
            return Err(mistake);
        }
    }
    let subject = one_line(&rendered(
        &engine,
        template,
        &template.subject,
        facts,
        &ALL,
    )?);
    let broken = |part: &Part, what: &str| TemplateError::at(&template.name, part.line, what);
    if subject.is_empty() || subject.chars().count() > LONGEST_SUBJECT {
        let what = format!("the subject comes out empty, or longer than {LONGEST_SUBJECT} letters");
        return Err(broken(&template.subject, &what));
    }
    let body = paragraphs(&rendered(&engine, template, &template.body, facts, &ALL)?);
    if body.is_empty() || body.chars().count() > LONGEST {
        let what = format!(
            "the text comes out empty by {}, or longer than {LONGEST} letters; write something for \
             that way, or leave it out of channels",
            facts.channel.name()
        );
        return Err(broken(&template.body, &what));
    }
    Ok(Filled {
        subject,
        body,
        signature: signature(template, facts),
    })
}

/// What is wrong with a template whoever it is for.
pub(super) fn check(template: &Template) -> Vec<TemplateError> {
    let engine = engine();
    let mut mistakes = Vec::new();
    for part in [&template.subject, &template.body] {
        match unknown_variables(&engine, template, part) {
            Ok(unknown) => mistakes.extend(unknown),
            Err(error) => mistakes.push(error),
        }
    }
    if mistakes.is_empty() {
        let channels = template.channels.iter();
        let filled = channels.map(|channel| fill(template, &Facts::whole(*channel)));
        mistakes.extend(filled.filter_map(Result::err));
        mistakes.dedup();
    }
    if mistakes.is_empty() && template.kind.is_automatic() {
        mistakes.extend(unguarded(&engine, template));
    }
    mistakes
}

/// What a template writes though not every case has it. It is tried without all of that, without
/// each, and with each alone: `{% if a or b %}` guards neither.
fn unguarded(engine: &Environment<'_>, template: &Template) -> Vec<TemplateError> {
    let perhaps = VARIABLES.iter().filter(|variable| !variable.always);
    let perhaps: Vec<&str> = perhaps.map(|variable| variable.name).collect();
    let mut found = Vec::new();
    let mut tried = |known: &dyn Fn(&str) -> bool| {
        for channel in &template.channels {
            let facts = Facts::whole(*channel);
            for part in [&template.subject, &template.body] {
                match rendered(engine, template, part, &facts, known) {
                    Err(TemplateError::Missing {
                        template,
                        line,
                        variable,
                        ..
                    }) => found.push(TemplateError::Unguarded {
                        template,
                        line,
                        variable,
                    }),
                    Err(error) => found.push(error),
                    Ok(_) => {}
                }
            }
        }
    };
    for one in &perhaps {
        tried(&|name| name != *one);
        tried(&|name| name == *one || !perhaps.contains(&name));
    }
    found.sort_by(|a, b| (a.place(), a.what()).cmp(&(b.place(), b.what())));
    found.dedup();
    found
}

fn engine() -> Environment<'static> {
    let mut engine = Environment::new();
    // What is not known may be asked for by `if`, and never written.
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    // The names of what is missing come from here.
    engine.set_debug(true);
    engine
}

/// The text of a part. A line that holds nothing but a tag leaves no line behind, and
/// the lines keep their numbers.
fn source(part: &Part) -> String {
    if part.text.contains("{% raw") || part.text.contains("{%- raw") {
        return part.text.clone();
    }
    let lines = part.text.split_inclusive('\n').map(|line| {
        let bare = line.trim();
        let tag = bare.starts_with("{%") && bare.ends_with("%}") && !bare.ends_with("-%}");
        if tag && bare.matches("{%").count() == 1 {
            // The end of the line is in a comment.
            format!("{bare}{{#\n#}}")
        } else {
            line.to_owned()
        }
    });
    lines.collect()
}

/// The variables of a part that nobody knows, with their lines.
fn unknown_variables(
    engine: &Environment<'_>,
    template: &Template,
    part: &Part,
) -> Result<Vec<TemplateError>, TemplateError> {
    let source = source(part);
    let parsed = engine.template_from_named_str(&template.name, &source);
    let parsed = parsed.map_err(|error| told(template, part, &error))?;
    let mut names: Vec<String> = parsed.undeclared_variables(true).into_iter().collect();
    names.retain(|name| !known(engine, name));
    names.sort();
    let missing = names.into_iter().map(|variable| {
        let at = part.text.find(&variable).unwrap_or(0);
        TemplateError::Missing {
            template: template.name.clone(),
            line: part.line + part.text[..at].matches('\n').count(),
            variable,
            known: VARIABLES.map(|variable| variable.name).to_vec(),
        }
    });
    Ok(missing.collect())
}

fn known(engine: &Environment<'_>, name: &str) -> bool {
    let variable = VARIABLES.iter().any(|variable| {
        let rest = name.strip_prefix(variable.name);
        // What is asked of a value is the engine's to judge.
        let value = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let group = variable.name.strip_prefix(name);
        value || group.is_some_and(|rest| rest.starts_with('.'))
    });
    variable || engine.globals().any(|(global, _)| global == name)
}

fn rendered(
    engine: &Environment<'_>,
    template: &Template,
    part: &Part,
    facts: &Facts,
    known: &dyn Fn(&str) -> bool,
) -> Result<String, TemplateError> {
    let rendered = engine.render_named_str(&template.name, &source(part), facts.values(known));
    rendered.map_err(|error| told(template, part, &error))
}

/// The engine's error as ours.
fn told(template: &Template, part: &Part, error: &Error) -> TemplateError {
    let line = part.line + error.line().unwrap_or(1).saturating_sub(1);
    let detail = error.detail().unwrap_or_default();
    if error.kind() == ErrorKind::UndefinedError
        && let Some(variable) = detail.split('`').nth(1)
    {
        let known = VARIABLES.iter().any(|known| known.name == variable);
        let names = VARIABLES.map(|variable| variable.name).to_vec();
        return TemplateError::Missing {
            template: template.name.clone(),
            line,
            variable: variable.to_owned(),
            known: if known { Vec::new() } else { names },
        };
    }
    let what = match detail {
        "" => error.kind().to_string(),
        detail => format!("{}: {detail}", error.kind()),
    };
    let what = format!("{what}; docs/replies.md tells how a template is written");
    TemplateError::at(&template.name, line, what)
}

/// The close and who signs: a letter has its company at the top, an e-mail has it here.
fn signature(template: &Template, facts: &Facts) -> Vec<String> {
    let close = match (&template.closing, facts.channel) {
        (Some(own), _) => one_line(own),
        (None, Channel::Email) => "Kind regards,".to_owned(),
        (None, Channel::Post) => closing(&facts.customer.salutation()).to_owned(),
    };
    let agent = [&facts.agent.name, &facts.agent.team];
    let agent = agent.into_iter().flatten().map(|line| one_line(line));
    let mut lines: Vec<String> = agent.filter(|line| !line.is_empty()).collect();
    if lines.is_empty() || facts.channel == Channel::Email {
        lines.push(one_line(&facts.company.name));
    }
    lines.insert(0, close);
    lines
}
