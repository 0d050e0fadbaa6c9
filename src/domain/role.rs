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

/// Signs of a user's name.
const LONGEST_NAME: usize = 64;

/// What a user signs in with, as everybody types it: small letters a to z, digits, dots, hyphens; `None`
/// where it is no such name.
pub fn user_name(typed: &str) -> Option<String> {
    let name = typed.trim().to_lowercase();
    let known =
        |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || ".-_@".contains(sign);
    let good = (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(known);
    good.then_some(name)
}

super::named!(Role {
    Operator => "operator",
    Clerk => "clerk",
    Agent => "agent",
    Marketing => "marketing",
    Supervisor => "supervisor",
    Admin => "admin",
});
