//! What the people who sign in are here for.

/// One of the kinds of people who work here; somebody can be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Runs the nightly batch and settles what could not be taken in.
    Operator,
    /// Settles doubtful fields.
    Clerk,
    /// Answers customers.
    Agent,
    /// Exports clean loyalty data.
    Marketing,
    /// Sees that nothing is lost, late or wrong, and does what clerks and agents do.
    Supervisor,
    /// Makes users; sees no post.
    Admin,
}

super::named!(Role {
    Operator => "operator",
    Clerk => "clerk",
    Agent => "agent",
    Marketing => "marketing",
    Supervisor => "supervisor",
    Admin => "admin",
});
