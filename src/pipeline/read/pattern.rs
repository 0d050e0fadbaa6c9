//! Patterns that are constants of the program, compiled when first used.

/// `pattern!(NAME, "regex")`: a static pattern.
macro_rules! pattern {
    ($(#[$about:meta])* $name:ident, $text:expr) => {
        $(#[$about])*
        static $name: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
            // Every test run compiles each of them.
            regex::Regex::new($text).expect("a constant pattern")
        });
    };
}

pub(super) use pattern;
