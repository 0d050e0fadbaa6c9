//! Working days: Monday to Friday without the bank holidays that the file lists.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// The days on which nobody works.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Calendar {
    holidays: BTreeMap<Date, String>,
    years: BTreeSet<i16>,
}

impl Calendar {
    /// A calendar of these holidays. A year is known when one of its days is listed.
    pub(super) fn new(holidays: BTreeMap<Date, String>) -> Self {
        let years = holidays.keys().map(|day| day.year()).collect();
        Self { holidays, years }
    }

    /// Whether the mailroom works on that day.
    pub(super) fn is_working_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
            && !self.holidays.contains_key(&day)
    }

    /// The working day that many working days later, the day after `start` being
    /// the first that can count. `None` past the end of time.
    pub(super) fn working_days_after(&self, start: Date, days: u16) -> Option<Date> {
        let mut day = start;
        for _ in 0..days {
            day = self.step(day, 1.day())?;
        }
        Some(day)
    }

    /// The last working day that is not after `day`.
    pub(super) fn on_or_before(&self, day: Date) -> Option<Date> {
        if self.is_working_day(day) {
            Some(day)
        } else {
            self.step(day, -1.day())
        }
    }

    /// The years between two days for which no holiday is listed.
    pub(super) fn unknown_years(&self, first: Date, last: Date) -> Vec<i16> {
        (first.year()..=last.year())
            .filter(|year| !self.years.contains(year))
            .collect()
    }

    /// The next working day in that direction.
    fn step(&self, mut day: Date, span: Span) -> Option<Date> {
        loop {
            day = day.checked_add(span).ok()?;
            if self.is_working_day(day) {
                return Some(day);
            }
        }
    }
}
