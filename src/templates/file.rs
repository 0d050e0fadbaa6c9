//! A template file as it is written: what it is for as TOML between two lines of `+++`,
//! then its text.

use serde::Deserialize;
use toml::Spanned;

use super::{Channel, Kind, Part, Template, TemplateError};
use crate::domain::wording::{no_such_word, of_the_toml_reader};

/// What stands over and under the front matter.
const FENCE: &str = "+++";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    kind: Spanned<String>,
    #[serde(default)]
    topics: Vec<Spanned<String>>,
    #[serde(default = "english")]
    language: Spanned<String>,
    channels: Spanned<Vec<Spanned<String>>>,
    subject: Spanned<String>,
    closing: Option<String>,
}

fn english() -> Spanned<String> {
    Spanned::new(0..0, "en".to_owned())
}

/// Reads a template. Every mistake is named with its line.
pub(super) fn parse(name: &str, text: &str) -> Result<Template, Vec<TemplateError>> {
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    let wrong = |line, what: String| vec![TemplateError::at(name, line, what)];
    let (front, body, body_line) = parted(&text).ok_or_else(|| {
        let what = "a template begins with a line of +++, then says kind, channels and subject, then \
                    has another line of +++ and its text (docs/replies.md shows one)";
        wrong(1, what.to_owned())
    })?;
    let parsed: Front = toml::from_str(front).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        wrong(line_of(front, at), of_the_toml_reader(error.message()))
    })?;
    Reader {
        name,
        front,
        mistakes: Vec::new(),
    }
    .template(parsed, body, body_line)
}

/// Front matter, text, and the line on which the text begins.
fn parted(text: &str) -> Option<(&str, &str, usize)> {
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != FENCE {
        return None;
    }
    let mut at = 0;
    for (lines, line) in rest.split_inclusive('\n').enumerate() {
        if line.trim_end() == FENCE {
            // The first line of the file, those between, this one.
            return Some((&rest[..at], &rest[at + line.len()..], lines + 3));
        }
        at += line.len();
    }
    None
}

/// The line of the file for a place in the front matter.
fn line_of(front: &str, at: usize) -> usize {
    let before = front.get(..at).unwrap_or(front);
    before.matches('\n').count() + 2
}

struct Reader<'a> {
    name: &'a str,
    front: &'a str,
    mistakes: Vec<TemplateError>,
}

impl Reader<'_> {
    fn template(
        mut self,
        front: Front,
        body: &str,
        body_line: usize,
    ) -> Result<Template, Vec<TemplateError>> {
        let kind = self.kind(&front.kind);
        let channels = self.channels(&front.channels);
        self.held_to_language(&front.language);
        let subject = Part {
            line: line_of(self.front, front.subject.span().start),
            text: front.subject.into_inner(),
        };
        if subject.text.trim().is_empty() {
            self.mistake(
                subject.line,
                "the subject is empty; write what the reply is about",
            );
        }
        if body.trim().is_empty() {
            self.mistake(
                body_line,
                "there is no text under the second +++; write the reply there",
            );
        }
        let topics_line = front.topics.first().map(|topic| topic.span().start);
        match kind {
            Some(kind) if self.mistakes.is_empty() => Ok(Template {
                name: self.name.to_owned(),
                kind,
                topics_line: line_of(self.front, topics_line.unwrap_or(0)),
                topics: front.topics.into_iter().map(Spanned::into_inner).collect(),
                language: front.language.into_inner(),
                channels,
                closing: front.closing,
                subject,
                body: Part {
                    text: body.to_owned(),
                    line: body_line,
                },
            }),
            _ => Err(self.mistakes),
        }
    }

    fn kind(&mut self, word: &Spanned<String>) -> Option<Kind> {
        let kind = Kind::from_name(word.get_ref());
        if kind.is_none() {
            let known = Kind::ALL.map(Kind::name);
            self.mistake_at(
                word,
                &format!("kind {}", no_such_word(word.get_ref(), &known)),
            );
        }
        kind
    }

    fn channels(&mut self, words: &Spanned<Vec<Spanned<String>>>) -> Vec<Channel> {
        let mut channels = Vec::new();
        for word in words.get_ref() {
            match Channel::from_name(word.get_ref()) {
                Some(channel) if !channels.contains(&channel) => channels.push(channel),
                Some(_) => {}
                None => {
                    let known = Channel::ALL.map(Channel::name);
                    let what = format!("channel {}", no_such_word(word.get_ref(), &known));
                    self.mistake_at(word, &what);
                }
            }
        }
        if words.get_ref().is_empty() {
            let what = "channels is empty, so the template would never be used; write [\"email\"], \
                        [\"post\"] or both";
            self.mistake_at(words, what);
        }
        channels
    }

    fn held_to_language(&mut self, language: &Spanned<String>) {
        let word = language.get_ref();
        let tag = word.split('-').all(|part| {
            (2..=8).contains(&part.len()) && part.chars().all(|sign| sign.is_ascii_alphanumeric())
        });
        if !tag {
            let what = format!("language '{word}' is no language tag, as en, cy or en-GB");
            self.mistake_at(language, &what);
        }
    }

    fn mistake_at<T>(&mut self, place: &Spanned<T>, what: &str) {
        self.mistake(line_of(self.front, place.span().start), what);
    }

    fn mistake(&mut self, line: usize, what: &str) {
        self.mistakes.push(TemplateError::at(self.name, line, what));
    }
}
