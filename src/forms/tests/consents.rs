//! Sentences that a box to tick may carry, and that none may: a tick that refuses what is
//! otherwise taken as agreed is no consent, however it is put.

use super::CARD;
use crate::forms::{Weight, lint, parse, samples};

const REFUSALS: [&str; 52] = [
    "I would rather be left alone.",
    "Tick if you would like to be spared our offers by email.",
    "Skip the emails.",
    "Tick this box if you would not like to receive offers by post",
    "Please do not e-mail me offers",
    "I do not consent to marketing by post",
    "I would prefer you not to send me offers",
    "Please tick if you object to offers by post",
    "No offers by post, please",
    "Stop sending me letters",
    "Please don\u{2019}t send me offers by e-mail.",
    "I dont want offers",
    "I cannot use offers by post",
    "Please stop writing to me",
    "Yes, no more offers by post",
    "By post: no, thank you",
    "I decline offers by post",
    "I refuse to be written to",
    "I would rather NOT hear from you",
    "Never send me offers",
    "Remove me from your list",
    "Please keep me off your mailing list",
    "Leave me out of your mailings",
    "Tick to unsubscribe",
    "Tick to opt out",
    "Tick to opt-out of offers",
    "I am opting out of offers by post",
    "Opt me out of offers",
    "We send offers by post unless you tick here",
    "We send offers by post unless I say so",
    "I no longer want offers by post",
    "I want no offers by post",
    "Cancel my offers by post",
    "Exclude me from offers by post",
    // A word about taking back does not make a consent of a refusal.
    "I do not want offers at any time",
    "Do not send me offers. I can change my mind at any time.",
    "Do not send me offers (you can withdraw this at any time)",
    "Tick this box and you can stop us at any time",
    "Tick so that you can stop sending me offers",
    "Tick to withdraw from offers by post",
    "I wish to stop getting offers",
    "Always stop letters",
    "I wish to be removed from your list",
    "Put me on your do-not-contact list",
    "I have an objection to offers by post",
    "Tick here to avoid letters by post",
    "Please refrain from sending me letters by post",
    "I would like to be a member without offers by post",
    "Offers by post are unwelcome",
    "Offers cancelled, please",
    "None of your offers by post, please",
    "I want neither letters nor e-mails",
];

const CONSENTS: [&str; 18] = [
    "Offers by post. I can cancel this at any time.",
    "No-obligation offers by post",
    "Offers by post. I can stop marketing at any time.",
    "Yes, please send me offers by post. I can stop this at any time.",
    "Send me offers by post; I may withdraw at any time.",
    "Yes, by post. You can change your mind at any time.",
    "Yes, offers by post (you can opt out at any time)",
    "Tick this box to get offers by post. You can always unsubscribe.",
    "I agree to offers by post and have the right to object at any time.",
    "Yes, by post. I am free to decline later.",
    "Yes, by post. You can at any time stop us writing.",
    "Offers by post, at no cost and with no obligation",
    "Tell me of notable offers by post, now and then",
    "Yes, tell me about objects for the home by post",
    "I can change my mind: by post, please",
    "I may easily stop receiving these. Yes, by post",
    "You may withdraw your consent at any time; by e-mail",
    "Text me when there is a new voucher.",
];

/// What is said of the card of the tests with these words at its box.
fn errors(wording: &str, caption: &str, above: &str) -> Vec<String> {
    const WORDS: &str = "Yes, send me offers by post and e-mail at any time.";
    let card = CARD
        .replace(
            &format!("wording = \"{WORDS}\""),
            &format!("wording = \"{wording}\""),
        )
        .replace(
            &format!("caption = \"{WORDS}\""),
            &format!("caption = \"{caption}\""),
        )
        .replace(
            "choice = \"single\"",
            &format!("choice = \"single\"\ncaption = \"{above}\""),
        );
    let advice = lint(&parse(&card).unwrap()).into_iter();
    advice
        .filter(|advice| advice.weight == Weight::Error)
        .map(|advice| advice.text)
        .collect()
}

fn refuses(said: &[String]) -> bool {
    said.iter()
        .any(|text| text.contains("never refused by one") || text.contains("what nobody ticked"))
}

#[test]
fn a_tick_that_refuses_is_no_consent() {
    for words in REFUSALS {
        assert!(refuses(&errors(words, words, "")), "{words}");
    }
}

#[test]
fn a_clear_act_is_a_consent() {
    for words in CONSENTS {
        assert_eq!(errors(words, words, ""), [""; 0], "{words}");
    }
}

#[test]
fn a_signature_is_no_consent_to_offers() {
    let signature = r#"
[[side.signature]]
name = "signed"
caption = "CAPTION"
x = 14
y = 100
width = 60
height = 15
"#;
    let errors = |caption: &str| {
        let card = format!("{CARD}{}", signature.replace("CAPTION", caption));
        let advice = lint(&parse(&card).unwrap()).into_iter();
        advice.filter(|one| one.weight == Weight::Error).count()
    };
    assert_eq!(errors("By signing you agree to receive our offers"), 1);
    assert_eq!(errors("By signing you confirm that this is right"), 0);
}

#[test]
fn words_without_a_yes_are_told() {
    let says = |wording: &str| {
        let card = CARD.replace("Yes, send me offers", wording);
        let advice = lint(&parse(&card).unwrap()).into_iter();
        advice
            .filter(|one| one.text.contains("does not say yes"))
            .count()
    };
    assert_eq!(says("Yes, send me offers"), 0);
    assert_eq!(says("Keep my letterbox clean, offers"), 1);
}

#[test]
fn what_is_printed_counts_and_not_what_the_file_says_of_it() {
    let yes = "Yes, send me offers";
    for no in REFUSALS {
        let said = errors(yes, no, "");
        assert!(refuses(&said), "{no}");
        assert!(said.iter().any(|text| text.contains("does not stand")));
        assert!(refuses(&errors(yes, yes, no)), "{no}");
    }
    assert_eq!(errors(yes, yes, "Offers"), [""; 0]);
    assert_eq!(errors(yes, "Send me offers", "").len(), 1);
}

#[test]
fn a_line_that_leads_to_the_box_is_read_with_it() {
    let with = |line: &str| {
        let text = format!("[[side.text]]\ntext = \"{line}\"\nx = 10\ny = 56\n\n[[side.field]]");
        let card = CARD.replacen("[[side.field]]", &text, 1);
        let advice = lint(&parse(&card).unwrap()).into_iter();
        let errors = advice.filter(|advice| advice.weight == Weight::Error);
        errors.map(|advice| advice.text).collect::<Vec<_>>()
    };
    assert!(refuses(&with("I do not want offers:")));
    assert!(refuses(&with("Tick the box below if you object to offers")));
    assert_eq!(with("Please do not fold this card."), [""; 0]);
    assert_eq!(with("Tick no more than one box."), [""; 0]);
    // It may lead to another box, which is about them.
    assert_eq!(with("Offers of our partners:"), [""; 0]);
}

#[test]
fn the_forms_of_the_house_have_consents() {
    let others = [
        include_str!("../../../tests/forms/application-a4.toml"),
        include_str!("../../../tests/forms/voucher.toml"),
    ];
    let forms = others.iter().map(|text| parse(text).unwrap());
    let forms: Vec<_> = forms
        .chain(samples().into_iter().map(|sample| sample.form))
        .collect();
    let asked = forms.iter().flat_map(|form| &form.sides);
    let asked = asked.flat_map(|side| &side.ticks);
    assert_eq!(asked.filter(|tick| tick.consent.is_some()).count(), 7);
    for form in forms {
        let mut advice = lint(&form).into_iter();
        let error = advice.find(|advice| advice.weight == Weight::Error);
        assert_eq!(error, None, "{}", form.id);
    }
}
