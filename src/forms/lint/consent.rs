//! Whether what a form says of a consent makes it one.
//!
//! Consent is given by a clear act, for one purpose, in words that say what it is for, and
//! can be taken back: UK GDPR, articles 4(11) and 7; Privacy and Electronic Communications
//! Regulations 2003, regulation 22. What fails that is an error: nothing may be read from
//! such a box.

use super::refusal::{leads, refusal};
use super::{Say, Weight};
use crate::domain::form::{Channel, Consent, FieldKind, Form, Side, TickBox, TickField};

/// Wording that takes something as agreed whether the box is ticked or not.
const AGREED_BEFOREHAND: [&str; 16] = [
    "if you do not tick",
    "by completing",
    "by filling in",
    "by submitting",
    "by signing",
    "by returning",
    "by sending",
    "by handing in",
    "by joining",
    "by entering",
    "by taking part",
    "by ordering",
    "leave blank",
    "untick",
    "automatically",
    "you are deemed",
];
/// How one agrees, asks for something, or gets it. Words that say no without one of ours are
/// past counting ("keep my inbox free from offers"): what says no yes is no consent.
const AGREES: [&str; 23] = [
    "yes",
    "i agree",
    "i consent",
    "i accept",
    "i allow",
    "i want",
    "i would like",
    "i'd like",
    "i would love",
    "i'd love",
    "i wish",
    "i am happy",
    "i'm happy",
    "you may",
    "may write to me",
    "please",
    "send me",
    "keep me",
    "tell me",
    "contact me",
    "sign me up",
    "to receive",
    "to hear",
];
/// Other people who would get the data: a purpose of its own.
const OTHERS: [&str; 5] = [
    "third part",
    "partner",
    "other companies",
    "other organisations",
    "group companies",
];
/// What is agreed to by contract, and no consent.
const TERMS: [&str; 4] = [
    "terms and conditions",
    "terms & conditions",
    "terms of",
    "privacy policy",
];
/// How a form says that a consent can be taken back.
const TAKEN_BACK: [&str; 6] = [
    "at any time",
    "any time you like",
    "change your mind",
    "change my mind",
    "withdraw",
    "unsubscribe",
];

/// What a signature must not agree to beside what it is given for.
const MARKETING: [&str; 6] = [
    "offer",
    "news",
    "marketing",
    "promotion",
    "advert",
    "mailing",
];

/// Advice on every consent of a side.
pub(super) fn consents(form: &Form, side: &Side, place: &dyn Fn(&str) -> String, say: Say<'_>) {
    for signature in &side.signatures {
        let caption = &signature.caption;
        if among(&AGREED_BEFOREHAND, caption).is_some() && among(&MARKETING, caption).is_some() {
            refuse(caption, &place(&signature.name), say);
        }
    }
    let mut before: Vec<(&str, Channel, &str)> = Vec::new();
    for tick in &side.ticks {
        let (Some(consent), Some(option)) = (&tick.consent, tick.options.first()) else {
            continue;
        };
        let place = place(&tick.name);
        purpose(consent, &place, say);
        let printed = printed(consent, tick, option);
        let lines = side.texts.iter().map(|line| line.text.as_str());
        for text in printed
            .iter()
            .copied()
            .chain(lines.filter(|line| leads(line)))
        {
            refuse(text, &place, say);
        }
        if among(&AGREES, &consent.wording).is_none() {
            let text = format!(
                "the wording '{}' does not say yes to anything: begin it with 'Yes, please send me \
                 ...', so that a tick can mean nothing else",
                consent.wording
            );
            say(Weight::Warning, place.clone(), text);
        }
        for text in &printed {
            bundled(text, &consent.purpose, &place, say);
        }
        if !is_printed(consent, side, tick, option) {
            let text = format!(
                "the wording '{}' does not stand on the form: what is kept as agreed must be what \
                 the customer saw; print it as the caption, or a text before the caption",
                consent.wording
            );
            say(Weight::Error, place.clone(), text);
        }
        let mut warn = |text: String| say(Weight::Warning, place.clone(), text);
        if !says_how_to_take_it_back(side) {
            warn(
                "nothing on this side says that the customer can change their mind: who is not \
                 told so has not consented freely; print '... at any time'"
                    .to_owned(),
            );
        }
        for channel in &consent.channels {
            if !names(&consent.wording, *channel) {
                warn(format!(
                    "the wording does not name '{}': a consent holds for the channels that it \
                     names",
                    channel.name()
                ));
            }
            if !has_address(form, *channel) {
                warn(format!(
                    "the form asks for nothing by which '{}' could reach the customer",
                    channel.name()
                ));
            }
        }
        for channel in &consent.channels {
            let twin = before
                .iter()
                .find(|(purpose, other, _)| *purpose == consent.purpose && other == channel);
            if let Some((_, _, name)) = twin {
                let text = format!(
                    "asks for '{}' by {} as '{name}' does: two boxes that contradict each other \
                     are no consent; leave one",
                    consent.purpose,
                    channel.name()
                );
                say(Weight::Error, place.clone(), text);
            }
            before.push((&consent.purpose, *channel, &tick.name));
        }
    }
}

/// The wording, and what stands at the box beyond it.
fn printed<'f>(consent: &'f Consent, tick: &'f TickField, option: &'f TickBox) -> Vec<&'f str> {
    let wording = plain(&consent.wording);
    let beyond = [option.caption.as_str(), tick.caption.as_str()].into_iter();
    let beyond = beyond.filter(|text| !wording.contains(&plain(text)));
    [consent.wording.as_str()]
        .into_iter()
        .chain(beyond)
        .collect()
}

/// Words that make no consent.
fn refuse(text: &str, place: &str, say: Say<'_>) {
    let mut refuse = |text: String| say(Weight::Error, place.to_owned(), text);
    if let Some(phrase) = among(&AGREED_BEFOREHAND, text) {
        refuse(format!(
            "'{phrase}': takes as agreed what nobody ticked; a consent is a clear act of the \
             customer's, so word it as what the tick itself asks for"
        ));
    } else if let Some(phrase) = refusal(text) {
        refuse(format!(
            "'{phrase}': a consent must be given by a tick, never refused by one; word it as what \
             the customer agrees to, and print apart what you promise not to do"
        ));
    }
}

/// Words about more than the purpose.
fn bundled(text: &str, purpose: &str, place: &str, say: Say<'_>) {
    let mut refuse = |text: String| say(Weight::Error, place.to_owned(), text);
    if let Some(phrase) = among(&TERMS, text) {
        refuse(format!(
            "'{phrase}': terms are accepted by contract and bundled with nothing; print them \
             apart, and let this box be about '{purpose}' alone"
        ));
    }
    let about_others = OTHERS
        .iter()
        .any(|phrase| purpose.to_lowercase().contains(phrase));
    if let Some(phrase) = among(&OTHERS, text)
        && !about_others
    {
        refuse(format!(
            "'{phrase}': handing data on is a purpose of its own; give it a box of its own with \
             purpose = \"partners\""
        ));
    }
}

/// The first of the phrases that is in the text.
fn among(phrases: &'static [&'static str], text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let mut phrases = phrases.iter().copied();
    phrases.find(|phrase| text.contains(phrase))
}

/// A purpose that is two.
fn purpose(consent: &Consent, place: &str, say: Say<'_>) {
    let several = [",", "&", "+", "/", " and ", "_and_", "-and-"];
    if several.iter().any(|sign| consent.purpose.contains(sign)) {
        let text = format!(
            "'{}' is more than one purpose: one box for each, so that a customer can want one \
             and not the other",
            consent.purpose
        );
        say(Weight::Error, place.to_owned(), text);
    }
}

/// Whether the wording is what stands at the box: its caption, or a text of the side or
/// the field's caption and then the box's.
fn is_printed(consent: &Consent, side: &Side, tick: &TickField, option: &TickBox) -> bool {
    let wording = plain(&consent.wording);
    let caption = plain(&option.caption);
    let Some(before) = wording.strip_suffix(&caption) else {
        return false;
    };
    let texts = side.texts.iter().map(|text| text.text.as_str());
    let mut before_it = texts.chain([tick.caption.as_str()]).map(plain);
    let before = plain(before);
    before.is_empty() || before_it.any(|printed| printed == before)
}

/// Lower case, without stops at the ends.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let ends = ['.', ':', ',', ';', '\u{2026}'];
    let words = words.join(" ").to_lowercase();
    words.trim_matches(ends).trim().to_owned()
}

fn says_how_to_take_it_back(side: &Side) -> bool {
    let texts = side.texts.iter().map(|text| &text.text);
    let captions = side.ticks.iter().flat_map(|tick| {
        let options = tick.options.iter().map(|option| &option.caption);
        options.chain([&tick.caption])
    });
    let mut printed = texts.chain(captions).map(|text| text.to_lowercase());
    printed.any(|text| TAKEN_BACK.iter().any(|phrase| text.contains(phrase)))
}

fn names(wording: &str, channel: Channel) -> bool {
    let words: &[&str] = match channel {
        Channel::Post => &["post", "posted", "letter", "letters", "mail"],
        Channel::Email => &["e-mail", "e-mails", "email", "emails"],
        Channel::Phone => &["phone", "telephone", "call", "calls", "ring"],
        Channel::Text => &["text", "texts", "sms"],
    };
    let wording = wording.to_lowercase();
    let said = wording.split(|sign: char| !sign.is_alphanumeric() && sign != '-');
    said.map(|word| word.trim_matches('-'))
        .any(|word| words.contains(&word))
}

/// Whether the form asks for what the channel needs. A house and a postcode are an
/// address.
fn has_address(form: &Form, channel: Channel) -> bool {
    let fields = form.sides.iter().flat_map(|side| &side.fields);
    let kinds: Vec<FieldKind> = fields.map(|field| field.kind).collect();
    let has = |kind| kinds.contains(&kind);
    match channel {
        Channel::Post => {
            has(FieldKind::Postcode) && (has(FieldKind::House) || has(FieldKind::Street))
        }
        Channel::Email => has(FieldKind::Email),
        Channel::Phone | Channel::Text => has(FieldKind::Phone),
    }
}
