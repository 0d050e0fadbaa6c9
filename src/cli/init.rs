//! `postroom init`: a new store.

use anyhow::Result;
use serde_json::json;

use super::exit::Exit;
use super::output::{say_json, tell};
use super::settings::Settings;
use super::{Place, runtime};

pub(super) fn init(place: &Place) -> Result<Exit> {
    let settings = Settings::settle(place)?;
    let (_store, created) = settings.create_or_open(&runtime()?)?;
    if place.json {
        say_json(&json!({ "store": place.store, "created": created }))?;
    } else if created {
        tell!(
            "New store in {}. Read its postroom.toml, then: postroom run DIR",
            place.store
        );
    } else {
        tell!("{} is a store already; nothing was changed.", place.store);
    }
    Ok(Exit::Done)
}
