//! Working days over Christmas, Easter and leap days; the embedded holidays against
//! the rules that make them.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use super::super::{Facts, Rules};
use super::facts;

fn due(text: &str, received: Date) -> Date {
    let judged = Rules::embedded().judge(&Facts {
        received,
        ..facts(text)
    });
    judged.deadline.choice
}

const NORMAL: &str = "Dear Sirs,\nThe kettle is faulty.";
const CHIEF: &str = "The Chief Executive\nDear Madam,\nThe kettle is faulty.";
const DATA: &str = "Dear Sirs,\nThis is a subject access request.";

#[test]
fn ordinary_and_awkward_days() {
    for (text, received, expected) in [
        (NORMAL, date(2026, 3, 2), date(2026, 3, 16)),
        (NORMAL, date(2026, 3, 7), date(2026, 3, 20)),
        (NORMAL, date(2026, 12, 18), date(2027, 1, 6)),
        (NORMAL, date(2027, 12, 24), date(2028, 1, 12)),
        (NORMAL, date(2028, 2, 28), date(2028, 3, 13)),
        (NORMAL, date(2025, 4, 10), date(2025, 4, 28)),
        (CHIEF, date(2026, 4, 2), date(2026, 4, 9)),
        (CHIEF, date(2028, 2, 25), date(2028, 3, 1)),
        (DATA, date(2026, 3, 2), date(2026, 3, 30)),
        (DATA, date(2025, 12, 10), date(2026, 1, 9)),
        (DATA, date(2026, 1, 30), date(2026, 2, 27)),
    ] {
        assert_eq!(due(text, received), expected, "{received} {text}");
    }
}

#[test]
fn an_unknown_year_is_named() {
    let judged = Rules::embedded().judge(&Facts {
        received: date(2028, 12, 22),
        ..facts(NORMAL)
    });
    assert_eq!(judged.deadline.choice, date(2029, 1, 9));
    assert!(judged.deadline.why.contains("no bank holidays for 2029"));
}

#[test]
fn the_end_of_time_is_no_panic() {
    assert_eq!(due(NORMAL, Date::MAX), Date::MAX);
}

/// The anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
fn easter(year: i16) -> Date {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    date(
        year,
        i8::try_from(n / 31).unwrap(),
        i8::try_from(n % 31 + 1).unwrap(),
    )
}

fn first_from(mut day: Date, step: i32, good: impl Fn(Date) -> bool) -> Date {
    while !good(day) {
        day = day.checked_add(step.days()).unwrap();
    }
    day
}

/// England and Wales: the Banking and Financial Dealings Act 1971, with substitutes.
fn holidays(year: i16) -> Vec<Date> {
    let monday = |d: Date| d.weekday() == Weekday::Monday;
    let workday = |d: Date| !matches!(d.weekday(), Weekday::Saturday | Weekday::Sunday);
    let new_year = first_from(date(year, 1, 1), 1, workday);
    let mut days = vec![
        new_year,
        easter(year).checked_sub(2.days()).unwrap(),
        easter(year).checked_add(1.days()).unwrap(),
        first_from(date(year, 5, 1), 1, monday),
        first_from(date(year, 5, 31), -1, monday),
        first_from(date(year, 8, 31), -1, monday),
    ];
    for day in [date(year, 12, 25), date(year, 12, 26)] {
        days.push(first_from(day, 1, |d| workday(d) && !days.contains(&d)));
    }
    days.sort();
    days
}

#[test]
fn the_embedded_holidays_are_the_law() {
    let rules = Rules::embedded();
    for year in 2025..=2028 {
        let mut day = date(year, 1, 1);
        let mut listed = Vec::new();
        while day.year() == year {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            if !weekend && !rules.calendar.is_working_day(day) {
                listed.push(day);
            }
            day = day.checked_add(1.day()).unwrap();
        }
        assert_eq!(listed, holidays(year), "{year}");
    }
}

/// Whether anybody works on that day, by the law's own days.
fn works(day: Date) -> bool {
    static LISTED: LazyLock<Vec<Date>> =
        LazyLock::new(|| (2024..=2028).flat_map(holidays).collect());
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !weekend && !LISTED.contains(&day)
}

static RULES: LazyLock<Rules> = LazyLock::new(Rules::embedded);

proptest! {
    #[test]
    fn working_days_are_those_that_are_counted_one_by_one(from in 0_i32..1_200, days in 0_u16..60) {
        let rules = &*RULES;
        let start = date(2025, 1, 1).checked_add(from.days()).unwrap();
        let mut due = start;
        let mut left = days;
        while left > 0 {
            due = due.tomorrow().unwrap();
            left -= u16::from(works(due));
        }
        prop_assert_eq!(rules.working_days_after(start, days), due);
        // A later start or more days never come earlier.
        let next = start.tomorrow().unwrap();
        prop_assert!(rules.working_days_after(next, days) >= due);
        prop_assert!(rules.working_days_after(start, days + 1) > due);
        let mut before = start;
        while !works(before) {
            before = before.yesterday().unwrap();
        }
        // The calendar knows nothing before its first year.
        if before >= date(2025, 1, 2) {
            prop_assert_eq!(rules.calendar.on_or_before(start), Some(before));
        }
    }
}
