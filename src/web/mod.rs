//! The web pages: agents see letters beside e-mails, clerks settle fields, a supervisor knows that
//! nothing was lost.
//!
//! Pages are made here, on the server ([`view`]); two islands of script do what cannot wait for
//! it, the page viewer and the review station ([`assets`]). Every route stands in [`router`] with the
//! right that it needs, and [`guard`] asks for that before any handler runs. A handler does one thing:
//! it asks `cases` or the `store`, and shows what it got. [`error`] is the one translator
//! from what went wrong to a page.

mod access;
mod assets;
mod case;
mod customers;
mod error;
mod guard;
mod home;
mod inbox;
mod looks;
mod morning;
mod outfit;
mod password;
mod quality;
mod review;
mod router;
mod search;
mod session;
mod sheets;
mod sign_in;
mod state;
mod status;
#[cfg(test)]
mod tests;
mod throttle;
mod users;
mod view;

use std::future::Future;
use std::net::SocketAddr;

use tokio::net::TcpListener;

pub use password::{NotAPassword, one_time, sealed};
pub use state::Setup;

/// Serves the pages until `stop` comes; requests that are being answered are answered first.
pub async fn serve(
    setup: Setup,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let pages = router::router(state::App::new(setup));
    let service = pages.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stop)
        .await
}
