//! Made-up people: names from lists, everything else by chance.

use std::error::Error;
use std::path::Path;

use jiff::civil::Date;
use postroom::domain::form::FieldKind;
use postroom::lexicon::Table;

use crate::TODAY;
use crate::chance::Chance;

/// The seed of what all runs share: which names are taken out of the lists.
const SEED: u64 = 20_261_129;

/// Names to draw from.
pub(super) struct People {
    first_names: Pool,
    surnames: Pool,
    unlisted: f64,
}

/// Names with what all before them and they count, and which of them are not listed.
struct Pool {
    listed: Drawn,
    unlisted: Drawn,
}

#[derive(Default)]
struct Drawn {
    names: Vec<String>,
    counts: Vec<f64>,
}

/// What somebody writes on a card, and what that means.
pub(super) struct Person {
    first_name: (String, bool),
    surname: (String, bool),
    email: String,
    phone: String,
    birth: Date,
    member: String,
}

impl People {
    pub(super) fn open(folder: &Path, unlisted: f64) -> Result<Self, Box<dyn Error>> {
        let first_names = std::fs::read_to_string(folder.join("uk-first-names.csv"))?;
        let surnames = std::fs::read_to_string(folder.join("surnames-uk.txt"))?;
        let first_names = first_names.lines().skip(1).filter_map(|row| {
            let (name, count) = row.split_once(',')?;
            Some((name.to_owned(), count.parse().ok()?))
        });
        // By rank a surname's frequency falls with its root or so; ranks are not known.
        let surnames = surnames.lines().map(|name| (name.to_owned(), 1.0));
        Ok(Self {
            first_names: Pool::new(first_names, 1),
            surnames: Pool::new(surnames, 2),
            unlisted,
        })
    }

    /// The lists that the decoder gets.
    pub(super) fn tables(&self) -> Result<(Table, Table), Box<dyn Error>> {
        let table = |pool: &Pool| {
            let counts = pool.listed.counts.iter();
            let before = std::iter::once(&0.0).chain(&pool.listed.counts);
            let rows = pool.listed.names.iter().zip(counts.zip(before));
            let rows: String = rows
                .map(|(name, (to, from))| format!("{name},{}\n", to - from))
                .collect();
            Table::parse([rows.as_bytes()])
        };
        Ok((table(&self.first_names)?, table(&self.surnames)?))
    }

    pub(super) fn draw(&self, chance: &mut Chance) -> Person {
        let first_name = self.first_names.draw(self.unlisted, chance);
        let surname = self.surnames.draw(self.unlisted, chance);
        Person {
            email: email(&first_name.0, &surname.0, chance),
            first_name,
            surname,
            phone: phone(chance),
            birth: birth(chance),
            member: member(chance),
        }
    }
}

impl Pool {
    /// One name in five is taken out of the list, so that those that are drawn and not listed
    /// are of the kind that the others are.
    fn new(names: impl Iterator<Item = (String, f64)>, number: usize) -> Self {
        let mut chance = Chance::new(SEED, number as u64);
        let mut pool = Self {
            listed: Drawn::default(),
            unlisted: Drawn::default(),
        };
        let names = names.map(|(name, count)| (name.to_uppercase(), count));
        for (name, count) in names.filter(|(name, _)| name.len() <= 18) {
            // What is common is in every list.
            match count < 1000.0 && chance.happens(0.2) {
                true => pool.unlisted.push(name, count),
                false => pool.listed.push(name, count),
            }
        }
        pool
    }

    fn draw(&self, unlisted: f64, chance: &mut Chance) -> (String, bool) {
        match chance.happens(unlisted) {
            true => (self.unlisted.draw(chance), false),
            false => (self.listed.draw(chance), true),
        }
    }
}

impl Drawn {
    fn push(&mut self, name: String, count: f64) {
        self.names.push(name);
        self.counts.push(self.counts.last().unwrap_or(&0.0) + count);
    }

    fn draw(&self, chance: &mut Chance) -> String {
        let all = self.counts.last().copied().unwrap_or(0.0);
        let drawn = chance.share() * all;
        let at = self.counts.partition_point(|count| *count <= drawn);
        self.names[at.min(self.names.len() - 1)].clone()
    }
}

impl Person {
    /// A field as written, its true value, and whether that is in a list.
    pub(super) fn field(&self, kind: FieldKind) -> (String, String, bool) {
        let boxed = |text: &str, boxes: usize| format!("{text:<boxes$}");
        match kind {
            FieldKind::FirstName => (
                boxed(&self.first_name.0, 20),
                self.first_name.0.clone(),
                self.first_name.1,
            ),
            FieldKind::Surname => (
                boxed(&self.surname.0, 20),
                self.surname.0.clone(),
                self.surname.1,
            ),
            FieldKind::Email => (
                boxed(&self.email.to_uppercase(), 32),
                self.email.clone(),
                true,
            ),
            FieldKind::Phone => (boxed(&self.phone, 12), self.phone.replace(' ', ""), true),
            FieldKind::DateOfBirth => (
                self.birth.strftime("%d%m%Y").to_string(),
                self.birth.to_string(),
                true,
            ),
            _ => (self.member.clone(), self.member.clone(), true),
        }
    }
}

/// Other shares than the decoder's.
fn email(first: &str, surname: &str, chance: &mut Chance) -> String {
    const DOMAINS: [&str; 16] = [
        "gmail.com",
        "gmail.com",
        "gmail.com",
        "gmail.com",
        "hotmail.com",
        "hotmail.co.uk",
        "yahoo.co.uk",
        "btinternet.com",
        "outlook.com",
        "icloud.com",
        "sky.com",
        "live.co.uk",
        "aol.com",
        "virginmedia.com",
        "talktalk.net",
        "ntlworld.com",
    ];
    const WORDS: [&str; 24] = [
        "sunny", "rover", "piano", "garden", "united", "mad", "happy", "blue", "tiger", "bikes",
        "nan", "the", "fish", "gunner", "daisy", "music", "lady", "crazy", "rose", "star", "golf",
        "walker", "books", "cat",
    ];
    let letters = |name: &str| {
        name.to_lowercase()
            .replace(|c: char| !c.is_ascii_lowercase(), "")
    };
    let (first, surname) = (letters(first), letters(surname));
    let initial = &first[..first.len().min(1)];
    let mut local = match chance.below(10) {
        0..=2 => format!("{first}.{surname}"),
        3 | 4 => format!("{first}{surname}"),
        5 => format!("{initial}{surname}"),
        6 => format!("{first}_{surname}"),
        7 => first.clone(),
        8 => format!("{}{}", chance.one_of(&WORDS), chance.one_of(&WORDS)),
        _ => format!("{}{first}", chance.one_of(&WORDS)),
    };
    if chance.happens(0.4) {
        let end = *chance.one_of(&[10, 100, 100, 10_000]);
        local += &chance.below(end).to_string();
    }
    let domain = match chance.happens(0.9) {
        true => (*chance.one_of(&DOMAINS)).to_owned(),
        false => format!(
            "{}{}.{}",
            chance.one_of(&WORDS),
            if chance.happens(0.5) {
                &surname
            } else {
                *chance.one_of(&WORDS)
            },
            chance.one_of(&["co.uk", "com", "org.uk", "net"])
        ),
    };
    format!("{local}@{domain}")
}

fn phone(chance: &mut Chance) -> String {
    let (begins, digits) = match chance.below(20) {
        0..=12 => (format!("07{}", chance.one_of(&[1, 3, 4, 5, 7, 8, 9])), 8),
        13..=17 => (format!("01{}", 1 + chance.below(9)), 8),
        _ => ("020".to_owned(), 8),
    };
    let rest: String = (0..digits).map(|_| chance.below(10).to_string()).collect();
    let gap = if chance.happens(0.4) { " " } else { "" };
    format!("{begins}{}{gap}{}", &rest[..2], &rest[2..])
}

/// A day of somebody between 18 and 95.
fn birth(chance: &mut Chance) -> Date {
    let days = 18 * 365 + chance.below(77 * 365);
    let days = jiff::Span::new().days(i64::try_from(days).unwrap_or(0));
    TODAY.checked_sub(days).unwrap_or(TODAY)
}

/// Twelve digits, the last as Luhn asks; one in a hundred is written wrong.
fn member(chance: &mut Chance) -> String {
    use postroom::domain::grammar::check_digit::CheckDigit;
    let number: String = (0..11).map(|_| chance.below(10).to_string()).collect();
    let mut all = (0..10).map(|last| format!("{number}{last}"));
    let right = all
        .find(|number| CheckDigit::Luhn.holds(number))
        .unwrap_or(number);
    if !chance.happens(0.01) {
        return right;
    }
    let at = chance.below(12);
    let mut wrong = right;
    wrong.replace_range(at..=at, &chance.below(10).to_string());
    wrong
}
