//! All routes on one page, each with the right that it needs.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};

use super::access::Right;
use super::error::PageError;
use super::state::App;
use super::{
    assets, case, customers, guard, home, inbox, morning, outfit, quality, review, search, sheets,
    sign_in, status, users,
};

/// A route: its right, its path, what answers.
pub(super) type Route = (Right, &'static str, MethodRouter<App>);

/// Every route there is, each on its line.
#[rustfmt::skip]
pub(super) fn routes() -> Vec<Route> {
    use Right::{Administer, Look, Measure, Open, Oversee, Settle, Sheets, SignedIn, Work};
    vec![
        (Open, "/assets/{name}", get(assets::serve)),
        (Open, "/status", get(status::form).post(status::tell)),
        (Open, "/sign-in", get(sign_in::form).post(sign_in::enter)),
        (SignedIn, "/sign-out", post(sign_in::leave)),
        (SignedIn, "/password", get(sign_in::password).post(sign_in::change)),
        (SignedIn, "/", get(home::home)),
        (Work, "/cases", get(inbox::inbox)),
        (Work, "/cases/{reference}", get(case::show)),
        (Work, "/cases/{reference}/give", post(case::give)),
        (Work, "/cases/{reference}/note", post(case::note)),
        (Work, "/cases/{reference}/tasks", post(case::task)),
        (Work, "/cases/{reference}/tasks/{id}", post(case::end_task)),
        (Work, "/cases/{reference}/tell", post(case::tell)),
        (Work, "/cases/{reference}/close", post(case::close)),
        (Work, "/cases/{reference}/reopen", post(case::reopen)),
        (Work, "/cases/{reference}/reply", get(case::reply_form).post(case::reply_send)),
        (Work, "/cases/{reference}/reply/preview", post(case::reply_preview)),
        (Work, "/documents/{id}", get(case::alone)),
        (Look, "/documents/{id}/pages/{sheet}", get(case::image)),
        (Work, "/documents/{id}/move", post(case::move_document)),
        (Work, "/messages/{id}/html", get(case::body)),
        (Work, "/messages/{id}/attachments/{number}", get(case::attachment)),
        (Work, "/messages/{id}/move", post(case::move_message)),
        (Work, "/replies/{id}/file", get(case::sent_file)),
        (Work, "/search", get(search::search)),
        (Work, "/customers", get(customers::list)),
        (Work, "/customers/{id}", get(customers::show)),
        (Work, "/customers/{id}/merge", post(customers::merge)),
        (Work, "/customers/{id}/unmerge", post(customers::unmerge)),
        (Settle, "/review", get(review::station)),
        (Settle, "/review/lease", post(review::lease)),
        (Settle, "/review/answer", post(review::answer)),
        (Settle, "/review/later", post(review::later)),
        (Settle, "/review/again", post(review::again)),
        (Settle, "/review/suggest", get(review::suggest)),
        (Settle, "/review/keys", post(review::keep_keys)),
        (Settle, "/review/sheet", get(review::sheet).post(review::confirm_sheet)),
        (Settle, "/documents/{id}/fields/{name}", get(review::picture)),
        (Sheets, "/sheets", get(sheets::sheets)),
        (Sheets, "/sheets/discard", post(sheets::discard)),
        (Sheets, "/sheets/documents/{id}", get(sheets::key_form).post(sheets::key)),
        (Sheets, "/sheets/documents/{id}/note", post(sheets::note)),
        (Oversee, "/morning", get(morning::morning)),
        (Oversee, "/morning/running", get(morning::running)),
        (Measure, "/quality", get(quality::quality)),
        (Oversee, "/setup", get(outfit::show)),
        (Administer, "/users", get(users::list).post(users::make)),
        (Administer, "/users/{id}", post(users::change)),
        (Administer, "/users/{id}/password", post(users::renew)),
        (Administer, "/users/{id}/bar", post(users::bar)),
    ]
}

/// The routes with their guards.
pub(super) fn router(app: App) -> Router {
    let mut router = Router::new();
    for (right, path, answers) in routes() {
        let admit = from_fn_with_state((app.clone(), right), guard::admit);
        router = router.route(path, answers.route_layer(admit));
    }
    router
        .fallback(async || PageError::Missing("page"))
        .layer(from_fn(guard::headers))
        .with_state(app)
}
