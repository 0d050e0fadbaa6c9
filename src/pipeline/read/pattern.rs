//! Patterns that are constants of the program, compiled when first used.

/// `pattern!(NAME, "regex")`: a static pattern.
macro_rules! pattern {
    ($(#[$about:meta])* $name:ident, $text:expr) => {
        $(#[$about])*
        static $name: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "a constant that every test run compiles")]
            regex::Regex::new($text).expect("a constant pattern")
        });
    };
}

pub(super) use pattern;
