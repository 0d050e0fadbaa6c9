//! The one translator from what went wrong to a page: what, and what to do next. What only the
//! operator can mend is in the log, with an id and no word of anybody's letter.

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};

use crate::cases::answering::ReplyError;
use crate::cases::review::SettleError;
use crate::cases::station::StationError;
use crate::export::ExportError;
use crate::store::StoreError;
use crate::templates::TemplateError;

use super::view;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn,
    /// A password that was given must be changed first.
    #[error("choose a password of your own first")]
    NewPassword,
    /// They may not, or a change came from another site's page.
    #[error("that is not for your role; ask an administrator if it should be")]
    NotYours,
    /// A request that changes something, from a page that is not ours.
    #[error("that request did not come from a page of ours; open the page again and try once more")]
    OtherSite,
    /// There is no such thing, or it is not theirs to see: nobody learns which.
    #[error("there is no such {0} here")]
    Missing(&'static str),
    /// What was typed cannot be meant.
    #[error("{0}")]
    Wrong(String),
    /// Somebody else was there first.
    #[error("{0}")]
    Conflict(String),
    /// Too many guesses.
    #[error("too many attempts; wait some minutes and try again")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// Something that must not fail did.
    #[error("{0} failed")]
    Broken(&'static str),
}

impl PageError {
    /// Something that must not fail did.
    pub(super) const fn broken(doing: &'static str) -> Self {
        Self::Broken(doing)
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::SignIn | Self::NewPassword => StatusCode::SEE_OTHER,
            Self::NotYours | Self::OtherSite => StatusCode::FORBIDDEN,
            Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What somebody is told: what went wrong, and what to do next.
    pub(super) fn told(&self) -> String {
        if self.status().is_server_error() {
            tracing::error!(error = %self, "a page could not be served");
            return "The store did not answer as it should. Nothing was changed. Try again; if that \
                    does not help, the operator finds the reason in the log."
                .to_owned();
        }
        view::sentence(&self.to_string())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let to = match self {
            Self::SignIn => Some("/sign-in"),
            Self::NewPassword => Some("/password"),
            _ => None,
        };
        if let Some(to) = to {
            // htmx follows this one with the whole page; a browser follows the other.
            return (self.status(), [(LOCATION, to), (HX_REDIRECT, to)]).into_response();
        }
        let (status, told) = (self.status(), self.told());
        (status, view::trouble(status, &told)).into_response()
    }
}

/// Where htmx goes with the whole page.
pub(super) const HX_REDIRECT: axum::http::HeaderName =
    axum::http::HeaderName::from_static("hx-redirect");

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::CaseClosed { case } => {
                Self::Conflict(format!("case {case} is closed; open it again first"))
            }
            StoreError::Unknown { what, .. } => Self::Missing(what),
            other => Self::Store(other),
        }
    }
}

impl From<SettleError> for PageError {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Store(error) => error.into(),
            SettleError::DecidedOtherwise { .. } => Self::Conflict(error.to_string()),
            other => Self::Wrong(other.to_string()),
        }
    }
}

impl From<StationError> for PageError {
    fn from(error: StationError) -> Self {
        match error {
            StationError::Settle(error) => error.into(),
            StationError::NoReason(_) => Self::Wrong(error.to_string()),
            StationError::NotYours(_)
            | StationError::Overtaken(_)
            | StationError::KeyedBlind(_) => Self::Conflict(error.to_string()),
        }
    }
}

impl From<ReplyError> for PageError {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::Store(error) => error.into(),
            other => Self::Wrong(other.to_string()),
        }
    }
}

impl From<TemplateError> for PageError {
    fn from(error: TemplateError) -> Self {
        Self::Wrong(error.to_string())
    }
}

impl From<ExportError> for PageError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::NoSuchFormat { .. } => Self::Missing("picture"),
            ExportError::Files { .. } | ExportError::Image { .. } => {
                Self::Broken("making a picture")
            }
        }
    }
}
