//! What is meant and what is written: a value on its way into boxes, with the
//! abbreviations and slips of whoever writes it.

use postroom::domain::form::FieldKind;

use super::chance::Chance;
use super::world::TYPES;

/// One field in a hundred has a slip of the pen.
const SLIP: f64 = 0.01;

/// What a field says.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// What a perfect clerk would enter: in capitals, words parted by one space.
    pub meant: String,
    /// What is put in the boxes.
    pub signs: Vec<Sign>,
    /// Why a list may not help with it.
    pub departure: Option<Departure>,
    pub slip: Option<Slip>,
}

/// What is put in one box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    pub sign: char,
    /// Written first, under the other.
    pub under: Option<char>,
    /// Struck out.
    pub struck: bool,
}

/// How a value differs from what the lists have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// No list has it: a new postcode, a street not listed for it, a rare name.
    OffList,
    /// Another place near by, in the town's stead.
    Locality,
    /// The county, in the town's stead.
    County,
    /// A shorter form.
    Abbreviation,
    /// As it is not spelt.
    Misspelling,
}

/// A slip of the pen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Two neighbours in the wrong order.
    Transposed,
    /// A character twice.
    Doubled,
    /// A character left out.
    Missing,
    /// The right character over a wrong one.
    Overwritten,
    /// A wrong character struck out, the right one in the next box.
    StruckOut,
}

impl Departure {
    pub fn name(self) -> &'static str {
        match self {
            Self::OffList => "off_list",
            Self::Locality => "locality",
            Self::County => "county",
            Self::Abbreviation => "abbreviation",
            Self::Misspelling => "misspelling",
        }
    }
}

impl Slip {
    const ALL: [Self; 5] = [
        Self::Transposed,
        Self::Doubled,
        Self::Missing,
        Self::Overwritten,
        Self::StruckOut,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Transposed => "transposed",
            Self::Doubled => "doubled",
            Self::Missing => "missing",
            Self::Overwritten => "overwritten",
            Self::StruckOut => "struck_out",
        }
    }
}

impl Text {
    /// Written as it is meant.
    pub fn plain(text: String) -> Self {
        Self::of(text.clone(), &text)
    }

    /// Written otherwise than it is meant.
    pub fn of(meant: String, written: &str) -> Self {
        let signs = written.chars().map(|sign| Sign {
            sign,
            under: None,
            struck: false,
        });
        Self {
            meant,
            signs: signs.collect(),
            departure: None,
            slip: None,
        }
    }

    /// The same, known to differ from the lists.
    pub fn called(mut self, departure: Departure) -> Self {
        self.departure = Some(departure);
        self
    }

    /// What is written, without what lies under it.
    pub fn written(&self) -> String {
        self.signs.iter().map(|sign| sign.sign).collect()
    }

    /// Shorter where there are too few boxes: words abbreviated, then left out, then cut.
    /// Of a place the clerk knows the whole name; of anything else only what is there.
    pub fn fit(self, kind: FieldKind, boxes: usize) -> Self {
        let written = self.written();
        if self.signs.len() <= boxes {
            return self;
        }
        let place = matches!(
            kind,
            FieldKind::Street | FieldKind::Town | FieldKind::County
        );
        let mut short = match place {
            true => shorter(&written).unwrap_or(written),
            false => written,
        };
        while short.len() > boxes {
            match short.rsplit_once([' ', '-']) {
                Some((rest, _)) if rest.len() > 2 => short.truncate(rest.len()),
                _ => short.truncate(boxes),
            }
        }
        let short = short.trim_end_matches([' ', '-']).to_owned();
        Self {
            departure: self.departure,
            ..Self::of(if place { self.meant } else { short.clone() }, &short)
        }
    }

    /// Now and then with a slip.
    pub fn slipped(mut self, boxes: usize, chance: &mut Chance) -> Self {
        if self.signs.len() < 3 || !chance.happens(SLIP) {
            return self;
        }
        let slip = *chance.one_of(&Slip::ALL);
        let written: Vec<usize> = (0..self.signs.len() - 1)
            .filter(|at| [0, 1].iter().all(|step| self.signs[at + step].sign != ' '))
            .collect();
        let Some(at) = (!written.is_empty()).then(|| *chance.one_of(&written)) else {
            return self;
        };
        let wrong = Sign {
            sign: other(self.signs[at].sign, chance),
            under: None,
            struck: true,
        };
        let room = self.signs.len() < boxes;
        match slip {
            Slip::Transposed if self.signs[at] != self.signs[at + 1] => self.signs.swap(at, at + 1),
            Slip::Doubled if room => self.signs.insert(at, self.signs[at]),
            Slip::StruckOut if room => self.signs.insert(at, wrong),
            Slip::Missing => drop(self.signs.remove(at)),
            _ => {
                self.signs[at].under = Some(wrong.sign);
                self.slip = Some(Slip::Overwritten);
                return self;
            }
        }
        self.slip = Some(slip);
        self
    }
}

/// Another character of the same kind.
fn other(sign: char, chance: &mut Chance) -> char {
    let all = match sign {
        '0'..='9' => b'0'..=b'9',
        _ => b'A'..=b'Z',
    };
    let all: Vec<char> = all.map(char::from).filter(|other| *other != sign).collect();
    *chance.one_of(&all)
}

/// How people shorten words of places; the kinds of streets come besides.
const SHORT: [(&str, &str); 30] = [
    ("SAINT", "ST"),
    ("GREAT", "GT"),
    ("LITTLE", "LT"),
    ("MOUNT", "MT"),
    ("UPPER", "UPR"),
    ("LOWER", "LWR"),
    ("NORTH", "N"),
    ("SOUTH", "S"),
    ("EAST", "E"),
    ("WEST", "W"),
    ("AND", "&"),
    ("GREATER", "GTR"),
    ("YORKSHIRE", "YORKS"),
    ("HAMPSHIRE", "HANTS"),
    ("OXFORDSHIRE", "OXON"),
    ("LANCASHIRE", "LANCS"),
    ("LINCOLNSHIRE", "LINCS"),
    ("NOTTINGHAMSHIRE", "NOTTS"),
    ("NORTHAMPTONSHIRE", "NORTHANTS"),
    ("STAFFORDSHIRE", "STAFFS"),
    ("GLOUCESTERSHIRE", "GLOS"),
    ("HERTFORDSHIRE", "HERTS"),
    ("CAMBRIDGESHIRE", "CAMBS"),
    ("BUCKINGHAMSHIRE", "BUCKS"),
    ("BEDFORDSHIRE", "BEDS"),
    ("WORCESTERSHIRE", "WORCS"),
    ("WARWICKSHIRE", "WARKS"),
    ("LEICESTERSHIRE", "LEICS"),
    ("WILTSHIRE", "WILTS"),
    ("BIRMINGHAM", "BHAM"),
];

/// Words after which the rest of a town's name is often left out: Stoke (on Trent).
const JOINTS: [&str; 5] = ["ON", "UPON", "UNDER", "IN", "BY"];

/// A place's name as somebody in a hurry writes it; none where nobody shortens it.
pub fn shorter(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split([' ', '-']).collect();
    if let Some(joint) = words.iter().skip(1).position(|word| JOINTS.contains(word)) {
        return Some(words[..=joint].join(" "));
    }
    let kinds = TYPES
        .iter()
        .map(|(long, short)| (long.to_uppercase(), *short));
    let known = SHORT
        .iter()
        .map(|(long, short)| ((*long).to_owned(), *short));
    let known: Vec<(String, &str)> = kinds.chain(known).collect();
    let short = words.iter().map(|word| {
        let known = known.iter().find(|(long, _)| long == word);
        known.map_or(*word, |(_, short)| short)
    });
    let short = short.collect::<Vec<_>>().join(" ");
    (short.len() < name.len()).then_some(short)
}

/// A name as somebody spells it who has only heard it.
pub fn misspelt(name: &str, chance: &mut Chance) -> String {
    let signs: Vec<char> = name.chars().collect();
    let inner: Vec<usize> = (1..signs.len())
        .filter(|at| signs[*at].is_ascii_alphabetic())
        .collect();
    let Some(at) = (inner.len() > 2).then(|| *chance.one_of(&inner)) else {
        return name.to_owned();
    };
    let mut wrong = signs.clone();
    match signs[at] {
        sign if signs[at - 1] == sign => drop(wrong.remove(at)),
        'A' | 'O' | 'U' => wrong[at] = 'E',
        'E' => wrong[at] = 'A',
        'I' => wrong[at] = 'Y',
        'Y' => wrong[at] = 'I',
        'C' => wrong[at] = 'K',
        'H' | 'R' | 'W' => drop(wrong.remove(at)),
        sign => wrong.insert(at, sign),
    }
    wrong.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_shortened_as_people_do() {
        let street = Text::plain("LITTLE SPRINGFIELD GARDENS".to_owned());
        let short = street.fit(FieldKind::Street, 20);
        assert_eq!(short.written(), "LT SPRINGFIELD GDNS");
        assert_eq!(short.meant, "LITTLE SPRINGFIELD GARDENS");
        let name = Text::plain("ANNE MARIE".to_owned()).fit(FieldKind::FirstName, 8);
        assert_eq!(
            (name.written().as_str(), name.meant.as_str()),
            ("ANNE", "ANNE")
        );
        let cut = Text::plain("FEATHERSTONE".to_owned()).fit(FieldKind::Surname, 8);
        assert_eq!(
            (cut.written().as_str(), cut.meant.as_str()),
            ("FEATHERS", "FEATHERS")
        );
    }

    #[test]
    fn a_slip_leaves_what_was_meant() {
        let chance = &mut Chance::new(9, 0);
        let mut slips = std::collections::HashMap::new();
        let all = 40_000;
        for _ in 0..all {
            let text = Text::plain("SHEFFIELD".to_owned()).slipped(10, chance);
            assert_eq!(text.meant, "SHEFFIELD");
            assert!(text.signs.len() <= 10);
            if let Some(slip) = text.slip {
                *slips.entry(slip.name()).or_insert(0) += 1;
                let mended: String = text
                    .signs
                    .iter()
                    .filter(|s| !s.struck)
                    .map(|s| s.sign)
                    .collect();
                let seen = matches!(slip, Slip::StruckOut | Slip::Overwritten);
                assert_eq!(mended == "SHEFFIELD", seen, "{slip:?}");
            } else {
                assert_eq!(text.written(), "SHEFFIELD");
            }
        }
        let slipped: i32 = slips.values().sum();
        assert!(
            (slipped as f64 / f64::from(all) - SLIP).abs() < 0.002,
            "{slipped}"
        );
        assert_eq!(slips.len(), Slip::ALL.len(), "{slips:?}");
    }

    #[test]
    fn towns_are_shortened_and_misspelt() {
        assert_eq!(shorter("STOKE-ON-TRENT").as_deref(), Some("STOKE"));
        assert_eq!(shorter("GREAT YARMOUTH").as_deref(), Some("GT YARMOUTH"));
        assert_eq!(shorter("LEEDS"), None);
        let chance = &mut Chance::new(2, 0);
        for town in ["SHEFFIELD", "LEEDS", "WEST BROMWICH"] {
            assert_ne!(misspelt(town, chance), town);
        }
    }
}
