//! What the sentences of a letter tell for certain: the order, the product, the
//! shop, the card number. Only firm patterns; anything else is left alone.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::domain::field::Found;
use crate::domain::grammar::member_number::MemberNumber;
use crate::domain::letter::LetterField;
use crate::gazetteer::Gazetteer;

use super::layout::Layout;
use super::passage::{Cut, Passage};
use super::pattern::pattern;

pattern!(
    ORDER,
    r"(?ix)\border\s*(?:no|number|ref(?:erence)?|num|id|\#)?\.?\s*(?:is|was|of)?\s*[:.\#(]*\s*((?:[A-Z]{1,5}[/\-]?)?[0-9][A-Z0-9]*(?:[/\-][A-Z0-9]+)*)\b"
);
pattern!(
    MEMBER,
    r"(?ix)\b(?:(?:loyalty|reward|rewards|points|club|store|member(?:ship)?)\s*(?:card|scheme|club|account)?|card|membership)\s*(?:no|number|num|\#)\.?\s*(?:is|was)?\s*[:.\#(]*\s*([0-9][0-9\s\-]{4,24}[0-9])\b"
);
pattern!(
    BOUGHT,
    r"(?x)\b(?:a|an|the|my|our|some|two|three|one|your)\s((?:[A-Za-z0-9][\w'’\-&/]*\s?){1,14}?)\s*,?\s*(?:[‘'(]?which\s|that\s|[I|l]\shad\s|we\shad\s|was\s)*(?:(?:[I|l]|we)\s)?(?:recently\s|have\s|had\s)*
    (?:purchased|bought|ordered)\b(?:\s(?:online|recently|last\s\w+))*\s(?:from|at|in)\s(?:your|the)?\s?(?:branch\sin\s|store\sin\s|shop\sin\s)?([A-Z][\w'’\-]+(?:\s(?:[A-Z][\w'’\-]+|upon|on|le|under|super|in|the)){0,3})\s?(?:branch|store|shop|on\b|in\b|,|\.|last\b|for\b)"
);
pattern!(
    COMPLAIN,
    r"(?x)\b(?:complain|complaint|enquire|enquiry|write|writing|concerned|unhappy|dissatisfied|disappointed|return|returning|refund|receipt\s\([^)]{3,40}\))\s(?:\w+\s){0,3}?(?:about|regarding|concerning|with|for|of)\s"
);
pattern!(
    WHICH_I,
    r"\b(?:which|that)\s(?:[I|l]|we)\s.*\s(?:from|at|in)\syour\s"
);
pattern!(
    LAST_ARTICLE,
    r"^.*\b(?:about|regarding|concerning|for|of|with|return|exchange)\s(?:a|an|the|my|our|some)\s"
);
pattern!(
    I_BOUGHT,
    r"(?x)(?:^|\s)(?:[I|l]|[Ww]e)\s(?:recently\s|have\s|had\s|have\srecently\s)?(?:purchased|bought|ordered)\s(?:a|an|some|one|your)\s((?:[A-Za-z0-9][\w'’\-&/]*\s?){1,6}?)\s(?:from|at|in)\s(?:your\s|the\s)?([A-Z][\w'’\-]+(?:\s(?:[A-Z][\w'’\-]+|upon|on|le|under|super)){0,3})\s(?:branch|store|shop)\b"
);
pattern!(
    EXPERIENCE,
    r"(?x)\b(?:experience|treatment|treated|service|visit)\s(?:\w+\s){0,2}?(?:at|to|in|from)\s(?:your\s|the\s)?([A-Z][\w'’\-]+(?:\s(?:[A-Z][\w'’\-]+|upon|on|le|under)){0,3})\s(?:branch\b|store\b|shop\b|on\s[0-9])"
);
pattern!(
    YOUR_SHOP,
    r"(?x)\b(?:visited|visit\sto|at|in|from|of|to)\syour\s([A-Z][\w'’\-]+(?:\s(?:[A-Z][\w'’\-]+|upon|on|le|under)){0,3})\s(?:branch|store|shop|supermarket)\b"
);

/// An order number after the word order.
const FIRM_ORDER: f64 = 0.95;
/// A number after `card number` or `membership number`.
const FIRM_MEMBER: f64 = 0.97;
/// A product in a sentence of buying, with the branch named.
const FIRM_BOUGHT: f64 = 0.93;
/// A shop named after a post town.
const FIRM_TOWN: f64 = 0.95;
/// A shop of another name, on which a misreading does not show (`Redear`).
const FIRM_OTHER_PLACE: f64 = 0.84;
/// A product has at most so many words.
const PRODUCT_WORDS: usize = 6;
/// So much of the text before a product may name the complaint about it.
const COMPLAINT_REACH: usize = 90;

/// Words no product or shop begins with: the pattern ran into another sentence.
const NO_PRODUCT: [&str; 22] = [
    "item",
    "items",
    "goods",
    "product",
    "products",
    "it",
    "one",
    "same",
    "above",
    "following",
    "which",
    "that",
    "time",
    "day",
    "week",
    "month",
    "moment",
    "matter",
    "fact",
    "experience",
    "faulty",
    "enclosed",
];
const NO_SHOP: [&str; 16] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Your",
    "The",
    "Customer",
    "Head",
];

/// Order number, member number, product and shop, as far as they are certain.
pub(super) fn find(
    layout: &Layout<'_>,
    body: &Passage<'_>,
    gazetteer: &Gazetteer,
) -> BTreeMap<LetterField, Found> {
    let mut found = BTreeMap::new();
    let mut put = |field, value: Option<Found>| {
        if let Some(value) = value {
            found.insert(field, value);
        }
    };
    let headings = || layout.heading.iter().map(|row| &row.passage);
    put(
        LetterField::OrderNumber,
        headings().chain([body]).find_map(order),
    );
    put(
        LetterField::MemberNumber,
        headings().chain([body]).find_map(member),
    );
    let (product, shop) = purchase(body, gazetteer);
    put(LetterField::Product, product);
    put(
        LetterField::Shop,
        shop.or_else(|| self::shop(body, gazetteer)),
    );
    found
}

fn order(passage: &Passage<'_>) -> Option<Found> {
    let cut = passage.group(&ORDER)?;
    let digits = cut.text.chars().filter(char::is_ascii_digit).count();
    (digits >= 3).then(|| cut.found(FIRM_ORDER, "follows the word order"))
}

fn member(passage: &Passage<'_>) -> Option<Found> {
    let cut = passage.group(&MEMBER)?;
    let number: MemberNumber = cut.text.parse().ok()?;
    Some(cut.found_as(
        number.to_string(),
        FIRM_MEMBER,
        "follows \u{201c}card number\u{201d}",
    ))
}

fn purchase(body: &Passage<'_>, gazetteer: &Gazetteer) -> (Option<Found>, Option<Found>) {
    // "I bought" needs no complaint before it to be about the writer's purchase.
    for (pattern, firm) in [(&*BOUGHT, false), (&*I_BOUGHT, true)] {
        for found in pattern.captures_iter(body.text()) {
            let (Some(product), Some(shop)) = (found.get(1), found.get(2)) else {
                continue;
            };
            let product = after_preposition(product.as_str(), product.range());
            let reach = product.start.saturating_sub(COMPLAINT_REACH);
            let before = body.text().get(reach..product.start).unwrap_or_default();
            let about = firm || COMPLAIN.is_match(before) || WHICH_I.is_match(&found[0]);
            let product = body.cut(product);
            let shop = body.cut(shop.range());
            if about && is_product(&product) && is_shop(&shop) {
                return (
                    Some(product.found(FIRM_BOUGHT, "what the writer says was bought")),
                    Some(place(
                        shop,
                        gazetteer,
                        "where the writer says it was bought",
                    )),
                );
            }
        }
    }
    (None, None)
}

/// `formal complaint regarding a kettle`: the kettle.
fn after_preposition(text: &str, range: Range<usize>) -> Range<usize> {
    let skip = LAST_ARTICLE.find(text).map_or(0, |found| found.end());
    range.start + skip..range.end
}

fn shop(body: &Passage<'_>, gazetteer: &Gazetteer) -> Option<Found> {
    [&*EXPERIENCE, &*YOUR_SHOP]
        .into_iter()
        .find_map(|pattern| body.group(pattern).filter(is_shop))
        .map(|cut| place(cut, gazetteer, "the branch that the writer visited"))
}

/// A shop is most often called by its town; another name may be a misread one.
fn place(cut: Cut, gazetteer: &Gazetteer, reason: &str) -> Found {
    if gazetteer.is_town(&cut.text) {
        cut.found(FIRM_TOWN, format!("{reason}, a post town"))
    } else {
        cut.found(FIRM_OTHER_PLACE, reason)
    }
}

fn is_product(cut: &Cut) -> bool {
    let first = cut.text.split(' ').next().unwrap_or_default();
    cut.text.split(' ').count() <= PRODUCT_WORDS
        && cut.text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !NO_PRODUCT.contains(&first.to_lowercase().as_str())
}

fn is_shop(cut: &Cut) -> bool {
    let first = cut.text.split(' ').next().unwrap_or_default();
    !NO_SHOP.contains(&first) && cut.text.len() >= 3
}
