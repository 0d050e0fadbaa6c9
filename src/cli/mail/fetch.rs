//! `postroom mail fetch`: what came into a mailbox on a server.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::Args;

use super::super::Place;
use super::super::exit::{Exit, Misused};
use super::super::progress::Counting;
use super::super::run::{self, ReadingOptions, Stop};
use super::super::settings::Settings;
use super::{finish, intake};
use crate::batch::BatchError;
use crate::config::InboxConfig;
use crate::mail::fetch::{self, FetchError, Inbox};
use crate::mail::intake::{Incoming, Intake, Taken, are_enough};
use crate::store::Store;
use crate::store::mailboxes::{MailboxState, MailboxTrouble};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom mail fetch
  postroom mail fetch --json

The mailbox is the one of [mail.inbox] in postroom.toml. A message is marked as read, or moved, only when it is on \
record here; none is ever deleted. Run it from cron or a timer; what was fetched is not fetched again. A message that \
the server does not give, or mark, keeps no other back: it is told, listed by `postroom mail aside`, and tried again.")]
pub(super) struct FetchArguments {
    #[command(flatten)]
    options: ReadingOptions,
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
    let again = match known {
        Some((uid_validity, _)) => store.mailbox_again(&name, uid_validity).await?,
        None => Vec::new(),
    };
    let place = known.map(|(uid_validity, last_uid)| fetch::Place {
        uid_validity,
        last_uid,
    });
    let server = config
        .server(place, again.clone(), intake.limits.message_bytes)
        .map_err(|error| Misused(format!("[mail.inbox]: {error}")))?;
    let mut round = Round {
        inbox: Inbox::connect(&server).await?,
        after: config.after.clone(),
        again: again.into_iter().collect(),
        name,
    };
    let count = Counting::new("messages");
    let mut ended = false;
    while !ended && !stop.asked() {
        let some = round.some(taken).await;
        intake.take(&some.messages, taken).await?;
        ended = matches!(some.end, Some(Ok(())));
        let failure = some.end.and_then(std::result::Result::err);
        let (state, marked) = round.mark(some.uids, some.troubles, ended, taken).await;
        store.mailbox_is(&state).await?;
        count.set(taken.messages);
        marked?;
        if let Some(error) = failure {
            return Err(error.into());
        }
    }
    count.finish();
    round.inbox.leave().await;
    Ok(())
}

/// A mailbox while it is fetched from.
struct Round {
    inbox: Inbox,
    name: String,
    after: fetch::After,
    /// Messages that were in trouble before, as long as nobody knows that they are not.
    again: BTreeSet<u32>,
}

/// Some messages that came.
#[derive(Default)]
struct Batch {
    messages: Vec<Incoming>,
    uids: Vec<u32>,
    troubles: Vec<MailboxTrouble>,
    /// Whether there are no more, or cannot be any.
    end: Option<std::result::Result<(), FetchError>>,
}

impl Round {
    /// As many as are committed together.
    async fn some(&mut self, taken: &mut Taken) -> Batch {
        let mut some = Batch::default();
        while !are_enough(&some.messages) && some.end.is_none() {
            match self.inbox.next().await {
                Ok(Some(fetched)) => {
                    some.uids.push(fetched.uid);
                    some.messages.push(Incoming {
                        place: self.place_of(fetched.uid),
                        bytes: fetched.bytes,
                    });
                }
                Ok(None) => some.end = Some(Ok(())),
                Err(error) => match error.uid() {
                    Some(uid) => {
                        let why = error.to_string();
                        taken.not_had.push((self.place_of(uid), why));
                        some.troubles.push(trouble(uid, &error));
                    }
                    None => some.end = Some(Err(error)),
                },
            }
        }
        some
    }

    /// Marks on the server what is committed. What cannot be marked stays as it is there, like what could
    /// not be had: a person finds it unread. Says how the mailbox is now.
    async fn mark(
        &mut self,
        uids: Vec<u32>,
        mut troubles: Vec<MailboxTrouble>,
        ended: bool,
        taken: &mut Taken,
    ) -> (MailboxState, std::result::Result<(), FetchError>) {
        let mut marked = Ok(());
        for trouble in &troubles {
            self.again.remove(&trouble.uid);
            marked = marked.and(self.inbox.done(trouble.uid, fetch::After::Leave).await);
        }
        let mut settled = Vec::new();
        for uid in uids {
            match self.inbox.done(uid, self.after.clone()).await {
                Ok(()) if self.again.remove(&uid) => settled.push(uid),
                Ok(()) => {}
                Err(error) if error.is_of_one() => {
                    self.again.remove(&uid);
                    taken
                        .not_marked
                        .push((self.place_of(uid), error.to_string()));
                    troubles.push(trouble(uid, &error));
                    marked = marked.and(self.inbox.done(uid, fetch::After::Leave).await);
                }
                Err(error) => {
                    marked = Err(error);
                    break;
                }
            }
        }
        if ended {
            // What did not come again is not there any more.
            settled.extend(std::mem::take(&mut self.again));
        }
        let place = self.inbox.place();
        let state = MailboxState {
            name: self.name.clone(),
            uid_validity: place.uid_validity,
            last_uid: place.last_uid,
            troubles,
            settled,
        };
        (state, marked)
    }

    fn place_of(&self, uid: u32) -> String {
        format!("{};uid={uid}", self.name)
    }
}

fn trouble(uid: u32, error: &FetchError) -> MailboxTrouble {
    MailboxTrouble {
        uid,
        reason: error.to_string(),
        may_pass: !matches!(error, FetchError::TooLarge { .. }),
    }
}
