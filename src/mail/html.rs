//! HTML that came in a message, made safe to look at: no script runs, no form is sent,
//! and nothing is fetched, so that nobody learns that, when or where it was read.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use ammonia::{Builder, UrlRelative};

use super::html_text::{as_text, end_of_tag};

#[cfg(test)]
mod tests;

/// A page that may be put into one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeHtml {
    /// A piece of HTML without `html` and `body`.
    pub html: String,
    /// Pictures that are not shown because they would have been fetched.
    pub blocked_images: usize,
}

/// Tags of a page that is still shown as one. Building a page can take time by the
/// square of its depth; the longest newsletters have some thousands.
const MOST_TAGS: usize = 20_000;

/// Media types of pictures that a browser draws and does not run.
const PICTURES: [&str; 5] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/bmp",
];

/// Kinds of links that a person may follow.
const LINKS: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Elements that are shown. What fetches, plays, asks or places itself is not among
/// them; of elements that are not, what is written in them stays.
#[rustfmt::skip]
const ELEMENTS: [&str; 56] = [
    "a", "abbr", "address", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center",
    "cite", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "tt", "u", "ul",
];

/// Elements that vanish with all that is in them.
#[rustfmt::skip]
const VANISHING: [&str; 12] = [
    "script", "style", "title", "template", "noscript", "iframe", "object", "embed", "svg",
    "math", "select", "textarea",
];

/// Attributes that only lay things out. `style`, `class` and `id` are not among them:
/// styles can fetch, and all three can lay one thing over another of ours.
#[rustfmt::skip]
const LAYOUT: [&str; 10] = [
    "align", "valign", "width", "height", "colspan", "rowspan", "dir", "lang", "color", "bgcolor",
];

/// Makes HTML safe. `inline` has, for the name of each picture that came with the
/// message (`cid:`, an attachment's `content_id`), the address by which our page shows it: a path of ours that starts
/// with `/`, or a `data:` address of a picture. Any other address is not used.
pub fn safe(html: &str, inline: &BTreeMap<String, String>) -> SafeHtml {
    if html.bytes().filter(|byte| *byte == b'<').count() > MOST_TAGS {
        return plain(html);
    }
    let ours = inline.iter().filter(|(_, address)| is_ours(address));
    let ours: BTreeMap<String, String> = ours.map(|(a, b)| (a.clone(), b.clone())).collect();
    let cleaned = builder()
        .attribute_filter(
            move |element, attribute, value| match (element, attribute) {
                ("img", "src") => picture(value, &ours).map(Cow::Owned),
                ("a", "href") => is_link(value).then_some(Cow::Borrowed(value)),
                _ => Some(Cow::Borrowed(value)),
            },
        )
        .clean(html)
        .to_string();
    with_placeholders(&cleaned)
}

/// Says which elements and attributes stay. Addresses are judged one by one by the
/// filter, so all kinds that it may let through must come to it.
fn builder() -> Builder<'static> {
    let attributes = [
        ("a", vec!["href"]),
        ("img", vec!["src", "alt"]),
        ("ol", vec!["start"]),
        ("font", vec!["size", "face"]),
        ("table", vec!["border", "cellpadding", "cellspacing"]),
    ];
    let attributes: HashMap<_, HashSet<_>> = attributes
        .into_iter()
        .map(|(element, names)| (element, names.into_iter().collect()))
        .collect();
    let schemes = LINKS.into_iter().chain(["cid", "data"]);
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.into_iter().collect())
        .clean_content_tags(VANISHING.into_iter().collect())
        .tag_attributes(attributes)
        .generic_attributes(LAYOUT.into_iter().collect())
        .url_schemes(schemes.collect())
        .url_relative(UrlRelative::PassThrough)
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
}

/// The address from which a picture may be shown: it came with the message, or stands
/// in the page itself.
fn picture(source: &str, inline: &BTreeMap<String, String>) -> Option<String> {
    let source = source.trim();
    if let Some((scheme, name)) = source.split_once(':')
        && scheme.eq_ignore_ascii_case("cid")
    {
        // In an address the sign may be written by its number.
        let name = name.replace("%40", "@");
        return inline.get(name.trim()).cloned();
    }
    is_drawn(source).then(|| source.to_owned())
}

/// Whether an address holds a picture itself, of a kind that cannot run anything.
fn is_drawn(address: &str) -> bool {
    let Some(("data", content)) = address.split_once(':') else {
        return false;
    };
    let media = content.split([';', ',']).next().unwrap_or_default();
    PICTURES.contains(&media.to_ascii_lowercase().as_str())
}

/// A path on our own server, not one that names another server, or a picture.
fn is_ours(address: &str) -> bool {
    let is_path = address.starts_with('/') && !address[1..].starts_with(['/', '\\']);
    is_path || is_drawn(address)
}

/// Browsers leave out spaces and control characters before they read a scheme.
fn is_link(address: &str) -> bool {
    let bare = |c: &char| !c.is_whitespace() && !c.is_control();
    let scheme: String = address
        .chars()
        .filter(bare)
        .take_while(|c| *c != ':')
        .collect();
    LINKS.contains(&scheme.to_ascii_lowercase().as_str())
}

/// Puts words where a picture has no address left. The page was written by the cleaner,
/// so each value stands between double quotes and has none within.
fn with_placeholders(cleaned: &str) -> SafeHtml {
    let mut html = String::with_capacity(cleaned.len());
    let mut blocked_images = 0;
    let mut rest = cleaned;
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let end = end_of_tag(tag).unwrap_or(tag.len());
        html.push_str(&rest[..start]);
        match blocked(&tag[..end]) {
            Some(words) => {
                blocked_images += 1;
                html.push_str(&words);
            }
            None => html.push_str(&rest[start..(start + end + 2).min(rest.len())]),
        }
        rest = tag.get(end + 1..).unwrap_or_default();
    }
    html.push_str(rest);
    SafeHtml {
        html,
        blocked_images,
    }
}

/// What stands for a picture that has no source.
fn blocked(tag: &str) -> Option<String> {
    let attributes = tag.strip_prefix("img")?;
    let pieces: Vec<&str> = attributes.split('"').collect();
    let value = |name: &str| {
        let mut pairs = pieces.chunks_exact(2);
        pairs
            .find(|pair| pair[0].trim() == name)
            .map(|pair| pair[1])
    };
    if value("src=").is_some() {
        return None;
    }
    let words = value("alt=").unwrap_or_default().trim();
    let words = words.replace('<', "&lt;").replace('>', "&gt;");
    Some(match words.is_empty() {
        true => "<span>[picture not loaded]</span>".to_owned(),
        false => format!("<span>[picture not loaded: {words}]</span>"),
    })
}

/// A page that is too much of one, as its text.
fn plain(html: &str) -> SafeHtml {
    let text = as_text(html).replace('&', "&amp;");
    let text = text.replace('<', "&lt;").replace('>', "&gt;");
    SafeHtml {
        blocked_images: html.to_ascii_lowercase().matches("<img").count(),
        html: format!("<pre>{text}</pre>"),
    }
}
