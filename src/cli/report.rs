//! `postroom report`: what the work of the past comes to.

use anyhow::Result;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::audit::midnight;
use super::exit::Exit;
use super::output::{count, plain, say, say_json, store_flag};
use super::table::Table;
use super::{Opened, Place};
use crate::acceptance::{Targets, confidence, percent};
use crate::domain::guarantee::{Counted, Standing};
use crate::store::quality::{Cards, KindQuality, Scope};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom report quality
  postroom report quality --since 2026-11-01 --form loyalty-a5 --json")]
pub(super) struct ReportArguments {
    #[command(subcommand)]
    command: ReportCommand,
}

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// How often the machine was wrong in what it accepted off cards
    Quality(QualityArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  postroom report quality
  postroom report quality --since 2026-11-01
  postroom report quality --form loyalty-a5 \\
      --json | jq '.kinds[] | {kind, interval}'

Of the cards that a lot falls on ([review] blind) every accepted field is keyed again by a person who \
does not see its value (`postroom review list`). The error rate is that of these; its interval is \
exact (Clopper and Pearson) and holds the true rate with a confidence of 95 %. A difference is an \
error of the machine when a second person says so, and as long as none has said anything.

Ends with 1 when a kind of field is certainly wrong more often than its target ([accept]) allows.")]
struct QualityArguments {
    /// Only cards filed on this day or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// Only cards of this form, in any version
    #[arg(long, value_name = "ID")]
    form: Option<String>,
}

pub(super) fn report(place: &Place, arguments: &ReportArguments) -> Result<Exit> {
    match &arguments.command {
        ReportCommand::Quality(arguments) => quality(place, arguments),
    }
}

/// What is told.
struct Quality {
    cards: Cards,
    kinds: Vec<KindQuality>,
    targets: Targets,
}

fn quality(place: &Place, arguments: &QualityArguments) -> Result<Exit> {
    let opened = Opened::at(place)?;
    let zone = &opened.settings.config.time_zone;
    let since = arguments.since.map(|day| midnight(day, zone)).transpose()?;
    let scope = Scope {
        since,
        until: None,
        form: arguments.form.clone(),
    };
    let quality = Quality {
        cards: opened.wait(opened.store.cards_counted(&scope))?,
        kinds: opened.wait(opened.store.quality(&scope))?,
        targets: opened.settings.config.targets,
    };
    if place.json {
        let mut told = quality.json();
        told["since"] = json!(arguments.since.map(|day| day.to_string()));
        told["form"] = json!(arguments.form);
        say_json(&told)?;
    } else {
        say(&quality.text(&whose(arguments), &store_flag(place)))?;
    }
    let broken = |of: &KindQuality| quality.standing(of) == Standing::Broken;
    Ok(match quality.kinds.iter().any(broken) {
        true => Exit::Look,
        false => Exit::Done,
    })
}

/// ` of loyalty-a5 since 2026-11-01`.
fn whose(arguments: &QualityArguments) -> String {
    let form = arguments.form.as_ref();
    let form = form.map(|form| format!(" of {}", plain(form)));
    let since = arguments.since.map(|day| format!(" since {day}"));
    form.unwrap_or_default() + &since.unwrap_or_default()
}

impl Quality {
    fn standing(&self, of: &KindQuality) -> Standing {
        of.rekeyed.against(self.targets.of(of.kind), confidence())
    }

    fn text(&self, whose: &str, store: &str) -> String {
        let Cards {
            cards,
            straight_through,
        } = self.cards;
        if cards == 0 {
            return format!("No card{whose} is filed, so there is nothing to say.\n");
        }
        let mut text = format!(
            "{}{whose}; {straight_through} ({}) needed no person\n",
            count(cards as usize, "card", "cards"),
            share(straight_through, cards)
        );
        text.push_str(&self.accepted());
        text.push_str(&self.in_review());
        text.push_str(&self.to_do(store));
        text
    }

    /// What was accepted, and what keying it again found.
    fn accepted(&self) -> String {
        let accepted: Vec<_> = self.kinds.iter().filter(|of| of.accepted > 0).collect();
        if accepted.is_empty() {
            return "\nNo field was accepted without a person, so there is no error rate.\n"
                .to_owned();
        }
        let header = [
            "field",
            "accepted",
            "re-keyed",
            "differ",
            "wrong",
            "error",
            "95 % interval",
            "target",
            "",
        ];
        let mut table = Table::new(header)
            .numbers(&[1, 2, 3, 4, 5, 6, 7])
            .yielding(&[8])
            .indented(2)
            .wrapping();
        for of in accepted {
            let Counted { of: keyed, wrong } = of.rekeyed;
            let (least, most) = of.rekeyed.interval();
            let found = |text: String| if keyed == 0 { "-".to_owned() } else { text };
            let target = self.targets.of(of.kind);
            table.row([
                of.kind.name().to_owned(),
                of.accepted.to_string(),
                keyed.to_string(),
                found(of.differences.to_string()),
                found(wrong.to_string()),
                found(share(wrong, keyed)),
                found(format!(
                    "{:.2} - {}",
                    (least * 1e4).floor() / 100.0,
                    percent(most)
                )),
                percent(target.get()),
                says(self.standing(of)),
            ]);
        }
        format!(
            "\nAccepted without a person, and keyed again\n{}",
            table.text()
        )
    }

    /// What went to people, and how often they had to change it.
    fn in_review(&self) -> String {
        let header = ["field", "in review", "share", "decided", "changed"];
        let mut table = Table::new(header).numbers(&[1, 2, 3, 4]).indented(2);
        let doubtful = self.kinds.iter().filter(|of| of.in_review > 0);
        for of in doubtful.clone() {
            let changed = match of.decided {
                0 => "-".to_owned(),
                decided => format!("{} ({})", of.changed, share(of.changed, decided)),
            };
            table.row([
                of.kind.name().to_owned(),
                of.in_review.to_string(),
                share(of.in_review, of.in_review + of.accepted),
                of.decided.to_string(),
                changed,
            ]);
        }
        match doubtful.count() {
            0 => "\nNo field went to a person.\n".to_owned(),
            _ => format!(
                "\nSent to a person, and what they made of proposals\n{}",
                table.text()
            ),
        }
    }

    /// What people have still to do before the numbers are whole.
    fn to_do(&self, store: &str) -> String {
        let sum = |part: fn(&KindQuality) -> u64| self.kinds.iter().map(part).sum::<u64>();
        let (waiting, undecided) = (sum(|of| of.waiting), sum(|of| of.undecided));
        let mut text = String::new();
        if waiting > 0 {
            text.push_str(&format!(
                "\nTo be keyed again: {}",
                count(waiting as usize, "accepted field", "accepted fields")
            ));
        }
        if undecided > 0 {
            text.push_str(&format!(
                "\nFor a second person, wrong until they decide: {}",
                count(undecided as usize, "difference", "differences")
            ));
        }
        if !text.is_empty() {
            text.push_str(&format!("\nSettle them: postroom review list{store}\n"));
        }
        text
    }

    fn json(&self) -> Value {
        let kinds = self.kinds.iter().map(|of| {
            let keyed = of.rekeyed;
            let (least, most) = keyed.interval();
            let rate = (keyed.of > 0).then(|| keyed.wrong as f64 / keyed.of as f64);
            let standing = self.standing(of);
            let missing = match standing {
                Standing::TooFew { missing } => Some(missing),
                Standing::Holds | Standing::Broken | Standing::Open => None,
            };
            json!({
                "kind": of.kind.name(),
                "accepted": of.accepted,
                "rekeyed": keyed.of,
                "differences": of.differences,
                "undecided": of.undecided,
                "wrong": keyed.wrong,
                "error_rate": rate,
                "interval": [least, most],
                "target": self.targets.of(of.kind).get(),
                "standing": word(standing),
                "missing": missing,
                "waiting": of.waiting,
                "in_review": of.in_review,
                "decided": of.decided,
                "changed": of.changed,
            })
        });
        json!({
            "cards": self.cards.cards,
            "straight_through": self.cards.straight_through,
            "kinds": kinds.collect::<Value>(),
        })
    }
}

/// `65.30 %`; nothing of nothing is a dash.
fn share(part: u64, of: u64) -> String {
    match of {
        0 => "-".to_owned(),
        of => format!("{:.2} %", part as f64 * 100.0 / of as f64),
    }
}

/// What the count shows, for a person.
fn says(standing: Standing) -> String {
    match standing {
        Standing::Holds => "it holds".to_owned(),
        Standing::Broken => "TOO MANY WRONG".to_owned(),
        Standing::Open => "cannot tell yet".to_owned(),
        Standing::TooFew { missing } => format!("needs {missing} more"),
    }
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Holds => "holds",
        Standing::Broken => "broken",
        Standing::Open => "open",
        Standing::TooFew { .. } => "too_few",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::table::WIDTH;
    use crate::domain::form::FieldKind;

    fn kind(kind: FieldKind, accepted: u64, of: u64, wrong: u64) -> KindQuality {
        KindQuality {
            kind,
            accepted,
            rekeyed: Counted { of, wrong },
            differences: wrong + 1,
            undecided: 1,
            waiting: 2,
            in_review: 814,
            decided: 500,
            changed: 123,
        }
    }

    fn quality(kinds: Vec<KindQuality>) -> Quality {
        Quality {
            cards: Cards {
                cards: 14_953,
                straight_through: 9_120,
            },
            kinds,
            targets: Targets::default(),
        }
    }

    #[test]
    fn the_report_fits_a_terminal_and_says_what_it_knows() {
        let text = quality(vec![
            kind(FieldKind::Surname, 12_345, 0, 0),
            kind(FieldKind::Postcode, 13_880, 278, 0),
            kind(FieldKind::MemberNumber, 14_000, 280, 4),
            kind(FieldKind::DateOfBirth, 123_456, 2_469, 1),
            kind(FieldKind::Town, 13_500, 270, 1),
        ])
        .text(" since 2026-11-01", "");
        println!("{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        let line = |kind: &str| {
            let mut lines = text.lines();
            lines
                .find(|line| line.trim_start().starts_with(kind))
                .unwrap()
                .to_owned()
        };
        assert!(line("surname").contains("needs 598 more"), "{text}");
        assert!(line("postcode").contains("needs 1219 more"), "{text}");
        assert!(line("member_number").contains("TOO MANY WRONG"), "{text}");
        assert!(line("date_of_birth").contains("it holds"), "{text}");
        assert!(line("town").contains("cannot tell yet"), "{text}");
        assert!(text.contains("14953 cards since 2026-11-01; 9120 (60.99 %) needed no person"));
        assert!(text.contains("again: 10 accepted fields") && text.contains("5 differences"));
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        let mut none = quality(Vec::new());
        let text = none.text("", "");
        assert!(text.contains("so there is no error rate"), "{text}");
        assert!(text.contains("No field went to a person"), "{text}");
        none.cards = Cards::default();
        assert!(none.text(" of x", "").contains("nothing to say"));
    }
}
