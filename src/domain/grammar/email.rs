//! E-mail addresses in print: the plain `local@domain` that people put in a
//! letterhead, not everything that RFC 5322 allows.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;

/// A plain e-mail address; its domain is in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// The text is not an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an e-mail address, which looks like name@example.org")]
pub struct NotAnEmailAddress(String);

static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
    // A constant, which the tests compile.
    Regex::new(r"^[A-Za-z0-9][A-Za-z0-9._%+'\-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,18}$")
        .expect("a constant pattern")
});

impl EmailAddress {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnEmailAddress;

    /// Takes the address alone; brackets and punctuation around it are dropped.
    fn from_str(text: &str) -> Result<Self, NotAnEmailAddress> {
        let bare = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let refused = || NotAnEmailAddress(text.to_owned());
        if !SHAPE.is_match(bare) || bare.contains("..") {
            return Err(refused());
        }
        let (local, domain) = bare.split_once('@').ok_or_else(refused)?;
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_printed() {
        for (text, address) in [
            ("m.rahman@example.org", "m.rahman@example.org"),
            ("<J.Smith@Example.CO.UK>,", "J.Smith@example.co.uk"),
        ] {
            assert_eq!(text.parse::<EmailAddress>().unwrap().as_str(), address);
        }
        for text in [
            "",
            "help",
            "a@b",
            "a b@c.org",
            "a@@b.org",
            "@example.org",
            "a..b@c.org",
        ] {
            assert!(text.parse::<EmailAddress>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,40}") {
            if let Ok(address) = text.parse::<EmailAddress>() {
                prop_assert_eq!(address.as_str().parse::<EmailAddress>(), Ok(address.clone()));
            }
        }
    }
}
