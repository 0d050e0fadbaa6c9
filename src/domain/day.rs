//! Which day a moment is: days are of a place, moments are not.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The day of a moment as the store writes it, in UTC; `None` where it is none.
pub fn day_of(moment: &str, zone: &TimeZone) -> Option<Date> {
    let moment: Timestamp = moment.parse().ok()?;
    Some(moment.to_zoned(zone.clone()).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::{Weekday, date};
    use proptest::prelude::*;

    /// The last Sunday of a month, counted by hand.
    fn last_sunday(year: i16, month: i8) -> Date {
        let mut day = date(year, month, 31);
        while day.weekday() != Weekday::Sunday {
            day = day.yesterday().unwrap();
        }
        day
    }

    /// British summer time is from one o'clock on the last Sunday of March to one o'clock on that of
    /// October, both in UTC (The Summer Time Order 2002).
    fn by_hand(moment: Timestamp) -> Date {
        let utc = moment.to_zoned(TimeZone::UTC).datetime();
        let change = |month| last_sunday(utc.year(), month).at(1, 0, 0, 0);
        let summer = change(3) <= utc && utc < change(10);
        let local = utc.checked_add(i64::from(summer).hours()).unwrap();
        local.date()
    }

    proptest! {
        #[test]
        fn a_day_is_that_of_the_clock_on_the_wall(
            year in 2024_i16..2032,
            (month, hours) in (prop::sample::select(vec![3_i8, 6, 10, 12]), -60_i64..60),
            minutes in 0_i64..60,
        ) {
            let zone = TimeZone::get("Europe/London").unwrap();
            let day = match month {
                3 | 10 => last_sunday(year, month),
                _ => date(year, month, 15),
            };
            let near = day.to_zoned(TimeZone::UTC).unwrap().timestamp();
            let moment = near + hours.hours() + minutes.minutes();
            prop_assert_eq!(day_of(&moment.to_string(), &zone), Some(by_hand(moment)));
        }
    }

    #[test]
    fn a_summer_evening_in_utc_is_the_next_day_here() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let at = |moment| day_of(moment, &zone);
        assert_eq!(at("2026-07-01T23:30:00Z"), Some(date(2026, 7, 2)));
        assert_eq!(at("2026-12-01T23:30:00Z"), Some(date(2026, 12, 1)));
        assert_eq!(at("soon"), None);
    }
}
