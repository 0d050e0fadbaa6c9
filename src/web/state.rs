//! What every handler has at hand.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::acceptance::Targets;
use crate::cases::answering::Correspondence;
use crate::config::Links;
use crate::domain::form::Form;
use crate::gazetteer::Gazetteer;
use crate::rules::Rules;
use crate::store::Store;

use super::looks::Looks;
use super::throttle::Throttle;

/// What the pages are served with.
#[derive(Debug)]
pub struct Setup {
    /// The store.
    pub store: Store,
    /// Who we are when we write, and with which words.
    pub correspondence: Correspondence,
    /// Working days, topics, teams.
    pub rules: Rules,
    /// What postcodes and towns there are.
    pub gazetteer: Gazetteer,
    /// Why the gazetteer is too old, if it is.
    pub gazetteer_warning: Option<String>,
    /// The forms of cards.
    pub forms: Vec<Form>,
    /// The company's own pages by number.
    pub links: Links,
    /// How many of the accepted fields of cards may be wrong.
    pub targets: Targets,
    /// Where "today" is.
    pub time_zone: TimeZone,
    /// Whether browsers reach us over TLS, by a proxy before us: cookies are then for that alone.
    pub secure: bool,
}

/// The same, shared by all handlers.
#[derive(Debug, Clone)]
pub(super) struct App(Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) setup: Setup,
    /// Who looked at which page: on record before the page is shown.
    pub(super) looks: Looks,
    /// Sign-ins that failed.
    pub(super) sign_ins: Throttle,
    /// Customers who ask for their case.
    pub(super) guesses: Throttle,
}

impl App {
    pub(super) fn new(setup: Setup) -> Self {
        Self(Arc::new(Inner {
            looks: Looks::new(setup.store.clone()),
            sign_ins: Throttle::sign_ins(),
            guesses: Throttle::guesses(),
            setup,
        }))
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.setup.store
    }

    /// A moment in UTC as people write it where the post comes in: `Mon 30 Nov 2026, 14:05`.
    pub(super) fn local(&self, at: &str) -> String {
        let Ok(moment) = at.parse::<Timestamp>() else {
            return at.to_owned();
        };
        let zoned = moment.to_zoned(self.0.setup.time_zone.clone());
        zoned.strftime("%a %-d %b %Y, %H:%M").to_string()
    }

    /// Today where the post comes in.
    pub(super) fn today(&self) -> Date {
        Timestamp::now()
            .to_zoned(self.0.setup.time_zone.clone())
            .date()
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
