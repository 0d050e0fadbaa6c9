//! What came of the cards, counted, as tables and as JSON.

use std::collections::BTreeMap;
use std::fmt;

use postroom::domain::card::{Ink, MAX_RESIDUAL, RecognisedBy, SIGNED_WITHIN, TickState};
use postroom::domain::form::SerialKind;
use serde_json::{Value, json};

use super::sim::{Intent, Kind, Truth};

/// One card, looked at.
pub struct Seen {
    pub number: u64,
    pub kind: Kind,
    pub dpi: u32,
    pub what: What,
    /// Processor time from the file's bytes to the result.
    pub ms: f64,
    /// The part of it that is not the network for handprint's, where that was timed.
    pub boxes_ms: Option<f64>,
    pub by: Option<RecognisedBy>,
    pub residual: Option<f64>,
    /// How far each place that is read is from where it is, mm,
    pub errors: Vec<f64>,
    /// and each box to sign in, which is only told signed or not.
    pub signature_offsets: Vec<f64>,
    /// Of each box: what should be seen, and what was.
    pub inks: Vec<(Ink, Ink)>,
    /// Of each written box: the share of its ink that lies in its place, and what of its
    /// neighbours does, against its own ink.
    pub cuts: Vec<[f64; 2]>,
    pub ticks: Vec<TickSeen>,
    /// Signed, and seen as signed.
    pub signed: Vec<(bool, bool)>,
    pub serials: Vec<SerialSeen>,
}

/// One number that was on the card already.
pub struct SerialSeen {
    pub kind: SerialKind,
    pub right: bool,
    pub read: bool,
    pub accepted: bool,
}

/// What a card was taken for.
pub enum What {
    Right,
    Missed,
    /// Set aside as a card, by its code.
    Aside,
    Wrong(String),
    Failed(String),
}

/// One box to tick.
pub struct TickSeen {
    pub name: String,
    pub consent: bool,
    pub intent: Intent,
    pub how: &'static str,
    pub state: TickState,
    /// No person will look.
    pub accepted: bool,
}

impl Seen {
    pub fn new(truth: &Truth, number: u64, ms: f64) -> Self {
        Self {
            number,
            kind: truth.kind,
            dpi: truth.dpi,
            what: What::Missed,
            ms,
            boxes_ms: None,
            by: None,
            residual: None,
            errors: Vec::new(),
            signature_offsets: Vec::new(),
            inks: Vec::new(),
            cuts: Vec::new(),
            ticks: Vec::new(),
            signed: Vec::new(),
            serials: Vec::new(),
        }
    }
}

impl TickSeen {
    /// Accepted, and not what was meant; whatever is said of a doubtful box counts for
    /// nothing here.
    pub fn wrong(&self) -> bool {
        let meant = match self.intent {
            Intent::Empty => TickState::Empty,
            Intent::Marked => TickState::Marked,
            Intent::Corrected => TickState::Corrected,
            Intent::Ambiguous => return false,
        };
        self.accepted && self.state != TickState::Unsure && self.state != meant
    }

    /// A consent that nobody gave.
    pub fn false_consent(&self) -> bool {
        self.consent
            && self.intent != Intent::Marked
            && self.state == TickState::Marked
            && self.accepted
    }
}

/// So many of so many, with the interval of 95 % (Wilson 1927), of 10,000.
pub struct Share(pub usize, pub usize);

impl Share {
    fn of_10_000(&self) -> [f64; 3] {
        const Z: f64 = 1.96;
        let (k, n) = (self.0 as f64, self.1 as f64);
        if self.1 == 0 {
            return [0.0, 0.0, 10_000.0];
        }
        let p = k / n;
        let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let bound = |s: f64| ((p + Z * Z / (2.0 * n) + s) / (1.0 + Z * Z / n)).clamp(0.0, 1.0);
        [p, bound(-spread), bound(spread)].map(|share| share * 10_000.0)
    }

    pub fn to_json(&self) -> Value {
        let [rate, low, high] = self.of_10_000();
        json!({"count": self.0, "of": self.1, "per_10000": rate, "low": low, "high": high})
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [rate, low, high] = self.of_10_000();
        write!(
            f,
            "{} of {}: {rate:.1} in 10,000 ({low:.1}-{high:.1})",
            self.0, self.1
        )
    }
}

/// The cards of one form and severity.
#[derive(Default)]
pub struct Tally(Vec<Seen>);

impl Tally {
    pub fn add(&mut self, seen: Seen) {
        self.0.push(seen);
    }

    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
        self.0.sort_by_key(|seen| seen.number);
    }

    fn right(&self) -> impl Iterator<Item = &Seen> {
        self.0
            .iter()
            .filter(|seen| matches!(seen.what, What::Right))
    }

    fn ticks(&self) -> impl Iterator<Item = &TickSeen> {
        self.right().flat_map(|seen| &seen.ticks)
    }

    fn share(&self, of: impl Fn(&TickSeen) -> bool, holds: impl Fn(&TickSeen) -> bool) -> Share {
        let all: Vec<&TickSeen> = self.ticks().filter(|tick| of(tick)).collect();
        Share(all.iter().filter(|tick| holds(tick)).count(), all.len())
    }

    fn tick_errors(&self) -> Share {
        self.share(|tick| tick.intent != Intent::Ambiguous, TickSeen::wrong)
    }

    fn unsure(&self) -> Share {
        let plain = |tick: &TickSeen| matches!(tick.intent, Intent::Empty | Intent::Marked);
        self.share(plain, |tick| tick.state == TickState::Unsure)
    }

    fn in_review(&self) -> Share {
        let plain = |tick: &TickSeen| matches!(tick.intent, Intent::Empty | Intent::Marked);
        self.share(plain, |tick| !tick.accepted)
    }

    fn false_consents(&self) -> Share {
        let consent = |tick: &TickSeen| tick.consent && tick.intent != Intent::Marked;
        self.share(consent, TickSeen::false_consent)
    }

    /// Registration: middle, 99 of 100, worst, in mm.
    fn registration(&self) -> [f64; 3] {
        let errors = |seen: &Seen| [&seen.errors[..], &seen.signature_offsets].concat();
        quantiles(self.right().flat_map(errors))
    }

    fn beyond(&self) -> usize {
        self.right()
            .filter(|seen| seen.residual.is_some_and(|mm| mm > MAX_RESIDUAL))
            .count()
    }

    /// The worst kind of mistake: far off, and not said so.
    fn silent(&self) -> usize {
        let off = |seen: &&Seen| {
            seen.errors.iter().any(|mm| *mm > MAX_RESIDUAL)
                || seen.signature_offsets.iter().any(|mm| *mm > SIGNED_WITHIN)
        };
        let said = |seen: &&Seen| seen.residual.is_some_and(|mm| mm > MAX_RESIDUAL);
        self.right().filter(|seen| off(seen) && !said(seen)).count()
    }

    /// Cards, and the middle and late ms, of each kind and resolution.
    fn times(&self) -> BTreeMap<(Kind, u32), (usize, [f64; 3])> {
        let mut times: BTreeMap<(Kind, u32), Vec<f64>> = BTreeMap::new();
        for seen in &self.0 {
            times
                .entry((seen.kind, seen.dpi))
                .or_default()
                .push(seen.ms);
        }
        let row = |ms: Vec<f64>| (ms.len(), quantiles(ms.into_iter()));
        times
            .into_iter()
            .map(|(kind, ms)| (kind, row(ms)))
            .collect()
    }

    /// To the boxes cut and the ticks told, of bitonal scans of 300 dpi.
    fn boxes_ms(&self) -> [f64; 3] {
        quantiles(self.0.iter().filter_map(|seen| seen.boxes_ms))
    }

    fn confusion(&self) -> BTreeMap<Intent, [usize; 4]> {
        let mut table: BTreeMap<Intent, [usize; 4]> = BTreeMap::new();
        for tick in self.ticks() {
            table.entry(tick.intent).or_default()[tick.state as usize] += 1;
        }
        table
    }

    /// Of what was done to boxes: boxes, wrong, unsure.
    fn by_doing(&self) -> BTreeMap<(Intent, &'static str), [usize; 4]> {
        let mut table: BTreeMap<(Intent, &'static str), [usize; 4]> = BTreeMap::new();
        for tick in self.ticks() {
            table.entry((tick.intent, tick.how)).or_default()[tick.state as usize] += 1;
        }
        table
    }

    fn inks(&self) -> [[usize; 3]; 3] {
        let mut table = [[0; 3]; 3];
        for (truly, found) in self.right().flat_map(|seen| &seen.inks) {
            table[*truly as usize][*found as usize] += 1;
        }
        table
    }

    /// The mean share of a character's ink in its place, the share of characters of which
    /// a tenth is outside, and of those with a tenth as much of a neighbour's.
    fn cuts(&self) -> [f64; 3] {
        let cuts: Vec<[f64; 2]> = self.right().flat_map(|seen| seen.cuts.clone()).collect();
        let n = cuts.len().max(1) as f64;
        let mean = cuts.iter().fold(0.0, |sum, [own, _]| sum + own) / n;
        let share =
            |holds: &dyn Fn(&[f64; 2]) -> bool| cuts.iter().filter(|c| holds(c)).count() as f64 / n;
        [
            mean,
            share(&|[own, _]| *own < 0.9),
            share(&|[_, other]| *other > 0.1),
        ]
    }

    fn signed(&self) -> Share {
        let all: Vec<_> = self.right().flat_map(|seen| &seen.signed).collect();
        Share(
            all.iter().filter(|(truly, found)| truly != found).count(),
            all.len(),
        )
    }

    /// Of the numbers on cards, by their kind: those right and accepted, wrong and
    /// accepted, right and for a person, wrong and for a person, not read.
    fn serials(&self) -> BTreeMap<&'static str, [usize; 5]> {
        let mut table: BTreeMap<_, [usize; 5]> = BTreeMap::new();
        for seen in self.right().flat_map(|seen| &seen.serials) {
            let at = match (seen.read, seen.accepted, seen.right) {
                (false, ..) => 4,
                (true, accepted, right) => 2 * usize::from(!accepted) + usize::from(!right),
            };
            table.entry(seen.kind.name()).or_default()[at] += 1;
        }
        table
    }

    fn by_code(&self) -> usize {
        self.right()
            .filter(|seen| seen.by == Some(RecognisedBy::Code))
            .count()
    }

    /// What went wrong with whole cards, and how often.
    fn failures(&self) -> BTreeMap<String, usize> {
        let mut all = BTreeMap::new();
        for seen in &self.0 {
            let what = match &seen.what {
                What::Right => continue,
                What::Missed => "not recognised".to_owned(),
                What::Aside => "set aside".to_owned(),
                What::Wrong(what) => format!("taken for {what}"),
                What::Failed(why) => why.clone(),
            };
            *all.entry(what).or_insert(0) += 1;
        }
        all
    }

    pub fn to_json(&self, form: &str, severity: usize) -> Value {
        let times: Vec<Value> = self
            .times()
            .into_iter()
            .map(|((kind, dpi), (cards, [p50, p99, max]))| {
                json!({"kind": kind.name(), "dpi": dpi, "cards": cards, "p50": p50, "p99": p99, "max": max})
            })
            .collect();
        let [p50, p99, max] = self.registration();
        let [kept, cut, foreign] = self.cuts();
        let [boxes_p50, boxes_p99, _] = self.boxes_ms();
        let doing: Vec<Value> = self
            .by_doing()
            .into_iter()
            .map(|((intent, how), states)| json!([intent.name(), how, states]))
            .collect();
        json!({
            "form": form,
            "severity": severity,
            "cards": self.0.len(),
            "recognised": Share(self.right().count(), self.0.len()).to_json(),
            "by_code": self.by_code(),
            "failures": self.failures(),
            "registration_mm": {"p50": p50, "p99": p99, "max": max},
            "residual_beyond": self.beyond(),
            "silently_off": self.silent(),
            "ink_kept": kept,
            "cut": cut,
            "foreign": foreign,
            "inks": self.inks(),
            "tick_errors": self.tick_errors().to_json(),
            "unsure": self.unsure().to_json(),
            "in_review": self.in_review().to_json(),
            "false_consents": self.false_consents().to_json(),
            "ticks": doing,
            "signature_errors": self.signed().to_json(),
            "serials": self.serials(),
            "ms": times,
            "boxes_ms": {"p50": boxes_p50, "p99": boxes_p99},
        })
    }

    /// For people.
    pub fn tables(&self) -> String {
        let [p50, p99, max] = self.registration();
        let [kept, cut, foreign] = self.cuts();
        let (right, cards) = (self.right().count(), self.0.len());
        let mut text = format!(
            "cards {cards}, recognised {right} ({} by code)\nregistration p50 {p50:.3} p99 {p99:.3} max {max:.3} mm; \
             residual beyond {MAX_RESIDUAL} mm: {}; off by more and silent: {}\n\
             ink in its place {:.2} %, a tenth cut off {:.2} %, a tenth of a neighbour's {:.2} %\n\
             tick errors {}\nunsure of empty or marked {}\nin review of these {}\nfalse consents {}\nsignature errors {}\n",
            self.by_code(),
            self.beyond(),
            self.silent(),
            kept * 100.0,
            cut * 100.0,
            foreign * 100.0,
            self.tick_errors(),
            self.unsure(),
            self.in_review(),
            self.false_consents(),
            self.signed(),
        );
        for (what, count) in self.failures() {
            text += &format!("{count} {what}\n");
        }
        text += "\n| box was | empty | marked | corrected | unsure |\n|---|---|---|---|---|\n";
        for (intent, row) in self.confusion() {
            text += &format!("| **{}** | {} |\n", intent.name(), joined(&row));
            for ((_, how), row) in self.by_doing().range((intent, "")..(intent, "\u{7f}")) {
                text += &format!("| {how} | {} |\n", joined(row));
            }
        }
        text += "\n| ink was | empty | faint | written |\n|---|---|---|---|\n";
        for (name, row) in ["empty", "faint", "written"].iter().zip(self.inks()) {
            text += &format!("| {name} | {} |\n", joined(&row));
        }
        text += "\n| number was | accepted | wrong and accepted | to review | wrong, to review | not read |\n|---|---|---|---|---|---|\n";
        for (kind, row) in self.serials() {
            text += &format!("| {kind} | {} |\n", joined(&row));
        }
        let [p50, p99, _] = self.boxes_ms();
        text += &format!(
            "\nbitonal 300, without the network for handprint: ms p50 {p50:.1}, p99 {p99:.1}\n"
        );
        text += "\n| scan | cards | ms p50 | p99 | max |\n|---|---|---|---|---|\n";
        for ((kind, dpi), (count, ms)) in self.times() {
            let [p50, p99, max] = ms.map(|ms| format!("{ms:.1}"));
            text += &format!(
                "| {} {dpi} | {count} | {p50} | {p99} | {max} |\n",
                kind.name()
            );
        }
        text
    }
}

fn joined(row: &[usize]) -> String {
    let cells: Vec<String> = row.iter().map(usize::to_string).collect();
    cells.join(" | ")
}

/// The middle, the 99th of 100, the greatest.
fn quantiles(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (share * all.len() as f64).ceil() as usize;
        all.get(place.saturating_sub(1))
            .copied()
            .unwrap_or(f64::NAN)
    };
    [at(0.5), at(0.99), at(1.0)]
}
