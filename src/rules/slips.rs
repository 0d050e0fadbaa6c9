//! What print and OCR do to a word, in one place: every phrase of the rules file
//! is plain text, and its tolerance comes from here.
//!
//! Shapes that no reader can tell apart (`l 1 I |`, `0 O`, `5 S`, `rn m`, `cl d`,
//! `vv w`) are folded into one on both sides, in words of any length. One further
//! slip is forgiven where the word is long enough to stay itself: a lookalike from
//! [`LOOKALIKES`] in words of [`LOOKALIKE_LETTERS`], any wrong, missing or added
//! letter in words of [`ANY_SLIP_LETTERS`].

/// Letters a word needs before a lookalike is forgiven: in "late" and "fate" or
/// "bad" and "had" the lookalike is another word.
pub(super) const LOOKALIKE_LETTERS: usize = 5;

/// Letters a word needs before any one slip is forgiven: "cancel" and "cancer",
/// "billing" and "willing" are one slip apart, pairs of eight letters or more are rare.
pub(super) const ANY_SLIP_LETTERS: usize = 8;

/// Shapes that OCR confuses now and then, after [`fold`]; each way round.
const LOOKALIKES: [(&[u8], &[u8]); 19] = [
    (b"c", b"e"),
    (b"c", b"o"),
    (b"e", b"o"),
    (b"h", b"b"),
    (b"n", b"u"),
    (b"u", b"v"),
    (b"v", b"y"),
    (b"f", b"t"),
    (b"i", b"t"),
    (b"d", b"ci"),
    (b"d", b"oi"),
    (b"m", b"ru"),
    (b"d", b"ei"),
    (b"m", b"nn"),
    (b"m", b"in"),
    (b"m", b"ni"),
    (b"n", b"ri"),
    (b"u", b"ii"),
    (b"h", b"ii"),
];

/// The lookalikes in both directions: what the word has, what was read instead.
pub(super) fn lookalikes() -> impl Iterator<Item = (&'static [u8], &'static [u8])> {
    LOOKALIKES.into_iter().flat_map(|(a, b)| [(a, b), (b, a)])
}

/// A word with its indistinguishable shapes made one: ASCII, lower case, no signs
/// but letters and the digits that resemble none.
pub(super) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    let mut signs = word.chars().flat_map(char::to_lowercase).peekable();
    while let Some(sign) = signs.next() {
        let joined = match (sign, signs.peek()) {
            ('r', Some('n')) => Some('m'),
            ('v', Some('v')) => Some('w'),
            ('c', Some('l' | '1' | '|')) => Some('d'),
            _ => None,
        };
        if joined.is_some() {
            signs.next();
        }
        folded.extend(joined.or_else(|| shape(sign)));
    }
    folded
}

/// The word letter by letter: where a slip has made a pair that [`fold`] joins, as in
/// "trnsplant", the word is found by this.
pub(super) fn fold_letters(word: &str) -> String {
    word.chars()
        .flat_map(char::to_lowercase)
        .filter_map(shape)
        .collect()
}

/// The one letter that stands for all of its shape.
fn shape(sign: char) -> Option<char> {
    match sign {
        'l' | '1' | '|' | '!' | 'j' | 'í' | 'ï' | 'î' | 'ì' => Some('i'),
        '0' | 'ö' | 'ó' | 'ò' | 'ô' | 'õ' | 'ø' => Some('o'),
        '5' | '$' => Some('s'),
        '6' | '8' => Some('b'),
        '9' | 'q' => Some('g'),
        '2' => Some('z'),
        '4' | 'á' | 'à' | 'â' | 'ä' | 'å' | 'ã' => Some('a'),
        'é' | 'è' | 'ê' | 'ë' | '€' => Some('e'),
        'ú' | 'ù' | 'û' | 'ü' => Some('u'),
        'ç' => Some('c'),
        'ñ' => Some('n'),
        _ => sign.is_ascii_alphanumeric().then_some(sign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_shape_one_letter() {
        for (read, meant) in [
            ("So1icitor", "solicitor"),
            ("c0urt", "court"),
            ("ombudsrnan", "ombudsman"),
            ("dedine", "decline"),
            ("vvidow", "widow"),
            ("1CO", "ICO"),
            ("di5ab1ed", "disabled"),
        ] {
            assert_eq!(fold(read), fold(meant), "{read}");
        }
    }

    #[test]
    fn other_words_stay_apart() {
        for (one, other) in [("court", "count"), ("blind", "bland"), ("late", "fate")] {
            assert_ne!(fold(one), fold(other));
        }
    }
}
