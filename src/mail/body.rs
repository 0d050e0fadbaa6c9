//! What a person reads of a message, and what came with it: the tree of its parts laid
//! out flat.

use crate::domain::message::Attachment;

use super::html_text::as_text;
use super::parts::Part;
use super::{decode, file_names};

/// A message laid out.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// What is shown, from top to bottom.
    pub(super) blocks: Vec<Block>,
    /// What is not.
    pub(super) attachments: Vec<Attachment>,
}

/// A piece of what is shown: as plain text, as HTML, or as both for programs to choose.
#[derive(Debug, Default)]
pub(super) struct Block {
    plain: Option<String>,
    html: Option<String>,
}

impl Body {
    /// Lays a message out.
    pub(super) fn of(message: &Part<'_>) -> Self {
        let mut body = Self::default();
        body.lay(message, Place::Whole);
        for (at, attachment) in body.attachments.iter_mut().enumerate() {
            if attachment.name.is_empty() {
                attachment.name = file_names::numbered(&attachment.media, at + 1);
            }
        }
        body
    }

    /// Bytes of all that is shown.
    pub(super) fn text_bytes(&self) -> usize {
        let of = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let bytes = self.blocks.iter().map(|b| of(&b.plain) + of(&b.html));
        bytes.sum()
    }

    /// As text. HTML stands in where there is no text, or a text that says nothing.
    pub(super) fn text(&self) -> String {
        let texts = self.blocks.iter().map(|block| match &block.html {
            Some(html) if is_blank(block.plain.as_deref()) => as_text(html),
            _ => block.plain.clone().unwrap_or_default(),
        });
        let texts: Vec<_> = texts.map(|text| clean(&text)).collect();
        let texts: Vec<_> = texts
            .iter()
            .filter(|text| !text.trim().is_empty())
            .collect();
        match texts.as_slice() {
            [text] => (*text).clone(),
            texts => texts
                .iter()
                .map(|text| text.trim_end())
                .collect::<Vec<_>>()
                .join("\n\n"),
        }
    }

    /// As HTML, where any of it came so. Plain pieces between are set as they stand.
    pub(super) fn html(&self) -> Option<String> {
        self.blocks.iter().find(|block| block.html.is_some())?;
        let pieces = self
            .blocks
            .iter()
            .map(|block| match (&block.html, &block.plain) {
                (Some(html), _) => html.replace('\0', ""),
                (None, plain) => as_html(plain.as_deref().unwrap_or_default()),
            });
        Some(pieces.collect::<Vec<_>>().join("\n"))
    }

    fn lay(&mut self, part: &Part<'_>, place: Place) {
        if part.children.is_empty() {
            return self.lay_leaf(part, place);
        }
        match part.media.as_str() {
            "multipart/alternative" => self.lay_alternatives(part),
            "multipart/related" => self.lay_all(&part.children, Place::Related),
            _ => self.lay_all(&part.children, place.within()),
        }
    }

    fn lay_all(&mut self, parts: &[Part<'_>], place: Place) {
        for (number, part) in parts.iter().enumerate() {
            let place = if number == 0 { Place::First } else { place };
            self.lay(part, place);
        }
    }

    /// One thing said in several ways: the first way in plain text and the last in HTML
    /// are one block.
    fn lay_alternatives(&mut self, part: &Part<'_>) {
        let mut both = Block::default();
        for part in &part.children {
            let mut way = Self::default();
            way.lay(part, Place::First);
            self.attachments.append(&mut way.attachments);
            if let Some(html) = way.html() {
                both.html = Some(html);
            } else if both.plain.is_none() && !way.blocks.is_empty() {
                both.plain = Some(way.text());
            }
        }
        if both.plain.is_some() || both.html.is_some() {
            self.blocks.push(both);
        }
    }

    fn lay_leaf(&mut self, part: &Part<'_>, place: Place) {
        let bytes = decode::content(part.body, &part.headers.encoding());
        if !is_shown(part, place) {
            let name = part.headers.file_name().unwrap_or_default();
            self.attachments.push(Attachment {
                name: file_names::harmless(name),
                media: part.media.clone(),
                bytes: bytes.into_owned(),
                inline: part.headers.is_inline() || place == Place::Related,
                content_id: part.headers.ids("Content-ID").next(),
            });
            return;
        }
        let is_page = part.media == "text/html";
        let charset = part.headers.parameter("charset").map(str::to_owned);
        let named = || decode::charset_of_page(&bytes).filter(|_| is_page);
        let text = Some(decode::text(&bytes, charset.or_else(named).as_deref()));
        self.blocks.push(match is_page {
            true => Block {
                html: text,
                plain: None,
            },
            false => Block {
                plain: text,
                html: None,
            },
        });
    }
}

/// Where a part lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is the whole message.
    Whole,
    /// It comes first in what holds it.
    First,
    /// It comes later.
    Later,
    /// It belongs to a page of HTML that came first.
    Related,
}

impl Place {
    const fn within(self) -> Self {
        match self {
            Self::Related => Self::Related,
            _ => Self::Later,
        }
    }
}

/// Whether a leaf is part of what is read: text that does not say it is a file. Later
/// ones with a name are files, though programs call them inline.
fn is_shown(part: &Part<'_>, place: Place) -> bool {
    if part.headers.is_attached() {
        return false;
    }
    let named = part.headers.file_name().is_some();
    match part.media.as_str() {
        "text/plain" | "text/html" => match place {
            Place::Whole | Place::First => true,
            Place::Later => !named,
            Place::Related => false,
        },
        // A body of parts that could not be parted is shown as it came.
        media if media.starts_with("multipart/") => true,
        "text/calendar" | "text/x-vcard" | "text/vcard" | "text/directory" => false,
        media => media.starts_with("text/") && place == Place::Whole,
    }
}

fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

/// Text with LF at line ends and without control characters: databases refuse some and
/// terminals obey others.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(is_kept).collect()
}

fn as_html(text: &str) -> String {
    let text = clean(text);
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!("<pre>{}</pre>", text.trim_end())
}
