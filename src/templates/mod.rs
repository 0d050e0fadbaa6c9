//! Reply templates: what a company writes again and again, as files that its own people
//! can change.
//!
//! A template is filled from [`Facts`] alone. Whatever it names must be there: a
//! variable that nobody knows, or that this customer lacks, is an error before anything
//! is sent. docs/replies.md tells the file and every variable.

mod error;
mod facts;
mod file;
mod fill;
mod salutation;

pub use error::TemplateError;
pub use facts::{
    AgentFacts, CaseFacts, CompanyFacts, CustomerFacts, Facts, MessageFacts, VARIABLES, Variable,
};
pub use fill::Filled;

pub use crate::domain::reply::{Channel, ReplyKind as Kind};
use crate::domain::wording::no_such_word;

/// One template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The name of its file without the ending.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// The topics that it answers; empty for any.
    pub topics: Vec<String>,
    /// Where it names them.
    topics_line: usize,
    /// Its language, as `en`.
    pub language: String,
    /// The ways it is written for.
    pub channels: Vec<Channel>,
    /// Its own close in place of the usual one.
    pub closing: Option<String>,
    /// The subject, to be filled.
    subject: Part,
    /// The text, to be filled.
    body: Part,
}

/// Text to be filled, and the line of the file on which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    text: String,
    line: usize,
}

/// All templates, by name, and what was wrong with the others.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    list: Vec<Template>,
    refused: Vec<TemplateError>,
}

impl Templates {
    /// The templates in the program.
    pub fn embedded() -> Self {
        let files = EMBEDDED.iter();
        Self::parse(files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    /// Files with their names. One that cannot be meant is no template; [`Self::check`]
    /// tells why.
    pub fn parse(files: impl Iterator<Item = (String, String)>) -> Self {
        let mut templates = Self::default();
        for (name, text) in files {
            let name = match name.rsplit_once('.') {
                Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
                _ => name,
            };
            match file::parse(&name, &text) {
                Ok(template) if templates.get(&name).is_none() => templates.list.push(template),
                Ok(_) => templates.refused.push(TemplateError::at(
                    &name,
                    1,
                    "there is another file of this name; rename one of them",
                )),
                Err(mistakes) => templates.refused.extend(mistakes),
            }
        }
        templates.list.sort_by(|a, b| a.name.cmp(&b.name));
        templates
    }

    /// Every template, by name.
    pub fn list(&self) -> &[Template] {
        &self.list
    }

    /// The template of a name.
    pub fn get(&self, name: &str) -> Option<&Template> {
        self.list.iter().find(|template| template.name == name)
    }

    /// The template for an answer: of those that fit, the one that names the topic; then
    /// one for this way alone; then the one whose name is its kind; then the first by
    /// name. Always the same of the same files.
    pub fn pick(
        &self,
        kind: Kind,
        topic: &str,
        language: &str,
        channel: Channel,
    ) -> Option<&Template> {
        let fits = self.list.iter().filter(|template| {
            template.kind == kind
                && template.channels.contains(&channel)
                && template.speaks(language)
                && (template.topics.is_empty() || template.answers(topic))
        });
        fits.min_by_key(|template| {
            (
                !template.answers(topic),
                template.channels.len(),
                template.name != kind.name(),
                &template.name,
            )
        })
    }

    /// The templates that a person may choose for an answer, those that name the topic first.
    pub fn fitting(&self, kinds: &[Kind], topic: &str, language: &str) -> Vec<&Template> {
        let fits = self.list.iter().filter(|template| {
            kinds.contains(&template.kind)
                && template.speaks(language)
                && (template.topics.is_empty() || template.answers(topic))
        });
        let mut fits: Vec<&Template> = fits.collect();
        fits.sort_by_key(|template| (!template.answers(topic), &template.name));
        fits
    }

    /// Fills a template.
    pub fn fill(&self, template: &Template, facts: &Facts) -> Result<Filled, TemplateError> {
        fill::fill(template, facts)
    }

    /// The templates for topics that the rules do not know, and so would never choose.
    pub fn check_topics(&self, known: &[&str]) -> Vec<TemplateError> {
        let unknown = self.list.iter().flat_map(|template| {
            let topics = template.topics.iter();
            let unknown = topics.filter(|topic| !known.contains(&topic.as_str()));
            unknown.map(move |topic| (template, topic))
        });
        let told = unknown.map(|(template, topic)| {
            let what = format!("topic {}", no_such_word(topic, known));
            TemplateError::at(&template.name, template.topics_line, what)
        });
        told.collect()
    }

    /// Every mistake that can be found before there is a customer: files that are no
    /// templates, variables that nobody knows, ways for which nothing is written.
    pub fn check(&self) -> Vec<TemplateError> {
        let mut mistakes = self.refused.clone();
        mistakes.extend(self.list.iter().flat_map(fill::check));
        mistakes.sort_by(|a, b| a.place().cmp(&b.place()));
        mistakes
    }
}

impl Template {
    fn answers(&self, topic: &str) -> bool {
        self.topics.iter().any(|own| own == topic)
    }

    /// `en` speaks to who wants `en`, `EN` or `en-GB`.
    fn speaks(&self, language: &str) -> bool {
        let wanted = language.split(['-', '_']).next().unwrap_or(language);
        self.language.eq_ignore_ascii_case(language) || self.language.eq_ignore_ascii_case(wanted)
    }
}

/// The templates that ship.
const EMBEDDED: [(&str, &str); 11] = [
    (
        "acknowledgement.txt",
        include_str!("default/acknowledgement.txt"),
    ),
    (
        "acknowledgement_post.txt",
        include_str!("default/acknowledgement_post.txt"),
    ),
    ("call_back.txt", include_str!("default/call_back.txt")),
    ("data_request.txt", include_str!("default/data_request.txt")),
    ("explanation.txt", include_str!("default/explanation.txt")),
    ("more_needed.txt", include_str!("default/more_needed.txt")),
    ("refund.txt", include_str!("default/refund.txt")),
    ("replacement.txt", include_str!("default/replacement.txt")),
    ("reply.txt", include_str!("default/reply.txt")),
    ("status.txt", include_str!("default/status.txt")),
    ("thanks.txt", include_str!("default/thanks.txt")),
];

#[cfg(test)]
mod tests;
