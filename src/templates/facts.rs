//! What a template may tell: one typed record, one table of its variables.

use std::collections::BTreeMap;

use jiff::civil::Date;
use minijinja::Value;

use super::Channel;
use super::salutation::salutation;
use crate::domain::grammar::case_reference::CaseReference;

/// All that is known when a reply is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The case.
    pub case: CaseFacts,
    /// To whom.
    pub customer: CustomerFacts,
    /// What is answered.
    pub message: MessageFacts,
    /// Who we are.
    pub company: CompanyFacts,
    /// Who writes; nobody, when the program does.
    pub agent: AgentFacts,
    /// What the agent wrote for this customer.
    pub text: Option<String>,
    /// The way the reply goes.
    pub channel: Channel,
    /// The day on which it is written.
    pub today: Date,
}

/// Of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    /// Its reference.
    pub reference: CaseReference,
    /// The day on which it was opened.
    pub opened: Date,
    /// The day by which the customer has an answer.
    pub deadline: Date,
    /// Its topic's name, as `billing`.
    pub topic: String,
    /// Its topic in words, as `your bill`; it stands after "about".
    pub topic_words: String,
    /// How far the work on it is, as `in_work`.
    pub status: &'static str,
}

/// Of the customer: what was accepted or entered by a person, never a guess.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFacts {
    /// Mrs, Dr, ...
    pub title: Option<String>,
    /// Given names.
    pub first_name: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// The address below the name, line by line.
    pub address: Vec<String>,
    /// The number of a loyalty card.
    pub member_number: Option<String>,
    /// The tier of the membership, as `gold`.
    pub tier: Option<String>,
}

/// Of the letter or message that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFacts {
    /// The day on which it came in.
    pub received: Date,
    /// Its subject.
    pub subject: Option<String>,
    /// How it came.
    pub channel: Channel,
}

/// Of the company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyFacts {
    /// Its name.
    pub name: String,
    /// Its postal address, line by line.
    pub address: Vec<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// Its web address.
    pub web: Option<String>,
}

/// Of who writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentFacts {
    /// The name that stands under the reply.
    pub name: Option<String>,
    /// The team, in words.
    pub team: Option<String>,
}

/// A variable that a template may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Whether every case has it.
    pub always: bool,
}

const fn always(name: &'static str, says: &'static str) -> Variable {
    Variable {
        name,
        says,
        always: true,
    }
}

const fn perhaps(name: &'static str, says: &'static str) -> Variable {
    Variable {
        name,
        says,
        always: false,
    }
}

/// Every variable; docs/replies.md has the same table.
pub const VARIABLES: [Variable; 25] = [
    always("case.reference", "PR-0000417-11"),
    always("case.opened", "the day on which the case was opened"),
    always(
        "case.deadline",
        "the day by which the customer has an answer",
    ),
    always("case.topic", "the topic's name, as billing"),
    always(
        "case.topic_words",
        "the topic in words that stand after \"about\"",
    ),
    always(
        "case.status",
        "how far the work is: new, in_work, answered, closed or archived",
    ),
    perhaps("case.late", "yes, where the promised day is past"),
    always(
        "customer.salutation",
        "Dear Mrs Harris, or Dear Customer, with its comma",
    ),
    perhaps(
        "customer.name",
        "title, first name and surname, as far as they are known",
    ),
    perhaps("customer.address", "the address in lines"),
    perhaps("customer.member_number", "the number of the loyalty card"),
    perhaps("customer.tier", "the tier of the membership"),
    always(
        "message.received",
        "the day on which the letter or e-mail came in",
    ),
    perhaps("message.subject", "its subject"),
    always("message.channel", "letter or e-mail"),
    always("company.name", "our name"),
    perhaps("company.address", "our postal address in lines"),
    perhaps("company.email", "our e-mail address"),
    perhaps("company.phone", "our telephone number"),
    perhaps("company.web", "our web address"),
    perhaps("agent.name", "who writes"),
    perhaps("agent.team", "the team of who writes"),
    perhaps("text", "what the agent wrote for this customer"),
    always("reply.channel", "how this reply goes: post or email"),
    always("today", "the day on which the reply is written"),
];

impl CustomerFacts {
    /// Title, first name and surname, as far as they are known.
    pub fn name(&self) -> Option<String> {
        let parts = [&self.title, &self.first_name, &self.surname];
        let parts = parts.into_iter().flatten().map(|part| one_line(part));
        let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// How the customer is addressed.
    pub fn salutation(&self) -> String {
        let [title, first, surname] = [&self.title, &self.first_name, &self.surname]
            .map(|part| part.as_deref().map(one_line));
        salutation(title.as_deref(), first.as_deref(), surname.as_deref())
    }
}

impl Facts {
    /// The same on a later day: every variable has a value, that of a promise that is past too.
    pub(super) fn whole(channel: Channel) -> Self {
        Self {
            today: Date::constant(2026, 12, 14),
            ..Self::made_up(channel)
        }
    }

    /// Facts that are made up, to try a template with; every variable has one but `case.late`.
    pub fn made_up(channel: Channel) -> Self {
        let some = |text: &str| Some(text.to_owned());
        let lines = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
        Self {
            case: CaseFacts {
                // Every number below seven digits is a case number.
                reference: CaseReference::new(417).expect("a case number"),
                opened: Date::constant(2026, 11, 26),
                deadline: Date::constant(2026, 12, 10),
                topic: "goods".to_owned(),
                topic_words: "something that you bought from us".to_owned(),
                status: "in_work",
            },
            customer: CustomerFacts {
                title: some("Mrs"),
                first_name: some("Jane"),
                surname: some("Harris"),
                address: lines(&["14 Elm Road", "Thorpe St Andrew", "Norwich", "NR7 0XX"]),
                member_number: some("7992 7398 713"),
                tier: some("gold"),
            },
            message: MessageFacts {
                received: Date::constant(2026, 11, 26),
                subject: some("Kettle, order 20417"),
                channel,
            },
            company: CompanyFacts {
                name: "Hartwell & Finch Ltd".to_owned(),
                address: lines(&["Customer Care", "PO Box 88", "Norwich NR99 1AA"]),
                email: some("care@hartwell-finch.example"),
                phone: some("01632 960 180"),
                web: some("www.hartwell-finch.example"),
            },
            agent: AgentFacts {
                name: some("Alex Morgan"),
                team: some("Customer Care"),
            },
            text: some("I have looked into what you told us, and you are right."),
            channel,
            today: Date::constant(2026, 11, 30),
        }
    }

    /// The variables with their values; what is not known is left out.
    pub(super) fn variables(&self) -> BTreeMap<&'static str, String> {
        let Self {
            case,
            customer,
            message,
            company,
            agent,
            ..
        } = self;
        let came = match message.channel {
            Channel::Email => "e-mail",
            Channel::Post => "letter",
        };
        let known = [
            ("case.reference", Some(case.reference.to_string())),
            ("case.opened", Some(written(case.opened))),
            ("case.deadline", Some(written(case.deadline))),
            ("case.topic", Some(one_line(&case.topic))),
            ("case.topic_words", Some(one_line(&case.topic_words))),
            ("case.status", Some(case.status.to_owned())),
            (
                "case.late",
                (case.deadline < self.today).then(|| "yes".to_owned()),
            ),
            ("customer.salutation", Some(customer.salutation())),
            ("customer.name", customer.name()),
            ("customer.address", in_lines(&customer.address)),
            ("customer.member_number", line(&customer.member_number)),
            ("customer.tier", line(&customer.tier)),
            ("message.received", Some(written(message.received))),
            ("message.subject", line(&message.subject)),
            ("message.channel", Some(came.to_owned())),
            ("company.name", Some(one_line(&company.name))),
            ("company.address", in_lines(&company.address)),
            ("company.email", line(&company.email)),
            ("company.phone", line(&company.phone)),
            ("company.web", line(&company.web)),
            ("agent.name", line(&agent.name)),
            ("agent.team", line(&agent.team)),
            ("text", self.text.as_deref().map(paragraphs)),
            ("reply.channel", Some(self.channel.name().to_owned())),
            ("today", Some(written(self.today))),
        ];
        let known = known.into_iter();
        let known = known.filter_map(|(name, value)| Some((name, value?)));
        known.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Those of them that are `known`, as a template sees them: `case` has a `reference`.
    pub(super) fn values(&self, known: &dyn Fn(&str) -> bool) -> Value {
        let mut all: BTreeMap<&str, Value> = BTreeMap::new();
        let mut groups: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
        for group in VARIABLES
            .iter()
            .filter_map(|known| known.name.split_once('.'))
        {
            groups.entry(group.0).or_default();
        }
        let variables = self.variables().into_iter();
        for (name, value) in variables.filter(|(name, _)| known(name)) {
            match name.split_once('.') {
                Some((group, name)) => {
                    let group = groups.entry(group).or_default();
                    group.insert(name, Value::from(value));
                }
                None => drop(all.insert(name, Value::from(value))),
            }
        }
        let groups = groups.into_iter();
        all.extend(groups.map(|(name, group)| (name, Value::from_pairs(group))));
        Value::from_pairs(all)
    }
}

/// The day as British letters write it.
fn written(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn line(text: &Option<String>) -> Option<String> {
    text.as_deref().map(one_line)
}

fn in_lines(lines: &[String]) -> Option<String> {
    let lines: Vec<String> = lines.iter().map(|line| one_line(line)).collect();
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Text in one line, whatever stands in it: what separates words is one space, and what
/// a header or a terminal would obey is gone.
pub(super) fn one_line(text: &str) -> String {
    let text: String = text.chars().map(harmless).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Text in lines and paragraphs: no space at the end of a line, no two empty lines.
pub(super) fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}'], "\n");
    let text = text.replace('\u{2029}', "\n\n");
    let mut laid = String::with_capacity(text.len());
    for line in text.lines() {
        let line: String = line.chars().map(harmless).collect();
        let line = line.trim_end();
        if !(line.is_empty() && (laid.is_empty() || laid.ends_with("\n\n"))) {
            laid.push_str(line);
            laid.push('\n');
        }
    }
    laid.truncate(laid.trim_end().len());
    laid
}

fn harmless(sign: char) -> char {
    let obeyed = sign.is_control()
        || matches!(
            sign,
            '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        );
    if obeyed { ' ' } else { sign }
}
