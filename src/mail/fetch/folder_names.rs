//! Names of mailboxes as they are said to a server: modified UTF-7 (RFC 3501, 5.1.3),
//! between quotation marks.

use super::FetchError;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// A name for a command. One that would end the command is refused.
pub(super) fn quoted(name: &str) -> Result<String, FetchError> {
    if name.is_empty() || name.contains(char::is_control) {
        return Err(FetchError::BadName {
            name: name.escape_debug().to_string(),
        });
    }
    let name = encoded(name).replace('\\', "\\\\").replace('"', "\\\"");
    Ok(format!("\"{name}\""))
}

fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while !rest.is_empty() {
        let plain = rest.find(|c: char| !c.is_ascii()).unwrap_or(rest.len());
        text.push_str(&rest[..plain].replace('&', "&-"));
        rest = &rest[plain..];
        let foreign = rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len());
        if foreign > 0 {
            shifted(&rest[..foreign], &mut text);
        }
        rest = &rest[foreign..];
    }
    text
}

/// UTF-16 in a base64 of its own, without padding, between `&` and `-`.
fn shifted(foreign: &str, text: &mut String) {
    let letter = |sextet: u32| char::from(LETTERS[(sextet & 63) as usize]);
    let (mut held, mut bits) = (0_u32, 0_u32);
    text.push('&');
    for unit in foreign.encode_utf16() {
        held = held << 16 | u32::from(unit);
        bits += 16;
        while bits >= 6 {
            bits -= 6;
            text.push(letter(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(letter(held << (6 - bits)));
    }
    text.push('-');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_said_as_the_standard_says_them() {
        for (name, said) in [
            ("INBOX", "\"INBOX\""),
            ("a \"b\" \\c", "\"a \\\"b\\\" \\\\c\""),
            ("Entwürfe", "\"Entw&APw-rfe\""),
            ("Tom & Ann", "\"Tom &- Ann\""),
            // The example of the standard.
            (
                "~peter/mail/台北/日本語",
                "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\"",
            ),
            ("😀", "\"&2D3eAA-\""),
        ] {
            assert_eq!(quoted(name).unwrap(), said, "{name}");
        }
        for name in ["", "a\r\nA1 LOGOUT", "a\0"] {
            assert!(quoted(name).is_err(), "{name:?}");
        }
    }
}
