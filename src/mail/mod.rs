//! E-mail: a reply becomes a message, and leaves by a server or into a folder.
//!
//! Nothing here decides what is sent or when: the caller has stored both before it calls,
//! and calls again after [`back_off`] when a delivery failed and may yet pass.

mod compose;
mod folder;
mod send;
mod smtp;

pub use compose::{Attachment, ComposeError, OutgoingMail, Party, compose};
pub use folder::Folder;
pub use send::{Delivery, Envelope, Reply, SendError, back_off};
pub use smtp::{Login, Secret, Security, Smtp, SmtpSettings};
