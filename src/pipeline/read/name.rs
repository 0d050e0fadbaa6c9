//! What looks like a person's name in print, and how it is usually written.

use crate::domain::grammar::title;

use super::layout::Row;
use super::passage::Cut;

/// A person's name on a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PersonName {
    /// The name without title, in usual case.
    pub value: String,
    /// The name as printed, without title and letters after it.
    pub cut: Cut,
    /// The title as printed, if any, and its standard form.
    pub title: Option<(Cut, String)>,
    /// Whether capitals had to be put into usual case in a way that is not certain.
    pub uncertain_case: bool,
    /// Whether a capital was misread and put right: `lain` for `Iain`.
    pub misread: bool,
    /// Whether it may as well be a place's: `Oak Lodge`, `Mill Lane`.
    pub like_a_place: bool,
}

/// Small words inside surnames.
const PARTICLES: [&str; 22] = [
    "de", "da", "do", "dos", "di", "du", "del", "della", "der", "den", "van", "von", "la", "le",
    "ten", "ter", "bin", "ibn", "al", "el", "ap", "y",
];
/// Words that stand in capitals at the head or foot of letters and are part of
/// nobody's name.
const NOT_NAMES: &str = " account accounts bank branch business care centre chairman chief clerk co  \
    college committee company complaint complaints confidential copies copy council  \
    customer cc dear department dept director drive email enc encl enclosed encs  \
    enclosure enclosures england executive flat floor general group holdings iban in  \
    kind limited llp ltd manager managing nhs no officer our partner partners  \
    associates architects accountants trustees brothers pdf personal plc please po  \
    private pto re received ref reference regards registered relations sales  \
    scotland secretary section service services shop shops signed signature  \
    sincerely faithfully disgust society solicitor solicitors square store stores  \
    team tel telephone thank thanks the to trust university urgent wales warehouse  \
    wishes with without yours your e-mail mobile fax phone sir madam sirs whom it  \
    concern by hand class recorded delivery for tracked special attention fao  \
    invoice receipt and on behalf of from at monday tuesday wednesday thursday  \
    friday saturday sunday january february september october november december july ";
/// Words that are surnames or given names to some and places or months to most: a
/// signature may have them, a heading only when the signature agrees.
const PLACE_WORDS: &str = " avenue close cottage cottages court crescent croft east farm farmhouse gardens  \
    gate green grange grove hall head heights hill house lane lodge manor manse  \
    mansions mews mill mount north parade park place post rectory road row south st  \
    street terrace towers vale vicarage view villa villas walk way west wood yard  \
    barn bungalow hollow end bank first april may june march august page order ne nw  \
    se sw ty tŷ llwyn plas bryn hafod maes cae coed pen ";
/// Letters after a name.
const HONOURS: &str = " mbe obe cbe jp ba bsc ma msc phd md llb frcs mrcp frsa qc kc bed rgn pgce mba beng meng dphil tsm esq esquire jnr snr jr retd ";

/// The name that a row is, if it is nothing but a name.
pub(super) fn person(row: &Row<'_>) -> Option<PersonName> {
    let text = row.text();
    let speck = |c: char| !c.is_alphanumeric() && !matches!(c, '(' | '|');
    let start = text.len() - text.trim_start_matches(speck).len();
    person_in(row, start..text.len())
}

/// The name that a piece of a row is, if it is nothing but a name.
pub(super) fn person_in(row: &Row<'_>, range: std::ops::Range<usize>) -> Option<PersonName> {
    let piece = row.text().get(range.clone())?;
    let mut tokens: Vec<(usize, &str)> = tokens(piece, range.start);
    let title = take_title(row, &mut tokens);
    while tokens.last().is_some_and(|(_, word)| lists(HONOURS, word)) {
        tokens.pop();
    }
    let (start, _) = *tokens.first()?;
    let (at, last) = *tokens.last()?;
    let end = at + last.trim_end_matches([',', '.', ';', ':']).len();
    if !is_name(
        &tokens.iter().map(|(_, word)| *word).collect::<Vec<_>>(),
        title.is_some(),
    ) {
        return None;
    }
    let cut = row.passage.cut(start..end);
    let (value, uncertain_case) = usual_case(&cut.text);
    let value = value
        .replace("O' ", "O'")
        .replace("O\u{2019} ", "O\u{2019}");
    let parted = value.len() < cut.text.len();
    let capital = with_capital(&value);
    let like_a_place = title.is_none() && tokens.iter().any(|(_, word)| lists(PLACE_WORDS, word));
    Some(PersonName {
        like_a_place,
        misread: capital.is_some() || parted,
        value: capital.unwrap_or(value),
        cut,
        title,
        uncertain_case,
    })
}

/// Whether two names end in the same surname.
pub(super) fn same_surname(a: &PersonName, b: &PersonName) -> bool {
    surname(a) == surname(b)
}

/// The first letter of the surname, in lower case.
pub(super) fn surname_initial(name: &PersonName) -> Option<char> {
    surname(name).chars().next()
}

fn surname(name: &PersonName) -> String {
    folded(name.value.rsplit(' ').next().unwrap_or_default())
}

/// `Colin wetherby`: a name alone on its row, but for the capital of its surname,
/// which is read small or lost.
pub(super) fn with_small_surname(row: &Row<'_>) -> Option<PersonName> {
    let (given, surname) = row.text().split_once(' ')?;
    let small = surname.len() >= 4 && surname.chars().all(|c| c.is_ascii_lowercase());
    let known = is_name_word(given) && letters(given) >= 3 && !lists(NOT_NAMES, given);
    (small && known && !lists(NOT_NAMES, surname)).then(|| PersonName {
        value: format!("{given} {}", capitalised(surname)),
        cut: row.passage.cut(0..row.text().len()),
        title: None,
        uncertain_case: false,
        misread: true,
        like_a_place: false,
    })
}

fn tokens(piece: &str, offset: usize) -> Vec<(usize, &str)> {
    piece
        .split(' ')
        .scan(offset, |at, word| {
            let start = *at;
            *at += word.len() + 1;
            Some((start, word))
        })
        .filter(|(_, word)| !word.is_empty())
        .collect()
}

/// Takes a title off the front, or in brackets off the end.
fn take_title(row: &Row<'_>, tokens: &mut Vec<(usize, &str)>) -> Option<(Cut, String)> {
    let cut = |(at, word): (usize, &str)| {
        let lead = word.len() - word.trim_start_matches('(').len();
        let bare = word[lead..].trim_end_matches([')', ',', ';', ':']);
        row.passage.cut(at + lead..at + lead + bare.len())
    };
    if let Some(&last) = tokens.last()
        && last.1.starts_with('(')
    {
        let standard = title::standard(last.1);
        tokens.pop();
        return standard.map(|standard| (cut(last), standard.to_owned()));
    }
    let first = *tokens.first()?;
    if first.1.eq_ignore_ascii_case("the")
        && tokens.len() > 2
        && title::standard(tokens[1].1).is_some()
    {
        tokens.remove(0);
    }
    let first = *tokens.first()?;
    let standard = title::standard(first.1)?;
    tokens.remove(0);
    let (mut printed, mut standard) = (cut(first), standard.to_owned());
    // Mr and Mrs, Mr & Mrs
    if let [(_, and), partner, ..] = tokens[..]
        && matches!(and.to_lowercase().as_str(), "and" | "&")
        && let Some(second) = title::standard(partner.1)
    {
        printed = printed.join(" and ", cut(partner));
        standard = format!("{standard} and {second}");
        tokens.drain(..2);
    }
    Some((printed, standard))
}

fn lists(words: &str, word: &str) -> bool {
    let bare = word
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    !bare.is_empty() && words.contains(&format!(" {bare} "))
}

/// Whether these words can be a person's name: initials, given names, surname.
fn is_name(words: &[&str], titled: bool) -> bool {
    let shortest = if titled { 1 } else { 2 };
    if !(shortest..=5).contains(&words.len()) {
        return false;
    }
    let whole = |word: &&&str| word.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let surname = words
        .last()
        .is_some_and(|word| letters(word) >= 2 && starts_upper(word));
    let shaped = words[1..].iter().all(|word| is_name_word(word))
        && (is_name_word(words[0]) && starts_upper(words[0])
            || with_capital(words[0]).is_some_and(|word| word.len() > 3 && is_name_word(&word)));
    shaped
        && surname
        && words.iter().any(|word| whole(&word))
        && !words.iter().any(|word| lists(NOT_NAMES, word))
}

/// A name whose first letter was read as a small `l`, with the `I` that it was.
fn with_capital(name: &str) -> Option<String> {
    let rest = name.strip_prefix(['l', '|'])?;
    Some(format!("I{rest}"))
}

fn letters(word: &str) -> usize {
    word.chars().filter(|c| c.is_alphabetic()).count()
}

fn starts_upper(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
        || word.starts_with("d'")
        || word.starts_with("ff")
}

/// Upper case first (and after `-`, `'`, `Mc`, `Mac`, `Fitz`), the rest lower case,
/// or all in capitals, or initials, or a particle.
fn is_name_word(word: &str) -> bool {
    let bare = word.trim_end_matches([',', '.']);
    if PARTICLES.contains(&bare.to_lowercase().as_str()) {
        return true;
    }
    let allowed = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.');
    if bare.is_empty() || !bare.chars().all(allowed) || !starts_upper(bare) {
        return false;
    }
    let capitals = bare.chars().filter(|c| c.is_uppercase()).count();
    if capitals == letters(bare) {
        return true;
    }
    bare.split(['-', '\'', '’', '.'])
        .filter(|part| !part.is_empty())
        .all(|part| {
            part.chars().filter(|c| c.is_uppercase()).count() <= 1 + usize::from(has_prefix(part))
        })
}

fn has_prefix(part: &str) -> bool {
    [
        "Mc", "Mac", "Fitz", "De", "Di", "Le", "La", "Du", "Van", "O",
    ]
    .iter()
    .any(|prefix| part.len() > prefix.len() && part.starts_with(prefix))
}

/// Capitals in usual case, and whether that was a guess (`MACKENZIE`, `DE SOUZA`).
pub(super) fn usual_case(printed: &str) -> (String, bool) {
    let shouted = |word: &str| letters(word) >= 3 && word.chars().all(|c| !c.is_lowercase());
    if !printed.split(' ').any(shouted) {
        return (printed.to_owned(), false);
    }
    let mut uncertain = false;
    let words: Vec<String> = printed
        .split(' ')
        .map(|word| {
            let lower = word.to_lowercase();
            if PARTICLES.contains(&lower.as_str()) {
                uncertain = true;
                return lower;
            }
            // Initials and words in usual case stay.
            if letters(word) < 2 || word.contains('.') || word.chars().any(char::is_lowercase) {
                return word.to_owned();
            }
            uncertain |= lower.starts_with("mac") && lower.len() > 5;
            capitalised(&lower)
        })
        .collect();
    (words.join(" "), uncertain)
}

fn capitalised(lower: &str) -> String {
    let mut result = String::with_capacity(lower.len());
    let mut raise = true;
    for (at, sign) in lower.char_indices() {
        let after_mc = at == 2 && lower.starts_with("mc") && lower.len() > 3;
        if raise || after_mc {
            result.extend(sign.to_uppercase());
        } else {
            result.push(sign);
        }
        raise = !sign.is_alphabetic();
    }
    result
}

/// A name for comparison: its letters in lower case.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_in_usual_case() {
        for (printed, usual, uncertain) in [
            ("HARRIET OSEI", "Harriet Osei", false),
            ("NIALL O'CONNELL", "Niall O'Connell", false),
            ("RUTH HARTLEY-MOSS", "Ruth Hartley-Moss", false),
            ("J. R. McDONALD", "J. R. McDONALD", false),
            ("ANGUS MCDONALD", "Angus McDonald", false),
            ("ANNE MACINTYRE", "Anne Macintyre", true),
            ("MARIA DE SOUZA", "Maria de Souza", true),
            ("Vikram Thwaite", "Vikram Thwaite", false),
        ] {
            assert_eq!(usual_case(printed), (usual.to_owned(), uncertain));
        }
    }

    #[test]
    fn names_and_what_is_none() {
        let name = |text: &str| is_name(&text.split(' ').collect::<Vec<_>>(), false);
        for text in [
            "Harriet Osei",
            "Niall O'Connell",
            "Ruth Hartley-Moss",
            "J. Smith",
            "J Smith",
            "Babatunde MacIntyre",
            "Wei Ng",
            "Joost van der Berg",
            "HARRIET OSEI",
            "Siân ap Rhys",
        ] {
            assert!(name(text), "{text}");
        }
        for text in [
            "Customer Relations",
            "Yours sincerely",
            "A",
            "Ay W",
            "12 July",
            "ymMa Wk",
            "the end",
            "Margaret",
        ] {
            assert!(!name(text), "{text}");
        }
    }
}
