//! Numbers: digits, and where the form says so the last one follows from the others.

use super::automaton::Automaton;
use super::seen::Alphabet;
use super::signs::{Sign, Signs};
use super::{ChangedBy, Value, Weighed};
use crate::domain::grammar::check_digit::CheckDigit;
use crate::domain::lattice::Lattice;
use crate::gazetteer::decode::Channel;

/// Only digits are spelled; people group them.
pub(super) const DIGITS: Alphabet = Alphabet {
    spelled: Signs::of("0123456789"),
    passed: Signs::of(" -./"),
};
/// Copied from a card, digit by digit, into boxes: the same slips as in a postcode.
pub(super) const CHANNEL: Channel = Channel {
    mistake: 0.002,
    transposed: 0.0002,
    omitted: 0.0001,
    extra: 0.0001,
    blank_inside: 0.3,
    blank_missing: 0.0,
};

/// A number whose check digit is wrong was written so by the customer this often.
/// An estimate: one wrong digit in some 600 that are copied.
const WRITTEN_WRONG: f64 = 0.01;
/// A number fills all its boxes but this often, when it has one digit less for each
/// that is empty.
const SHORTER: f64 = 0.03;
/// The first of the digits among the signs.
const NOUGHT: Sign = match super::sign_of(b'0') {
    Some(sign) => sign,
    None => 0,
};

pub(super) fn read(lattice: &Lattice, check: Option<CheckDigit>) -> Option<Weighed> {
    let by = check.map_or(ChangedBy::Digits, |_| ChangedBy::CheckDigit);
    let automaton = of_length(lattice.boxes(), check);
    let value = |signs: &[Sign], mass| vec![Value::spelled(signs, mass, by)];
    Weighed::of(lattice, DIGITS, &CHANNEL, &automaton, value)
}

/// A number in the making.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Number {
    Start,
    /// So many digits are still to come; the sum of the others, as the check digit
    /// weighs them.
    Checked {
        left: usize,
        sum: usize,
    },
    /// Its check digit may be wrong.
    Open {
        left: usize,
    },
}

fn of_length(boxes: usize, check: Option<CheckDigit>) -> Automaton {
    let open = check.map_or(1.0, |_| WRITTEN_WRONG);
    let steps = |number: &Number| -> Vec<(Sign, Number, f64)> {
        match number {
            Number::Start => {
                let lengths = (1..=boxes).rev().enumerate();
                let lengths = lengths.map(|(fewer, length)| {
                    (
                        length,
                        (1.0 - SHORTER) * SHORTER.powi(i32::try_from(fewer).unwrap_or(i32::MAX)),
                    )
                });
                let first = lengths.flat_map(|(left, share)| {
                    let checked = Number::Checked { left, sum: 0 };
                    // Of a given length as many numbers hold as have one digit less.
                    let checked = digits(checked, check).map(move |(sign, to)| {
                        (sign, to, share * (1.0 - open) * base(check) / 10.0)
                    });
                    let open_digits = digits(Number::Open { left }, check);
                    let unchecked =
                        open_digits.map(move |(sign, to)| (sign, to, share * open / 10.0));
                    checked.chain(unchecked).collect::<Vec<_>>()
                });
                first.collect()
            }
            number => digits(*number, check)
                .map(|(sign, to)| (sign, to, 0.1))
                .collect(),
        }
    };
    let end = |number: &Number| match number {
        Number::Open { left: 0 } | Number::Checked { left: 0, sum: 0 } => 1.0,
        _ => 0.0,
    };
    Automaton::unfolded(Number::Start, steps, end)
}

/// One number in so many has the check digit that it should.
fn base(check: Option<CheckDigit>) -> f64 {
    match check {
        Some(CheckDigit::Mod11) => 11.0,
        _ => 10.0,
    }
}

/// Each digit that may follow, with what the number is then.
fn digits(number: Number, check: Option<CheckDigit>) -> impl Iterator<Item = (Sign, Number)> {
    let next = move |digit: usize| match (number, check) {
        (Number::Checked { left, sum }, Some(check)) if left > 0 => Some(Number::Checked {
            left: left - 1,
            sum: match check {
                CheckDigit::Luhn if left % 2 == 0 => (sum + 2 * digit / 10 + 2 * digit % 10) % 10,
                CheckDigit::Luhn => (sum + digit) % 10,
                CheckDigit::Mod11 => (sum + left * digit) % 11,
            },
        }),
        (Number::Open { left }, _) if left > 0 => Some(Number::Open { left: left - 1 }),
        _ => None,
    };
    (0..10).filter_map(move |digit: Sign| Some((NOUGHT + digit, next(usize::from(digit))?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::signs::signs_of;

    #[test]
    fn the_automaton_and_the_domain_agree() {
        for check in [CheckDigit::Luhn, CheckDigit::Mod11] {
            let automaton = of_length(6, Some(check));
            let mut sum = 0.0;
            for number in (0..1_000_000).step_by(7) {
                let text = format!("{number:06}");
                let weight = automaton.weight(&signs_of(&text).unwrap());
                let least = if check.holds(&text) { 1e-6 } else { 0.0 };
                assert!(weight > least && weight < least + 2e-5, "{text} {weight}");
                assert!(check.holds(&text) || weight < 2e-8, "{text} {weight}");
                sum += weight;
            }
            assert!((sum * 7.0 - 0.97).abs() < 0.02, "{sum}");
        }
        let plain = of_length(3, None);
        let weight = plain.weight(&signs_of("123").unwrap());
        assert!((weight - 0.97e-3).abs() < 1e-9);
    }
}
