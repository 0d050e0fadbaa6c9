//! Dates of birth: day, month and year in digits, as the calendar has them, of people
//! of an age at which cards are filled in.

use jiff::civil::Date;

use super::automaton::Automaton;
use super::numbers::{CHANNEL, DIGITS};
use super::signs::{Sign, sign_of, text_of};
use super::{ChangedBy, Value, Weighed};
use crate::domain::lattice::Lattice;

/// How often people of an age up to each of these fill in a card, for each year of age
/// and relative to those between 18 and 90; beyond the last nobody does. Estimates.
const AGES: [(i16, f64); 5] = [
    (9, 0.02),
    (17, 0.1),
    (90, 1.0),
    (100, 0.05),
    (OLDEST, 0.002),
];
const OLDEST: i16 = 110;
/// What is written is no date of birth so often: the 31st of a month of 30 days, a year
/// to come. An estimate.
const NO_DATE: f64 = 0.005;
/// Where there is room for eight digits, six are written so often, and the other way round.
const OTHER_LENGTH: f64 = 0.02;
/// Boxes that eight digits need.
const LONG: usize = 8;

pub(super) fn read(lattice: &Lattice, today: Date) -> Option<Weighed> {
    let automaton = dates(today, lattice.boxes());
    let values = |signs: &[Sign], mass| {
        let spelled = text_of(signs);
        let days = days(&spelled, today);
        let all: f64 = days.iter().map(|(_, weight)| weight).sum();
        let days = days.into_iter().map(|(date, weight)| Value {
            value: date.to_string(),
            spelled: spelled.clone(),
            mass: mass * weight / all,
            by: ChangedBy::Calendar,
        });
        days.collect()
    };
    Weighed::of(lattice, DIGITS, &CHANNEL, &automaton, values)
}

/// A date in the making.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Written {
    Start,
    DayTens {
        tens: u8,
        years: Years,
    },
    Day {
        longest: u8,
        years: Years,
    },
    MonthTens {
        longest: u8,
        tens: u8,
        years: Years,
    },
    /// Its year so far, and how many digits are to come.
    Year {
        leap: bool,
        so_far: i16,
        left: u8,
        years: Years,
    },
    /// Any digits: so many are to come.
    NoDate {
        left: u8,
    },
}

/// Whether a year has two digits or four.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Years {
    Short,
    Long,
}

fn dates(today: Date, boxes: usize) -> Automaton {
    let long = if boxes >= LONG {
        1.0 - OTHER_LENGTH
    } else {
        OTHER_LENGTH
    };
    let all: f64 = (today.year() - OLDEST..=today.year())
        .map(|year| often(year, today))
        .sum();
    let steps = |written: &Written| steps(*written, long, today.year());
    let end = |written: &Written| match *written {
        Written::NoDate { left: 0 } => 1.0,
        Written::Year {
            leap,
            so_far,
            left: 0,
            years,
        } => {
            let years = meant(so_far, years, today);
            let years = years.filter(|year| !leap || is_leap(*year));
            // A day of a year is one of 365.
            let often: f64 = years.map(|year| often(year, today)).sum();
            often / all / 365.25
        }
        _ => 0.0,
    };
    Automaton::unfolded(Written::Start, steps, end)
}

fn steps(written: Written, long: f64, latest: i16) -> Vec<(Sign, Written, f64)> {
    let next = |digit: u8| -> Option<Written> {
        Some(match written {
            Written::DayTens { tens, years } => {
                let day = 10 * tens + digit;
                // Days up to the 28th are in every month.
                (1..=31).contains(&day).then_some(Written::Day {
                    longest: day.max(28),
                    years,
                })?
            }
            Written::Day { longest, years } => Written::MonthTens {
                longest,
                tens: digit,
                years,
            },
            Written::MonthTens {
                longest,
                tens,
                years,
            } => {
                let month = 10 * tens + digit;
                let days = match month {
                    2 => 29,
                    4 | 6 | 9 | 11 => 30,
                    1..=12 => 31,
                    _ => return None,
                };
                let left = if years == Years::Long { 4 } else { 2 };
                let leap = month == 2 && longest == 29;
                (longest <= days).then_some(Written::Year {
                    leap,
                    so_far: 0,
                    left,
                    years,
                })?
            }
            Written::Year { left: 0, .. } | Written::NoDate { left: 0 } => return None,
            Written::Year {
                leap,
                so_far,
                left,
                years,
            } => {
                let (so_far, left) = (10 * so_far + i16::from(digit), left - 1);
                let size = 10i16.pow(u32::from(left));
                let range = so_far * size..(so_far + 1) * size;
                let is_near = range.start <= latest && range.end > latest - OLDEST;
                let may_be = years == Years::Short || is_near;
                may_be.then_some(Written::Year {
                    leap,
                    so_far,
                    left,
                    years,
                })?
            }
            Written::NoDate { left } => Written::NoDate { left: left - 1 },
            Written::Start => return None,
        })
    };
    let digits = || (b'0'..=b'9').filter_map(sign_of).zip(0u8..);
    if written != Written::Start {
        let weight = if matches!(written, Written::NoDate { .. }) {
            0.1
        } else {
            1.0
        };
        return digits()
            .filter_map(|(sign, digit)| Some((sign, next(digit)?, weight)))
            .collect();
    }
    let date = 1.0 - NO_DATE;
    let ways = [(Years::Long, 7, long), (Years::Short, 5, 1.0 - long)];
    let all = digits().flat_map(|(sign, tens)| {
        ways.map(|(years, left, share)| {
            let date = (sign, Written::DayTens { tens, years }, share * date);
            [
                date,
                (sign, Written::NoDate { left }, share * NO_DATE / 10.0),
            ]
        })
    });
    all.flatten().collect()
}

/// The days that digits can mean, each with how often people are of that age.
fn days(digits: &str, today: Date) -> Vec<(Date, f64)> {
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let parts = || Some((number(0, 2)?, number(2, 4)?, number(4, digits.len())?));
    let Some((day, month, year)) = parts() else {
        return Vec::new();
    };
    let years = match digits.len() {
        8 => meant(year, Years::Long, today),
        6 => meant(year, Years::Short, today),
        _ => return Vec::new(),
    };
    let dates = years.filter_map(|year| {
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some((date, often(year, today))).filter(|(date, often)| *date <= today && *often > 0.0)
    });
    dates.collect()
}

/// The years that are meant by a number of two digits or four.
fn meant(number: i16, years: Years, today: Date) -> impl Iterator<Item = i16> {
    let latest = today.year();
    let first = match years {
        Years::Long => number,
        Years::Short => latest - (latest - number).rem_euclid(100),
    };
    let second = (years == Years::Short).then_some(first - 100);
    [Some(first), second].into_iter().flatten()
}

/// How often somebody who was born in a year fills in a card.
fn often(year: i16, today: Date) -> f64 {
    let age = today.year() - year;
    let up_to = AGES.iter().find(|(most, _)| age <= *most);
    up_to.filter(|_| age >= 0).map_or(0.0, |(_, often)| *often)
}

fn is_leap(year: i16) -> bool {
    Date::new(year, 2, 29).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::signs::signs_of;
    use jiff::ToSpan as _;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 29);

    #[test]
    fn the_automaton_and_the_calendar_agree() {
        let automaton = dates(TODAY, 8);
        let weight = |text: &str| automaton.weight(&signs_of(text).unwrap());
        let no_date = NO_DATE * (1.0 - OTHER_LENGTH) * 1e-8;
        let mut sum = 0.0;
        for day in date(1900, 1, 1)
            .series(1.day())
            .take_while(|day| day.year() < 2030)
        {
            let text = day.strftime("%d%m%Y").to_string();
            let is_possible = often(day.year(), TODAY) > 0.0;
            assert_eq!(weight(&text) > 2.0 * no_date, is_possible, "{text}");
            sum += weight(&text) - no_date;
        }
        assert!((sum - 0.98 * 0.995).abs() < 1e-3, "{sum}");
        for text in [
            "31021985", "29021985", "31041985", "00011985", "01131985", "01011885",
        ] {
            assert!((weight(text) - no_date).abs() < 1e-20, "{text}");
        }
        assert!(weight("29021984") > no_date);
    }

    #[test]
    fn a_short_year_is_that_of_the_likelier_age() {
        let first = |text: &str| {
            let mut days = days(text, TODAY);
            days.sort_by(|a, b| b.1.total_cmp(&a.1));
            days.first().map(|(date, _)| date.to_string())
        };
        assert_eq!(first("040785").as_deref(), Some("1985-07-04"));
        assert_eq!(first("040704").as_deref(), Some("2004-07-04"));
        // 101 years old or 1: neither is likely, a child is a little more so.
        assert_eq!(first("040725").as_deref(), Some("2025-07-04"));
        assert_eq!(days("040726", TODAY).len(), 2);
        assert_eq!(days("290225", TODAY).len(), 0);
        assert_eq!(days("311226", TODAY).len(), 1);
        assert_eq!(days("0407", TODAY).len(), 0);
    }
}
