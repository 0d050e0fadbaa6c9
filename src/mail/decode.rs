//! Bytes as they travel, made what they were: transfer encodings and character sets.
//! Nothing here fails: what is broken is left out or shown as a replacement sign.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

/// Bytes at the start of a page in which its character set is named, by the standard.
const PAGE_HEAD: usize = 1_024;

/// A part's content without the encoding that it travelled in. An encoding that nobody
/// knows is left as it is.
pub(super) fn content<'a>(body: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding {
        "base64" => base64(body).into(),
        "quoted-printable" => quoted_printable(body).into(),
        _ => body.into(),
    }
}

/// Text of a character set. Where none is named, or one that nobody knows, it is UTF-8
/// if it can be, else what Windows wrote in western Europe.
pub(super) fn text(bytes: &[u8], charset: Option<&str>) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let charset = charset.map(|name| name.trim().to_ascii_lowercase());
    match charset.as_deref() {
        // Programs that say ASCII and write something else do not mean ASCII.
        None | Some("us-ascii" | "ascii" | "") => guessed(bytes),
        Some("utf-8" | "utf8") => utf8(bytes),
        Some(name) => match charset_decoder(name.as_bytes()) {
            Some(decoder) => decoder(bytes),
            None => guessed(bytes),
        },
    }
}

/// The character set that a page of HTML names in its first lines.
pub(super) fn charset_of_page(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(PAGE_HEAD)]);
    let start = start.to_ascii_lowercase();
    let (_, named) = start.split_once("charset=")?;
    let named = named.trim_start_matches(['"', '\'']);
    let end = named.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.:".contains(c)));
    Some(named[..end.unwrap_or(named.len())].to_owned())
}

/// UTF-8; where nothing beyond ASCII in it is, it was called so by mistake.
fn utf8(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let is_wrong = |c: char| c == char::REPLACEMENT_CHARACTER;
    let mistaken = text.contains(is_wrong) && text.chars().all(|c| c.is_ascii() || is_wrong(c));
    match mistaken {
        true => guessed(bytes),
        false => text.into_owned(),
    }
}

/// The lines of a header as text, each by itself: relays add lines of their own to one
/// that was written in another character set.
pub(super) fn header(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(guessed)
        .collect()
}

fn guessed(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => match charset_decoder(b"cp1252") {
            Some(decoder) => decoder(bytes),
            None => String::from_utf8_lossy(bytes).into_owned(),
        },
    }
}

/// Base64, whatever else stands between its letters. Padding ends a run of it and not
/// the part: two encodings one after the other are common.
fn base64(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                (held, bits) = (0, 0);
                continue;
            }
            _ => continue,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

/// Quoted-printable; an escape that is none stands for itself.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let end = line.trim_ascii_end();
        let ending = &line[line.len() - line.iter().rev().take_while(|b| is_end(**b)).count()..];
        // Spaces at a line's end were added on the way; `=` there joins two lines.
        let (line, ending) = match end.strip_suffix(b"=") {
            Some(joined) => (joined, &b""[..]),
            None => (end, ending),
        };
        unescape(line, &mut bytes);
        bytes.extend_from_slice(ending);
    }
    bytes
}

const fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn unescape(line: &[u8], bytes: &mut Vec<u8>) {
    let mut rest = line;
    while let Some((first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'=', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_whatever_stands_between() {
        for text in ["aGVs\r\nbG8=", "aGVsbG8", "aG*Vs bG8=\n--", "aGU=bGxv"] {
            assert_eq!(*content(text.as_bytes(), "base64"), *b"hello", "{text}");
        }
        assert!(content(b"!", "base64").is_empty());
    }

    #[test]
    fn quoted_printable_is_read_and_what_is_none_stands() {
        for (text, plain) in [
            ("a=20b=\r\nc  \r\n", "a bc\r\n"),
            ("1=2 =ZZ =", "1=2 =ZZ "),
            ("x=3D1\n\n", "x=1\n\n"),
            ("=E2=82=ac", "\u{20ac}"),
        ] {
            let decoded = content(text.as_bytes(), "quoted-printable");
            assert_eq!(decoded, plain.as_bytes(), "{text}");
        }
    }

    #[test]
    fn a_character_set_is_believed_where_it_can_be() {
        for (bytes, charset, plain) in [
            (&b"caf\xe9"[..], Some("iso-8859-1"), "caf\u{e9}"),
            (b"caf\xe9", Some("US-ASCII"), "caf\u{e9}"),
            (b"caf\xe9", Some("klingon"), "caf\u{e9}"),
            (b"caf\xc3\xa9", None, "caf\u{e9}"),
            (b"caf\xe9", Some("utf-8"), "caf\u{e9}"),
            (b"\xc3\xa9\xe9", Some("UTF-8"), "\u{e9}\u{fffd}"),
            (b"\xef\xbb\xbfcaf\xc3\xa9", Some("utf-8"), "caf\u{e9}"),
            (b"\x1b$B$3\x1b(B", Some("iso-2022-jp"), "\u{3053}"),
            (b"\xb0\xa1", Some("gb2312"), "\u{554a}"),
        ] {
            assert_eq!(text(bytes, charset), plain, "{charset:?}");
        }
        let page = b"<meta content='text/html; charset=koi8-r'>";
        assert_eq!(charset_of_page(page).as_deref(), Some("koi8-r"));
        assert_eq!(
            charset_of_page(b"<meta charset=\"utf-8\">").as_deref(),
            Some("utf-8")
        );
        assert_eq!(charset_of_page(b"<p>"), None);
        assert_eq!(header(b"A: \xe9\nB: \xc3\xa9\n"), "A: \u{e9}\nB: \u{e9}\n");
    }
}
