//! Names of attached files, made harmless: a sender chooses them, and people save and
//! open what they name.

/// Characters of a name. Most file systems stop at 255 bytes.
const LONGEST_NAME: usize = 200;

/// Characters of what follows a name's last dot that are kept when it is cut.
const LONGEST_ENDING: usize = 10;

/// What a file is called when its sender did not say, by its media type.
const ENDINGS: [(&str, &str); 14] = [
    ("message/rfc822", "eml"),
    ("message/global", "eml"),
    ("message/delivery-status", "txt"),
    ("text/plain", "txt"),
    ("text/html", "html"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/gif", "gif"),
    ("application/pdf", "pdf"),
    ("application/ms-tnef", "dat"),
    ("application/pkcs7-signature", "p7s"),
    ("application/pgp-signature", "asc"),
];

/// A harmless name: of what was given, without the folder, without control characters
/// and those that turn the direction of writing (`exe.gpj` would be read as `jpg.exe`),
/// without what a system takes for more than a name. Nothing where nothing is left.
pub(super) fn harmless(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !is_hidden(*c)).map(plain).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    match is_device(name) {
        true => cut(&format!("_{name}")),
        false => cut(name),
    }
}

/// A name for the attachment of this number that has none.
pub(super) fn numbered(media: &str, number: usize) -> String {
    let known = ENDINGS.iter().find(|(of, _)| *of == media);
    let ending = known.map_or("bin", |(_, ending)| ending);
    format!("attachment-{number}.{ending}")
}

/// Control characters, and marks that show nothing but change how the rest is shown.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

const fn plain(c: char) -> char {
    match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
        c => c,
    }
}

/// Names that Windows takes for devices, whatever ending they have.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim();
    let stem = stem.to_ascii_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|device| {
        let number = stem.strip_prefix(device);
        number.is_some_and(|n| n.len() == 1 && n.chars().all(|c| c.is_ascii_digit()))
    });
    numbered || ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
}

fn cut(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ending = ending.filter(|ending| ending.chars().count() <= LONGEST_ENDING);
    let kept = LONGEST_NAME - LONGEST_ENDING - 1;
    let stem: String = name.chars().take(kept).collect();
    match ending {
        Some(ending) => format!("{stem}.{ending}"),
        None => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_no_harm() {
        for (given, expected) in [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ann\\a.doc", "a.doc"),
            ("/", ""),
            ("..", ""),
            (".bashrc", "bashrc"),
            ("a\0b\r\nc.txt", "abc.txt"),
            ("invoice\u{202e}gpj.exe", "invoicegpj.exe"),
            ("a:b?.txt", "a_b_.txt"),
            ("con.txt", "_con.txt"),
            ("LPT1", "_LPT1"),
            ("Lpt1é", "Lpt1é"),
            ("  ", ""),
            ("Rechnung März.pdf", "Rechnung März.pdf"),
        ] {
            assert_eq!(harmless(given), expected, "{given:?}");
        }
        assert_eq!(numbered("message/rfc822", 1), "attachment-1.eml");
        assert_eq!(numbered("x/y", 2), "attachment-2.bin");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = harmless(&format!("{}.jpeg", "é".repeat(500)));
        assert!(
            long.chars().count() <= LONGEST_NAME && long.ends_with("é.jpeg"),
            "{long}"
        );
        let long = harmless(&format!("a.{}", "x".repeat(500)));
        assert!(long.chars().count() <= LONGEST_NAME, "{long}");
    }
}
