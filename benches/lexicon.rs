//! What decoding the fields beside the address costs, with the lists in the program.
//!
//! POSTROOM_FIRST_NAMES and POSTROOM_SURNAMES name longer ones.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark ends at what it did not expect"
)]

use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;
use postroom::domain::confidence::Probability;
use postroom::domain::form::FieldKind;
use postroom::domain::grammar::check_digit::CheckDigit;
use postroom::domain::lattice::Lattice;
use postroom::gazetteer::country::Country;
use postroom::gazetteer::decode::Likely;
use postroom::lexicon::{self, Context, Lexicons, Table};

fn main() {
    divan::main();
}

static LEXICONS: LazyLock<Lexicons> = LazyLock::new(load);

fn load() -> Lexicons {
    let table = |variable: &str| {
        let bytes = std::fs::read(std::env::var_os(variable)?).unwrap();
        Some(Table::parse([(variable, &bytes[..])]).unwrap())
    };
    Lexicons::with_tables(table("POSTROOM_FIRST_NAMES"), table("POSTROOM_SURNAMES"))
}

/// Lists made ready, as at the beginning of a run.
#[divan::bench]
fn open() -> Lexicons {
    load()
}

#[divan::bench(args = [
    (FieldKind::Title, "MRS"),
    (FieldKind::FirstName, "MARGARET"),
    (FieldKind::Surname, "WILKINSON"),
    (FieldKind::Surname, "WILKIMSON"),
    (FieldKind::Surname, "BRZOSKWINIAK-THWAITE"),
    (FieldKind::Email, "MARGARET.WILKINSON52@BTINTERNET.COM"),
    (FieldKind::Phone, "01632960123"),
    (FieldKind::DateOfBirth, "04071985"),
    (FieldKind::MemberNumber, "6318204577913303"),
    (FieldKind::House, "FLAT 2"),
    (FieldKind::County, "WEST YORKS"),
])]
fn read(bencher: Bencher<'_, '_>, (kind, text): (FieldKind, &str)) {
    let lattice = boxes(text);
    let likely = |value: &str| {
        [Likely {
            value: value.to_owned(),
            probability: Probability::clamped(0.99),
        }]
    };
    let (first_names, surnames) = (likely("MARGARET"), likely("WILKINSON"));
    let context = Context {
        today: jiff::civil::date(2026, 11, 29),
        country: Country::united_kingdom(),
        check: (kind == FieldKind::MemberNumber).then_some(CheckDigit::Luhn),
        first_names: &first_names,
        surnames: &surnames,
    };
    bencher.bench(|| lexicon::read(kind, black_box(&lattice), &LEXICONS, &context));
}

/// Boxes read well, each with everything else at small odds, and four empty ones.
fn boxes(text: &str) -> Lattice {
    const OTHERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-'.@_";
    let mut lattice = Lattice::default();
    for sign in text.chars().chain("    ".chars()) {
        let blank = if sign == ' ' { -0.01 } else { -9.0 };
        let log = |other: char| if other == sign { -0.01 } else { -9.0 };
        let signs = OTHERS.chars().map(|other| (other, log(other)));
        lattice.push(signs, Some(blank)).unwrap();
    }
    lattice
}
