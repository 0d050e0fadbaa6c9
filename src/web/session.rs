//! Who is there: the cookie, the session behind it, and the person that a handler gets.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use jiff::Timestamp;

use crate::domain::grammar::case_reference::CaseReference;
use crate::store::users::User;
use crate::store::{Actor, Store};

use super::access::Right;
use super::error::PageError;

/// A session lasts so long after the last thing that somebody did: a working day.
const LASTS: Duration = Duration::from_hours(10);
/// It is moved on when less than this is left, so that not every request writes.
const MOVED_ON_AT: Duration = Duration::from_hours(9);

const COOKIE_NAME: &str = "postroom";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// Who they are.
    pub(super) user: User,
    /// The secret of their session.
    pub(super) secret: String,
}

impl Person {
    /// As history calls them.
    pub(super) fn actor(&self) -> Actor {
        Actor::person(&self.user.name)
    }

    /// Whether they may.
    pub(super) fn has(&self, right: Right) -> bool {
        right.is_of(&self.user)
    }

    /// Whether there is such a case and it is theirs to see.
    pub(super) async fn sees(&self, store: &Store, case: CaseReference) -> Result<bool, PageError> {
        let user = &self.user;
        let seen = store.within_reach(&[case], &user.reach, &user.name).await?;
        Ok(seen.contains(&case))
    }

    /// The person behind a request's cookie, if there is one.
    pub(super) async fn behind(
        store: &Store,
        headers: &HeaderMap,
    ) -> Result<Option<Self>, PageError> {
        let Some(secret) = secret(headers) else {
            return Ok(None);
        };
        let Some((id, ends_at)) = store.session(&secret).await? else {
            return Ok(None);
        };
        let user = store.user(id).await?;
        if user.barred {
            return Ok(None);
        }
        let soon = Timestamp::now() + MOVED_ON_AT;
        if ends_at.parse::<Timestamp>().is_ok_and(|ends| ends < soon) {
            store
                .prolong_session(&secret, Timestamp::now() + LASTS)
                .await?;
        }
        Ok(Some(Self { user, secret }))
    }

    /// Begins a session; gives the cookie for it.
    pub(super) async fn sign_in(
        store: &Store,
        user: &User,
        secure: bool,
    ) -> Result<HeaderValue, PageError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| PageError::broken("making a secret"))?;
        let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        store
            .begin_session(&secret, user.id, Timestamp::now() + LASTS)
            .await?;
        cookie(&secret, LASTS, secure)
    }
}

/// A cookie that no script sees and no other site sends along when it changes something.
fn cookie(secret: &str, lasts: Duration, secure: bool) -> Result<HeaderValue, PageError> {
    let secure = if secure { "; Secure" } else { "" };
    let seconds = lasts.as_secs();
    let text = format!(
        "{COOKIE_NAME}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"
    );
    HeaderValue::from_str(&text).map_err(|_| PageError::broken("writing a cookie"))
}

/// The cookie that takes the place of a session's.
pub(super) fn no_cookie(secure: bool) -> Result<HeaderValue, PageError> {
    cookie("", Duration::ZERO, secure)
}

fn secret(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).into_iter();
    let texts = cookies.filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';'));
    let ours = pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))?;
    (ours.len() == 64).then(|| ours.to_owned())
}

impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = PageError;

    /// The guard has put them there.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let person = parts.extensions.get::<Self>().cloned();
        person.ok_or(PageError::SignIn)
    }
}
