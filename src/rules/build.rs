//! From the file's text to rules that need no further check; the first mistake is
//! named with its place.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use jiff::civil::Date;
use regex::Regex;
use toml::value::Datetime;

use crate::domain::case::Priority;
use crate::domain::identity::Digest;

use super::Rules;
use super::calendar::Calendar;
use super::error::RulesError;
use super::file::{self, File, Text};
use super::lexicon::Lexicon;
use super::phrase::{PhraseBook, PhraseId};
use super::places::{Layout, Place};
use super::routing::{DeadlineRule, Scope, TeamRule};
use super::topic::{Group, Topic, Topics};
use super::urgency::PriorityRule;

/// The rules of a file's text.
pub(super) fn build(text: &str) -> Result<Rules, RulesError> {
    let file: File =
        toml::from_str(text).map_err(|e| RulesError::at(text, e.span(), tidy(e.message())))?;
    let mut builder = Builder {
        text,
        book: PhraseBook::new(Lexicon::new()),
    };
    let references = builder.references(&file.patterns)?;
    let layout = builder.layout(&file)?;
    let topics = builder.topics(&file)?;
    let priorities = builder.each(&file.priority, Builder::priority_rule)?;
    let silent = file.priority.iter().filter_map(|rule| builder.silent(rule));
    let warnings = silent.collect();
    let names: Vec<&str> = topics.list.iter().map(|t| t.name.as_str()).collect();
    let teams = builder.teams(&file.team, &names)?;
    let deadlines = builder.deadlines(&file.deadline, &names)?;
    let calendar = builder.calendar(&file.calendar.bank_holidays)?;
    Ok(Rules {
        digest: Digest::of(text.as_bytes()),
        book: builder.book,
        layout,
        topics,
        priorities,
        teams,
        deadlines,
        calendar,
        references,
        warnings,
        classifier: None,
    })
}

/// The rules in the making.
struct Builder<'a> {
    text: &'a str,
    book: PhraseBook,
}

impl Builder<'_> {
    fn references(&mut self, wire: &file::Patterns) -> Result<Vec<Regex>, RulesError> {
        self.each(&wire.reference, Self::regex)
    }

    fn regex(&mut self, wire: &Text) -> Result<Regex, RulesError> {
        Regex::new(wire.get_ref()).map_err(|e| {
            let message = e.to_string();
            let gist = message.lines().last().unwrap_or_default();
            self.mistake(wire, format!("not a regular expression: {gist}"))
        })
    }

    fn layout(&mut self, file: &File) -> Result<Layout, RulesError> {
        let places = &file.places;
        let weight = &places.weight;
        Ok(Layout {
            salutation: self.each(&places.salutation, Self::phrase)?,
            sign_off: self.each(&places.sign_off, Self::phrase)?,
            opening_words: places.opening_words,
            closing_words: places.closing_words,
            weights: vec![
                (Place::Subject, weight.subject.into()),
                (Place::FirstSentence, weight.first_sentence.into()),
                (Place::Opening, weight.opening.into()),
                (Place::Closing, weight.closing.into()),
                (Place::Body, weight.body.into()),
            ],
            denied_by: self.each(&file.evidence.denied_by, Self::phrase)?,
            not_denied_by: self.each(&file.evidence.not_denied_by, Self::phrase)?,
            denied_within: file.evidence.denied_within,
        })
    }

    fn topics(&mut self, file: &File) -> Result<Topics, RulesError> {
        let list = self.each(&file.topic, |this, wire: &file::Topic| {
            this.named(&wire.name, &wire.why)?;
            let mut says = HashMap::new();
            let mut groups = Vec::with_capacity(wire.says.len());
            for (at, group) in wire.says.iter().enumerate() {
                for phrase in this.each(&group.phrases, Self::phrase)? {
                    says.insert(phrase, at);
                }
                groups.push(this.group(group)?);
            }
            Ok(Topic {
                name: wire.name.get_ref().clone(),
                keeps_ties: wire.keeps_ties,
                says,
                groups,
            })
        })?;
        self.distinct(file.topic.iter().map(|topic| &topic.name))?;
        match file.topic.last() {
            Some(last) if last.says.is_empty() => {}
            Some(last) => {
                return Err(self.mistake(
                    &last.name,
                    "the last topic is for everything else and has no phrases; add one such topic",
                ));
            }
            None => return Err(RulesError::at(self.text, None, "there is no [[topic]]")),
        }
        Ok(Topics {
            list,
            firm: file.evidence.firm,
            margin: file.evidence.margin,
        })
    }

    fn group(&self, wire: &file::Says) -> Result<Group, RulesError> {
        let at_most = match &wire.at_most {
            None => i32::MAX,
            Some(most) if wire.weight > 0 && *most.get_ref() > 0 => (*most.get_ref()).into(),
            Some(most) => {
                let what = "at_most caps a weight above zero, and is above zero itself";
                return Err(RulesError::at(self.text, Some(most.span()), what));
            }
        };
        Ok(Group {
            weight: wire.weight,
            at_most,
        })
    }

    fn priority_rule(&mut self, wire: &file::Priority) -> Result<PriorityRule, RulesError> {
        self.named(&wire.name, &wire.why)?;
        Ok(PriorityRule {
            name: wire.name.get_ref().clone(),
            priority: self.priority(&wire.priority)?,
            places: self.each(&wire.places, |this, place: &Text| {
                let known = Place::ALL.map(Place::name);
                Place::from_name(place.get_ref())
                    .ok_or_else(|| this.unknown(place, "place", &known))
            })?,
            phrases: self.each(&wire.phrases, Self::phrase)?,
            except: self.each(&wire.except, Self::phrase)?,
        })
    }

    /// The warning of a rule that looks only where nothing is ever known.
    fn silent(&self, wire: &file::Priority) -> Option<RulesError> {
        let first = wire.places.first()?;
        let known = |place: &Text| {
            Place::from_name(place.get_ref())
                .is_none_or(|place| !Place::NEVER_KNOWN.contains(&place))
        };
        let silent = !wire.places.iter().any(known);
        silent.then(|| {
            let (name, place) = (wire.name.get_ref(), first.get_ref());
            self.mistake(
                first,
                format!("'{name}' can never fire: nothing tells this version a letter's {place}; name other places or take the rule out"),
            )
        })
    }

    fn teams(
        &mut self,
        wires: &[file::Team],
        topics: &[&str],
    ) -> Result<Vec<TeamRule>, RulesError> {
        let teams = self.each(wires, |this, wire: &file::Team| {
            this.named(&wire.name, &wire.why)?;
            Ok(TeamRule {
                team: wire.name.get_ref().clone(),
                scope: this.scope(&wire.priorities, &wire.topics, topics)?,
            })
        })?;
        let ends = teams.last().is_some_and(|rule| rule.scope.covers_all());
        self.ends_with_all(ends, wires.last().map(|wire| &wire.name), "team")?;
        Ok(teams)
    }

    fn deadlines(
        &mut self,
        wires: &[file::Deadline],
        topics: &[&str],
    ) -> Result<Vec<DeadlineRule>, RulesError> {
        let deadlines = self.each(wires, |this, wire: &file::Deadline| {
            this.named(&wire.name, &wire.why)?;
            Ok(DeadlineRule {
                name: wire.name.get_ref().clone(),
                working_days: wire.working_days,
                at_most_months: wire.at_most_months,
                scope: this.scope(&wire.priorities, &wire.topics, topics)?,
            })
        })?;
        let ends = deadlines.last().is_some_and(|rule| rule.scope.covers_all());
        self.ends_with_all(ends, wires.last().map(|wire| &wire.name), "deadline")?;
        Ok(deadlines)
    }

    fn scope(
        &mut self,
        priorities: &[Text],
        topics: &[Text],
        known: &[&str],
    ) -> Result<Scope, RulesError> {
        Ok(Scope {
            priorities: self.each(priorities, |this, wire: &Text| this.priority(wire))?,
            topics: self.each(topics, |this, wire: &Text| {
                match known.contains(&wire.get_ref().as_str()) {
                    true => Ok(wire.get_ref().clone()),
                    false => Err(this.unknown(wire, "topic", known)),
                }
            })?,
        })
    }

    fn calendar(&self, wires: &[file::BankHoliday]) -> Result<Calendar, RulesError> {
        let mut holidays = BTreeMap::new();
        for wire in wires {
            let span = Some(wire.day.span());
            let day = plain_day(wire.day.get_ref()).ok_or_else(|| {
                let what = "not a day; write it like 2026-12-25";
                RulesError::at(self.text, span.clone(), what)
            })?;
            if holidays.insert(day, wire.name.clone()).is_some() {
                return Err(RulesError::at(
                    self.text,
                    span,
                    format!("{day} is listed twice; remove one"),
                ));
            }
        }
        Ok(Calendar::new(holidays))
    }

    fn priority(&self, wire: &Text) -> Result<Priority, RulesError> {
        let known = Priority::ALL.map(Priority::name);
        Priority::from_name(wire.get_ref()).ok_or_else(|| self.unknown(wire, "priority", &known))
    }

    fn phrase(&mut self, wire: &Text) -> Result<PhraseId, RulesError> {
        let added = self.book.add(wire.get_ref());
        added.map_err(|e| self.mistake(wire, e.to_string()))
    }

    /// Builds every item of a list.
    fn each<W, T>(
        &mut self,
        wires: &[W],
        mut one: impl FnMut(&mut Self, &W) -> Result<T, RulesError>,
    ) -> Result<Vec<T>, RulesError> {
        wires.iter().map(|wire| one(self, wire)).collect()
    }

    /// A rule has a name and says why it exists.
    fn named(&self, name: &Text, why: &Text) -> Result<(), RulesError> {
        for (text, what) in [
            (name, "a name"),
            (why, "a reason, for whoever edits it next"),
        ] {
            if text.get_ref().trim().is_empty() {
                return Err(self.mistake(text, format!("the rule needs {what}")));
            }
        }
        Ok(())
    }

    fn distinct<'t>(&self, names: impl Iterator<Item = &'t Text>) -> Result<(), RulesError> {
        let mut seen = Vec::new();
        for name in names {
            if seen.contains(&name.get_ref()) {
                return Err(self.mistake(
                    name,
                    format!("'{}' is there twice; rename or merge one", name.get_ref()),
                ));
            }
            seen.push(name.get_ref());
        }
        Ok(())
    }

    fn ends_with_all(&self, ends: bool, last: Option<&Text>, kind: &str) -> Result<(), RulesError> {
        match (ends, last) {
            (true, _) => Ok(()),
            (false, last) => Err(RulesError::at(
                self.text,
                last.map(Text::span),
                format!(
                    "the last [[{kind}]] must be for everything else: leave out its priorities and topics"
                ),
            )),
        }
    }

    fn unknown(&self, wire: &Text, kind: &str, known: &[&str]) -> RulesError {
        let known = known.join(", ");
        self.mistake(
            wire,
            format!(
                "there is no {kind} '{}'; use one of {known}",
                wire.get_ref()
            ),
        )
    }

    fn mistake(&self, wire: &Text, what: impl Into<String>) -> RulesError {
        let span: Range<usize> = wire.span();
        RulesError::at(self.text, Some(span), what)
    }
}

/// A date without a time of day.
fn plain_day(value: &Datetime) -> Option<Date> {
    let plain = value.time.is_none() && value.offset.is_none();
    let day = value.date.filter(|_| plain)?;
    let (month, of_month) = (i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?);
    Date::new(i16::try_from(day.year).ok()?, month, of_month).ok()
}

/// The TOML reader's message on one line.
fn tidy(message: &str) -> String {
    message
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("; ")
}
