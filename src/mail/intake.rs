//! Takes messages in, some at a time: their bytes first, then one transaction for all of them.
//! Every one is accounted for: filed, told as a copy, known before, or set aside with a reason.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cases::mail::{FiledMail, MailDraft, file_mail};
use crate::domain::case::{AttachedBy, Receipt, ReceiptOrigin, receipt_in_reason};
use crate::domain::identity::Digest;
use crate::domain::message::{Mailbox, Message};
use crate::domain::rejection::Rejection;
use crate::rules::Rules;
use crate::store::error::Result;
use crate::store::messages::RawMail;
use crate::store::{Store, ids::MailId};

use super::{MailLimits, parse};

/// A message as it came, and where it was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// For people: a path, a place in a mailbox.
    pub place: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What messages are taken in with.
#[derive(Debug)]
pub struct Intake<'a> {
    /// Where they are filed.
    pub store: &'a Store,
    /// What judges them.
    pub rules: &'a Rules,
    /// What one may cost.
    pub limits: MailLimits,
    /// Today where the post comes in.
    pub today: Date,
    /// The zone of that.
    pub zone: TimeZone,
    /// Our own addresses, in small letters.
    pub own: Vec<String>,
}

/// What became of some messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// So many came.
    pub messages: u64,
    /// On a case now.
    pub filed: u64,
    /// Of these, on a case of their own.
    pub opened: u64,
    /// Of these, nobody's: written by a machine.
    pub automatic: u64,
    /// Their bytes were taken in before.
    pub known: u64,
    /// What they say came before, by another route.
    pub copies: u64,
    /// Set aside, each with its place and why.
    pub aside: Vec<(String, Rejection)>,
    /// Could not even be had: too large, or unreadable files.
    pub not_had: Vec<(String, String)>,
    /// On record, and as they were on their server, which did not mark or move them.
    pub not_marked: Vec<(String, String)>,
}

impl Taken {
    /// Holds the sum: every message that came went somewhere.
    pub fn balance(&self) -> std::result::Result<(), String> {
        let went = self.filed + self.known + self.copies + self.aside.len() as u64;
        match went == self.messages {
            true => Ok(()),
            false => Err(format!(
                "{} messages came, but {} were filed, {} known, {} copies and {} set aside",
                self.messages,
                self.filed,
                self.known,
                self.copies,
                self.aside.len()
            )),
        }
    }

    /// Whether a person must look.
    pub fn needs_a_person(&self) -> bool {
        !(self.aside.is_empty() && self.not_had.is_empty() && self.not_marked.is_empty())
    }
}

/// Messages that share a transaction and the flushes of the disk that it costs, and the bytes of
/// them that are held in memory.
const MESSAGES_A_CHANGE: usize = 64;
const BYTES_A_CHANGE: usize = 32 << 20;

/// Whether these are enough for one transaction.
pub fn are_enough(together: &[Incoming]) -> bool {
    let bytes: usize = together.iter().map(|one| one.bytes.len()).sum();
    together.len() >= MESSAGES_A_CHANGE || bytes >= BYTES_A_CHANGE
}

impl Intake<'_> {
    /// Takes some messages in, in one transaction, and adds what became of them.
    pub async fn take(&self, some: &[Incoming], taken: &mut Taken) -> Result<()> {
        let digests: Vec<Digest> = some.iter().map(|one| Digest::of(&one.bytes)).collect();
        let mut seen: BTreeSet<Digest> =
            self.store.mail_known(&digests).await?.into_iter().collect();
        let news: Vec<(&Incoming, Digest)> = some
            .iter()
            .zip(digests)
            .filter(|(_, digest)| seen.insert(*digest))
            .collect();
        let bytes: Vec<&[u8]> = news.iter().map(|(one, _)| one.bytes.as_slice()).collect();
        self.store.keep_bytes(&bytes).await?;
        let drafts: Vec<MailDraft<'_>> = news
            .iter()
            .map(|(one, digest)| self.draft(one, *digest))
            .collect();
        let filed = file_mail(self.store, self.rules, &drafts).await?;
        taken.messages += some.len() as u64;
        taken.known += (some.len() - news.len()) as u64;
        for (draft, filed) in drafts.iter().zip(filed) {
            taken.note(draft, &filed);
        }
        Ok(())
    }

    fn draft<'a>(&self, one: &'a Incoming, digest: Digest) -> MailDraft<'a> {
        let message = parse(&one.bytes, &self.limits);
        let read = message.as_ref().ok();
        let from = read.and_then(|message| message.from.as_ref());
        let writers = from.into_iter().chain(read.and_then(Message::writer));
        let ours = writers.map(Mailbox::key).any(|key| self.own.contains(&key));
        MailDraft {
            raw: RawMail {
                origin: &one.place,
                digest,
                bytes: one.bytes.len() as u64,
            },
            receipt: self.receipt(message.as_ref().ok()),
            message,
            ours,
        }
    }

    fn receipt(&self, message: Option<&Message>) -> Receipt {
        let came = message.map(|message| [message.received, message.sent]);
        receipt(came.unwrap_or_default(), self.today, &self.zone)
    }
}

/// The day of receipt: that on which the last server got a message, else that on which it was sent, by
/// its sender's own clock, as far as either can be true.
fn receipt(came: [Option<Timestamp>; 2], today: Date, zone: &TimeZone) -> Receipt {
    let days = came.into_iter().flatten();
    let mut days = days.map(|moment| moment.to_zoned(zone.clone()).date());
    match days.find_map(|day| receipt_in_reason(day, today).ok()) {
        Some(day) => Receipt {
            day,
            origin: ReceiptOrigin::Message,
        },
        None => Receipt {
            day: today,
            origin: ReceiptOrigin::Today,
        },
    }
}

impl Taken {
    fn note(&mut self, draft: &MailDraft<'_>, filed: &FiledMail) {
        match (filed, &draft.message) {
            (FiledMail::Filed { by, id, case }, Ok(message)) => {
                self.filed += 1;
                self.opened += u64::from(*by == AttachedBy::Opened);
                self.automatic += u64::from(message.automatic.is_some());
                tracing::debug!(message = %id, case = %case, "filed");
            }
            (FiledMail::Copy(_), _) => self.copies += 1,
            (FiledMail::Known, _) => self.known += 1,
            (FiledMail::SetAside(id), Err(why)) => {
                log_aside(*id, why);
                self.aside.push((draft.raw.origin.to_owned(), why.clone()));
            }
            // Only what cannot be read is set aside.
            (FiledMail::Filed { .. }, Err(_)) | (FiledMail::SetAside(_), Ok(_)) => {}
        }
    }
}

fn log_aside(id: MailId, why: &Rejection) {
    tracing::info!(message = %id, code = why.code.name(), "set aside");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_servers_clock_counts_before_the_senders() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let (january, november) = (at("2026-01-05T10:00:00Z"), at("2026-11-29T10:00:00Z"));
        let (today, later) = (date(2026, 11, 30), at("2026-12-24T10:00:00Z"));
        for (came, day) in [
            ([november, january], date(2026, 11, 29)),
            ([november, later], date(2026, 11, 29)),
            ([later, november], date(2026, 11, 29)),
            ([None, january], date(2026, 1, 5)),
            ([later, later], today),
            ([None, None], today),
        ] {
            assert_eq!(receipt(came, today, &TimeZone::UTC).day, day, "{came:?}");
        }
    }
}
