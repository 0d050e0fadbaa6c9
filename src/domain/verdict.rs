//! What is decided of a field.

/// The decision on one field. There is no fifth state: a plausible guess is a
/// [`Verdict::Review`], never an acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Sure enough to use; its error rate is bounded.
    Accepted,
    /// Doubtful: a person must look.
    Review,
    /// A person looked and refused it.
    Rejected,
    /// Nothing was found on the paper.
    Empty,
}

named!(Verdict {
    Accepted => "accepted",
    Review => "review",
    Rejected => "rejected",
    Empty => "empty",
});
