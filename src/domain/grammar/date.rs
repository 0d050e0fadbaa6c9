//! Dates as British letters write them, found in a line of print.
//!
//! Day before month always, except where the month is a word and stands first
//! (`July 4, 2026`). A weekday that does not fit, a misread digit and a month
//! with one wrong letter are told, never mended in silence.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use regex::{Captures, Regex};

/// A date found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenDate {
    /// The day it names.
    pub date: Date,
    /// Where it stands in the text, weekday included.
    pub range: Range<usize>,
    /// What is odd about it, if anything.
    pub oddity: Option<Oddity>,
}

/// Why a written date cannot be taken as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// It names another weekday than its day had.
    Weekday,
    /// Letters stand where digits belong, or a month has a wrong letter.
    Misread,
}

/// Two-digit years count as 2000 to 2099: the post is this century's.
const CENTURY: i16 = 2000;
/// Years that a letter in today's post can name; what is outside is no date.
const YEARS: Range<i16> = 1900..2100;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const ROMAN: [&str; 12] = [
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii",
];

static WORDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi) (?:\b(?P<weekday>(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\.?\s*,?\s*(?:the\s+)?)?
        (?P<day>\b[0-9ilosz|]{1,2})\s*(?:st|nd|rd|th|'h)?\s*(?:day\s+)?(?:of\s+)?[,.\-/]?\s*
        (?P<month>[a-z0-9][a-z]{2,8})\.?\s*[,.\-/'’]?\s*(?P<year>[0-9ilosz]{4}|[0-9]{2})\b",
    )
});
static MONTH_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi) (?:\b(?P<weekday>(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\.?\s*,?\s*)?
        \b(?P<month>[a-z]{3,9})\.?\s+(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?\s*,?\s+(?P<year>[0-9]{4})\b",
    )
});
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi) (?:\b(?P<weekday>(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\.?\s*,?\s*)?
        \b(?P<day>[0-9]{1,2})\s?[./\-–]\s?(?P<month>[0-9]{1,2}|[ivx]{1,4})\s?[./\-–]\s?(?P<year>[0-9]{4}|[0-9]{2})\b",
    )
});
static ISO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})\b"));

/// The patterns are constants, and the tests compile each of them.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// The first date in a text.
pub fn find(text: &str) -> Option<WrittenDate> {
    [&*WORDED, &*MONTH_FIRST, &*NUMBERED, &*ISO]
        .into_iter()
        .flat_map(|form| form.captures_iter(text))
        .filter_map(|found| settle(&found))
        .min_by_key(|date| date.range.start)
}

/// The date that is the whole text, but for full stops and spaces around it.
pub fn parse(text: &str) -> Option<WrittenDate> {
    let found = find(text)?;
    let rest = format!("{}{}", &text[..found.range.start], &text[found.range.end..]);
    rest.chars().all(|c| !c.is_alphanumeric()).then_some(found)
}

fn settle(found: &Captures<'_>) -> Option<WrittenDate> {
    let (day, misread_day) = number(&found["day"])?;
    let (month, misread_month) = month(&found["month"])?;
    let (year, misread_year) = number(&found["year"])?;
    let short = found["year"].len() == 2;
    let year = if short { CENTURY + year } else { year };
    if !YEARS.contains(&year) {
        return None;
    }
    let date = Date::new(year, month, i8::try_from(day).ok()?).ok()?;
    let weekday_fits = found
        .name("weekday")
        .is_none_or(|name| weekday(name.as_str()) == Some(date.weekday()));
    let oddity = if !weekday_fits {
        Some(Oddity::Weekday)
    } else if misread_day || misread_month || misread_year {
        Some(Oddity::Misread)
    } else {
        None
    };
    Some(WrittenDate {
        date,
        range: found.get(0)?.range(),
        oddity,
    })
}

/// A number and whether letters had to be read as digits; not a number without
/// one true digit.
fn number(text: &str) -> Option<(i16, bool)> {
    let mut misread = false;
    let digits: String = text
        .chars()
        .map(|c| match c.to_ascii_lowercase() {
            'i' | 'l' | '|' => '1',
            'o' => '0',
            's' => '5',
            'z' => '2',
            _ => c,
        })
        .collect();
    if digits != text {
        misread = true;
        if text.len() > 1 && !text.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
    }
    Some((digits.parse().ok()?, misread))
}

fn month(text: &str) -> Option<(i8, bool)> {
    let lower = text.to_ascii_lowercase();
    if let Ok(number) = lower.parse::<i8>() {
        return (1..=12).contains(&number).then_some((number, false));
    }
    let place = |names: &[&str], fits: &dyn Fn(&str) -> bool| {
        let at = names.iter().position(|name| fits(name))?;
        i8::try_from(at + 1).ok()
    };
    if let Some(at) = place(&ROMAN, &|name| name == lower) {
        return Some((at, false));
    }
    if lower.len() >= 3
        && let Some(at) = place(&MONTHS, &|name| name.starts_with(&lower))
    {
        return Some((at, false));
    }
    if lower == "sept" {
        return Some((9, false));
    }
    let near = |name: &str| name.len() == lower.len() && wrong_letters(name, &lower) == 1;
    Some((place(&MONTHS, &|name| name.len() >= 4 && near(name))?, true))
}

fn wrong_letters(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count()
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text.get(..3)?.to_ascii_lowercase().as_str() {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn the_usual_british_ways() {
        for text in [
            "4 July 2026",
            "4th July 2026",
            "Saturday 4th July 2026",
            "Saturday, 4 July, 2026",
            "Sat 4 Jul 2026",
            "the 4th of July 2026",
            "4th day of July 2026",
            "04/07/2026",
            "4/7/26",
            "4.7.26",
            "4-7-2026",
            "4-Jul-26",
            "July 4, 2026",
            "July 4th 2026",
            "4/vii/26",
            "4 JULY 2026",
            "4July2026",
            "2026-07-04",
            "04.07.2026",
        ] {
            let found = find(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (found.date, found.oddity),
                (date(2026, 7, 4), None),
                "{text}"
            );
        }
    }

    #[test]
    fn oddities_are_told() {
        let odd = |text| find(text).map(|d| (d.date, d.oddity));
        let day = date(2026, 7, 4);
        assert_eq!(
            odd("Tuesday 4th July 2026"),
            Some((day, Some(Oddity::Weekday)))
        );
        assert_eq!(odd("4 Juiy 2026"), Some((day, Some(Oddity::Misread))));
        assert_eq!(
            odd("i1 July 2026"),
            Some((date(2026, 7, 11), Some(Oddity::Misread)))
        );
        assert_eq!(odd("7/4/26"), Some((date(2026, 4, 7), None)));
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "31 February 2026",
            "13/13/2026",
            "telephone 01904 123456",
            "4 July",
            "KH/43749/25",
            "12 noon 2026",
            "is to 2026",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
        assert!(parse("on 4 July 2026 I went").is_none());
        assert!(parse(" 4 July 2026.").is_some());
    }

    proptest! {
        #[test]
        fn every_day_survives_every_form(days in 0i64..36_000, form in 0usize..7) {
            let day = date(2000, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let form = ["%-d %B %Y", "%d/%m/%Y", "%d.%m.%y", "%B %-d, %Y", "%A, %-d %B %Y", "%-d %b %Y", "%F"][form];
            let text = day.strftime(form).to_string();
            let found = parse(&text);
            prop_assert_eq!(found.map(|d| (d.date, d.oddity)), Some((day, None)), "{}", text);
        }

        #[test]
        fn no_text_panics(text in "(?s).{0,60}") {
            let _ = find(&text);
            let _ = parse(&text);
        }
    }
}
