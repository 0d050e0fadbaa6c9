//! Before any handler: whose request it is, whether they may, and whether it is their own.
//! After it: the headers that tell a browser what our pages never do.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::Right;
use super::error::PageError;
use super::session::Person;
use super::state::App;

/// What a page of ours may do: show what we serve, and nothing else. No script stands in a page,
/// none is made out of text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: \
                      blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; form-action \
                      'self'; frame-ancestors 'none'; base-uri 'none'";

/// Asks for a route's right; the handler gets the [`Person`].
pub(super) async fn admit(
    State((app, right)): State<(App, Right)>,
    mut request: Request,
    next: Next,
) -> Response {
    match admitted(&app, right, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn admitted(app: &App, right: Right, request: &mut Request) -> Result<(), PageError> {
    if !is_our_own(request.method(), request.headers()) {
        return Err(PageError::OtherSite);
    }
    // Style sheets and scripts are asked for by everybody, and need nobody looked up.
    if right == Right::Open {
        return Ok(());
    }
    let person = Person::behind(app.store(), request.headers()).await?;
    let person = person.ok_or(PageError::SignIn)?;
    if person.user.one_time && right != Right::SignedIn {
        return Err(PageError::NewPassword);
    }
    if !person.has(right) {
        return Err(PageError::NotYours);
    }
    request.extensions_mut().insert(person);
    Ok(())
}

/// Whether a request that changes something was made by a page of ours: browsers say where it comes
/// from in a header that no script can set (Fetch Metadata, W3C; Origin, RFC 6454).
fn is_our_own(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    // Without TLS, and away from the loopback, browsers leave that one out.
    let host = text(&ORIGIN).and_then(|origin| origin.split_once("://"));
    match (host, text(&HOST)) {
        (Some((_, origin)), Some(host)) => origin == host,
        _ => false,
    }
}

/// Adds what every answer says, where the handler has not said otherwise.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let ours = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (X_FRAME_OPTIONS, "DENY"),
        // A page shows what people wrote: no cache keeps it, ours or another's.
        (CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in ours {
        let headers = response.headers_mut();
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        pairs.collect()
    }

    #[test]
    fn only_our_own_pages_change_anything() {
        let post = |pairs: &[_]| is_our_own(&Method::POST, &with(pairs));
        assert!(is_our_own(
            &Method::GET,
            &with(&[("sec-fetch-site", "cross-site")])
        ));
        assert!(post(&[("sec-fetch-site", "same-origin")]));
        assert!(!post(&[("sec-fetch-site", "cross-site")]));
        assert!(!post(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "http://a"),
            ("host", "a")
        ]));
        assert!(!post(&[("sec-fetch-site", "none")]));
        assert!(post(&[
            ("origin", "http://post.example:8080"),
            ("host", "post.example:8080")
        ]));
        assert!(!post(&[
            ("origin", "http://evil.example"),
            ("host", "post.example")
        ]));
        assert!(!post(&[("origin", "null"), ("host", "post.example")]));
        assert!(!post(&[("host", "post.example")]));
    }
}
