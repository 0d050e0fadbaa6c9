//! A message taken apart into its parts, by MIME (RFC 2045 to 2049). A message within a
//! message is a file and is not opened: whoever nests a million of them gains nothing.

use crate::domain::rejection::{Rejection, RejectionCode};

use super::MailLimits;
use super::headers::Headers;

/// A part with its header read.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// Its header.
    pub(super) headers: Headers,
    /// Its media type, lower case.
    pub(super) media: String,
    /// All below its header, as it travelled.
    pub(super) body: &'a [u8],
    /// The parts that it only holds together; none in one that is a leaf.
    pub(super) children: Vec<Self>,
}

impl<'a> Part<'a> {
    /// Takes a whole message apart.
    pub(super) fn of(raw: &'a [u8], limits: &MailLimits) -> Result<Self, Rejection> {
        Splitter { limits, parts: 0 }.part(raw, "text/plain", 0)
    }
}

struct Splitter<'a> {
    limits: &'a MailLimits,
    parts: usize,
}

impl Splitter<'_> {
    /// `media` is what a part is that does not say it. No deeper than the limit of
    /// nesting, so the stack is safe.
    fn part<'a>(
        &mut self,
        bytes: &'a [u8],
        media: &str,
        depth: usize,
    ) -> Result<Part<'a>, Rejection> {
        self.parts += 1;
        if self.parts > self.limits.parts {
            return Err(too_large(format!("over {} parts", self.limits.parts)));
        }
        if depth > self.limits.nesting {
            let deep = format!("parts {} deep within parts", self.limits.nesting);
            return Err(too_large(deep));
        }
        let (header, body) = split_header(bytes);
        if header.len() > self.limits.header_bytes {
            let bytes = self.limits.header_bytes;
            return Err(too_large(format!("a header of over {bytes} bytes")));
        }
        let headers = Headers::read(header);
        let media = headers.media().unwrap_or_else(|| media.to_owned());
        let children = self.children(&headers, &media, body, depth)?;
        Ok(Part {
            headers,
            media,
            body,
            children,
        })
    }

    fn children<'a>(
        &mut self,
        headers: &Headers,
        media: &str,
        body: &'a [u8],
        depth: usize,
    ) -> Result<Vec<Part<'a>>, Rejection> {
        if !media.starts_with("multipart/") {
            return Ok(Vec::new());
        }
        let within = match media {
            "multipart/digest" => "message/rfc822",
            _ => "text/plain",
        };
        let boundary = headers.parameter("boundary").map(str::as_bytes);
        let Some(boundary) = boundary.or_else(|| guessed_boundary(body)) else {
            return Ok(Vec::new());
        };
        between(body, boundary)
            .take(self.limits.parts + 1)
            .map(|bytes| self.part(bytes, within, depth + 1))
            .collect()
    }
}

fn too_large(what: String) -> Rejection {
    Rejection::new(
        RejectionCode::TooLarge,
        format!("the message has {what}; look at it in a mail program"),
    )
}

/// The lines up to the first empty one, and all after it.
pub(super) fn split_header(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while at < bytes.len() {
        let line = line_at(bytes, at);
        if line.trim_ascii_end().is_empty() {
            return (&bytes[..at], &bytes[at + line.len()..]);
        }
        at += line.len();
    }
    (bytes, &[])
}

/// What lies between the lines that part a body. What stands before the first and after
/// the last is for programs that do not know MIME.
fn between<'a>(body: &'a [u8], boundary: &[u8]) -> impl Iterator<Item = &'a [u8]> {
    let boundary = boundary.trim_ascii_end();
    let mut at = 0;
    let mut begun = None;
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended && at < body.len() {
            let (here, line) = (at, line_at(body, at));
            at += line.len();
            let Some(is_last) = parting(line, boundary) else {
                continue;
            };
            ended = is_last;
            let start = begun.replace(at);
            if let Some(start) = start {
                return Some(without_line_end(&body[start..here]));
            }
        }
        // A message that was cut off ends without its last line.
        let start = begun.take().filter(|_| !ended)?;
        ended = true;
        body.get(start..).filter(|rest| !rest.is_empty())
    })
}

/// Whether a line parts two parts, and whether it ends the last.
fn parting(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    match rest.trim_ascii_end() {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// A boundary for a part that forgot to name one.
fn guessed_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut lines = body
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    lines.find_map(|line| line.strip_prefix(b"--").filter(|name| !name.is_empty()))
}

fn line_at(bytes: &[u8], at: usize) -> &[u8] {
    let rest = &bytes[at..];
    let end = rest.iter().position(|byte| *byte == b'\n');
    &rest[..end.map_or(rest.len(), |end| end + 1)]
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces<'a>(body: &'a str, boundary: &'a str) -> Vec<&'a str> {
        between(body.as_bytes(), boundary.as_bytes())
            .map(|piece| std::str::from_utf8(piece).unwrap())
            .collect()
    }

    #[test]
    fn a_body_is_parted_at_its_boundary() {
        for (body, expected) in [
            (
                "pre\r\n--b\r\none\r\n--b  \r\n\r\ntwo\r\n--b--\r\npost",
                vec!["one", "\r\ntwo"],
            ),
            (
                "--b\none\n--bb\n--b--x\n--b\ntwo\n",
                vec!["one\n--bb\n--b--x", "two\n"],
            ),
            ("--b\n--b\n--b--", vec!["", ""]),
            ("no boundary", vec![]),
            ("--b", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(pieces(body, "b"), expected, "{body}");
        }
    }

    #[test]
    fn a_header_ends_at_the_first_empty_line() {
        for (bytes, header, body) in [
            ("A: b\r\n\r\nbody", "A: b\r\n", "body"),
            ("A: b\n\n\nbody", "A: b\n", "\nbody"),
            ("\nbody", "", "body"),
            ("A: b", "A: b", ""),
        ] {
            let split = split_header(bytes.as_bytes());
            assert_eq!(split, (header.as_bytes(), body.as_bytes()), "{bytes:?}");
        }
    }

    #[test]
    fn too_many_and_too_deep_are_refused() {
        let limits = MailLimits::default();
        let many = "--b\n\nx\n".repeat(limits.parts);
        let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{many}");
        let error = Part::of(many.as_bytes(), &limits).unwrap_err();
        assert_eq!(error.code, RejectionCode::TooLarge);
        let deep: String = (0..=limits.nesting + 1)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
            .collect();
        let error = Part::of(deep.as_bytes(), &limits).unwrap_err();
        assert!(error.reason.contains("deep"), "{error}");
        let header = vec![b'x'; limits.header_bytes + 1];
        assert!(Part::of(&header, &limits).is_err());
    }

    #[test]
    fn a_million_messages_within_each_other_are_one_file() {
        let deep = "Content-Type: message/rfc822\n\n".repeat(1_000_000);
        let part = Part::of(deep.as_bytes(), &MailLimits::default()).unwrap();
        assert!(part.children.is_empty());
    }

    #[test]
    fn a_boundary_that_is_not_named_is_found() {
        let raw = b"Content-Type: multipart/mixed\n\n--here\n\none\n--here--\n";
        let part = Part::of(raw, &MailLimits::default()).unwrap();
        assert_eq!(part.children[0].body, b"one");
    }
}
