//! HTML as the text that a person would see, for messages that have no other, in one
//! pass over it however broken it is. Quotations keep their mark, so that what is new
//! can be told from them.

use mail_parser::decoders::html::add_html_token;

/// Elements whose content nobody sees.
#[rustfmt::skip]
const UNSEEN: [&str; 11] = [
    "script", "style", "title", "template", "noscript", "svg", "math", "object", "iframe",
    "select", "textarea",
];

/// Elements that begin a line.
#[rustfmt::skip]
const LINES: [&str; 19] = [
    "div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "address", "form",
    "center", "caption", "figure", "hr", "nav", "main", "body",
    "table",
];

/// Elements that stand apart.
#[rustfmt::skip]
const PARAGRAPHS: [&str; 12] = [
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote",
];

/// Marks before a line: deeper quotations are not told apart.
const DEEPEST_MARK: usize = 5;

/// Bytes of the longest entity, `&CounterClockwiseContourIntegral;`.
const LONGEST_ENTITY: usize = 33;

/// The text of this HTML.
pub(super) fn as_text(html: &str) -> String {
    let mut reader = Reader {
        html,
        unclosed: Vec::new(),
        quotes_end: true,
    };
    let mut page = Page::default();
    let mut at = 0;
    while at < html.len() {
        let next = html[at..].find('<').map_or(html.len(), |found| at + found);
        page.words(&html[at..next]);
        at = match reader.tag(next) {
            Some((tag, end)) => {
                page.tag(tag);
                reader.past_unseen(tag, end)
            }
            None => {
                page.words(&html[next..(next + 1).min(html.len())]);
                next + 1
            }
        };
    }
    page.finish()
}

/// Finds where tags end. Everything that could make it look at a stretch again and
/// again is remembered.
struct Reader<'a> {
    html: &'a str,
    /// Elements that are known not to end.
    unclosed: Vec<&'static str>,
    /// Whether quotation marks within tags come in pairs, as far as is known.
    quotes_end: bool,
}

impl<'a> Reader<'a> {
    /// The tag that begins at `start`, without its brackets, and what comes behind it;
    /// `None` for a sign that begins none.
    fn tag(&mut self, start: usize) -> Option<(&'a str, usize)> {
        let rest = self.html.get(start + 1..)?;
        if let Some(comment) = rest.strip_prefix("!--") {
            let end = comment.find("-->").map(|end| start + 4 + end + 3);
            return Some(("", end.unwrap_or(self.html.len())));
        }
        let first = rest.bytes().next()?;
        if !(first.is_ascii_alphabetic() || matches!(first, b'/' | b'!' | b'?')) {
            return None;
        }
        if self.quotes_end {
            match end_of_tag(rest) {
                Some(end) => return Some((&rest[..end], start + 1 + end + 1)),
                None => self.quotes_end = false,
            }
        }
        let end = rest.find('>');
        let behind = end.map_or(self.html.len(), |end| start + 1 + end + 1);
        Some((&rest[..end.unwrap_or(rest.len())], behind))
    }

    /// Where to go on behind a tag that ends at `end`: behind the whole element where
    /// nobody sees what is in it.
    fn past_unseen(&mut self, tag: &str, end: usize) -> usize {
        let name = name_of(tag);
        let Some(name) = UNSEEN
            .into_iter()
            .find(|unseen| name.eq_ignore_ascii_case(unseen))
        else {
            return end;
        };
        if tag.ends_with('/') || self.unclosed.contains(&name) {
            return end;
        }
        match find_close(&self.html[end..], name) {
            Some(found) => end + found,
            // Better a script that is read than a letter that is not.
            None => {
                self.unclosed.push(name);
                end
            }
        }
    }
}

/// Where a tag ends that may have `>` within quotation marks.
pub(super) fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Where the closing tag of this name begins.
fn find_close(html: &str, name: &str) -> Option<usize> {
    html.match_indices("</").map(|(at, _)| at).find(|at| {
        let found = html.as_bytes().get(at + 2..at + 2 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    })
}

fn name_of(tag: &str) -> &str {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
    &tag[..end.unwrap_or(tag.len())]
}

/// The text as it grows.
#[derive(Default)]
struct Page {
    text: String,
    /// Line ends that are due before the next word.
    breaks: usize,
    /// Whether a space is.
    space: bool,
    /// For each open `blockquote`, whether it quotes; others only indent.
    quotes: Vec<bool>,
    /// How many of them do.
    depth: usize,
    /// Open elements whose line ends count.
    preformatted: usize,
}

impl Page {
    fn tag(&mut self, tag: &str) {
        let (tag, closes) = match tag.strip_prefix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let name = name_of(tag).to_ascii_lowercase();
        match name.as_str() {
            "br" => self.breaks += 1,
            "td" | "th" => self.space = true,
            name if LINES.contains(&name) => self.breaks = self.breaks.max(1),
            name if PARAGRAPHS.contains(&name) => self.breaks = self.breaks.max(2),
            _ => {}
        }
        match name.as_str() {
            "pre" if closes => self.preformatted = self.preformatted.saturating_sub(1),
            "pre" => self.preformatted += 1,
            "blockquote" if closes => self.depth -= usize::from(self.quotes.pop() == Some(true)),
            "blockquote" => {
                let attributes = tag.to_ascii_lowercase();
                let quotes = attributes.contains("cite") || attributes.contains("_quote");
                self.quotes.push(quotes);
                self.depth += usize::from(quotes);
            }
            "li" if !closes => self.words("- "),
            _ => {}
        }
    }

    /// Text between tags.
    fn words(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            if c == '\n' && self.preformatted > 0 {
                self.breaks += 1;
                rest = &rest[1..];
            } else if c.is_whitespace() {
                self.space = true;
                rest = &rest[c.len_utf8()..];
            } else {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                self.word(&rest[..end]);
                rest = &rest[end..];
            }
        }
    }

    fn word(&mut self, word: &str) {
        let mut rest = word;
        while let Some(at) = rest.find('&') {
            self.plain(&rest[..at]);
            rest = &rest[at..];
            let near = rest.bytes().take(LONGEST_ENTITY).position(|b| b == b';');
            let end = near.map_or(1, |end| end + 1);
            let mut sign = String::new();
            add_html_token(&mut sign, &rest.as_bytes()[..end], false);
            match sign.trim().is_empty() {
                true => self.space = true,
                false => self.plain(&sign),
            }
            rest = &rest[end..];
        }
        self.plain(rest);
    }

    fn plain(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.text.is_empty() {
            self.mark();
        } else if self.breaks > 0 {
            for _ in 0..self.breaks.min(2) {
                self.text.push('\n');
                self.mark();
            }
        } else if self.space {
            self.text.push(' ');
        }
        (self.breaks, self.space) = (0, false);
        self.text.push_str(text);
    }

    fn mark(&mut self) {
        for _ in 0..self.depth.min(DEEPEST_MARK) {
            self.text.push('>');
        }
        if self.depth > 0 {
            self.text.push(' ');
        }
    }

    fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_what_a_person_sees() {
        for (html, text) in [
            (
                "<p>Dear  Sirs,</p>\n<p>it is<br>late.</p>",
                "Dear Sirs,\n\nit is\nlate.",
            ),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("<b>bo</b>ld", "bold"),
            (
                "a &amp; b &lt;c&gt; &#65;&#x42; &eacute;&nbsp;x &unknown; R&D",
                "a & b <c> AB é x &unknown; R&D",
            ),
            (
                "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>",
                "1 2\n3",
            ),
            ("<ul><li>a<li>b</ul>", "- a\n- b"),
            (
                "<head><title>t</title><style>p{}</style></head><body>x",
                "x",
            ),
            ("x<script>if (a<b) '</p>'</script>y<!-- <p> -->z", "xyz"),
            ("<a href='a>b' title=\"<p>\">link</a>", "link"),
            ("2 < 3 and <3", "2 < 3 and <3"),
            ("<pre>a\n  b</pre>", "a\nb"),
            ("<script>never ends", "never ends"),
            ("<img alt=\"never ends> text", "text"),
            ("<p", ""),
            ("<!-- never ends", ""),
            ("", ""),
        ] {
            assert_eq!(as_text(html), text, "{html}");
        }
    }

    #[test]
    fn quotations_are_marked_and_indents_are_not() {
        let html = "New<blockquote type=\"cite\">a<br>b<blockquote class='gmail_quote'>c\
                    </blockquote></blockquote><blockquote>in</blockquote>";
        assert_eq!(as_text(html), "New\n> \n> a\n> b\n>> \n>> c\n\nin");
    }

    #[test]
    fn hostile_pages_take_one_pass() {
        for piece in [
            "<a \"",
            "<script>",
            "<blockquote cite>x",
            "&",
            "<!--",
            "</",
            "<a '>x",
        ] {
            let html = piece.repeat(200_000);
            let start = std::time::Instant::now();
            as_text(&html);
            assert!(start.elapsed().as_secs() < 5, "{piece}");
        }
    }
}
