//! Postcodes of a country: their shapes, as data.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

/// The countries that the program knows.
const COUNTRIES: &str = include_str!("countries.toml");

/// A tail has at most so many characters, so that it fits a 16-bit number.
pub(super) const TAIL: usize = 3;
/// A head has at most so many.
pub(super) const HEAD: usize = 6;

/// A country's grammar of postcodes.
#[derive(Debug)]
pub struct Country {
    /// ISO 3166 alpha-2.
    pub code: String,
    /// Its name.
    pub name: String,
    area: usize,
    /// How many of the tails that a head could have exist, about.
    pub(super) fill: f64,
    pub(super) shapes: Vec<Shape>,
}

/// One shape of a postcode: the characters that may stand in each place.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) head: Vec<Class>,
    pub(super) tail: Vec<Class>,
    /// Separators, each with the number of characters before it.
    separators: Vec<(usize, char)>,
}

/// The characters `A-Z0-9` that may stand in a place, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class(u64);

/// A well-formed postcode of some country, in upper case and without separators.
/// It cannot be made wrong; whether it is live is for the gazetteer to say.
#[derive(Clone, Copy)]
pub struct Code {
    country: &'static Country,
    shape: usize,
    text: [u8; HEAD + TAIL],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    country: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    name: String,
    area: usize,
    fill: f64,
    shapes: Vec<String>,
}

static KNOWN: LazyLock<Vec<Country>> = LazyLock::new(|| {
    // The file is part of the program, and a test reads all of it.
    let file: File = toml::from_str(COUNTRIES).unwrap_or(File {
        country: Vec::new(),
    });
    let countries = file.country.into_iter().map(|row| Country {
        shapes: row.shapes.iter().filter_map(|s| Shape::parse(s)).collect(),
        code: row.code,
        name: row.name,
        area: row.area,
        fill: row.fill,
    });
    countries.collect()
});

impl Country {
    /// Every country, in the order of the file.
    pub fn all() -> &'static [Self] {
        &KNOWN
    }

    /// The country with this ISO code, in any case.
    pub fn find(code: &str) -> Option<&'static Self> {
        KNOWN.iter().find(|c| c.code.eq_ignore_ascii_case(code))
    }

    /// Great Britain and Northern Ireland.
    pub fn united_kingdom() -> &'static Self {
        // A test holds that it comes first.
        &KNOWN[0]
    }

    /// A postcode as people write it, in any case, with or without separators.
    pub fn parse(&'static self, text: &str) -> Option<Code> {
        let mut signs = [0; HEAD + TAIL];
        let mut length = 0;
        for sign in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            *signs.get_mut(length)? = u8::try_from(sign).ok()?.to_ascii_uppercase();
            length += 1;
        }
        let signs = &signs[..length];
        let shape = self.shapes.iter().position(|shape| shape.fits(signs))?;
        Some(self.code_of(shape, signs))
    }

    /// A head alone, such as an outward code.
    pub fn parse_head(&self, text: &str) -> Option<String> {
        let head: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let fits = |shape: &Shape| fit(&shape.head, head.as_bytes());
        self.shapes.iter().any(fits).then_some(head)
    }

    /// The area of a head: its leading letters, or so many of its characters.
    pub fn area<'h>(&self, head: &'h str) -> &'h str {
        let letters = || head.bytes().take_while(u8::is_ascii_alphabetic).count();
        let end = if self.area == 0 { letters() } else { self.area };
        head.get(..end).unwrap_or(head)
    }

    /// Whether a beginning of a head has all of its area.
    pub(super) fn area_is_whole(&self, beginning: &str) -> bool {
        match self.area {
            0 => self.area(beginning).len() < beginning.len(),
            length => beginning.len() >= length,
        }
    }

    /// The number of a head's shape.
    pub(super) fn shape_of_head(&self, head: &str) -> Option<usize> {
        let fits = |shape: &Shape| fit(&shape.head, head.as_bytes());
        self.shapes.iter().position(fits)
    }

    /// A code of a head and a tail that are known to fit together.
    pub(super) fn join(&'static self, head: &str, tail: &[u8]) -> Option<Code> {
        let signs = [head.as_bytes(), tail].concat();
        let shape = self
            .shapes
            .iter()
            .position(|shape| shape.head.len() == head.len() && shape.fits(&signs))?;
        Some(self.code_of(shape, &signs))
    }

    fn code_of(&'static self, shape: usize, signs: &[u8]) -> Code {
        let mut text = [0; HEAD + TAIL];
        text[..signs.len()].copy_from_slice(signs);
        Code {
            country: self,
            shape,
            text,
        }
    }
}

impl Shape {
    /// How many tails it has.
    pub(super) fn tails(&self) -> usize {
        let counts = self.tail.iter().map(|class| class.signs().count());
        counts.product()
    }

    fn parse(text: &str) -> Option<Self> {
        let mut shape = Self {
            head: Vec::new(),
            tail: Vec::new(),
            separators: Vec::new(),
        };
        let mut in_tail = false;
        let mut rest = text;
        while let Some(sign) = rest.chars().next() {
            rest = &rest[sign.len_utf8()..];
            let class = match sign {
                '|' => {
                    in_tail = true;
                    continue;
                }
                ' ' | '-' => {
                    let before = shape.head.len() + shape.tail.len();
                    shape.separators.push((before, sign));
                    continue;
                }
                '[' => {
                    let (inside, after) = rest.split_once(']')?;
                    rest = after;
                    Class::parse(inside)?
                }
                sign => Class::parse(sign.encode_utf8(&mut [0; 4]))?,
            };
            if in_tail {
                shape.tail.push(class);
            } else {
                shape.head.push(class);
            }
        }
        let fits = (1..=HEAD).contains(&shape.head.len()) && shape.tail.len() <= TAIL;
        fits.then_some(shape)
    }

    fn fits(&self, signs: &[u8]) -> bool {
        signs.len() == self.head.len() + self.tail.len()
            && fit(&self.head, &signs[..self.head.len()])
            && fit(&self.tail, &signs[self.head.len()..])
    }
}

fn fit(classes: &[Class], signs: &[u8]) -> bool {
    classes.len() == signs.len() && classes.iter().zip(signs).all(|(c, s)| c.has(*s))
}

impl Class {
    fn parse(text: &str) -> Option<Self> {
        let mut bits = 0;
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let (first, last) = match bytes[at..] {
                [first, b'-', last, ..] => (first, last),
                [only, ..] => (only, only),
                [] => break,
            };
            at += if first == last { 1 } else { 3 };
            for sign in first..=last {
                bits |= 1 << index(sign)?;
            }
        }
        (bits != 0).then_some(Self(bits))
    }

    /// Whether the character may stand here.
    pub(super) fn has(self, sign: u8) -> bool {
        index(sign).is_some_and(|index| self.0 >> index & 1 == 1)
    }

    /// Its characters, digits first.
    pub(super) fn signs(self) -> impl Iterator<Item = u8> {
        (0..SIGNS).filter(move |i| self.0 >> i & 1 == 1).map(sign)
    }
}

/// Digits and letters.
pub(super) const SIGNS: u8 = 36;

/// The number of a digit or capital: digits first, as in base 36.
pub(super) const fn index(sign: u8) -> Option<u8> {
    match sign {
        b'0'..=b'9' => Some(sign - b'0'),
        b'A'..=b'Z' => Some(sign - b'A' + 10),
        _ => None,
    }
}

pub(super) const fn sign(index: u8) -> u8 {
    if index < 10 {
        b'0' + index
    } else {
        b'A' + index - 10
    }
}

/// A tail as a number that sorts as its text does.
pub(super) fn tail_number(tail: &[u8]) -> u16 {
    let digits = tail.iter().filter_map(|sign| index(*sign));
    digits.fold(0, |number, digit| {
        number * u16::from(SIGNS) + u16::from(digit)
    })
}

/// The text of a tail of so many characters.
pub(super) fn tail_text(number: u16, length: usize) -> ([u8; TAIL], usize) {
    let mut text = [b'0'; TAIL];
    let mut rest = number;
    for place in text[..length.min(TAIL)].iter_mut().rev() {
        // A remainder below 36 fits.
        *place = sign(u8::try_from(rest % u16::from(SIGNS)).unwrap_or(0));
        rest /= u16::from(SIGNS);
    }
    (text, length.min(TAIL))
}

impl Code {
    /// Whose postcode it is.
    pub fn country(&self) -> &'static Country {
        self.country
    }

    /// Without separators: `LS63HN`.
    pub fn compact(&self) -> &str {
        let shape = self.shape();
        // Only ASCII gets in.
        std::str::from_utf8(&self.text[..shape.head.len() + shape.tail.len()]).unwrap_or_default()
    }

    /// The part that tells the town: `LS6`.
    pub fn head(&self) -> &str {
        &self.compact()[..self.shape().head.len()]
    }

    /// The rest: `3HN`.
    pub fn tail(&self) -> &str {
        &self.compact()[self.shape().head.len()..]
    }

    /// Its area: `LS`.
    pub fn area(&self) -> &str {
        self.country.area(self.head())
    }

    fn shape(&self) -> &'static Shape {
        &self.country.shapes[self.shape]
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.country.code == other.country.code && self.text == other.text
    }
}

impl Eq for Code {}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.country.code, self.text).cmp(&(&other.country.code, other.text))
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self}", self.country.code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.compact();
        let mut from = 0;
        for (to, separator) in &self.shape().separators {
            write!(f, "{}{separator}", &text[from..*to])?;
            from = *to;
        }
        f.write_str(&text[from..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::grammar::postcode::Postcode;

    #[test]
    fn the_countries_of_the_file_are_all_understood() {
        let file: File = toml::from_str(COUNTRIES).unwrap();
        assert_eq!(file.country[0].code, "GB");
        for row in &file.country {
            for shape in &row.shapes {
                assert!(Shape::parse(shape).is_some(), "{}: {shape}", row.code);
            }
        }
    }

    #[test]
    fn each_country_writes_in_its_way() {
        for (country, text, written, head, area) in [
            ("GB", "ls63hn", "LS6 3HN", "LS6", "LS"),
            ("GB", " ec1a 1bb", "EC1A 1BB", "EC1A", "EC"),
            ("GB", "GIR 0AA", "GIR 0AA", "GIR", "GIR"),
            ("US", "99553", "99553", "99553", "995"),
            ("PL", "59700", "59-700", "59700", "59"),
        ] {
            let code = Country::find(country).unwrap().parse(text).unwrap();
            assert_eq!(code.to_string(), written);
            assert_eq!((code.head(), code.area()), (head, area));
        }
        let britain = Country::united_kingdom();
        assert!(britain.parse("BTB5 6SW").is_none());
        assert!(britain.parse("").is_none());
        assert!(britain.parse("LS6 3HN LS6 3HN").is_none());
        assert_eq!(britain.parse_head("ab10"), Some("AB10".to_owned()));
        assert_eq!(britain.parse_head("AB10 1AA"), None);
    }

    proptest! {
        #[test]
        fn the_table_and_the_domain_agree(text in "[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}|.{0,8}") {
            let here = Country::united_kingdom().parse(&text).map(|c| c.to_string());
            let there = text.parse::<Postcode>().ok().map(|c| c.to_string());
            // To the table alone a dash is a separator, and `01` no district's number.
            let nought = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let is_ours = text.contains('-') || nought.starts_with('0') && nought.len() >= 5;
            if !is_ours {
                prop_assert_eq!(here, there);
            }
        }

        #[test]
        fn a_tail_is_its_number(number in 0u16..46_656) {
            let (text, length) = tail_text(number, 3);
            prop_assert_eq!(tail_number(&text[..length]), number);
        }
    }
}
