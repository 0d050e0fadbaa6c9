//! Who may do what: the one place that says so. [`super::guard`] asks before a handler runs.

use crate::domain::role::Role;
use crate::store::users::User;

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Right {
    /// Nothing: not even a name.
    Open,
    /// To be signed in, even by a password that must be changed first.
    SignedIn,
    /// To work on cases: the inbox, letters, replies, customers, the search.
    Work,
    /// To look at the images of pages.
    Look,
    /// To settle doubtful fields.
    Settle,
    /// To settle sheets that could not be taken in.
    Sheets,
    /// To see how the night went and what waits for whom.
    Oversee,
    /// To see how good the readings are.
    Measure,
    /// To do what a clerk leaves to a supervisor.
    Supervise,
    /// To make users.
    Administer,
}

impl Right {
    /// The roles that have it; none are needed for the first two.
    pub(super) const fn roles(self) -> &'static [Role] {
        match self {
            Self::Open | Self::SignedIn => &[],
            Self::Work => &[Role::Agent, Role::Supervisor],
            Self::Look => &[Role::Agent, Role::Supervisor, Role::Clerk, Role::Operator],
            Self::Settle => &[Role::Clerk, Role::Supervisor],
            Self::Sheets => &[Role::Operator, Role::Clerk, Role::Supervisor],
            Self::Oversee => &[Role::Supervisor, Role::Operator],
            Self::Measure => &[Role::Supervisor, Role::Operator, Role::Marketing],
            Self::Supervise => &[Role::Supervisor],
            Self::Administer => &[Role::Admin],
        }
    }

    /// Whether this user has it.
    pub(super) fn is_of(self, user: &User) -> bool {
        match self {
            Self::Open | Self::SignedIn => true,
            _ => self.roles().iter().any(|role| user.roles.contains(role)),
        }
    }
}
