//! Electronic post: where messages come from, and what is in one.
//!
//! A message is hostile until it was read: [`parse()`] bounds its work by [`MailLimits`],
//! never fails by a panic, and makes of whatever is merely odd the best that can be
//! made. [`sources`] finds messages in files and [`fetch`] on a server; [`html`] makes
//! what came as HTML safe to look at. [`intake`] takes messages in.
//!
//! A reply becomes a message by [`compose()`], and leaves by a server or into a folder
//! ([`Delivery`]). Nothing here decides what is sent or when: the caller has stored both before
//! it calls, and calls again after [`back_off`] when a delivery failed and may yet pass.

mod automatic;
mod body;
mod compose;
mod decode;
pub mod fetch;
mod file_names;
mod folder;
mod headers;
pub mod html;
mod html_text;
pub mod intake;
pub mod outbox;
mod parse;
mod parts;
mod quotes;
mod reports;
pub mod secret;
mod send;
mod smtp;
pub mod sources;

pub use compose::{Attachment, ComposeError, OutgoingMail, Party, compose};
pub use folder::Folder;
pub use parse::parse;
pub use send::{Delivery, Envelope, Reply, SendError, back_off};
pub use smtp::{Login, Secret, Security, Smtp, SmtpSettings};

const MIB: u64 = 1024 * 1024;

/// How much one message may ask of the machine. One beyond a limit is set aside with
/// the limit named; nothing is cut off in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailLimits {
    /// Bytes of one message as it travels. Large providers stop at 25 to 50 MB, and at
    /// 150 MB within one company; base64 has added a third to that.
    pub message_bytes: u64,
    /// Parts of one message, those that only hold others counted too. An honest one
    /// with forty photographs has under fifty.
    pub parts: usize,
    /// How deep parts lie within parts. Mail programs make four or five.
    pub nesting: usize,
    /// Bytes of the header of one message or part. Servers stop at 64 to 256 KiB.
    pub header_bytes: usize,
    /// Bytes of all that a person would have to read. The longest novels have three
    /// million letters.
    pub text_bytes: usize,
}

impl Default for MailLimits {
    fn default() -> Self {
        Self {
            message_bytes: 64 * MIB,
            parts: 1_000,
            nesting: 30,
            header_bytes: MIB as usize,
            text_bytes: 8 * MIB as usize,
        }
    }
}
