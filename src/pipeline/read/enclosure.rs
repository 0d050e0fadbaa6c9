//! Pages that lie in a letter's envelope and are no letter: till receipts and
//! the envelope itself. They give no sender.

use crate::domain::letter::LetterPage;

use super::pattern::pattern;

pattern!(
    TILL,
    r"(?i)\b(?:vat (?:no|reg|number)|sub-?total|total(?: due| to pay)?|cash|change(?: due)?|card (?:sale|payment)|visa|mastercard|debit|auth(?:orisation)? code|till|cashier|merchant|aid:|contactless|items?:|[0-9]{1,2} items?|operator|refunds? within|receipt|thank you for shopping|please retain|please keep|approved|auth|mid|tid|tvr|verified by pin|order #?[0-9]+)\b"
);
pattern!(PRICE, r"(?:£|\b)[0-9]{1,4}[.,][0-9]{2}\b\s*[A-Z*]?$");
pattern!(
    /// A row of capitals, or a number alone, that ends in a price whose pence faded.
    FADED_PRICE,
    r"^(?:[A-Z0-9&/]+ ){0,4}[0-9]{1,4}[.,]$"
);
pattern!(
    GREETING,
    r"(?i)^\W{0,2}(?:dear\b|to whom it may|yours (?:sincerely|faithfully|truly))"
);
pattern!(
    POSTAGE,
    r"(?i)\b(?:royal mail|postage paid|delivered by|1st class|2nd class|first class|second class|great britain|if undelivered|return (?:to|address))\b"
);

/// Rows with till words or prices, of all rows, that make a receipt.
const TILL_SHARE: f64 = 0.3;
/// A receipt has at least so many of them.
const TILL_ROWS: usize = 4;
/// Receipts have short rows: so many words on average at most.
const TILL_WORDS: f64 = 5.5;
/// An envelope carries no more than so many words.
const ENVELOPE_WORDS: usize = 35;

/// Whether a page is a receipt or an envelope rather than a page of a letter.
pub fn is_enclosure(page: &LetterPage) -> bool {
    let lines: Vec<String> = page.text.lines.iter().map(|line| line.text()).collect();
    if lines.is_empty() || lines.iter().any(|line| GREETING.is_match(line)) {
        return false;
    }
    let words = page.text.words().count();
    is_receipt(&lines, words) || is_envelope(&lines, words)
}

fn is_receipt(lines: &[String], words: usize) -> bool {
    let till = lines
        .iter()
        .filter(|line| TILL.is_match(line) || PRICE.is_match(line) || FADED_PRICE.is_match(line))
        .count();
    let rows = lines.len() as f64;
    till >= TILL_ROWS && till as f64 >= TILL_SHARE * rows && words as f64 / rows <= TILL_WORDS
}

fn is_envelope(lines: &[String], words: usize) -> bool {
    words <= ENVELOPE_WORDS && lines.iter().any(|line| POSTAGE.is_match(line))
}
