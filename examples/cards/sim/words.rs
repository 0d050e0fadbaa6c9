//! What people write on cards. Unless a world is given (people.rs), everybody and every
//! place is made up.

use postroom::domain::form::FieldKind;

use super::chance::Chance;
use super::people::{People, Resident};
use super::truth::Serial;
use super::writing::Text;

const TITLES: &[&str] = &["MR", "MRS", "MS", "MISS", "DR"];
const FIRST: &[&str] = &[
    "OLIVIA", "GEORGE", "AMELIA", "HARRY", "ISLA", "JACK", "AVA", "NOAH", "MARGARET", "JOHN",
    "SUSAN", "DAVID", "MOHAMMED", "PRIYA", "SIOBHAN", "RHYS", "MEGAN", "CALLUM", "FIONA", "TOM",
    "JEAN", "PATRICIA", "KEITH", "ZOE", "QUENTIN", "VIVIEN", "XANTHE", "BEATRICE", "ELEANOR", "JO",
];
const LAST: &[&str] = &[
    "SMITH",
    "JONES",
    "TAYLOR",
    "BROWN",
    "WILLIAMS",
    "DAVIES",
    "EVANS",
    "WILSON",
    "O'NEILL",
    "MACKENZIE",
    "FITZGERALD",
    "KHAN",
    "PATEL",
    "LEE",
    "COX",
    "HOLLINGWORTH",
    "SMITH-JONES",
    "VAUGHAN",
    "QUICK",
    "FEATHERSTONE",
    "NG",
    "WRIGHT",
    "BAXTER",
    "ZELLER",
    "YOUNG",
    "JARVIS",
];
const STREETS: &[&str] = &[
    "HIGH",
    "STATION",
    "CHURCH",
    "VICTORIA",
    "MILL",
    "PARK",
    "QUEENS",
    "KINGS",
    "ORCHARD",
    "WINDSOR",
    "JUBILEE",
    "FOXGLOVE",
    "HAZEL",
    "ZETLAND",
    "BEECH",
    "YORK",
    "ALEXANDRA",
    "BRIDGE",
];
const WAYS: &[&str] = &[
    "STREET", "ROAD", "LANE", "CLOSE", "AVENUE", "DRIVE", "WAY", "COURT", "ST", "RD",
];
const HOUSES: &[&str] = &[
    "ROSE COTTAGE",
    "THE ELMS",
    "FLAT 2",
    "FLAT 14B",
    "HILLSIDE",
    "OAKS",
];
const TOWNS: &[&str] = &[
    "ASHWICK",
    "BRAMFORD",
    "COLDHARBOUR",
    "DUNMERE",
    "EASTHOLT",
    "FERNLEIGH",
    "GRAVELSEY",
    "HARTWELL",
    "KINGSBOURNE",
    "LLANVERE",
    "MARLSTONE",
    "NORTH QUAYLE",
    "OXENHALL",
    "PENTREATH",
];
const COUNTIES: &[&str] = &[
    "KENT", "ESSEX", "DEVON", "FIFE", "POWYS", "DORSET", "SURREY", "NORFOLK",
];
const AREAS: &[&str] = &[
    "AB", "B", "BS", "CF", "E", "EH", "G", "LS", "M", "NE", "OX", "SW", "TN", "YO",
];
const HOSTS: &[&str] = &[
    "example.com",
    "example.org",
    "mail.example",
    "post.example.net",
];
const COMMENTS: &[&str] = &[
    "Please open earlier on Sundays.",
    "The staff are very kind, thank you!",
    "More vegetables without plastic wrapping, please.",
    "I could not find the kettle that you advertised last week.",
    "Parking is difficult with a pram.",
    "Nothing to add. See you next Tuesday.",
    "The new bakery is lovely (but dear).",
    "PLEASE STOP SENDING ME TWO COPIES",
];

/// A person who fills in a card.
pub struct Person {
    first: String,
    last: String,
    resident: Option<Resident>,
    /// The member number that is on the card already.
    number: Option<String>,
}

impl Person {
    /// Somebody, of these people where they are given.
    pub fn draw(people: Option<&People>, chance: &mut Chance) -> Self {
        Self {
            first: (*chance.one_of(FIRST)).to_owned(),
            last: (*chance.one_of(LAST)).to_owned(),
            resident: people.map(|people| people.draw(chance)),
            number: None,
        }
    }

    /// The same with the member number of these, which they copy where it is asked for; or they
    /// write that of another card of the household, given out next.
    pub fn numbered(self, serials: &[Serial], another: bool) -> Self {
        let mut serials = serials.iter();
        let member = serials.find(|one| one.serial.says == FieldKind::MemberNumber);
        let number = member.map(|one| {
            let next = another.then(|| next(one)).flatten();
            next.unwrap_or_else(|| one.number.clone())
        });
        Self { number, ..self }
    }

    /// What this person means and writes in a field of so many boxes, or rows of open line.
    pub fn fills(&self, kind: FieldKind, boxes: usize, open: bool, chance: &mut Chance) -> Text {
        let resident = self.resident.as_ref().filter(|_| !open);
        let own = resident.and_then(|resident| {
            let copied = self
                .number
                .as_ref()
                .filter(|_| kind == FieldKind::MemberNumber);
            match copied {
                Some(number) => Some(Text::plain(number.clone()).slipped(boxes, chance)),
                None => resident.writes(kind, boxes, chance),
            }
        });
        own.unwrap_or_else(|| Text::plain(self.writes(kind, boxes, open, chance)))
    }

    /// What a made-up person writes.
    fn writes(&self, kind: FieldKind, boxes: usize, open: bool, chance: &mut Chance) -> String {
        let text = match kind {
            FieldKind::Title => (*chance.one_of(TITLES)).to_owned(),
            FieldKind::FirstName => self.first.clone(),
            FieldKind::Surname => self.last.clone(),
            FieldKind::House => house(chance),
            FieldKind::Street => {
                format!("{} {}", chance.one_of(STREETS), chance.one_of(WAYS))
            }
            FieldKind::Town => (*chance.one_of(TOWNS)).to_owned(),
            FieldKind::County => (*chance.one_of(COUNTIES)).to_owned(),
            FieldKind::Postcode => postcode(boxes, chance),
            FieldKind::Email => {
                let name = format!("{}.{}", self.first, self.last);
                let name: String = name.chars().filter(|sign| *sign != '\'').collect();
                let mail = format!("{name}@{}", chance.one_of(HOSTS));
                if chance.happens(0.7) {
                    mail.to_uppercase()
                } else {
                    mail.to_lowercase()
                }
            }
            // The range that is kept for fiction.
            FieldKind::Phone => format!("07700900{:03}", chance.below(1000)),
            FieldKind::DateOfBirth => {
                let (day, month) = (1 + chance.below(28), 1 + chance.below(12));
                let year = 1930 + chance.below(76);
                format!("{day:02}{month:02}{year}")
            }
            FieldKind::MemberNumber => number(boxes.min(12), chance),
            FieldKind::FreeText => (*chance.one_of(COMMENTS)).to_owned(),
            FieldKind::Number => number(boxes.clamp(1, 8), chance),
        };
        if open {
            text
        } else {
            text.chars().take(boxes).collect()
        }
    }
}

/// The next number with the check digit of its form, of as many figures.
fn next(Serial { serial, number }: &Serial) -> Option<String> {
    let figures = number.len();
    let later = (number.parse::<u64>().ok()? + 1..).map(|next| format!("{next:0figures$}"));
    let holds = |next: &String| serial.check.is_none_or(|check| check.holds(next));
    later
        .take(100)
        .find(holds)
        .filter(|next| next.len() == figures)
}

/// Printed words, at most so many characters.
pub fn sentence(length: usize, chance: &mut Chance) -> String {
    let mut text = String::new();
    loop {
        let words = chance.one_of(COMMENTS).split(' ').collect::<Vec<_>>();
        let word = *chance.one_of(&words);
        if text.len() + word.len() + 1 > length {
            return text;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
}

fn house(chance: &mut Chance) -> String {
    if chance.happens(0.2) {
        return (*chance.one_of(HOUSES)).to_owned();
    }
    let letter = if chance.happens(0.12) { "A" } else { "" };
    format!("{}{letter}", 1 + chance.below(240))
}

/// Of the right shape; seven boxes are two halves of four and three.
fn postcode(boxes: usize, chance: &mut Chance) -> String {
    const INWARD: &[u8] = b"ABDEFGHJLNPQRSTUWXYZ";
    let outward = format!("{}{}", chance.one_of(AREAS), 1 + chance.below(29));
    let inward = format!(
        "{}{}{}",
        chance.below(10),
        char::from(*chance.one_of(INWARD)),
        char::from(*chance.one_of(INWARD))
    );
    if boxes >= 7 {
        format!("{outward:<4}{inward}")
    } else {
        format!("{outward}{inward}")
    }
}

/// Digits of which the last is a check digit (Luhn's).
pub fn number(digits: usize, chance: &mut Chance) -> String {
    let mut all: Vec<u32> = (1..digits).map(|_| chance.below(10) as u32).collect();
    let sum: u32 = all
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            if at % 2 == 0 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                *digit
            }
        })
        .sum();
    all.push((10 - sum % 10) % 10);
    all.iter()
        .map(|digit| char::from(b'0' + *digit as u8))
        .collect()
}
