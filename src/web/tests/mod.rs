//! The pages as a browser gets them: through every layer, without a network.

mod access;
mod cases;
mod safety;
mod signing_in;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::LazyLock;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::header::{COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use jiff::tz::TimeZone;
use tower::ServiceExt as _;

use crate::acceptance::Targets;
use crate::cases::answering::Correspondence;
use crate::config::Links;
use crate::domain::role::Role;
use crate::gazetteer::Gazetteer;
use crate::rules::Rules;
use crate::store::testing::Bench;
use crate::store::users::{Duties, Reach};
use crate::store::{Actor, Store};
use crate::templates::{CompanyFacts, Templates};

use super::password::sealed;
use super::router::router;
use super::session::Person;
use super::state::{App, Setup};

/// What everybody's password is here.
const PASSWORD: &str = "four plain words here";

/// Its hash, made once: a hash takes its time on purpose.
static SEALED: LazyLock<String> = LazyLock::new(|| sealed(PASSWORD).unwrap());

/// Pages over a store of their own, with a person of each role signed in.
struct Site {
    bench: Bench,
    router: Router,
    /// The cookie of each person by their name.
    cookies: BTreeMap<String, String>,
}

/// What the pages of tests are served with.
pub(super) fn setup(store: Store) -> Setup {
    let correspondence = Correspondence {
        templates: Templates::embedded(),
        company: CompanyFacts {
            name: "Hartwell & Finch Ltd".to_owned(),
            ..CompanyFacts::default()
        },
        language: "en".to_owned(),
        own: vec!["care@hartwell.example".to_owned()],
        host: "hartwell.example".to_owned(),
        acknowledge_letters: None,
        acknowledge_mail: false,
        zone: TimeZone::UTC,
    };
    Setup {
        store,
        correspondence,
        rules: Rules::embedded(),
        gazetteer: Gazetteer::embedded(),
        gazetteer_warning: None,
        forms: Vec::new(),
        links: Links::default(),
        targets: Targets::default(),
        time_zone: TimeZone::UTC,
        secure: false,
    }
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn location(&self) -> &str {
        let location = self.headers.get(LOCATION);
        location.map_or("", |value| value.to_str().unwrap())
    }
}

impl Site {
    /// A user named after each role who sees all teams.
    async fn over(bench: Bench) -> Self {
        let setup = setup(bench.store.clone());
        let from = SocketAddr::from(([127, 0, 0, 1], 4711));
        let router = router(App::new(setup)).layer(MockConnectInfo(from));
        let mut site = Self {
            bench,
            router,
            cookies: BTreeMap::new(),
        };
        for role in ROLES {
            site.add(role.name(), role, Reach::All).await;
        }
        site
    }

    /// A user who has changed their first password, signed in.
    async fn add(&mut self, name: &str, role: Role, reach: Reach) {
        let duties = Duties {
            display: name.to_owned(),
            roles: BTreeSet::from([role]),
            reach,
        };
        let mut change = self.bench.store.change(&Actor::postroom()).await.unwrap();
        let id = change.make_user(name, &SEALED, &duties).await.unwrap();
        change
            .set_password(id.unwrap(), &SEALED, false)
            .await
            .unwrap();
        change.commit().await.unwrap();
        let (user, _) = self.bench.store.user_named(name).await.unwrap().unwrap();
        let set = Person::sign_in(&self.bench.store, &user, false)
            .await
            .unwrap();
        self.cookies.insert(name.to_owned(), pair(&set));
    }

    async fn sign_in(&self, name: &str, password: &str) -> Answer {
        let form = [("name", name), ("password", password)];
        self.post("/sign-in", "", &form).await
    }

    async fn get(&self, path: &str, who: &str) -> Answer {
        self.ask(self.request(Method::GET, path, who), String::new())
            .await
    }

    async fn post(&self, path: &str, who: &str, form: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(form).unwrap();
        let request = self
            .request(Method::POST, path, who)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.ask(request, body).await
    }

    fn request(&self, method: Method, path: &str, who: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "post.example");
        match self.cookies.get(who) {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    async fn ask(&self, request: axum::http::request::Builder, body: String) -> Answer {
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

/// Every role.
const ROLES: [Role; 6] = [
    Role::Operator,
    Role::Clerk,
    Role::Agent,
    Role::Marketing,
    Role::Supervisor,
    Role::Admin,
];

/// `name=value` of the cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    pair(&answer.headers[SET_COOKIE])
}

fn pair(set: &HeaderValue) -> String {
    let set = set.to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}
