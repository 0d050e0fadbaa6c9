//! The command line: one file for each command, clap named here alone.
//!
//! Data goes to stdout, everything else to stderr; `exit` turns errors into
//! exit codes and messages. Whatever is said to a person goes through `output`, which
//! makes it safe for a terminal.

mod aside;
mod audit;
mod card;
mod cases;
mod customers;
mod exit;
mod export;
mod forms;
mod gazetteer;
mod init;
mod lexicons;
mod mail;
mod output;
mod postcodes;
mod private;
mod progress;
mod question;
mod reader;
mod reply;
mod report;
mod review;
mod review_table;
mod rules;
mod run;
mod search;
mod serve;
mod settings;
mod show;
mod table;
mod templates;
mod timeline;
mod users;
mod verify;
mod watch;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use exit::{Exit, Misused};
use output::tell;
use settings::Settings;

use crate::store::events::{About, EventKind};
use crate::store::{Actor, CustomerId, DocumentId, Store};

/// Reads the paper post of a night and files it on case records.
#[derive(Debug, Parser)]
#[command(
    name = "postroom",
    version,
    after_help = EXAMPLES,
    arg_required_else_help = true,
    max_term_width = 100
)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  postroom run /scans/tonight            read tonight's batch into the store
  postroom run /scans/tonight --expect 412
  postroom cases                         what is open, nearest deadline first
  postroom show PR-0000417-11            one case with its letters
  postroom review list                   the fields that a person must settle
  postroom aside list                    the scans that could not be taken in

Exit codes:
  0 done   1 done, and a person must look   2 wrong arguments or configuration
  3 an engine or model is missing   4 a file cannot be read or written
  5 the store failed, or another run is at work
  130 interrupted: run the same command again to go on";

/// Over the options that every command has.
const EVERYWHERE: &str = "Everywhere";

/// Where the store and its configuration are.
#[derive(Debug, Args)]
struct Place {
    /// The store: a folder, or a postgres:// URL
    #[arg(
        long,
        global = true,
        help_heading = EVERYWHERE,
        value_name = "DIR|URL",
        default_value = "./postroom-data"
    )]
    store: String,
    /// Configuration file [default: postroom.toml in the store]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the result as JSON on stdout
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a new store and its commented postroom.toml
    #[command(after_help = "\
Examples:
  postroom init
  postroom init --store /srv/postroom")]
    Init,
    /// Read every scan below a folder and file it
    Run(run::RunArguments),
    /// Watch a folder and file what the scanner puts there
    Watch(watch::WatchArguments),
    /// List cases, or move a document from one to another
    Cases(cases::CasesArguments),
    /// What is to be done, nearest deadline first
    Tasks(work::TasksArguments),
    /// Who writes: over letters, cards and e-mail
    Customers(customers::CustomersArguments),
    /// Show one case: its timeline, its letters, its fields
    Show(show::ShowArguments),
    /// Find words in everything that was read
    Search(search::SearchArguments),
    /// Take in e-mail
    Mail(mail::MailArguments),
    /// Letters of ours that wait to be printed
    Post(reply::PostArguments),
    /// Settle doubtful fields
    Review(review::ReviewArguments),
    /// How good the readings are
    Report(report::ReportArguments),
    /// Scans and pages that could not be taken in
    Aside(aside::AsideArguments),
    /// Write records out for other programs
    Export(export::ExportArguments),
    /// Build a gazetteer, look into it, ask it
    Postcodes(postcodes::PostcodesArguments),
    /// Print blank cards and separator sheets, advise who designs them
    Forms(forms::FormsArguments),
    /// Reply templates: which there are, what is wrong with them, how they come out
    Templates(templates::TemplatesArguments),
    /// What the rules make of a text, and whether they can be used
    Rules(rules::RulesArguments),
    /// Serve the web pages
    Serve(serve::ServeArguments),
    /// Who signs in to the web pages
    Users(users::UsersArguments),
    /// Who did what and when: the audit log
    Audit(audit::AuditArguments),
    /// Check every image and every reference in the store
    #[command(after_help = verify::EXAMPLES)]
    Verify,
    /// A child that reads pages for `run`; not for people
    #[command(hide = true)]
    Reader(reader::ReaderArguments),
}

/// Runs the program.
pub fn main() -> ExitCode {
    private::new_files_are_the_owners();
    private::panics_tell_their_place_alone();
    let arguments = Arguments::parse();
    // The reader logs nothing: what it reads must not reach a log.
    if !matches!(arguments.command, Command::Reader(_)) {
        start_log();
    }
    match dispatch(&arguments) {
        Ok(exit) => exit.into(),
        Err(error) => {
            tell!("postroom: {}", message(&error));
            exit::code(&error).into()
        }
    }
}

fn dispatch(arguments: &Arguments) -> anyhow::Result<Exit> {
    let place = &arguments.place;
    match &arguments.command {
        Command::Init => init::init(place),
        Command::Run(run) => run::run(place, run),
        Command::Watch(watch) => watch::watch(place, watch),
        Command::Cases(cases) => cases::cases(place, cases),
        Command::Tasks(tasks) => work::tasks_command(place, tasks),
        Command::Customers(customers) => customers::customers(place, customers),
        Command::Show(show) => show::show(place, show),
        Command::Search(search) => search::search(place, search),
        Command::Mail(mail) => mail::mail(place, mail),
        Command::Post(post) => reply::post(place, post),
        Command::Review(review) => review::review(place, review),
        Command::Report(report) => report::report(place, report),
        Command::Aside(aside) => aside::aside(place, aside),
        Command::Export(export) => export::export(place, export),
        Command::Postcodes(postcodes) => postcodes::postcodes(place, postcodes),
        Command::Forms(arguments) => forms::forms(place, arguments),
        Command::Templates(arguments) => templates::templates(place, arguments),
        Command::Rules(arguments) => rules::rules(place, arguments),
        Command::Serve(arguments) => serve::serve(place, arguments),
        Command::Users(arguments) => users::users(place, arguments),
        Command::Audit(arguments) => audit::audit(place, arguments),
        Command::Verify => verify::verify(place),
        Command::Reader(reader) => reader::reader(reader),
    }
}

/// What went wrong, from the outside in; a cause that a message already tells is
/// not told again.
fn message(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told.push_str(": ");
            told.push_str(&cause);
        }
    }
    told
}

/// Warnings to stderr, or what `POSTROOM_LOG` asks for.
fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("POSTROOM_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// The runtime under the store; the store alone is asynchronous.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?)
}

/// A store that is there, opened, with the runtime under it.
struct Opened {
    store: Store,
    runtime: tokio::runtime::Runtime,
    settings: Settings,
}

impl Opened {
    fn at(place: &Place) -> anyhow::Result<Self> {
        let settings = Settings::settle(place)?;
        let runtime = runtime()?;
        let store = settings.open(&runtime)?;
        Ok(Self {
            store,
            runtime,
            settings,
        })
    }

    /// The document whose id, or a part of it, a person typed.
    fn document(&self, typed: &str) -> anyhow::Result<DocumentId> {
        let found = self.wait(self.store.document_with(typed.trim()))?;
        found.ok_or_else(|| {
            Misused(format!(
                "'{typed}' is not the id of one document; `postroom show` and `postroom review \
                 list` show them, and a part of at least four characters is enough"
            ))
            .into()
        })
    }

    /// The customer whose number, or id or a part of it, a person typed.
    fn customer(&self, typed: &str) -> anyhow::Result<CustomerId> {
        if let Some(person) = self.wait(self.store.person_numbered(typed.trim()))? {
            return Ok(person);
        }
        self.customer_by_id(typed)
    }

    /// The record of a customer that has this number, or id: it may be joined to another.
    fn record(&self, typed: &str) -> anyhow::Result<CustomerId> {
        if let Some(record) = self.wait(self.store.record_numbered(typed.trim()))? {
            return Ok(record);
        }
        self.customer_by_id(typed)
    }

    fn customer_by_id(&self, typed: &str) -> anyhow::Result<CustomerId> {
        let found = self.wait(self.store.customer_with(typed))?;
        found.ok_or_else(|| {
            Misused(format!(
                "'{typed}' is not the number of a customer, nor the id of one; `postroom customers` \
                 shows them, and a part of an id of at least four characters is enough"
            ))
            .into()
        })
    }

    /// Puts on record what was done with the store as a whole: an export, a report.
    fn on_record(
        &self,
        actor: &Actor,
        kind: EventKind,
        detail: serde_json::Value,
    ) -> anyhow::Result<()> {
        self.wait(async {
            let mut change = self.store.change(actor).await?;
            change.event(kind, About::default(), detail).await?;
            change.commit().await
        })
        .map_err(Into::into)
    }

    fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.runtime.block_on(answer)
    }
}

/// Who decides, for the history.
#[derive(Debug, Args)]
struct By {
    /// Who decides, for the history [default: your login name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl By {
    fn actor(&self) -> anyhow::Result<Actor> {
        let named = self.by.clone();
        let known = named.or_else(|| {
            let login = ["LOGNAME", "USER"].into_iter();
            login.filter_map(|name| std::env::var(name).ok()).next()
        });
        let name = known.unwrap_or_else(|| format!("user {}", rustix::process::getuid().as_raw()));
        if name.trim().is_empty() {
            return Err(Misused("--by needs a name".to_owned()).into());
        }
        Ok(Actor::person(name.trim()))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// Columns of the narrowest terminal.
    const NARROW: usize = 80;

    fn held_to_examples(command: &clap::Command, path: &str) {
        let after = command.get_after_help().map(ToString::to_string);
        let after = after.unwrap_or_default();
        assert!(after.contains("Examples:"), "{path} shows no example");
        // What was typed by hand breaks where the terminal is narrower; paragraphs are one line each.
        for line in after.lines().filter(|line| line.starts_with("  ")) {
            assert!(line.chars().count() <= NARROW, "{path}: {line}");
        }
        let prose = |line: &str| !line.is_empty() && !line.starts_with(' ') && !line.ends_with(':');
        let lines: Vec<&str> = after.lines().collect();
        for pair in lines.windows(2) {
            assert!(!(prose(pair[0]) && prose(pair[1])), "{path}: {pair:?}");
        }
        for command in command
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
        {
            held_to_examples(command, &format!("{path} {}", command.get_name()));
        }
    }

    #[test]
    fn every_command_shows_an_example_that_fits() {
        held_to_examples(&Arguments::command(), "postroom");
    }
}
