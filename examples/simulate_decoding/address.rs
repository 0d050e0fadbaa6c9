//! The addresses of the simulation, and how their writers put them on paper.

use postroom::gazetteer::Gazetteer;
use postroom::gazetteer::country::{Code, Country};

use crate::chance::Chance;
use crate::world::{LEFT_OUT, TYPES, World, stem};

/// A true address and what its writer puts on paper.
pub(super) struct Address {
    /// Its postcode.
    pub(super) code: Code,
    /// Whether that is in the list.
    pub(super) listed: bool,
    /// The fields as they are written.
    pub(super) postcode: String,
    pub(super) town: String,
    pub(super) street: String,
}

impl Address {
    /// An address and how it is written. With `made_up`, what is not in the list is
    /// any postcode that the grammar allows in a known outcode, in a street of its own.
    pub(super) fn draw(
        world: &World,
        gazetteer: &Gazetteer,
        made_up: bool,
        chance: &mut Chance,
    ) -> Self {
        let place = loop {
            let place = world.place(chance);
            if !made_up || place.listed {
                break place;
            }
        };
        let (code, listed, street) = if made_up && chance.happens(LEFT_OUT) {
            let street = world.new_street(chance);
            (
                invented(place.code, world, gazetteer, chance),
                false,
                street,
            )
        } else {
            (place.code, place.listed, world.street(place))
        };
        let gap = if chance.happens(0.7) { " " } else { "" };
        Self {
            code,
            listed,
            postcode: format!("{}{gap}{}", code.head(), code.tail()),
            town: town(world, &code, chance),
            street: written(&street, chance),
        }
    }
}

/// A postcode of the same outcode that does not exist.
fn invented(like: Code, world: &World, gazetteer: &Gazetteer, chance: &mut Chance) -> Code {
    const LETTERS: &[u8] = b"ABDEFGHJLNPQRSTUWXYZ";
    loop {
        let digit = chance.below(10);
        let [a, b] = [(); 2].map(|()| char::from(*chance.one_of(LETTERS)));
        let code = Country::united_kingdom().parse(&format!("{}{digit}{a}{b}", like.head()));
        let free = |code: &Code| gazetteer.listing(code).is_none() && !world.exists(code);
        if let Some(code) = code.filter(free) {
            return code;
        }
    }
}

/// What is written in the town's place: in 80 of 100 a town of the outcode, in 10
/// another of the area, in 5 any of the list, in 5 one that it lacks.
fn town(world: &World, code: &Code, chance: &mut Chance) -> String {
    let own = world.towns_of(code);
    let drawn = chance.share();
    let name = if drawn < 0.8 && !own.is_empty() {
        chance.one_of(own).clone()
    } else if drawn < 0.9 {
        chance.one_of(world.towns_near(code)).clone()
    } else if drawn < 0.95 {
        chance.one_of(world.towns()).clone()
    } else {
        let ends = ["ham", "stead", " Cross", " Green", "thwaite"];
        stem(chance) + *chance.one_of(&ends)
    };
    written(&name, chance)
}

/// A name in boxes: capitals, half of the words that can be shortened shortened, and
/// the writer's own slips.
fn written(name: &str, chance: &mut Chance) -> String {
    let name = name.to_uppercase().replace(['\'', '’', '.', ','], "");
    let words = name.split([' ', '-', '/', '(', ')']);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut text = String::new();
    for word in words {
        let short = TYPES
            .iter()
            .find(|(long, _)| long.eq_ignore_ascii_case(word));
        let short = short.map(|(_, short)| *short).or(match word {
            "GREAT" => Some("GT"),
            "SAINT" => Some("ST"),
            _ => None,
        });
        // Two words run together now and then.
        if !text.is_empty() && !chance.happens(0.03) {
            text.push(' ');
        }
        text.push_str(short.filter(|_| chance.happens(0.5)).unwrap_or(word));
    }
    slip(text, chance)
}

/// One name in a hundred misses a letter, one in three hundred has two of them in the
/// wrong order.
fn slip(text: String, chance: &mut Chance) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    if signs.len() > 3 && chance.happens(0.01) {
        signs.remove(1 + chance.below(signs.len() - 1));
    }
    if signs.len() > 3 && chance.happens(0.003) {
        let at = 1 + chance.below(signs.len() - 2);
        signs.swap(at, at + 1);
    }
    signs.into_iter().collect()
}
