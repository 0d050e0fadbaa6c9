//! When another unit of ours answers a customer by e-mail and a copy of it comes in here, whoever owns the
//! case rings the customer: they do not know yet what was promised.

use crate::domain::case::Receipt;
use crate::domain::grammar::case_reference::CaseReference;
use crate::domain::message::{Mailbox, Message};
use crate::domain::reply::TaskKind;
use crate::rules::Rules;
use crate::store::change::Change;
use crate::store::error::Result;
use crate::store::tasks::NewTask;

use super::answering::CALL_BACK_DAYS;
use super::work;

/// Sets a call-back where a message of our own that lies on this case answers its customer, and is not by
/// who owns the case.
pub(super) async fn answered_by_others(
    change: &mut Change,
    rules: &Rules,
    message: &Message,
    (case, receipt): (CaseReference, &Receipt),
) -> Result<()> {
    let Some(owner) = change.owner_of(case).await? else {
        return Ok(());
    };
    let by = message.from.as_ref();
    if message.automatic.is_some() || by.is_some_and(|by| is(by, &owner)) {
        return Ok(());
    }
    // What left from here is on its case, and its writer was asked whether it settles the matter.
    if let Some(id) = &message.id
        && change.is_ours(id.as_str()).await?
    {
        return Ok(());
    }
    let theirs = change.addresses_of_customer(case).await?;
    let mut to = message.to.iter().chain(&message.cc).map(Mailbox::key);
    if !to.any(|to| theirs.contains(&to)) {
        return Ok(());
    }
    let open = change.open_tasks(case).await?;
    if work::is_to_ring(&open, Some(&owner)) {
        return Ok(());
    }
    let who = by.map_or("another unit", |by| {
        by.name.as_deref().unwrap_or(&by.address)
    });
    let task = NewTask {
        case,
        kind: TaskKind::CallBack,
        what: format!("{who} answered your customer by e-mail: see that it is settled"),
        owner: Some(owner),
        due: rules.working_days_after(receipt.day, CALL_BACK_DAYS),
    };
    work::must_be_done(change, &task).await
}

/// Whether a mailbox is of this person: by its name, its address, or what stands before the `@`.
fn is(mailbox: &Mailbox, person: &str) -> bool {
    let (key, person) = (mailbox.key(), person.trim().to_lowercase());
    let name = mailbox.name.as_deref().unwrap_or_default().to_lowercase();
    let user = key.split('@').next().unwrap_or_default();
    [name.trim(), &key, user].contains(&person.as_str())
}
