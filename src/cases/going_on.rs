//! Whether a message without the marks of an answer goes on with an open case of whoever wrote it,
//! and with which: by its topic, by words that ask after an answer, and by telling words that both have.
//!
//! None of these is enough by itself, and what answers something that never came here needs more still: it
//! is of another exchange. A customer of two broken things writes twice about goods, and one
//! who asks after an answer may have a kettle and a parcel in mind. Of several cases that it may go on with
//! the one counts that shares the most telling words; of equals none does. Who has many open cases is no
//! private person, and writes about anything.

use std::collections::BTreeSet;

use crate::domain::grammar::case_reference::CaseReference;
use crate::store::people::OpenCase;

/// What a message says, as far as it tells what it is about.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// Its subject.
    pub subject: &'a str,
    /// What its sender wrote now.
    pub fresh: &'a str,
    /// The topic that the rules find.
    pub topic: &'a str,
    /// Whether it answers something, none of which is on record.
    pub answers: bool,
    /// The sender's name, which stands under everything that they write; empty where there is none.
    pub name: &'a str,
    /// The sender's address, which may do so too.
    pub address: &'a str,
}

/// A sender with more open cases goes on with none of them by what is said alone. By 500 ordinary
/// messages (November 2026): with up to twenty, 11 news items of one feed lay together.
pub const MOST_CASES: u32 = 5;

/// The case that a message goes on with, and how that shows.
pub fn goes_on(said: &Said<'_>, open: &[OpenCase]) -> Option<(CaseReference, &'static str)> {
    if open.len() > MOST_CASES as usize {
        return None;
    }
    let asks = asks(said.fresh);
    let names = telling(&format!("{}\n{}", said.name, said.address));
    let own = |text: &str| -> BTreeSet<String> {
        let words = telling(text).into_iter();
        words.filter(|word| !names.contains(word)).collect()
    };
    let (subject, words) = (
        own(said.subject),
        own(&format!("{}\n{}", said.subject, said.fresh)),
    );
    let with = |case: &OpenCase| {
        let in_subject = telling(&case.subjects).intersection(&subject).count();
        let another = other_number(said.subject, &case.subjects);
        let shared = Shared {
            in_subject,
            most_of_subject: in_subject * 2 > subject.len() && !another,
            anywhere: telling(&case.words).intersection(&words).count(),
        };
        let how = match said.answers {
            true if asks && shared.most_of_subject => Some(OF_THAT_CASE),
            true => None,
            false => how(said.topic, &case.topic, asks, shared),
        };
        Some((shared, case.case, how?))
    };
    let mut fitting: Vec<_> = open.iter().filter_map(with).collect();
    fitting.sort_by_key(|(shared, ..)| std::cmp::Reverse(*shared));
    match fitting.as_slice() {
        [] => None,
        [(shared, ..), (other, ..), ..] if shared == other => None,
        [(_, case, how), ..] => Some((*case, how)),
    }
}

const OF_THAT_CASE: &str = "asks after an answer, in words of that case";

/// Telling words that a message and a case both have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shared {
    /// In the subjects of both.
    in_subject: usize,
    /// Whether these are most of the message's subject, and its numbers none of another matter.
    most_of_subject: bool,
    /// Anywhere.
    anywhere: usize,
}

/// Whether a subject has numbers, and the subjects of a case have others: another order, another day's news.
fn other_number(subject: &str, of_case: &str) -> bool {
    let numbers = |text: &str| -> BTreeSet<String> {
        let runs = text.split(|sign: char| !sign.is_ascii_digit());
        runs.filter(|run| !run.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let of_case = numbers(of_case);
    !of_case.is_empty() && !numbers(subject).is_subset(&of_case)
}

/// How it shows that a text goes on with one case.
fn how(topic: &str, of_case: &str, asks: bool, shared: Shared) -> Option<&'static str> {
    const NO_TOPIC: &str = "other";
    let no_topic = topic == NO_TOPIC;
    let same = topic == of_case && !no_topic;
    match (asks, same) {
        (true, _) if shared.anywhere > 0 => Some(OF_THAT_CASE),
        (true, true) => Some("asks after an answer, about the same topic"),
        // A text about something else that mentions a letter is about something else.
        (true, false) if no_topic => Some("asks after an answer"),
        (false, true) if shared.most_of_subject => {
            Some("is about the same topic, with a subject like that of the case")
        }
        _ => None,
    }
}

/// Words of a text in which somebody asks after an answer. In longer ones, as newsletters are, such
/// words stand by chance: by 500 ordinary messages (November 2026) each of five was about something else.
const MOST_WORDS: usize = 120;

/// Whether a text is of somebody who waits for an answer, or adds to what they wrote.
fn asks(fresh: &str) -> bool {
    let folded: String = fresh.to_lowercase().replace('\u{2019}', "'");
    let words: Vec<&str> = folded.split_whitespace().collect();
    let text = words.join(" ");
    words.len() <= MOST_WORDS && ASKING.iter().any(|asking| text.contains(asking))
}

/// What people write who wait for an answer, or add to what they wrote.
const ASKING: [&str; 24] = [
    "my complaint",
    "my letter",
    "my email",
    "my e-mail",
    "my message",
    "my case",
    "my enquiry",
    "my claim",
    "i wrote",
    "i have written",
    "i've written",
    "still waiting",
    "still not heard",
    "not heard",
    "no reply",
    "no answer",
    "your reply",
    "your letter",
    "your email",
    "your e-mail",
    "further to",
    "following up",
    "chasing",
    "any news",
];

/// The words of a text that tell one matter from another: long enough, and not among those that
/// customers write about everything.
fn telling(text: &str) -> BTreeSet<String> {
    const SHORTEST: usize = 4;
    const SHORTEST_NUMBER: usize = 5;
    // Links are the same under whatever a sender writes, and so is what programs put in brackets.
    let pieces = text.split_whitespace();
    let said = pieces.filter(|piece| {
        let in_brackets = piece.starts_with('[') || piece.ends_with(']');
        !piece.contains("://") && !piece.contains("www.") && !in_brackets
    });
    said.flat_map(|piece| piece.split(|sign: char| !sign.is_alphanumeric()))
        .filter(|word| {
            let is_number = word.chars().all(char::is_numeric);
            word.chars().count() >= if is_number { SHORTEST_NUMBER } else { SHORTEST }
        })
        .map(str::to_lowercase)
        .filter(|word| !COMMON.contains(&word.as_str()))
        // "Kettles" is about a kettle.
        .map(|word| word.strip_suffix('s').map_or(word.clone(), str::to_owned))
        .collect()
}

/// What stands in letters about anything. A word too many here costs a message that has to be moved
/// by hand, one too few may lay it on another matter of the same customer.
#[rustfmt::skip]
const COMMON: [&str; 250] = [
    "2024", "2025", "2026", "2027", "2028", "2029", "2030", "about", "account", "after", "again", "also",
    "always", "another", "answer", "anything", "april", "arrive", "arrived", "asked", "august", "back", "because", "been",
    "before", "being", "best", "both", "bought", "branch", "called", "came", "cannot", "care", "centre", "claim",
    "come", "company", "complain", "complaint", "contact", "could", "customer", "date", "days", "dear", "december", "delivered",
    "delivery", "didn", "does", "doesn", "doing", "done", "down", "each", "email", "enough", "even", "ever",
    "every", "faithfully", "february", "finch", "first", "found", "friday", "from", "further", "gave", "getting", "give",
    "given", "going", "gone", "good", "great", "hartwell", "have", "haven", "having", "hear", "heard", "hello",
    "help", "here", "hope", "house", "however", "into", "iphone", "january", "july", "june", "just", "kind",
    "know", "lane", "last", "least", "letter", "like", "little", "long", "look", "looking", "madam", "made",
    "make", "many", "march", "matter", "message", "monday", "money", "month", "months", "more", "morning", "most",
    "much", "must", "need", "needs", "never", "news", "next", "nobody", "norwich", "nothing", "november", "nr99",
    "number", "october", "office", "once", "only", "order", "ordered", "orders", "other", "over", "paid", "people",
    "phone", "please", "post", "pounds", "problem", "promised", "quite", "rather", "really", "reason", "receipt", "received",
    "reference", "refund", "regarding", "regards", "reply", "right", "road", "said", "same", "saturday", "send", "sent",
    "september", "service", "several", "shop", "should", "since", "sincerely", "some", "someone", "something", "soon", "sorry",
    "staff", "still", "store", "street", "such", "sunday", "take", "team", "telephone", "tell", "than", "thank",
    "thanks", "that", "their", "them", "then", "there", "these", "they", "thing", "this", "those", "though",
    "through", "thursday", "time", "times", "today", "told", "tomorrow", "tuesday", "under", "until", "very", "waited",
    "waiting", "want", "wanted", "wednesday", "week", "weeks", "well", "went", "were", "what", "when", "where",
    "whether", "which", "while", "will", "wish", "with", "without", "word", "work", "worked", "working", "would",
    "write", "writing", "written", "wrong", "wrote", "year", "years", "yesterday", "your", "yours",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn open(number: u64, topic: &str, subject: &str, text: &str) -> OpenCase {
        OpenCase {
            case: CaseReference::new(number).unwrap(),
            topic: topic.to_owned(),
            subjects: subject.to_owned(),
            words: format!("{subject}\n{text}"),
        }
    }

    fn with((topic, subject, fresh): (&str, &str, &str), open: &[OpenCase]) -> Option<u64> {
        let said = Said {
            subject,
            fresh,
            topic,
            answers: false,
            name: "Tom Bright",
            address: "tom@bright.example",
        };
        goes_on(&said, open).map(|(case, _)| case.number())
    }

    #[test]
    fn topic_question_and_words_count_together() {
        let text = "It leaks all over the worktop. Tom Bright";
        let kettle = [open(4, "goods", "Cordless kettle", text)];
        for (said, expected) in [
            (("other", "Well", "Any news?"), Some(4)),
            (("other", "Well", "I\u{2019}ve written twice"), Some(4)),
            (("goods", "Well", "I wrote last week"), Some(4)),
            (
                ("delivery", "Hello", "Still waiting. The worktops swell."),
                Some(4),
            ),
            (("goods", "Kettles", "Worse and worse"), Some(4)),
            // Another thing broke, and its owner's name is no word of the case.
            (
                (
                    "goods",
                    "My toaster. Tom Bright",
                    "It leaks too. Tom Bright",
                ),
                None,
            ),
            (("delivery", "Parcel", "Where is it? I wrote"), None),
            (("other", "New", "Ten new toys this week"), None),
            (("praise", "That kettle of yours!", "Lovely"), None),
            (("goods", "https://toys.example/kettle", "It broke"), None),
        ] {
            assert_eq!(with(said, &kettle), expected, "{said:?}");
        }
    }

    #[test]
    fn another_number_is_another_matter() {
        let order = [open(
            4,
            "delivery",
            "Order 40213 of a mower",
            "It did not come",
        )];
        let about = |subject| with(("delivery", subject, "Nobody rang."), &order);
        assert_eq!(about("The mower of order 40213"), Some(4));
        assert_eq!(about("That mower"), Some(4));
        assert_eq!(about("The mower of order 40988"), None);
        // Who asks after an answer may count the days.
        let asking = ("delivery", "Mower, 14 days on", "Any news?");
        assert_eq!(with(asking, &order), Some(4));
        let news = [open(5, "delivery", "Headlines for 2002-08-18", "x")];
        assert_eq!(
            with(("delivery", "Headlines for 2002-08-31", "y"), &news),
            None
        );
    }

    #[test]
    fn what_answers_something_else_needs_more() {
        let kettle = [open(4, "goods", "Cordless kettle", "It leaks")];
        let mut said = Said {
            subject: "Re: Your kettle",
            fresh: "Any news of the kettle?",
            topic: "goods",
            answers: true,
            name: "",
            address: "",
        };
        assert!(goes_on(&said, &kettle).is_some());
        said.fresh = "It is a kettle";
        assert_eq!(goes_on(&said, &kettle), None);
        said.answers = false;
        assert!(goes_on(&said, &kettle).is_some());
        // A list's name is no matter, and who writes at length asks after nothing.
        said.subject = "[kettle] The grey ones";
        assert_eq!(goes_on(&said, &kettle), None);
        let long = format!("any news? {}", "and so on ".repeat(50));
        (said.fresh, said.topic) = (&long, "other");
        assert_eq!(goes_on(&said, &kettle), None);
    }

    #[test]
    fn of_several_matters_the_one_it_names() {
        let mut cases = vec![
            open(9, "delivery", "Mower not delivered", "It did not come"),
            open(
                4,
                "goods",
                "Hedge shears",
                "They do not cut, and the spring is gone",
            ),
        ];
        let shears = ("other", "Hello", "I wrote about the shears");
        assert_eq!(with(shears, &cases), Some(4));
        assert_eq!(
            with(("delivery", "Still no mower", "Where is it?"), &cases),
            Some(9)
        );
        // Of both, or of neither: nobody knows.
        let both = ("other", "Hello", "Any news of shears and mower?");
        assert_eq!(with(both, &cases), None);
        assert_eq!(with(("other", "Hello", "Any news?"), &cases), None);
        // Somebody with ever more matters writes about anything.
        cases.extend((20..24).map(|number| open(number, "praise", "Shop", "Nice")));
        assert_eq!(with(shears, &cases), None);
    }
}
