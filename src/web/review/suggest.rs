//! Help while a postcode or a town is typed: what the gazetteer knows, and that it does not know
//! something, which refuses nothing.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};

use crate::cases::review;
use crate::domain::grammar::postcode::Postcode;
use crate::domain::verdict::Verdict;
use crate::gazetteer::country::{Code, Country};
use crate::gazetteer::decode::{Query as Misread, printed};
use crate::gazetteer::{Coverage, Gazetteer};
use crate::store::DocumentId;

use super::super::session::Person;
use super::super::state::App;
use super::{Told, wire};

/// Suggestions at once.
const MOST: usize = 5;
/// What is less likely than this is no suggestion.
const LEAST: f64 = 0.005;
/// Fewer signs of a postcode may mean anything.
const LEAST_SIGNS: usize = 4;
/// No misreading of a postcode or a town is longer.
const LONGEST: usize = 40;

/// What is typed, and where.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Typed {
    /// `postcode` or `town`.
    of: String,
    text: String,
    document: String,
}

/// What helps.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(in super::super) struct Help {
    suggestions: Vec<Suggestion>,
    /// What is odd about what was typed.
    note: Option<String>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Suggestion {
    value: String,
    /// What else is known of it.
    says: String,
}

/// `GET /review/suggest`
pub(in super::super) async fn suggest(
    State(app): State<App>,
    person: Person,
    Query(typed): Query<Typed>,
) -> Result<Json<Help>, Told> {
    let gazetteer = &app.setup.gazetteer;
    let text: String = typed.text.trim().chars().take(LONGEST).collect();
    if text.is_empty() {
        return Ok(Json(Help::default()));
    }
    Ok(Json(match typed.of.as_str() {
        "postcode" => postcodes(gazetteer, &text),
        "town" => {
            let document = wire::document(&typed.document)?;
            let beside = beside(&app, &person, document).await?;
            towns(gazetteer, &text, beside.as_ref())
        }
        _ => Help::default(),
    }))
}

/// The postcode that stands beside a town, where nobody doubts it and the town is before this person.
async fn beside(
    app: &App,
    person: &Person,
    document: DocumentId,
) -> Result<Option<Postcode>, Told> {
    if !app.store().has_before(person.user.id, document).await? {
        return Ok(None);
    }
    let questions = review::fields_of(app.store(), document).await?;
    let mut postcodes = questions.iter().filter(|question| {
        question.name.name() == "postcode" && question.field.verdict == Verdict::Accepted
    });
    let value = postcodes
        .next()
        .and_then(|found| found.field.value.as_deref());
    Ok(value.and_then(|value| value.parse().ok()))
}

fn postcodes(gazetteer: &Gazetteer, text: &str) -> Help {
    let country = Country::united_kingdom();
    let whole = text.parse::<Postcode>().ok();
    if let Some(postcode) = &whole
        && gazetteer.is_live(postcode)
    {
        let code = country.parse(text);
        let says = code
            .map(|code| around(gazetteer, &code))
            .unwrap_or_default();
        let value = postcode.to_string();
        return Help {
            suggestions: vec![Suggestion { value, says }],
            note: None,
        };
    }
    let note = whole.map(|postcode| {
        let why = match gazetteer.covers(&postcode) {
            Coverage::Complete => "the list of this area is complete, so look twice",
            Coverage::Partial => "the list of this area is not complete, so it may well be right",
        };
        format!("{postcode} is not in the gazetteer: {why}.")
    });
    let signs: String = text.split_whitespace().collect();
    if signs.chars().count() < LEAST_SIGNS {
        return Help {
            note,
            ..Help::default()
        };
    }
    let near = gazetteer.read(&Misread {
        country,
        postcode: &printed(signs.chars()),
        town: None,
        street: None,
        house: None,
        boxed: false,
    });
    let near = near.postcodes.into_iter();
    let near = near.filter(|likely| likely.probability.get() >= LEAST);
    let suggestions = near.take(MOST).map(|likely| Suggestion {
        value: likely.value.to_string(),
        says: around(gazetteer, &likely.value),
    });
    Help {
        suggestions: suggestions.collect(),
        note,
    }
}

/// The towns of a postcode.
fn around(gazetteer: &Gazetteer, code: &Code) -> String {
    let towns = gazetteer.towns_of(code);
    towns.into_iter().take(2).collect::<Vec<_>>().join(", ")
}

fn towns(gazetteer: &Gazetteer, text: &str, beside: Option<&Postcode>) -> Help {
    let typed = text.to_lowercase();
    let mut names: Vec<Suggestion> = Vec::new();
    if let Some(postcode) = beside {
        let code = Country::united_kingdom().parse(postcode.compact());
        let near = code
            .map(|code| gazetteer.towns_of(&code))
            .unwrap_or_default();
        let area = gazetteer.post_towns(postcode.area());
        for name in near.into_iter().chain(area) {
            let known = names.iter().any(|known| known.value == name);
            if !known && name.to_lowercase().starts_with(&typed) {
                let says = format!("beside {postcode}");
                let value = name.to_owned();
                names.push(Suggestion { value, says });
            }
        }
    }
    let known = gazetteer.is_town(text);
    if names.is_empty() && !known && text.chars().count() >= LEAST_SIGNS {
        let lattice = printed(typed.chars());
        let likely = gazetteer.read_town(Country::united_kingdom(), &lattice, false);
        let likely = likely
            .into_iter()
            .filter(|one| one.probability.get() >= LEAST);
        names.extend(likely.map(|one| Suggestion {
            value: one.value,
            says: "spelt much like it".to_owned(),
        }));
    }
    names.truncate(MOST);
    let note = (!known && names.is_empty())
        .then(|| format!("{text} is no town of the gazetteer; it may well be one all the same."));
    Help {
        suggestions: names,
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(help: &Help) -> Vec<&str> {
        help.suggestions.iter().map(|one| &*one.value).collect()
    }

    #[test]
    fn a_postcode_is_confirmed_put_right_or_let_be() {
        let gazetteer = Gazetteer::embedded();
        let live = postcodes(&gazetteer, "sw1a1aa");
        assert_eq!(values(&live), ["SW1A 1AA"]);
        assert_eq!(live.note, None);
        let misread = postcodes(&gazetteer, "SWIA1AA");
        assert_eq!(values(&misread).first(), Some(&"SW1A 1AA"));
        let odd = postcodes(&gazetteer, "LS6 9ZZ");
        assert!(odd.note.unwrap().contains("may well be right"));
        assert_eq!(postcodes(&gazetteer, "S"), Help::default());
    }

    #[test]
    fn towns_beside_the_postcode_come_first() {
        let gazetteer = Gazetteer::embedded();
        let beside: Postcode = "LS6 3HN".parse().unwrap();
        let help = towns(&gazetteer, "le", Some(&beside));
        assert!(values(&help).contains(&"Leeds"), "{help:?}");
        let odd = towns(&gazetteer, "Xqzzyville", None);
        assert!(odd.note.unwrap().contains("no town of the gazetteer"));
    }
}
