//! What the fields say: against sums over everything, and on readings that one can judge.

mod reference;

use jiff::civil::date;
use proptest::prelude::*;

use super::names::Names;
use super::signs::{Signs, signs_of};
use super::*;

/// A lattice in which every character was surely read, with so many empty boxes behind.
fn surely(text: &str, empty: usize) -> Lattice {
    read_as(text, empty, &[])
}

/// The same, but for some places, where the box may hold others, each so likely beside
/// what is left for the character that stands there.
fn read_as(text: &str, empty: usize, doubts: &[(usize, &[(char, f64)])]) -> Lattice {
    const SURE: f64 = 0.99999;
    let mut lattice = Lattice::default();
    for (at, sign) in text.chars().enumerate() {
        let doubt = doubts.iter().find(|(place, _)| *place == at);
        let others = doubt.map_or(&[][..], |(_, others)| others);
        let rest: f64 = 1.0 - others.iter().map(|(_, share)| share).sum::<f64>();
        let signs = std::iter::once((sign, rest)).chain(others.iter().copied());
        let signs = signs.map(|(sign, share)| (sign, (SURE * share).ln()));
        match sign {
            ' ' => lattice.push([], Some(SURE.ln())).unwrap(),
            _ => lattice.push(signs, Some((1.0 - SURE).ln())).unwrap(),
        }
    }
    for _ in 0..empty {
        let signs = ('A'..='Z').map(|sign| (sign, ((1.0 - SURE) / 26.0).ln()));
        lattice.push(signs, Some(SURE.ln())).unwrap();
    }
    lattice
}

fn table(rows: &str) -> Table {
    Table::parse([rows.as_bytes()]).unwrap()
}

/// Nobody's names.
const NOBODY: [&[Likely<String>]; 2] = [&[], &[]];

fn context<'a>(names: [&'a [Likely<String>]; 2], check: Option<CheckDigit>) -> Context<'a> {
    Context {
        today: date(2026, 11, 29),
        country: Country::united_kingdom(),
        check,
        first_names: names[0],
        surnames: names[1],
    }
}

fn answer(kind: FieldKind, lattice: &Lattice) -> Answer {
    read(kind, lattice, &Lexicons::embedded(), &context(NOBODY, None))
}

fn first(answer: &Answer) -> (&str, f64) {
    answer
        .likely
        .first()
        .map_or(("", 0.0), |l| (&l.value, l.probability.get()))
}

#[test]
fn what_is_read_well_is_taken_as_it_is() {
    for (kind, text, value, least) in [
        (FieldKind::Title, "MRS", "MRS", 0.99),
        (FieldKind::Title, "DOCTOR", "DR", 0.99),
        (FieldKind::FirstName, "MARGARET", "MARGARET", 0.99),
        (FieldKind::FirstName, "MARY ANN", "MARY ANN", 0.95),
        (FieldKind::FirstName, "J", "J", 0.97),
        (FieldKind::FirstName, "JOHN P", "JOHN P", 0.7),
        (FieldKind::Surname, "SMITH", "SMITH", 0.99),
        (FieldKind::Surname, "SMITH-JONES", "SMITH-JONES", 0.99),
        (FieldKind::Surname, "DE COSTA", "DE COSTA", 0.9),
        (FieldKind::Surname, "O'BRIEN", "O'BRIEN", 0.99),
        (FieldKind::County, "WEST YORKS", "WEST YORKSHIRE", 0.99),
        (FieldKind::House, "12A", "12A", 0.98),
        (FieldKind::House, "12-14", "12-14", 0.9),
        (FieldKind::House, "FLAT 2", "FLAT 2", 0.98),
        (FieldKind::House, "ROSE COTTAGE", "ROSE COTTAGE", 0.98),
        (
            FieldKind::Email,
            "j.smith@gmail.com",
            "j.smith@gmail.com",
            0.95,
        ),
        (FieldKind::Phone, "01632 960123", "01632960123", 0.98),
        (FieldKind::Phone, "+447700900123", "07700900123", 0.95),
        (FieldKind::DateOfBirth, "04071985", "1985-07-04", 0.98),
        (FieldKind::Number, "4711", "4711", 0.95),
    ] {
        let answer = answer(kind, &surely(text, 3));
        let (found, probability) = first(&answer);
        assert_eq!(found, value, "{answer:?}");
        assert!(probability >= least, "{text}: {answer:?}");
        assert_eq!(answer.changed_by, None, "{text}");
    }
}

#[test]
fn a_confident_mistake_is_mended() {
    // As lists of one's own they have nearly every name.
    let (first_names, surnames) = (table(embedded::FIRST_NAMES), table(embedded::SURNAMES));
    let lexicons = Lexicons::with_tables(Some(first_names), Some(surnames));
    for (kind, text, value, by) in [
        (
            FieldKind::Surname,
            "WILKIMSON",
            "WILKINSON",
            ChangedBy::Surnames,
        ),
        (FieldKind::Surname, "OBRIEN", "O'BRIEN", ChangedBy::Surnames),
        (
            FieldKind::FirstName,
            "ELIZA8ETH",
            "ELIZABETH",
            ChangedBy::FirstNames,
        ),
        (
            FieldKind::FirstName,
            "MARAGRET",
            "MARGARET",
            ChangedBy::FirstNames,
        ),
        (
            FieldKind::FirstName,
            "MARG ARET",
            "MARGARET",
            ChangedBy::FirstNames,
        ),
        (
            FieldKind::County,
            "HERTFORDSHIRF",
            "HERTFORDSHIRE",
            ChangedBy::Counties,
        ),
        (
            FieldKind::Email,
            "JANE.SMITH@GNAIL.COM",
            "jane.smith@gmail.com",
            ChangedBy::Email,
        ),
        (
            FieldKind::Phone,
            "O7700900123",
            "07700900123",
            ChangedBy::Phone,
        ),
        (
            FieldKind::DateOfBirth,
            "04071885",
            "1985-07-04",
            ChangedBy::Calendar,
        ),
    ] {
        let answer = read(kind, &surely(text, 3), &lexicons, &context(NOBODY, None));
        let (found, probability) = first(&answer);
        assert_eq!(found, value, "{answer:?}");
        assert!(probability > 0.5, "{text}: {answer:?}");
        assert_eq!(answer.changed_by, Some(by), "{text}");
    }
}

#[test]
fn a_name_that_no_list_has_survives() {
    for (kind, text) in [
        (FieldKind::Surname, "BRZOSKWINIAK"),
        (FieldKind::Surname, "THWAITESMOOR"),
        (FieldKind::FirstName, "XANTHIPPA"),
        (FieldKind::House, "XYLOPHONE LODGE"),
        (FieldKind::County, "LITTLE RUTLAND"),
        (FieldKind::Email, "zzxq77@a-very-odd-firm.co.uk"),
    ] {
        let answer = answer(kind, &surely(text, 2));
        assert!(first(&answer).0.eq_ignore_ascii_case(text), "{answer:?}");
        assert_eq!(answer.changed_by, None);
    }
}

#[test]
fn a_listed_neighbour_does_not_swallow_an_unlisted_name() {
    // One surely read letter from the commonest name of all: neither may be sure.
    let lexicons = Lexicons::embedded();
    for text in ["SMITHE", "SMYTH", "JONAS", "TAILOR"] {
        let lattice = surely(text, 2);
        let answer = read(
            FieldKind::Surname,
            &lattice,
            &lexicons,
            &context(NOBODY, None),
        );
        let own = answer.likely.iter().find(|likely| likely.value == text);
        assert!(own.is_some(), "{answer:?}");
        assert!(
            first(&answer).0 == text || first(&answer).1 < 0.98,
            "{answer:?}"
        );
    }
}

#[test]
fn the_name_on_the_card_speaks_for_an_address() {
    let likely = |value: &str| {
        vec![Likely {
            value: value.to_owned(),
            probability: Probability::clamped(0.98),
        }]
    };
    let (first_names, surnames) = (likely("QUENTIN"), likely("ARMITAGE-VANE"));
    let lattice = read_as(
        "QUENTIN.ARMITAGEVAME85@GMAIL.COM",
        0,
        &[(18, &[('N', 0.2)]), (1, &[('V', 0.6)])],
    );
    let named = read(
        FieldKind::Email,
        &lattice,
        &Lexicons::embedded(),
        &context([&first_names, &surnames], None),
    );
    let unnamed = answer(FieldKind::Email, &lattice);
    assert_eq!(first(&named).0, "quentin.armitagevane85@gmail.com");
    assert!(first(&named).1 > 0.98, "{named:?}");
    assert!(first(&unnamed).1 < first(&named).1, "{unnamed:?}");
}

#[test]
fn a_check_digit_catches_every_misread_character() {
    let lexicons = Lexicons::embedded();
    for (check, number) in [
        (CheckDigit::Luhn, "79927398713"),
        (CheckDigit::Mod11, "9434765919"),
    ] {
        let right = read(
            FieldKind::MemberNumber,
            &surely(number, 0),
            &lexicons,
            &context(NOBODY, Some(check)),
        );
        assert!(
            first(&right).0 == number && first(&right).1 > 0.99,
            "{right:?}"
        );
        assert_eq!(right.changed_by, None);
        for (at, digit) in number.char_indices() {
            for other in ('0'..='9').filter(|other| *other != digit) {
                let mut wrong = number.to_owned();
                wrong.replace_range(at..=at, &other.to_string());
                let lattice = surely(&wrong, 0);
                let answer = read(
                    FieldKind::MemberNumber,
                    &lattice,
                    &lexicons,
                    &context(NOBODY, Some(check)),
                );
                let sure = answer
                    .likely
                    .iter()
                    .filter(|likely| likely.probability.get() > 0.75);
                assert_eq!(sure.count(), 0, "{wrong}: {answer:?}");
                // With the true digit in sight it is put right.
                let lattice = read_as(&wrong, 0, &[(at, &[(digit, 0.1)])]);
                let answer = read(
                    FieldKind::MemberNumber,
                    &lattice,
                    &lexicons,
                    &context(NOBODY, Some(check)),
                );
                assert!(
                    first(&answer).0 == number && first(&answer).1 > 0.9,
                    "{answer:?}"
                );
                assert_eq!(answer.changed_by, Some(ChangedBy::CheckDigit));
            }
        }
    }
}

#[test]
fn no_day_that_the_calendar_lacks() {
    let lattice = read_as("31021985", 0, &[(3, &[('3', 0.1)]), (1, &[('4', 0.001)])]);
    let mended = answer(FieldKind::DateOfBirth, &lattice);
    assert_eq!(first(&mended).0, "1985-03-31");
    assert!(
        mended
            .likely
            .iter()
            .all(|likely| likely.value.parse::<Date>().is_ok())
    );
    // Two digits may be either century's: a child or a very old person.
    let short = answer(FieldKind::DateOfBirth, &surely("040720", 0));
    assert_eq!(first(&short).0, "2020-07-04");
    assert!(
        first(&short).1 < 0.95 && short.likely[1].value == "1920-07-04",
        "{short:?}"
    );
}

#[test]
fn nothing_written_is_nothing_read() {
    for kind in FieldKind::ALL {
        assert_eq!(answer(kind, &Lattice::default()), Answer::default());
        if !matches!(kind, FieldKind::FreeText) {
            assert_eq!(answer(kind, &surely("", 12)), Answer::default(), "{kind:?}");
        }
    }
    let free = answer(FieldKind::FreeText, &surely("HELLO", 0));
    assert_eq!((first(&free), free.open), (("HELLO", 0.0), 1.0));
}

#[test]
fn lists_of_ones_own_take_the_place_of_those_in_the_program() {
    let lexicons = Lexicons::with_tables(None, Some(table("Zzyzx,5\n")));
    let context = context(NOBODY, None);
    let own = read(FieldKind::Surname, &surely("ZZYZK", 0), &lexicons, &context);
    assert_eq!(first(&own).0, "ZZYZX");
    assert_ne!(lexicons.digest(), Lexicons::embedded().digest());
    assert_eq!(Lexicons::embedded().digest(), Lexicons::embedded().digest());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_search_finds_what_a_sum_over_everything_finds(
        lattice in reference::lattices("ABC"),
        words in prop::collection::btree_map("[ABC]{1,4}", 0.01f64..1.0, 1..12),
    ) {
        let alphabet = Alphabet { spelled: Signs::of("ABC "), passed: Signs::of(".") };
        let mut automaton = Automaton::default();
        for (word, weight) in &words {
            let last = automaton.spell(Automaton::START, &signs_of(word).unwrap(), *weight);
            automaton.ends[last as usize] = 1.0;
        }
        let channel = reference::CHANNEL;
        let Some(seen) = Seen::new(&lattice, alphabet, &channel) else { return Ok(()); };
        let mut masses: Vec<(String, f64)> = words.iter().map(|(word, weight)| {
            (word.clone(), weight * reference::likelihood(&lattice, alphabet, &channel, word))
        }).collect();
        let search = Search::new(&seen, &automaton);
        let total: f64 = masses.iter().map(|(_, mass)| mass).sum();
        prop_assert!((search.total - total).abs() <= 1e-9 * total, "{} {total}", search.total);
        masses.sort_by(|a, b| b.1.total_cmp(&a.1));
        let best = search.best(3);
        for (text, (word, mass)) in best.iter().zip(&masses) {
            prop_assert!((text.mass / mass - 1.0).abs() < 1e-9);
            prop_assert!((seen.text(&text.signs) * words[&text_of(&text.signs)] / mass - 1.0).abs() < 1e-9);
            prop_assert!(text_of(&text.signs) == *word || masses.iter().filter(|(_, m)| (m / mass - 1.0).abs() < 1e-9).count() > 1);
        }
        prop_assert!(best.len() == 3.min(masses.iter().filter(|(_, m)| *m > 1e-6 * total).count()) || best.len() <= 3);
    }

    #[test]
    fn a_name_has_all_its_mass(
        lattice in reference::lattices("ABCDE"),
        words in prop::collection::btree_map("[ABCDE]{1,5}", 1u32..1000, 1..40),
    ) {
        let rows: String = words.iter().map(|(name, count)| format!("{name},{count}\n")).collect();
        let names = Names::new(table(&rows), 0.1, ChangedBy::Surnames);
        if let Some(weighed) = names.read(&lattice) {
            for value in &weighed.values {
                let prior = names.prior(&signs_of(&value.spelled).unwrap());
                let all = prior * reference::likelihood(&lattice, names::ALPHABET, &names::CHANNEL, &value.spelled);
                // Branches and parts that weigh next to nothing are not followed.
                prop_assert!(value.mass <= all * (1.0 + 1e-9), "{value:?} {all}");
                // So is a variant of a listed name that is itself unlikely.
                let least = all * (1.0 - 1e-3) - 1e-3 * weighed.total;
                prop_assert!(value.mass >= least, "{value:?} {all}");
            }
            // What was left is in the total.
            let listed = words.keys().map(|word| {
                let prior = names.prior(&signs_of(word).unwrap());
                prior * reference::likelihood(&lattice, names::ALPHABET, &names::CHANNEL, word)
            });
            prop_assert!(listed.sum::<f64>() <= weighed.total * (1.0 + 1e-9));
            let found: f64 = weighed.values.iter().map(|value| value.mass).sum();
            prop_assert!(found <= weighed.total * (1.0 + 1e-9));
        }
    }

    #[test]
    fn probabilities_are_probabilities(
        kind in prop::sample::select(&FieldKind::ALL[..]),
        lattice in reference::lattices("AEMNS014789@.-' "),
    ) {
        let answer = answer(kind, &lattice);
        let sum: f64 = answer.likely.iter().map(|likely| likely.probability.get()).sum();
        prop_assert!(sum <= 1.0 + 1e-9 && answer.open >= 0.0 && answer.open <= 1.0);
        prop_assert!((sum + answer.open - 1.0).abs() < 1e-9 || answer == Answer::default());
        prop_assert!(answer.likely.len() <= RANKS);
        let falling = answer.likely.windows(2).all(|two| two[0].probability >= two[1].probability);
        prop_assert!(falling);
    }
}
