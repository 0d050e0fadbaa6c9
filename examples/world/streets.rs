//! The names of streets that are made up.

use super::super::chance::Chance;
use super::SEED;

/// The made-up name of a street, the same for the same rank.
pub fn name(rank: usize) -> String {
    const COMMON: [&str; 24] = [
        "High",
        "Station",
        "Church",
        "Park",
        "Victoria",
        "Green",
        "Manor",
        "Kings",
        "Queens",
        "New",
        "Main",
        "Mill",
        "School",
        "North",
        "South",
        "West",
        "East",
        "Albert",
        "George",
        "London",
        "York",
        "Springfield",
        "Grange",
        "The",
    ];
    let mut chance = Chance::new(SEED ^ 0x57, (rank as u64).wrapping_sub(1));
    let stem = match rank {
        0..400 => (*chance.one_of(&COMMON)).to_owned(),
        _ => stem(&mut chance),
    };
    let kind = TYPES[(chance.share().powi(2) * TYPES.len() as f64) as usize].0;
    format!("{stem} {kind}")
}

/// Kinds of streets, the commonest first, and how they are shortened.
pub const TYPES: [(&str, &str); 13] = [
    ("Road", "RD"),
    ("Street", "ST"),
    ("Close", "CL"),
    ("Avenue", "AVE"),
    ("Lane", "LN"),
    ("Drive", "DR"),
    ("Crescent", "CRES"),
    ("Place", "PL"),
    ("Terrace", "TERR"),
    ("Gardens", "GDNS"),
    ("Court", "CT"),
    ("Grove", "GR"),
    ("Way", "WAY"),
];

/// The beginning of a made-up name; there are some 30,000.
pub fn stem(chance: &mut Chance) -> String {
    const FIRST: [&str; 40] = [
        "Ash", "Beck", "Birch", "Brad", "Bram", "Burn", "Cald", "Carl", "Chat", "Clay", "Cran",
        "Dale", "Den", "Elm", "Fair", "Fern", "Gar", "Hart", "Haw", "Hazel", "Holm", "Hunt", "Kel",
        "Lang", "Lin", "Mal", "Mar", "Nor", "Oak", "Pen", "Raven", "Rose", "Sand", "Shel", "Stan",
        "Thorn", "Wal", "Wen", "Whit", "Wood",
    ];
    const MIDDLE: [&str; 20] = [
        "", "", "", "", "", "er", "ing", "en", "le", "es", "bur", "ton", "wick", "low", "den",
        "mer", "a", "y", "hurst", "stone",
    ];
    const LAST: [&str; 36] = [
        "ford", "ton", "ley", "field", "wood", "dale", "bury", "worth", "well", "combe", "borne",
        "ham", "gate", "side", "bank", "hill", "mount", "view", "court", "lands", "way", "brook",
        "mead", "croft", "moor", "cliffe", "ridge", "land", "bridge", "thorpe", "by", "wick",
        "stoke", "grove", "holme", "mere",
    ];
    let parts = [
        chance.one_of(&FIRST),
        chance.one_of(&MIDDLE),
        chance.one_of(&LAST),
    ];
    parts.into_iter().copied().collect()
}
