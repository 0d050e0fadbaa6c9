//! What was bought: a noun phrase beside a verb of buying, after an order's number
//! or in the subject line.
//!
//! Only a sentence of the writer's own purchase from us is firm. Everything less
//! goes to a person, since any letter speaks of other things as well.

use std::ops::Range;

use regex::Regex;

use crate::domain::field::Found;

use super::passage::Passage;
use super::pattern::pattern;

pattern!(
    BOUGHT_BEFORE,
    r"(?x)\b(?:[IlTJ|]\s?|[Ww]e\s|who\s)(?:recently\s|have\s|had\s|only\s|just\s|also\s)*(?:purchased|bought|ordered)\s(?:(?i:a|an|the|some|my|our|your|two|three|four|five|six)\s)"
);
pattern!(
    BOUGHT_AFTER,
    r"(?x),?\s(?:[‘'(]?(?:which|that)\s)?(?:
    (?:[Il|]|we)\s(?:recently\s|have\s|had\s|only\s|just\s)*(?:purchased|bought|ordered)\b
    |(?:was\s)?(?:recently\s)?(?:purchased|bought|ordered)(?:\s(?:online|recently|last\s\w+))*\s(?:from|at|in)\s)"
);
pattern!(
    ORDER_FOR,
    r"\border\s(?:no\.?\s|number\s)?\(?[A-Z]{0,5}[/\-]?[0-9][\w\-/]*\)?,?\s(?:for|of)\s(?:(?:a|an|the|some|my|our|two|three|four|five|six)\s)"
);
pattern!(
    ON_ORDER,
    r"\son\sorder\s(?:no\.?\s|number\s)?[A-Z]{0,5}[/\-]?[0-9]"
);
pattern!(
    ARTICLE,
    r"(?:^|[\s(])(?i:a|an|the|my|our|some|two|three|four|five|six)\s"
);
pattern!(
    /// What in the sentence says that it was bought from us.
    DOCUMENT,
    r"(?i)\breceipt\b|\b(?:number|no\.?|order)\s\(?(?:[A-Z]{1,5}[-/]?)?[0-9]{4,}|\([A-Z]{1,5}[-/][0-9]"
);
pattern!(
    /// The same, after the product.
    FROM_US,
    r"(?i)^.{0,90}?\b(?:from|in|at|through|on|via|off)\syour?\b"
);
pattern!(
    PERHAPS_BEFORE,
    r"(?x)(?:£[0-9.,]+\sfor|\bwhether\syou\shad|\b[Dd]o\syou\s(?:still\s)?(?:stock|sell|keep)|\b(?:has|have|had)\sbeen\sgiven|\bto\sgive|\bstill\scover|\bpleased\s(?:I\sam\s)?with)\s(?:a|an|the|my|our|some)\s"
);
pattern!(
    PERHAPS_AFTER,
    r"(?x)(?:,\swhich\s(?:came|arrived|has|was|is)\b|\swith\sthe\s\w+\s\w+,\sbought\b|\s(?:was|were)\s(?:to\sbe\s|not\s)?delivered\b
    |\swas\s\W?handed\b|\s(?:has|have)\s(?:still\s|not\s|never\s)+(?:been\s(?:delivered|sent)|come|arrived)\b
    |\sin(?:to)?\syour\s[A-Z]\w+\s(?:shop|store|branch)\b|\sat\s£[0-9.,]+\seach\b)"
);
pattern!(
    SUBJECT_LEAD,
    r"(?ix)^(?:(?:re|subject|ref)\b[:.\s]*)?(?:(?:complaint|complain)\s(?:about|regarding|of)\s|return(?:ing)?\s(?:of\s)?|cancel(?:ling|lation\sof)?\s|ending\s|order\s\S+[:,]\s)?
    (?:(?:a|an|the|my|our)\s)?(?:(?:faulty|broken|defective|unsafe|damaged|dangerous|leaking|missing|undelivered|late)\s)*"
);

/// The writer's own purchase from us.
const FIRM_BOUGHT: f64 = 0.93;
/// What may be about another thing; always below the threshold.
const FIRM_PERHAPS: f64 = 0.7;
/// A product has at most so many words.
const PRODUCT_WORDS: usize = 6;
/// A product's article stands at most so many characters before the verb.
const REACH: usize = 70;

/// Words that end a product's name, or that are none.
const STOPS: &str = " a an the my our your his her its their this that these those which who whom whose and or but so if when while as than \
    in on at from to with without for by into onto about after before since until over under off out up down per via \
    i we you he she it they me us him them is are was were be been being has have had do does did will would shall should can could may might must \
    not no never only also again still just then there here now both each every any all bought purchased ordered delivered sent made which \
    last next yesterday today online costing priced number lasted came arrived worked ";
/// Heads that name no product.
const NO_PRODUCT: &str = " item items goods product products thing things it one ones same above following time day week month moment matter fact \
    experience order orders present presents gift gifts letter letters visit refund money points card cards receipt complaint reply delivery \
    parcel parcels package box boxes account accounts membership replacement copy deposit stuff lot few pair selection service call message note \
    word words line thanks hour minute year half discount price voucher ticket tickets store shop branch manager staff driver catalogue website enclosed problem error mistake enquiry ";
/// Heads that name one when a word stands before them: `dinner service`.
const HEADS: &str = " service box card set machine ";
/// Words before a product's name that are no part of it.
const QUALIFIERS: &str = " new brand-new faulty broken defective damaged king-size king-sized queen-size full-size lovely nice very small large big beautiful certain ";
/// What was bought instead, or of a second kind, is not what the letter is about.
const OTHERS: &str = " replacement another second spare different similar new ";

/// The product, firm or for a person to look at.
pub(super) fn find(body: &Passage<'_>, subject: Option<&str>) -> Option<Found> {
    let text = body.text();
    let own = bought(text);
    let ours = |range: &Range<usize>| {
        let (whole, rest) = sentence(text, range);
        DOCUMENT.is_match(whole)
            || FROM_US.is_match(rest)
            || subject.is_some_and(|line| names(line, &text[range.clone()]))
    };
    let firm = own.iter().find(|range| ours(range));
    if let Some(range) = firm {
        let mut found = body
            .cut(range.clone())
            .found(FIRM_BOUGHT, "what the writer says was bought");
        let differs = |other: &&Range<usize>| {
            ours(other) && !names(&text[(*other).clone()], &text[range.clone()])
        };
        found.doubt = own
            .iter()
            .find(differs)
            .map(|other| format!("'{}' was bought as well", &text[other.clone()]));
        return Some(found);
    }
    let perhaps = own.into_iter().next();
    let perhaps = perhaps
        .or_else(|| in_subject(text, subject?))
        .or_else(|| before(text, &PERHAPS_AFTER).into_iter().next())
        .or_else(|| after(text, &PERHAPS_BEFORE).into_iter().next())?;
    let mut found = body
        .cut(perhaps)
        .found(FIRM_PERHAPS, "what the letter speaks of");
    found.doubt = Some("it may not be what was bought".to_owned());
    Some(found)
}

/// Where the text tells of buying, in its order.
fn bought(text: &str) -> Vec<Range<usize>> {
    let mut found = after(text, &BOUGHT_BEFORE);
    found.extend(before(text, &BOUGHT_AFTER));
    found.extend(after(text, &ORDER_FOR));
    found.extend(before(text, &ON_ORDER));
    found.sort_by_key(|range| range.start);
    found.dedup();
    found
}

/// The products right behind a pattern.
fn after(text: &str, pattern: &Regex) -> Vec<Range<usize>> {
    let matches = pattern.find_iter(text);
    matches
        .filter_map(|found| product(text, found.end()))
        .collect()
}

/// The products between an article and a pattern.
fn before(text: &str, pattern: &Regex) -> Vec<Range<usize>> {
    let ending = |end: usize| {
        let mut start = end.saturating_sub(REACH);
        while !text.is_char_boundary(start) {
            start += 1;
        }
        let articles: Vec<_> = ARTICLE.find_iter(&text[start..end]).collect();
        let mut phrases = articles.iter().rev();
        phrases.find_map(|article| {
            product(text, start + article.end()).filter(|range| range.end == end)
        })
    };
    let matches = pattern.find_iter(text);
    matches.filter_map(|found| ending(found.start())).collect()
}

/// The noun phrase from here: words in lower case up to one that ends it.
fn product(text: &str, start: usize) -> Option<Range<usize>> {
    let mut from = start;
    let mut end = start;
    let mut at = start;
    let mut words: Vec<&str> = Vec::new();
    for word in text[start..].split(' ') {
        let bare = word.trim_end_matches([',', '.', ';', ':', ')', '?', '!', '"', '”', '’']);
        let last = bare.len() < word.len();
        let joins = bare == "of" && !words.is_empty();
        if !joins && (lists(STOPS, bare) || bare == "of" || !is_lower(bare)) {
            // A maker's name may stand before the thing.
            if words.is_empty() && is_maker(bare) && !last && from == start {
                at += word.len() + 1;
                from = at;
                continue;
            }
            // A word that was not read as one: the name may go on.
            let ends =
                joins || lists(STOPS, bare) || bare.starts_with(ends_a_name) || bare.is_empty();
            if !ends && bare != "of" {
                return None;
            }
            break;
        }
        if words.is_empty() && lists(OTHERS, bare) && bare != "new" {
            return None;
        }
        if words.is_empty() && (lists(QUALIFIERS, bare) || bare.ends_with("-year-old")) {
            from = at + word.len() + 1;
        } else {
            words.push(bare);
            end = at + bare.len();
        }
        at += word.len() + 1;
        if last {
            break;
        }
    }
    let head = words.last()?;
    let fits = words.len() <= PRODUCT_WORDS && head.len() >= 3 && *head != "of";
    let alone = words.len() == 1 || !lists(HEADS, head);
    let vague =
        lists(NO_PRODUCT, head) && alone || lists(NO_PRODUCT, words[0]) && words[0] != "pair";
    (fits && !vague && from < end).then_some(from..end)
}

fn ends_a_name(sign: char) -> bool {
    sign.is_uppercase() || sign.is_ascii_digit() || matches!(sign, '£' | '(' | '–' | '—')
}

fn lists(words: &str, word: &str) -> bool {
    words.contains(&format!(" {} ", word.to_lowercase()))
}

fn is_lower(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_lowercase)
        && word
            .chars()
            .all(|c| c.is_lowercase() || matches!(c, '-' | '\'' | '’'))
}

fn is_maker(word: &str) -> bool {
    word.len() >= 4
        && word.chars().next().is_some_and(char::is_uppercase)
        && word.chars().skip(1).all(char::is_lowercase)
}

/// The sentence around a piece of the text, and what of it follows the piece.
fn sentence<'t>(text: &'t str, range: &Range<usize>) -> (&'t str, &'t str) {
    let start = text[..range.start].rfind(". ").map_or(0, |at| at + 2);
    let end = text[range.end..]
        .find(". ")
        .map_or(text.len(), |at| range.end + at);
    (&text[start..end], &text[range.end..end])
}

/// Whether a text has a product's name, case and plural aside.
fn names(text: &str, product: &str) -> bool {
    text.to_lowercase().contains(&product.to_lowercase())
}

/// What the subject line names and the text names as well, after an article.
fn in_subject(text: &str, subject: &str) -> Option<Range<usize>> {
    let lead = SUBJECT_LEAD.find(subject).map_or(0, |lead| lead.end());
    let line = subject[lead..].to_lowercase();
    let name = &line[product(&line, 0)?];
    [Some(name), name.strip_suffix('s')]
        .into_iter()
        .flatten()
        .find_map(|name| {
            let mut from = 0;
            while let Some(found) = text[from..].find(name) {
                let (start, end) = (from + found, from + found + name.len());
                let whole = !text[end..].starts_with(char::is_alphabetic);
                let article = ARTICLE
                    .find_iter(&text[..start])
                    .last()
                    .is_some_and(|article| article.end() == start);
                if whole && article {
                    return Some(start..end);
                }
                from = end;
            }
            None
        })
}
