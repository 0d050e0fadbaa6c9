//! Why a page or a whole scan could not be taken in.
//!
//! Poor paper is a result, not an error: these travel as values from the reader
//! to the aside list that a person works through in the morning.

/// The reason, as a closed list. `docs/errors.md` explains each to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RejectionCode {
    /// The file has no bytes.
    Empty,
    /// It ends before its content does.
    Truncated,
    /// Its structure contradicts itself.
    Damaged,
    /// It needs a password.
    Encrypted,
    /// Not a kind of file that a scanner makes, or not what its name says.
    Unsupported,
    /// Too many bytes, pixels or pages.
    TooLarge,
    /// A page took longer than its limit and its reader was ended.
    TooSlow,
    /// A page needed more memory than its limit and its reader was ended.
    TooMuchMemory,
    /// The machine had no memory left for its reader, which was within its limit.
    OutOfMemory,
    /// The reader of this page died.
    ReaderCrashed,
    /// Not looked at: too many readers had died on the pages before it.
    NotRead,
    /// A card by its code, of a form that is not among those in use.
    UnknownForm,
    /// A card by its code that could not be laid over its form: marks are missing.
    UnlaidCard,
    /// What should be an e-mail has nothing that an e-mail has.
    UnreadableMessage,
    /// The file changed while it was being taken in.
    Changed,
    /// The file could not be read from its folder.
    Unreadable,
    /// No reader process could be started for it.
    NoReader,
    /// A fault of this program, not of the paper.
    Fault,
    /// A person put it away for good.
    Discarded,
}

named!(RejectionCode {
    Empty => "empty",
    Truncated => "truncated",
    Damaged => "damaged",
    Encrypted => "encrypted",
    Unsupported => "unsupported",
    TooLarge => "too_large",
    TooSlow => "too_slow",
    TooMuchMemory => "too_much_memory",
    OutOfMemory => "out_of_memory",
    ReaderCrashed => "reader_crashed",
    NotRead => "not_read",
    UnknownForm => "unknown_form",
    UnlaidCard => "unlaid_card",
    UnreadableMessage => "unreadable_message",
    Changed => "changed",
    Unreadable => "unreadable",
    NoReader => "no_reader",
    Fault => "fault",
    Discarded => "discarded",
});

impl RejectionCode {
    /// Whether the machine was short of something, so that the next run tries
    /// again by itself; everything else waits for a person.
    pub const fn is_want_of_resources(self) -> bool {
        matches!(
            self,
            Self::OutOfMemory | Self::Changed | Self::Unreadable | Self::NoReader
        )
    }

    /// Whether the page is a card for certain, though it could not be read as one.
    pub const fn is_of_a_card(self) -> bool {
        matches!(self, Self::UnknownForm | Self::UnlaidCard)
    }

    /// Whether the file's own bytes are at fault, and only another scan of the paper
    /// helps.
    pub const fn is_of_the_file(self) -> bool {
        matches!(
            self,
            Self::Empty
                | Self::Truncated
                | Self::Damaged
                | Self::Encrypted
                | Self::Unsupported
                | Self::TooLarge
                | Self::UnreadableMessage
        )
    }
}

/// Why one page or one scan was set aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", code.name())]
pub struct Rejection {
    /// Which kind of reason.
    pub code: RejectionCode,
    /// The reason for a person: what is wrong, and what to do when there is
    /// something. Never holds text read off the paper.
    pub reason: String,
}

impl Rejection {
    /// A rejection with its reason.
    pub fn new(code: RejectionCode, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_its_name() {
        for code in RejectionCode::ALL {
            assert_eq!(RejectionCode::from_name(code.name()), Some(code));
        }
    }
}
