//! The station's keys: those that everybody has until they choose their own. A browser's own shortcuts
//! are none of them, and no key that begins a value settles one.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use maud::{Markup, html};

use crate::store::users::User;

use super::super::error::PageError;
use super::super::session::Person;
use super::super::state::App;
use super::Told;

/// What a key does, which key that is (as `KeyboardEvent.key` calls it), and in words.
const ACTIONS: [(&str, &str, &str); 10] = [
    ("accept", "Enter", "Accept what stands in the line"),
    ("later", "Tab", "Leave it for later and go on"),
    (
        "unreadable",
        "F8",
        "Nobody can read it, or nothing stands there",
    ),
    ("supervisor", "F4", "Ask a supervisor"),
    ("undo", "F2", "The last one again"),
    ("next_choice", "ArrowDown", "Next of the choices"),
    ("previous_choice", "ArrowUp", "Choice before"),
    ("marked", "m", "A box to tick: marked"),
    ("empty", "e", "A box to tick: empty"),
    ("help", "?", "Show and change the keys"),
];

/// Keys that can be plain characters: they never act while a value is typed.
const PLAIN: [&str; 3] = ["marked", "empty", "help"];

/// What browsers and those who need to leave the line do with a key themselves.
const NOT_OURS: [&str; 17] = [
    "Escape",
    "F1",
    "F3",
    "F5",
    "F6",
    "F7",
    "F10",
    "F11",
    "F12",
    "Backspace",
    "Delete",
    "Shift",
    "Control",
    "Alt",
    "Meta",
    "ArrowLeft",
    "ArrowRight",
];

/// Somebody's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keys(BTreeMap<String, String>);

/// The keys of a user: their own, where they still make sense.
pub(super) fn of(user: &User) -> Keys {
    let own = user.keys.as_deref();
    let own = own.and_then(|text| serde_json::from_str::<BTreeMap<String, String>>(text).ok());
    own.and_then(|own| checked(own).ok())
        .unwrap_or_else(standard)
}

fn standard() -> Keys {
    let keys = ACTIONS.iter();
    Keys(
        keys.map(|(action, key, _)| ((*action).to_owned(), (*key).to_owned()))
            .collect(),
    )
}

/// Keys that somebody chose, or why they cannot be theirs.
fn checked(own: BTreeMap<String, String>) -> Result<Keys, String> {
    let mut keys = standard();
    for (action, key) in own {
        let Some(place) = keys.0.get_mut(&action) else {
            return Err(format!("no key is for '{action}'"));
        };
        let plain = key.chars().count() == 1;
        if key.trim().is_empty() || key.len() > 20 || NOT_OURS.contains(&key.as_str()) {
            return Err(format!(
                "'{key}' belongs to the browser or to typing; choose another, such as F2, F4, F8, F9 or Insert"
            ));
        }
        if plain && !PLAIN.contains(&action.as_str()) {
            return Err(format!(
                "'{key}' may begin a value; choose a key that types nothing, such as F2, F4, F8, F9 or Insert"
            ));
        }
        *place = key;
    }
    let mut seen = BTreeMap::new();
    for (action, key) in &keys.0 {
        if let Some(other) = seen.insert(key.to_lowercase(), action) {
            return Err(format!(
                "'{key}' is for two things, {} and {}; choose another for one of them",
                label(other),
                label(action)
            ));
        }
    }
    Ok(keys)
}

fn label(action: &str) -> String {
    let mut actions = ACTIONS.iter();
    let found = actions.find(|(name, ..)| *name == action);
    format!("“{}”", found.map_or(action, |(_, _, words)| words))
}

impl Keys {
    /// A key as its cap says it.
    pub(super) fn shown(&self, action: &str) -> &str {
        match self.0.get(action).map_or("", String::as_str) {
            "ArrowDown" => "↓",
            "ArrowUp" => "↑",
            key => key,
        }
    }

    pub(super) fn json(&self) -> String {
        // Texts by texts always can be written so.
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

/// The keys, and a form that changes them.
pub(super) fn dialog(keys: &Keys) -> Markup {
    html! {
        dialog #keys.card aria-labelledby="keys-title" {
            h2 #keys-title { "Keys" }
            p.hint { "Choose a line and press the key that you want. " kbd { "1" } " to " kbd { "6" } " pick a choice where no numbers are keyed. "
                kbd { "Esc" } " leaves the line, so that Tab goes through the page." }
            form #keys-form {
                div.key-list {
                    @for (action, standard, words) in ACTIONS {
                        label for={ "key-" (action) } { (words) }
                        input id={ "key-" (action) } name=(action) value=(keys.0.get(action).map_or(standard, String::as_str)) readonly data-standard=(standard);
                    }
                }
                p #keys-error.alert role="alert" hidden {}
                div.row {
                    button.primary { "Keep" }
                    button #keys-standard type="button" { "The usual keys" }
                    button type="button" data-closes="keys" { "Back" }
                }
            }
        }
    }
}

/// `POST /review/keys`
pub(in super::super) async fn keep(
    State(app): State<App>,
    person: Person,
    Json(own): Json<BTreeMap<String, String>>,
) -> Result<StatusCode, Told> {
    let keys = checked(own).map_err(PageError::Wrong)?;
    app.store().keep_keys(person.user.id, &keys.json()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&str, &str)]) -> Result<Keys, String> {
        let pairs = pairs.iter();
        checked(
            pairs
                .map(|(action, key)| ((*action).to_owned(), (*key).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn keys_are_changed_but_never_into_a_trap() {
        assert_eq!(own(&[]).unwrap(), standard());
        assert_eq!(own(&[("undo", "F9")]).unwrap().shown("undo"), "F9");
        assert_eq!(own(&[("marked", "x")]).unwrap().shown("marked"), "x");
        for (action, key, why) in [
            ("accept", "a", "may begin a value"),
            ("undo", "F5", "belongs to the browser"),
            ("undo", "", "belongs to the browser"),
            ("undo", "Enter", "is for two things"),
            ("marked", "E", "is for two things"),
            ("dance", "F9", "no key is for"),
        ] {
            let error = own(&[(action, key)]).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
