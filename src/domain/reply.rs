//! What we write to customers, and what is to be done on a case.

/// By which way something goes to a customer, or came from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// As an e-mail.
    Email,
    /// As a letter.
    Post,
}

named!(Channel {
    Email => "email",
    Post => "post",
});

/// What a reply is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReplyKind {
    /// We have what you sent.
    Acknowledgement,
    /// An answer.
    Reply,
    /// We should like to call you back.
    CallBack,
    /// Your case has moved.
    Status,
}

named!(ReplyKind {
    Acknowledgement => "acknowledgement",
    Reply => "reply",
    CallBack => "call_back",
    Status => "status",
});

impl ReplyKind {
    /// Whether it is sent without a person looking.
    pub const fn is_automatic(self) -> bool {
        matches!(self, Self::Acknowledgement | Self::Status)
    }
}

/// What is to be done on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskKind {
    /// Write an answer.
    Reply,
    /// Ring the customer.
    CallBack,
    /// Look at it again.
    FollowUp,
    /// Print a letter and post it.
    PrintAndPost,
}

named!(TaskKind {
    Reply => "reply",
    CallBack => "call_back",
    FollowUp => "follow_up",
    PrintAndPost => "print_and_post",
});
