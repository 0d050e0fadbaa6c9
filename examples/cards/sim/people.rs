//! People who live in the world and how they fill in a card: what they mean, and what
//! they put in the boxes, which is not always the same.
//!
//! Real are the postcodes, with the town and county of their outward code, and the names;
//! first names come as often as they were given, surnames as far as they were counted. Made
//! up are streets, houses, e-mail addresses (mostly of the name), telephone numbers (of the
//! ranges kept for fiction), dates of birth and member numbers.

use std::error::Error;
use std::path::Path;

use postroom::domain::form::FieldKind;
use unicode_normalization::UnicodeNormalization as _;

use super::chance::Chance;
use super::names::{Name, Names};
use super::words::number;
use super::world::{Place, Streets, TYPES, World};
use super::writing::{self, Departure, Text};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Streets that the list does not have for their postcode: new ones, and those of
/// which no house was sold.
const STREET_OFF_LIST: f64 = 0.06;
/// What people write that is not the town as the list has it.
const TOWN_VARIANT: f64 = 0.10;
/// The ages of those who fill in a card, in years, and the year in which they do.
const AGES: [usize; 2] = [16, 95];
const YEAR: usize = 2026;

/// Everybody.
pub struct People {
    world: World,
    first: Names,
    last: Names,
}

/// Somebody, with an address.
pub struct Resident {
    first: Name,
    last: Name,
    place: Place,
    street: String,
    street_known: bool,
    town: Text,
    county: String,
}

impl People {
    /// Of a folder with the folders `postcodes`, `names` and `handprint`.
    pub fn load(folder: &Path) -> Result<Self> {
        let first = Names::first(folder)?;
        let last = Names::last(folder, &first)?;
        let world = World::open(&folder.join("postcodes"))?;
        Ok(Self { world, first, last })
    }

    /// What the reader may know of them: the gazetteer's file, and two lexicons.
    pub fn known(&self) -> Result<(Vec<u8>, [String; 2])> {
        let lexicons = [&self.first, &self.last].map(Names::lexicon);
        Ok((self.world.build(Streets::ByPostcode)?, lexicons))
    }

    /// How many first names and surnames the lexicons lack, weighed as they are drawn.
    pub fn unknown(&self) -> [f64; 2] {
        [&self.first, &self.last].map(Names::unknown)
    }

    /// Somebody.
    pub fn draw(&self, chance: &mut Chance) -> Resident {
        let place = *self.world.place(chance);
        let street_known = !chance.happens(STREET_OFF_LIST);
        let street = if street_known {
            self.world.street(&place)
        } else {
            self.world.new_street(chance)
        };
        Resident {
            first: self.first.draw(chance),
            last: self.last.draw(chance),
            street_known: street_known && place.listed,
            street: capitals(&street),
            town: self.town(&place, chance),
            county: capitals(
                self.world
                    .towns_of(&place.code)
                    .last()
                    .map_or("", String::as_str),
            ),
            place,
        }
    }

    /// What stands in the town's place.
    fn town(&self, place: &Place, chance: &mut Chance) -> Text {
        let near = self.world.towns_near(&place.code);
        let own = self.world.towns_of(&place.code);
        let town = capitals(own.first().unwrap_or(chance.one_of::<String>(near)));
        if !chance.happens(TOWN_VARIANT) {
            return Text::plain(town);
        }
        match chance.below(4) {
            0 => Text::plain(capitals(chance.one_of::<String>(near))).called(Departure::Locality),
            1 if own.len() > 1 => Text::plain(capitals(&own[1])).called(Departure::County),
            2 => match writing::shorter(&town) {
                Some(short) => Text::of(town, &short).called(Departure::Abbreviation),
                None => Text::plain(town),
            },
            _ => {
                let wrong = writing::misspelt(&town, chance);
                Text::of(town, &wrong).called(Departure::Misspelling)
            }
        }
    }
}

impl Resident {
    /// What this person means and writes in a field of so many boxes; nothing of their own
    /// in one for anything at all.
    pub fn writes(&self, kind: FieldKind, boxes: usize, chance: &mut Chance) -> Option<Text> {
        let text = match kind {
            FieldKind::Title => Text::plain(title(chance).to_owned()),
            FieldKind::FirstName => named(&self.first),
            FieldKind::Surname => named(&self.last),
            FieldKind::House => Text::plain(house(boxes, chance)),
            FieldKind::Street => self.street(chance),
            FieldKind::Town => self.town.clone(),
            FieldKind::County => Text::plain(self.county.clone()),
            FieldKind::Postcode => self.postcode(boxes, chance),
            FieldKind::Email => self.email(boxes, chance),
            FieldKind::Phone => Text::plain(phone(chance)),
            FieldKind::DateOfBirth => Text::plain(birth(boxes, chance)),
            FieldKind::MemberNumber => Text::plain(number(boxes.min(12), chance)),
            FieldKind::Number => Text::plain(number(boxes.clamp(1, 8), chance)),
            FieldKind::FreeText => return None,
        };
        Some(text.fit(kind, boxes).slipped(boxes, chance))
    }

    fn street(&self, chance: &mut Chance) -> Text {
        let mut text = Text::plain(self.street.clone());
        let short = TYPES.iter().find_map(|(long, short)| {
            let stem = self.street.strip_suffix(&long.to_uppercase())?;
            Some(format!("{stem}{short}"))
        });
        if let Some(short) = short.filter(|_| chance.happens(0.5)) {
            text = Text::of(self.street.clone(), &short);
        }
        if self.street_known {
            text
        } else {
            text.called(Departure::OffList)
        }
    }

    /// With its halves parted, as the boxes are, or run together.
    fn postcode(&self, boxes: usize, chance: &mut Chance) -> Text {
        let (head, tail) = (self.place.code.head(), self.place.code.tail());
        let meant = format!("{head} {tail}");
        let written = if boxes == 7 && !chance.happens(0.1) {
            format!("{head:<4}{tail}")
        } else if boxes > meant.len() - 1 && chance.happens(0.7) {
            meant.clone()
        } else {
            format!("{head}{tail}")
        };
        let text = Text::of(meant, &written);
        if self.place.listed {
            text
        } else {
            text.called(Departure::OffList)
        }
    }

    /// Mostly of the name, at a common provider.
    fn email(&self, boxes: usize, chance: &mut Chance) -> Text {
        let bare =
            |name: &str| -> String { name.chars().filter(char::is_ascii_alphanumeric).collect() };
        let (first, last) = (bare(&self.first.text), bare(&self.last.text));
        let initial = first.get(..1).unwrap_or_default();
        let host = match chance.happens(0.06) {
            true => format!("{last}.CO.UK"),
            false => HOSTS[chance.weighted(&HOSTS.map(|(_, weight)| weight))]
                .0
                .to_owned(),
        };
        let digits = format!("{:02}", chance.below(100));
        let locals = [
            (0.30, format!("{first}.{last}")),
            (0.15, format!("{first}{last}")),
            (0.13, format!("{initial}{last}")),
            (0.05, format!("{first}_{last}")),
            (0.10, format!("{first}{digits}")),
            (0.08, format!("{first}.{last}{digits}")),
            (0.04, format!("{last}.{first}")),
            (0.05, format!("{initial}-{last}")),
            (0.10, format!("{}{digits}", chance.one_of(&WORDS))),
        ];
        let weights = locals.each_ref().map(|(weight, _)| *weight);
        let drawn = chance.weighted(&weights);
        // Who has no room for the whole has a shorter one.
        let fitting = |local: &String| local.len() + 1 + host.len() <= boxes;
        let local = Some(&locals[drawn].1).filter(|local| fitting(local));
        let local = local.unwrap_or(&locals[4].1);
        Text::plain(format!("{local}@{host}"))
    }
}

/// The share of addresses at each provider: an estimate.
const HOSTS: [(&str, f64); 14] = [
    ("GMAIL.COM", 0.34),
    ("HOTMAIL.CO.UK", 0.10),
    ("HOTMAIL.COM", 0.10),
    ("YAHOO.CO.UK", 0.10),
    ("OUTLOOK.COM", 0.07),
    ("BTINTERNET.COM", 0.07),
    ("ICLOUD.COM", 0.06),
    ("YAHOO.COM", 0.03),
    ("LIVE.CO.UK", 0.03),
    ("SKY.COM", 0.03),
    ("AOL.COM", 0.02),
    ("TALKTALK.NET", 0.02),
    ("VIRGINMEDIA.COM", 0.02),
    ("NTLWORLD.COM", 0.01),
];

/// What addresses are made of that are not made of a name.
const WORDS: [&str; 8] = [
    "SUNFLOWER",
    "BIKER",
    "MADCAT",
    "GARDENER",
    "NANA",
    "ROVER",
    "BLUEBELL",
    "CHELSEAFAN",
];

fn title(chance: &mut Chance) -> &'static str {
    const TITLES: [(&str, f64); 7] = [
        ("MR", 40.0),
        ("MRS", 29.0),
        ("MISS", 12.0),
        ("MS", 14.0),
        ("DR", 3.0),
        ("REV", 1.0),
        ("PROF", 1.0),
    ];
    TITLES[chance.weighted(&TITLES.map(|(_, weight)| weight))].0
}

fn named(name: &Name) -> Text {
    let text = Text::plain(name.text.clone());
    if name.known {
        text
    } else {
        text.called(Departure::OffList)
    }
}

/// Mostly a number, low ones more often; what has no room is not written.
fn house(boxes: usize, chance: &mut Chance) -> String {
    const HOUSES: [&str; 8] = [
        "ROSE COTTAGE",
        "THE ELMS",
        "HILLSIDE",
        "OAKLEA",
        "THE LODGE",
        "MILL FARM",
        "FAIRVIEW",
        "IVY HOUSE",
    ];
    let number = 1 + (chance.share().powi(2) * 220.0) as usize;
    let text = match chance.weighted(&[0.80, 0.08, 0.07, 0.05]) {
        1 => format!("{number}{}", chance.one_of(&["A", "B", "C"])),
        2 => format!("FLAT {}", 1 + number % 40),
        3 => (*chance.one_of(&HOUSES)).to_owned(),
        _ => number.to_string(),
    };
    Some(text)
        .filter(|text| text.len() <= boxes)
        .unwrap_or(number.to_string())
}

/// A number that nobody has: Ofcom keeps these ranges for fiction (Telephone numbers for
/// use in TV and radio drama, 2020).
fn phone(chance: &mut Chance) -> String {
    const LANDLINES: [&str; 14] = [
        "0113496", "0114496", "0115496", "0116496", "0117496", "0118496", "0121496", "0131496",
        "0141496", "0151496", "0161496", "0191498", "0207946", "0292018",
    ];
    match chance.weighted(&[0.6, 0.3, 0.1]) {
        0 => format!("07700900{:03}", chance.below(1000)),
        1 => format!("{}0{:03}", chance.one_of(&LANDLINES), chance.below(1000)),
        _ => format!("01632960{:03}", chance.below(1000)),
    }
}

/// Day, month and year, or two digits of it where there are six boxes.
fn birth(boxes: usize, chance: &mut Chance) -> String {
    const DAYS: [usize; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let year = YEAR - AGES[1] + chance.below(AGES[1] - AGES[0]);
    let month = chance.below(12);
    let leap = month == 1 && year.is_multiple_of(4);
    let day = 1 + chance.below(DAYS[month] + usize::from(leap));
    let month = month + 1;
    match boxes {
        ..8 => format!("{day:02}{month:02}{:02}", year % 100),
        _ => format!("{day:02}{month:02}{year}"),
    }
}

/// As it is put in boxes: without accents and full stops, and of several places the first.
fn capitals(name: &str) -> String {
    let name = name.split(',').next().unwrap_or_default();
    let bare = name.nfd().filter_map(|sign| match sign {
        '\u{300}'..='\u{36f}' | '.' | '(' | ')' => None,
        '’' => Some('\''),
        sign => Some(sign),
    });
    bare.collect::<String>().to_uppercase()
}

#[cfg(test)]
mod tests {
    use postroom::domain::grammar::email::EmailAddress;
    use postroom::domain::grammar::phone::PhoneNumber;
    use postroom::gazetteer::country::Country;

    use super::*;

    fn people() -> People {
        let codes = (0..10)
            .flat_map(|sector| ["AA", "AB", "HN", "XY"].map(|unit| format!("LS6 {sector}{unit}")));
        let codes = codes.filter_map(|code| Country::united_kingdom().parse(&code));
        let mut world = World::of(codes.collect(), Path::new(""));
        world.add_outcode("LS6", "Headingley", "Leeds");
        world.add_outcode("LS10", "Hunslet", "Leeds");
        let named = |names: [&str; 3]| Names::of(names.map(|name| (name.to_owned(), 1.0)).into());
        People {
            world,
            first: named(["ANNE-MARIE", "ZOE", "JO"]),
            last: named(["O'NEILL", "NG", "FEATHERSTONEHAUGH"]),
        }
    }

    /// How many of so many fields that people fill in are as asked.
    fn count(kind: FieldKind, boxes: usize, is: impl Fn(&Text) -> bool) -> usize {
        let (people, chance) = (people(), &mut Chance::new(8, 1));
        let texts = (0..4000).filter_map(|_| people.draw(chance).writes(kind, boxes, chance));
        texts.filter(is).count()
    }

    #[test]
    fn people_depart_from_the_lists_as_often_as_was_said() {
        let departs = |text: &Text| text.departure.is_some();
        // A quarter of the variants would be abbreviations, and Headingley has none.
        assert!((200..420).contains(&count(FieldKind::Town, 20, departs)));
        assert!((200..400).contains(&count(FieldKind::Street, 20, departs)));
        assert!((20..65).contains(&count(FieldKind::Surname, 20, |text| text.slip.is_some())));
    }

    #[test]
    fn what_is_meant_is_sound_and_what_is_written_fits() {
        let fits = |kind, boxes, is: &dyn Fn(&str) -> bool| {
            let sound = |text: &Text| text.signs.len() <= boxes && is(&text.meant);
            assert_eq!(count(kind, boxes, sound), 4000, "{kind:?}");
        };
        fits(FieldKind::Phone, 11, &|meant| {
            meant.parse::<PhoneNumber>().is_ok()
        });
        fits(FieldKind::Email, 40, &|meant| {
            meant.parse::<EmailAddress>().is_ok()
        });
        fits(FieldKind::Postcode, 7, &|meant| {
            meant.starts_with("LS6 ") && meant.len() == 7
        });
        fits(FieldKind::Postcode, 8, &|meant| {
            meant.starts_with("LS6 ") && meant.len() == 7
        });
        fits(FieldKind::DateOfBirth, 8, &|meant| {
            let date = jiff::civil::Date::strptime("%d%m%Y", meant);
            date.is_ok_and(|date| (1931..=2010).contains(&date.year()))
        });
        fits(FieldKind::Surname, 10, &|meant| meant.len() <= 10);
        fits(FieldKind::House, 5, &|meant| !meant.is_empty());
        fits(FieldKind::Street, 12, &|meant| meant.contains(' '));
    }
}
