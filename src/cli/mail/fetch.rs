//! `postroom mail fetch`: what came into a mailbox on a server.

use anyhow::Result;
use clap::Args;

use super::super::Place;
use super::super::exit::{Exit, Misused};
use super::super::progress::Counting;
use super::super::run::{self, RunOptions, Stop};
use super::super::settings::Settings;
use super::{finish, intake};
use crate::batch::BatchError;
use crate::config::InboxConfig;
use crate::mail::fetch::{self, Inbox};
use crate::mail::intake::{Incoming, Intake, Taken, are_enough};
use crate::store::Store;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom mail fetch
  postroom mail fetch --json

The mailbox is the one of [mail.inbox] in postroom.toml. A message is marked as read, or moved, only when it is on \
record here; none is ever deleted. Run it from cron or a timer; what was fetched is not fetched again.")]
pub(super) struct FetchArguments {
    #[command(flatten)]
    options: RunOptions,
}

pub(super) fn fetch(place: &Place, arguments: &FetchArguments) -> Result<Exit> {
    let stop = Stop::on_interrupt()?;
    let settings = Settings::settle(place)?;
    let Some(inbox) = &settings.config.inbox else {
        return Err(Misused(
            "no mailbox is named: put [mail.inbox] with host, user and password into postroom.toml"
                .to_owned(),
        )
        .into());
    };
    let rules = settings.rules()?;
    let runtime = super::super::runtime()?;
    let (store, created) = settings.create_or_open(&runtime)?;
    run::say_when_new(place, &settings, created);
    let intake = intake(&store, &rules, &settings, &arguments.options);
    let mut taken = Taken::default();
    runtime.block_on(all(inbox, &store, &intake, &stop, &mut taken))?;
    taken.balance().map_err(BatchError::Balance)?;
    finish(
        place,
        &settings,
        (&runtime, &store),
        &arguments.options,
        (&stop, &taken),
    )
}

/// Fetches until there is no more. What is fetched is committed some at a time; only then is it
/// marked on the server, and its place remembered.
async fn all(
    config: &InboxConfig,
    store: &Store,
    intake: &Intake<'_>,
    stop: &Stop,
    taken: &mut Taken,
) -> Result<()> {
    let name = config.name();
    let known = store.mailbox(&name).await?;
    let known = known.map(|(uid_validity, last_uid)| fetch::Place {
        uid_validity,
        last_uid,
    });
    let server = config
        .server(known, intake.limits.message_bytes)
        .map_err(|error| Misused(format!("[mail.inbox]: {error}")))?;
    let mut inbox = Inbox::connect(&server).await?;
    let count = Counting::new("messages");
    let mut ended = false;
    while !ended && !stop.asked() {
        let mut together = Vec::new();
        let mut uids = Vec::new();
        while !are_enough(&together) {
            match inbox.next().await {
                Ok(Some(fetched)) => {
                    uids.push(fetched.uid);
                    together.push(Incoming {
                        place: format!("{name};uid={}", fetched.uid),
                        bytes: fetched.bytes,
                    });
                }
                Ok(None) => {
                    ended = true;
                    break;
                }
                Err(error) => match error.uid() {
                    Some(uid) => {
                        taken
                            .not_had
                            .push((format!("{name};uid={uid}"), error.to_string()));
                        // It stays as it is on the server, where a person finds it unread.
                        inbox.done(uid, fetch::After::Leave).await?;
                    }
                    None => return Err(error.into()),
                },
            }
        }
        intake.take(&together, taken).await?;
        for uid in uids {
            inbox.done(uid, config.after.clone()).await?;
        }
        let place = inbox.place();
        store
            .mailbox_done(&name, place.uid_validity, place.last_uid)
            .await?;
        count.set(taken.messages);
    }
    count.finish();
    inbox.leave().await;
    Ok(())
}
