//! `postroom init`: a new store.

use anyhow::Result;
use serde_json::json;

use super::exit::Exit;
use super::output::{new_store, say_json, store_flag, store_name, tell};
use super::settings::Settings;
use super::{Place, runtime};

pub(super) fn init(place: &Place) -> Result<Exit> {
    let settings = Settings::settle(place)?;
    let (_store, created) = settings.create_or_open(&runtime()?)?;
    if place.json {
        say_json(&json!({ "store": store_name(place), "created": created }))?;
    } else if created {
        tell!(
            "{}. Read its postroom.toml, then: postroom run DIR{}",
            new_store(place, &settings.config),
            store_flag(place)
        );
    } else {
        let store = store_name(place);
        tell!("{store} is a store already; nothing was changed.");
    }
    Ok(Exit::Done)
}
