//! Where somebody begins: at what their role is here for.

use axum::response::Redirect;

use super::access::Right;
use super::session::Person;

/// What is in the bar above every page, in the order of the bar: its name, its path, its right.
pub(super) const PLACES: [(&str, &str, Right); 9] = [
    ("Cases", "/cases", Right::Work),
    ("Search", "/search", Right::Work),
    ("Customers", "/customers", Right::Work),
    ("Review", "/review", Right::Settle),
    ("Morning", "/morning", Right::Oversee),
    ("Sheets", "/sheets", Right::Sheets),
    ("Quality", "/quality", Right::Measure),
    ("Set-up", "/setup", Right::Oversee),
    ("Users", "/users", Right::Administer),
];

/// `GET /`
pub(super) async fn home(person: Person) -> Redirect {
    let mut places = PLACES.iter();
    let first = places.find(|(_, _, right)| person.has(*right));
    Redirect::to(first.map_or("/password", |(_, path, _)| path))
}
